//! A socket of datagrams as the world holds it: each arrives as a whole, or not at all.

use crate::choice::Kind;
use crate::net::address::uncategorized;
use crate::net::line::Line;
use crate::net::machine::{Home, Machine, as_seen_from, plain_ip, reaches};
use crate::net::network::{Network, Transit};
use crate::net::packet::{Packet, PacketKind};
use crate::net::wait::Waitable;
use crate::private::Private;
use crate::reactor::{Readiness, Ready};
use crate::trace::What;
use crate::world::Core;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

/// What Linux keeps for a receiver, in bytes.
const RECEIVE_BUFFER: usize = 212_992;
/// The most that fits into a datagram.
const MOST_BYTES: usize = 65_507;
/// How long one that is overtaken takes at least.
const OVERTAKEN: Duration = Duration::from_millis(1);

/// The room that Linux needs for a datagram of so many bytes.
fn room_for(count: usize) -> usize {
    (count + 384).next_power_of_two().max(576) + 256
}

/// Whether who is bound there sends to IPv4.
fn speaks_ipv4(local: SocketAddr) -> bool {
    local.ip().is_unspecified() || plain_ip(local.ip()).is_ipv4()
}

fn of_another_family(to: SocketAddr, local: SocketAddr) -> io::Error {
    let text = format!("{to} is of another family than {local}");
    io::Error::new(uncategorized(), text)
}

/// What is under way.
#[derive(Clone, Debug)]
struct Datagram {
    source: SocketAddr,
    destination: SocketAddr,
    bytes: Vec<u8>,
}

/// A socket of datagrams.
#[derive(Debug)]
pub(crate) struct Datagrams {
    pub(super) readiness: Readiness,
    network: Rc<Network>,
    pub(super) home: Home,
    pub(super) local: Cell<SocketAddr>,
    /// The only one with whom it speaks.
    pub(super) partner: Cell<Option<SocketAddr>>,
    inbox: Private<VecDeque<(SocketAddr, Vec<u8>)>>,
    kept: Cell<usize>,
    /// The partner was not there: the next operation is told.
    refused: Cell<bool>,
    /// What it sent over links that take time.
    line: Private<Line<(Rc<Machine>, Datagram)>>,
}

impl Waitable for Datagrams {
    fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

impl Datagrams {
    pub(super) fn new(core: &Core, here: Rc<Machine>, local: SocketAddr) -> Rc<Datagrams> {
        let name = match core.recording.get() {
            true => format!("udp {local}"),
            false => String::new(),
        };
        let socket = Rc::new(Datagrams {
            readiness: Readiness::new(core, &name),
            network: Network::of(core),
            home: Home::new(here),
            local: Cell::new(local),
            partner: Cell::new(None),
            inbox: Private::default(),
            kept: Cell::new(0),
            refused: Cell::new(false),
            line: Private::default(),
        });
        socket.readiness.add(core, Ready::WRITABLE);
        socket.home.machine.add_datagrams(&socket);
        socket
    }

    /// Whether what is sent from `source` to `destination` is for this socket, and how well
    /// it fits.
    pub(crate) fn fits(&self, destination: SocketAddr, source: SocketAddr) -> Option<u32> {
        let local = self.local.get();
        let is_ours = local.port() == destination.port() && reaches(local.ip(), destination.ip());
        let is_partner = self.partner.get().is_none_or(|partner| {
            as_seen_from(local.ip(), source) == as_seen_from(local.ip(), partner)
        });
        let rank =
            2 * u32::from(self.partner.get().is_some()) + u32::from(!local.ip().is_unspecified());
        (is_ours && is_partner).then_some(rank)
    }

    /// Whether another socket cannot have `address`.
    pub(crate) fn occupies(&self, address: SocketAddr) -> bool {
        let local = self.local.get();
        local.port() == address.port()
            && (reaches(local.ip(), address.ip()) || reaches(address.ip(), local.ip()))
    }

    /// Speaks with `partner` alone from now on.
    pub(super) fn connect(&self, partner: SocketAddr) -> io::Result<()> {
        self.home.check()?;
        let local = self.local.get();
        if partner.is_ipv4() && local.is_ipv6() && !speaks_ipv4(local) {
            return Err(of_another_family(partner, local));
        }
        let partner = self.target(partner)?;
        if local.ip().is_unspecified() {
            let own = SocketAddr::new(self.home.machine.source_for(partner.ip()), local.port());
            self.local.set(as_seen_from(partner.ip(), own));
        }
        self.partner.set(Some(partner));
        Ok(())
    }

    /// `to` as this socket sends to it, if it can: one of IPv6 speaks IPv4, too, unless it
    /// is bound to an address that does not.
    fn target(&self, to: SocketAddr) -> io::Result<SocketAddr> {
        let local = self.local.get();
        let (is_four, is_any) = (plain_ip(to.ip()).is_ipv4(), local.ip().is_unspecified());
        if local.is_ipv4() && to.is_ipv6() || !is_four && !is_any && speaks_ipv4(local) {
            return Err(of_another_family(to, local));
        }
        if is_four && !speaks_ipv4(local) {
            let text = format!("there is no way from {local} to {to}");
            return Err(io::Error::new(ErrorKind::NetworkUnreachable, text));
        }
        Ok(as_seen_from(local.ip(), to))
    }

    /// Whether a kernel would send that.
    fn check(&self, to: SocketAddr, count: usize) -> io::Result<()> {
        if to.port() == 0 {
            let text = format!("nobody is at port 0 of {}", to.ip());
            return Err(io::Error::new(ErrorKind::InvalidInput, text));
        }
        if count > MOST_BYTES {
            let text = format!("expected at most {MOST_BYTES} bytes, got {count}");
            return Err(io::Error::new(uncategorized(), text));
        }
        Ok(())
    }

    /// What Linux tells with the next operation, whatever it is.
    pub(super) fn take_error(&self) -> io::Result<()> {
        self.home.check()?;
        if !self.refused.replace(false) {
            return Ok(());
        }
        self.readiness.remove(Ready::ERROR);
        if self.inbox.with(|inbox| inbox.is_empty()) {
            self.readiness.remove(Ready::READABLE);
        }
        let partner = self.partner.get().map_or_else(String::new, |partner| partner.to_string());
        let text = format!("nobody receives at {partner}");
        Err(io::Error::new(ErrorKind::ConnectionRefused, text))
    }

    /// Sends to the partner, or to somebody else.
    pub(super) fn send(
        self: &Rc<Self>,
        core: &Core,
        bytes: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<usize> {
        self.take_error()?;
        let Some(to) = to.or(self.partner.get()) else {
            let text = format!("{} is not connected: use `send_to`", self.local.get());
            return Err(io::Error::new(uncategorized(), text));
        };
        let to = self.target(to)?;
        self.check(to, bytes.len())?;
        // What is sent to nobody's address is lost.
        if let Some(target) = self.network.at(&self.home.machine, to.ip()) {
            self.send_to_host(core, &target, to, bytes);
        }
        Ok(bytes.len())
    }

    fn source_for(&self, to: SocketAddr) -> SocketAddr {
        let local = self.local.get();
        match local.ip().is_unspecified() {
            true => SocketAddr::new(self.home.machine.source_for(to.ip()), local.port()),
            false => local,
        }
    }

    fn send_to_host(
        self: &Rc<Self>,
        core: &Core,
        host: &Rc<Machine>,
        to: SocketAddr,
        bytes: &[u8],
    ) {
        let (from, source) = (self.home.machine.id, self.source_for(to));
        let strikes = |kind| self.network.strikes(core, kind, from, host.id);
        let packet = Packet {
            from,
            to: host.id,
            source,
            destination: to,
            kind: PacketKind::Datagram,
            bytes,
        };
        let mut transit = self.network.transit(core, &packet);
        if transit == Transit::Lost || strikes(Kind::Loss) {
            return;
        }
        let datagram = Datagram { source, destination: to, bytes: bytes.to_vec() };
        if let Transit::Twice(delay) = transit {
            self.on_its_way(core, host, datagram.clone(), Transit::In(delay));
            transit = Transit::In(delay);
        } else if strikes(Kind::Duplication) {
            self.on_its_way(core, host, datagram.clone(), transit);
        }
        if transit != Transit::Held && strikes(Kind::Reordering) {
            let longest = self.network.way(from, host.id).longest;
            let (me, host) = (self.clone(), host.clone());
            core.happen_later(longest.saturating_add(OVERTAKEN), move |core| {
                me.arrive(core, &host, datagram);
            });
        } else {
            self.on_its_way(core, host, datagram, transit);
        }
    }

    /// Sends a datagram after all that were sent before.
    fn on_its_way(
        self: &Rc<Self>,
        core: &Core,
        host: &Rc<Machine>,
        datagram: Datagram,
        transit: Transit,
    ) {
        let is_alone = self.line.with(|line| line.is_empty());
        if is_alone && matches!(transit, Transit::Now | Transit::In(Duration::ZERO)) {
            return self.arrive(core, host, datagram);
        }
        let number = self.line.with(|line| line.send((host.clone(), datagram)));
        let (from, to) = (self.home.machine.id, host.id);
        let me = self.clone();
        let after = move |core: &Core, delay: Duration| {
            core.happen_later(delay, move |core| me.arrive_in_order(core, number));
        };
        match transit {
            Transit::In(delay) | Transit::Twice(delay) => after(core, delay),
            Transit::Held => {
                let network = self.network.clone();
                self.network.keep(from, to, move |core| {
                    after(core, network.latency_between(from, to));
                });
            }
            Transit::Now | Transit::Lost => after(core, Duration::ZERO),
        }
    }

    fn arrive_in_order(self: &Rc<Self>, core: &Core, number: u64) {
        self.line.with(|line| line.arrive(number));
        while let Some((host, datagram)) = self.line.with(|line| line.deliver()) {
            self.arrive(core, &host, datagram);
        }
    }

    /// A datagram is there: somebody receives it, or the sender is told that nobody does.
    fn arrive(self: &Rc<Self>, core: &Core, host: &Rc<Machine>, datagram: Datagram) {
        if !host.up.get() {
            return;
        }
        match host.datagrams(datagram.destination, datagram.source) {
            Some(receiver) => receiver.keep(core, datagram),
            None if self.partner.get() == Some(datagram.destination) => {
                self.hear_refusal(core, host)
            }
            None => {}
        }
    }

    fn hear_refusal(self: &Rc<Self>, core: &Core, host: &Machine) {
        let (Some(source), destination) = (self.partner.get(), self.local.get()) else { return };
        let (from, to) = (host.id, self.home.machine.id);
        let kind = PacketKind::Reset;
        let packet = Packet { from, to, source, destination, kind, bytes: &[] };
        let me = self.clone();
        self.network.send_once(core, &packet, move |core| {
            me.refused.set(true);
            me.readiness.add(core, Ready::READABLE | Ready::ERROR);
        });
    }

    /// Keeps what came, if there is room.
    fn keep(&self, core: &Core, datagram: Datagram) {
        let kept = self.kept.get() + room_for(datagram.bytes.len());
        if kept > RECEIVE_BUFFER {
            return;
        }
        self.kept.set(kept);
        let source = as_seen_from(self.local.get().ip(), datagram.source);
        self.inbox.with(|inbox| inbox.push_back((source, datagram.bytes)));
        self.readiness.add(core, Ready::READABLE);
    }

    /// Moves the first datagram to `buffer`; what does not fit is lost. Or leaves it to be
    /// received again.
    pub(super) fn receive(&self, buffer: &mut [u8], peek: bool) -> io::Result<(usize, SocketAddr)> {
        self.take_error()?;
        let copy = |(source, bytes): &(SocketAddr, Vec<u8>), buffer: &mut [u8]| {
            let count = bytes.len().min(buffer.len());
            buffer[..count].copy_from_slice(&bytes[..count]);
            (count, *source)
        };
        if peek && let Some(seen) = self.inbox.with(|all| all.front().map(|one| copy(one, buffer)))
        {
            return Ok(seen);
        }
        let Some(datagram) = self.inbox.with(|inbox| inbox.pop_front()) else {
            self.readiness.remove(Ready::READABLE);
            return Err(ErrorKind::WouldBlock.into());
        };
        self.kept.set(self.kept.get() - room_for(datagram.1.len()));
        if self.inbox.with(|inbox| inbox.is_empty()) {
            self.readiness.remove(Ready::READABLE);
        }
        Ok(copy(&datagram, buffer))
    }

    pub(super) fn close(&self) {
        self.readiness.forget_wakers();
        if !self.home.is_gone() {
            self.home.machine.remove_datagrams(self);
            self.home.machine.udp.with(|ports| ports.give_back(self.local.get().port()));
        }
    }

    /// Its host may have crashed: whoever waits is told.
    pub(crate) fn look_at_host(&self, core: &Core) {
        if self.home.is_gone() {
            self.readiness.add(core, Ready::READABLE | Ready::CLOSED);
        }
    }

    pub(super) fn note(&self, core: &Core, verb: &'static str, result: Result<usize, &io::Error>) {
        let source = self.readiness.number();
        core.record(|| What::Io { source, verb, result: result.map_err(io::Error::kind) });
    }
}
