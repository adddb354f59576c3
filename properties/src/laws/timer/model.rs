//! What a timer is: a time before which it is not ready and after which nobody waits for it.

use crate::laws::linear::Model;
use std::fmt;
use std::time::Duration;

/// Since the run began.
pub(super) type Moment = Duration;

/// `who` is the task whose timer it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Set { who: usize, due: Moment, at: Moment },
    Reset { who: usize, due: Moment, at: Moment },
    Wait { who: usize, at: Moment },
    Ask { who: usize, at: Moment },
    Drop { who: usize, at: Moment },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Ready { at: Moment },
    Elapsed(bool),
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Timer {
    state: State,
    now: Moment,
    /// How much later than its time it may be ready.
    granularity: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum State {
    None,
    /// Since `set`.
    Runs {
        due: Moment,
        set: Moment,
    },
    /// Somebody has waited for it to the end.
    Over,
}

impl Timer {
    pub(super) fn new(granularity: Duration) -> Timer {
        Timer { state: State::None, now: Moment::ZERO, granularity }
    }

    fn becomes(&self, state: State, at: Moment) -> Option<Timer> {
        (at >= self.now).then_some(Timer { state, now: at, ..*self })
    }

    /// Whether who waits since `since` may come to know only `now` that it is due.
    fn is_timely(&self, due: Moment, since: Moment, now: Moment) -> bool {
        due <= now && now <= due.max(since) + self.granularity
    }
}

impl Model for Timer {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Timer> {
        match (op, answer?, self.state) {
            (Op::Set { due, at, .. }, Answer::Done, _)
            | (Op::Reset { due, at, .. }, Answer::Done, State::Runs { .. } | State::Over) => {
                self.becomes(State::Runs { due: *due, set: *at }, *at)
            }
            (Op::Wait { at: since, .. }, Answer::Ready { at }, State::Runs { due, set }) => self
                .is_timely(due, set.max(*since), *at)
                .then(|| self.becomes(State::Over, *at))
                .flatten(),
            (Op::Ask { at, .. }, Answer::Elapsed(elapsed), state) => {
                let may_be = match state {
                    State::None => false,
                    State::Runs { due, .. } => due <= *at || !elapsed,
                    State::Over => *elapsed,
                };
                may_be.then(|| self.becomes(state, *at)).flatten()
            }
            (Op::Drop { at, .. }, Answer::Done, _) => self.becomes(State::None, *at),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Set { .. } => "Timer::sleep_until",
            Op::Reset { .. } => "Timer::reset",
            Op::Wait { .. } => "the future of Timer::sleep_until",
            Op::Ask { .. } => "Timer::is_elapsed",
            Op::Drop { .. } => "drop of the future of Timer::sleep_until",
        }
    }

    fn object(op: &Op) -> usize {
        match op {
            Op::Set { who, .. }
            | Op::Reset { who, .. }
            | Op::Wait { who, .. }
            | Op::Ask { who, .. }
            | Op::Drop { who, .. } => *who,
        }
    }

    /// All are due by then.
    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        (!waiting.is_empty()).then_some(0)
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Timer { state, now, .. } = self;
        match state {
            State::None => write!(f, "at {now:?} there is no timer"),
            State::Runs { due, set } => {
                write!(f, "at {now:?} the timer, set at {set:?}, is due at {due:?}")
            }
            State::Over => write!(f, "at {now:?} the timer was ready"),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Set { who, due, at } => write!(f, "set {} at {at:?}, due at {due:?}", who + 1),
            Op::Reset { who, due, at } => write!(f, "reset {} at {at:?}, due at {due:?}", who + 1),
            Op::Wait { who, at } => write!(f, "wait for {} from {at:?}", who + 1),
            Op::Ask { who, at } => write!(f, "ask {} at {at:?}", who + 1),
            Op::Drop { who, at } => write!(f, "drop {} at {at:?}", who + 1),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Ready { at } => write!(f, "ready at {at:?}"),
            Answer::Elapsed(true) => f.write_str("elapsed"),
            Answer::Elapsed(false) => f.write_str("not elapsed"),
        }
    }
}
