//! The portfolio: every member has its turn, forks catch up, and what only some of the
//! members find is found soon.

use reveille_sim::{
    Faults, Member, Plain, Portfolio, Random, Runnable, Sampler, Settings, Strand, World, yield_now,
};
use std::cell::RefCell;
use std::rc::Rc;

/// What a portfolio does in run after run, as tapes of a program with faults and draws.
fn tapes(portfolio: &mut Portfolio, world: &mut World, runs: std::ops::Range<u64>) -> Vec<String> {
    let settings = Settings::default();
    runs.map(|run| {
        let outcome = world.run(&settings, portfolio, run, crate::determinism::everything);
        assert!(outcome.verdict.is_none());
        format!("{} {}", portfolio.member(), world.tape().to_text("t"))
    })
    .collect()
}

#[test]
fn a_portfolio_is_a_function_of_its_seed() {
    let of = |seed| tapes(&mut Portfolio::new(seed), &mut World::new(), 0..200);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn a_portfolio_catches_up_with_runs_made_elsewhere() {
    let settings = Settings::default();
    let mut world = World::new();
    let mut here = Portfolio::new(4);
    let expected = tapes(&mut here, &mut world, 0..300);
    // The same with a fresh copy of the samplers for every run, as in forks.
    let mut parent = Portfolio::new(4);
    for run in 0..300u64 {
        let mut child = parent.clone();
        let tape = tapes(&mut child, &mut world, run..run + 1);
        assert_eq!(tape[0], expected[run as usize], "run {run}");
        parent.catch_up(run, settings.faults, &child.lesson());
    }
    // A lesson that is damaged teaches nothing, and is no harm.
    parent.catch_up(300, settings.faults, &[1, u64::MAX, 7]);
    parent.catch_up(301, settings.faults, &[]);
    tapes(&mut parent, &mut world, 302..330);
}

#[test]
fn a_portfolio_catches_up_far_on() {
    let settings = Settings::default();
    let mut world = World::new();
    let (mut here, mut there) = (Portfolio::new(4), Portfolio::new(4));
    // Longer than runs go by fixed turns.
    let runs = 10_200;
    for run in 0..runs {
        tapes(&mut here, &mut world, run..run + 1);
        there.catch_up(run, settings.faults, &here.lesson());
        assert_eq!(there.member(), here.member(), "run {run}");
    }
    let further = runs..runs + 100;
    assert_eq!(
        tapes(&mut here, &mut world, further.clone()),
        tapes(&mut there, &mut world, further)
    );
    // A lesson that is damaged is a run all the same.
    there.catch_up(runs + 100, settings.faults, &[]);
    tapes(&mut there, &mut world, runs + 101..runs + 130);
}

/// Makes a run of two strands, each of so many turns; gives how many there were in all.
fn turns(portfolio: &mut Portfolio, run: u64, length: impl Fn(Member) -> u32) -> u64 {
    let root = Strand::root();
    let strands = [1, 2].map(|number| root.spawn(number));
    portfolio.begin(run, Faults::NONE);
    let length = length(portfolio.member());
    let mut turns = 0;
    loop {
        let left: Vec<&Strand> = strands.iter().filter(|strand| strand.turns() < length).collect();
        let taken = match left.len() {
            0 => break,
            1 => left[0],
            _ => left[portfolio.schedule(&Runnable::of(&left)) as usize],
        };
        portfolio.turn(taken);
        taken.take_turn();
        turns += 1;
    }
    portfolio.end();
    turns
}

#[test]
fn a_bounded_search_that_makes_long_runs_has_a_tenth_of_the_late_turns() {
    let mut portfolio = Portfolio::new(4);
    let length = |member| if member == Member::Bounded { 300 } else { 6 };
    let (mut bounded, mut all) = (0, 0);
    for run in 0..20_000 {
        let turns = turns(&mut portfolio, run, length);
        if run >= 10_000 {
            bounded += if portfolio.member() == Member::Bounded { turns } else { 0 };
            all += turns;
        }
    }
    let part = f64::from(bounded as u32) / f64::from(all as u32);
    assert!((0.09..0.11).contains(&part), "it has {bounded} of {all}");
}

#[test]
fn every_member_has_its_turn() {
    let mut portfolio = Portfolio::new(4);
    let mut world = World::new();
    let made = tapes(&mut portfolio, &mut world, 0..41);
    for name in ["bounded search", "pos", "surw", "pct", "urw", "sticky", "random"] {
        let runs = made.iter().filter(|tape| tape.starts_with(name)).count();
        assert!(runs >= 2, "{name} made {runs} runs");
    }
}

/// Three tasks of twenty steps, each of which yields; whether one of them ended before
/// another began.
fn starves(portfolio: &mut impl Sampler, world: &mut World, run: u64) -> bool {
    let settings = Settings::default();
    let steps = Rc::new(RefCell::new(Vec::new()));
    let outcome = world.run(&settings, portfolio, run, || {
        let steps = steps.clone();
        async move {
            let tasks: Vec<_> = (0..3)
                .map(|task| {
                    let steps = steps.clone();
                    reveille_sim::spawn_local(async move {
                        for _ in 0..20 {
                            steps.borrow_mut().push(task);
                            yield_now().await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        }
    });
    assert!(outcome.verdict.is_none());
    let steps = steps.borrow();
    let ends = |task| steps.iter().rposition(|step| *step == task).unwrap();
    let begins = |task| steps.iter().position(|step| *step == task).unwrap();
    (0..3).any(|one| (0..3).any(|two| one != two && ends(one) < begins(two)))
}

#[test]
fn the_portfolio_finds_the_starvation_order_within_ten_runs() {
    let mut world = World::new();
    for seed in 0..200 {
        let mut portfolio = Portfolio::new(seed);
        let found = (0..10).any(|run| starves(&mut portfolio, &mut world, run));
        assert!(found, "seed {seed}");
    }
}

#[test]
fn a_random_walk_never_finds_it() {
    let mut world = World::new();
    let mut random = Random::new(0);
    assert!((0..10_000).all(|run| !starves(&mut random, &mut world, run)));
}

/// What a future waits for, and where it leaves its waker.
#[derive(Default)]
struct Gate {
    is_open: bool,
    waker: Option<std::task::Waker>,
}

/// Waits at a gate and leaves its waker there on its first poll only.
async fn registers_once(gate: Rc<RefCell<Gate>>) {
    let mut registered = false;
    std::future::poll_fn(|cx| {
        let mut gate = gate.borrow_mut();
        if gate.is_open {
            return std::task::Poll::Ready(());
        }
        if !std::mem::replace(&mut registered, true) {
            gate.waker = Some(cx.waker().clone());
        }
        std::task::Poll::Pending
    })
    .await;
}

#[test]
fn the_portfolio_finds_a_waker_registered_once_within_ten_runs() {
    let body = || async {
        let gate = Rc::new(RefCell::new(Gate::default()));
        let waits = reveille_sim::spawn_local(registers_once(gate.clone()));
        let wake = |opens: bool| {
            let gate = gate.clone();
            reveille_sim::spawn_local(async move {
                gate.borrow_mut().is_open |= opens;
                let waker = gate.borrow_mut().waker.take();
                waker.into_iter().for_each(std::task::Waker::wake);
            })
        };
        let (nudges, opens) = (wake(false), wake(true));
        nudges.await.unwrap();
        opens.await.unwrap();
        waits.await.unwrap();
    };
    let mut world = World::new();
    let settings = Settings::default();
    assert!(world.run(&settings, &mut Plain, 0, body).verdict.is_none(), "too easy");
    for seed in 0..200 {
        let mut portfolio = Portfolio::new(seed);
        let verdict =
            (0..10).find_map(|run| world.run(&settings, &mut portfolio, run, body).verdict);
        let law = verdict.map(|finding| finding.law);
        assert_eq!(law, Some(reveille_sim::Law::PendingWithoutWaker), "seed {seed}");
    }
}
