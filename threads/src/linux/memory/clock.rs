//! Vector clocks: what happened before what.
//!
//! Each strand counts its own events, and knows of every other one how far it had come when it
//! last heard of it (Mattern, "Virtual Time and Global States of Distributed Systems", 1989).

/// What a strand did, by its own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) strand: u32,
    pub(super) at: u32,
}

impl Event {
    /// What was there before the run, which everybody knows.
    pub(super) const BEFORE: Event = Event { strand: 0, at: 0 };
}

/// How far each strand had come, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock(Vec<u32>);

impl Clock {
    #[inline]
    pub(super) fn knows(&self, event: Event) -> bool {
        event.at <= self.of(event.strand)
    }

    #[inline]
    pub(super) fn of(&self, strand: u32) -> u32 {
        self.0.get(strand as usize).copied().unwrap_or(0)
    }

    /// Whoever knows the event has heard of all that its strand did before.
    pub(super) fn learn(&mut self, event: Event) {
        let at = event.strand as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] = self.0[at].max(event.at);
    }

    pub(super) fn join(&mut self, other: &Clock) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// The next event of a strand, which it knows itself.
    pub(super) fn tick(&mut self, strand: u32) -> Event {
        let event = Event { strand, at: self.of(strand) + 1 };
        self.learn(event);
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_joined_knows_what_the_other_did_until_then() {
        let (mut one, mut two) = (Clock::default(), Clock::default());
        let first = one.tick(0);
        let second = two.tick(1);
        assert!(one.knows(first) && !two.knows(first) && !one.knows(second));
        two.join(&one);
        let third = one.tick(0);
        assert!(two.knows(first) && two.knows(second) && !two.knows(third));
        assert!(two.knows(Event::BEFORE));
        one.join(&Clock::default());
        assert!(one.knows(third));
    }
}
