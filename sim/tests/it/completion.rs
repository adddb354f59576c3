//! Completions: rings, futures, cancellation, and memory that is touched in flight.

mod misuse;
mod no_alarm;

use crate::{passes, plain, sampled, struck};
use reveille_sim::completion::{
    Buffer, Completion, Device, Entry, Fd, Memory, PushError, Ring, error_name,
};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Kind, Random, Settings, World, spawn};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn slow_disk() -> Fd {
    Fd::open("disk", Memory::new(*b"reveille").latency(5 * MS))
}

/// The next completion.
async fn next(ring: &Ring) -> Completion {
    poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
    ring.completions().next().unwrap()
}

#[test]
fn an_operation_completes_at_its_time() {
    let outcome = plain(|| async {
        let ring = Ring::new(4).unwrap();
        let (disk, buffer) = (slow_disk(), Buffer::zeroed(4));
        ring.push_read(disk, &buffer, 2, 77).unwrap();
        assert_eq!((ring.submit().unwrap(), ring.in_flight()), (1, 1));
        assert!(ring.completions().next().is_none());
        let completion = next(&ring).await;
        assert_eq!((completion.user_data(), completion.result()), (77, 4));
        assert_eq!((buffer.to_vec(), ring.in_flight()), (b"veil".to_vec(), 0));
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 5_000_000));
}

#[test]
fn raw_memory_is_read_and_written() {
    passes(|| async {
        let ring = Ring::new(4).unwrap();
        let memory = Rc::new(Memory::default());
        let disk = Fd::open("disk", memory.clone());
        let bytes = *b"abc";
        let write = Entry::write(disk, bytes.as_ptr(), 3, 1).user_data(1);
        // SAFETY: the memory lives until the completion.
        unsafe { ring.push(&write) }.unwrap();
        ring.submit().unwrap();
        assert_eq!(next(&ring).await.result(), 3);
        assert_eq!(memory.contents(), b"\0abc");

        let mut into = *b"0123456789";
        let read = Entry::read(disk, into.as_mut_ptr(), 10, 0).user_data(2);
        // SAFETY: the memory lives until the completion.
        unsafe { ring.push(&read) }.unwrap();
        ring.submit().unwrap();
        assert_eq!(next(&ring).await.result(), 4);
        // What was not read into is as it was.
        assert_eq!(&into, b"\0abc456789");
    });
}

#[test]
fn the_future_gives_the_buffer_back() {
    passes(|| async {
        let ring = Ring::new(4).unwrap();
        let disk = slow_disk();
        let (result, buffer) = ring.read(disk, Vec::with_capacity(3), 0).await;
        assert_eq!((result.unwrap(), &buffer[..]), (3, &b"rev"[..]));
        let (result, text) = ring.write(disk, "mi", 6).await;
        assert_eq!((result.unwrap(), text), (2, "mi"));
        let (result, boxed) = ring.read(disk, vec![b'-'; 12].into_boxed_slice(), 0).await;
        assert_eq!((result.unwrap(), &boxed[..]), (8, &b"reveilmi----"[..]));
        let (result, _) = ring.read(disk, vec![0; 4], 100).await;
        assert_eq!(result.unwrap(), 0, "the end of the device");
    });
}

/// A buffer that says when it is dropped.
struct Noted(Vec<u8>, Rc<Cell<bool>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.set(true);
    }
}

// SAFETY: as for its vector.
unsafe impl reveille_sim::completion::IoBuf for Noted {
    fn stable_ptr(&self) -> *const u8 {
        self.0.as_ptr()
    }
    fn bytes_init(&self) -> usize {
        self.0.len()
    }
    fn bytes_total(&self) -> usize {
        self.0.len()
    }
}

// SAFETY: as for its vector.
unsafe impl reveille_sim::completion::IoBufMut for Noted {
    fn stable_mut_ptr(&mut self) -> *mut u8 {
        self.0.as_mut_ptr()
    }
    unsafe fn set_init(&mut self, _count: usize) {}
}

#[test]
fn a_future_dropped_in_flight_leaves_its_buffer_until_the_completion() {
    passes(|| async {
        let ring = Ring::new(4).unwrap();
        let dropped = Rc::new(Cell::new(false));
        let read = ring.read(slow_disk(), Noted(vec![0; 4], dropped.clone()), 0);
        assert!(timeout(MS, read).await.is_err());
        assert!(!dropped.get());
        sleep(5 * MS).await;
        assert!(dropped.get());
    });
}

#[test]
fn what_is_in_flight_when_the_run_ends_is_dropped_with_it() {
    let dropped = Rc::new(Cell::new(false));
    let noted = dropped.clone();
    passes(move || async move {
        let ring = Ring::new(4).unwrap();
        drop(ring.read(slow_disk(), Noted(vec![0; 4], noted), 0));
        let buffer = Buffer::zeroed(3);
        ring.push_read(slow_disk(), &buffer, 0, 1).unwrap();
        ring.submit().unwrap();
        // In a task that the run leaves behind.
        drop(spawn(async move {
            let _kept = (ring, buffer);
            std::future::pending::<()>().await;
        }));
    });
    assert!(dropped.get());
}

#[test]
fn a_full_submission_queue_says_so() {
    passes(|| async {
        assert_eq!(Ring::new(0).unwrap_err().kind(), ErrorKind::InvalidInput);
        let text = Ring::new(32_769).unwrap_err().to_string();
        assert_eq!(text, "expected 1 to 32768 entries, got 32769");
        let ring = Ring::new(3).unwrap();
        // SAFETY: it has no memory.
        let push = |user_data| unsafe { ring.push(&Entry::nop().user_data(user_data)) };
        (0..4).for_each(|number| push(number).unwrap());
        assert_eq!(push(4), Err(PushError::Full));
        assert_eq!(PushError::Full.to_string(), "submission queue is full");
        assert_eq!(ring.submit().unwrap(), 4);
        push(4).unwrap();
    });
}

#[test]
fn a_full_completion_queue_loses_nothing_and_stops_submissions() {
    passes(|| async {
        let ring = Ring::new(1).unwrap();
        // SAFETY: it has no memory.
        let push = |user_data| unsafe { ring.push(&Entry::nop().user_data(user_data)) };
        for number in 0..3 {
            push(number).unwrap();
            ring.submit().unwrap();
        }
        sleep(MS).await;
        assert_eq!(ring.submit().unwrap_err().raw_os_error(), Some(16), "EBUSY");
        assert_eq!(ring.completions().count(), 2);
        assert_eq!(next(&ring).await.user_data(), 2);
    });
}

#[test]
fn nops_and_timeouts_complete() {
    let outcome = plain(|| async {
        let ring = Ring::new(4).unwrap();
        let entries = [Entry::timeout(3 * MS).user_data(3), Entry::nop().user_data(1)];
        // SAFETY: they have no memory.
        entries.iter().for_each(|entry| unsafe { ring.push(entry) }.unwrap());
        ring.submit().unwrap();
        assert_eq!(next(&ring).await.result(), 0);
        let late = next(&ring).await;
        assert_eq!((late.user_data(), error_name(-late.result())), (3, "ETIME"));
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 3_000_000));
}

/// Cancels a slow read after a millisecond; the completions in their order.
async fn cancels() -> Vec<(u64, i32)> {
    let ring = Ring::new(4).unwrap();
    let buffer = Buffer::zeroed(4);
    ring.push_read(slow_disk(), &buffer, 0, 1).unwrap();
    ring.submit().unwrap();
    sleep(MS).await;
    ring.cancel(1, 2).unwrap();
    ring.submit().unwrap();
    assert!(buffer.is_in_flight(), "a cancellation takes its time");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let completion = next(&ring).await;
        seen.push((completion.user_data(), completion.result()));
    }
    assert!(!buffer.is_in_flight());
    seen
}

#[test]
fn a_cancellation_has_a_completion_of_its_own_and_may_be_too_late() {
    let in_time = struck(Kind::CancelOutcome, &[], cancels);
    assert_eq!((in_time.output, in_time.now), (Some(vec![(1, -125), (2, 0)]), 1_000_000));
    let too_late = struck(Kind::CancelOutcome, &[1], cancels);
    assert_eq!((too_late.output, too_late.now), (Some(vec![(2, -114), (1, 4)]), 5_000_000));
    let other_way = struck(Kind::Timer, &[1], cancels);
    assert_eq!(other_way.output, Some(vec![(2, 0), (1, -125)]));
}

#[test]
fn what_is_not_there_cannot_be_cancelled() {
    passes(|| async {
        let ring = Ring::new(4).unwrap();
        ring.cancel(9, 1).unwrap();
        ring.submit().unwrap();
        assert_eq!(error_name(-next(&ring).await.result()), "ENOENT");
        // SAFETY: it has no memory.
        unsafe { ring.push(&Entry::timeout(MS).user_data(9)) }.unwrap();
        ring.cancel(9, 1).unwrap();
        ring.cancel(9, 2).unwrap();
        ring.submit().unwrap();
        let mut ends = Vec::new();
        for _ in 0..3 {
            let end = next(&ring).await;
            ends.push((end.user_data(), error_name(-end.result())));
        }
        ends.sort_unstable();
        assert_eq!(ends[1..], [(2, "EALREADY"), (9, "ECANCELED")]);
    });
}

#[test]
fn the_future_of_a_cancelled_operation_ends_and_gives_the_buffer_back() {
    let body = || async {
        let ring = Ring::new(4).unwrap();
        let read = ring.read(slow_disk(), vec![7; 2], 0);
        read.cancel();
        let (result, buffer) = read.await;
        (result.map_err(|error| error.raw_os_error()), buffer)
    };
    assert_eq!(struck(Kind::CancelOutcome, &[], body).output, Some((Err(Some(125)), vec![7; 2])));
    let too_late = struck(Kind::CancelOutcome, &[1], body).output;
    assert_eq!(too_late, Some((Ok(2), b"re".to_vec())));
}

/// A device with messages that come from elsewhere.
#[derive(Default)]
struct Line(RefCell<VecDeque<u8>>);

impl Device for Line {
    fn read(&self, _offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let byte = self.0.borrow_mut().pop_front().ok_or(ErrorKind::WouldBlock)?;
        buffer[0] = byte;
        Ok(1)
    }
}

#[test]
fn an_operation_waits_until_its_device_has_something() {
    passes(|| async {
        let ring = Rc::new(Ring::new(4).unwrap());
        let line = Rc::new(Line::default());
        let fd = Fd::open("line", line.clone());
        let first = reveille_sim::spawn_local({
            let ring = ring.clone();
            async move { ring.read(fd, vec![0; 4], 0).await }
        });
        sleep(MS).await;
        line.0.borrow_mut().push_back(b'x');
        fd.retry();
        let (result, buffer) = first.await.unwrap();
        assert_eq!((result.unwrap(), buffer[0]), (1, b'x'));
        // What waits for its device is never too late to be cancelled.
        let second = ring.read(fd, vec![0; 4], 0);
        sleep(MS).await;
        second.cancel();
        assert!(second.await.0.is_err());
        let (result, _) = ring.read(fd, Vec::new(), 0).await;
        assert_eq!(result.unwrap(), 0, "the device is not asked for nothing");
        let (result, _) = ring.write(fd, "no", 0).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn bad_entries_complete_with_errors() {
    passes(|| async {
        let ring = Ring::new(8).unwrap();
        let disk = slow_disk();
        let mut byte = 0u8;
        let entries = [
            (Entry::read(disk, std::ptr::null_mut(), 4, 0), "EFAULT"),
            (Entry::read(disk, &mut byte, 1, u64::MAX), "EINVAL"),
            (Entry::write(disk, &byte, 1, u64::MAX / 2), "ENOSPC"),
        ];
        for (entry, error) in entries {
            // SAFETY: the memory lives until the completion.
            unsafe { ring.push(&entry) }.unwrap();
            ring.submit().unwrap();
            assert_eq!(error_name(-next(&ring).await.result()), error);
        }
        let (result, _) = ring.read(disk, Vec::new(), 0).await;
        assert_eq!(result.unwrap(), 0);
    });
}

#[test]
fn a_ring_and_a_descriptor_that_outlive_their_run_lead_nowhere() {
    let mut kept = None;
    passes(|| async { kept = Some((Ring::new(4).unwrap(), slow_disk())) });
    let (ring, disk) = kept.unwrap();
    passes(move || async move {
        let buffer = Buffer::zeroed(4);
        assert_eq!(ring.push_read(disk, &buffer, 0, 1), Err(PushError::Elsewhere));
        assert_eq!(ring.submit().unwrap_err().kind(), ErrorKind::NotConnected);
        let polled = poll_fn(|cx| ring.poll_completions(cx)).await;
        assert_eq!(polled.unwrap_err().kind(), ErrorKind::NotConnected);
        let own = Ring::new(4).unwrap();
        own.push_read(disk, &buffer, 0, 1).unwrap();
        own.submit().unwrap();
        assert_eq!(error_name(-next(&own).await.result()), "EBADF");
    });
}

#[test]
fn completions_come_in_every_order_and_short() {
    let mut seen = BTreeSet::new();
    let mut sampler = Random::new(3);
    for run in 0..300 {
        let (outcome, _) = sampled(&mut sampler, run, || async {
            let ring = Ring::new(4).unwrap();
            let disk = slow_disk();
            let buffers = [(); 3].map(|()| Buffer::zeroed(4));
            for (number, buffer) in buffers.iter().enumerate() {
                ring.push_read(disk, buffer, 0, number as u64).unwrap();
            }
            ring.submit().unwrap();
            let mut order = Vec::new();
            while order.len() < 3 {
                let completion = next(&ring).await;
                assert!((1..=4).contains(&completion.result()));
                order.push(completion.user_data());
            }
            order
        });
        assert_eq!(outcome.verdict, None);
        seen.extend(outcome.output);
    }
    assert_eq!(seen.len(), 6);
    let interrupted = || async {
        let ring = Ring::new(4).unwrap();
        ring.read(slow_disk(), vec![0; 4], 0).await.0.map_err(|error| error.kind())
    };
    let mut settings = Settings::default();
    settings.faults = settings.faults.with(Kind::Interrupted);
    let mut sampler = crate::striking(Kind::Interrupted, &[1]);
    let outcome = World::new().run(&settings, &mut sampler, 0, interrupted);
    assert_eq!(outcome.output, Some(Err(ErrorKind::Interrupted)));
    assert_eq!(struck(Kind::ShortIo, &[1], interrupted).output, Some(Ok(1)));
}

#[test]
fn a_ring_that_is_dropped_lets_go_of_its_memory_a_little_later() {
    passes(|| async {
        let ring = Ring::new(4).unwrap();
        let (buffer, waits) = (Buffer::zeroed(4), Buffer::zeroed(4));
        ring.push_read(slow_disk(), &buffer, 0, 1).unwrap();
        ring.submit().unwrap();
        ring.push_read(slow_disk(), &waits, 0, 2).unwrap();
        drop(ring);
        assert!(buffer.is_in_flight() && !waits.is_in_flight());
        sleep(MS).await;
        assert!(!buffer.is_in_flight());
    });
}
