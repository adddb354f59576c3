//! Processes that end in the midst of a run, by themselves or by others.

use crate::tool::{Place, done};
use reveille::corpus::Entry;

#[test]
fn a_run_that_ends_its_process_is_told_and_kept() {
    for (test, what) in [
        ("aborts", "ended by SIGABRT, an abort"),
        ("overflows_its_stack", "ended by SIGSEGV"),
        ("exits", "exit"),
        ("asks_for_too_much_memory", "ended by SIGABRT, an abort"),
    ] {
        let place = Place::new();
        done(&mut place.gate(&[test])).with(100).says("breaks the law panic").says(what);
        let entries = place.entries();
        assert_eq!(entries.len(), 1, "{test}");
        let entry = Entry::from_bytes(&std::fs::read(&entries[0]).unwrap()).unwrap();
        assert!(entry.ended_its_process());
        // It is replayed first, and ends the process again.
        done(&mut place.gate(&[test])).with(100).says("found by the corpus entry");
    }
}

/// As `ci/kubernetes.yaml` has it: before the system kills all of them, one ends itself.
#[test]
fn a_run_that_needs_more_memory_than_it_may_is_told_and_kept() {
    let place = Place::new();
    let gate = place.gate(&["needs_much_memory"]);
    let mut limited = std::process::Command::new("bash");
    limited.args(["-c", "ulimit -d $((1 << 20)); exec \"$0\" \"$@\""]).arg(gate.get_program());
    limited.args(gate.get_args()).current_dir(gate.get_current_dir().unwrap());
    for (name, value) in gate.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    done(&mut limited).with(100).says("breaks the law panic").says("ended by SIGABRT, an abort");
    assert_eq!(place.entries().len(), 1);
}

/// Nobody in the process can say a last word.
#[test]
fn the_run_of_a_process_that_is_killed_is_recovered() {
    let place = Place::new();
    done(&mut place.gate(&["is_killed"]))
        .with(100)
        .says("reveille: `gate::fixture::is_killed` breaks the law panic")
        .says("the process was killed by SIGKILL, as the system does when memory is short")
        .says("replay: REVEILLE_REPLAY=v1/gate::fixture::is_killed/")
        .says("it could not be made smaller");
    let entries = place.entries();
    assert_eq!(entries.len(), 1);
    let entry = Entry::from_bytes(&std::fs::read(&entries[0]).unwrap()).unwrap();
    assert!(entry.ended_its_process() && entry.tape().deviations().count() > 0);
    // The next time it is the entry that ends the process, and that is told, too.
    done(&mut place.gate(&["is_killed"])).with(100).says("found by the corpus entry");
    assert_eq!(place.entries(), entries);
}

/// The other program ends well, which says nothing of the test.
#[test]
fn a_run_that_becomes_another_program_is_recovered() {
    let place = Place::new();
    done(&mut place.gate(&["becomes_another_program"]))
        .with(100)
        .says("reveille: `gate::fixture::becomes_another_program` breaks the law panic")
        .says("the process was ended with exit code 0")
        .says("replay: REVEILLE_REPLAY=v1/gate::fixture::becomes_another_program/");
    assert_eq!(place.entries().len(), 1);
    done(&mut place.gate(&["becomes_another_program"])).with(100).says("found by the corpus entry");
}

#[test]
fn a_process_that_says_nothing_is_ended() {
    let place = Place::new();
    done(&mut place.gate(&["hangs_before_its_check", "--hang", "2s"]))
        .with(100)
        .says("it said nothing for 2 seconds and was ended");
}

#[test]
fn a_test_that_fails_outside_its_checks_says_what_it_printed() {
    let place = Place::new();
    done(&mut place.gate(&["fails_after_its_check", "is_ordinary_and_fails"]))
        .with(100)
        .says("the test failed outside its checks")
        .says("this has nothing to do with the check")
        .says("an ordinary failure");
}
