//! Packets that are sent again and again until they arrive, each time after twice the
//! time: those of a handshake, and those that open a window.

use super::network::{Network, Transit};
use super::packet::Packet;
use crate::world::Core;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// As Linux has it.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// What comes of a packet at its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Yes,
    /// It is as if it had been lost.
    No,
}

type Arrive = Box<dyn Fn(&Core) -> Taken>;
type Fail = Box<dyn Fn(&Core)>;

/// Such a packet.
pub(crate) struct Lasting {
    pub(crate) network: Rc<Network>,
    /// Without bytes.
    pub(crate) packet: Packet<'static>,
    /// When it is sent for the second time.
    pub(crate) first_pause: Duration,
    pub(crate) most_tries: u32,
    pub(crate) tries: Cell<u32>,
    /// Whether it is still wanted.
    pub(crate) wanted: Box<dyn Fn() -> bool>,
    pub(crate) arrive: Arrive,
    pub(crate) fail: Fail,
}

impl Lasting {
    /// Sends it.
    pub(crate) fn send(self: Rc<Self>, core: &Core) {
        if !(self.wanted)() {
            return;
        }
        match self.network.transit(core, &self.packet) {
            Transit::Now => self.arrived(core),
            Transit::In(delay) | Transit::Twice(delay) => self.arrive_after(core, delay),
            Transit::Held => {
                let (from, to) = (self.packet.from, self.packet.to);
                let network = self.network.clone();
                network.keep(from, to, move |core| {
                    let delay = self.network.latency_between(from, to);
                    self.arrive_after(core, delay);
                });
            }
            Transit::Lost => self.try_again(core),
        }
    }

    fn arrive_after(self: Rc<Self>, core: &Core, delay: Duration) {
        core.happen_later(delay, move |core| self.arrived(core));
    }

    fn arrived(self: Rc<Self>, core: &Core) {
        // The host may have gone down meanwhile.
        let is_up = self.network.machine(self.packet.to).is_some_and(|to| to.up.get());
        if !is_up || (self.arrive)(core) == Taken::No {
            self.try_again(core);
        }
    }

    fn try_again(self: Rc<Self>, core: &Core) {
        let tries = self.tries.get() + 1;
        self.tries.set(tries);
        let pause = self.first_pause.saturating_mul(1 << (tries - 1).min(16));
        let pause = pause.min(LONGEST_PAUSE);
        core.happen_later(pause, move |core| match tries < self.most_tries {
            true => self.send(core),
            false if (self.wanted)() => (self.fail)(core),
            false => {}
        });
    }
}
