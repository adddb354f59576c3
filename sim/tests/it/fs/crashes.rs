//! What a crash leaves of files and names.

use super::{kind, synced};
use crate::{passes, struck};
use futures::io::AsyncWriteExt;
use reveille_sim::fs::{self, File, OpenOptions};
use reveille_sim::time::sleep;
use reveille_sim::{Kind, Law, Plain, Random, Sampler, Settings, World, spawn_local, yield_now};
use std::io::ErrorKind;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// What is left after a crash in which `TornWrite` strikes so.
fn left<T>(lane: &[u32], body: impl AsyncFn() -> T) -> T {
    struck(Kind::TornWrite, lane, || body()).output.unwrap()
}

#[test]
fn what_was_synced_survives_and_what_was_not_may_not() {
    let body = async || {
        fs::write("/a", b"old").await.unwrap();
        synced("/a").await;
        synced("/").await;
        let mut file = OpenOptions::new().write(true).open("/a").await.unwrap();
        file.write_all(b"N").await.unwrap();
        file.write_all(b"EW").await.unwrap();
        file.flush().await.unwrap();
        fs::crash();
        let lost = kind(file.sync_all().await);
        assert_eq!(lost, ErrorKind::NotConnected);
        fs::read_to_string("/a").await.unwrap()
    };
    assert_eq!(left(&[], body), "NEW");
    assert_eq!(left(&[1], body), "oEW");
    assert_eq!(left(&[0, 1], body), "Nld");
    assert_eq!(left(&[1, 1], body), "old");
}

#[test]
fn a_large_write_may_be_torn_between_sectors() {
    let body = async || {
        fs::write("/a", vec![1; 1024]).await.unwrap();
        synced("/a").await;
        synced("/").await;
        let mut file = OpenOptions::new().write(true).open("/a").await.unwrap();
        file.write_all(&[2; 1024]).await.unwrap();
        file.flush().await.unwrap();
        fs::crash();
        let bytes = fs::read("/a").await.unwrap();
        (bytes[0], bytes[511], bytes[512], bytes[1023])
    };
    assert_eq!(left(&[2], body), (2, 2, 1, 1));
    assert_eq!(left(&[3], body), (1, 1, 2, 2));
    assert_eq!(left(&[1], body), (1, 1, 1, 1));
}

#[test]
fn a_name_is_safe_when_its_directory_was_synced() {
    let created = async |sync: bool| {
        fs::create_dir("/d").await.unwrap();
        synced("/").await;
        fs::write("/d/a", b"a").await.unwrap();
        synced("/d/a").await;
        if sync {
            synced("/d").await;
        }
        fs::crash();
        fs::try_exists("/d/a").await.unwrap()
    };
    assert!(left(&[], async || created(false).await));
    assert!(!left(&[1], async || created(false).await));
    assert!(left(&[1], async || created(true).await));
}

#[test]
fn a_rename_is_there_or_not_and_nothing_between() {
    let renamed = async || {
        fs::write("/a", b"old").await.unwrap();
        synced("/a").await;
        fs::write("/b", b"new").await.unwrap();
        synced("/b").await;
        synced("/").await;
        fs::rename("/b", "/a").await.unwrap();
        fs::crash();
        (fs::read_to_string("/a").await.unwrap(), fs::try_exists("/b").await.unwrap())
    };
    assert_eq!(left(&[], renamed), ("new".to_owned(), false));
    assert_eq!(left(&[1], renamed), ("old".to_owned(), true));
    // The classic: a rename whose data was not synced first.
    let too_early = async || {
        fs::write("/a", b"old").await.unwrap();
        synced("/a").await;
        synced("/").await;
        fs::write("/b", b"new").await.unwrap();
        fs::rename("/b", "/a").await.unwrap();
        fs::crash();
        fs::read_to_string("/a").await.unwrap()
    };
    // The two names survive, the bytes do not.
    assert_eq!(left(&[0, 0, 1], too_early), "");
}

#[test]
fn names_that_belong_together_are_synced_together() {
    let moved = async || {
        fs::create_dir("/one").await.unwrap();
        fs::create_dir("/two").await.unwrap();
        synced("/").await;
        fs::write("/one/a", b"a").await.unwrap();
        synced("/one/a").await;
        fs::rename("/one/a", "/two/a").await.unwrap();
        synced("/two").await;
        fs::crash();
        (fs::try_exists("/one/a").await.unwrap(), fs::read("/two/a").await.unwrap())
    };
    assert_eq!(left(&[1, 1, 1], moved), (false, b"a".to_vec()));
}

#[test]
fn what_is_under_way_when_the_power_goes_is_an_error() {
    passes(|| async {
        fs::set_latency(5 * MS);
        let writing = spawn_local(fs::write("/a", b"a"));
        yield_now().await;
        sleep(MS).await;
        fs::crash();
        assert_eq!(kind(writing.await.unwrap()), ErrorKind::NotConnected);
        assert!(!fs::try_exists("/a").await.unwrap());
    });
}

/// A log of numbers that were acknowledged: what was, must be there after a crash.
struct Log {
    file: File,
    syncs: bool,
}

impl Log {
    async fn create(path: &str, syncs: bool) -> Log {
        let file = OpenOptions::new().append(true).create(true).open(path).await.unwrap();
        if syncs {
            file.sync_all().await.unwrap();
            synced("/").await;
        }
        Log { file, syncs }
    }

    async fn append(&mut self, number: u8) {
        self.file.write_all(&[number]).await.unwrap();
        self.file.flush().await.unwrap();
        if self.syncs {
            self.file.sync_data().await.unwrap();
        }
    }
}

async fn logs_and_crashes(syncs: bool) {
    let acknowledged = std::rc::Rc::new(std::cell::Cell::new(0));
    let writer = spawn_local({
        let acknowledged = acknowledged.clone();
        async move {
            let mut log = Log::create("/log", syncs).await;
            for number in 1..=3 {
                log.append(number).await;
                acknowledged.set(number);
            }
        }
    });
    // At some moment.
    for _ in 0..reveille_sim::draw(30) {
        sleep(Duration::from_nanos(1)).await;
    }
    writer.abort();
    fs::crash();
    let there = fs::read("/log").await.unwrap_or_default();
    let count = acknowledged.get();
    assert!(there.len() >= count.into(), "{count} were acknowledged, {there:?} are there");
}

fn failures(sampler: &mut impl Sampler, syncs: bool) -> usize {
    let mut world = World::new();
    let failed = |run| {
        let outcome = world.run(&Settings::default(), sampler, run, || logs_and_crashes(syncs));
        outcome.verdict.is_some_and(|finding| {
            assert_eq!(finding.law, Law::Panic);
            true
        })
    };
    (0..2_000).map(failed).filter(|failed| *failed).count()
}

#[test]
fn a_log_that_forgets_to_sync_is_caught_and_one_that_does_not_passes() {
    assert_eq!(failures(&mut Plain, false), 0, "the plain world loses nothing");
    assert!(failures(&mut Random::new(5), false) > 0);
    assert_eq!(failures(&mut Random::new(5), true), 0);
}
