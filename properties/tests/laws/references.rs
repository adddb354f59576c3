//! Streams that are right, none of which may raise an alarm in 2,000 runs.

use futures::AsyncWriteExt;
use futures::io::{AllowStdIo, AsyncReadExt, BufReader, BufWriter, Cursor};
use reveille::io::{PipeReader, duplex, pipe, with_faults};
use reveille::laws::{self, Laws, Suite};
use reveille::{spawn, spawn_daemon};

fn passes<L: Laws>(suite: Suite<L>) {
    suite.checker(crate::checker().runs(2_000)).check();
}

/// A reader of what another task writes.
fn piped(content: Vec<u8>, capacity: usize) -> PipeReader {
    let (reader, mut writer) = pipe(capacity);
    drop(spawn(async move { writer.write_all(&content).await }));
    reader
}

#[test]
fn a_cursor_reads() {
    passes(laws::async_read(Cursor::new));
}

#[test]
fn a_cursor_with_faults_reads() {
    passes(laws::async_read(|content| with_faults(Cursor::new(content))));
}

#[test]
fn a_pipe_reads() {
    passes(laws::async_read(|content| piped(content, 3)));
}

#[test]
fn a_duplex_reads() {
    passes(laws::async_read(|content| {
        let (near, mut far) = duplex(5);
        drop(spawn(async move { far.write_all(&content).await }));
        near
    }));
}

#[test]
fn a_buffered_pipe_reads() {
    passes(laws::async_read(|content| BufReader::with_capacity(4, piped(content, 3))));
}

#[test]
fn two_readers_in_a_chain_read() {
    passes(laws::async_read(|content: Vec<u8>| {
        let (one, other) = content.split_at(content.len() / 2);
        piped(one.to_vec(), 2).chain(with_faults(Cursor::new(other.to_vec())))
    }));
}

#[test]
fn a_reader_with_a_limit_reads() {
    passes(laws::async_read(|content: Vec<u8>| {
        let limit = content.len() as u64;
        piped([content, vec![7; 9]].concat(), 4).take(limit)
    }));
}

#[test]
fn a_buffer_over_a_pipe_is_filled() {
    passes(laws::async_buf_read(|content| BufReader::with_capacity(5, piped(content, 3))));
}

#[test]
fn a_buffer_with_faults_is_filled() {
    passes(laws::async_buf_read(|content| {
        with_faults(BufReader::with_capacity(7, with_faults(Cursor::new(content))))
    }));
}

#[test]
fn a_cursor_is_filled() {
    passes(laws::async_buf_read(Cursor::new));
}

#[test]
fn a_cursor_seeks() {
    passes(laws::async_seek(|content| with_faults(Cursor::new(content))));
}

#[test]
fn a_reader_of_the_standard_library_seeks() {
    passes(laws::async_seek(|content| AllowStdIo::new(std::io::Cursor::new(content))));
}

#[test]
fn a_buffer_seeks() {
    passes(laws::async_seek(|content| {
        BufReader::with_capacity(5, with_faults(Cursor::new(content)))
    }));
}

#[test]
fn a_sink_writes() {
    passes(laws::async_write(|sink| sink));
}

#[test]
fn a_buffer_writes() {
    passes(laws::async_write(|sink| BufWriter::with_capacity(6, sink)));
}

#[test]
fn a_buffer_with_faults_writes() {
    passes(laws::async_write(|sink| with_faults(BufWriter::with_capacity(6, with_faults(sink)))));
}

#[test]
fn a_duplex_writes() {
    passes(laws::async_write(|sink| {
        let (near, far) = duplex(3);
        drop(spawn_daemon(sink.drain(far)));
        near
    }));
}

#[test]
fn a_buffered_pipe_writes() {
    passes(laws::async_write(|sink| {
        let (reader, writer) = pipe(4);
        drop(spawn_daemon(sink.drain(with_faults(reader))));
        BufWriter::with_capacity(9, writer)
    }));
}

#[cfg(feature = "tokio")]
mod of_tokio {
    use super::*;
    use reveille::laws::Compat;

    #[test]
    fn a_cursor_reads_and_seeks() {
        passes(laws::async_read(|content| Compat::new(with_faults(std::io::Cursor::new(content)))));
        passes(laws::async_seek(|content| Compat::new(with_faults(std::io::Cursor::new(content)))));
        passes(laws::async_buf_read(|content| {
            Compat::new(with_faults(std::io::Cursor::new(content)))
        }));
    }

    #[test]
    fn a_pipe_reads_and_writes() {
        passes(laws::async_read(|content| Compat::new(piped(content, 3))));
        passes(laws::async_write(|sink| {
            let (reader, writer) = pipe(4);
            drop(spawn_daemon(sink.drain(Compat::new(reader))));
            Compat::new(writer)
        }));
        // There and back.
        passes(laws::async_write(|sink| Compat::new(Compat::new(sink))));
    }
}
