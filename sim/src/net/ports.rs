//! The ports of a host, for one protocol.

use crate::few::Few;
use std::net::{IpAddr, SocketAddr};

/// Linux hands these out to those who ask for none in particular.
const FIRST: u16 = 32_768;
const LAST: u16 = 60_999;

/// Which ports are taken, and which is handed out next.
#[derive(Debug)]
pub(crate) struct Ports {
    next: u16,
    taken: Few<u16, Taken>,
}

/// A port that somebody has.
#[derive(Debug, Default)]
struct Taken {
    /// How many sockets share it.
    sockets: u32,
    /// From where a connection was made, which nobody shares.
    client: Option<IpAddr>,
}

impl Default for Ports {
    fn default() -> Ports {
        Ports { next: FIRST, taken: Few::new() }
    }
}

impl Ports {
    /// Takes a port that nobody has; none if there is none.
    pub(crate) fn take_any(&mut self) -> Option<u16> {
        for _ in FIRST..=LAST {
            let port = self.next;
            self.next = if port == LAST { FIRST } else { port + 1 };
            if !self.taken.contains_key(&port) {
                self.take(port);
                return Some(port);
            }
        }
        None
    }

    pub(crate) fn take(&mut self, port: u16) {
        self.taken.of(port).sockets += 1;
    }

    pub(crate) fn give_back(&mut self, port: u16) {
        if let Some(taken) = self.taken.get_mut(&port) {
            taken.sockets -= 1;
            if taken.sockets == 0 {
                self.taken.remove(&port);
            }
        }
    }

    /// A port that is taken is used for a connection from `local`.
    pub(crate) fn connect(&mut self, local: SocketAddr) {
        if let Some(taken) = self.taken.get_mut(&local.port()) {
            taken.client = Some(local.ip());
        }
    }

    /// The connection from there is over.
    pub(crate) fn disconnect(&mut self, port: u16) {
        if let Some(taken) = self.taken.get_mut(&port) {
            taken.client = None;
        }
        self.give_back(port);
    }

    /// The address from which a connection was made that has the port.
    pub(crate) fn client(&self, port: u16) -> Option<IpAddr> {
        self.taken.get(&port)?.client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_handed_out_in_order_until_none_is_left() {
        let mut ports = Ports::default();
        ports.take(FIRST + 1);
        assert_eq!((ports.take_any(), ports.take_any()), (Some(FIRST), Some(FIRST + 2)));
        let rest = std::iter::from_fn(|| ports.take_any()).count();
        assert_eq!(rest, usize::from(LAST - FIRST) + 1 - 3);
        ports.give_back(FIRST + 1);
        assert_eq!((ports.take_any(), ports.take_any()), (Some(FIRST + 1), None));
    }
}
