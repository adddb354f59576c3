//! A test with arguments that fails for some of them, in some schedules.

use crate::failure::{By, Failed, seen_by_checker, seen_in};
use reveille::proptest::collection::vec;
use reveille::{CheckError, Checker, Passed, argument, spawn_local, yield_now};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const NAME: &str = "arguments";

thread_local! {
    /// The tape of the first run that failed, as it was found.
    static FOUND: RefCell<Option<reveille::Tape>> = const { RefCell::new(None) };
}

pub(crate) fn checker() -> Checker {
    Checker::new().name("replay::arguments").corpus(false)
}

/// Two tasks add to a sum, and forget that they are two.
pub(crate) fn check(checker: &Checker) -> Result<Passed, CheckError> {
    let items = argument("items", vec(0..100u32, 0..6)).and("most", 150..300u32);
    checker.try_check_with(items, |(items, most)| async move {
        let sum = Rc::new(RefCell::new(Vec::new()));
        let halves = items.chunks(items.len().max(2) / 2);
        let adders: Vec<_> = halves
            .map(|half| {
                let (sum, half) = (sum.clone(), half.to_vec());
                spawn_local(async move {
                    for item in half {
                        sum.borrow_mut().push(item);
                        yield_now().await;
                    }
                })
            })
            .collect();
        for adder in adders {
            adder.await.unwrap();
        }
        let order_is_kept = *sum.borrow() == items;
        if !order_is_kept && sum.borrow().iter().sum::<u32>() > most {
            FOUND.with_borrow_mut(|found| {
                *found = found.take().or_else(reveille_sim::current_tape);
            });
            panic!("{:?} is more than {most}", sum.borrow());
        }
    })
}

/// The failures of one seed: as it was found, and made small.
pub(crate) fn fail(seed: u64) -> Vec<Failed> {
    FOUND.set(None);
    let Err(CheckError::Broken(failure)) = check(&checker().seed(seed)) else {
        return Vec::new();
    };
    let found = FOUND.take().expect("the tape of a run that failed");
    let failed = |tape: &reveille::Tape, seen| Failed {
        by: By::CheckerWithArguments,
        specimen: NAME.into(),
        tape: tape.to_text(&failure.test),
        seen,
    };
    let seen = seen_by_checker(check(&checker().replay(found.clone())));
    vec![
        failed(&found, seen.expect("what was found fails again")),
        failed(&failure.tape, seen_in(&failure)),
    ]
}
