//! How a connection comes about: one end knocks, a listener answers, the one end
//! confirms. What is lost of that is sent again after a second, two, four.

use super::listener::Listener;
use super::socket::{Ends, Socket, State};
use crate::choice::Kind;
use crate::net::lasting::{Lasting, Taken};
use crate::net::machine::{Home, Machine, as_seen_from};
use crate::net::network::{Network, Transit};
use crate::net::packet::{Packet, PacketKind};
use crate::reactor::Ready;
use crate::world::Core;
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Linux gives up after 127 seconds.
const MOST_KNOCKS: u32 = 7;
const MOST_ANSWERS: u32 = 6;
/// How long Linux looks for a host in its own network.
const LOOKING_FOR_HOST: Duration = Duration::from_secs(3);

/// What is sent to no address in particular goes to the host itself.
fn destination(to: SocketAddr) -> SocketAddr {
    let ip = match to.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, to.port())
}

/// Begins a connection from `here`, and from `bound` if that is taken already.
pub(super) fn connect(
    core: &Core,
    network: &Rc<Network>,
    here: Rc<Machine>,
    bound: Option<SocketAddr>,
    to: SocketAddr,
) -> io::Result<Rc<Socket>> {
    let to = destination(to);
    let target = network.at(&here, to.ip());
    let local = match bound {
        Some(bound) if !bound.ip().is_unspecified() => bound,
        _ => {
            let ip = here.source_for(to.ip());
            let port = match bound {
                Some(bound) => bound.port(),
                None => here.tcp.with(|ports| ports.take_any()).ok_or_else(|| no_port(&here))?,
            };
            as_seen_from(to.ip(), SocketAddr::new(ip, port))
        }
    };
    here.tcp.with(|ports| ports.connect(local));
    let remote = target.as_ref().map_or(here.id, |target| target.id);
    let (network, home) = (network.clone(), Home::new(here));
    let client =
        Socket::new(core, Ends { network, home, remote, local, far: to }, State::CONNECTING);
    match target {
        Some(_) => client.knock(core),
        None => {
            let client = Rc::downgrade(&client);
            core.happen_later(LOOKING_FOR_HOST, move |core| {
                if let Some(client) = client.upgrade() {
                    client.fail(core, ErrorKind::HostUnreachable);
                }
            });
        }
    }
    Ok(client)
}

/// The error of a host whose ports are all taken.
pub(in crate::net) fn no_port(here: &Machine) -> io::Error {
    let text = format!("host `{}` has no port left", here.name);
    io::Error::new(ErrorKind::AddrNotAvailable, text)
}

impl Socket {
    /// Asks for the connection.
    fn knock(self: &Rc<Self>, core: &Core) {
        // The usual case, without an allocation.
        if self.network.is_immediate() && self.be_heard(core) == Taken::Yes {
            return;
        }
        let (waiting, heard, failing) = (self.clone(), self.clone(), self.clone());
        let knock = Lasting {
            network: self.network.clone(),
            packet: self.packet(PacketKind::Handshake, &[]),
            first_pause: FIRST_PAUSE,
            most_tries: MOST_KNOCKS,
            tries: Cell::new(0),
            wanted: Box::new(move || {
                waiting.is(State::CONNECTING)
                    && !waiting.is(State::CLOSED)
                    && !waiting.home.is_gone()
            }),
            arrive: Box::new(move |core| heard.be_heard(core)),
            fail: Box::new(move |core| failing.fail(core, ErrorKind::TimedOut)),
        };
        Rc::new(knock).send(core);
    }

    /// The knock is there: somebody listens, or not.
    fn be_heard(self: &Rc<Self>, core: &Core) -> Taken {
        let Some(machine) = self.network.machine(self.remote) else { return Taken::No };
        let listener = machine.listener(self.far);
        let Some(listener) = listener.filter(|_| !self.is_refused_by_fault(core)) else {
            let me = self.clone();
            let refusal = self.answer(PacketKind::Reset);
            self.network.send_once(core, &refusal, move |core| {
                if me.is(State::CONNECTING) {
                    me.fail(core, ErrorKind::ConnectionRefused);
                }
            });
            return Taken::Yes;
        };
        if listener.is_full() {
            return Taken::No;
        }
        let ends = Ends {
            network: self.network.clone(),
            home: Home::new(machine),
            remote: self.home.machine.id,
            local: as_seen_from(listener.local.ip(), self.far),
            far: as_seen_from(listener.local.ip(), self.local),
        };
        let server = Socket::new(core, ends, State::empty());
        server.peer.with(|peer| *peer = Rc::downgrade(self));
        server.readiness.add(core, Ready::WRITABLE);
        listener.expect_one();
        self.be_answered(core, server, listener);
        Taken::Yes
    }

    fn is_refused_by_fault(&self, core: &Core) -> bool {
        self.network.strikes(core, Kind::Refused, self.home.machine.id, self.remote)
    }

    /// The listener answers, until that is confirmed.
    fn be_answered(self: &Rc<Self>, core: &Core, server: Rc<Socket>, listener: Rc<Listener>) {
        if self.network.is_immediate() {
            self.establish(core, &server);
            return listener.push(core, server);
        }
        let Packet { from, to, source, destination, .. } = self.answer(PacketKind::Handshake);
        let (client, waiting, giving_up) = (self.clone(), server.clone(), listener.clone());
        let answer = Lasting {
            network: self.network.clone(),
            packet: Packet {
                from,
                to,
                source,
                destination,
                kind: PacketKind::Handshake,
                bytes: &[],
            },
            first_pause: FIRST_PAUSE,
            most_tries: MOST_ANSWERS,
            tries: Cell::new(0),
            wanted: Box::new(move || !waiting.is(State::DEAD) && !waiting.home.is_gone()),
            arrive: Box::new(move |core| client.confirm(core, &server, &listener)),
            fail: Box::new(move |_| giving_up.expect_one_less()),
        };
        Rc::new(answer).send(core);
    }

    fn establish(&self, core: &Core, server: &Rc<Socket>) {
        self.peer.with(|peer| *peer = Rc::downgrade(server));
        self.state.set(self.state.get() - State::CONNECTING);
        self.readiness.add(core, Ready::WRITABLE);
    }

    /// The answer is there; if it is still wanted, the listener is told so.
    fn confirm(
        self: &Rc<Self>,
        core: &Core,
        server: &Rc<Socket>,
        listener: &Rc<Listener>,
    ) -> Taken {
        let is_known = self.peer().is_some_and(|peer| Rc::ptr_eq(&peer, server));
        let is_over = self.is(State::DEAD) || self.is(State::CLOSED) && !is_known;
        if is_over || self.home.is_gone() {
            listener.expect_one_less();
            server.be_answered_by_reset(core);
            return Taken::Yes;
        }
        if self.is(State::CONNECTING) {
            self.establish(core, server);
        }
        let (network, listener, server) = (&self.network, listener.clone(), server.clone());
        let packet = self.packet(PacketKind::Handshake, &[]);
        match network.transit(core, &packet) {
            Transit::Lost => return Taken::No,
            Transit::Now => listener.push(core, server),
            Transit::In(delay) | Transit::Twice(delay) => {
                core.happen_later(delay, move |core| listener.push(core, server));
            }
            Transit::Held => {
                let (from, to, network) = (packet.from, packet.to, network.clone());
                self.network.keep(from, to, move |core| {
                    let delay = network.latency_between(from, to);
                    core.happen_later(delay, move |core| listener.push(core, server));
                });
            }
        }
        Taken::Yes
    }
}
