//! One run: two wakers that have nothing to do with each other, and their clones.

use super::MakeWaker;
use super::plan::{Step, What};
use crate::breach::Breach;
use crate::laws::play::history::History;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::{fmt, thread};

/// Wakers that are made; the rest are clones.
const MADE: usize = 2;

/// What a waker under test calls, and drops with its last clone.
#[must_use = "a waker is to call it"]
pub struct Callback {
    number: usize,
    known: Arc<Mutex<[Known; MADE]>>,
}

/// What is known of one of them.
#[derive(Default)]
struct Known {
    calls: usize,
    drops: usize,
    panics: bool,
    /// It is dropped by the next call.
    drops_next: Option<Own>,
}

/// What a call panics with that is to.
struct Planned;

impl Callback {
    /// Does what a wake is for. It may panic, and it may drop other clones of its waker.
    pub fn call(&self) {
        let mut known = lock(&self.known);
        let own = &mut known[self.number];
        own.calls += 1;
        let drops = own.drops_next.take();
        let panics = std::mem::take(&mut own.panics);
        drop(known);
        drop(drops);
        if panics {
            resume_unwind(Box::new(Planned));
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({})", self.number)
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        lock(&self.known)[self.number].drops += 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A waker, and of which of those that were made it is a clone.
struct Own {
    waker: Waker,
    made: usize,
}

pub(super) fn run<M: MakeWaker>(make: &M, steps: Vec<Step>) -> Result<(), Breach> {
    let known = Arc::<Mutex<[Known; MADE]>>::default();
    let callback = |number| Callback { number, known: known.clone() };
    let wakers = (0..MADE).map(|made| Own { waker: make.waker(callback(made)), made }).collect();
    let history = History::of("waker");
    let coalesces = make.coalesces();
    let mut table = Table { wakers, wakes: [0; MADE], known, history, coalesces };
    for step in steps {
        table.step(step)?;
        table.judge()?;
    }
    while let Some(last) = table.wakers.pop() {
        table.history.note(format!("drop a clone of {}", last.made));
        drop(last);
        table.judge()?;
    }
    for made in 0..MADE {
        let next = lock(&table.known)[made].drops_next.take();
        drop(next);
    }
    table.judge()
}

/// The wakers that there are.
struct Table {
    wakers: Vec<Own>,
    /// Of each that was made.
    wakes: [usize; MADE],
    known: Arc<Mutex<[Known; MADE]>>,
    history: History,
    coalesces: bool,
}

impl Table {
    fn step(&mut self, Step { what, which, elsewhere }: Step) -> Result<(), Breach> {
        if self.wakers.is_empty() {
            return Ok(());
        }
        let at = usize::from(which) % self.wakers.len();
        let made = self.wakers[at].made;
        let place = if elsewhere { ", on another thread" } else { "" };
        let others = |other: u8| usize::from(other) % self.wakers.len();
        match what {
            What::Clone => {
                self.history.note(format!("clone a clone of {made}{place}"));
                let waker = &self.wakers[at].waker;
                let waker = apart(elsewhere, || waker.clone());
                self.wakers.push(Own { waker, made });
            }
            What::Wake => {
                self.history.note(format!("wake a clone of {made}{place}"));
                self.wakes[made] += 1;
                let Own { waker, .. } = self.wakers.swap_remove(at);
                call(elsewhere, || waker.wake());
            }
            What::WakeByRef => {
                self.history.note(format!("wake_by_ref of a clone of {made}{place}"));
                self.wakes[made] += 1;
                let waker = &self.wakers[at].waker;
                call(elsewhere, || waker.wake_by_ref());
            }
            What::Drop => {
                self.history.note(format!("drop a clone of {made}{place}"));
                let Own { waker, .. } = self.wakers.swap_remove(at);
                apart(elsewhere, || drop(waker));
            }
            What::CloneFrom(other) => {
                let from = others(other);
                let theirs = self.wakers[from].made;
                self.history.note(format!("clone_from: a clone of {made} takes {theirs}{place}"));
                let source = self.wakers[from].waker.clone();
                let target = &mut self.wakers[at];
                apart(elsewhere, || target.waker.clone_from(&source));
                target.made = theirs;
            }
            What::WillWake(other) => {
                let other = &self.wakers[others(other)];
                if made != other.made && self.wakers[at].waker.will_wake(&other.waker) {
                    let how = "`will_wake` takes two wakers for the same that are no clones";
                    return self.history.breach(format_args!("{how}"));
                }
            }
            What::RoundTrip => {
                self.history.note(format!("take a clone of {made} apart, and put it together"));
                let Own { waker, .. } = self.wakers.swap_remove(at);
                let waker = ManuallyDrop::new(waker);
                // SAFETY: they come from a waker that is neither used nor dropped any more.
                let waker = unsafe { Waker::new(waker.data(), waker.vtable()) };
                self.wakers.push(Own { waker, made });
            }
            What::PanicNext => {
                self.history.note(format!("the next call of {made} panics"));
                lock(&self.known)[made].panics = true;
            }
            What::DropNext(other) => {
                let other = others(other);
                let own = self.wakers.swap_remove(other);
                self.history.note(format!("the next call of {made} drops a clone of {}", own.made));
                let before = lock(&self.known)[made].drops_next.replace(own);
                drop(before);
            }
        }
        Ok(())
    }

    /// What was called and dropped so far is as it should be.
    fn judge(&self) -> Result<(), Breach> {
        let known = lock(&self.known);
        for (made, own) in known.iter().enumerate() {
            let (calls, wakes, drops) = (own.calls, self.wakes[made], own.drops);
            let is_wrong = match self.coalesces {
                true => calls > wakes || calls == 0 && wakes > 0,
                false => calls != wakes,
            };
            if is_wrong {
                return self.history.breach(format_args!(
                    "{made} was woken {wakes} times and called {calls} times"
                ));
            }
            let kept = known.iter().filter_map(|other| other.drops_next.as_ref());
            let is_held = self.wakers.iter().chain(kept).any(|waker| waker.made == made);
            match (is_held, drops) {
                (true, 0) | (false, 1) => {}
                (true, _) => {
                    return self.history.breach(format_args!(
                        "what {made} calls was dropped, and there are still clones of its waker"
                    ));
                }
                (false, 0) => {
                    return self.history.breach(format_args!(
                        "what {made} calls was not dropped with the last clone of its waker"
                    ));
                }
                (false, _) => {
                    return self
                        .history
                        .breach(format_args!("what {made} calls was dropped {drops} times"));
                }
            }
        }
        Ok(())
    }
}

/// Here, or on another thread.
fn apart<R: Send>(elsewhere: bool, act: impl FnOnce() -> R + Send) -> R {
    if !elsewhere {
        return act();
    }
    thread::scope(|scope| match scope.spawn(act).join() {
        Ok(result) => result,
        Err(payload) => resume_unwind(payload),
    })
}

/// A wake, whose call may panic.
fn call(elsewhere: bool, act: impl FnOnce() + Send) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| apart(elsewhere, act)))
        && !payload.is::<Planned>()
    {
        resume_unwind(payload);
    }
}
