//! A file as the far end of completions.

use super::file::Description;
use super::pool::crashed;
use crate::completion::{Device, Fd};
use crate::reactor::elsewhere;
use crate::world;
use std::io;
use std::rc::Rc;
use std::time::Duration;

struct Positioned(Rc<Description>);

impl Device for Positioned {
    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let bytes = self.0.read_at(offset, buffer.len())?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        let core = world::current().ok_or_else(elsewhere)?;
        self.0.write_at(core, offset, bytes)
    }

    fn latency(&self) -> Duration {
        self.0.latency()
    }
}

impl Positioned {
    fn check(&self) -> io::Result<()> {
        if self.0.is_lost() { Err(crashed(self.0.path())) } else { Ok(()) }
    }
}

impl super::File {
    /// Names the file in the entries of a [`Ring`](crate::completion::Ring), where every
    /// operation has an offset of its own.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside of its run.
    pub fn as_fd(&self) -> io::Result<Fd> {
        let (_, file) = self.0.get().ok_or_else(elsewhere)?;
        let description = file.description.clone();
        let name = description.path().display().to_string();
        Ok(Fd::open(&name, Positioned(description)))
    }
}
