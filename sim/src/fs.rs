//! Files in memory, in tokio's names: what a program has written, and what of it is left
//! when the machine goes down.
//!
//! ```
//! # use reveille_sim as reveille;
//! use reveille::fs;
//! # reveille::doc(|| async {
//! fs::create_dir("/data").await.unwrap();
//! fs::write("/data/log", b"one").await.unwrap();
//! fs::File::open("/data/log").await.unwrap().sync_all().await.unwrap();
//! assert_eq!(fs::read("/data/log").await.unwrap(), b"one");
//! # });
//! ```
//!
//! Every operation is done outside of the tasks, at a later step, as tokio's are on its
//! blocking pool; dropping the future does not stop it. What [`File`] is given to write is
//! taken at once and written later, so it is not there for others before `flush`. The order
//! of operations under way at the same time is a choice (`timer`), as are short reads and
//! writes (`short-io`) and a full disk (`disk-full`, opt-in; see also [`set_capacity`]). None
//! is interrupted: tokio's blocking pool tries those again.
//!
//! # What survives a crash
//!
//! [`crash`] is a power cut: what is in the page cache is lost, and files that are open are
//! open no more. What of it had reached the disk is a choice (`torn-write`; the default is:
//! all), between what one or the other file system leaves:
//!
//! - What a file contained when `sync_all` or `sync_data` was called on it and returned is
//!   there. Before that, *each* write and each change of the length survives or does not,
//!   in any order; a write of more than one sector of 512 bytes may also survive in its
//!   first or in its last half, and zeros stand where a later write survived beyond it. A
//!   sector is written wholly or not at all.
//! - Names are a matter of their directory: a file that was created, renamed or removed is
//!   so for sure when `sync_all` was called on the *directory*, opened as a [`File`], and
//!   returned. Before that each of these survives or does not, in any order. A rename is
//!   atomic: the old name or the new one, and a file that it replaces is there until then.
//!
//! Sources: fsync(2) of Linux ("does not necessarily ensure that the entry in the directory
//! containing the file has also reached disk. For that an explicit fsync() on a file
//! descriptor for the directory is also needed"); rename(2); Pillai et al., "All File
//! Systems Are Not Created Equal", OSDI 2014, whose table of persistence properties shows
//! file systems in use that tear overwrites and appends of several blocks and that reorder
//! them and directory operations. A particular file system may promise more (with its
//! defaults ext4 writes the data before a rename that replaces a file); a program that
//! relies on no more than this runs on all of them.
//!
//! Not modelled: errors of `sync_all`, links, owners, times, and more than one disk a host.

mod content;
mod crash;
mod device;
mod directory;
mod disk;
mod file;
mod functions;
mod journal;
mod metadata;
mod node;
mod options;
mod path;
mod pool;
mod seek;
mod work;

pub use crash::{crash, set_capacity, set_latency};
pub use directory::{DirEntry, ReadDir};
pub(crate) use disk::Disks;
pub use file::File;
pub use functions::{
    copy, create_dir, create_dir_all, metadata, read, read_dir, read_to_string, remove_dir,
    remove_dir_all, remove_file, rename, set_permissions, try_exists, write,
};
pub use metadata::{FileType, Metadata, Permissions};
pub use options::OpenOptions;
