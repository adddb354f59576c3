//! One run: tasks that wait and tasks that notify, and when all is at rest, somebody who
//! notifies everybody.

use super::Condvar;
use super::model::{Done, Op, Queue, Rules};
use super::plan::{Act, Held};
use crate::breach::Breach;
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Cast, Part, offer};
use crate::laws::play::patience::Patience;
use crate::laws::play::phases::{Phased, Phases};
use crate::laws::play::script::Script;
use reveille_sim::time::{Duration, sleep};
use std::cell::Cell;
use std::rc::Rc;

/// What the tasks of a run share.
struct Shared<C: Condvar> {
    condvar: C,
    pair: C::Pair,
    /// Turns with the mutex so far.
    count: Cell<usize>,
}

struct Acting<C: Condvar> {
    shared: Rc<Shared<C>>,
    part: Part<Queue>,
}

impl<C: Condvar> Actor for Acting<C> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        match act {
            Act::Wait(patience) => self.wait(patience).await,
            Act::Notify { all, held: Held::No } => self.shared.notify(&self.part, all),
            Act::Notify { all, held } => {
                let turn = self.lock().await;
                self.shared.notify(&self.part, all);
                if let Held::Long(millis) = held {
                    sleep(Duration::from_millis(u64::from(millis))).await;
                }
                drop(turn);
            }
        }
    }
}

impl<C: Condvar> Acting<C> {
    async fn lock(&self) -> Turn<'_, C> {
        let Shared { condvar, pair, count } = &*self.shared;
        let number = count.replace(count.get() + 1);
        let (part, op) = (&self.part, Op::Lock(number));
        let lock = || condvar.lock(pair);
        let guard = part.wait(op, Effect::None, Patience::Endless, lock, |_| Done).await;
        Turn { part, number, guard }
    }

    async fn wait(&self, patience: Patience) {
        let Shared { condvar, pair, .. } = &*self.shared;
        let mut turn = self.lock().await;
        let (part, number) = (&self.part, turn.number);
        let Some(guard) = turn.guard.take() else { return };
        let phases = Phases {
            join: Some(Op::Join(number)),
            wait: Op::Wait(number),
            leave: Op::Drop(number),
            done: Done,
        };
        let wait = Phased::of(part, phases, condvar.wait(pair, guard), |_: &_| Done).known();
        turn.guard = wait.wait(patience).await;
    }
}

/// One has the mutex.
struct Turn<'a, C: Condvar> {
    part: &'a Part<Queue>,
    number: usize,
    /// None if the mutex is with the condition variable.
    guard: Option<C::Guard<'a>>,
}

impl<C: Condvar> Drop for Turn<'_, C> {
    /// Also when the task is unwound.
    fn drop(&mut self) {
        if let Some(guard) = self.guard.take() {
            self.part.at_once(Op::Unlock(self.number), || (Done, drop(guard)));
        }
    }
}

impl<C: Condvar> Shared<C> {
    /// Notifies one or all, whichever there is.
    fn notify(&self, part: &Part<Queue>, all: bool) {
        let Shared { condvar, pair, .. } = self;
        let one = || {
            part.offered(offer!("notify_one"), Op::NotifyOne, || {
                condvar.notify_one(pair).map(|()| (Done, ()))
            })
        };
        let everybody = || {
            part.offered(offer!("notify_all"), Op::NotifyAll, || {
                condvar.notify_all(pair).map(|()| (Done, ()))
            })
        };
        let _ = if all { everybody().or_else(one) } else { one().or_else(everybody) };
    }
}

/// Notifies everybody when all is at rest.
struct Herald<C: Condvar>(Rc<Shared<C>>, Part<Queue>);

impl<C: Condvar> Actor for Herald<C> {
    type Act = Act;

    async fn act(&mut self, _: Act) {}

    fn let_go(&mut self) {
        self.0.notify(&self.1, true);
    }
}

pub(super) async fn run<C: Condvar>(
    condvar: C,
    waiters: Vec<Script<Act>>,
    notifiers: Vec<Script<Act>>,
) -> Result<(), Breach> {
    let rules = Rules {
        is_fair: condvar.is_fair(),
        passes_on: condvar.passes_on(),
        is_spurious: condvar.is_spurious(),
    };
    let pair = condvar.pair();
    let shared = Rc::new(Shared { condvar, pair, count: Cell::new(0) });
    let mut cast = Cast::of("condvar");
    let acting = || {
        let shared = shared.clone();
        move |part| Acting { shared, part }
    };
    for (number, script) in waiters.into_iter().enumerate() {
        cast.spawn(format!("waiter {}", number + 1), script, acting());
    }
    for (number, script) in notifiers.into_iter().enumerate() {
        cast.spawn(format!("notifier {}", number + 1), script, acting());
    }
    let last = Script { steps: Vec::new(), holds_on: true };
    cast.spawn("herald".to_owned(), last, |part| Herald(shared.clone(), part));
    cast.play(|_| Queue::new(rules)).await
}
