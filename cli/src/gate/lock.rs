//! One gate at a time in a workspace: two would take each other's time and write the same
//! reports. Different shards are meant to work at once, and do.

use super::shard::Shard;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Held as long as the gate works; the system lets go of it when the process ends, however.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "it is held")] File);

/// There is another one.
#[derive(Debug, thiserror::Error)]
pub enum Locked {
    /// Its process, if that is known.
    #[error(
        "another gate works in this workspace{}: wait for it, or give this one a directory of its own with --target-dir",
        .0.map_or(String::new(), |process| format!(" (process {process})"))
    )]
    By(Option<u32>),
    /// The file cannot be used.
    #[error("{path}: {cause}")]
    Unusable {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl Lock {
    /// Takes the lock of a shard of the workspace that builds in `directory`.
    ///
    /// # Errors
    ///
    /// If another gate has it.
    pub fn take(directory: &Path, shard: Shard) -> Result<Lock, Locked> {
        let name = match shard {
            Shard::WHOLE => "gate.lock".to_owned(),
            shard => format!("gate-{}.lock", shard.to_string().replace('/', "of")),
        };
        let path = directory.join(name);
        let unusable = |cause| Locked::Unusable { path: path.display().to_string(), cause };
        std::fs::create_dir_all(directory).map_err(unusable)?;
        let mut options = File::options();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let process =
                    file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(Locked::By(process));
            }
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        // Who has it is good to know and no more.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = write!(file, "{}", std::process::id());
        Ok(Lock(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Sharding;

    #[test]
    fn the_second_is_told_of_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let take = |shard| Lock::take(directory.path(), shard);
        let first = take(Shard::WHOLE).unwrap();
        let second = take(Shard::WHOLE).unwrap_err().to_string();
        assert!(second.contains(&format!("(process {})", std::process::id())), "{second}");
        drop(first);
        drop(take(Shard::WHOLE).unwrap());
        let [one, other] = ["1/2", "2/2"].map(|shard| match shard.parse() {
            Ok(Sharding::Given(shard)) => shard,
            _ => unreachable!("{shard} is a shard"),
        });
        let (_one, _other) = (take(one).unwrap(), take(other).unwrap());
        assert!(take(one).is_err());
    }
}
