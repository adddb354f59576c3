//! The model: so many permits are free, one of which may be the right to take the others.

use crate::laws::linear::Model;
use std::fmt;

/// What has the permits. In reports it gives the operations their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Kind {
    Mutex,
    RwLock,
    Semaphore,
}

/// What somebody takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Share {
    Some(usize),
    /// One, and the right to take all others without giving it back. One has it at a time.
    Upgradable,
    All,
}

/// Who may be made to wait by others who wait, and who must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Line {
    /// Nobody is made to.
    None,
    /// Who waits may be made to wait by another who cannot go on yet.
    First,
    /// Who comes later goes later.
    Fair,
    /// Readers may be made to by writers.
    Writers,
    /// Readers who come while a writer waits go after him.
    WritersFirst,
}

/// What is promised, and does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) struct Rules {
    pub(in super::super) kind: Kind,
    pub(in super::super) line: Line,
    /// What who takes all of them takes.
    pub(in super::super) all: usize,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(in super::super) struct Permits {
    free: usize,
    is_upgradable_taken: bool,
    is_closed: bool,
    rules: Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Op {
    pub(super) kind: Kind,
    pub(super) does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Does {
    Enter(Share),
    TryEnter(Share),
    Leave(Share),
    /// From upgradable to all. Without an answer: the upgradable share was given back.
    Upgrade,
    TryUpgrade,
    Downgrade(Share, Share),
    /// These permits will not come back.
    Forget(usize),
    /// Nor will up to so many of those that are free.
    ForgetFree(usize),
    Add(usize),
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Answer {
    Done,
    /// It is closed.
    Closed,
    /// Somebody has them.
    Taken,
    /// They were not to be had, and operations were under way, one of which may have had
    /// their promise.
    NotNow,
    /// So many were free, up to what was asked for.
    Forgot(usize),
    /// The same where operations were under way, which may have had the promise of the rest.
    ForgotSome(usize),
}

impl Permits {
    pub(in super::super) fn new(free: usize, rules: Rules) -> Permits {
        Permits { free, is_upgradable_taken: false, is_closed: false, rules }
    }

    fn with(&self, change: impl FnOnce(&mut Permits)) -> Permits {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    fn size(&self, share: Share) -> usize {
        match share {
            Share::Some(count) => count,
            Share::Upgradable => 1,
            Share::All => self.rules.all,
        }
    }

    fn without(&self, share: Share) -> Option<Permits> {
        let is_upgradable = share == Share::Upgradable;
        if is_upgradable && self.is_upgradable_taken {
            return None;
        }
        let free = self.free.checked_sub(self.size(share))?;
        Some(self.with(|next| {
            next.free = free;
            next.is_upgradable_taken |= is_upgradable;
        }))
    }

    fn with_back(&self, share: Share) -> Permits {
        self.with(|next| {
            next.free += self.size(share);
            next.is_upgradable_taken &= share != Share::Upgradable;
        })
    }

    fn entered(&self, share: Share) -> Option<Permits> {
        if self.is_closed { None } else { self.without(share) }
    }

    fn upgraded(&self) -> Option<Permits> {
        self.with_back(Share::Upgradable).without(Share::All)
    }

    /// Whether who waits could go on, were there no others.
    fn has_reason_to_wait(&self, does: Does) -> bool {
        match does {
            Does::Enter(share) => !self.is_closed && self.without(share).is_none(),
            Does::Upgrade => self.upgraded().is_none(),
            _ => false,
        }
    }

    /// Whether `one` may be made to wait because `other` does.
    fn may_wait_for(&self, one: Does, other: Does, other_is_before: bool) -> bool {
        let Does::Enter(share) = one else { return false };
        if self.is_closed {
            return false;
        }
        match self.rules.line {
            _ if other == Does::Upgrade => true,
            Line::None => false,
            Line::First => self.has_reason_to_wait(other),
            Line::Fair => other_is_before,
            Line::Writers | Line::WritersFirst => {
                share != Share::All && other == Does::Enter(Share::All)
            }
        }
    }
}

impl Model for Permits {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Permits> {
        let same_if = |holds: bool| holds.then(|| self.clone());
        match (op.does, answer) {
            (_, Some(Answer::NotNow)) => same_if(true),
            (Does::Enter(share) | Does::TryEnter(share), None | Some(Answer::Done)) => {
                self.entered(share)
            }
            (Does::Enter(_) | Does::TryEnter(_), Some(Answer::Closed)) => same_if(self.is_closed),
            (Does::TryEnter(share), Some(Answer::Taken)) => {
                same_if(!self.is_closed && self.without(share).is_none())
            }
            (Does::Enter(_) | Does::TryEnter(_), Some(_)) => None,
            (Does::Leave(share), _) => Some(self.with_back(share)),
            (Does::Upgrade, None) => Some(self.with_back(Share::Upgradable)),
            (Does::TryUpgrade, Some(Answer::Taken)) => same_if(self.upgraded().is_none()),
            (Does::Upgrade | Does::TryUpgrade, _) => self.upgraded(),
            (Does::Downgrade(from, to), _) => self.with_back(from).without(to),
            (Does::Forget(_), _) => same_if(true),
            (Does::ForgetFree(count), Some(Answer::Forgot(gone))) => {
                (*gone == self.free.min(count)).then(|| self.with(|next| next.free -= gone))
            }
            (Does::ForgetFree(_), Some(Answer::ForgotSome(gone))) => {
                self.without(Share::Some(*gone))
            }
            (Does::ForgetFree(_), _) => None,
            (Does::Add(count), _) => Some(self.with(|next| next.free += count)),
            (Does::Close, _) => Some(self.with(|next| next.is_closed = true)),
        }
    }

    fn method(op: &Op) -> &'static str {
        match (op.kind, op.does) {
            (Kind::Mutex, does) => match does {
                Does::Enter(_) => "Mutex::lock",
                Does::TryEnter(_) => "Mutex::try_lock",
                _ => "drop(Mutex::Guard)",
            },
            (Kind::RwLock, does) => match does {
                Does::Enter(Share::Some(_)) => "RwLock::read",
                Does::Enter(Share::Upgradable) => "RwLock::upgradable_read",
                Does::Enter(Share::All) => "RwLock::write",
                Does::TryEnter(Share::Some(_)) => "RwLock::try_read",
                Does::TryEnter(Share::Upgradable) => "RwLock::try_upgradable_read",
                Does::TryEnter(Share::All) => "RwLock::try_write",
                Does::Upgrade => "RwLock::upgrade",
                Does::TryUpgrade => "RwLock::try_upgrade",
                Does::Downgrade(_, Share::Upgradable) => "RwLock::downgrade_to_upgradable",
                Does::Downgrade(..) => "RwLock::downgrade",
                _ => "drop(RwLock::Guard)",
            },
            (Kind::Semaphore, does) => match does {
                Does::Enter(_) => "Semaphore::acquire",
                Does::TryEnter(_) => "Semaphore::try_acquire",
                Does::Forget(_) => "Semaphore::forget",
                Does::ForgetFree(_) => "Semaphore::forget_permits",
                Does::Add(_) => "Semaphore::add_permits",
                Does::Close => "Semaphore::close",
                _ => "drop(Semaphore::Guard)",
            },
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        let is_blocked = |at: usize, op: &Op| {
            let mut others = waiting.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(place, other)| self.may_wait_for(op.does, other.does, place < at))
        };
        let mut places = waiting.iter().enumerate();
        places.position(|(at, op)| !self.has_reason_to_wait(op.does) && !is_blocked(at, op))
    }

    fn is_behind(&self, later: &Op, earlier: &Op) -> bool {
        let (Does::Enter(later), Does::Enter(earlier)) = (later.does, earlier.does) else {
            return false;
        };
        match self.rules.line {
            Line::Fair => true,
            Line::WritersFirst => later != Share::All && earlier == Share::All,
            Line::None | Line::First | Line::Writers => false,
        }
    }

    fn is_refusal(answer: &Answer) -> bool {
        matches!(answer, Answer::Closed)
    }
}

impl fmt::Display for Permits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = self.rules.all.saturating_sub(self.free);
        match (self.rules.kind, self.free) {
            (Kind::Mutex, 0) => f.write_str("the lock is held"),
            (Kind::Mutex, _) => f.write_str("the lock is free"),
            (Kind::RwLock, 0) if self.rules.all > 1 => f.write_str("a writer holds the lock"),
            (Kind::RwLock, _) if taken == 0 => f.write_str("the lock is free"),
            (Kind::RwLock, _) => {
                let readers = if taken == 1 { "reader holds" } else { "readers hold" };
                write!(f, "{taken} {readers} the lock")?;
                match self.is_upgradable_taken {
                    true if taken == 1 => f.write_str(" and may upgrade"),
                    true => f.write_str(", one of whom may upgrade"),
                    false => Ok(()),
                }
            }
            (Kind::Semaphore, free) => {
                match free {
                    0 => f.write_str("no permit is free"),
                    1 => f.write_str("1 permit is free"),
                    _ => write!(f, "{free} permits are free"),
                }?;
                f.write_str(if self.is_closed { ", the semaphore is closed" } else { "" })
            }
        }
    }
}

impl Kind {
    /// The name of the operation that takes this share.
    pub(super) fn enter(self, share: Share) -> String {
        match (self, share) {
            (Kind::Mutex, _) => "lock".to_owned(),
            (Kind::RwLock, Share::Some(_)) => "read".to_owned(),
            (Kind::RwLock, Share::Upgradable) => "upgradable_read".to_owned(),
            (Kind::RwLock, Share::All) => "write".to_owned(),
            (Kind::Semaphore, Share::Some(count)) => format!("acquire {count}"),
            (Kind::Semaphore, _) => "acquire all".to_owned(),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let enter = |share| self.kind.enter(share);
        match (self.does, self.kind) {
            (Does::Enter(share), _) => f.write_str(&enter(share)),
            (Does::TryEnter(share), _) => write!(f, "try_{}", enter(share)),
            (Does::Leave(_), Kind::Mutex) => f.write_str("unlock"),
            (Does::Leave(Share::Some(count)), Kind::Semaphore) => write!(f, "release {count}"),
            (Does::Leave(share), _) => write!(f, "end of {}", enter(share)),
            (Does::Upgrade, _) => f.write_str("upgrade"),
            (Does::TryUpgrade, _) => f.write_str("try_upgrade"),
            (Does::Downgrade(_, to), _) => write!(f, "downgrade to {}", enter(to)),
            (Does::Forget(count), _) => write!(f, "forget {count}"),
            (Does::ForgetFree(count), _) => write!(f, "forget up to {count} that are free"),
            (Does::Add(count), _) => write!(f, "add {count}"),
            (Does::Close, _) => f.write_str("close"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Closed => f.write_str("closed"),
            Answer::Taken => f.write_str("taken"),
            Answer::NotNow => f.write_str("not now"),
            Answer::Forgot(count) | Answer::ForgotSome(count) => count.fmt(f),
        }
    }
}
