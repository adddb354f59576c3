//! async-compression 0.4.6: a decoder keeps what it has decoded while its input is pending. Fixed in
//! 0.4.7.
#![cfg(test)]

use async_compression::futures::bufread::ZlibDecoder;
use async_compression::futures::write::ZlibEncoder;
use futures_util::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use reveille::io::{pipe, with_faults};
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use reveille::spawn;

/// Questions go through a compressed pipe; whoever asks waits for the answer before the next one.
#[reveille::test]
async fn every_question_is_answered(
    #[strategy(vec(vec(any::<u8>(), 0..12), 0..8))] questions: Vec<Vec<u8>>,
) {
    let (reader, writer) = pipe(16);
    let (mut answers, mut back) = pipe(16);
    let answering = spawn(async move {
        let mut decoder = ZlibDecoder::new(BufReader::with_capacity(7, with_faults(reader)));
        let mut length = [0];
        while decoder.read(&mut length).await.unwrap() > 0 {
            let mut question = vec![0; length[0].into()];
            decoder.read_exact(&mut question).await.unwrap();
            let sum = question.into_iter().fold(0, u8::wrapping_add);
            back.write_all(&[sum]).await.unwrap();
        }
    });
    let mut encoder = ZlibEncoder::new(writer);
    for question in questions {
        encoder.write_all(&[question.len() as u8]).await.unwrap();
        encoder.write_all(&question).await.unwrap();
        encoder.flush().await.unwrap();
        let mut answer = [0];
        answers.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer[0], question.into_iter().fold(0, u8::wrapping_add));
    }
    encoder.close().await.unwrap();
    answering.await.unwrap();
}
