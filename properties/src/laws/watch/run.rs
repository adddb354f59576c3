//! One run: tasks that send and tasks that receive, and who keeps the receivers that nobody
//! has.

use super::acting::{Keeper, Receiving, Shared};
use super::model::{self, Rules};
use super::sending::Sending;
use super::{Sight, Watch, plan};
use crate::breach::Breach;
use crate::laws::given::value::Values;
use crate::laws::play::cast::Cast;
use crate::laws::play::script::Script;
use crate::laws::play::spares::Spares;
use std::rc::Rc;

/// With `forgets`, futures may be forgotten with what they hold.
pub(super) async fn run<W: Watch>(
    watch: W,
    sends: Vec<Script<plan::Sending>>,
    receives: Vec<Script<plan::Receiving>>,
    forgets: bool,
) -> Result<(), Breach> {
    let (values, spares) = (Values::default(), Spares::new());
    let shared = Rc::new(Shared { watch, values, spares });
    let (sender, receiver) = shared.watch.open(shared.values.value());
    let senders = senders(&shared.watch, sender, sends.len());
    let (receivers, sights) = receivers(&shared.watch, &senders[0], receiver, receives.len());
    let made = senders.len();

    let mut cast = Cast::of("watch");
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
        cast.spawn(name, script, |part| Receiving { shared, part, has });
    }
    let keeps = Script { steps: Vec::new(), holds_on: true };
    cast.spawn("keeper".to_owned(), keeps, |part| Keeper { shared: shared.clone(), part });

    let rules = Rules {
        needs_receivers: shared.watch.needs_receivers(),
        ends_without_senders: shared.watch.ends_without_senders(),
        ends_at_once: shared.watch.ends_at_once(),
        subscriber: shared.watch.sight_of_subscriber(),
        clone: shared.watch.sight_of_clone(),
    };
    cast.play(|_| model::Watch::new(rules, made, sights.iter().copied())).await?;
    // Who waits for each other waits for ever, and rightly so.
    cast.end().await;
    if forgets { Ok(()) } else { shared.values.judge("watch") }
}

/// So many senders, if they can be had.
fn senders<W: Watch>(watch: &W, sender: W::Sender, count: usize) -> Vec<W::Sender> {
    let mut senders = vec![sender];
    while senders.len() < count {
        let Some(clone) = watch.clone_sender(&senders[0]) else { break };
        senders.push(clone);
    }
    senders
}

/// So many receivers, if they can be had, and whether they have seen the first value.
fn receivers<W: Watch>(
    watch: &W,
    sender: &W::Sender,
    receiver: W::Receiver,
    count: usize,
) -> (Vec<W::Receiver>, Vec<Sight>) {
    let (mut receivers, mut sights) = (vec![receiver], vec![watch.sight_of_first()]);
    while receivers.len() < count {
        let subscribed = watch.subscribe(sender).map(|one| (one, watch.sight_of_subscriber()));
        let cloned = || {
            let clone = watch.clone_receiver(&receivers[0])?;
            Some((clone, watch.sight_of_clone().after(sights[0])))
        };
        let Some((receiver, sight)) = subscribed.or_else(cloned) else { break };
        receivers.push(receiver);
        sights.push(sight);
    }
    (receivers, sights)
}
