//! Faults over any stream: each strikes, and whoever bears them loses nothing.

use crate::{passes, struck};
use futures::FutureExt;
use futures::io::{AsyncBufReadExt, AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader, Cursor};
use reveille_sim::io::{Faulty, pipe, with_faults};
use reveille_sim::time::Instant;
use reveille_sim::{Faults, Kind, Random, Settings, World, spawn};
use std::future::poll_fn;
use std::io::{ErrorKind, IoSlice, SeekFrom};
use std::pin::Pin;
use std::time::Duration;

const TEXT: &[u8] = b"0123456789";

fn digits() -> Faulty<Cursor<&'static [u8]>> {
    with_faults(Cursor::new(TEXT))
}

#[test]
fn without_faults_it_is_the_stream() {
    passes(|| async {
        let mut stream = digits();
        let mut buffer = [0; 16];
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 10);
        assert_eq!(stream.get_ref().position(), 10);
    });
    let mut outside = digits();
    let read = outside.read(&mut [0; 16]).now_or_never();
    assert_eq!(read.unwrap().unwrap(), 10);
}

#[test]
fn a_read_may_be_short() {
    let outcome = struck(Kind::ShortIo, &[1, 2], || async {
        let (mut stream, mut buffer) = (digits(), [0; 8]);
        [stream.read(&mut buffer).await.unwrap(), stream.read(&mut buffer).await.unwrap()]
    });
    assert_eq!(outcome.output, Some([1, 4]));
}

#[test]
fn a_write_may_be_short_in_one_slice_and_in_several() {
    let outcome = struck(Kind::ShortIo, &[3, 2], || async {
        let mut stream = with_faults(Cursor::new(Vec::new()));
        let one = stream.write(b"abcd").await.unwrap();
        let slices = [IoSlice::new(b""), IoSlice::new(b"ef"), IoSlice::new(b"ghijkl")];
        let other = stream.write_vectored(&slices).await.unwrap();
        (one, other, stream.into_inner().into_inner())
    });
    assert_eq!(outcome.output, Some((3, 2, b"abcef".to_vec())));
}

#[test]
fn what_is_shown_of_a_buffer_stays_so_until_it_is_consumed() {
    let outcome = struck(Kind::ShortIo, &[1, 2], || async {
        let mut stream = digits();
        let mut shown = Vec::new();
        for _ in 0..2 {
            shown.push(stream.fill_buf().await.unwrap().len());
        }
        stream.consume_unpin(1);
        let text = stream.fill_buf().await.unwrap();
        assert_eq!(text, &TEXT[1..5]);
        stream.consume_unpin(3);
        shown.push(stream.fill_buf().await.unwrap().len());
        shown
    });
    assert_eq!(outcome.output, Some(vec![1, 1, 1]));
}

#[test]
fn an_operation_may_have_to_wait_once() {
    let body = || async {
        let (mut stream, mut polls) = (digits(), 0);
        let begun = Instant::now();
        let mut buffer = [0; 4];
        let read = poll_fn(|cx| {
            polls += 1;
            Pin::new(&mut stream.read(&mut buffer)).poll(cx)
        });
        assert_eq!(read.await.unwrap(), 4);
        (polls, begun.elapsed())
    };
    let waited = |lane: &[u32]| struck(Kind::LateEvent, lane, body).output.unwrap();
    assert_eq!(waited(&[]), (1, Duration::ZERO));
    assert_eq!(waited(&[1, 1]), (2, Duration::ZERO));
    assert_eq!(waited(&[2, 0, 2]), (2, Duration::from_millis(1)));
}

#[test]
fn flush_close_and_seek_may_have_to_wait() {
    let outcome = struck(Kind::LateEvent, &[1, 1, 1, 1], || async {
        let mut stream = with_faults(Cursor::new(vec![0; 4]));
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            Pin::new(&mut stream.flush()).poll(cx)
        })
        .await
        .unwrap();
        stream.close().await.unwrap();
        assert_eq!(stream.seek(SeekFrom::End(-1)).await.unwrap(), 3);
        polls
    });
    assert_eq!(outcome.output, Some(2));
}

#[test]
fn an_operation_may_be_interrupted_but_not_twice_in_a_row() {
    let outcome = {
        let mut settings = Settings::default();
        settings.faults = Faults::NONE.with(Kind::Interrupted);
        let mut tape = crate::striking(Kind::Interrupted, &[1, 1, 1]);
        World::new().run(&settings, &mut tape, 0, || async {
            let (mut stream, mut buffer) = (digits(), [0; 2]);
            let mut told = Vec::new();
            for _ in 0..4 {
                told.push(stream.read(&mut buffer).await.map_err(|error| error.kind()));
            }
            told
        })
    };
    let interrupted = Err(ErrorKind::Interrupted);
    assert_eq!(outcome.output, Some(vec![interrupted, Ok(2), interrupted, Ok(2)]));
}

#[test]
fn who_bears_the_faults_loses_nothing() {
    let (mut world, mut sampler) = (World::new(), Random::new(5));
    let lines: Vec<String> = (0..12).map(|n| format!("line {n}")).collect();
    for run in 0..300 {
        let outcome = world.run(&Settings::default(), &mut sampler, run, || async {
            let (reader, writer) = pipe(5);
            let text = lines.join("\n");
            let writing = spawn(async move {
                let mut writer = with_faults(writer);
                writer.write_all(text.as_bytes()).await.unwrap();
                writer.flush().await.unwrap();
                writer.close().await.unwrap();
            });
            let mut reader = with_faults(BufReader::with_capacity(9, with_faults(reader)));
            let mut read = Vec::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).await.unwrap() == 0 {
                    break;
                }
                read.push(line.trim_end().to_owned());
            }
            writing.await.unwrap();
            read
        });
        assert_eq!((outcome.verdict, outcome.output.as_ref()), (None, Some(&lines)), "run {run}");
    }
}
