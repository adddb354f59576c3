//! Files: tokio's semantics, errors with the real kinds, and what a crash leaves.

mod crashes;

use crate::{passes, plain, struck};
use futures::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use reveille_sim::fs::{self, File, OpenOptions};
use reveille_sim::time::{sleep, timeout};
use reveille_sim::{Faults, Kind, Settings, World, spawn, spawn_local};
use std::collections::BTreeSet;
use std::io::{ErrorKind, SeekFrom};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn kind<T: std::fmt::Debug>(result: std::io::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

async fn synced(path: &str) {
    File::open(path).await.unwrap().sync_all().await.unwrap();
}

#[test]
fn what_is_written_can_be_read() {
    passes(|| async {
        fs::write("/a", b"reveille").await.unwrap();
        assert_eq!(fs::read("a").await.unwrap(), b"reveille");
        assert_eq!(fs::read_to_string("/./a").await.unwrap(), "reveille");
        fs::write("/a", "up").await.unwrap();
        assert_eq!(fs::metadata("/a").await.unwrap().len(), 2);
        assert_eq!(fs::copy("/a", "/b").await.unwrap(), 2);
        fs::create_dir("/x").await.unwrap();
        assert_eq!(fs::read("/x/../../b").await.unwrap(), b"up");
    });
}

#[test]
fn an_open_file_reads_writes_and_seeks() {
    passes(|| async {
        let mut file = File::create_new("/a").await.unwrap();
        file.write_all(b"0123456789").await.unwrap();
        assert_eq!(file.seek(SeekFrom::Current(-4)).await.unwrap(), 6);
        let mut two = [0; 2];
        file.read_exact(&mut two).await.unwrap();
        assert_eq!(&two, b"67");
        // A short read keeps what was read ahead; a write goes where the reader stands.
        let mut rest = [0; 1];
        file.read_exact(&mut rest).await.unwrap();
        file.write_all(b"x").await.unwrap();
        file.flush().await.unwrap();
        assert_eq!(fs::read("/a").await.unwrap(), b"012345678x");
        assert_eq!(file.seek(SeekFrom::End(2)).await.unwrap(), 12);
        file.write_all(b"!").await.unwrap();
        file.flush().await.unwrap();
        assert_eq!(fs::read("/a").await.unwrap(), b"012345678x\0\0!");
        file.set_len(3).await.unwrap();
        file.set_len(5).await.unwrap();
        assert_eq!(fs::read("/a").await.unwrap(), b"012\0\0");
        assert_eq!(file.metadata().await.unwrap().len(), 5);
    });
}

#[test]
fn clones_share_the_position_and_appenders_write_at_the_end() {
    passes(|| async {
        fs::write("/a", b"one").await.unwrap();
        let mut file = OpenOptions::new().append(true).read(true).open("/a").await.unwrap();
        let mut clone = file.try_clone().await.unwrap();
        file.write_all(b"two").await.unwrap();
        file.flush().await.unwrap();
        assert_eq!(clone.seek(SeekFrom::Current(0)).await.unwrap(), 6);
        file.seek(SeekFrom::Start(1)).await.unwrap();
        clone.write_all(b"three").await.unwrap();
        clone.close().await.unwrap();
        assert_eq!(fs::read("/a").await.unwrap(), b"onetwothree");
    });
}

#[test]
fn a_file_is_send_and_so_are_its_futures() {
    passes(|| async {
        let task = spawn(async {
            let mut file = File::create("/a").await?;
            file.write_all(b"a").await?;
            file.sync_all().await?;
            fs::rename("/a", "/b").await?;
            fs::read("/b").await
        });
        assert_eq!(task.await.unwrap().unwrap(), b"a");
    });
}

#[test]
fn a_write_is_there_for_others_after_flush_only() {
    passes(|| async {
        let mut file = File::create("/a").await.unwrap();
        file.write_all(b"a").await.unwrap();
        let seen = spawn_local(async { fs::read("/a").await.unwrap() });
        file.flush().await.unwrap();
        let _ = seen.await.unwrap();
        assert_eq!(fs::read("/a").await.unwrap(), b"a");
        // What is under way when the file is dropped is done all the same.
        file.write_all(b"b").await.unwrap();
        drop(file);
        sleep(MS).await;
        assert_eq!(fs::read("/a").await.unwrap(), b"ab");
    });
    // Two operations at the same time come in every order.
    let body = || async {
        let mut file = File::create("/a").await.unwrap();
        file.write_all(b"a").await.unwrap();
        fs::read("/a").await.unwrap()
    };
    assert_eq!(struck(Kind::Timer, &[], body).output.unwrap(), b"a");
    let mut orders = BTreeSet::new();
    for option in 0..4 {
        orders.insert(struck(Kind::Timer, &[option & 1, option >> 1], body).output.unwrap());
    }
    assert_eq!(orders.len(), 2, "{orders:?}");
}

#[test]
fn a_future_that_is_dropped_does_not_stop_its_operation() {
    let outcome = plain(|| async {
        fs::set_latency(5 * MS);
        assert!(timeout(MS, fs::write("/a", b"a")).await.is_err());
        sleep(5 * MS).await;
        assert_eq!(fs::read("/a").await.unwrap(), b"a");
        let mut file = File::open("/a").await.unwrap();
        let mut byte = [0; 1];
        assert!(timeout(MS, file.read(&mut byte)).await.is_err());
        // Nothing is lost: the next read gets it.
        assert_eq!((file.read(&mut byte).await.unwrap(), &byte), (1, b"a"));
        assert_eq!(file.read(&mut byte).await.unwrap(), 0);
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn names_are_made_listed_and_removed() {
    passes(|| async {
        fs::create_dir_all("/a/b/c").await.unwrap();
        fs::create_dir_all("/a/b").await.unwrap();
        fs::write("/a/2", b"").await.unwrap();
        let mut names = Vec::new();
        let mut listing = fs::read_dir("/a").await.unwrap();
        while let Some(entry) = listing.next_entry().await.unwrap() {
            let is_dir = entry.file_type().await.unwrap().is_dir();
            assert_eq!(entry.metadata().await.unwrap().is_dir(), is_dir);
            names.push((entry.path().display().to_string(), is_dir));
        }
        assert_eq!(names, [("/a/2".to_owned(), false), ("/a/b".to_owned(), true)]);
        fs::rename("/a/b", "/b").await.unwrap();
        fs::remove_dir("/b/c").await.unwrap();
        fs::remove_dir_all("/a").await.unwrap();
        fs::rename("/b", "/b").await.unwrap();
        assert!(fs::try_exists("/b").await.unwrap() && !fs::try_exists("/a").await.unwrap());
    });
}

#[test]
fn errors_have_the_kinds_of_the_real_ones_and_name_the_path() {
    passes(|| async {
        use ErrorKind::{
            AlreadyExists, DirectoryNotEmpty, InvalidInput, IsADirectory, NotADirectory, NotFound,
            PermissionDenied, ResourceBusy,
        };
        fs::create_dir_all("/d/e").await.unwrap();
        fs::write("/f", b"\xff").await.unwrap();
        assert_eq!(fs::read("/x").await.unwrap_err().to_string(), "`/x`: entity not found");
        assert_eq!(kind(fs::write("/x/y", b"").await), NotFound);
        assert_eq!(kind(fs::read("/f/y").await), NotADirectory);
        assert_eq!(kind(fs::read("/d").await), IsADirectory);
        assert_eq!(kind(fs::read_to_string("/f").await), ErrorKind::InvalidData);
        assert_eq!(kind(File::create("/d").await), IsADirectory);
        assert_eq!(kind(File::create_new("/f").await), AlreadyExists);
        assert_eq!(kind(fs::create_dir("/d").await), AlreadyExists);
        assert_eq!(kind(fs::create_dir("/").await), AlreadyExists);
        assert_eq!(kind(fs::create_dir_all("/f").await), AlreadyExists);
        assert_eq!(kind(fs::create_dir_all("/f/x").await), NotADirectory);
        assert_eq!(kind(fs::remove_file("/d").await), IsADirectory);
        assert_eq!(kind(fs::remove_dir("/f").await), NotADirectory);
        assert_eq!(kind(fs::remove_dir_all("/f").await), NotADirectory);
        assert_eq!(kind(fs::remove_dir("/d").await), DirectoryNotEmpty);
        assert_eq!(kind(fs::remove_dir("/").await), ResourceBusy);
        assert_eq!(kind(fs::read_dir("/f").await), NotADirectory);
        assert_eq!(kind(fs::rename("/f", "/d").await), IsADirectory);
        assert_eq!(kind(fs::rename("/d", "/f").await), NotADirectory);
        assert_eq!(kind(fs::rename("/d", "/d/e/f").await), InvalidInput);
        assert_eq!(kind(fs::rename("/x", "/y").await), NotFound);
        assert_eq!(kind(OpenOptions::new().open("/f").await), InvalidInput);
        assert_eq!(kind(OpenOptions::new().read(true).create(true).open("/f").await), InvalidInput);
        let mut permissions = fs::metadata("/f").await.unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions("/f", permissions.clone()).await.unwrap();
        assert_eq!(kind(File::create("/f").await), PermissionDenied);
        fs::set_permissions("/d", permissions).await.unwrap();
        assert_eq!(kind(fs::write("/d/new", b"").await), PermissionDenied);
    });
}

#[test]
fn bad_paths_and_positions_are_errors() {
    passes(|| async {
        assert_eq!(kind(fs::read("").await), ErrorKind::NotFound);
        assert_eq!(kind(File::create("/a\0b").await), ErrorKind::InvalidInput);
        assert_eq!(kind(File::create("x".repeat(256)).await), ErrorKind::InvalidFilename);
        let mut file = File::create_new("/a").await.unwrap();
        assert_eq!(kind(file.seek(SeekFrom::Current(-1)).await), ErrorKind::InvalidInput);
        assert_eq!(kind(file.seek(SeekFrom::End(i64::MIN)).await), ErrorKind::InvalidInput);
        assert_eq!(kind(file.seek(SeekFrom::Start(u64::MAX)).await), ErrorKind::InvalidInput);
        assert_eq!(kind(file.set_len(u64::MAX).await), ErrorKind::FileTooLarge);
        file.seek(SeekFrom::Start(i64::MAX as u64)).await.unwrap();
        assert_eq!(file.read(&mut [0; 9]).await.unwrap(), 0);
        // The write is taken; that it fails is told by the flush, once.
        file.write_all(b"far").await.unwrap();
        assert_eq!(kind(file.flush().await), ErrorKind::FileTooLarge);
        file.flush().await.unwrap();
        let mut reader = File::open("/a").await.unwrap();
        reader.write_all(b"no").await.unwrap();
        assert_eq!(reader.flush().await.unwrap_err().raw_os_error(), Some(9));
        assert_eq!(kind(reader.set_len(0).await), ErrorKind::InvalidInput);
        let mut writer = File::create("/b").await.unwrap();
        assert_eq!(writer.read(&mut [0; 1]).await.unwrap_err().raw_os_error(), Some(9));
        let mut directory = File::open("/").await.unwrap();
        assert_eq!(kind(directory.read(&mut [0; 1]).await), ErrorKind::IsADirectory);
    });
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    passes(|| async {
        let path = std::path::Path::new(std::ffi::OsStr::from_bytes(b"/\xff\xfe"));
        fs::write(path, b"a").await.unwrap();
        assert_eq!(fs::read(path).await.unwrap(), b"a");
        let gone = fs::read(std::ffi::OsStr::from_bytes(b"\xfd")).await.unwrap_err();
        assert_eq!(gone.to_string(), "`\u{fffd}`: entity not found");
    });
}

#[test]
fn a_file_that_outlives_its_run_leads_nowhere() {
    let mut kept = None;
    passes(|| async { kept = Some(File::create("/a").await.unwrap()) });
    let mut file = kept.unwrap();
    passes(move || async move {
        assert!(!fs::try_exists("/a").await.unwrap(), "every run has a new disk");
        assert_eq!(kind(file.write(b"a").await), ErrorKind::NotConnected);
        assert_eq!(kind(file.seek(SeekFrom::Start(0)).await), ErrorKind::NotConnected);
        assert_eq!(kind(file.sync_all().await), ErrorKind::NotConnected);
    });
}

#[test]
#[should_panic(expected = "`fs::read` was called outside a run")]
fn outside_a_run_there_is_no_disk() {
    let mut read = std::pin::pin!(fs::read("/a"));
    let _ = read.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
}

#[test]
fn a_disk_may_be_full() {
    passes(|| async {
        fs::set_capacity(6);
        fs::write("/a", b"1234").await.unwrap();
        assert_eq!(kind(fs::write("/b", b"123").await), ErrorKind::StorageFull);
        // As much as fits was written.
        assert_eq!(fs::read("/b").await.unwrap(), b"12");
        fs::write("/a", b"4321").await.unwrap();
        fs::remove_file("/b").await.unwrap();
        fs::write("/c", b"56").await.unwrap();
    });
    let mut settings = Settings::default();
    settings.faults = Faults::NONE.with(Kind::DiskFull);
    let mut sampler = crate::striking(Kind::DiskFull, &[0, 1]);
    let outcome = World::new().run(&settings, &mut sampler, 0, || async {
        fs::write("/a", b"1").await.unwrap();
        kind(fs::write("/b", b"2").await)
    });
    assert_eq!(outcome.output, Some(ErrorKind::StorageFull));
}

#[test]
fn reads_and_writes_may_be_short() {
    let body = || async {
        fs::write("/a", b"1234").await.unwrap();
        let mut file = File::open("/a").await.unwrap();
        file.read(&mut [0; 4]).await.unwrap()
    };
    assert_eq!(struck(Kind::ShortIo, &[], body).output, Some(4));
    assert_eq!(struck(Kind::ShortIo, &[1], body).output, Some(1));
}

#[test]
fn a_ring_reads_and_writes_files() {
    use reveille_sim::completion::Ring;
    passes(|| async {
        let file = File::create_new("/a").await.unwrap();
        let (ring, fd) = (Ring::new(4).unwrap(), file.as_fd().unwrap());
        assert_eq!(ring.write(fd, "reveille", 2).await.0.unwrap(), 8);
        assert_eq!(fs::read("/a").await.unwrap(), b"\0\0reveille");
        assert_eq!(ring.read(fd, vec![0; 4], 6).await.1, b"ille");
        let read_only = File::open("/a").await.unwrap().as_fd().unwrap();
        assert_eq!(ring.write(read_only, "no", 0).await.0.unwrap_err().raw_os_error(), Some(9));
        fs::crash();
        assert!(ring.read(fd, vec![0; 4], 0).await.0.is_err());
    });
}

#[cfg(feature = "tokio")]
#[test]
fn it_seeks_in_the_way_of_tokio() {
    use std::future::poll_fn;
    use std::pin::Pin;
    use tokio::io::AsyncSeek;
    passes(|| async {
        let mut file = File::create_new("/a").await.unwrap();
        file.write_all(b"reveille").await.unwrap();
        let start = |file: &mut File, to| AsyncSeek::start_seek(Pin::new(file), to);
        assert_eq!(kind(start(&mut file, SeekFrom::Start(3))), ErrorKind::Other, "it is busy");
        poll_fn(|cx| AsyncSeek::poll_complete(Pin::new(&mut file), cx)).await.unwrap();
        start(&mut file, SeekFrom::End(-3)).unwrap();
        let complete = poll_fn(|cx| AsyncSeek::poll_complete(Pin::new(&mut file), cx));
        assert_eq!(complete.await.unwrap(), 5);
        let mut rest = String::new();
        AsyncReadExt::read_to_string(&mut file, &mut rest).await.unwrap();
        assert_eq!(rest, "lle");
    });
}

#[test]
fn many_operations_that_take_no_time_are_no_idle_time() {
    passes(|| async {
        let writer = spawn_local(async {
            let mut file = File::create("/a").await.unwrap();
            for _ in 0..11_000 {
                file.write_all(b"a").await.unwrap();
            }
            file.flush().await.unwrap();
        });
        writer.await.unwrap();
        assert_eq!(fs::metadata("/a").await.unwrap().len(), 11_000);
    });
}
