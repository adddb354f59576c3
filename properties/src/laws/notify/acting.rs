//! What a task does with an event, step by step.

use super::Notify;
use super::listening::{enable, listen, listen_again};
use super::model::{Answer, Line, Op};
use super::plan::{Act, Manner, Whom};
use crate::laws::play::cast::{Actor, Part, offer};
use crate::laws::play::patience::Patience;
use reveille_sim::time::{Duration, sleep};
use std::cell::Cell;
use std::rc::Rc;

/// What the tasks of a run share.
pub(super) struct Shared<N: Notify> {
    pub(super) notify: N,
    pub(super) event: N::Event,
    /// That concerns nobody.
    pub(super) other: N::Event,
    /// Listeners so far.
    pub(super) count: Cell<usize>,
    /// Whether all are notified where one would be.
    pub(super) only_all: bool,
}

pub(super) struct Acting<N: Notify> {
    pub(super) shared: Rc<Shared<N>>,
    pub(super) part: Part<Line>,
    /// How many listeners it has at a time, which count as one.
    pub(super) size: usize,
}

impl<N: Notify> Actor for Acting<N> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        match act {
            Act::Listen(manner, patience) => self.listen(manner, patience).await,
            Act::Notify(whom) => self.shared.notify(&self.part, whom),
        }
    }
}

impl<N: Notify> Acting<N> {
    async fn listen(&self, manner: Manner, patience: Patience) {
        let Shared { notify, event, other, count, .. } = &*self.shared;
        let (part, number) = (&self.part, count.replace(count.get() + 1));
        let again = match manner {
            Manner::Again => listen_again(notify, part, number, other, event),
            _ => None,
        };
        let mut listening = again.unwrap_or_else(|| listen(notify, part, number, event, self.size));
        if let Manner::Enabled(_) = manner {
            enable(notify, part, number, &mut listening);
        }
        if let Manner::Late(millis) | Manner::Enabled(millis) = manner {
            sleep(Duration::from_millis(u64::from(millis))).await;
        }
        listening.wait(patience).await;
    }
}

impl<N: Notify> Shared<N> {
    /// Notifies, by what comes next to it if there is no such operation.
    pub(super) fn notify(&self, part: &Part<Line>, whom: Whom) {
        let ways = match whom {
            Whom::Reset | Whom::Other => vec![whom],
            Whom::All => all_ways(),
            _ if self.only_all => all_ways(),
            _ => vec![whom, Whom::One, Whom::UpTo(1), Whom::All, Whom::Set],
        };
        let _ = ways.into_iter().find_map(|whom| self.notify_by(part, whom));
    }

    /// Notifies, if there is such an operation.
    fn notify_by(&self, part: &Part<Line>, whom: Whom) -> Option<()> {
        let Shared { notify, event, other, .. } = self;
        let done = |offer, op, operate: &dyn Fn() -> Option<()>| {
            part.offered(offer, op, || operate().map(|()| (Answer::Done, ())))
        };
        match whom {
            Whom::One => done(offer!("notify_one"), Op::NotifyOne, &|| notify.notify_one(event)),
            Whom::Last => {
                done(offer!("notify_last"), Op::NotifyLast, &|| notify.notify_last(event))
            }
            Whom::All => done(offer!("notify_all"), Op::NotifyAll, &|| notify.notify_all(event)),
            Whom::UpTo(count) => done(offer!("notify_up_to"), Op::NotifyUpTo(count), &|| {
                notify.notify_up_to(event, count)
            }),
            Whom::Additional(count) => {
                done(offer!("notify_additional"), Op::NotifyAdditional(count), &|| {
                    notify.notify_additional(event, count)
                })
            }
            Whom::Set => done(offer!("set"), Op::Set, &|| notify.set(event)),
            Whom::Reset => done(offer!("reset"), Op::Reset, &|| notify.reset(event)),
            Whom::Other => {
                part.at_once(Op::NotifyOther, || (Answer::Done, notify_anybody(notify, other)))
            }
        }
    }
}

/// In the order of how near they come to notifying all.
fn all_ways() -> Vec<Whom> {
    vec![Whom::All, Whom::UpTo(usize::MAX), Whom::Set, Whom::One]
}

/// Notifies all who listen by one call, if there is one that does.
pub(super) fn notify_all<N: Notify>(notify: &N, event: &N::Event) -> Option<()> {
    let set = || notify.set(event);
    notify.notify_all(event).or_else(set)
}

/// Notifies whoever listens, by whatever can.
fn notify_anybody<N: Notify>(notify: &N, event: &N::Event) -> Option<()> {
    let up_to = || notify.notify_up_to(event, usize::MAX);
    notify_all(notify, event).or_else(up_to).or_else(|| notify.notify_one(event))
}

/// Notifies everybody when all is at rest.
pub(super) struct Herald<N: Notify>(pub(super) Rc<Shared<N>>, pub(super) Part<Line>);

impl<N: Notify> Actor for Herald<N> {
    type Act = Act;

    async fn act(&mut self, _: Act) {}

    fn let_go(&mut self) {
        self.0.notify(&self.1, Whom::All);
    }
}
