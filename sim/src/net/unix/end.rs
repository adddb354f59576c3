//! One end of a stream, with the errors that Linux gives in the same place: unlike TCP, a
//! writer learns at once that the other end is gone.

use crate::choice::Kind;
use crate::io::Queue;
use crate::net::machine::Home;
use crate::net::wait::Waitable;
use crate::private::Private;
use crate::reactor::{Readiness, Ready};
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::io::{self, ErrorKind, IoSlice};
use std::path::Path;
use std::rc::{Rc, Weak};

/// One end of a stream.
#[derive(Debug)]
pub(in crate::net) struct End {
    pub(super) readiness: Readiness,
    pub(super) home: Home,
    /// Where it is bound, or was accepted.
    pub(super) path: Option<Rc<Path>>,
    /// Where the other end is.
    pub(super) far_path: Option<Rc<Path>>,
    received: Private<Queue>,
    peer: Private<Weak<End>>,
    /// We send no more.
    shut: Cell<bool>,
    /// The other end dropped what we sent: the next read that finds nothing is told.
    reset: Cell<bool>,
}

impl Waitable for End {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

impl End {
    fn new(core: &Core, home: Home, capacity: usize, paths: [Option<Rc<Path>>; 2]) -> Rc<End> {
        let [path, far_path] = paths;
        let name = match core.recording.get() {
            true => format!("unix stream {}", core.sources.get()),
            false => String::new(),
        };
        let readiness = Readiness::new(core, &name);
        readiness.add(core, Ready::WRITABLE);
        Rc::new(End {
            readiness,
            home,
            path,
            far_path,
            received: Private::new(Queue::new(capacity)),
            peer: Private::default(),
            shut: Cell::new(false),
            reset: Cell::new(false),
        })
    }

    /// Two ends that are connected; the second one is where `path` leads.
    pub(super) fn pair(
        core: &Core,
        home: Home,
        capacity: usize,
        path: Option<Rc<Path>>,
    ) -> (Rc<End>, Rc<End>) {
        let one = End::new(core, home.clone(), capacity, [None, path.clone()]);
        let other = End::new(core, home, capacity, [path, None]);
        one.peer.with(|peer| *peer = Rc::downgrade(&other));
        other.peer.with(|peer| *peer = Rc::downgrade(&one));
        (one, other)
    }

    fn peer(&self) -> Option<Rc<End>> {
        self.peer.with(|peer| peer.upgrade())
    }

    pub(super) fn read(&self, core: &Core, buffer: &mut [u8]) -> io::Result<usize> {
        self.home.check()?;
        if buffer.is_empty() {
            return Ok(0);
        }
        if core.strikes(Kind::Interrupted) {
            return Err(ErrorKind::Interrupted.into());
        }
        let at_hand = self.received.with(|queue| queue.len());
        if at_hand == 0 {
            return self.read_nothing();
        }
        let count = core.shortened(at_hand.min(buffer.len()));
        let (is_empty, is_low) = self.received.with(|queue| {
            queue.pop(&mut buffer[..count]);
            (queue.is_empty(), queue.len() <= queue.room() / 3)
        });
        if is_empty {
            self.readiness.remove(Ready::READABLE);
        }
        // Linux wakes a writer when three quarters are free.
        if is_low
            && let Some(peer) = self.peer()
            && !peer.readiness.level().contains(Ready::WRITABLE)
        {
            peer.readiness.add(core, Ready::WRITABLE);
        }
        Ok(count)
    }

    fn read_nothing(&self) -> io::Result<usize> {
        if self.reset.replace(false) {
            let text = "the other end of the stream was dropped before it had read everything";
            return Err(io::Error::new(ErrorKind::ConnectionReset, text));
        }
        if self.readiness.level().is_read_closed() {
            return Ok(0);
        }
        self.readiness.remove(Ready::READABLE);
        Err(ErrorKind::WouldBlock.into())
    }

    pub(super) fn write(&self, core: &Core, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.home.check()?;
        let Some(peer) = self.peer().filter(|_| !self.shut.get()) else {
            return Err(io::Error::new(ErrorKind::BrokenPipe, "the stream is closed"));
        };
        let wanted: usize = slices.iter().map(|slice| slice.len()).sum();
        if wanted == 0 {
            return Ok(0);
        }
        if core.strikes(Kind::Interrupted) {
            return Err(ErrorKind::Interrupted.into());
        }
        let room = peer.received.with(|queue| queue.room());
        if room == 0 {
            self.readiness.remove(Ready::WRITABLE);
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = core.shortened(room.min(wanted));
        let mut left = count;
        peer.received.with(|queue| {
            for slice in slices {
                left -= queue.push(&slice[..left.min(slice.len())]);
            }
        });
        if count == room {
            self.readiness.remove(Ready::WRITABLE);
        }
        peer.readiness.add(core, Ready::READABLE);
        Ok(count)
    }

    /// Says that we send no more.
    pub(super) fn shut_down(&self, core: &Core) -> io::Result<()> {
        self.home.check()?;
        if !self.shut.replace(true)
            && let Some(peer) = self.peer()
        {
            self.readiness.add(core, Ready::WRITE_CLOSED);
            peer.readiness.add(core, Ready::READ_CLOSED);
        }
        Ok(())
    }

    /// The program lets go of it.
    pub(super) fn close(&self, core: &Core) {
        self.readiness.forget_wakers();
        let unread = self.received.with(|queue| queue.clear()) > 0;
        self.shut.set(true);
        let peer = self.peer.with(std::mem::take).upgrade();
        if let Some(peer) = peer.filter(|_| !self.home.is_gone()) {
            peer.reset.set(unread);
            drop(peer.peer.with(std::mem::take));
            let error = if unread { Ready::ERROR } else { Ready::empty() };
            peer.readiness.add(core, Ready::CLOSED | error);
        }
    }

    /// The listener went before anybody accepted it.
    pub(super) fn be_dropped_unaccepted(&self, core: &Core) {
        if let Some(peer) = self.peer() {
            self.close(core);
            peer.reset.set(true);
        }
    }

    /// Its host may have crashed: whoever waits is told.
    pub(in crate::net) fn look_at_host(&self, core: &Core) {
        if self.home.is_gone() {
            self.readiness.add(core, Ready::CLOSED);
        }
    }

    pub(super) fn note(&self, core: &Core, verb: &'static str, result: &io::Result<usize>) {
        let source = self.readiness.number();
        let result = result.as_ref().map(|count| *count).map_err(io::Error::kind);
        core.record(|| What::Io { source, verb, result });
    }
}
