//! Segments under way on links that take time, or lose: they arrive in order, and what is
//! lost is sent again, after twice the time whenever it is lost again.

use super::socket::{Socket, State};
use crate::net::lasting::LONGEST_PAUSE;
use crate::net::line::Line;
use crate::net::network::Transit;
use crate::net::packet::PacketKind;
use crate::world::Core;
use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};
use std::rc::Rc;
use std::time::Duration;

/// What comes after the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Fin,
    Reset,
}

/// What is sent at once.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) bytes: Vec<u8>,
    pub(super) end: Option<End>,
}

impl Segment {
    /// The first `count` bytes of these.
    pub(super) fn gather(slices: &[IoSlice<'_>], count: usize) -> Segment {
        let mut bytes = Vec::with_capacity(count);
        for slice in slices {
            let left = count - bytes.len();
            bytes.extend_from_slice(&slice[..left.min(slice.len())]);
        }
        Segment { bytes, end: None }
    }

    fn kind(&self) -> PacketKind {
        match self.end {
            Some(End::Reset) => PacketKind::Reset,
            Some(End::Fin) if self.bytes.is_empty() => PacketKind::Fin,
            _ => PacketKind::Data,
        }
    }
}

/// What is under way, and what waits to be sent again.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    line: Line<Segment>,
    /// The first of them was lost, and an event will send it again.
    waiting: VecDeque<Segment>,
    tries: u32,
}

impl Outbound {
    /// As Linux has it: from 200 ms to two minutes, and 15 times.
    pub(super) const PAUSE: Duration = Duration::from_millis(200);
    pub(super) const MOST_TRIES: u32 = 15;

    pub(super) fn is_empty(&self) -> bool {
        self.line.is_empty() && self.waiting.is_empty()
    }

    /// A segment waits behind one that was lost.
    fn wait(&mut self, segment: Segment) {
        match self.waiting.back_mut() {
            Some(last) if last.end.is_none() => {
                last.bytes.extend_from_slice(&segment.bytes);
                last.end = segment.end;
            }
            _ => self.waiting.push_back(segment),
        }
    }

    /// How long to wait before the first segment is sent again.
    fn next_pause(&mut self) -> Duration {
        self.tries += 1;
        Outbound::PAUSE.saturating_mul(1 << (self.tries - 1).min(16)).min(LONGEST_PAUSE)
    }

    /// Whether it was sent often enough.
    fn gives_up(&self) -> bool {
        self.tries > Outbound::MOST_TRIES
    }
}

impl Socket {
    fn with_outbound<R>(&self, f: impl FnOnce(&mut Outbound) -> R) -> R {
        self.outbound.with(|outbound| f(outbound.get_or_insert_default()))
    }

    /// Sends a segment, after all that was sent before.
    pub(super) fn transmit(self: &Rc<Self>, core: &Core, segment: Segment) {
        let is_stalled = self.with_outbound(|outbound| !outbound.waiting.is_empty());
        if is_stalled && segment.end == Some(End::Reset) {
            return;
        }
        if is_stalled {
            self.with_outbound(|outbound| outbound.wait(segment));
        } else if let Err(lost) = self.launch(core, segment) {
            self.with_outbound(|outbound| outbound.waiting.push_front(lost));
            self.send_again_later(core);
        }
    }

    /// Puts a segment on its way; gives it back if it is lost and must be sent again.
    fn launch(self: &Rc<Self>, core: &Core, segment: Segment) -> Result<(), Segment> {
        let transit = self.network.transit(core, &self.packet(segment.kind(), &segment.bytes));
        match transit {
            Transit::Lost if segment.end == Some(End::Reset) => return Ok(()),
            Transit::Lost => return Err(segment),
            _ => {}
        }
        let number = self.with_outbound(|outbound| outbound.line.send(segment));
        let me = self.clone();
        match transit {
            Transit::In(delay) | Transit::Twice(delay) if !delay.is_zero() => {
                core.happen_later(delay, move |core| me.arrived(core, number));
            }
            Transit::Held => {
                let (from, to) = (self.home.machine.id, self.remote);
                self.network.keep(from, to, move |core| {
                    let delay = me.network.latency_between(from, to);
                    core.happen_later(delay, move |core| me.arrived(core, number));
                });
            }
            _ => self.arrived(core, number),
        }
        Ok(())
    }

    /// A segment is there; those that it completes are delivered.
    fn arrived(self: &Rc<Self>, core: &Core, number: u64) {
        self.with_outbound(|outbound| outbound.line.arrive(number));
        while let Some(segment) = self.with_outbound(|outbound| outbound.line.deliver()) {
            self.deliver(core, segment);
        }
    }

    fn deliver(self: &Rc<Self>, core: &Core, segment: Segment) {
        let is_up = self.network.machine(self.remote).is_some_and(|machine| machine.up.get());
        if !is_up {
            return self.lose(core, segment);
        }
        let peer = self.peer().filter(|peer| !peer.home.is_gone());
        let is_wanted = |peer: &Rc<Socket>| segment.bytes.is_empty() || peer.takes_bytes();
        match peer {
            Some(peer) if is_wanted(&peer) => peer.receive(core, segment),
            _ if segment.end == Some(End::Reset) => {}
            _ => self.be_answered_by_reset(core),
        }
    }

    /// A segment came to a host that is down.
    fn lose(self: &Rc<Self>, core: &Core, segment: Segment) {
        if segment.end == Some(End::Reset) {
            return;
        }
        let is_first = self.with_outbound(|outbound| {
            let is_first = outbound.waiting.is_empty();
            outbound.wait(segment);
            is_first
        });
        if is_first {
            self.send_again_later(core);
        }
    }

    fn send_again_later(self: &Rc<Self>, core: &Core) {
        let pause = self.with_outbound(Outbound::next_pause);
        let me = self.clone();
        core.happen_later(pause, move |core| me.send_again(core));
    }

    fn send_again(self: &Rc<Self>, core: &Core) {
        if self.is(State::DEAD) || self.home.is_gone() {
            return;
        }
        if self.with_outbound(|outbound| outbound.gives_up()) {
            return self.fail(core, ErrorKind::TimedOut);
        }
        while let Some(segment) = self.with_outbound(|outbound| outbound.waiting.pop_front()) {
            if let Err(lost) = self.launch(core, segment) {
                self.with_outbound(|outbound| outbound.waiting.push_front(lost));
                return self.send_again_later(core);
            }
            self.with_outbound(|outbound| outbound.tries = 0);
        }
    }

    /// What was not sent yet will not be.
    pub(super) fn forget_waiting(&self) {
        let outbound = self.outbound.with(|outbound| {
            outbound.as_mut().map(|outbound| std::mem::take(&mut outbound.waiting))
        });
        drop(outbound);
    }
}
