//! async-compression 0.4.6: a decoder whose input is pending does not give out what it has. Fixed
//! in 0.4.7.
#![cfg(test)]

use async_compression::tokio::bufread::GzipDecoder;
use async_compression::tokio::write::GzipEncoder;
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, duplex};

/// A question is sent, compressed, and the next one when it was answered.
#[reveille::test]
async fn every_question_is_answered(#[strategy(vec(any::<u8>(), 0..24))] questions: Vec<u8>) {
    let (here, there) = duplex(64);
    let (reader, writer) = tokio::io::split(there);
    let answering = reveille::spawn(async move {
        let mut questions = GzipDecoder::new(BufReader::new(with_faults(reader)));
        let mut writer = writer;
        while let Ok(question) = questions.read_u8().await {
            writer.write_u8(question.wrapping_add(1)).await.unwrap();
        }
    });
    let (mut reader, writer) = tokio::io::split(here);
    let mut asking = GzipEncoder::new(writer);
    for question in questions {
        asking.write_u8(question).await.unwrap();
        asking.flush().await.unwrap();
        assert_eq!(reader.read_u8().await.unwrap(), question.wrapping_add(1));
    }
    asking.shutdown().await.unwrap();
    answering.await.unwrap();
}
