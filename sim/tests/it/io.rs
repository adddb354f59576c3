//! Duplex streams and pipes: what tokio's do, at the ends of a stream above all.

use crate::{passes, plain, struck};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use reveille_sim::io::{DuplexStream, PipeReader, PipeWriter, duplex, pipe};
use reveille_sim::{Faults, Kind, Law, Random, Settings, World, spawn, spawn_local, yield_now};
use std::future::poll_fn;
use std::io::{ErrorKind, IoSlice, IoSliceMut};
use std::pin::pin;
use std::task::Poll;

/// Whether `future` would wait now.
async fn waits<F: Future>(future: F) -> bool {
    let mut future = pin!(future);
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
}

async fn rest_of(mut stream: impl futures::io::AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    bytes
}

#[test]
fn what_is_written_to_one_end_is_read_from_the_other_in_both_directions() {
    passes(|| async {
        let (mut one, mut other) = duplex(3);
        let echo = spawn(async move {
            let mut buffer = [0; 2];
            loop {
                match other.read(&mut buffer).await.unwrap() {
                    0 => return other.close().await.unwrap(),
                    count => other.write_all(&buffer[..count]).await.unwrap(),
                }
            }
        });
        for text in ["hello", ", ", "world"] {
            one.write_all(text.as_bytes()).await.unwrap();
            let mut back = vec![0; text.len()];
            one.read_exact(&mut back).await.unwrap();
            assert_eq!(back, text.as_bytes());
        }
        one.close().await.unwrap();
        assert_eq!(rest_of(one).await, b"");
        echo.await.unwrap();
    });
}

#[test]
fn a_writer_waits_for_room_and_a_reader_for_bytes() {
    passes(|| async {
        let (mut reader, mut writer) = pipe(4);
        let mut buffer = [0; 8];
        assert!(waits(reader.read(&mut buffer)).await);
        assert_eq!(writer.write(b"abcdef").await.unwrap(), 4);
        assert!(waits(writer.write(b"ef")).await);
        assert_eq!(reader.read(&mut buffer[..1]).await.unwrap(), 1);
        assert_eq!(writer.write(b"ef").await.unwrap(), 1);
        assert_eq!(reader.read(&mut buffer).await.unwrap(), 4);
        assert_eq!(&buffer[..4], b"bcde");
    });
}

#[test]
fn a_reader_reads_what_is_left_when_the_writer_is_gone_and_then_comes_to_the_end() {
    passes(|| async {
        let (mut one, mut other) = duplex(8);
        one.write_all(b"last").await.unwrap();
        drop(one);
        let mut buffer = [0; 3];
        assert_eq!(other.read(&mut buffer).await.unwrap(), 3);
        assert_eq!(other.read(&mut buffer).await.unwrap(), 1);
        assert_eq!(other.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(other.read(&mut buffer).await.unwrap(), 0);
        assert_eq!(other.write(b"?").await.unwrap_err().kind(), ErrorKind::BrokenPipe);

        let (reader, mut writer) = pipe(8);
        writer.write_all(b"last").await.unwrap();
        drop(writer);
        assert_eq!(rest_of(reader).await, b"last");
    });
}

#[test]
fn closing_ends_writing_and_not_reading() {
    passes(|| async {
        let (mut one, mut other) = duplex(8);
        one.write_all(b"bye").await.unwrap();
        one.close().await.unwrap();
        one.close().await.unwrap();
        assert_eq!(one.write(b"more").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
        other.write_all(b"answer").await.unwrap();
        drop(other);
        assert_eq!(rest_of(one).await, b"answer");
    });
}

#[test]
fn who_waits_is_woken_when_the_peer_goes() {
    passes(|| async {
        let (reader, mut writer) = pipe(2);
        let writing = spawn(async move { writer.write_all(b"abc").await });
        yield_now().await;
        drop(reader);
        assert_eq!(writing.await.unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);

        let (reader, writer) = pipe(2);
        let reading = spawn(rest_of(reader));
        yield_now().await;
        drop(writer);
        assert_eq!(reading.await.unwrap(), b"");

        let (one, mut other) = duplex(1);
        let writing = spawn(async move { other.write_all(b"ab").await });
        yield_now().await;
        drop(one);
        assert_eq!(writing.await.unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

/// The second of them inside the drop; the first while the writer's waker is cloned.
#[test]
fn a_writer_whose_peer_goes_inside_a_call_of_a_waker_is_refused() {
    for lane in [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]] {
        let outcome = struck(Kind::ReentrantWaker, &lane, || async {
            let (reader, mut writer) = pipe(1);
            let writing = spawn_local(async move { writer.write_all(b"ab").await });
            yield_now().await;
            drop(reader);
            writing.await.unwrap().unwrap_err().kind()
        });
        let end = (outcome.verdict, outcome.output);
        assert_eq!(end, (None, Some(ErrorKind::BrokenPipe)), "{lane:?}");
    }
}

#[test]
fn operations_without_bytes_do_not_wait() {
    passes(|| async {
        let (mut reader, mut writer) = pipe(1);
        assert_eq!(reader.read(&mut []).await.unwrap(), 0);
        writer.write_all(b"a").await.unwrap();
        assert_eq!(writer.write(b"").await.unwrap(), 0);
        assert_eq!(writer.write_vectored(&[IoSlice::new(b"")]).await.unwrap(), 0);
        assert_eq!(reader.read_vectored(&mut []).await.unwrap(), 0);
        drop(reader);
        // As tokio has it; a pipe of the kernel does not look.
        assert_eq!(writer.write(b"").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn several_slices_are_one_operation() {
    passes(|| async {
        let (mut reader, mut writer) = pipe(6);
        let slices = ["ab", "", "cde", "fgh"].map(|text| IoSlice::new(text.as_bytes()));
        assert_eq!(writer.write_vectored(&slices).await.unwrap(), 6);
        let (mut one, mut two) = ([0; 4], [0; 4]);
        let slices = &mut [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
        assert_eq!(reader.read_vectored(slices).await.unwrap(), 6);
        assert_eq!((&one, &two), (b"abcd", b"ef\0\0"));
    });
}

#[test]
fn no_capacity_is_refused_in_words() {
    for body in [|| drop(duplex(0)), || drop(pipe(0))] {
        let outcome = plain(|| async move { body() });
        let finding = outcome.verdict.unwrap();
        assert_eq!(finding.law, Law::Panic);
        let said = format!("{:?}", finding.detail);
        assert!(said.contains("a capacity of 0: expected at least 1"), "{said}");
    }
}

#[test]
fn a_stream_that_outlives_its_run_leads_nowhere() {
    let mut kept: Option<(DuplexStream, PipeReader, PipeWriter)> = None;
    plain(|| async {
        let ((one, _), (reader, writer)) = (duplex(1), pipe(1));
        kept = Some((one, reader, writer));
    });
    let (mut one, mut reader, mut writer) = kept.unwrap();
    passes(move || async move {
        let _other = duplex(1);
        let errors = [
            one.write(b"a").await.unwrap_err(),
            one.close().await.unwrap_err(),
            reader.read(&mut [0]).await.unwrap_err(),
            writer.flush().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::NotConnected);
        }
    });
}

#[test]
fn reads_and_writes_may_be_short() {
    let body = || async {
        let (mut reader, mut writer) = pipe(8);
        let mut buffer = [0; 8];
        let written = writer.write(b"abcdefgh").await.unwrap();
        let read = reader.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..read], &b"abcdefgh"[..read]);
        (written, read)
    };
    let counts = |lane: &[u32]| struck(Kind::ShortIo, lane, body).output.unwrap();
    assert_eq!(counts(&[]), (8, 8));
    assert_eq!(counts(&[1]), (1, 1));
    assert_eq!(counts(&[2, 3]), (4, 3));
    assert_eq!(counts(&[3, 1]), (7, 1));
}

#[test]
fn every_schedule_and_every_fault_delivers_each_byte_once() {
    let mut settings = Settings::default();
    settings.faults = Faults::ALL;
    let (mut world, mut sampler) = (World::new(), Random::new(3));
    let sent: Vec<u8> = (0..60).collect();
    for run in 0..300 {
        let outcome = world.run(&settings, &mut sampler, run, || async {
            let (one, other) = duplex(7);
            let (reading, mut writing) = one.split();
            let text = sent.clone();
            let writing = spawn(async move {
                writing.write_all(&text).await.unwrap();
                writing.close().await.unwrap();
            });
            let echo = spawn(async move {
                let (mut reader, mut writer) = other.split();
                futures::io::copy(&mut reader, &mut writer).await.unwrap();
                writer.close().await.unwrap();
            });
            let back = rest_of(reading).await;
            writing.await.unwrap();
            echo.await.unwrap();
            back
        });
        assert_eq!((outcome.verdict, outcome.output.as_ref()), (None, Some(&sent)), "run {run}");
    }
}

#[test]
fn a_try_does_not_wait_and_may_be_interrupted_if_the_test_asks_for_it() {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE.with(Kind::Interrupted);
    let mut tape = crate::striking(Kind::Interrupted, &[1, 1, 0, 1]);
    let outcome = World::new().run(&settings, &mut tape, 0, || async {
        let ((one, other), mut buffer) = (duplex(4), [0; 8]);
        let mut told = Vec::new();
        let mut tell = |result: std::io::Result<usize>| {
            told.push(result.map_err(|error| error.kind()));
        };
        tell(one.try_write(b"ab"));
        tell(one.try_write(b"ab"));
        tell(other.try_read(&mut buffer));
        tell(other.try_read(&mut buffer));
        tell(other.try_read(&mut buffer));
        tell(one.try_write(b"abcdef"));
        tell(one.try_write(b"abcdef"));
        drop(other);
        tell(one.try_write(b"ab"));
        told
    });
    let (interrupted, blocked) = (Err(ErrorKind::Interrupted), Err(ErrorKind::WouldBlock));
    let first = [interrupted, Ok(2), interrupted, Ok(2), blocked];
    let then = [interrupted, Ok(4), Err(ErrorKind::BrokenPipe)];
    assert_eq!(outcome.output, Some([&first[..], &then[..]].concat()));
}
