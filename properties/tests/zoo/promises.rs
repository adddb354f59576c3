//! `property`: what a test demands of its runs, and marks that no run reaches.

use crate::golden::{compare, golden, report, run};
use reveille::time::sleep;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

golden! {
    "panic" panics_when_it_is_asked;
    "property" two_at_once;
    "property" comes_too_late;
    "property" never_comes;
    "property" answers_too_late;
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A lock that looks, yields, and then takes.
#[derive(Clone, Default)]
struct Lock {
    holders: Rc<Cell<u32>>,
}

impl Lock {
    async fn hold(self, looks_again: bool) {
        loop {
            while self.holders.get() > 0 {
                reveille::yield_now().await;
            }
            reveille::point().await;
            if !looks_again || self.holders.get() == 0 {
                break;
            }
        }
        self.holders.set(self.holders.get() + 1);
        reveille::yield_now().await;
        self.holders.set(self.holders.get() - 1);
    }
}

async fn two_holders(look_again: bool) {
    let lock = Lock::default();
    let holders = lock.holders.clone();
    let _exclusive = reveille::always("at most one holder", move || holders.get() <= 1);
    let second = reveille::Builder::new().name("second").spawn_local(lock.clone().hold(look_again));
    lock.hold(look_again).await;
    second.await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn two_at_once() {
    two_holders(false).await;
}

#[reveille::test(runs = 20_000)]
async fn one_at_a_time() {
    two_holders(true).await;
}

/// Connects after so many attempts, with a pause of 100 ms after each.
async fn connects_after(attempts: u32, within: Duration) {
    let connected = Rc::new(Cell::new(false));
    let own = connected.clone();
    let _client = reveille::Builder::new().name("client").spawn_local(async move {
        for _ in 0..attempts {
            sleep(ms(100)).await;
        }
        own.set(true);
        sleep(ms(100)).await;
    });
    reveille::eventually(within, "the client is connected", move || connected.get()).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn comes_too_late() {
    connects_after(6, ms(500)).await;
}

#[reveille::test(runs = 20_000)]
async fn comes_in_time() {
    connects_after(5, ms(500)).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn never_comes() {
    let done = Rc::new(Cell::new(false));
    sleep(ms(5)).await;
    reveille::eventually(Duration::from_secs(60), "it is done", move || done.get()).await;
}

/// A server that answers two questions, the second after `delay`.
async fn answers_after(delay: u64) {
    let (asked, answered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let (questions, answers, own) = (asked.clone(), answered.clone(), asked.clone());
    let heard = answered.clone();
    let _live = reveille::leads_to(
        ms(50),
        "a question is answered",
        move || questions.get() > answers.get(),
        move || own.get() == heard.get(),
    );
    for (question, pause) in [(1, 10), (2, delay)] {
        asked.set(question);
        sleep(ms(pause)).await;
        answered.set(question);
        // What is true between two steps only is not seen.
        reveille::yield_now().await;
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn answers_too_late() {
    answers_after(60).await;
}

#[reveille::test(runs = 20_000)]
async fn answers_in_time() {
    answers_after(50).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn panics_when_it_is_asked() {
    let readers = Rc::new(Cell::new(0u32));
    let seen = readers.clone();
    let _bounded = reveille::always("a reader at least", move || {
        seen.get().checked_sub(1).expect("readers are counted") < 9
    });
    reveille::yield_now().await;
}

#[reveille::test]
async fn is_asked_and_answers() {
    let readers = Rc::new(Cell::new(0u32));
    let seen = readers.clone();
    let _bounded = reveille::always("few readers", move || seen.get() < 9);
    reveille::yield_now().await;
}

/// Each of the guards is dropped before anything could be judged.
#[reveille::test(runs = 40)]
#[ignore = "warns on purpose"]
async fn properties_that_nobody_keeps() {
    drop(reveille::eventually(ms(5), "it is done", || false));
    drop(reveille::always("it is safe", || false));
    reveille::yield_now().await;
    reveille::eventually(ms(5), "it is kept", || true).await;
}

#[test]
fn a_property_of_which_nothing_is_judged_is_told() {
    let name = "promises::properties_that_nobody_keeps";
    let output = run(name, &[]);
    assert!(output.status.success(), "{}", report(&output));
    let told = report(&output);
    let warnings: Vec<&str> = told.lines().filter(|line| !line.starts_with("test ")).collect();
    compare(name, &(warnings.join("\n") + "\n"));
}

#[reveille::test(runs = 40)]
#[ignore = "warns on purpose"]
async fn marks_that_are_not_reached() {
    let number = reveille::draw(4);
    reveille::sometimes!("a three", number == 3);
    reveille::sometimes!("a seven", number == 7);
    if number > 9 {
        reveille::reachable!("a large number");
    }
}

#[reveille::test(runs = 40, hermetic = true)]
#[ignore = "warns on purpose"]
async fn marks_that_are_not_reached_in_a_process_of_its_own() {
    let number = reveille::draw(4);
    reveille::sometimes!("a three", number == 3);
    reveille::sometimes!("a seven", number == 7);
}

#[reveille::test(runs = 40)]
#[ignore = "run below"]
async fn marks_that_are_reached() {
    let number = reveille::draw(4);
    reveille::sometimes!("a three", number == 3);
    if number < 2 {
        reveille::reachable!("a small number");
    }
}

#[test]
fn a_mark_that_no_run_reaches_is_told() {
    for name in [
        "promises::marks_that_are_not_reached",
        "promises::marks_that_are_not_reached_in_a_process_of_its_own",
    ] {
        let output = run(name, &[]);
        assert!(output.status.success(), "{}", report(&output));
        let told = report(&output);
        let warnings: Vec<&str> = told.lines().filter(|line| !line.starts_with("test ")).collect();
        compare(name, &(warnings.join("\n") + "\n"));
    }
    let output = run("promises::marks_that_are_reached", &[]);
    assert!(output.status.success() && !report(&output).contains("warning"), "{}", report(&output));
}
