//! The same parker and the same `block_on`, with tasks of a run in place of threads.

use crate::tour::{say, task};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

// tour: tasks
/// To park is to be Pending, to be unparked is to be woken.
struct Parker {
    token: Cell<bool>,
    parked: RefCell<Option<Waker>>,
    keeps_token: bool,
}

impl Parker {
    async fn park(&self) {
        poll_fn(|cx| {
            if self.token.take() {
                say("it takes the token, and does not wait");
                return Poll::Ready(());
            }
            say("it is parked");
            *self.parked.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn unpark(&self) {
        let parked = self.parked.take();
        say(if parked.is_some() { "unpark" } else { "unpark, and nobody is parked" });
        if self.keeps_token || parked.is_some() {
            self.token.set(true);
        }
        parked.into_iter().for_each(Waker::wake);
    }
}

/// Polls until the answer is there, and parks in between.
async fn block_on(parker: Rc<Parker>, answer: Rc<Cell<bool>>) {
    while !answer.get() {
        say("the poll is Pending");
        // Here another thread may go first.
        reveille::point().await;
        parker.park().await;
    }
    say("the poll is Ready");
}

pub(super) async fn wait_for_the_answer(keeps_token: bool) {
    let answer = Rc::new(Cell::new(false));
    let parker =
        Rc::new(Parker { token: Cell::new(false), parked: RefCell::new(None), keeps_token });
    let blocked = task("block_on", block_on(parker.clone(), answer.clone()));
    let answers = task("other", async move {
        answer.set(true);
        say("the answer is there");
        parker.unpark();
    });
    blocked.await.unwrap();
    answers.await.unwrap();
}
// end
