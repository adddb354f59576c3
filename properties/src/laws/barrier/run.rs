//! One run: tasks that wait at a barrier.

use super::Barrier;
use super::model::{Answer, Gate, Op, Rules};
use crate::breach::Breach;
use crate::laws::play::cast::{Actor, Cast, Part};
use crate::laws::play::patience::Patience;
use crate::laws::play::phases::{Phased, Phases};
use crate::laws::play::script::Script;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

#[derive(Clone, Copy)]
pub(super) struct Wait(pub(super) Patience);

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Patience::Endless => f.write_str("wait"),
            patience => write!(f, "wait, {patience:?}"),
        }
    }
}

struct Shared<B: Barrier> {
    suite: B,
    barrier: B::Barrier,
    /// Waits so far.
    count: Cell<usize>,
}

struct Waiter<B: Barrier> {
    shared: Rc<Shared<B>>,
    part: Part<Gate>,
}

impl<B: Barrier> Actor for Waiter<B> {
    type Act = Wait;

    async fn act(&mut self, Wait(patience): Wait) {
        let Shared { suite, barrier, count } = &*self.shared;
        let number = count.replace(count.get() + 1);
        let phases = Phases {
            join: Some(Op::Join(number)),
            wait: Op::Wait(number),
            leave: Op::Drop(number),
            done: Answer::Done,
        };
        let answer = |leads: &bool| if *leads { Answer::Leads } else { Answer::Follows };
        Phased::of(&self.part, phases, suite.wait(barrier), answer).wait(patience).await;
    }
}

pub(super) async fn run<B: Barrier>(
    suite: B,
    size: usize,
    waiters: Vec<Script<Wait>>,
) -> Result<(), Breach> {
    let (has_leaders, withdraws) = (suite.has_leaders(), suite.withdraws_on_cancel());
    let rules = Rules { size, has_leaders, withdraws };
    let barrier = suite.barrier(size);
    let shared = Rc::new(Shared { suite, barrier, count: Cell::new(0) });
    let mut cast = Cast::of("barrier");
    for (number, script) in waiters.into_iter().enumerate() {
        let shared = shared.clone();
        cast.spawn(format!("waiter {}", number + 1), script, |part| Waiter { shared, part });
    }
    cast.play(|_| Gate::new(rules)).await
}
