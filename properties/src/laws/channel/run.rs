//! One run: tasks at both ends of a channel, and the judgement when they are at rest.
//!
//! Each task has one end, so that it never waits for itself. Nothing happens any more when
//! a long time has passed, since time stands still while anybody can go on. Those who wait
//! then must have reason to. Then those who held on to their handles drop them, and
//! everybody must end.

use super::acting::{Acting, End, Receiving, Sending, Shared};
use super::item::Drops;
use super::model::{Op, Queue, Rules};
use super::plan::Script;
use super::{Capacity, Channel, Ends};
use crate::laws::history::{Breach, broken};
use crate::laws::linear::{Log, Verdict, check, table};
use reveille_sim::time::{Duration, Instant, sleep_until};
use reveille_sim::{Builder, JoinHandle, TaskId, forgotten, look_for};
use std::rc::Rc;

/// When everything is at rest, and when it is again after all handles were dropped.
const REST: [Duration; 2] = [Duration::from_secs(3_600), Duration::from_secs(3 * 3_600)];

/// Pairs of a set of operations and a state that are looked at, for one judgement.
const BUDGET: usize = 100_000;

/// With `forgets`, futures may be forgotten with what they hold.
pub(super) async fn run<C: Channel>(
    channel: C,
    capacity: Capacity,
    senders: Vec<Script>,
    receivers: Vec<Script>,
    forgets: bool,
) -> Result<(), Breach> {
    let shared =
        Shared { channel, log: Log::new(), drops: Drops::default(), began: Instant::now() };
    let shared = Rc::new(shared);
    let (sender, receiver) = shared.channel.open(capacity);
    let sending = ends::<C, Sending>(&shared.channel, sender, senders.len());
    let receiving = ends::<C, Receiving>(&shared.channel, receiver, receivers.len());
    let mut tasks = Tasks::of(sending.len(), receiving.len());
    tasks.spawn::<C, Sending>(&shared, sending, senders);
    tasks.spawn::<C, Receiving>(&shared, receiving, receivers);
    for rest in REST {
        sleep_until(shared.began + rest).await;
        tasks.judge(&shared, capacity)?;
    }
    tasks.are_over(&shared)?;
    let odd = if forgets { None } else { shared.drops.odd() };
    if let Some((item, drops)) = odd {
        return broken(match drops {
            0 => format!("channel: item {item} was not dropped, and all ends are gone"),
            _ => format!("channel: item {item} was dropped {drops} times"),
        });
    }
    Ok(())
}

struct Tasks {
    senders: usize,
    receivers: usize,
    names: Vec<String>,
    handles: Vec<JoinHandle<()>>,
}

impl Tasks {
    fn of(senders: usize, receivers: usize) -> Tasks {
        Tasks { senders, receivers, names: Vec::new(), handles: Vec::new() }
    }

    fn spawn<C: Channel, E: End<C>>(
        &mut self,
        shared: &Rc<Shared<C>>,
        ends: Vec<E::Handle>,
        scripts: Vec<Script>,
    ) {
        for (number, (handle, script)) in ends.into_iter().zip(scripts).enumerate() {
            let task = self.names.len();
            let name = format!("{} {}", E::NAME, number + 1);
            let acting = Acting::<C, E>::new(shared.clone(), task, handle);
            self.handles.push(Builder::new().name(&name).spawn_local(acting.act(script)));
            self.names.push(name);
        }
    }

    /// Compares what happened with a queue.
    fn judge<C: Channel>(&self, shared: &Shared<C>, capacity: Capacity) -> Result<(), Breach> {
        let history = shared.log.history();
        let clones = |op: Op| history.iter().filter(|entry| entry.op == op).count();
        let senders = self.senders + clones(Op::CloneSender);
        let receivers = self.receivers + clones(Op::CloneReceiver);
        let (room, most) = match capacity.bound() {
            Some(bound) => shared.channel.room(bound, Ends { senders, receivers }).into_inner(),
            None => (usize::MAX, usize::MAX),
        };
        let rules = Rules { room, most, is_fair: shared.channel.is_fair() };
        let initial = Queue::new(rules, self.senders, self.receivers);
        match check(&initial, &history, BUDGET) {
            Verdict::Linearizable => {}
            Verdict::Undecided => look_for("undecided: a history that is too long to judge", true),
            Verdict::Broken(misfit) => {
                let told = misfit.told::<Queue>(&history, &self.names);
                if misfit.is_forgotten {
                    forgotten(self.id(history[misfit.culprit].task), told.clone());
                }
                return broken(format!("channel: {told}"));
            }
        }
        Ok(())
    }

    /// Nobody has a handle any more but those who wait.
    fn are_over<C: Channel>(&self, shared: &Shared<C>) -> Result<(), Breach> {
        let Some(task) = self.handles.iter().position(|handle| !handle.is_finished()) else {
            return Ok(());
        };
        let history = shared.log.history();
        let name = &self.names[task];
        let how = format!("{name} waits, and nobody is left at the other end but who waits, too");
        let told = format!("{how}\n{}", table::<Queue>(&history, &self.names));
        forgotten(self.id(task), told.clone());
        broken(format!("channel: {told}"))
    }

    fn id(&self, task: usize) -> TaskId {
        self.handles[task].id()
    }
}

/// The first handle of an end and its clones, as many as can be had up to `wanted`.
fn ends<C: Channel, E: End<C>>(channel: &C, first: E::Handle, wanted: usize) -> Vec<E::Handle> {
    let mut ends = vec![first];
    while ends.len() < wanted {
        let Some(clone) = E::clone(channel, &ends[0]) else { break };
        ends.push(clone);
    }
    ends
}
