//! The inner futures, streams and sinks of what is under test: when they go on is drawn, and what is
//! done with them is seen.
//!
//! Whoever is polled knows what its owner cannot: that it was polled after its end, again and
//! again in one poll, moved though it was pinned, or woken and not polled any more. An inner
//! future is right itself, so whatever is wrong is the owner's doing.

mod gate;
mod item_sink;
mod member;
mod source;
mod try_member;

pub(in crate::laws) use gate::{Pause, pauses};
pub use item_sink::ItemSink;
pub(in crate::laws) use item_sink::{Arrivals, Waits, waits};
pub use member::Member;
pub use source::Source;
pub(in crate::laws) use source::{Plan, numbers, plan};
pub use try_member::TryMember;
pub(in crate::laws) use try_member::{Endings, TryPlan, try_plan};

use super::item::Drops;
use crate::breach::{Breach, broken};
use gate::Gate;
use reveille_sim::time::Instant;
use reveille_sim::{Law, TaskId, current_step, current_task, draw, forgotten, poll_another};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// A pause during which all others can go on: longer than faults delay what is due.
const LONG: Duration = Duration::from_secs(3);

/// Polls of one inner future within one poll of its owner at most, if it has not promised to
/// make fewer.
const MOST_POLLS: u32 = 300;

/// Items that come while a source that could go on is not polled, at most: so many that a fair
/// lot does not leave it out so often.
const MOST_PASSED_OVER: u32 = 64;

/// The inner futures of a run.
#[derive(Clone)]
pub(in crate::laws) struct Inners(Arc<Mutex<Record>>);

struct Record {
    laws: &'static str,
    drops: Drops,
    /// Polls of the owner so far.
    polls: u64,
    /// Since when it waits, and which task, if it does.
    waits: Option<(Instant, TaskId)>,
    /// Whether each that could go on is to be polled while it waits for another.
    all_go_on: bool,
    /// Whether only those are to be polled who were woken.
    only_the_woken: bool,
    /// Whether those that have ended are to be gone while it waits for others.
    drops_the_ended: bool,
    /// How often it may poll one within one poll.
    most_polls: u32,
    seen: Vec<Seen>,
    breach: Option<String>,
    /// Whether another task may come in between.
    lets_others_in: bool,
}

/// What was seen of one.
struct Seen {
    name: String,
    state: State,
    since: Instant,
    is_gone: bool,
    /// In which step, and which poll of its owner, it was polled last, and how often there.
    polled: (Option<u64>, u64, u32),
    /// Where it was polled first.
    address: usize,
    passed_over: u32,
    /// By a waker of an earlier poll.
    was_woken_late: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was not handed over yet.
    Elsewhere,
    New,
    Waiting,
    Woken,
    /// An item came, and another may come.
    Delivered,
    /// It took what it was given, and takes more.
    Taking,
    Ended,
}

impl Seen {
    fn could_go_on(&self) -> bool {
        !self.is_gone
            && matches!(self.state, State::New | State::Woken | State::Delivered | State::Taking)
    }

    fn why(&self) -> String {
        let name = &self.name;
        match self.state {
            State::New => format!("{name} was never polled"),
            State::Woken => format!("{name} was woken, and nobody polls it"),
            State::Taking => format!("{name} would go on, and nobody polls it"),
            _ => format!("{name} was not asked for its next item"),
        }
    }

    fn becomes(&mut self, state: State) {
        self.state = state;
        self.since = Instant::now();
    }
}

impl Inners {
    pub(in crate::laws) fn of(laws: &'static str) -> Inners {
        Inners(Arc::new(Mutex::new(Record {
            laws,
            drops: Drops::default(),
            polls: 0,
            waits: None,
            all_go_on: false,
            only_the_woken: false,
            drops_the_ended: false,
            most_polls: MOST_POLLS,
            seen: Vec::new(),
            breach: None,
            lets_others_in: false,
        })))
    }

    /// Where an inner future has woken itself, others may be polled inside of its poll, as by
    /// another thread.
    pub(in crate::laws) fn let_others_in(&self) {
        self.record().lets_others_in = true;
    }

    fn others_may_run(&self) {
        if self.record().lets_others_in && draw(2) == 1 {
            poll_another();
        }
    }

    /// Who was not woken is not to be polled.
    pub(in crate::laws) fn demand_only_the_woken(&self) {
        self.record().only_the_woken = true;
    }

    /// Who has ended is to be dropped before the owner waits for others.
    pub(in crate::laws) fn demand_that_the_ended_are_dropped(&self) {
        self.record().drops_the_ended = true;
    }

    /// Nobody is to be polled more often than that within one poll of the owner.
    pub(in crate::laws) fn demand_few_polls_of_one(&self, most: u32) {
        self.record().most_polls = most;
    }

    pub(in crate::laws) fn drops(&self) -> Drops {
        self.record().drops.clone()
    }

    /// Who could go on does, while the owner waits for another.
    pub(in crate::laws) fn demand_that_all_go_on(&self) {
        self.record().all_go_on = true;
    }

    /// The owner is about to be polled.
    pub(in crate::laws) fn owner_is_polled(&self) {
        let mut record = self.record();
        record.polls += 1;
        record.waits = None;
    }

    /// The owner is about to look what is ready, while it may wait elsewhere.
    pub(in crate::laws) fn owner_tries(&self) {
        self.record().polls += 1;
    }

    /// That poll was pending.
    pub(in crate::laws) fn owner_waits(&self) {
        let task = current_task().map(|(task, _)| task);
        let mut record = self.record();
        record.waits = task.map(|task| (Instant::now(), task));
        let is_kept = |seen: &&Seen| seen.state == State::Ended && !seen.is_gone;
        if record.drops_the_ended
            && let Some(seen) = record.seen.iter().find(is_kept)
        {
            let how = format!("{} has ended, and is kept while its owner waits", seen.name);
            record.breach.get_or_insert(how);
        }
    }

    /// Nobody polls it any more for what it waited for.
    pub(in crate::laws) fn owner_waits_no_more(&self) {
        self.record().waits = None;
    }

    /// Who could go on for a long time, while the owner waits for a slow one.
    fn judge_long_wait(&self) {
        let record = self.record();
        let Some((since, task)) = record.waits else { return };
        if !record.all_go_on || since.elapsed() < LONG / 2 {
            return;
        }
        let left_out = |seen: &&Seen| seen.could_go_on() && seen.since.elapsed() > LONG / 2;
        let Some(seen) = record.seen.iter().find(left_out) else { return };
        let how = format!("{}: {}, while its owner waits for another", record.laws, seen.why());
        drop(record);
        forgotten(task, how);
    }

    /// The owner gave an item: who could have given one, and was passed over too often.
    pub(in crate::laws) fn owner_gave(&self) -> Result<(), Breach> {
        let mut record = self.record();
        let waiting = record.seen.iter_mut().filter(|seen| seen.could_go_on());
        let over = waiting.fold(None, |over, seen| {
            seen.passed_over += 1;
            over.or((seen.passed_over > MOST_PASSED_OVER).then(|| seen.name.clone()))
        });
        drop(record);
        let Some(name) = over else { return Ok(()) };
        let how = format!(
            "{name} could go on, and was not polled while {MOST_PASSED_OVER} items came from others"
        );
        reveille_sim::broken(Law::Starvation, how);
        Ok(())
    }

    /// What an inner future saw that is wrong.
    pub(in crate::laws) fn judge(&self) -> Result<(), Breach> {
        match self.misuse() {
            Some(how) => broken(format!("{}: {how}", self.record().laws)),
            None => Ok(()),
        }
    }

    /// The same, in words.
    pub(in crate::laws) fn misuse(&self) -> Option<String> {
        self.record().breach.clone()
    }

    /// Why the owner could go on, if it could.
    pub(in crate::laws) fn neglected(&self) -> Option<String> {
        let record = self.record();
        Some(record.seen.iter().find(|seen| seen.could_go_on())?.why())
    }

    /// Whether each was dropped, now that nobody should have one, and its item.
    pub(in crate::laws) fn are_gone(&self) -> Result<(), Breach> {
        let record = self.record();
        if let Some(seen) = record.seen.iter().find(|seen| !seen.is_gone) {
            let (laws, name) = (record.laws, &seen.name);
            return broken(format!("{laws}: {name} was not dropped, and nobody has it any more"));
        }
        record.drops.judge(record.laws)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&self, name: String) -> Inner {
        let mut record = self.record();
        record.seen.push(Seen {
            name,
            state: State::New,
            since: Instant::now(),
            is_gone: false,
            polled: (None, 0, 0),
            address: 0,
            passed_over: 0,
            was_woken_late: false,
        });
        Inner { inners: self.clone(), at: record.seen.len() - 1, gate: None }
    }
}

/// The place of one inner future among the others.
struct Inner {
    inners: Inners,
    at: usize,
    /// Before which it waits.
    gate: Option<Gate>,
}

impl Inner {
    fn with<T>(&self, f: impl FnOnce(&mut Seen) -> T) -> T {
        f(&mut self.inners.record().seen[self.at])
    }

    /// It was used as it must not be.
    fn is_misused(&self, how: &str) {
        let mut record = self.inners.record();
        let how = format!("{} {how}", record.seen[self.at].name);
        record.breach.get_or_insert(how);
    }

    /// Whether it may be polled here.
    fn is_polled(&self, address: Option<usize>) -> bool {
        let mut record = self.inners.record();
        let (step, poll, only_the_woken) = (current_step(), record.polls, record.only_the_woken);
        let most = record.most_polls;
        let seen = &mut record.seen[self.at];
        let name = seen.name.clone();
        let is_the_same = seen.polled.0 == step && seen.polled.1 == poll;
        let again = if is_the_same && !matches!(seen.state, State::Delivered | State::Taking) {
            seen.polled.2
        } else {
            0
        };
        seen.polled = (step, poll, again + 1);
        seen.passed_over = 0;
        let was_woken_late = mem::take(&mut seen.was_woken_late);
        let first = seen.address == 0;
        let moved = address.is_some_and(|address| !first && seen.address != address);
        seen.address = address.unwrap_or(0);
        let state = seen.state;
        let wrong = match state {
            State::Ended => {
                Some((Law::PollAfterReady, format!("{name} was polled again after its end")))
            }
            _ if again >= most => Some((
                Law::Starvation,
                format!(
                    "{name}, which yields to another task, was polled more than {most} times within one poll"
                ),
            )),
            _ => None,
        };
        if moved {
            record.breach.get_or_insert(format!("{name} was moved after it was polled"));
        }
        if only_the_woken && state == State::Waiting && !was_woken_late {
            record.breach.get_or_insert(format!("{name} was polled, and nobody had woken it"));
        }
        drop(record);
        let Some((law, how)) = wrong else { return true };
        reveille_sim::broken(law, how);
        state != State::Ended
    }

    /// Goes through the pauses as far as it gets.
    fn pass(&mut self, cx: &mut Context<'_>, pauses: &mut Vec<Pause>) -> Poll<()> {
        loop {
            if let Some(mut gate) = self.gate.take() {
                self.with(|seen| seen.becomes(State::Waiting));
                if !gate.lets_through(cx.waker()) {
                    self.gate = Some(gate);
                    return Poll::Pending;
                }
            }
            if pauses.is_empty() {
                return Poll::Ready(());
            }
            self.gate = Some(Gate::new(pauses.remove(0), self.inners.clone(), self.at));
        }
    }

    fn is_elsewhere(&self) {
        self.with(|seen| seen.becomes(State::Elsewhere));
    }

    fn is_handed_over(&self) {
        self.with(|seen| seen.becomes(State::New));
    }

    fn is_over(&self) -> bool {
        self.with(|seen| seen.state == State::Ended)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.with(|seen| seen.is_gone = true);
    }
}
