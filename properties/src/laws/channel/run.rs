//! One run: tasks at both ends of a channel, each with one end, so that it never waits for
//! itself.

use super::acting::{Acting, End, Receiving, Sending, Shared};
use super::model::{Op, Queue, Rules};
use super::plan::Act;
use super::{Capacity, Channel, Ends};
use crate::laws::cast::Cast;
use crate::laws::history::Breach;
use crate::laws::item::Drops;
use crate::laws::linear::{Entry, Model};
use crate::laws::script::Script;
use reveille_sim::within;
use std::rc::Rc;

/// With `forgets`, futures may be forgotten with what they hold.
pub(super) async fn run<C: Channel>(
    channel: C,
    capacity: Capacity,
    senders: Vec<Script<Act>>,
    receivers: Vec<Script<Act>>,
    forgets: bool,
) -> Result<(), Breach> {
    let shared = Rc::new(Shared { channel, drops: Drops::default() });
    let (sender, receiver) = within("Channel::open", || shared.channel.open(capacity));
    let mut cast = Cast::of("channel");
    let made = Ends {
        senders: spawn::<C, Sending>(&mut cast, &shared, sender, senders),
        receivers: spawn::<C, Receiving>(&mut cast, &shared, receiver, receivers),
    };
    let initial = |history: &[Entry<Queue>]| {
        let rules = rules(&shared.channel, capacity, ends(made, history));
        Queue::new(rules, made.senders, made.receivers)
    };
    cast.play(initial).await?;
    cast.are_over("and nobody is left at the other end but who waits, too")?;
    if forgets { Ok(()) } else { shared.drops.judge("channel") }
}

/// How many handles of an end there are in the beginning: as many as there are scripts, if they
/// can be had.
fn spawn<C: Channel, E: End<C>>(
    cast: &mut Cast<Queue>,
    shared: &Rc<Shared<C>>,
    first: E::Handle,
    scripts: Vec<Script<Act>>,
) -> usize {
    let mut handles = vec![first];
    while handles.len() < scripts.len() {
        let method = Queue::method(&E::CLONE.0);
        let clone = within(method, || E::clone(&shared.channel, &handles[0]));
        let Some(clone) = clone else { break };
        handles.push(clone);
    }
    let count = handles.len();
    for (number, (handle, script)) in handles.into_iter().zip(scripts).enumerate() {
        let name = format!("{} {}", E::NAME, number + 1);
        let shared = shared.clone();
        let handles = vec![handle];
        cast.spawn(name, script, |part| Acting::<C, E> { shared, part, handles });
    }
    count
}

/// All ends that there were, with these in the beginning.
fn ends(made: Ends, history: &[Entry<Queue>]) -> Ends {
    let clones = |op: Op| history.iter().filter(|entry| entry.op == op).count();
    Ends {
        senders: made.senders + clones(Op::CloneSender),
        receivers: made.receivers + clones(Op::CloneReceiver),
    }
}

fn rules<C: Channel>(channel: &C, capacity: Capacity, ends: Ends) -> Rules {
    let (room, most) = match capacity.bound() {
        Some(bound) => within("Channel::room", || channel.room(bound, ends)).into_inner(),
        None => (usize::MAX, usize::MAX),
    };
    Rules { room, most, is_fair: channel.is_fair() }
}
