//! The model: objects that lie idle or are out, and room for some more.

use crate::laws::given::making::Ends;
use crate::laws::linear::Model;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(in super::super) struct Objects {
    known: BTreeMap<usize, Place>,
    /// What is being made, for which call: by that call itself, if it is known.
    making: BTreeMap<usize, Option<usize>>,
    /// Calls that failed to make something.
    failed: BTreeSet<usize>,
    /// From which call on it gives nothing; what is under way then may have what it has.
    closed: Option<usize>,
    most: usize,
    /// What it may have as long as what began when it was larger is under way.
    bound: usize,
}

/// Where an object is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Idle,
    /// It is looked at before it goes out again, in this call.
    Looked(Option<usize>),
    Out,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Op {
    /// The call of this number.
    Get(usize),
    Put(usize),
    /// Out of the pool for good.
    Take(usize),
    /// This object begins to be made, in this call.
    Begin(usize, Option<usize>),
    End(usize, Ends),
    /// It is looked at before it goes out again, in this call.
    Look(usize, Option<usize>),
    /// That is over.
    Recycle(usize, Ends),
    /// The object was dropped.
    Gone(usize),
    /// Who looked at the object when it came back saw that it is broken.
    Broken(usize),
    /// To so many, while operations were under way or not.
    Resize {
        most: usize,
        is_busy: bool,
    },
    /// Before the call of this number.
    Close(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Answer {
    Done,
    Object(usize),
    Failed,
    Closed,
    Panicked,
}

impl Objects {
    pub(super) fn none(most: usize) -> Objects {
        let (known, making, failed) = Default::default();
        Objects { known, making, failed, closed: None, most, bound: most }
    }

    fn with(&self, change: impl FnOnce(&mut Objects)) -> Objects {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    fn moved(&self, object: usize, from: Place, to: Place) -> Option<Objects> {
        let is_there = self.known.get(&object) == Some(&from);
        is_there.then(|| self.with(|next| next.known.extend([(object, to)])))
    }

    fn refuses(&self, call: usize) -> bool {
        self.closed.is_some_and(|closed| closed <= call)
    }

    fn without(&self, object: usize) -> Objects {
        self.with(|next| next.known.retain(|known, _| *known != object))
    }

    fn has_room(&self) -> bool {
        self.known.len() + self.making.len() < self.most
    }

    /// Whether there was room for what began earlier.
    fn had_room(&self) -> bool {
        self.known.len() + self.making.len() < self.bound
    }

    fn out(&self) -> usize {
        self.known.values().filter(|place| **place == Place::Out).count()
    }

    fn idle(&self) -> usize {
        self.known.values().filter(|place| **place == Place::Idle).count()
    }
}

impl Model for Objects {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Objects> {
        let same_if = |holds: bool| holds.then(|| self.clone());
        match (op, answer) {
            (Op::Get(call), Some(Answer::Object(_))) if self.refuses(*call) => None,
            (Op::Get(_), Some(Answer::Object(object))) => {
                self.moved(*object, Place::Idle, Place::Out)
            }
            (Op::Get(_), Some(Answer::Closed)) => same_if(self.closed.is_some()),
            (Op::Get(call), Some(Answer::Failed | Answer::Panicked)) => {
                same_if(self.failed.contains(call))
            }
            (Op::Put(object), _) => self.moved(*object, Place::Out, Place::Idle),
            (Op::Begin(object, call), _) => {
                let making = |next: &mut Objects| next.making.extend([(*object, *call)]);
                self.had_room().then(|| self.with(making))
            }
            (Op::End(object, ends), _) => {
                let call = *self.making.get(object)?;
                Some(self.with(|next| {
                    next.making.remove(object);
                    match ends {
                        Ends::Made => next.known.extend([(*object, Place::Idle)]),
                        Ends::Failed | Ends::Panicked => next.failed.extend(call),
                        Ends::Dropped => {}
                    }
                }))
            }
            (Op::Look(object, call), _) => self.moved(*object, Place::Idle, Place::Looked(*call)),
            (Op::Recycle(object, ends), _) => match (self.known.get(object)?, ends) {
                (Place::Looked(_), Ends::Made | Ends::Dropped) => {
                    Some(self.with(|next| next.known.extend([(*object, Place::Idle)])))
                }
                // Its place may be filled before it is dropped.
                (Place::Looked(_), _) => Some(self.without(*object)),
                _ => None,
            },
            (Op::Resize { most, is_busy }, _) => Some(self.with(|next| {
                next.bound = if *is_busy { next.bound.max(*most) } else { *most };
                next.most = *most;
            })),
            (Op::Take(object) | Op::Gone(object) | Op::Broken(object), _) => {
                Some(self.without(*object))
            }
            (Op::Close(call), _) => {
                Some(self.with(|next| next.closed = next.closed.or(Some(*call))))
            }
            (Op::Get(_), _) => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Get(_) | Op::Begin(..) | Op::End(..) | Op::Look(..) | Op::Recycle(..) => {
                "Pool::get"
            }
            Op::Put(_) | Op::Gone(_) | Op::Broken(_) => "drop(Pool::Guard)",
            Op::Take(_) => "Pool::take",
            Op::Resize { .. } => "Pool::resize",
            Op::Close(_) => "Pool::close",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        let looks = self.known.values().filter_map(|place| match place {
            Place::Looked(call) => Some(*call),
            Place::Idle | Place::Out => None,
        });
        let under_way: Vec<_> = self.making.values().copied().chain(looks).collect();
        let is_busy = |call: &usize| under_way.contains(&Some(*call));
        let has_an_object = |op: &&&Op| matches!(op, Op::Get(call) if is_busy(call));
        let without = waiting.len() - waiting.iter().filter(has_an_object).count();
        // What is made for nobody in particular is for whoever waits.
        let comes = under_way.iter().filter(|call| call.is_none()).count();
        if comes > 0 && comes >= without {
            return None;
        }
        let has_one = self.idle() > 0 && self.out() < self.most;
        let may_go_on = self.closed.is_some() || self.has_room() || has_one;
        waiting.iter().position(|op| match op {
            Op::Get(call) => !is_busy(call) && may_go_on,
            _ => true,
        })
    }
}

impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (idle, out, making) = (self.idle(), self.out(), self.making.len());
        let (looked, most) = (self.known.len() - idle - out, self.most);
        write!(f, "of at most {most} objects {out} are out, {idle} idle, {making} being made")?;
        if looked > 0 {
            write!(f, ", {looked} being recycled")?;
        }
        f.write_str(if self.closed.is_some() { ", the pool is closed" } else { "" })
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Get(_) => f.write_str("get"),
            Op::Put(object) => write!(f, "put {object} back"),
            Op::Take(object) => write!(f, "take {object} out"),
            Op::Begin(object, _) => write!(f, "begin to make {object}"),
            Op::End(object, ends) => write!(f, "{object} is {ends}"),
            Op::Look(object, _) => write!(f, "begin to recycle {object}"),
            Op::Recycle(object, Ends::Made) => write!(f, "{object} is fit"),
            Op::Recycle(object, Ends::Dropped) => write!(f, "recycle {object}: dropped"),
            Op::Recycle(object, _) => write!(f, "{object} is not fit"),
            Op::Gone(object) => write!(f, "drop of {object}"),
            Op::Broken(object) => write!(f, "{object} is broken"),
            Op::Resize { most, .. } => write!(f, "resize to {most}"),
            Op::Close(_) => f.write_str("close"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Object(object) => write!(f, "object {object}"),
            Answer::Failed => f.write_str("failed"),
            Answer::Closed => f.write_str("closed"),
            Answer::Panicked => f.write_str("panicked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::linear::Model;

    /// A pool of two: one object is looked at for call 1, one is made for nobody in particular.
    fn recycling_and_making() -> Objects {
        let mut objects = Objects::none(2);
        objects.known.insert(1, Place::Looked(Some(1)));
        objects.making.insert(2, None);
        objects
    }

    #[test]
    fn an_object_that_is_made_for_nobody_is_for_who_has_nothing_under_way() {
        let mut objects = recycling_and_making();
        assert_eq!(objects.could_go_on(&[&Op::Get(1), &Op::Get(2)]), None);
        // With room for another, one more who waits could have it.
        objects.most = 3;
        assert_eq!(objects.could_go_on(&[&Op::Get(1), &Op::Get(2)]), None);
        assert_eq!(objects.could_go_on(&[&Op::Get(1), &Op::Get(2), &Op::Get(3)]), Some(1));
    }
}
