//! One run: tasks that fill a collection, and one that takes the outputs.

use super::Collection;
use super::acting::{Shared, fill, take};
use super::content::Content;
use super::plan::{Fill, Taker};
use super::room::Room;
use crate::breach::Breach;
use crate::laws::given::inner::Inners;
use crate::laws::play::driver::{Drivers, Notes, Waiting};
use crate::laws::play::held::Held;
use crate::laws::play::script::Script;
use reveille_sim::time::sleep;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// With `forgets`, futures may be forgotten with what they hold.
pub(super) async fn run<C: Collection>(
    collection: C,
    pushers: Vec<Script<Fill>>,
    taker: Taker,
    forgets: bool,
) -> Result<(), Breach> {
    let (inners, notes) = (Inners::of("collection"), Notes::of("collection"));
    inners.demand_that_all_go_on();
    if collection.polls_only_the_woken() {
        inners.demand_only_the_woken();
    }
    if let Some(most) = collection.most_polls_of_one() {
        inners.demand_few_polls_of_one(most);
    }
    let content = Content::new(
        collection.is_ordered(),
        collection.is_keyed(),
        collection.bound(),
        collection.ends(),
    );
    let members = collection.open();
    let room = Room::new(collection.many_wait_for_room());
    let shared = Rc::new(Shared {
        collection,
        members: Held::new(Some(members)),
        content: RefCell::new(content),
        room,
        inners: inners.clone(),
        taker: RefCell::default(),
        at_the_end: RefCell::default(),
        pushers: RefCell::default(),
        busy: Cell::new(pushers.len()),
        changes: Cell::new(0),
    });
    let mut drivers = Drivers::new(&inners, &notes);
    let takes = take(shared.clone(), notes.by("taker"), taker);
    let handle = drivers.spawn("taker", Box::pin(takes));
    shared.taker.replace(handle);
    for (at, script) in pushers.into_iter().enumerate() {
        let name = format!("pusher {}", at + 1);
        let fills = fill(shared.clone(), notes.by(&name), at, script);
        let handle = drivers.spawn(&name, Box::pin(fills));
        shared.pushers.borrow_mut().push(handle);
    }
    let waits = |at: usize| {
        let content = shared.content.borrow();
        match at.checked_sub(1) {
            None if content.may_wait() => Waiting::Rightly,
            None => Waiting::InVain,
            Some(_) if content.is_full() => Waiting::Rightly,
            Some(pusher) if shared.room.is_in_line(pusher) => Waiting::Rightly,
            Some(_) => Waiting::Needlessly("there is room".to_owned()),
        }
    };
    drivers.rest(waits).await?;
    drivers.abort().await;
    let members = shared.members.with(Option::take);
    drop(members);
    // What runs elsewhere has time to see that it is cancelled.
    sleep(Duration::from_secs(1)).await;
    if forgets { Ok(()) } else { inners.are_gone() }
}
