//! Adapters that break their own promises are told by the name of their method.

use crate::{checker, told_by};
use reveille::laws::{self, Capacity, Channel, Ends, Item};
use reveille::{Checker, Law};
use std::ops::RangeInclusive;
use std::process::Command;
use std::time::Duration;
use tokio::sync::mpsc;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    OffersACapacityThatPanics,
    SendPanics,
    RecvBlocks,
    RoomPanics,
}
use Fault::*;

#[derive(Clone)]
struct Bad(Fault);

impl Channel for Bad {
    type Sender = mpsc::Sender<Item>;
    type Receiver = mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::channel(capacity.bound().unwrap())
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Bounded(usize::from(self.0 != OffersACapacityThatPanics))]
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        assert!(self.0 != SendPanics, "the adapter is unfinished");
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        if self.0 == RecvBlocks {
            loop {
                std::thread::yield_now();
            }
        }
        receiver.recv().await
    }

    fn room(&self, bound: usize, ends: Ends) -> RangeInclusive<usize> {
        assert!(self.0 != RoomPanics, "no room for {ends:?}");
        bound..=bound
    }
}

#[track_caller]
fn is_told(fault: Fault, words: &str) {
    told_by(laws::channel(Bad(fault)), checker(), Law::Panic, words, "capacity = ");
}

#[test]
fn a_capacity_that_is_not_allowed() {
    is_told(OffersACapacityThatPanics, "in `Channel::open` of the adapter: mpsc bounded channel");
}

#[test]
fn an_operation_that_panics() {
    is_told(SendPanics, "in `Channel::send` of the adapter: the adapter is unfinished");
}

#[test]
fn a_model_that_panics() {
    is_told(RoomPanics, "in `Channel::room` of the adapter: no room for Ends");
}

#[test]
#[ignore = "run by the test below, in another process: it ends its own"]
fn never_returns() {
    let checker = Checker::new().corpus(false).watchdog(Duration::from_millis(300));
    laws::channel(Bad(RecvBlocks)).checker(checker).check();
}

#[test]
fn an_operation_that_never_returns() {
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["bad_adapters::never_returns", "--exact", "--ignored", "--nocapture"]);
    let output = test.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(101), "{told}");
    assert!(told.contains("does not return, in `Channel::recv` of the adapter"), "{told}");
}

/// Two tasks that send as often as they can: more operations than any search goes through.
#[test]
fn histories_that_are_too_long_are_said_to_be_undecided() {
    #[derive(Clone)]
    struct Unbounded;

    impl Channel for Unbounded {
        type Sender = mpsc::UnboundedSender<Item>;
        type Receiver = mpsc::UnboundedReceiver<Item>;

        fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
            mpsc::unbounded_channel()
        }

        async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
            sender.send(item).is_ok()
        }

        async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
            receiver.recv().await
        }

        fn capacities(&self) -> Vec<Capacity> {
            vec![Capacity::Unbounded]
        }
    }

    let suite = laws::channel(Unbounded).operations_up_to(4_000);
    let passed = suite.checker(checker().runs(50)).try_check().unwrap();
    let undecided = passed.marks.iter().find(|mark| mark.name.contains("undecided"));
    assert!(undecided.is_some_and(|mark| mark.seen > 10), "{passed}");
}
