//! What the tasks do with a collection, step by step.

use super::content::Content;
use super::plan::{Fill, Take, Taker};
use super::room::Room;
use super::{Collection, Full};
use crate::breach::Breach;
use crate::laws::given::inner::{Inners, Member, Pause};
use crate::laws::play::driver::{Notes, wake_driver};
use crate::laws::play::held::Held;
use crate::laws::play::patience::Patience;
use crate::laws::play::script::Script;
use reveille_sim::time::sleep;
use reveille_sim::{JoinHandle, look_for};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What the tasks of a run share.
pub(super) struct Shared<C: Collection> {
    pub(super) collection: C,
    pub(super) members: Held<Option<C::Members>>,
    pub(super) content: RefCell<Content>,
    pub(super) room: Room,
    pub(super) inners: Inners,
    /// Who takes the outputs.
    pub(super) taker: RefCell<Weak<JoinHandle<()>>>,
    /// The taker, while it waits for a push to an empty collection.
    pub(super) at_the_end: RefCell<Option<Waker>>,
    /// Those who fill it, and how many have not come to their end.
    pub(super) pushers: RefCell<Vec<Weak<JoinHandle<()>>>>,
    pub(super) busy: Cell<usize>,
    /// Changes so far.
    pub(super) changes: Cell<u64>,
}

impl<C: Collection> Shared<C> {
    fn with<T>(&self, f: impl FnOnce(&C, &mut C::Members) -> T) -> T {
        self.members.with(|members| {
            f(&self.collection, members.get_or_insert_with(|| self.collection.open()))
        })
    }

    /// Polls it, when no other task uses it.
    fn poll<O>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&C, &mut C::Members, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<O> {
        self.members.poll(cx, |members, cx| {
            poll(&self.collection, members.get_or_insert_with(|| self.collection.open()), cx)
        })
    }

    fn is_empty(&self) -> bool {
        self.content.borrow().is_empty()
    }

    /// The taker is to look again; whoever pushes wakes it if the collection does not.
    fn changed(&self, wakes_who_waits: bool) {
        self.changes.set(self.changes.get() + 1);
        let waker = self.at_the_end.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
        if !wakes_who_waits {
            return;
        }
        wake_driver(&self.taker.borrow());
    }

    /// There will be another collection, which knows nobody who waits for room.
    fn begin_anew(&self) {
        self.pushers.borrow().iter().for_each(wake_driver);
    }

    fn has_as_many_as_it_says(&self, notes: &Notes) -> Result<(), Breach> {
        match self.with(|collection, members| collection.len(members)) {
            Some(count) => self.content.borrow().has(count, notes),
            None => Ok(()),
        }
    }
}

/// Fills the collection as the script of this pusher says.
pub(super) async fn fill<C: Collection>(
    shared: Rc<Shared<C>>,
    notes: Notes,
    pusher: usize,
    script: Script<Fill>,
) -> Result<(), Breach> {
    for step in script.steps {
        let Some(act) = step.due().await else { continue };
        shared.members.free().await;
        match act {
            Fill::Push(pauses, key, patience) => {
                let asking = shared.room.ask(pusher).await;
                push(&shared, &notes, pauses, key, patience).await?;
                drop(asking);
            }
            Fill::TryPush(pauses, key) => {
                push_now(&shared, &notes, pauses, key, Place::Back { promised: false })?;
            }
            Fill::PushFront(pauses, key) => {
                push_now(&shared, &notes, pauses, key, Place::Front)?;
            }
            Fill::TryNext => {
                shared.inners.owner_tries();
                let Some(item) = shared.with(C::try_next) else {
                    look_for("no try_next, which is not offered", true);
                    continue;
                };
                look_for("try_next", true);
                let Some(item) = item else {
                    notes.note("try_next: none");
                    continue;
                };
                notes.note(format!("try_next: item {}", item.number()));
                shared.content.borrow_mut().gave(Some(item.number()), &notes)?;
                let is_empty = shared.is_empty();
                shared.changed(is_empty);
            }
            fill => {
                remove(&shared, &notes, &fill)?;
                // In a new collection nobody waits yet.
                let is_new = matches!(fill, Fill::Drain(_) | Fill::Drop);
                let is_empty = shared.is_empty();
                shared.changed(is_new || is_empty);
            }
        }
        shared.has_as_many_as_it_says(&notes)?;
    }
    shared.busy.set(shared.busy.get() - 1);
    let may_wait = shared.content.borrow().may_wait();
    shared.changed(may_wait);
    Ok(())
}

async fn push<C: Collection>(
    shared: &Shared<C>,
    notes: &Notes,
    pauses: Vec<Pause>,
    key: usize,
    patience: Patience,
) -> Result<(), Breach> {
    let mut pauses = Some(pauses);
    // Room that is found is used in the same poll, before another pusher takes it.
    let pushes = poll_fn(|cx| {
        let ready = shared
            .poll(cx, |collection, members, cx| Poll::Ready(collection.poll_ready(members, cx)));
        // Another task uses it.
        let ready = std::task::ready!(ready);
        match ready {
            Some(Poll::Pending) => {
                notes.note("wait for room: pending");
                return Poll::Pending;
            }
            Some(Poll::Ready(())) => look_for("wait for room", true),
            None => look_for("no wait for room, which is not offered", true),
        }
        let Some(pauses) = pauses.take() else { return Poll::Pending };
        let place = Place::Back { promised: ready.is_some() };
        Poll::Ready(push_now(shared, notes, pauses, key, place))
    });
    match patience.wait(pushes).await {
        Some(pushed) => pushed,
        None => {
            notes.note("wait for room: dropped");
            Ok(())
        }
    }
}

/// Where a future is pushed to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Front,
    /// Whether there is room, by its word.
    Back {
        promised: bool,
    },
}

/// Pushes, whether there is room or not.
fn push_now<C: Collection>(
    shared: &Shared<C>,
    notes: &Notes,
    pauses: Vec<Pause>,
    key: usize,
    place: Place,
) -> Result<(), Breach> {
    let member = Member::new(&shared.inners, pauses);
    let number = member.number();
    let collection = &shared.collection;
    let key = if collection.is_keyed() { key } else { number };
    let was_empty = shared.is_empty();
    let (name, pushed) = match place {
        Place::Back { .. } => {
            ("push", shared.with(|collection, members| collection.push(members, key, member)))
        }
        Place::Front => {
            let pushed =
                shared.with(|collection, members| collection.push_front(members, key, member));
            let Some(pushed) = pushed else {
                look_for("no push_front, which is not offered", true);
                return Ok(());
            };
            look_for("push_front", true);
            ("push_front", pushed)
        }
    };
    notes.note(match pushed {
        Ok(()) => format!("{name} {number} (key {key})"),
        Err(Full) => format!("{name} {number} (key {key}): full"),
    });
    if pushed.is_err() && place == (Place::Back { promised: true }) {
        return notes.breach(format_args!("it had room, and refuses a future"));
    }
    let is_first = place == Place::Front;
    shared.content.borrow_mut().pushed(key, number, pushed.is_ok(), is_first, notes)?;
    let it_wakes = collection.push_wakes() || (was_empty && !collection.ends());
    shared.changed(pushed.is_ok() && !it_wakes);
    Ok(())
}

/// Removes some or all, if it can.
fn remove<C: Collection>(shared: &Shared<C>, notes: &Notes, fill: &Fill) -> Result<(), Breach> {
    match fill {
        Fill::Remove(key) => {
            let Some(was_there) = shared.with(|collection, all| collection.remove(all, *key))
            else {
                look_for("no remove, which is not offered", true);
                return Ok(());
            };
            look_for("remove", true);
            notes.note(format!("remove {key}: {was_there}"));
            let expected = shared.content.borrow_mut().remove(*key);
            if was_there != expected {
                let there = if expected { "is there" } else { "is not there" };
                return notes.breach(format_args!(
                    "removing the future with the key {key} gave {was_there}, and it {there}"
                ));
            }
        }
        Fill::Clear => {
            if shared.with(C::clear).is_none() {
                look_for("no clear, which is not offered", true);
                return Ok(());
            }
            look_for("clear", true);
            notes.note("clear");
            shared.content.borrow_mut().clear();
        }
        Fill::Drain(count) => {
            notes.note(format!("take out {count} and drop the rest"));
            let members =
                shared.members.with(Option::take).unwrap_or_else(|| shared.collection.open());
            shared.content.borrow_mut().clear();
            shared.begin_anew();
            let drained = shared.collection.drain(members);
            look_for("take futures out", drained.is_some());
            if let Some(drained) = drained {
                drained.take(*count).for_each(drop);
            }
        }
        _ => {
            notes.note("drop the collection");
            let members = shared.members.with(Option::take);
            shared.content.borrow_mut().clear();
            shared.begin_anew();
            drop(members);
        }
    }
    Ok(())
}

/// Takes outputs as the plan says.
pub(super) async fn take<C: Collection>(
    shared: Rc<Shared<C>>,
    notes: Notes,
    plan: Taker,
) -> Result<(), Breach> {
    for step in plan.steps {
        match step {
            Take::Sleep => sleep(Duration::from_millis(2)).await,
            Take::Next(patience) => {
                next(&shared, &notes, patience).await?;
            }
        }
    }
    while plan.to_the_end && !(shared.busy.get() == 0 && shared.is_empty()) {
        let changes = shared.changes.get();
        if next(&shared, &notes, Patience::Endless).await? {
            poll_fn(|cx| {
                // First, since the clone may have another task make a change.
                let newest = cx.waker().clone();
                let old = shared.at_the_end.borrow_mut().replace(newest);
                drop(old);
                if shared.changes.get() == changes && shared.busy.get() > 0 {
                    return Poll::Pending;
                }
                // A waker of ours would count among those that can wake it.
                let own = shared.at_the_end.borrow_mut().take();
                drop(own);
                Poll::Ready(())
            })
            .await;
        }
    }
    Ok(())
}

/// Takes an output if one comes in time; whether there was none left.
async fn next<C: Collection>(
    shared: &Shared<C>,
    notes: &Notes,
    patience: Patience,
) -> Result<bool, Breach> {
    let next = poll_fn(|cx| {
        if shared.busy.get() == 0 && shared.content.borrow().may_wait() {
            return Poll::Ready(None);
        }
        shared.poll(cx, |collection, members, cx| {
            shared.inners.owner_is_polled();
            let polled = collection.poll_next(members, cx);
            if polled.is_pending() {
                notes.note("next: pending");
                shared.inners.owner_waits();
            }
            polled.map(Some)
        })
    });
    let came = patience.wait(next).await;
    shared.inners.owner_waits_no_more();
    match came {
        None => notes.note("next: dropped"),
        Some(None) => return Ok(true),
        Some(Some(item)) => {
            let number = item.as_ref().map(|item| item.number());
            notes.note(match number {
                Some(number) => format!("next: item {number}"),
                None => "next: none".to_owned(),
            });
            shared.content.borrow_mut().gave(number, notes)?;
            if number.is_some() {
                shared.inners.owner_gave()?;
            }
            shared.has_as_many_as_it_says(notes)?;
            return Ok(number.is_none());
        }
    }
    Ok(false)
}
