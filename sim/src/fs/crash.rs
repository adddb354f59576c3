//! What a test does to the disk.

use super::disk::Disk;
use crate::trace::What;
use crate::world;
use std::time::Duration;

/// The power goes, and comes back: what was synced is there, and of the rest what the
/// sampler leaves; see the [module](super). Files that are open, and operations under
/// way, end with errors.
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::fs;
/// # reveille::doc(|| async {
/// fs::write("log", b"one").await.unwrap();
/// fs::File::open("log").await.unwrap().sync_all().await.unwrap();
/// fs::File::open("/").await.unwrap().sync_all().await.unwrap();
/// fs::crash();
/// assert_eq!(fs::read("log").await.unwrap(), b"one");
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn crash() {
    let core = world::expect_current("fs::crash");
    let source = core.name_source("the disk");
    core.record(|| What::Io { source, verb: "crashes", result: Ok(0) });
    Disk::of(core).crash(core);
}

/// So many bytes of files fit on the disk; a write that finds no room at all fails with
/// `StorageFull`. At first there is no bound.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn set_capacity(bytes: u64) {
    Disk::of(world::expect_current("fs::set_capacity")).capacity.set(bytes);
}

/// Every operation takes so long from now on; at first none takes any time.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn set_latency(latency: Duration) {
    Disk::of(world::expect_current("fs::set_latency")).latency.set(latency);
}
