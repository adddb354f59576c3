//! The ports of a host, for one protocol.

use std::collections::BTreeMap;

/// Linux hands these out to those who ask for none in particular.
const FIRST: u16 = 32_768;
const LAST: u16 = 60_999;

/// Which ports are taken, and which is handed out next.
#[derive(Debug)]
pub(crate) struct Ports {
    next: u16,
    /// How many sockets share a port.
    taken: BTreeMap<u16, u32>,
}

impl Default for Ports {
    fn default() -> Ports {
        Ports { next: FIRST, taken: BTreeMap::new() }
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
        *self.taken.entry(port).or_default() += 1;
    }

    pub(crate) fn give_back(&mut self, port: u16) {
        if let Some(count) = self.taken.get_mut(&port) {
            *count -= 1;
            if *count == 0 {
                self.taken.remove(&port);
            }
        }
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
