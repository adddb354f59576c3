//! tokio-util 0.6.8: a `FramedRead` whose decoder failed decodes on, and never ends. Fixed in 0.6.9
//! (tokio pull request 4166).
#![cfg(test)]

use bytes::{Buf, BytesMut};
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use std::io::{self, Cursor};
use tokio_stream::StreamExt;
use tokio_util::codec::{Decoder, FramedRead};

/// A length, and so many bytes.
struct Messages;

impl Decoder for Messages {
    type Item = BytesMut;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        let Some(length) = bytes.first().map(|length| *length as usize) else { return Ok(None) };
        if length > 8 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if bytes.len() <= length {
            return Ok(None);
        }
        bytes.advance(1);
        Ok(Some(bytes.split_to(length)))
    }
}

/// What is no message is told of.
#[reveille::test]
async fn messages_come_to_an_end(#[strategy(vec(any::<u8>(), 0..24))] content: Vec<u8>) {
    let most = content.len() + 1;
    let mut messages = FramedRead::new(with_faults(Cursor::new(content)), Messages);
    let mut count = 0;
    while let Some(message) = messages.next().await {
        drop(message);
        count += 1;
        assert!(count <= most, "more messages than bytes");
    }
}
