//! A host as the network holds it.

use super::ports::Ports;
use super::tcp::Listener;
use super::udp::Datagrams;
use super::unix;
use crate::private::Private;
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::{Rc, Weak};

/// Names a host in its run; number 0 is `localhost`, where the test begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct HostId(pub(crate) u32);

/// What is called when a host goes down or comes up.
pub(crate) type Hook = Rc<dyn Fn()>;

/// A host.
pub(crate) struct Machine {
    pub(crate) id: HostId,
    pub(crate) name: String,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) up: Cell<bool>,
    /// How often it went down: a socket that is older is no more.
    pub(crate) crashes: Cell<u32>,
    pub(crate) tcp: Private<Ports>,
    /// In the order in which they were bound.
    listeners: Private<Vec<(SocketAddr, Weak<Listener>)>>,
    pub(crate) udp: Private<Ports>,
    /// In the order in which they were bound.
    datagrams: Private<Vec<Weak<Datagrams>>>,
    pub(super) unix: Private<unix::Paths>,
    pub(crate) on_crash: Private<Vec<Hook>>,
    pub(crate) on_restart: Private<Vec<Hook>>,
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Machine").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The addresses of a host that was given none: 192.168.0.1 and fd00::1 are localhost's.
pub(crate) fn usual_addresses(id: HostId) -> Vec<IpAddr> {
    let [_, high, middle, low] = (id.0 + 1).to_be_bytes();
    let four = Ipv4Addr::new(192, 168 + high, middle, low);
    let six = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, (id.0 + 1) as u16);
    vec![four.into(), six.into()]
}

/// The same address in its plainest form: IPv4 in IPv6 is IPv4.
pub(crate) fn plain_ip(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// `address` as a socket that was bound to `to` sees it.
pub(crate) fn as_seen_from(to: IpAddr, address: SocketAddr) -> SocketAddr {
    match (to, address.ip()) {
        (IpAddr::V6(_), IpAddr::V4(four)) => {
            SocketAddr::new(four.to_ipv6_mapped().into(), address.port())
        }
        (IpAddr::V4(_), ip) => SocketAddr::new(plain_ip(ip), address.port()),
        _ => address,
    }
}

/// Whether what is sent to `ip` reaches a socket bound to `bound`; `::` takes IPv4, too,
/// as Linux has it.
pub(crate) fn reaches(bound: IpAddr, ip: IpAddr) -> bool {
    match bound {
        IpAddr::V6(six) if six.is_unspecified() => true,
        IpAddr::V4(four) if four.is_unspecified() => plain_ip(ip).is_ipv4(),
        _ => plain_ip(bound) == plain_ip(ip),
    }
}

impl Machine {
    pub(crate) fn new(id: HostId, name: String, addresses: Vec<IpAddr>) -> Machine {
        Machine {
            id,
            name,
            addresses,
            up: Cell::new(true),
            crashes: Cell::new(0),
            tcp: Private::default(),
            listeners: Private::default(),
            udp: Private::default(),
            datagrams: Private::default(),
            unix: Private::default(),
            on_crash: Private::default(),
            on_restart: Private::default(),
        }
    }

    /// Whether what is sent to `ip` from the host itself stays on it.
    pub(crate) fn owns(&self, ip: IpAddr) -> bool {
        let ip = plain_ip(ip);
        ip.is_loopback() || ip.is_unspecified() || self.addresses.contains(&ip)
    }

    /// The address from which the host sends to `ip`.
    pub(crate) fn source_for(&self, ip: IpAddr) -> IpAddr {
        let plain = plain_ip(ip);
        if plain.is_loopback() || plain.is_unspecified() {
            return if plain.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            };
        }
        if self.addresses.contains(&plain) {
            return plain;
        }
        let mut all = self.addresses.iter();
        let like = all.find(|own| own.is_ipv4() == plain.is_ipv4());
        *like.or(self.addresses.first()).unwrap_or(&plain)
    }

    /// The listener that a connection to `to` finds: one of that very address before one
    /// of every address.
    pub(crate) fn listener(&self, to: SocketAddr) -> Option<Rc<Listener>> {
        self.listeners.with(|listeners| {
            let fitting = listeners
                .iter()
                .filter(|(bound, _)| bound.port() == to.port() && reaches(bound.ip(), to.ip()));
            fitting.min_by_key(|(bound, _)| bound.ip().is_unspecified())?.1.upgrade()
        })
    }

    /// Whether a listener stands where one at `address` would.
    pub(crate) fn listens(&self, address: SocketAddr) -> bool {
        self.listeners.with(|listeners| {
            listeners.iter().any(|(bound, _)| {
                bound.port() == address.port()
                    && (reaches(bound.ip(), address.ip()) || reaches(address.ip(), bound.ip()))
            })
        })
    }

    pub(crate) fn add_listener(&self, at: SocketAddr, listener: &Rc<Listener>) {
        self.listeners.with(|listeners| listeners.push((at, Rc::downgrade(listener))));
    }

    pub(crate) fn remove_listener(&self, listener: &Listener) {
        let is_it = |other: &Weak<Listener>| std::ptr::eq(other.as_ptr(), listener);
        self.listeners.with(|listeners| listeners.retain(|(_, other)| !is_it(other)));
    }

    /// It went down: its sockets are no more, whoever still has a handle.
    pub(crate) fn lose_sockets(&self) {
        self.crashes.set(self.crashes.get() + 1);
        drop(self.listeners.with(std::mem::take));
        drop(self.tcp.with(std::mem::take));
        drop(self.datagrams.with(std::mem::take));
        drop(self.udp.with(std::mem::take));
    }

    /// The sockets of datagrams that are there.
    fn all_datagrams(&self) -> Vec<Rc<Datagrams>> {
        self.datagrams.with(|all| all.iter().filter_map(Weak::upgrade).collect())
    }

    /// The socket that receives what `source` sends to `destination`: the one that fits
    /// best.
    pub(crate) fn datagrams(
        &self,
        destination: SocketAddr,
        source: SocketAddr,
    ) -> Option<Rc<Datagrams>> {
        let fitting = self.all_datagrams().into_iter();
        let fitting = fitting.filter_map(|one| Some((one.fits(destination, source)?, one)));
        fitting.max_by_key(|(rank, _)| *rank).map(|(_, socket)| socket)
    }

    /// Whether a socket of datagrams has that address.
    pub(crate) fn receives(&self, address: SocketAddr) -> bool {
        self.all_datagrams().iter().any(|socket| socket.occupies(address))
    }

    pub(crate) fn add_datagrams(&self, socket: &Rc<Datagrams>) {
        self.datagrams.with(|all| all.push(Rc::downgrade(socket)));
    }

    pub(crate) fn remove_datagrams(&self, socket: &Datagrams) {
        self.datagrams.with(|all| all.retain(|other| !std::ptr::eq(other.as_ptr(), socket)));
    }
}

/// The host of a socket, and which of its lives.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) machine: Rc<Machine>,
    life: u32,
}

impl Home {
    pub(crate) fn new(machine: Rc<Machine>) -> Home {
        let life = machine.crashes.get();
        Home { machine, life }
    }

    /// Whether the host crashed since.
    #[inline(always)]
    pub(crate) fn is_gone(&self) -> bool {
        self.machine.crashes.get() != self.life
    }

    /// The error of a socket whose host crashed.
    pub(crate) fn check(&self) -> io::Result<()> {
        if self.is_gone() {
            let text = format!("host `{}` of this socket crashed", self.machine.name);
            return Err(io::Error::new(ErrorKind::NotConnected, text));
        }
        Ok(())
    }
}
