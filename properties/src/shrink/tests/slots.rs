//! A waker that is registered once only: failures that take several deviations, of kinds
//! that bring choices of one another.

use super::deviations;
use crate::host::{Here, Host, Plan};
use reveille_sim::{Kind, Law, Portfolio, Settings, spawn_local, yield_now};
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Waits at a gate and leaves its waker there on its first poll only.
async fn registers_once(gate: Gate) {
    let mut registered = false;
    poll_fn(|cx| {
        let mut gate = gate.borrow_mut();
        if gate.0 {
            return Poll::Ready(());
        }
        if !std::mem::replace(&mut registered, true) {
            gate.1 = Some(cx.waker().clone());
        }
        Poll::Pending
    })
    .await;
}

/// Whether it is open, and who waits.
type Gate = Rc<RefCell<(bool, Option<Waker>)>>;

/// Wakes who waits, and perhaps opens; the waker stays where it is.
async fn wakes(gate: Gate, opens: bool, yields: u32) {
    for _ in 0..yields {
        yield_now().await;
    }
    gate.borrow_mut().0 |= opens;
    let waker = gate.borrow().1.clone();
    waker.into_iter().for_each(Waker::wake);
}

/// `w` waits, `o` opens and `n` only nudges, spawned in that order.
async fn play(who: &str, yields: u32) {
    let gate = Gate::default();
    let spawn = |what| match what {
        'w' => spawn_local(registers_once(gate.clone())),
        what => spawn_local(wakes(gate.clone(), what == 'o', yields)),
    };
    let tasks: Vec<_> = who.chars().map(spawn).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Who plays, how often they yield, a tape, and the fewest deviations of one that fails alike.
type Case = (&'static str, u32, &'static [(Kind, &'static [u32])], usize);

/// Each of these tapes was the end before faults could go with their steps, some of them
/// after four thousand replays.
#[test]
fn a_fault_goes_with_the_step_that_it_brought() {
    use Kind::{DelayedWake, FreshWaker, Schedule, SpuriousPoll};
    let cases: [Case; 5] = [
        ("own", 0, &[(Schedule, &[1, 3]), (FreshWaker, &[1]), (SpuriousPoll, &[1, 1])], 4),
        (
            "oooow",
            0,
            &[(Schedule, &[5, 4, 4]), (FreshWaker, &[0, 1]), (SpuriousPoll, &[1, 0, 1])],
            4,
        ),
        (
            "oooow",
            0,
            &[(Schedule, &[5, 5, 4, 4]), (FreshWaker, &[0, 0, 1]), (SpuriousPoll, &[1, 1, 0, 1])],
            4,
        ),
        ("oooow", 1, &[(Schedule, &[5, 4]), (FreshWaker, &[0, 1]), (SpuriousPoll, &[1, 0, 1])], 3),
        ("wnno", 3, &[(FreshWaker, &[0, 0, 0, 1]), (DelayedWake, &[1, 0, 1])], 2),
    ];
    for (who, yields, lanes, least) in cases {
        let body = || play(who, yields);
        let mut host = Here::new(&body, Settings::default(), Portfolio::new(0));
        let start = super::tape(lanes);
        let record = host.run(&Plan::replay(start.clone())).unwrap();
        let broken = record.broken.clone().expect("a tape that fails");
        assert_eq!(broken.law, Law::StaleWaker);
        let result = super::super::shrink(&mut host, record, &broken);
        let left = deviations(&result.record.tape);
        assert_eq!(left.len(), least, "{who} {yields}: {left:?}");
        assert!(result.replays < 1_500, "{who} {yields}: {} replays", result.replays);
    }
}
