//! One end of a connection, with the errors that Linux gives in the same place.

use super::outbound::{End, Outbound, Segment};
use crate::choice::Kind;
use crate::io::Queue;
use crate::net::lasting::{Lasting, Taken};
use crate::net::machine::{Home, HostId};
use crate::net::network::Network;
use crate::net::packet::{Packet, PacketKind};
use crate::net::wait::Waitable;
use crate::prefetch;
use crate::private::Private;
use crate::reactor::{Readiness, Ready};
use crate::trace::What;
use crate::world::Core;
use bitflags::bitflags;
use std::cell::Cell;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::rc::{Rc, Weak};
use std::time::Duration;

bitflags! {
    /// Where a connection is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) struct State: u8 {
        /// The other end has not answered yet.
        const CONNECTING = 1;
        /// We send no more.
        const FIN_SENT = 1 << 1;
        /// The other end sends no more.
        const FIN_RECEIVED = 1 << 2;
        /// It was reset, or nobody answers: nothing can be sent or will come.
        const DEAD = 1 << 3;
        /// The program has let go of it.
        const CLOSED = 1 << 4;
    }
}

/// One end of a connection.
///
/// What every read and write touches comes first, in as few lines of the cache as may be.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Socket {
    pub(super) readiness: Readiness,
    pub(super) peer: Private<Weak<Socket>>,
    pub(super) network: Rc<Network>,
    pub(super) home: Home,
    /// How much we may send before it is read.
    capacity: usize,
    outstanding: Cell<usize>,
    /// The host of the other end.
    pub(super) remote: HostId,
    pub(super) state: Cell<State>,
    /// What the next operation is told, once.
    error: Cell<Option<ErrorKind>>,
    /// Whether the port is ours, and not a listener's.
    owns_port: bool,
    pub(super) nodelay: Cell<bool>,
    /// There only where packets take time.
    pub(super) outbound: Private<Option<Box<Outbound>>>,
    /// What we read and the other end does not know of.
    unacknowledged: Cell<usize>,
    /// What came and was not read yet.
    received: Private<Queue>,
    pub(super) local: SocketAddr,
    pub(super) far: SocketAddr,
    pub(super) linger: Cell<Option<Duration>>,
}

/// What reads and writes touch of a socket.
const TOUCHED: usize = std::mem::offset_of!(Socket, local);

/// What a socket begins with.
pub(super) struct Ends {
    pub(super) network: Rc<Network>,
    pub(super) home: Home,
    pub(super) remote: HostId,
    pub(super) local: SocketAddr,
    pub(super) far: SocketAddr,
}

impl Waitable for Socket {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

impl Socket {
    pub(super) fn new(core: &Core, ends: Ends, state: State) -> Rc<Socket> {
        let Ends { network, home, remote, local, far } = ends;
        let name = match core.recording.get() {
            true => format!("tcp {local} to {far}"),
            false => String::new(),
        };
        Rc::new(Socket {
            readiness: Readiness::new(core, &name),
            home,
            remote,
            local,
            far,
            peer: Private::default(),
            received: Private::new(Queue::new(usize::MAX)),
            state: Cell::new(state),
            error: Cell::new(None),
            capacity: network.capacity.get(),
            outstanding: Cell::new(0),
            unacknowledged: Cell::new(0),
            outbound: Private::default(),
            linger: Cell::new(None),
            nodelay: Cell::new(false),
            owns_port: state.contains(State::CONNECTING),
            network,
        })
    }

    pub(super) fn is(&self, state: State) -> bool {
        self.state.get().intersects(state)
    }

    pub(super) fn become_(&self, state: State) {
        self.state.set(self.state.get() | state);
    }

    pub(super) fn peer(&self) -> Option<Rc<Socket>> {
        self.peer.with(|peer| peer.upgrade())
    }

    /// The other end is looked at soon.
    #[inline(always)]
    fn fetch_peer(&self) {
        prefetch::fetch_first(self.peer.with(|peer| peer.as_ptr().addr()), TOUCHED);
    }

    /// Whether what we send is there at once.
    #[inline]
    fn is_immediate(&self) -> bool {
        self.network.is_immediate()
            && self.outbound.with(|outbound| outbound.as_ref().is_none_or(|all| all.is_empty()))
    }

    /// A packet to the other end.
    pub(super) fn packet<'a>(&self, kind: PacketKind, bytes: &'a [u8]) -> Packet<'a> {
        let (from, to) = (self.home.machine.id, self.remote);
        Packet { from, to, source: self.local, destination: self.far, kind, bytes }
    }

    /// A packet from the other end.
    pub(super) fn answer(&self, kind: PacketKind) -> Packet<'static> {
        let (from, to) = (self.remote, self.home.machine.id);
        Packet { from, to, source: self.far, destination: self.local, kind, bytes: &[] }
    }

    /// Whether the connection stands.
    pub(super) fn connected(&self) -> io::Result<()> {
        self.home.check()?;
        if self.is(State::CONNECTING) {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.take_error()
    }

    /// The other end, as long as there is a connection.
    pub(super) fn peer_addr(&self) -> io::Result<SocketAddr> {
        let both = State::FIN_SENT | State::FIN_RECEIVED;
        if self.is(State::DEAD) || self.state.get().contains(both) {
            let text = format!("{} is not connected with {} any more", self.local, self.far);
            return Err(io::Error::new(ErrorKind::NotConnected, text));
        }
        Ok(self.far)
    }

    /// Tells the error that waits, if there is one.
    pub(super) fn take_error(&self) -> io::Result<()> {
        let Some(kind) = self.error.take() else { return Ok(()) };
        let (local, far) = (self.local, self.far);
        let text = match kind {
            ErrorKind::ConnectionRefused => format!("{far} refused the connection"),
            ErrorKind::ConnectionReset => format!("the connection of {local} to {far} was reset"),
            ErrorKind::HostUnreachable => format!("there is no host at {}", far.ip()),
            ErrorKind::TimedOut => format!("{far} did not answer {local}"),
            _ => return Err(self.broken_pipe()),
        };
        Err(io::Error::new(kind, text))
    }

    fn broken_pipe(&self) -> io::Error {
        let text = format!("the connection of {} to {} is closed", self.local, self.far);
        io::Error::new(ErrorKind::BrokenPipe, text)
    }

    /// Reads what came, without taking it away if it is to be seen again.
    pub(super) fn read(&self, core: &Core, buffer: &mut [u8], peek: bool) -> io::Result<usize> {
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
        if peek {
            return Ok(self.received.with(|queue| queue.peek(&mut buffer[..count])));
        }
        let is_empty = self.received.with(|queue| {
            queue.pop(&mut buffer[..count]);
            queue.is_empty()
        });
        if is_empty {
            self.readiness.remove(Ready::READABLE);
        }
        self.open_window(core, count);
        Ok(count)
    }

    /// What Linux says when there is nothing to be read, in its order.
    fn read_nothing(&self) -> io::Result<usize> {
        if self.is(State::FIN_RECEIVED) {
            return Ok(0);
        }
        self.take_error()?;
        if self.is(State::DEAD) {
            return Ok(0);
        }
        self.readiness.remove(Ready::READABLE);
        Err(ErrorKind::WouldBlock.into())
    }

    /// The other end may send as much more.
    fn open_window(&self, core: &Core, count: usize) {
        let Some(peer) = self.peer() else { return };
        if self.network.is_immediate() && self.unacknowledged.get() == 0 {
            return peer.credit(core, count);
        }
        let count = self.unacknowledged.get() + count;
        self.unacknowledged.set(count);
        // As a kernel does, not for every byte.
        if count.saturating_mul(4) >= peer.capacity {
            self.unacknowledged.set(0);
            self.send_window(core, peer, count);
        }
    }

    #[cold]
    fn send_window(&self, core: &Core, peer: Rc<Socket>, count: usize) {
        let (home, wanting) = (self.home.clone(), peer.clone());
        let failing = peer.clone();
        let window = Lasting {
            network: self.network.clone(),
            packet: self.packet(PacketKind::Window, &[]),
            first_pause: Outbound::PAUSE,
            most_tries: Outbound::MOST_TRIES + 1,
            tries: Cell::new(0),
            wanted: Box::new(move || {
                !home.is_gone() && !wanting.is(State::DEAD | State::CLOSED | State::FIN_SENT)
            }),
            arrive: Box::new(move |core| {
                peer.credit(core, count);
                Taken::Yes
            }),
            fail: Box::new(move |core| failing.fail(core, ErrorKind::TimedOut)),
        };
        Rc::new(window).send(core);
    }

    /// That much of what we sent was read.
    fn credit(&self, core: &Core, count: usize) {
        let outstanding = self.outstanding.get().saturating_sub(count);
        self.outstanding.set(outstanding);
        // Linux wakes a writer when a third is free.
        let is_enough = (self.capacity - outstanding).saturating_mul(3) >= self.capacity;
        if is_enough && !self.readiness.level().contains(Ready::WRITABLE) {
            self.readiness.add(core, Ready::WRITABLE);
        }
    }

    /// Sends the first of these bytes, as many as there is room for.
    pub(super) fn write(self: &Rc<Self>, core: &Core, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.fetch_peer();
        self.home.check()?;
        self.take_error()?;
        if self.is(State::FIN_SENT | State::DEAD) {
            return Err(self.broken_pipe());
        }
        let wanted: usize = slices.iter().map(|slice| slice.len()).sum();
        if wanted == 0 {
            return Ok(0);
        }
        if core.strikes(Kind::Interrupted) {
            return Err(ErrorKind::Interrupted.into());
        }
        if self.network.strikes(core, Kind::Reset, self.home.machine.id, self.remote) {
            self.break_off(core);
            self.take_error()?;
        }
        let room = self.capacity - self.outstanding.get();
        if room == 0 || self.is(State::CONNECTING) {
            self.readiness.remove(Ready::WRITABLE);
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = core.shortened(room.min(wanted));
        self.outstanding.set(self.outstanding.get() + count);
        if count == room {
            self.readiness.remove(Ready::WRITABLE);
        }
        if self.is_immediate() {
            self.hand_over(core, slices, count);
        } else {
            self.transmit(core, Segment::gather(slices, count));
        }
        Ok(count)
    }

    /// Moves bytes to where the other end reads them.
    fn hand_over(self: &Rc<Self>, core: &Core, slices: &[IoSlice<'_>], mut count: usize) {
        match self.peer().filter(|peer| peer.takes_bytes()) {
            Some(peer) => {
                peer.received.with(|queue| {
                    for slice in slices {
                        count -= queue.push(&slice[..count.min(slice.len())]);
                    }
                });
                peer.readiness.add(core, Ready::READABLE);
            }
            None => self.be_answered_by_reset(core),
        }
    }

    /// Whether somebody may still read what comes.
    pub(super) fn takes_bytes(&self) -> bool {
        !self.is(State::CLOSED | State::DEAD) && !self.home.is_gone()
    }

    /// Bytes and more come in.
    pub(super) fn receive(&self, core: &Core, segment: Segment) {
        if !segment.bytes.is_empty() {
            self.received.with(|queue| queue.push_block(segment.bytes));
            self.readiness.add(core, Ready::READABLE);
        }
        match segment.end {
            None => {}
            Some(End::Fin) => {
                self.become_(State::FIN_RECEIVED);
                self.readiness.add(core, Ready::READ_CLOSED);
            }
            Some(End::Reset) => self.be_reset(core),
        }
    }

    /// What we sent came to nobody: the other kernel says so.
    pub(super) fn be_answered_by_reset(self: &Rc<Self>, core: &Core) {
        let me = self.clone();
        let packet = self.answer(PacketKind::Reset);
        self.network.send_once(core, &packet, move |core| me.be_reset(core));
    }

    /// The other end does not want to know anything more.
    pub(super) fn be_reset(&self, core: &Core) {
        let kind = match self.is(State::FIN_RECEIVED) {
            true => ErrorKind::BrokenPipe,
            false => ErrorKind::ConnectionReset,
        };
        self.fail(core, kind);
    }

    /// It is over, and the next operation is told why.
    pub(super) fn fail(&self, core: &Core, kind: ErrorKind) {
        if self.is(State::DEAD) || self.home.is_gone() {
            return;
        }
        self.state.set((self.state.get() | State::DEAD) - State::CONNECTING);
        self.error.set(Some(kind));
        drop(self.outbound.with(Option::take));
        let all = Ready::READABLE | Ready::WRITABLE | Ready::CLOSED | Ready::ERROR;
        self.readiness.add(core, all);
    }

    /// Something between the ends resets both.
    fn break_off(self: &Rc<Self>, core: &Core) {
        if let Some(peer) = self.peer() {
            peer.be_answered_by_reset(core);
        }
        self.be_reset(core);
    }

    /// Says that we send no more. As with tokio, that is nothing to complain about if
    /// nothing can be sent anyway.
    pub(super) fn shut_down(self: &Rc<Self>, core: &Core) -> io::Result<()> {
        self.home.check()?;
        if !self.is(State::DEAD) {
            self.send_fin(core);
            self.readiness.add(core, Ready::WRITE_CLOSED);
        }
        Ok(())
    }

    fn send_fin(self: &Rc<Self>, core: &Core) {
        if self.is(State::FIN_SENT) {
            return;
        }
        self.become_(State::FIN_SENT);
        self.send_end(core, End::Fin);
    }

    fn send_end(self: &Rc<Self>, core: &Core, end: End) {
        let segment = Segment { bytes: Vec::new(), end: Some(end) };
        if !self.is_immediate() {
            self.transmit(core, segment);
        } else if let Some(peer) = self.peer().filter(|peer| !peer.home.is_gone()) {
            peer.receive(core, segment);
        }
    }

    /// The program lets go of it: what was not read resets it, as does a linger of no time.
    pub(super) fn close(self: &Rc<Self>, core: &Core) {
        if self.is(State::CLOSED) || self.home.is_gone() {
            return;
        }
        if self.owns_port {
            self.home.machine.tcp.with(|ports| ports.disconnect(self.local.port()));
        }
        let unread = self.received.with(|queue| queue.clear()) > 0;
        self.become_(State::CLOSED);
        self.readiness.forget_wakers();
        if self.is(State::DEAD | State::CONNECTING) {
            return;
        }
        if unread || self.linger.get().is_some_and(|linger| linger.is_zero()) {
            self.abort(core);
        } else {
            self.send_fin(core);
        }
    }

    /// Resets the other end.
    pub(super) fn abort(self: &Rc<Self>, core: &Core) {
        self.forget_waiting();
        self.send_end(core, End::Reset);
        self.become_(State::DEAD | State::CLOSED);
    }

    /// Its host may have crashed: whoever waits is told.
    pub(crate) fn look_at_host(&self, core: &Core) {
        if self.home.is_gone() && !self.is(State::CLOSED) {
            self.readiness.add(core, Ready::READABLE | Ready::WRITABLE | Ready::CLOSED);
        }
    }

    pub(super) fn note(&self, core: &Core, verb: &'static str, result: &io::Result<usize>) {
        let source = self.readiness.number();
        let result = result.as_ref().map(|count| *count).map_err(io::Error::kind);
        core.record(|| What::Io { source, verb, result });
    }
}
