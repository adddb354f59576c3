//! One run: calls on a thread of their own, whose end is waited for only so long.

use super::BlockOn;
use super::other::Other;
use super::plan::{Call, End};
use super::play::{Notes, Planned, Playing, Stage, lock};
use crate::breach::Breach;
use crate::laws::given::item::Drops;
use crate::laws::play::history::History;
use crate::replaying::is_replay;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a run may take.
pub(super) struct Limits {
    limit: Duration,
    /// The longest that a run took which ended.
    longest: Cell<Duration>,
    /// The calls that failed, in words.
    failed: RefCell<BTreeSet<String>>,
}

/// How much longer than the longest one that ended another one is given when one has failed
/// before: many that hang are tried then, to make the first one small.
const TIMES: u32 = 200;

/// And how long at least.
const LEAST: Duration = Duration::from_millis(200);

/// How often a smaller case is tried: threads may have to meet for it to fail.
const TRIES: usize = 5;

/// How often one is that is known to have failed.
const MANY_TRIES: usize = 500;

impl Limits {
    pub(super) fn of(limit: Duration) -> Limits {
        Limits { limit, longest: Cell::default(), failed: RefCell::default() }
    }

    fn now(&self) -> Duration {
        match self.failed.borrow().is_empty() {
            true => self.limit,
            false => (self.longest.get() * TIMES).max(LEAST).min(self.limit),
        }
    }

    /// How often `calls` are tried. What is replayed before anything failed did so elsewhere.
    fn tries(&self, calls: &str) -> usize {
        let failed = self.failed.borrow();
        match is_replay() {
            false => 1,
            true if failed.is_empty() || failed.contains(calls) => MANY_TRIES,
            true => TRIES,
        }
    }
}

pub(super) fn run<B: BlockOn>(
    function: &B,
    calls: Vec<Call>,
    limits: &Limits,
) -> Result<(), Breach> {
    let told = format!("{calls:?}");
    let tries = limits.tries(&told);
    let result = (0..tries).try_for_each(|_| try_once(function, calls.clone(), limits));
    if result.is_err() {
        limits.failed.borrow_mut().insert(told);
    }
    result
}

fn try_once<B: BlockOn>(function: &B, calls: Vec<Call>, limits: &Limits) -> Result<(), Breach> {
    let drops = Drops::default();
    let notes = Arc::new(Notes::new(History::of("block_on")));
    let (function, other) = (function.clone(), Other::start());
    let stage = Stage { function, drops: drops.clone(), other, notes: notes.clone() };
    let (done, is_done) = sync_channel(1);
    let began = Instant::now();
    let worker = thread::spawn(move || {
        for (number, call) in calls.into_iter().enumerate() {
            stage.call(format!("future {}", number + 1), call);
        }
        stage.notes.wake_kept();
        drop(stage);
        let _ = done.send(());
    });
    let limit = limits.now();
    if is_done.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
        let told = lock(&notes.history).breach(format_args!(
            "it did not return within {} ms, though its future was woken; this was the last",
            limit.as_millis()
        ));
        free(&notes, &worker);
        return told;
    }
    limits.longest.set(limits.longest.get().max(began.elapsed()));
    // It is about to end.
    if worker.join().is_err() {
        notes.wrong("the thread panicked".to_owned());
    }
    if let Some(how) = lock(&notes.wrong).take() {
        return lock(&notes.history).breach(format_args!("{how}"));
    }
    drops.judge("block_on")
}

/// Tries to have a thread that hangs go on to its end. One that cannot be helped stays.
fn free<T>(notes: &Notes, worker: &thread::JoinHandle<T>) {
    notes.is_freed.store(true, SeqCst);
    let slot = lock(&notes.slot).clone();
    slot.wake();
    notes.wake_kept();
    worker.thread().unpark();
}

impl<B: BlockOn> Stage<B> {
    /// Calls the function with one future.
    pub(super) fn call(&self, name: String, call: Call) {
        let Stage { function, drops, notes, .. } = self;
        let end = call.end;
        let (item, content) = (drops.item(), drops.item());
        let (output, held) = (item.number(), content.number());
        let job = Box::pin(Playing::new(self, name.clone(), call, item, content));
        notes.note(format!("{name} is blocked on"));
        let result = catch_unwind(AssertUnwindSafe(|| function.block_on(job)));
        if notes.is_freed.load(SeqCst) {
            return;
        }
        match result {
            Ok(item) if item.number() != output || end == End::Panic => {
                notes.wrong(format!("{name} gave item {}, not {output}", item.number()));
            }
            Ok(_) => notes.note(format!("{name}: the call has returned")),
            Err(payload) if payload.is::<Planned>() => {
                notes.note(format!("{name}: the call has panicked"));
            }
            Err(payload) => {
                let message = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let message = message.or_else(|| payload.downcast_ref::<String>().cloned());
                let message = message.unwrap_or_default();
                notes.wrong(format!("the call with {name} panicked: {message}"));
            }
        }
        if drops.count(held) == 0 {
            notes.wrong(format!("the call with {name} returned and had not dropped it"));
        }
    }
}
