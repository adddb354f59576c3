use super::*;
use crate::error::Failure;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use reveille_sim::{Kind, draw, spawn, spawn_local, yield_now};
use std::cell::Cell;
use std::rc::Rc;

const PLACE: Place = Place { module: "gate", package: "/somewhere/my_crate/fuzz", target: None };

fn begin<'a>(checker: Checker, body: &'a dyn Body) -> Result<Inputs<'a>, CheckError> {
    Inputs::begin(PLACE, checker.corpus(false), Config::default(), body)
}

/// Three tasks, of which the last must not be the first.
async fn ordered() {
    let first = Rc::new(Cell::new(0));
    let tasks = [1, 2, 3].map(|number| {
        let first = first.clone();
        spawn_local(async move {
            if first.get() == 0 {
                first.set(number);
            }
            yield_now().await;
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert_ne!(first.get(), 3, "the last was first");
}

fn failure(result: Result<bool, CheckError>) -> Failure {
    match result {
        Err(CheckError::Broken(failure)) => *failure,
        other => panic!("expected a broken law, got {other:?}"),
    }
}

/// The tape of an input that breaks no law.
fn tape_of(host: &mut Here<'_>, bytes: &[u8]) -> Tape {
    host.run(&Plan::bytes(1, bytes).hashed()).unwrap().tape
}

/// Tasks that take turns under every fault, and draw.
async fn busy() {
    let tasks = [3, 700].map(|most| {
        spawn(async move {
            for _ in 0..draw(4) {
                yield_now().await;
                crate::time::sleep(std::time::Duration::from_millis(draw(most).into())).await;
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_pass_where_no_law_is_broken(inputs in vec(vec(any::<u8>(), 0..60), 1..8)) {
        let mut target = begin(Checker::new(), &busy).unwrap();
        for bytes in &inputs {
            prop_assert!(target.run(bytes).unwrap());
        }
    }

    #[test]
    fn a_tape_becomes_bytes_and_those_the_tape(bytes in vec(any::<u8>(), 0..60)) {
        let (_, settings, _) = Checker::new().or_named("gate").rules(Location::caller());
        let mut host = Here::new(&busy, settings, Portfolio::new(0));
        let tape = tape_of(&mut host, &bytes);
        prop_assert_eq!(&tape_of(&mut host, &bytes), &tape);
        let written = Checker::new().fuzz_bytes(&tape, busy).unwrap();
        prop_assert!(tape_of(&mut host, &written).deviations().eq(tape.deviations()));
    }
}

#[test]
fn no_bytes_are_the_plain_run() {
    let (_, settings, _) = Checker::new().or_named("gate").rules(Location::caller());
    let mut host = Here::new(&busy, settings, Portfolio::new(0));
    let plain = host.run(&Plan::replay(Tape::new()).hashed()).unwrap();
    let empty = host.run(&Plan::bytes(1, &[]).hashed()).unwrap();
    assert_eq!((empty.hash, empty.tape), (plain.hash, plain.tape));
    assert!(Checker::new().fuzz_bytes(&Tape::new(), busy).unwrap().is_empty());
}

#[test]
fn a_broken_law_is_made_small_and_told() {
    let mut target = begin(Checker::new(), &ordered).unwrap();
    assert!(target.run(&[]).unwrap());
    let Failure { law, tape, report, .. } = failure(target.run(&[0, 0, 2, 1, 1, 1, 1]));
    assert_eq!(law, Law::Panic);
    assert_eq!(tape.deviations().collect::<Vec<_>>(), [(Kind::Schedule, 0, 2)]);
    assert!(report.starts_with("reveille: `gate` breaks the law panic\n"), "{report}");
    let line = format!("REVEILLE_REPLAY={} cargo fuzz run gate -- -runs=1\n", tape.to_text("gate"));
    assert!(report.contains(&line), "{report}");
    assert!(report.contains("\n  found in input 2 of the fuzzer, 7 bytes; "), "{report}");

    // The line to paste does what it says.
    let replay = Some(("gate".to_owned(), tape.clone()));
    let config = Config { replay, ..Config::default() };
    let mut target = Inputs::begin(PLACE, Checker::new().corpus(false), config, &ordered).unwrap();
    assert_eq!(failure(target.run(&[])).tape, tape);
}

#[test]
fn a_tape_of_another_test_is_none_of_its_business() {
    let config = Config { replay: Some(("other".to_owned(), Tape::new())), ..Config::default() };
    let target = Inputs::begin(PLACE, Checker::new().corpus(false), config, &busy).unwrap();
    assert_eq!(target.replay, None);
}

#[test]
fn a_plain_run_that_fails_is_told_as_such() {
    let body = || async { std::future::pending::<()>().await };
    let mut target = begin(Checker::new().name("waits"), &body).unwrap();
    let report = failure(target.run(&[1, 2, 3])).report;
    assert!(report.contains("breaks the law pending-without-waker\n"), "{report}");
    assert!(report.contains("\n  found in the plain run; "), "{report}");
}

#[test]
fn warnings_are_told_once_and_are_no_crash() {
    let body = || async { assert_eq!(draw(3), 0, "drawn") };
    let mut target = begin(Checker::new().warn(Law::Panic), &body).unwrap();
    for bytes in [&[][..], &[0, 0, 1], &[0, 0, 2], &[0, 0, 1]] {
        assert!(target.run(bytes).unwrap());
    }
    let laws: Vec<_> = target.warnings.iter().map(|warning| warning.law).collect();
    assert_eq!(laws, [Law::Panic]);
}

#[test]
fn inputs_that_the_body_rejects_are_not_kept() {
    let body = || async {
        let number = draw(3);
        prop_assume!(number != 1);
        Ok::<(), TestCaseError>(())
    };
    let mut target = begin(Checker::new(), &body).unwrap();
    let kept = [0, 1, 2].map(|number| target.run(&[0, 0, number]).unwrap());
    assert_eq!(kept, [true, false, true]);
}

#[test]
fn a_body_that_cannot_be_repeated_says_so() {
    let runs = Cell::new(0);
    let body = || {
        runs.set(runs.get() + 1);
        let spawns = runs.get();
        async move {
            for _ in 0..spawns {
                spawn(async {}).await.unwrap();
            }
        }
    };
    let mut target = begin(Checker::new(), &body).unwrap();
    let Failure { law, report, .. } = failure(target.run(&[]));
    assert_eq!(law, Law::Nondeterminism);
    assert!(report.contains("is the first that differs"), "{report}");
    assert!(report.contains("a fuzzer sees only what its own process covers"), "{report}");
}

#[test]
fn hermetic_runs_are_refused() {
    let refused = begin(Checker::new().hermetic(true), &busy).unwrap_err();
    let message = "no hermetic runs can be had: a fuzzer sees only what its own process covers";
    assert_eq!(refused.to_string(), message);
    let mut tape = Tape::new();
    tape.set_hermetic(true);
    let refused = Checker::new().fuzz_bytes(&tape, busy).unwrap_err();
    assert_eq!(refused.to_string(), message);
}

#[test]
fn the_corpus_is_that_of_the_package_around() {
    let corpus = |asked: Corpus| PLACE.corpus(&asked);
    assert_eq!(corpus(Corpus::Package), "/somewhere/my_crate/corpus".into());
    assert_eq!(corpus("tapes".into()), "/somewhere/my_crate/tapes".into());
    assert_eq!(corpus("/tapes".into()), "/tapes".into());
    assert_eq!(corpus(Corpus::Off), Corpus::Off);
}

/// The first input of many whose bytes make a list that ends in a large item.
#[test]
fn bytes_make_the_arguments_of_a_body_and_a_tape_gives_them_back() {
    let items = || vec(0..100u8, 2..6);
    let (strategy, trees) = (items(), RefCell::default());
    let sorted = |items: Vec<u8>| async move {
        assert!(items.last() < Some(&90), "too large an item");
    };
    let body = || crate::arguments::begin(&strategy, &trees, &sorted);
    let mut inputs = begin(Checker::new(), &body).unwrap();
    let found = (0..=255).find_map(|seed| match inputs.run(&[0, 0, seed, 1, 2, 3, 4, 5, 6, 7]) {
        Ok(_) => None,
        failed => Some(failure(failed)),
    });
    let tape = found.expect("one in ten").tape;
    assert!(!tape.lane(Kind::Argument).is_empty());
    let bytes = Checker::new().fuzz_bytes_with(&tape, items(), sorted).unwrap();
    let again = failure(begin(Checker::new(), &body).unwrap().run(&bytes));
    assert_eq!(again.tape, tape);
}
