//! `async-compression`: gzip over streams that are cut anywhere, and the laws of its traits.

use async_compression::futures::{bufread, write};
use futures::io::{AsyncReadExt, AsyncWriteExt, BufReader, Cursor};
use reveille::io::{pipe, with_faults};
use reveille::laws;
use reveille::proptest::{collection::vec, prelude::*};

#[reveille::test]
async fn what_was_compressed_comes_back(#[strategy(vec(any::<u8>(), 0..200))] content: Vec<u8>) {
    let (reader, writer) = pipe(7);
    let sent = content.clone();
    let compressing = reveille::spawn(async move {
        let mut encoder = write::GzipEncoder::new(writer);
        for part in sent.chunks(40) {
            encoder.write_all(part).await.unwrap();
            encoder.flush().await.unwrap();
        }
        encoder.close().await.unwrap();
    });
    let mut decoder = bufread::GzipDecoder::new(BufReader::with_capacity(5, reader));
    let mut read = Vec::new();
    decoder.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, content);
    compressing.await.unwrap();
}

/// Compresses and decompresses whatever is read through it. What is compressed is read
/// 16 bytes at a time: where the room is 1 or 5 bytes (as long as a marker of a flush, or a
/// part of it), async-compression 0.4.52 may fill it with markers for ever while its source
/// is pending, which is the law `blocking-poll`.
#[test]
fn readers_obey_the_laws() {
    laws::async_read(|content: Vec<u8>| {
        let source = BufReader::with_capacity(4, with_faults(Cursor::new(content)));
        let compressed = BufReader::with_capacity(16, bufread::GzipEncoder::new(source));
        bufread::GzipDecoder::new(compressed)
    })
    .check();
}

/// Compresses and decompresses whatever is written through it.
#[test]
fn writers_obey_the_laws() {
    laws::async_write(|sink| write::GzipEncoder::new(write::GzipDecoder::new(sink))).check();
}
