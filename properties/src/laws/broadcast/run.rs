//! One run: tasks that send and tasks that receive, and who keeps the receivers that nobody
//! has.

use super::acting::{Keeper, Receiving, Shared};
use super::model::{self, Rules};
use super::opening::Opening;
use super::sending::Sending;
use super::{Broadcast, plan};
use crate::breach::Breach;
use crate::laws::given::value::Values;
use crate::laws::play::cast::Cast;
use crate::laws::play::script::Script;
use crate::laws::play::spares::Spares;
use std::rc::Rc;

/// With `forgets`, futures may be forgotten with what they hold.
pub(super) async fn run<B: Broadcast>(
    broadcast: B,
    opening: Opening,
    sends: Vec<Script<plan::Sending>>,
    receives: Vec<Script<plan::Receiving>>,
    forgets: bool,
) -> Result<(), Breach> {
    let (values, spares) = (Values::default(), Spares::new());
    let shared = Rc::new(Shared { broadcast, values, spares });
    let opened = opening.open(&shared.broadcast);
    let (senders, receivers) = ends(&shared.broadcast, opened, &sends, &receives);
    let made = (senders.len(), receivers.len());

    let mut cast = Cast::of("broadcast");
    for (number, (script, sender)) in sends.into_iter().zip(senders).enumerate() {
        let shared = shared.clone();
        let senders = vec![sender];
        let name = format!("sender {}", number + 1);
        cast.spawn(name, script, |part| Sending { shared, part, senders });
    }
    let mut receivers = receivers.into_iter();
    for (number, script) in receives.into_iter().enumerate() {
        let shared = shared.clone();
        let has = receivers.next().map(|receiver| (shared.spares.number(), receiver));
        let name = format!("receiver {}", number + 1);
        cast.spawn(name, script, |part| Receiving { shared, part, has, is_active: true });
    }
    let keeps = Script { steps: Vec::new(), holds_on: true };
    cast.spawn("keeper".to_owned(), keeps, |part| Keeper { shared: shared.clone(), part });

    let rules = Rules {
        needs_receivers: shared.broadcast.needs_receivers(),
        closes_without_receivers: shared.broadcast.closes_without_receivers(),
        ends_without_senders: shared.broadcast.ends_without_senders(),
    };
    let (room, overflow) = (shared.room(opening.capacity), shared.broadcast.overflow());
    cast.play(|_| model::Broadcast::new(rules, room, overflow, made.0, made.1)).await?;
    // Who waits for each other waits for ever, and rightly so.
    cast.end().await;
    if forgets { Ok(()) } else { shared.values.judge("broadcast") }
}

/// As many of each as there are scripts, if they can be had.
fn ends<B: Broadcast>(
    broadcast: &B,
    (sender, receiver): (B::Sender, Option<B::Receiver>),
    sends: &[Script<plan::Sending>],
    receives: &[Script<plan::Receiving>],
) -> (Vec<B::Sender>, Vec<B::Receiver>) {
    let (mut senders, mut receivers) = (vec![sender], Vec::from_iter(receiver));
    while senders.len() < sends.len() {
        let Some(clone) = broadcast.clone_sender(&senders[0]) else { break };
        senders.push(clone);
    }
    // Where nobody receives nobody is to.
    while (1..receives.len()).contains(&receivers.len()) {
        let one = broadcast.subscribe(&mut senders[0]);
        let one = one.or_else(|| broadcast.resubscribe(&mut receivers[0]));
        let Some(one) = one.or_else(|| broadcast.clone_receiver(&receivers[0])) else { break };
        receivers.push(one);
    }
    (senders, receivers)
}
