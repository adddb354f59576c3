//! tokio 1.53.3: a read without room of an empty duplex waits for something to come. Fixed in
//! 1.54.1 (pull request 8323).
#![cfg(test)]

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// A question is read until its buffer is full or the other end is gone, then it is answered.
#[reveille::test]
async fn a_question_is_answered(
    #[strategy(0..6usize)] length: usize,
    #[strategy(1..4usize)] room: usize,
) {
    let (mut client, mut server) = duplex(room);
    let serving = reveille::spawn(async move {
        let (mut question, mut filled) = (vec![0; length], 0);
        loop {
            match server.read(&mut question[filled..]).await.unwrap() {
                0 => break,
                count => filled += count,
            }
        }
        server.write_all(&question).await.unwrap();
    });
    let question = vec![7; length];
    client.write_all(&question).await.unwrap();
    let mut answer = vec![0; length];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, question);
    serving.await.unwrap();
}
