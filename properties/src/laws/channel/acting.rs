//! What a task does with its end of the channel, step by step.

use super::Channel;
use super::item::Drops;
use super::model::{Answer, Op};
use super::plan::{Script, Step};
use crate::laws::linear::{Effect, Log};
use crate::laws::patience::Patience;
use reveille_sim::time::{Duration, Instant, sleep, sleep_until};
use reveille_sim::{look_for, yield_now};
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

/// When those who hold on let go: between the two times of rest.
const LET_GO: Duration = Duration::from_secs(2 * 3_600);

/// What the tasks of a run share.
pub(super) struct Shared<C> {
    pub(super) channel: C,
    pub(super) log: Log<Op, Answer>,
    pub(super) drops: Drops,
    pub(super) began: Instant,
}

/// One end of a channel.
pub(super) trait End<C: Channel>: 'static {
    type Handle: 'static;
    const NAME: &'static str;
    const CLONE: Op;
    const DROP: Op;

    fn clone(channel: &C, handle: &Self::Handle) -> Option<Self::Handle>;

    fn close(channel: &C, handle: &mut Self::Handle) -> Option<()>;

    /// What may wait.
    async fn wait(shared: &Shared<C>, task: usize, handle: &mut Self::Handle, patience: Patience);

    /// What may not.
    fn attempt(shared: &Shared<C>, task: usize, handle: &mut Self::Handle);
}

/// A task with the handles that it has.
pub(super) struct Acting<C: Channel, E: End<C>> {
    shared: Rc<Shared<C>>,
    task: usize,
    /// At least one, until it lets go; the last is the one in use.
    handles: Vec<E::Handle>,
}

impl<C: Channel, E: End<C>> Acting<C, E> {
    pub(super) fn new(shared: Rc<Shared<C>>, task: usize, handle: E::Handle) -> Acting<C, E> {
        Acting { shared, task, handles: vec![handle] }
    }

    pub(super) async fn act(mut self, script: Script) {
        for step in script.steps {
            self.step(step).await;
        }
        if script.holds_on {
            sleep_until(self.shared.began + LET_GO).await;
        }
        while !self.handles.is_empty() {
            self.drop_one();
        }
    }

    async fn step(&mut self, step: Step) {
        let count = self.handles.len();
        let Some(handle) = self.handles.last_mut() else { return };
        match step {
            Step::Wait(patience) => E::wait(&self.shared, self.task, handle, patience).await,
            Step::Try => E::attempt(&self.shared, self.task, handle),
            Step::Clone => {
                let clone = self.shared.offered(self.task, E::CLONE, |channel| {
                    E::clone(channel, handle).map(|clone| (Answer::Done, clone))
                });
                self.handles.extend(clone);
            }
            Step::Drop if count > 1 => self.drop_one(),
            Step::Drop => {}
            Step::Close => {
                let close = |channel: &C| E::close(channel, handle).map(|()| (Answer::Done, ()));
                let _ = self.shared.offered(self.task, Op::Close, close);
            }
            Step::Yield => yield_now().await,
            Step::Sleep(millis) => sleep(Duration::from_millis(u64::from(millis))).await,
        }
    }

    fn drop_one(&mut self) {
        let at = self.shared.log.call(self.task, E::DROP);
        drop(self.handles.pop());
        self.shared.log.answer(at, Answer::Done);
    }
}

impl<C: Channel> Shared<C> {
    /// Does what does not wait, if the channel has it.
    fn offered<T>(
        &self,
        task: usize,
        op: Op,
        operate: impl FnOnce(&C) -> Option<(Answer, T)>,
    ) -> Option<T> {
        let name = op.name();
        let at = self.log.call(task, op);
        match operate(&self.channel) {
            Some((answer, output)) => {
                self.log.answer(at, answer);
                look_for(name.offered, true);
                Some(output)
            }
            None => {
                self.log.retract(at);
                look_for(name.not_offered, true);
                None
            }
        }
    }
}

pub(super) struct Sending;

impl<C: Channel> End<C> for Sending {
    type Handle = C::Sender;
    const NAME: &'static str = "sender";
    const CLONE: Op = Op::CloneSender;
    const DROP: Op = Op::DropSender;

    fn clone(channel: &C, handle: &C::Sender) -> Option<C::Sender> {
        channel.clone_sender(handle)
    }

    fn close(channel: &C, handle: &mut C::Sender) -> Option<()> {
        channel.close_by_sender(handle)
    }

    async fn wait(shared: &Shared<C>, task: usize, handle: &mut C::Sender, patience: Patience) {
        let item = shared.drops.item();
        let at = shared.log.call(task, Op::Send(item.number()));
        let send = shared.channel.send(handle, item);
        let send = shared.log.follow(at, Effect::Maybe, send, |accepted| match accepted {
            true => Answer::Done,
            false => Answer::Refused,
        });
        patience.wait(send).await;
        // One that was forgotten noted nothing.
        shared.log.give_up(at, Effect::Maybe);
    }

    fn attempt(shared: &Shared<C>, task: usize, handle: &mut C::Sender) {
        let is_busy = shared.log.is_busy();
        let item = shared.drops.item();
        let _ = shared.offered(task, Op::TrySend(item.number()), |channel| {
            let answer = match channel.try_send(handle, item)? {
                Ok(()) => Answer::Done,
                Err(TrySendError::Full(())) if is_busy => Answer::NotNow,
                Err(TrySendError::Full(())) => Answer::Full,
                Err(TrySendError::Disconnected(())) => Answer::Refused,
            };
            Some((answer, ()))
        });
    }
}

pub(super) struct Receiving;

impl<C: Channel> End<C> for Receiving {
    type Handle = C::Receiver;
    const NAME: &'static str = "receiver";
    const CLONE: Op = Op::CloneReceiver;
    const DROP: Op = Op::DropReceiver;

    fn clone(channel: &C, handle: &C::Receiver) -> Option<C::Receiver> {
        channel.clone_receiver(handle)
    }

    fn close(channel: &C, handle: &mut C::Receiver) -> Option<()> {
        channel.close_by_receiver(handle)
    }

    async fn wait(shared: &Shared<C>, task: usize, handle: &mut C::Receiver, patience: Patience) {
        let loses = shared.channel.loses_on_cancel();
        let effect = if loses { Effect::Maybe } else { Effect::None };
        let at = shared.log.call(task, Op::Recv);
        let recv = shared.channel.recv(handle);
        let recv = shared.log.follow(at, effect, recv, |item| match item {
            Some(item) => Answer::Received(item.number()),
            None => Answer::Ended,
        });
        drop(patience.wait(recv).await);
        shared.log.give_up(at, effect);
    }

    fn attempt(shared: &Shared<C>, task: usize, handle: &mut C::Receiver) {
        let is_busy = shared.log.is_busy();
        let item = shared.offered(task, Op::TryRecv, |channel| {
            let received = channel.try_recv(handle)?;
            let answer = match &received {
                Ok(item) => Answer::Received(item.number()),
                Err(TryRecvError::Empty) if is_busy => Answer::NotNow,
                Err(TryRecvError::Empty) => Answer::Empty,
                Err(TryRecvError::Disconnected) => Answer::Ended,
            };
            Some((answer, received.ok()))
        });
        drop(item);
    }
}
