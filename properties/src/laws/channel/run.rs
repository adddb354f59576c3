//! One run: tasks at both ends of a channel, each with one end, so that it never waits for
//! itself.

use super::acting::{Acting, End, Shared};
use super::model::{Op, Queue, Rules, Side};
use super::opening::Opening;
use super::plan::{Act, OfReceiver, OfSender};
use super::receiving::Receiving;
use super::sending::Sending;
use super::{Capacity, Channel, Ends};
use crate::breach::Breach;
use crate::laws::given::item::Drops;
use crate::laws::linear::{self, Entry, Model};
use crate::laws::play::cast::Cast;
use crate::laws::play::script::Script;
use reveille_sim::within;
use std::cell::Cell;
use std::rc::Rc;

/// With `forgets`, futures may be forgotten with what they hold.
pub(super) async fn run<C: Channel>(
    channel: C,
    opening: Opening,
    senders: Vec<Script<Act<OfSender>>>,
    receivers: Vec<Script<Act<OfReceiver>>>,
    forgets: bool,
) -> Result<(), Breach> {
    let (drops, receivers_left) = (Drops::default(), Cell::default());
    let shared = Rc::new(Shared { channel, drops, forgets, receivers: receivers_left });
    let (sender, receiver) = opening.open(&shared).await;
    let mut cast = Cast::of("channel");
    let made = Ends {
        senders: spawn::<C, Sending>(&mut cast, &shared, sender, senders),
        receivers: spawn::<C, Receiving>(&mut cast, &shared, receiver, receivers),
    };
    let initial = |history: &[Entry<Queue>]| {
        let rules = rules(&shared.channel, opening.capacity, made, history);
        Queue::new(rules, made.senders, made.receivers)
    };
    cast.play(initial).await?;
    if forgets {
        return Ok(());
    }
    let waits_for_the_close =
        |entry: &Entry<Queue>| entry.op == Op::Closed && matches!(entry.end, linear::End::Waiting);
    // Two ends may wait for each other to go, and a sender for room that nobody makes.
    let has_ends = shared.channel.has_ends() && shared.channel.needs_receivers();
    if has_ends && !cast.history().iter().any(waits_for_the_close) {
        cast.are_over("and nobody is left at the other end but who waits, too")?;
    }
    cast.end().await;
    shared.drops.judge("channel")
}

/// How many handles of an end there are in the beginning: as many as there are scripts, if they
/// can be had.
fn spawn<C: Channel, E: End<C>>(
    cast: &mut Cast<Queue>,
    shared: &Rc<Shared<C>>,
    first: E::Handle,
    scripts: Vec<Script<Act<E::Own>>>,
) -> usize {
    let mut handles = vec![first];
    while handles.len() < scripts.len() {
        let method = Queue::method(&Op::Clone(E::SIDE));
        let clone = within(method, || E::clone(&shared.channel, &handles[0]));
        let Some(clone) = clone else { break };
        handles.push(clone);
    }
    let count = handles.len();
    for (number, (handle, script)) in handles.into_iter().zip(scripts).enumerate() {
        let name = format!("{} {}", E::NAME, number + 1);
        let shared = shared.clone();
        cast.spawn(name, script, |part| Acting::<C, E>::new(shared, part, handle));
    }
    count
}

/// All ends that there were, with these in the beginning.
fn ends(made: Ends, history: &[Entry<Queue>]) -> Ends {
    let more = |side| {
        let is_one =
            |entry: &&Entry<Queue>| matches!(entry.op, Op::Clone(s) | Op::Upgrade(s) if s == side);
        history.iter().filter(is_one).count()
    };
    Ends {
        senders: made.senders + more(Side::Sender),
        receivers: made.receivers + more(Side::Receiver),
    }
}

fn rules<C: Channel>(
    channel: &C,
    capacity: Capacity,
    made: Ends,
    history: &[Entry<Queue>],
) -> Rules {
    let ends = ends(made, history);
    let (room, most) = match capacity.bound() {
        Some(bound) => within("Channel::room", || channel.room(bound, ends)).into_inner(),
        None => (usize::MAX, usize::MAX),
    };
    let unanswered = |is_it: fn(&Op) -> bool, others: bool| {
        let is_one = |entry: &&Entry<Queue>| match entry.end {
            linear::End::Forgotten { .. } => entry.queued.is_some() && is_it(&entry.op),
            // With one end nobody else is to be woken.
            linear::End::Dropped { .. } => {
                let waits_on = matches!(entry.op, Op::Feed(_) | Op::Next) && entry.queued.is_some();
                others && waits_on && is_it(&entry.op)
            }
            _ => false,
        };
        history.iter().filter(is_one).count() * channel.wakes_of_the_forgotten()
    };
    let gone =
        [unanswered(Op::sends, ends.senders > 1), unanswered(Op::receives, ends.receivers > 1)];
    Rules {
        room,
        most,
        order: channel.order(),
        has_ends: channel.has_ends(),
        needs_receivers: channel.needs_receivers(),
        is_fair: channel.is_fair(),
        gone,
    }
}
