//! Tests with arguments: the input and the schedule of a failure are made small
//! together, and arguments that nobody wants come to an end.

use crate::golden::{compare, golden, run};
use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

golden! {
    "panic" loses_the_order_of_items;
    "panic" fails_for_large_numbers;
    "panic" fails_where_two_arguments_meet;
    "panic" fails_by_prop_assert;
    "panic" fails_with_arguments_in_a_process_of_its_own;
}

/// Every item is sent by a task of its own.
async fn deliver(items: Vec<u8>) -> Vec<u8> {
    let delivered = Rc::new(RefCell::new(Vec::new()));
    let senders: Vec<_> = items
        .into_iter()
        .map(|item| {
            let delivered = delivered.clone();
            reveille::spawn_local(async move { delivered.borrow_mut().push(item) })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    delivered.take()
}

/// It takes two items that differ, and one that overtakes the other.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn loses_the_order_of_items(#[strategy(vec(any::<u8>(), 0..8))] items: Vec<u8>) {
    assert_eq!(deliver(items.clone()).await, items);
}

#[reveille::test(runs = 20_000)]
async fn loses_no_item(#[strategy(vec(any::<u8>(), 0..8))] mut items: Vec<u8>) {
    let mut delivered = deliver(items.clone()).await;
    delivered.sort();
    items.sort();
    assert_eq!(delivered, items);
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn fails_for_large_numbers(#[strategy(0..1_000_000u32)] number: u32) {
    reveille::yield_now().await;
    assert!(number < 1_234, "too large");
}

#[reveille::test(runs = 20_000)]
async fn accepts_all_numbers(#[strategy(0..1_000_000u32)] number: u32) {
    reveille::yield_now().await;
    assert!(number < 1_000_000);
}

/// The name is as long as it must be, and the number as small as it may be.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn fails_where_two_arguments_meet(
    #[strategy("[a-z]{0,12}")] name: String,
    #[strategy((any::<bool>(), 0..9u8))] (hurry, count): (bool, u8),
) {
    let length = reveille::spawn(async move { name.len() });
    assert!(length.await.unwrap() < 3 || !hurry || count < 2);
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn fails_by_prop_assert(#[strategy(0..100i32)] number: i32) -> Result<(), TestCaseError> {
    prop_assume!(number % 2 == 1);
    prop_assert!(number < 50, "{number} is not below 50");
    Ok(())
}

#[reveille::test(hermetic = true, runs = 50)]
#[ignore = "broken on purpose"]
async fn fails_with_arguments_in_a_process_of_its_own(
    #[strategy(0..1_000u32)] first: u32,
    #[strategy(0..1_000u32)] second: u32,
) {
    reveille::yield_now().await;
    assert!(first + second < 900);
}

/// What the body rejects is no failure, and other runs take its place.
#[reveille::test(runs = 500)]
async fn rejects_half_of_the_numbers(
    #[strategy(0..100u32)] number: u32,
) -> Result<(), TestCaseError> {
    prop_assume!(number < 50);
    prop_assert_ne!(number, 66);
    Ok(())
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn strategy_rejects_everything(
    #[strategy((0..100u32).prop_filter("it is larger than a hundred", |n| *n > 100))] number: u32,
) {
    let _ = number;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn body_rejects_everything(#[strategy(0..100u32)] number: u32) -> Result<(), TestCaseError> {
    prop_assume!(number > 100, "the number is too small");
    Ok(())
}

#[reveille::test(hermetic = true)]
#[ignore = "broken on purpose"]
async fn rejects_everything_in_a_process_of_its_own(
    #[strategy((0..100u32).prop_filter("it is larger than a hundred", |n| *n > 100))] number: u32,
) {
    let _ = number;
}

/// A check that comes to no end of its own says why.
fn is_rejected(name: &str) {
    let output = run(name, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "`{name}` passed:\n{said}");
    let lines = said.lines().skip_while(|line| !line.contains(" runs were rejected"));
    compare(name, &(lines.collect::<Vec<_>>().join("\n").trim_end().to_owned() + "\n"));
}

#[test]
fn rejecting_everything_ends() {
    is_rejected("arguments::strategy_rejects_everything");
    is_rejected("arguments::body_rejects_everything");
    is_rejected("arguments::rejects_everything_in_a_process_of_its_own");
}
