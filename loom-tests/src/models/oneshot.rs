//! Channels for one value.

use super::{join, short_name, spawn};
use crate::model::{Model, Scenario};
use crate::signal::Signal;
use crate::sync::Arc;
use std::task::{Context, Poll};

/// Sends one value, or is dropped.
pub trait OneshotSender: Send + 'static {
    /// Sends the value.
    ///
    /// # Errors
    ///
    /// The value, if the receiver is gone.
    fn send(self, value: Sent) -> Result<(), Sent>;
}

/// Receives it.
pub trait OneshotReceiver: Send + 'static {
    /// The value; none if the sender was dropped without one. Not polled again after that.
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Sent>>;
}

/// What a model sends, whose end is counted.
#[derive(Debug)]
pub struct Sent(#[expect(dead_code, reason = "it is there to be dropped")] Arc<()>);

/// Checks that the value, or that none comes, is told to who waits, and that nothing leaks.
pub fn oneshot<S: OneshotSender, R: OneshotReceiver>(
    make: impl Fn() -> (S, R) + Clone + Send + Sync + 'static,
) -> Model {
    let name = format!("oneshot of {}", short_name::<S>());
    let with = |f: fn(S, R)| {
        let make = make.clone();
        move || {
            let (sender, receiver) = make();
            f(sender, receiver);
        }
    };
    Model::of(
        name,
        vec![
            Scenario::new("a value that was sent before is received", with(before)),
            Scenario::new("who waits receives the value", with(meanwhile)),
            Scenario::new("the waker that was registered last is woken", with(replaced)),
            Scenario::new("who waits is told that the sender is gone", with(sender_gone)),
            Scenario::new("a value for a receiver that goes is not lost", with(receiver_gone)),
            Scenario::new("no waker is kept when both are gone", with(both_gone)),
        ],
    )
}

fn value() -> (Sent, Arc<()>) {
    let counted = Arc::new(());
    (Sent(counted.clone()), counted)
}

/// Polls whenever it was woken, until there is an answer.
fn receive<R: OneshotReceiver>(receiver: &mut R, task: &Signal) -> Option<Sent> {
    loop {
        match receiver.poll_recv(&mut Context::from_waker(&task.waker())) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => task.wait(),
        }
    }
}

fn before<S: OneshotSender, R: OneshotReceiver>(sender: S, mut receiver: R) {
    let task = Signal::new("the receiver");
    assert!(sender.send(value().0).is_ok(), "the receiver is there, and the value came back");
    let polled = receiver.poll_recv(&mut Context::from_waker(&task.waker()));
    assert!(matches!(polled, Poll::Ready(Some(_))), "the value was sent, and is not received");
}

fn sends<S: OneshotSender>(sender: S) -> crate::thread::JoinHandle<()> {
    spawn("sender", move || {
        assert!(sender.send(value().0).is_ok(), "the receiver is there, and the value came back");
    })
}

fn meanwhile<S: OneshotSender, R: OneshotReceiver>(sender: S, mut receiver: R) {
    let task = Signal::new("the receiver");
    let sending = sends(sender);
    let received = receive(&mut receiver, &task);
    assert!(received.is_some(), "the value was sent, and none is received");
    join([sending]);
}

fn replaced<S: OneshotSender, R: OneshotReceiver>(sender: S, mut receiver: R) {
    let (first, last) = (Signal::new("the first waker"), Signal::new("the last waker"));
    let polled = receiver.poll_recv(&mut Context::from_waker(&first.waker()));
    assert!(polled.is_pending(), "nothing was sent, and there is an answer");
    let sending = sends(sender);
    let received = receive(&mut receiver, &last);
    assert!(received.is_some(), "the value was sent, and none is received");
    join([sending]);
}

fn sender_gone<S: OneshotSender, R: OneshotReceiver>(sender: S, mut receiver: R) {
    let task = Signal::new("the receiver");
    let going = spawn("sender", move || drop(sender));
    let received = receive(&mut receiver, &task);
    assert!(received.is_none(), "nothing was sent, and something is received");
    join([going]);
}

fn receiver_gone<S: OneshotSender, R: OneshotReceiver>(sender: S, mut receiver: R) {
    let task = Signal::new("the receiver");
    let (sent, counted) = value();
    let sending = spawn("sender", move || drop(sender.send(sent)));
    let polled = receiver.poll_recv(&mut Context::from_waker(&task.waker()));
    drop((polled, receiver));
    join([sending]);
    assert_eq!(
        Arc::strong_count(&counted),
        1,
        "the value is neither received, nor back, nor dropped"
    );
}

fn both_gone<S: OneshotSender, R: OneshotReceiver>(sender: S, mut receiver: R) {
    let task = Signal::new("the receiver");
    let going = spawn("sender", move || drop(sender));
    let polled = receiver.poll_recv(&mut Context::from_waker(&task.waker()));
    drop((polled, receiver));
    join([going]);
    assert_eq!(task.wakers(), 0, "both ends are gone, and a waker is left");
}
