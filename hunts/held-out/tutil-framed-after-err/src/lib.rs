//! tokio-util 0.6.8: a `FramedRead` whose decoder has failed goes on to decode, where it should end.
//! Fixed in 0.6.9 (tokio pull request 4166).
#![cfg(test)]

use bytes::{Buf, BytesMut};
use futures_util::StreamExt;
use futures_util::io::Cursor;
use reveille::io::with_faults;
use reveille::proptest::collection::vec;
use std::io;
use tokio_util::codec::{Decoder, FramedRead};
use tokio_util::compat::FuturesAsyncReadCompatExt;

/// The most that is in a packet.
const MOST: usize = 4;

/// A length and so many bytes.
struct Packets;

impl Decoder for Packets {
    type Item = Vec<u8>;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Vec<u8>>> {
        let Some(&length) = buffer.first() else { return Ok(None) };
        let length = usize::from(length);
        if length > MOST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if buffer.len() <= length {
            return Ok(None);
        }
        buffer.advance(1);
        Ok(Some(buffer.split_to(length).to_vec()))
    }
}

/// The packets that are right are read; at one that is not a peer is given up.
#[reveille::test]
async fn every_packet_is_read(#[strategy(vec(0..6u8, 0..12))] lengths: Vec<u8>) {
    let mut bytes = Vec::new();
    for length in &lengths {
        bytes.extend([*length].into_iter().chain((0..*length).rev()));
    }
    let good = lengths.iter().take_while(|length| usize::from(**length) <= MOST).count();
    let mut packets = FramedRead::new(with_faults(Cursor::new(bytes)).compat(), Packets);
    let (mut read, mut failures) = (0, 0);
    while let Some(packet) = packets.next().await {
        match packet {
            Ok(packet) => {
                assert_eq!(packet.len(), usize::from(lengths[read]));
                read += 1;
            }
            Err(_) => failures += 1,
        }
    }
    assert_eq!((read, failures), (good, usize::from(good < lengths.len())));
}
