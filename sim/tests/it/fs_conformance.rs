//! The disk of a run and the one of the machine, side by side: the same operations have
//! the same results.

#![cfg(target_os = "linux")]

use crate::passes;
use futures::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use proptest::prelude::*;
use reveille_sim::fs;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
enum Step {
    CreateDir(&'static str),
    CreateDirAll(&'static str),
    Write(&'static str, usize),
    Read(&'static str),
    Rename(&'static str, &'static str),
    Copy(&'static str, &'static str),
    RemoveFile(&'static str),
    RemoveDir(&'static str),
    RemoveDirAll(&'static str),
    List(&'static str),
    Length(&'static str),
    Exists(&'static str),
    Open(&'static str, [bool; 6], Vec<Within>),
}

/// What is done to an open file.
#[derive(Clone, Copy, Debug)]
enum Within {
    Read(usize),
    Write(usize),
    Seek(SeekFrom),
    SetLen(u64),
    Length,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let path = || {
        prop::sample::select(vec![
            "a", "b", "d", "d/a", "d/e", "d/e/f", "a/x", "", "d/../b", "./a", "x/y", "d/e/f/g",
        ])
    };
    let seek = prop_oneof![
        (0..40u64).prop_map(SeekFrom::Start),
        (-20..20i64).prop_map(SeekFrom::Current),
        (-20..20i64).prop_map(SeekFrom::End),
        Just(SeekFrom::Start(u64::MAX)),
    ];
    let within = prop_oneof![
        (1..20usize).prop_map(Within::Read),
        (0..20usize).prop_map(Within::Write),
        seek.prop_map(Within::Seek),
        (0..40u64).prop_map(Within::SetLen),
        Just(Within::Length),
    ];
    let options = any::<[bool; 6]>();
    let step = prop_oneof![
        3 => path().prop_map(Step::CreateDir),
        1 => path().prop_map(Step::CreateDirAll),
        3 => (path(), 0..20usize).prop_map(|(path, count)| Step::Write(path, count)),
        1 => path().prop_map(Step::Read),
        3 => (path(), path()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (path(), path()).prop_map(|(from, to)| Step::Copy(from, to)),
        1 => path().prop_map(Step::RemoveFile),
        1 => path().prop_map(Step::RemoveDir),
        1 => path().prop_map(Step::RemoveDirAll),
        1 => path().prop_map(Step::List),
        1 => path().prop_map(Step::Length),
        1 => path().prop_map(Step::Exists),
        4 => (path(), options, prop::collection::vec(within, 0..8))
            .prop_map(|(path, options, script)| Step::Open(path, options, script)),
    ];
    prop::collection::vec(step, 1..25)
}

fn bytes(count: usize) -> Vec<u8> {
    (1..=count as u8).collect()
}

type Seen = Vec<Result<Vec<u8>, ErrorKind>>;

fn told<T>(result: io::Result<T>, tell: impl FnOnce(T) -> Vec<u8>) -> Result<Vec<u8>, ErrorKind> {
    result.map(tell).map_err(|error| error.kind())
}

fn number(count: u64) -> Vec<u8> {
    count.to_le_bytes().to_vec()
}

macro_rules! exists {
    ($disk:ident, $path:expr) => {
        $disk::try_exists($path)
    };
}

/// The same statement about the machine's disk and ours: `.await` is the difference.
macro_rules! carry_out {
    ($step:expr, $fs:path, $at:expr, $list:ident, $within:ident, $($await:tt)*) => {{
        use $fs as disk;
        let at = $at;
        match $step {
            Step::CreateDir(path) => vec![told(disk::create_dir(at(path))$($await)*, |()| vec![])],
            Step::CreateDirAll(path) => {
                vec![told(disk::create_dir_all(at(path))$($await)*, |()| vec![])]
            }
            Step::Write(path, count) => {
                vec![told(disk::write(at(path), bytes(*count))$($await)*, |()| vec![])]
            }
            Step::Read(path) => vec![told(disk::read(at(path))$($await)*, |bytes| bytes)],
            Step::Rename(from, to) => {
                vec![told(disk::rename(at(from), at(to))$($await)*, |()| vec![])]
            }
            Step::Copy(from, to) => vec![told(disk::copy(at(from), at(to))$($await)*, number)],
            Step::RemoveFile(path) => vec![told(disk::remove_file(at(path))$($await)*, |()| vec![])],
            Step::RemoveDir(path) => vec![told(disk::remove_dir(at(path))$($await)*, |()| vec![])],
            Step::RemoveDirAll(path) => {
                vec![told(disk::remove_dir_all(at(path))$($await)*, |()| vec![])]
            }
            Step::List(path) => vec![told($list(at(path))$($await)*, |names| names)],
            Step::Length(path) => {
                // What a directory takes is the file system's own business.
                let length = |known: disk::Metadata| if known.is_dir() { 0 } else { known.len() };
                vec![told(disk::metadata(at(path))$($await)*, |known| number(length(known)))]
            }
            Step::Exists(path) => {
                let exists = |there: bool| vec![u8::from(there)];
                let path: PathBuf = at(path);
                vec![told(exists!(disk, path)$($await)*, exists)]
            }
            Step::Open(path, [read, write, append, truncate, create, create_new], script) => {
                let mut options = disk::OpenOptions::new();
                options.read(*read).write(*write).append(*append).truncate(*truncate);
                options.create(*create).create_new(*create_new);
                match options.open(at(path))$($await)* {
                    Ok(mut file) => {
                        let mut seen = Vec::new();
                        // A directory is opened to be synced only.
                        let is_file = file.metadata()$($await)*.unwrap().is_file();
                        for act in script.iter().filter(|_| is_file) {
                            seen.push($within(&mut file, *act)$($await)*);
                        }
                        seen
                    }
                    Err(error) => vec![Err(error.kind())],
                }
            }
        }
    }};
}

mod real {
    pub(super) use std::fs::*;

    pub(super) fn try_exists(path: std::path::PathBuf) -> std::io::Result<bool> {
        path.try_exists()
    }
}

fn list(path: PathBuf) -> io::Result<Vec<u8>> {
    let mut names = std::fs::read_dir(path)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names.iter().flat_map(|name| name.as_encoded_bytes().to_vec()).collect())
}

async fn list_ours(path: PathBuf) -> io::Result<Vec<u8>> {
    let (mut listing, mut names) = (fs::read_dir(path).await?, Vec::new());
    while let Some(entry) = listing.next_entry().await? {
        names.extend(entry.file_name().as_encoded_bytes());
    }
    Ok(names)
}

fn within(file: &mut std::fs::File, act: Within) -> Result<Vec<u8>, ErrorKind> {
    match act {
        Within::Read(count) => {
            let mut buffer = vec![0; count];
            let count = file.read(&mut buffer);
            told(count, |count| buffer[..count].to_vec())
        }
        Within::Write(count) => told(file.write_all(&bytes(count)), |()| vec![]),
        Within::Seek(to) => told(file.seek(to), number),
        Within::SetLen(length) => told(file.set_len(length), |()| vec![]),
        Within::Length => told(file.metadata(), |known| number(known.len())),
    }
}

async fn within_ours(file: &mut fs::File, act: Within) -> Result<Vec<u8>, ErrorKind> {
    match act {
        Within::Read(count) => {
            let mut buffer = vec![0; count];
            let count = file.read(&mut buffer).await;
            told(count, |count| buffer[..count].to_vec())
        }
        Within::Write(count) => {
            let taken = file.write_all(&bytes(count)).await;
            told(if taken.is_ok() { file.flush().await } else { taken }, |()| vec![])
        }
        Within::Seek(to) => told(file.seek(to).await, number),
        Within::SetLen(length) => told(file.set_len(length).await, |()| vec![]),
        Within::Length => told(file.metadata().await, |known| number(known.len())),
    }
}

fn on_the_machine(steps: &[Step], root: &Path) -> Vec<Seen> {
    // An empty path is empty, wherever the root is.
    let at = |path: &str| if path.is_empty() { PathBuf::new() } else { root.join(path) };
    steps.iter().map(|step| carry_out!(step, real, at, list, within,)).collect()
}

fn on_ours(steps: &[Step]) -> Vec<Seen> {
    passes(|| async {
        let at =
            |path: &str| if path.is_empty() { PathBuf::new() } else { Path::new("/").join(path) };
        let mut seen = Vec::new();
        for step in steps {
            seen.push(carry_out!(step, fs, at, list_ours, within_ours, .await));
        }
        seen
    })
}

/// A directory of the machine that goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("reveille-fs-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_same_operations_have_the_same_results(steps in steps()) {
        let scratch = Scratch::new();
        let (real, ours) = (on_the_machine(&steps, &scratch.0), on_ours(&steps));
        for ((step, real), ours) in steps.iter().zip(real).zip(ours) {
            prop_assert_eq!(real, ours, "the machine and we, at {:?}", step);
        }
    }
}
