//! Deviations on code that was not edited, and on code that was.

use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::time::sleep;
use reveille_sim::{
    Deviation, Fingerprint, Found, Kind, Outcome, Random, Recording, Replay, Resync, Sampler,
    Settings, Tape, World, draw, point, spawn_local, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// What a task of a random program does.
#[derive(Clone, Debug)]
enum Op {
    Yield,
    Point,
    Sleep(u64),
    Draw(u32),
    /// Waits in a queue that `Wake` empties.
    Wait,
    Wake,
    Spawn(Vec<Op>),
}

fn program() -> impl Strategy<Value = Vec<Op>> {
    let leaf = prop_oneof![
        Just(Op::Yield),
        Just(Op::Point),
        (0..3u64).prop_map(Op::Sleep),
        (2..4u32).prop_map(Op::Draw),
        Just(Op::Wait),
        Just(Op::Wake),
    ];
    let op = leaf.prop_recursive(3, 24, 6, |op| vec(op, 0..6).prop_map(Op::Spawn));
    vec(op, 0..8)
}

type Shelf = Rc<RefCell<Vec<Waker>>>;

fn execute(ops: Vec<Op>, shelf: Shelf) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let mut children = Vec::new();
        for op in ops {
            match op {
                Op::Yield => yield_now().await,
                Op::Point => point().await,
                Op::Sleep(millis) => sleep(Duration::from_millis(millis)).await,
                Op::Draw(options) => {
                    for _ in 0..draw(options) {
                        yield_now().await;
                    }
                }
                Op::Wait => {
                    let mut polls = 0;
                    poll_fn(|cx| {
                        polls += 1;
                        shelf.borrow_mut().push(cx.waker().clone());
                        if polls < 3 { Poll::Pending } else { Poll::Ready(()) }
                    })
                    .await;
                }
                Op::Wake => shelf.take().into_iter().for_each(Waker::wake),
                Op::Spawn(ops) => children.push(spawn_local(execute(ops, shelf.clone()))),
            }
        }
        for child in children {
            let _ = child.await;
        }
    })
}

fn hashed(sampler: &mut impl Sampler, run: u64, ops: &[Op]) -> (u64, Tape) {
    let mut settings = Settings::default();
    settings.recording = Recording::Hash;
    settings.max_steps = 500;
    let mut world = World::new();
    let outcome = world.run(&settings, sampler, run, || execute(ops.to_vec(), Shelf::default()));
    (outcome.trace.unwrap().hash(), world.tape())
}

/// The replay of `tape`, resynchronised, is the replay of `tape`.
fn is_the_same_run(tape: Tape, ops: &[Op]) {
    let mut replay = Replay::noting(tape);
    let (hash, tape) = hashed(&mut replay, 0, ops);
    let mut noted: Vec<_> =
        replay.deviations().iter().map(|d| (d.kind, d.index, d.option)).collect();
    noted.sort_unstable();
    assert_eq!(noted, tape.deviations().collect::<Vec<_>>(), "every deviation is noted");
    let mut resync = Resync::new(replay.deviations().to_vec());
    assert_eq!(hashed(&mut resync, 0, ops).0, hash);
    let alignment = resync.alignment();
    assert_eq!((alignment.placed, alignment.of), (noted.len(), noted.len()));
    assert_eq!(alignment.diverged, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn on_unchanged_code_it_is_the_replay_of_a_random_run(ops in program(), seed in any::<u64>()) {
        let mut random = Random::new(seed);
        for run in 0..10 {
            let (_, tape) = hashed(&mut random, run, &ops);
            is_the_same_run(tape, &ops);
        }
    }

    #[test]
    fn on_unchanged_code_it_is_the_replay_of_any_tape(
        ops in program(),
        schedule in vec(0..4u32, 0..40),
        timer in vec(0..3u32, 0..4),
        fresh in vec(0..2u32, 0..10),
        spurious in vec(0..2u32, 0..10),
        input in vec(0..5u32, 0..4),
    ) {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = schedule;
        *tape.lane_mut(Kind::Timer) = timer;
        *tape.lane_mut(Kind::FreshWaker) = fresh;
        *tape.lane_mut(Kind::SpuriousPoll) = spurious;
        *tape.lane_mut(Kind::Input) = input;
        is_the_same_run(tape, &ops);
    }

    /// Whatever the deviations and the code: no panic, and the account is right.
    #[test]
    fn on_any_other_code_it_takes_what_fits(
        ops in program(),
        other in program(),
        seed in any::<u64>(),
    ) {
        let (_, tape) = hashed(&mut Random::new(seed), 1, &ops);
        let mut replay = Replay::noting(tape);
        hashed(&mut replay, 0, &ops);
        let mut resync = Resync::new(replay.deviations().to_vec());
        let (hash, tape) = hashed(&mut resync, 0, &other);
        let alignment = resync.alignment().clone();
        prop_assert!(tape.deviations().count() <= alignment.placed);
        prop_assert!(alignment.placed <= alignment.of);
        prop_assert!(alignment.placed == alignment.of || alignment.diverged.is_some());
        // What it did is a tape like any other.
        prop_assert_eq!(hashed(&mut Replay::new(tape), 0, &other).0, hash);
    }
}

/// An edit that has nothing to do with the failure.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Edit {
    None,
    YieldInserted,
    PointInserted,
    YieldDeleted,
    PointDeleted,
    TaskAtTheEnd,
}

const EDITS: [Edit; 5] = [
    Edit::YieldInserted,
    Edit::PointInserted,
    Edit::YieldDeleted,
    Edit::PointDeleted,
    Edit::TaskAtTheEnd,
];

/// A task that has nothing to do with the others.
async fn unrelated(edit: Edit) {
    yield_now().await;
    if edit != Edit::PointDeleted {
        point().await;
    }
    if edit == Edit::YieldInserted {
        yield_now().await;
    }
    if edit == Edit::PointInserted {
        point().await;
    }
    if edit != Edit::YieldDeleted {
        yield_now().await;
    }
}

fn at_the_end(edit: Edit) -> Option<reveille_sim::JoinHandle<()>> {
    (edit == Edit::TaskAtTheEnd).then(|| spawn_local(unrelated(edit)))
}

/// Two tasks add one each, and forget that they may be interrupted.
async fn loses_an_update(edit: Edit) {
    let count = Rc::new(Cell::new(0));
    let noise = spawn_local(unrelated(edit));
    let add = || {
        let count = count.clone();
        spawn_local(async move {
            let seen = count.get();
            point().await;
            count.set(seen + 1);
        })
    };
    let tasks = [add(), add()];
    let last = at_the_end(edit);
    for task in tasks.into_iter().chain([noise]).chain(last) {
        task.await.unwrap();
    }
    assert_eq!(count.get(), 2);
}

/// Looks whether it is told to stop, and registers too late.
async fn registers_too_late(edit: Edit) {
    let (told, shelf) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None::<Waker>)));
    let (tells, wakes) = (told.clone(), shelf.clone());
    let waits = spawn_local(async move {
        if !told.get() {
            point().await;
            let mut registered = false;
            poll_fn(|cx| {
                *shelf.borrow_mut() = Some(cx.waker().clone());
                if std::mem::replace(&mut registered, true) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
    });
    let noise = spawn_local(unrelated(edit));
    let tells = spawn_local(async move {
        yield_now().await;
        tells.set(true);
        if let Some(waker) = wakes.take() {
            waker.wake();
        }
    });
    let last = at_the_end(edit);
    for task in [tells, waits, noise].into_iter().chain(last) {
        task.await.unwrap();
    }
}

/// Its value is stale if a poll comes that nobody asked for.
async fn counts_its_polls(edit: Edit) {
    let noise = spawn_local(unrelated(edit));
    let naive = spawn_local(async {
        let mut polls = 0;
        let mut nap = Box::pin(sleep(Duration::from_millis(1)));
        poll_fn(|cx| {
            polls += 1;
            nap.as_mut().poll(cx)
        })
        .await;
        assert!(polls <= 2);
    });
    let last = at_the_end(edit);
    for task in [noise, naive].into_iter().chain(last) {
        task.await.unwrap();
    }
}

type Example = fn(Edit) -> Pin<Box<dyn Future<Output = ()>>>;

/// Each with the task that has nothing to do with its failure.
const EXAMPLES: [(&str, Example); 3] = [
    ("root.0", |edit| Box::pin(loses_an_update(edit))),
    ("root.1", |edit| Box::pin(registers_too_late(edit))),
    ("root.0", |edit| Box::pin(counts_its_polls(edit))),
];

fn fails(sampler: &mut impl Sampler, example: Example, edit: Edit) -> Option<Tape> {
    let mut world = World::new();
    let outcome: Outcome<()> = world.run(&Settings::default(), sampler, 0, || example(edit));
    outcome.verdict.map(|_| world.tape())
}

/// The failing tape that `seed` leads to, without what it does not need.
fn failure(example: Example, seed: u64) -> Vec<Deviation> {
    let mut tape = (seed * 1000..)
        .find_map(|seed| fails(&mut Random::new(seed), example, Edit::None))
        .unwrap();
    let deviations: Vec<_> = tape.deviations().collect();
    for (kind, index, _) in deviations {
        let mut less = tape.clone();
        if let Some(option) = less.lane_mut(kind).get_mut(index) {
            *option = 0;
        }
        tape = fails(&mut Replay::new(less), example, Edit::None).unwrap_or(tape);
    }
    let mut replay = Replay::noting(tape);
    fails(&mut replay, example, Edit::None).unwrap();
    replay.deviations().to_vec()
}

/// Whether a deviation is about a turn of the task `name`.
fn names(deviations: &[Deviation], name: &str) -> bool {
    let mut turns = deviations.iter().flat_map(|deviation| match &deviation.fingerprint {
        Fingerprint::Schedule { taken, before } => vec![taken, before],
        Fingerprint::Within { turn, .. } => turn.iter().collect(),
    });
    turns.any(|turn| turn.strand.to_string() == name)
}

fn tape_of(deviations: &[Deviation]) -> Tape {
    let mut tape = Tape::new();
    for deviation in deviations {
        let lane = tape.lane_mut(deviation.kind);
        lane.resize(deviation.index, 0);
        lane.push(deviation.option);
    }
    tape
}

#[test]
fn edits_elsewhere_do_not_kill_a_failure() {
    let (mut tries, mut resynchronised, mut replayed) = (0, 0, 0);
    for (unrelated, example) in EXAMPLES {
        let (mut elsewhere, mut lost) = (0, 0);
        for seed in 0..100 {
            let deviations = failure(example, seed);
            for edit in EDITS {
                let mut resync = Resync::new(deviations.clone());
                let fails_again = fails(&mut resync, example, edit).is_some();
                // What is about a turn that was edited away has lost its place.
                if edit == Edit::TaskAtTheEnd || !names(&deviations, unrelated) {
                    elsewhere += 1;
                    lost += u32::from(!fails_again);
                }
                tries += 1;
                resynchronised += u32::from(fails_again);
                let mut replay = Replay::new(tape_of(&deviations));
                replayed += u32::from(fails(&mut replay, example, edit).is_some());
            }
        }
        // One more task that is runnable may change what is spurious.
        assert!(elsewhere >= 150 && lost * 100 <= elsewhere, "{lost} of {elsewhere}");
    }
    // Seen: 1474 and 1280 of 1500.
    assert_eq!(tries, 1500);
    assert!(resynchronised >= 1450, "{resynchronised} {replayed}");
    assert!(replayed < 1400, "the edits are too small to tell anything: {replayed}");
}

/// Two tasks that write their name at each turn.
async fn writes(turns: [u32; 2]) -> String {
    let log = Rc::new(RefCell::new(String::new()));
    let tasks = [(0, 'a'), (1, 'b')].map(|(at, name): (usize, char)| {
        let log = log.clone();
        spawn_local(async move {
            for _ in 0..turns[at] {
                log.borrow_mut().push(name);
                yield_now().await;
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    log.take()
}

fn written(sampler: &mut impl Sampler, turns: [u32; 2]) -> String {
    World::new().run(&crate::calm(), sampler, 0, || writes(turns)).output.unwrap()
}

#[test]
fn where_a_tape_first_diverged_is_told() {
    let mut tape = Tape::new();
    *tape.lane_mut(Kind::Schedule) = vec![0, 0, 0, 1];
    let mut replay = Replay::noting(tape);
    assert_eq!(written(&mut replay, [3, 3]), "abaabb");
    let [deviation] = replay.deviations() else { panic!("one deviation") };
    let Fingerprint::Schedule { taken, before } = &deviation.fingerprint else { panic!() };
    assert_eq!((taken.strand.to_string(), taken.number), ("root.0".to_owned(), 3));
    assert_eq!((before.strand.to_string(), before.number), ("root.1".to_owned(), 2));

    let diverges = |turns: [u32; 2]| {
        let mut resync = Resync::new(replay.deviations().to_vec());
        let text = written(&mut resync, turns);
        let diverged = resync.alignment().diverged.clone();
        (text, resync.alignment().placed, diverged.map(|divergence| divergence.found))
    };
    assert_eq!(diverges([3, 3]), ("abaabb".to_owned(), 1, None));
    // The first one has ended before.
    assert_eq!(diverges([1, 3]), ("abbb".to_owned(), 0, Some(Found::NotRunnable)));
    // Nobody is left to choose between.
    assert_eq!(diverges([0, 0]), (String::new(), 0, Some(Found::Nothing)));
}
