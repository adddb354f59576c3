//! tokio-util 0.7.19: `StreamReader` polls its stream again after the end. Fixed in 0.7.20 (tokio
//! pull request 8332).
#![cfg(test)]

use bytes::Bytes;
use futures_util::stream::iter;
use reveille::laws::{self, Compat};
use tokio_util::io::StreamReader;

#[test]
fn keeps_the_laws_of_async_read() {
    laws::stream_reader(|chunks| {
        Compat::new(StreamReader::new(chunks.map(|chunk| chunk.map(Bytes::from))))
    })
    .check();
}
