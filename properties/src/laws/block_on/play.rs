//! The future of a call, and what it and its surroundings note.

use super::BlockOn;
use super::other::{Other, Slot, see};
use super::plan::{Call, End, Move, Nested, Wake};
use crate::laws::given::item::{Drops, Item};
use crate::laws::play::history::History;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

/// What a future panics with that is to.
pub(super) struct Planned;

/// What the threads of a run share.
#[derive(Clone)]
pub(super) struct Stage<B> {
    pub(super) function: B,
    pub(super) drops: Drops,
    pub(super) other: Other,
    pub(super) notes: Arc<Notes>,
}

pub(super) struct Notes {
    pub(super) history: Mutex<History>,
    /// What a poll may come of, so far.
    reasons: Reasons,
    /// The first that is wrong.
    pub(super) wrong: Mutex<Option<String>>,
    pub(super) kept: Mutex<Vec<Waker>>,
    /// The latest future's, for who frees it.
    pub(super) slot: Mutex<Slot>,
    /// It took too long, and whatever is polled ends.
    pub(super) is_freed: AtomicBool,
}

impl Notes {
    pub(super) fn new(history: History) -> Notes {
        Notes {
            history: Mutex::new(history),
            reasons: Reasons::default(),
            wrong: Mutex::default(),
            kept: Mutex::default(),
            slot: Mutex::default(),
            is_freed: AtomicBool::new(false),
        }
    }

    pub(super) fn note(&self, what: String) {
        lock(&self.history).note(what);
    }

    pub(super) fn wrong(&self, how: String) {
        lock(&self.wrong).get_or_insert(how);
    }

    fn wake(&self, slot: &Slot) {
        self.reasons.by(|| slot.wake());
    }

    pub(super) fn wake_kept(&self) {
        let kept: Vec<Waker> = lock(&self.kept).drain(..).collect();
        kept.into_iter().for_each(|waker| self.reasons.by(|| waker.wake()));
    }
}

/// Wakes and unparks, of which a poll may come: some that are over, and some that are under
/// way in whatever thread.
#[derive(Default)]
struct Reasons {
    over: AtomicU64,
    under_way: AtomicU64,
}

impl Reasons {
    /// What `act` does is one.
    fn by<R>(&self, act: impl FnOnce() -> R) -> R {
        self.under_way.fetch_add(1, SeqCst);
        let result = act();
        self.over.fetch_add(1, SeqCst);
        self.under_way.fetch_sub(1, SeqCst);
        result
    }

    /// How many are over.
    fn over(&self) -> u64 {
        self.over.load(SeqCst)
    }

    /// How many there were; one that is just ending may count twice.
    fn count(&self) -> u64 {
        let under_way = self.under_way.load(SeqCst);
        under_way + self.over()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct Playing<B> {
    stage: Stage<B>,
    name: String,
    call: Call,
    /// The output, until it is ready or has panicked.
    item: Option<Item>,
    /// What it holds until it is dropped.
    _content: Item,
    /// Turns that are over, and whether the next one has begun and waits for its wake.
    turn: usize,
    slot: Option<Slot>,
    polls: u64,
    /// The reasons before the first poll.
    reasons: Option<u64>,
}

impl<B> Unpin for Playing<B> {}

impl<B: BlockOn> Playing<B> {
    pub(super) fn new(
        stage: &Stage<B>,
        name: String,
        call: Call,
        item: Item,
        content: Item,
    ) -> Playing<B> {
        let stage = stage.clone();
        let (item, _content) = (Some(item), content);
        Playing { stage, name, call, item, _content, turn: 0, slot: None, polls: 0, reasons: None }
    }

    fn begin_poll(&mut self) {
        self.polls += 1;
        let (name, polls, notes) = (&self.name, self.polls, &self.stage.notes);
        let before = *self.reasons.get_or_insert_with(|| notes.reasons.over());
        let reasons = notes.reasons.count() - before;
        // The thread's park token may be left from before, and a wake may leave it for later.
        if self.item.is_none() {
            notes.wrong(format!("{name} was polled after it had ended"));
        } else if polls > reasons + 2 && !self.stage.function.spins() {
            notes.wrong(format!(
                "{name} was polled {polls} times, and there were only {reasons} wakes and unparks"
            ));
        }
    }

    fn note(&self, what: &str) {
        self.stage.notes.note(format!("{}, poll {}: {what}", self.name, self.polls));
    }

    fn act(&self, action: Move, waker: &Waker) {
        self.note(&format!("{action:?}"));
        let Stage { other, notes, .. } = &self.stage;
        match action {
            Move::Unpark => notes.reasons.by(|| thread::current().unpark()),
            Move::Park => notes.reasons.by(|| {
                // With a token it returns, so nothing can go wrong with that.
                thread::current().unpark();
                thread::park();
            }),
            Move::Receive => {
                let (sender, receiver) = channel();
                let notes = notes.clone();
                drop(other.ask(1, move || {
                    let _ = notes.reasons.by(|| sender.send(()));
                }));
                let _ = receiver.recv();
            }
            Move::Nest(nested) => self.nest(nested),
            Move::Keep => lock(&notes.kept).push(waker.clone()),
            Move::WakeKept => notes.wake_kept(),
        }
    }

    fn nest(&self, nested: Nested) {
        use super::plan::Turn;
        let wake = match nested {
            Nested::Ready => None,
            Nested::WakesItself => Some(Wake::ByRef),
            Nested::IsWokenByOther => Some(Wake::Later(20)),
        };
        let turn = |wake| Turn { before: Vec::new(), wake, after: Vec::new() };
        let call = Call { turns: wake.into_iter().map(turn).collect(), end: End::Ready };
        let name = format!("the future inside {}", self.name);
        self.stage.notes.reasons.by(|| self.stage.call(name, call));
    }

    fn wake(&self, wake: Wake, slot: &Slot, waker: &Waker) {
        self.note(&format!("{wake:?}"));
        let (notes, theirs) = (self.stage.notes.clone(), slot.clone());
        match wake {
            Wake::ByRef => {
                slot.done();
                notes.reasons.by(|| waker.wake_by_ref());
            }
            Wake::ByValue => {
                slot.done();
                let clone = waker.clone();
                notes.reasons.by(|| clone.wake());
            }
            Wake::Other => see(&self.stage.other.ask(0, move || notes.wake(&theirs))),
            Wake::Later(yields) => {
                drop(self.stage.other.ask(yields, move || notes.wake(&theirs)));
            }
        }
    }
}

impl<B: BlockOn> Future for Playing<B> {
    type Output = Item;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Item> {
        let this = self.get_mut();
        this.begin_poll();
        if this.stage.notes.is_freed.load(SeqCst) || this.item.is_none() {
            return Poll::Ready(this.item.take().unwrap_or_else(|| this.stage.drops.item()));
        }
        if let Some(slot) = &this.slot {
            if !slot.wait(cx.waker()) {
                this.note("Pending, its wake is still to come");
                return Poll::Pending;
            }
            this.slot = None;
            this.turn += 1;
        }
        let Some(turn) = this.call.turns.get(this.turn).cloned() else {
            let item = this.item.take();
            if this.call.end == End::Panic {
                this.note("panics");
                drop(item);
                resume_unwind(Box::new(Planned));
            }
            this.note("Ready");
            return item.map_or(Poll::Pending, Poll::Ready);
        };
        let slot = this.slot.insert(Slot::default()).clone();
        slot.wait(cx.waker());
        *lock(&this.stage.notes.slot) = slot.clone();
        turn.before.iter().for_each(|action| this.act(*action, cx.waker()));
        this.wake(turn.wake, &slot, cx.waker());
        turn.after.iter().for_each(|action| this.act(*action, cx.waker()));
        this.note("Pending");
        Poll::Pending
    }
}
