//! Addresses of sockets, and names of hosts in them.

use super::network::Network;
use crate::world;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// What a socket can be bound or connected to: an address, or the name of a host of the
/// run and a port.
///
/// `localhost` is the host of whoever asks, as everywhere.
pub trait ToSocketAddrs {
    #[doc(hidden)]
    fn resolve(&self, _: Sealed) -> io::Result<Addresses>;
}

/// Nobody else implements it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Sealed(());

/// One address or several, in the order in which they are tried.
#[doc(hidden)]
#[derive(Debug)]
pub enum Addresses {
    One(SocketAddr),
    Some(Vec<SocketAddr>),
}

impl Addresses {
    pub(crate) fn of(what: impl ToSocketAddrs) -> io::Result<Addresses> {
        what.resolve(Sealed(()))
    }

    pub(crate) fn as_slice(&self) -> &[SocketAddr] {
        match self {
            Addresses::One(address) => std::slice::from_ref(address),
            Addresses::Some(addresses) => addresses,
        }
    }
}

/// The addresses of a host of the run, by its name.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let server = reveille::net::host("server").build().unwrap();
/// let mut found = reveille::net::lookup_host("server:80").await.unwrap();
/// assert_eq!(found.next().unwrap().ip(), server.address());
/// # });
/// ```
///
/// # Errors
///
/// `InvalidInput` if it is no name and port. If there is no such host, the error is of no
/// kind that has a name, as with the real one.
pub async fn lookup_host(host: impl ToSocketAddrs) -> io::Result<impl Iterator<Item = SocketAddr>> {
    let found = Addresses::of(host)?;
    Ok(found.as_slice().to_vec().into_iter())
}

/// The kind of errors for which the standard library has none: it cannot be named, but is
/// what a real socket gives.
pub(crate) fn uncategorized() -> ErrorKind {
    io::Error::from_raw_os_error(i32::MAX).kind()
}

/// The addresses that `name` stands for.
fn look_up(network: &Network, name: &str) -> io::Result<Vec<IpAddr>> {
    if let Ok(ip) = name.trim_start_matches('[').trim_end_matches(']').parse() {
        return Ok(vec![ip]);
    }
    if name == "localhost" {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let machine = network.named(name).map_err(|error| {
        let text = format!("failed to lookup address information: {error}");
        io::Error::new(uncategorized(), text)
    })?;
    Ok(machine.addresses.clone())
}

fn by_name(name: &str, port: u16) -> io::Result<Addresses> {
    let core = world::expect_current("net::lookup_host");
    let found = look_up(&Network::of(core), name)?;
    Ok(Addresses::Some(found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()))
}

impl ToSocketAddrs for str {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        if let Ok(address) = self.parse() {
            return Ok(Addresses::One(address));
        }
        let invalid = |what| {
            let text = format!("invalid socket address `{self}`: expected {what}");
            io::Error::new(ErrorKind::InvalidInput, text)
        };
        let (name, port) = self.rsplit_once(':').ok_or_else(|| invalid("host:port"))?;
        by_name(name, port.parse().map_err(|_| invalid("a port up to 65535"))?)
    }
}

impl ToSocketAddrs for String {
    fn resolve(&self, sealed: Sealed) -> io::Result<Addresses> {
        self.as_str().resolve(sealed)
    }
}

impl ToSocketAddrs for (&str, u16) {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        by_name(self.0, self.1)
    }
}

impl ToSocketAddrs for (String, u16) {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        by_name(&self.0, self.1)
    }
}

impl ToSocketAddrs for SocketAddr {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        Ok(Addresses::One(*self))
    }
}

impl ToSocketAddrs for SocketAddrV4 {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        Ok(Addresses::One((*self).into()))
    }
}

impl ToSocketAddrs for SocketAddrV6 {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        Ok(Addresses::One((*self).into()))
    }
}

macro_rules! address_and_port {
    ($($ip:ty),*) => {$(
        impl ToSocketAddrs for ($ip, u16) {
            fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
                Ok(Addresses::One(SocketAddr::new(self.0.into(), self.1)))
            }
        }
    )*};
}
address_and_port!(IpAddr, Ipv4Addr, Ipv6Addr);

impl ToSocketAddrs for [SocketAddr] {
    fn resolve(&self, _: Sealed) -> io::Result<Addresses> {
        Ok(Addresses::Some(self.to_vec()))
    }
}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {
    fn resolve(&self, sealed: Sealed) -> io::Result<Addresses> {
        (**self).resolve(sealed)
    }
}
