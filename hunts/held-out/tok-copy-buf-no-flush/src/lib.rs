//! tokio 1.53.3: `copy_buf` does not flush its writer while it waits for its reader. Fixed in
//! 1.54.1 (pull request 8424).
#![cfg(test)]

use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, BufWriter, copy_buf, duplex};

/// A proxy passes questions on, through a buffer; whoever asks waits for the answer before the
/// next one.
#[reveille::test]
async fn every_question_is_answered(#[strategy(vec(any::<u8>(), 0..24))] questions: Vec<u8>) {
    let (client, near) = duplex(16);
    let (far, server) = duplex(16);
    let answering = reveille::spawn(async move {
        let (mut reader, mut writer) = tokio::io::split(server);
        while let Ok(question) = reader.read_u8().await {
            writer.write_u8(question.wrapping_add(1)).await.unwrap();
        }
    });
    let (mut answers, out) = tokio::io::split(far);
    let passing = reveille::spawn(async move {
        let mut out = BufWriter::new(out);
        copy_buf(&mut BufReader::new(near), &mut out).await.unwrap();
        out.shutdown().await.unwrap();
    });
    let mut client = client;
    for question in questions {
        client.write_u8(question).await.unwrap();
        assert_eq!(answers.read_u8().await.unwrap(), question.wrapping_add(1));
    }
    client.shutdown().await.unwrap();
    passing.await.unwrap();
    answering.await.unwrap();
}
