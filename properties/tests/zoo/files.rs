//! A log on a disk that crashes: what was acknowledged must be there afterwards.

use crate::golden::golden;
use futures::io::AsyncWriteExt;
use reveille::fs::{self, File, OpenOptions};
use std::io;

golden! {
    "panic" forgets_to_sync_the_log;
    "panic" forgets_to_sync_the_directory;
}

/// A write-ahead log of numbers.
struct Log {
    file: File,
    syncs: bool,
}

impl Log {
    async fn create(syncs: bool, syncs_directory: bool) -> io::Result<Log> {
        let file = OpenOptions::new().append(true).create(true).open("/log").await?;
        if syncs_directory {
            File::open("/").await?.sync_all().await?;
        }
        Ok(Log { file, syncs })
    }

    async fn append(&mut self, number: u8) -> io::Result<()> {
        self.file.write_all(&[number]).await?;
        self.file.flush().await?;
        if self.syncs { self.file.sync_data().await } else { Ok(()) }
    }
}

async fn acknowledges_and_crashes(syncs: bool, syncs_directory: bool) -> io::Result<()> {
    let mut log = Log::create(syncs, syncs_directory).await?;
    log.append(1).await?;
    log.append(2).await?;
    fs::crash();
    assert_eq!(fs::read("/log").await.unwrap_or_default(), [1, 2]);
    Ok(())
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn forgets_to_sync_the_log() -> io::Result<()> {
    acknowledges_and_crashes(false, true).await
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn forgets_to_sync_the_directory() -> io::Result<()> {
    acknowledges_and_crashes(true, false).await
}

#[reveille::test]
async fn syncs_both() -> io::Result<()> {
    acknowledges_and_crashes(true, true).await
}
