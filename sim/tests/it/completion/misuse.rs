//! The law `buffer-in-flight`: memory that is touched before its completion.

use super::{MS, next, slow_disk};
use crate::{passes, plain};
use reveille_sim::completion::{Buffer, Entry, Misuse, Misused, Ring};
use reveille_sim::time::sleep;
use reveille_sim::{Detail, Finding, Law, Outcome, Settings, World};
use std::cell::Cell;

fn misused(outcome: Outcome<()>) -> Box<Misused> {
    match outcome.verdict {
        Some(verdict) if verdict.law == Law::BufferInFlight => {
            let Finding { detail: Detail::Misused(misused), .. } = *verdict else { panic!() };
            misused
        }
        other => panic!("expected buffer-in-flight, got {other:?}"),
    }
}

#[test]
fn a_buffer_dropped_in_flight_is_told_at_the_drop() {
    let misused = misused(plain(|| async {
        let ring = Ring::new(4).unwrap();
        let buffer = Buffer::zeroed(4);
        ring.push_read(slow_disk(), &buffer, 0, 1).unwrap();
        ring.submit().unwrap();
        drop(buffer);
        next(&ring).await;
    }));
    assert_eq!((misused.how, misused.verb, &misused.device[..]), (Misuse::Dropped, "read", "disk"));
    assert!(misused.submitted_at.file().ends_with("misuse.rs"));
}

#[test]
fn a_buffer_written_in_flight_is_told_with_the_line() {
    let here = Cell::new(0);
    let misused = misused(plain(|| async {
        let ring = Ring::new(4).unwrap();
        let mut buffer = Buffer::zeroed(4);
        ring.push_write(slow_disk(), &buffer, 0, 1).unwrap();
        ring.submit().unwrap();
        sleep(MS).await;
        here.set(line!() + 1);
        buffer.with_mut(|bytes| bytes[0] = 1);
        next(&ring).await;
    }));
    assert_eq!(misused.how, Misuse::Written);
    assert_eq!(misused.at.unwrap().line(), here.get());
}

#[test]
fn memory_may_be_written_from_twice_but_not_read_into_meanwhile() {
    passes(|| async {
        let (ring, disk) = (Ring::new(4).unwrap(), slow_disk());
        let buffer = Buffer::from(b"ab".to_vec());
        ring.push_write(disk, &buffer, 0, 1).unwrap();
        ring.push_write(disk, &buffer, 2, 2).unwrap();
        ring.submit().unwrap();
        next(&ring).await;
        next(&ring).await;
    });
    let safe = misused(plain(|| async {
        let (ring, disk) = (Ring::new(4).unwrap(), slow_disk());
        let buffer = Buffer::zeroed(2);
        ring.push_write(disk, &buffer, 0, 1).unwrap();
        ring.push_read(disk, &buffer, 0, 2).unwrap();
    }));
    assert_eq!((safe.how, safe.verb), (Misuse::SubmittedAgain, "write"));
    assert_ne!(safe.at, Some(safe.submitted_at));
    let raw = misused(plain(|| async {
        let (ring, disk) = (Ring::new(4).unwrap(), slow_disk());
        let mut memory = [0; 8];
        let start = memory.as_mut_ptr();
        // SAFETY: the memory lives for as long as the run goes on.
        unsafe {
            ring.push(&Entry::read(disk, start, 5, 0).user_data(1)).unwrap();
            ring.push(&Entry::read(disk, start.add(4), 4, 0).user_data(2)).unwrap();
        }
    }));
    assert_eq!((raw.how, raw.verb), (Misuse::SubmittedAgain, "read"));
}

#[test]
fn raw_memory_that_somebody_wrote_to_is_found_changed_at_the_completion() {
    for is_read in [true, false] {
        let misused = misused(plain(|| async {
            let (ring, disk) = (Ring::new(4).unwrap(), slow_disk());
            let mut memory = Box::new([1u8; 8]);
            let start: *mut u8 = memory.as_mut_ptr();
            let entry = match is_read {
                true => Entry::read(disk, start, 8, 0),
                false => Entry::write(disk, start, 8, 0),
            };
            // SAFETY: the memory lives until the completion.
            unsafe { ring.push(&entry) }.unwrap();
            ring.submit().unwrap();
            // SAFETY: it is there; that it is the kernel's is what this is about.
            unsafe { start.add(7).write(99) };
            next(&ring).await;
        }));
        assert_eq!(misused.how, Misuse::Changed);
    }
}

#[test]
fn a_law_that_is_allowed_lets_the_run_go_on() {
    let mut settings = Settings::default();
    settings.levels.set(Law::BufferInFlight, reveille_sim::Level::Warn);
    let outcome = World::new().run(&settings, &mut reveille_sim::Plain, 0, || async {
        let ring = Ring::new(4).unwrap();
        let mut buffer = Buffer::zeroed(4);
        ring.push_read(slow_disk(), &buffer, 0, 1).unwrap();
        ring.submit().unwrap();
        buffer.with_mut(|bytes| bytes.fill(9));
        drop(buffer);
        next(&ring).await.result()
    });
    assert_eq!((outcome.output, outcome.verdict), (Some(4), None));
    assert_eq!(outcome.warnings.len(), 1);
}
