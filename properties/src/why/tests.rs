//! Critical pairs of small programs, and of programs made at random.

use super::pair::{Pair, Way};
use super::{Inquiry, Seen, Why, explain};
use crate::chart::{Chart, Choice, Turn};
use crate::corpus::Notes;
use crate::host::{Body, Here, Host, HostError, Plan};
use crate::record::{Broken, RunRecord};
use crate::shrink::shrink;
use crate::trace_file::Depicted;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::{
    Builder, Faults, Kind, Path, Portfolio, Random, Settings, Tape, World, draw, point,
    spawn_local, yield_now,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

fn here(body: &dyn Body) -> Here<'_> {
    Here::new(body, Settings::default(), Portfolio::new(7))
}

/// Searches at random for a failure and shrinks it.
fn found(host: &mut Here<'_>) -> (Tape, Broken) {
    let record = (0..10_000).find_map(|run| {
        Some(host.run(&Plan::search(run)).unwrap()).filter(|record| record.broken.is_some())
    });
    let record = record.expect("a failure");
    let broken = record.broken.clone().unwrap();
    (shrink(host, record, &broken).record.tape, broken)
}

fn why(body: &dyn Body) -> String {
    let mut host = here(body);
    let (tape, broken) = found(&mut host);
    explain(&mut host, &tape, &broken, false).text
}

const FILE: &str = "properties/src/why/tests.rs";

#[test]
fn a_lost_update_is_a_read_before_the_other_write() {
    let read_line = Cell::new(0);
    let body = || {
        let read_line = &read_line;
        async move {
            let balance = Rc::new(Cell::new(0));
            let tasks = ["left", "right"].map(|name| {
                let balance = balance.clone();
                Builder::new().name(name).spawn_local(async move {
                    let read = balance.get();
                    point().await;
                    balance.set(read + 1);
                })
            });
            read_line.set(line!() - 3);
            for task in tasks {
                task.await.unwrap();
            }
            assert_eq!(balance.get(), 2);
        }
    };
    let text = why(&body);
    let spawned = read_line.get() - 3;
    let point = read_line.get() - 1;
    assert_eq!(
        text,
        format!(
            "it fails only if task 2 `right` (starts in step 3, spawned at {FILE}:{spawned})\n\
             runs before task 1 `left` (goes on in step 4 from the point in {FILE}:{point})"
        )
    );
}

#[test]
fn what_fails_in_every_order_is_told_so() {
    let body = || async {
        for task in [0, 1].map(|_| spawn_local(point_and_end())) {
            task.await.unwrap();
        }
        assert_eq!(draw(1), 1, "always");
    };
    let text = why(&body);
    assert!(
        text.starts_with("it fails in every order that was tried: the plain one and "),
        "{text}"
    );
    let body = || async { assert_eq!(draw(1), 1, "at once") };
    assert_eq!(why(&body), "", "there is no other order");
}

async fn point_and_end() {
    point().await;
}

#[test]
fn a_plain_run_that_fails_has_a_pair_if_another_order_passes() {
    let body = || async {
        let done = Rc::new(Cell::new(false));
        let other = done.clone();
        let task = spawn_local(async move {
            yield_now().await;
            assert!(other.get(), "not done yet");
        });
        yield_now().await;
        yield_now().await;
        done.set(true);
        task.await.unwrap();
    };
    let text = why(&body);
    assert!(text.starts_with("it fails only if task 1 (its poll 2 in step "), "{text}");
    assert!(text.contains("\nruns before root (its poll "), "{text}");
}

#[test]
fn a_draw_is_told_with_its_value() {
    let body = || async { assert!(draw(10) < 4, "too large") };
    assert_eq!(why(&body), "it fails only if root draws 4 of 10 in step 1, and not 0");
}

#[test]
fn a_draw_and_an_order_are_told_together() {
    let body = || async {
        let log = Rc::new(RefCell::new(Vec::new()));
        for number in 1..3 {
            let log = log.clone();
            drop(spawn_local(async move { log.borrow_mut().push(number) }));
        }
        let large = draw(3) == 2;
        for _ in 0..3 {
            yield_now().await;
        }
        assert!(!large || log.take() != [2, 1], "both");
    };
    let text = why(&body);
    assert!(text.starts_with("it fails only if task 2 (starts in step 2, spawned at "), "{text}");
    assert!(text.contains("\nruns before task 1 (starts in step 3, spawned at "), "{text}");
    assert!(text.ends_with(",\nand only if root draws 2 of 3 in step 1, and not 0"), "{text}");
}

#[test]
fn the_other_law_is_named_if_the_other_order_breaks_one() {
    let body = || async {
        let log = Rc::new(RefCell::new(Vec::new()));
        for number in 1..3 {
            let log = log.clone();
            drop(spawn_local(async move { log.borrow_mut().push(number) }));
        }
        yield_now().await;
        yield_now().await;
        match log.take()[..] {
            [2, 1] => panic!("this way"),
            _ => std::future::poll_fn(|_| std::task::Poll::<()>::Pending).await,
        }
    };
    let mut host = here(&body);
    let mut tape = Tape::new();
    *tape.lane_mut(Kind::Schedule) = vec![1];
    let record = host.run(&Plan::replay(tape.clone())).unwrap();
    let text = explain(&mut host, &tape, &record.broken.unwrap(), false).text;
    let other = "(the other way round it breaks the law pending-without-waker)";
    assert!(text.contains(other), "{text}");
}

/// A fault that strikes somebody else in the other order is another cause.
#[test]
fn a_pair_is_not_told_if_a_fault_struck_another_task() {
    let turn = |number| Turn {
        strand: Path::ROOT.child(number),
        number: 0,
        step: 2,
        task: number,
        who: String::new(),
        does: String::new(),
        site: String::new(),
    };
    let run = |fails, first, second, struck| {
        let option = 1;
        let kind = Kind::SpuriousPoll;
        let choice = Choice { kind, options: 2, option, step: 2, task: Some(struck) };
        let chart = Chart { choices: vec![choice], turns: vec![turn(first), turn(second)] };
        Seen { tape: Tape::new(), fails, law: None, chart }
    };
    let pair = Pair::between([run(true, 1, 2, 1), run(false, 2, 1, 1)]).unwrap();
    assert_eq!((pair.first.task, pair.second.task), (1, 2));
    assert!(Pair::between([run(true, 1, 2, 1), run(false, 2, 1, 2)]).is_none());
    assert!(Pair::between([run(true, 1, 2, 1), run(true, 2, 1, 1)]).is_none());
    assert!(Pair::between([run(false, 1, 2, 1), run(false, 2, 1, 1)]).is_none());
}

/// A host whose replays of what a script ran do not fail any more.
struct Forgetful<'a> {
    host: Here<'a>,
    scripted: bool,
}

impl Host for Forgetful<'_> {
    fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
        self.scripted |= plan.tape().is_none();
        let mut record = self.host.run(plan)?;
        if self.scripted && plan.tape().is_some() {
            record.broken = None;
        }
        Ok(record)
    }

    fn portfolio(&self) -> &Portfolio {
        self.host.portfolio()
    }

    fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError> {
        self.host.survey(tape, broken)
    }

    fn tell(
        &mut self,
        tape: &Tape,
        broken: &Broken,
        stacks: &[u64],
        why: &Why,
    ) -> Result<String, HostError> {
        self.host.tell(tape, broken, stacks, why)
    }

    fn depict(
        &mut self,
        tape: &Tape,
        failed: Option<(&Broken, &Why)>,
    ) -> Result<Depicted, HostError> {
        self.host.depict(tape, failed)
    }

    fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
        self.host.inputs(tape)
    }

    fn outside(&mut self, tape: &Tape) -> Result<String, HostError> {
        self.host.outside(tape)
    }

    fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
        self.host.notes(tape, broken)
    }

    fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
        self.host.events(tape)
    }
}

#[test]
fn what_does_not_replay_is_not_told() {
    let body = || async {
        let log = Rc::new(RefCell::new(Vec::new()));
        for number in 1..3 {
            let log = log.clone();
            drop(spawn_local(async move { log.borrow_mut().push(number) }));
        }
        yield_now().await;
        yield_now().await;
        assert_ne!(log.take(), [2, 1]);
    };
    let mut host = here(&body);
    let (tape, broken) = found(&mut host);
    let why = explain(&mut host, &tape, &broken, false);
    assert!(why.text.starts_with("it fails only if task 2 "));
    let mut host = Forgetful { host, scripted: false };
    assert_eq!(explain(&mut host, &tape, &broken, false), Why::default());
}

#[test]
fn nothing_is_said_of_a_tape_that_passes() {
    let body = || async { point_and_end().await };
    let mut host = here(&body);
    let broken = Broken {
        law: reveille_sim::Law::Panic,
        task: None,
        others: Vec::new(),
        cause: String::new(),
        message: String::new(),
    };
    assert_eq!(explain(&mut host, &Tape::new(), &broken, false), Why::default());
}

/// Accesses of one task, each after a point: the cell, and whether it is written.
type Accesses = Vec<(usize, bool)>;

/// Tasks that read cells and write what they read last, plus one; the plain run
/// decides what is right.
async fn accesses(tasks: &[Accesses], yields: bool) -> Vec<u32> {
    let cells = Rc::new([const { Cell::new(0) }; 2]);
    let handles: Vec<_> = tasks
        .iter()
        .map(|accesses| {
            let (cells, accesses) = (cells.clone(), accesses.clone());
            spawn_local(async move {
                let mut known = 0;
                for (number, (cell, writes)) in accesses.into_iter().enumerate() {
                    if yields && number % 2 == 1 {
                        yield_now().await
                    } else {
                        point().await
                    }
                    if writes { cells[cell].set(known + 1) } else { known = cells[cell].get() }
                }
            })
        })
        .collect();
    for handle in handles {
        handle.await.unwrap();
    }
    cells.iter().map(Cell::get).collect()
}

fn orders(seen: [&Seen; 2]) -> [Vec<(Path, u32)>; 2] {
    seen.map(Seen::order)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_global_rejects: 1 << 20, ..ProptestConfig::default() })]

    /// The two turns of a pair are neighbours, the runs are the same before them, and
    /// each run, made anew from its tape, has the verdict that is claimed.
    #[test]
    fn the_verdict_flips_with_the_pair(
        tasks in vec(vec((0..2usize, any::<bool>()), 1..4), 2..4),
        yields in any::<bool>(),
        schedule in vec(0..3u32, 30),
    ) {
        let expected = RefCell::new(None);
        let body = || {
            let (tasks, expected) = (&tasks, &expected);
            async move {
                let result = accesses(tasks, yields).await;
                let right = expected.borrow_mut().get_or_insert_with(|| result.clone()).clone();
                assert_eq!(result, right);
            }
        };
        let mut host = here(&body);
        let plain = Plan::replay(Tape::new());
        host.run(&plain).unwrap();
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = schedule;
        let failing = host.run(&Plan::replay(tape)).unwrap();
        prop_assume!(failing.broken.is_some());
        let broken = failing.broken.clone().unwrap();
        let mut inquiry = Inquiry { host: &mut host, broken: &broken, hasty: false, replays: 0, steps: 0 };
        let failing = inquiry.see(&Plan::replay(failing.tape)).unwrap();
        let passing = inquiry.see(&plain).unwrap();
        prop_assert!(failing.fails && !passing.fails);
        let way = Way::new(failing.order(), passing.order());
        let tape = failing.tape.clone();
        let (fails, passes) =
            way.flip(|order| inquiry.see(&Plan::script(tape.clone(), order))).unwrap();

        let pair = Pair::between([fails.clone(), passes.clone()]).unwrap();
        let (first, second) = (pair.first.name(), pair.second.name());
        let [one, other] = orders([&fails, &passes]);
        let at = one.iter().position(|turn| *turn == first).unwrap();
        prop_assert_eq!(&one[..at], &other[..at]);
        prop_assert_eq!(&one[at..at + 2], &[first, second]);
        prop_assert_eq!(&other[at..at + 2], &[second, first]);
        for (seen, expected) in [(fails, true), (passes, false)] {
            let again = host.run(&Plan::replay(seen.tape)).unwrap();
            prop_assert_eq!(again.failed_like(&broken), expected);
        }
        prop_assert!(!explain(&mut host, &failing.tape, &broken, false).text.is_empty());
    }
    /// The turns of a chart, followed as a script, are the run that was charted, with
    /// polls, points, aborts and timers.
    #[test]
    fn a_chart_holds_every_turn(run in 0..40u64) {
        let body = || async {
            let sleeper = spawn_local(async {
                point().await;
                reveille_sim::time::sleep(Duration::from_millis(3)).await;
            });
            let waiting = spawn_local(std::future::pending::<()>());
            let other = spawn_local(async {
                for _ in 0..3 {
                    point().await;
                    yield_now().await;
                }
            });
            yield_now().await;
            waiting.abort();
            point().await;
            let _ = waiting.await;
            sleeper.await.unwrap();
            other.await.unwrap();
        };
        let mut host = here(&body);
        let mut random = Random::new(7);
        let mut world = World::new();
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        world.run(&settings, &mut random, run, body);
        let record = host.run(&Plan::replay(world.tape()).charted()).unwrap();
        let turns = record.chart.clone().unwrap().turns;
        let order: Vec<(Path, u32)> = turns.iter().map(Turn::name).collect();
        let again = host.run(&Plan::script(Tape::new(), order).charted()).unwrap();
        prop_assert_eq!(&again.tape, &record.tape);
        prop_assert_eq!(again.chart, record.chart);
        // Every step is a turn, and the points that are passed are more.
        let steps: BTreeSet<u64> = turns.iter().map(|turn| turn.step).collect();
        prop_assert_eq!(steps.len() as u64, record.steps);
    }
}
