//! An inner future that may fail.

use super::{Inner, Inners, Member, Pause, pauses};
use crate::laws::given::item::Item;
use pin_project_lite::pin_project;
use proptest::prelude::*;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

pin_project! {
    /// A [`Member`] that may fail: it is ready with an [`Item`] either way, as output or as error.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TryMember {
        #[pin]
        member: Member,
        fails: bool,
        endings: Endings,
    }
}

impl TryMember {
    pub(in crate::laws) fn new(inners: &Inners, plan: TryPlan, endings: &Endings) -> TryMember {
        let member = Member::new(inners, plan.pauses);
        TryMember { member, fails: plan.fails, endings: endings.clone() }
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.member.inner
    }

    pub(in crate::laws) fn number(&self) -> usize {
        self.member.number()
    }
}

impl Future for TryMember {
    type Output = Result<Item, Item>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let item = ready!(this.member.poll(cx));
        this.endings.add(item.number(), *this.fails);
        Poll::Ready(if *this.fails { Err(item) } else { Ok(item) })
    }
}

/// When it ends, and how.
#[derive(Clone)]
pub(in crate::laws) struct TryPlan {
    pauses: Vec<Pause>,
    fails: bool,
}

pub(in crate::laws) fn try_plan() -> BoxedStrategy<TryPlan> {
    let fails = prop_oneof![2 => Just(false), 1 => Just(true)];
    (pauses(), fails).prop_map(|(pauses, fails)| TryPlan { pauses, fails }).boxed()
}

impl fmt::Debug for TryPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = if self.fails { "fail" } else { "succeed" };
        if self.pauses.is_empty() {
            return f.write_str(ends);
        }
        write!(f, "{:?}, {ends}", self.pauses)
    }
}

/// Who has ended so far, and whether it failed.
#[derive(Clone, Debug, Default)]
pub(in crate::laws) struct Endings(Arc<Mutex<Vec<(usize, bool)>>>);

impl Endings {
    fn add(&self, number: usize, failed: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((number, failed));
    }

    /// Those who failed, or those who did not.
    pub(in crate::laws) fn of(&self, failed: bool) -> Vec<usize> {
        let endings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        endings.iter().filter(|ending| ending.1 == failed).map(|ending| ending.0).collect()
    }
}
