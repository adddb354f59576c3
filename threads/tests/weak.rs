//! Loads that may be stale: the litmus tests of the C++ memory model, with all their outcomes.
//!
//! Names are the usual ones (Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014). What the
//! model allows and this engine never shows is said beside the test.
#![cfg(reveille_threads)]

use reveille_sim::{Exhaustive, Faults, Kind, Random, Sampler, Settings, World, spawn, yield_now};
use reveille_threads::Threads;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::thread;
use std::time::Duration;

/// The places of a program.
#[derive(Debug, Default)]
struct Shared {
    x: AtomicU32,
    y: AtomicU32,
    z: AtomicU32,
}

type Strand = fn(&Shared) -> Vec<u32>;

/// What the strands of a program give, one after the other, in all of its runs.
fn outcomes(strands: &[Strand]) -> BTreeSet<Vec<u32>> {
    let (mut runner, mut exhaustive) = (Runner::new(), Exhaustive::default());
    let mut seen = BTreeSet::new();
    while exhaustive.advance() {
        seen.insert(runner.run(&mut exhaustive, 0, strands));
    }
    seen
}

/// The same in so many runs, where there are too many to make all.
fn outcomes_of_some(strands: &[Strand], runs: u64) -> BTreeSet<Vec<u32>> {
    let (mut runner, mut random) = (Runner::new(), Random::new(1));
    (0..runs).map(|run| runner.run(&mut random, run, strands)).collect()
}

struct Runner {
    world: World,
    settings: Settings,
}

impl Runner {
    fn new() -> Runner {
        // What stands before the C library's functions is there only if something of it is used.
        let _ = reveille::Checker::new();
        let mut world = World::new();
        world.carry_by(Some(Rc::new(Threads::new())));
        let mut settings = Settings::default();
        settings.faults = Faults::NONE.with(Kind::StaleLoad);
        // A lock of the whole process may be held by another test.
        settings.patience = Duration::from_secs(10);
        Runner { world, settings }
    }

    fn run(&mut self, sampler: &mut impl Sampler, run: u64, strands: &[Strand]) -> Vec<u32> {
        let outcome = self.world.run(&self.settings, sampler, run, || async {
            // Given back never, and so without an operation that counts.
            let shared: &'static Shared = Box::leak(Box::default());
            let tasks: Vec<_> = strands
                .iter()
                .map(|strand| {
                    let strand = *strand;
                    spawn(async move { strand(shared) })
                })
                .collect();
            let mut given = Vec::new();
            for task in tasks {
                given.extend(task.await.unwrap());
            }
            given
        });
        assert_eq!(outcome.verdict, None);
        outcome.output.unwrap()
    }
}

/// All combinations of so many values of 0 and 1, but for these.
fn all_but<const N: usize>(forbidden: &[[u32; N]]) -> BTreeSet<Vec<u32>> {
    let all = (0..1_u32 << N).map(|bits| {
        [(); N].into_iter().enumerate().map(|(at, ())| bits >> (N - 1 - at) & 1).collect()
    });
    all.filter(|values: &Vec<u32>| !forbidden.iter().any(|no| no[..] == values[..])).collect()
}

fn store(place: &AtomicU32, value: u32, order: Ordering) -> Vec<u32> {
    place.store(value, order);
    Vec::new()
}

#[test]
fn store_buffering() {
    fn strands<const STORE: u8, const FENCE: bool>() -> [Strand; 2] {
        fn order(store: bool, is_seq_cst: u8) -> Ordering {
            match (is_seq_cst, store) {
                (0, true) => Release,
                (0, false) => Acquire,
                _ => SeqCst,
            }
        }
        fn one<const STORE: u8, const FENCE: bool>(
            mine: &AtomicU32,
            other: &AtomicU32,
        ) -> Vec<u32> {
            mine.store(1, order(true, STORE));
            if FENCE {
                fence(SeqCst);
            }
            vec![other.load(order(false, STORE))]
        }
        [|s| one::<STORE, FENCE>(&s.x, &s.y), |s| one::<STORE, FENCE>(&s.y, &s.x)]
    }
    assert_eq!(outcomes(&strands::<0, false>()), all_but::<2>(&[]));
    assert_eq!(outcomes(&strands::<1, false>()), all_but(&[[0, 0]]));
    assert_eq!(outcomes(&strands::<0, true>()), all_but(&[[0, 0]]));
}

#[test]
fn operations_and_fences_that_are_sequentially_consistent_agree() {
    let by_operations: Strand = |s| {
        s.x.store(1, SeqCst);
        vec![s.y.load(SeqCst)]
    };
    let by_a_fence: Strand = |s| {
        s.y.store(1, Relaxed);
        fence(SeqCst);
        vec![s.x.load(Relaxed)]
    };
    assert_eq!(outcomes(&[by_operations, by_a_fence]), all_but(&[[0, 0]]));
}

#[test]
fn message_passing() {
    let reading: [Strand; 3] = [
        |s| vec![s.y.load(Relaxed), s.x.load(Relaxed)],
        |s| vec![s.y.load(Acquire), s.x.load(Relaxed)],
        |s| {
            let flag = s.y.load(Relaxed);
            fence(Acquire);
            vec![flag, s.x.load(Relaxed)]
        },
    ];
    let writing: [Strand; 3] = [
        |s| {
            s.x.store(1, Relaxed);
            store(&s.y, 1, Relaxed)
        },
        |s| {
            s.x.store(1, Relaxed);
            store(&s.y, 1, Release)
        },
        |s| {
            s.x.store(1, Relaxed);
            fence(Release);
            store(&s.y, 1, Relaxed)
        },
    ];
    for (releases, writer) in writing.into_iter().enumerate() {
        for (acquires, reader) in reading.into_iter().enumerate() {
            let forbidden: &[[u32; 2]] = if releases > 0 && acquires > 0 { &[[1, 0]] } else { &[] };
            let seen = outcomes(&[writer, reader]);
            assert_eq!(seen, all_but(forbidden), "writer {releases}, reader {acquires}");
        }
    }
}

#[test]
fn coherence() {
    // Two reads of one place do not go back (CoRR), and nobody reads what is older than their own
    // store (CoWR).
    let twice: Strand = |s| vec![s.x.load(Relaxed), s.x.load(Relaxed)];
    assert_eq!(outcomes(&[|s| store(&s.x, 1, Relaxed), twice]), all_but(&[[1, 0]]));
    let own: Strand = |s| {
        s.x.store(1, Relaxed);
        vec![s.x.load(Relaxed)]
    };
    assert_eq!(outcomes(&[own, |s| store(&s.x, 0, Relaxed)]), all_but::<1>(&[]));
    assert_eq!(outcomes(&[own, |_| Vec::new()]), BTreeSet::from([vec![1]]));
    // A read that somebody was told of counts, too.
    let told: Strand = |s| {
        let read = s.x.load(Relaxed);
        s.y.store(1, Release);
        vec![read]
    };
    let hears: Strand = |s| vec![s.y.load(Acquire), s.x.load(Relaxed)];
    let seen = outcomes(&[|s| store(&s.x, 1, Relaxed), told, hears]);
    assert_eq!(seen, all_but(&[[1, 1, 0]]));
}

#[test]
fn independent_reads_of_independent_writes() {
    fn strands<const SEQ_CST: bool>() -> [Strand; 4] {
        fn order<const SEQ_CST: bool>(otherwise: Ordering) -> Ordering {
            if SEQ_CST { SeqCst } else { otherwise }
        }
        [
            |s| store(&s.x, 1, order::<SEQ_CST>(Release)),
            |s| store(&s.y, 1, order::<SEQ_CST>(Release)),
            |s| vec![s.x.load(order::<SEQ_CST>(Acquire)), s.y.load(order::<SEQ_CST>(Acquire))],
            |s| vec![s.y.load(order::<SEQ_CST>(Acquire)), s.x.load(order::<SEQ_CST>(Acquire))],
        ]
    }
    assert_eq!(outcomes_of_some(&strands::<false>(), 20_000), all_but::<4>(&[]));
    assert_eq!(outcomes_of_some(&strands::<true>(), 20_000), all_but(&[[1, 0, 1, 0]]));
}

#[test]
fn what_one_has_heard_is_handed_on() {
    // WRC: write, read and write, read and read.
    let hands_on: Strand = |s| {
        let heard = s.x.load(Acquire);
        s.y.store(1, Release);
        vec![heard]
    };
    let hears: Strand = |s| vec![s.y.load(Acquire), s.x.load(Relaxed)];
    let seen = outcomes(&[|s| store(&s.x, 1, Release), hands_on, hears]);
    assert_eq!(seen, all_but(&[[1, 1, 0]]));
    // Fences that are sequentially consistent agree on what was seen before them (C++20).
    let first: Strand = |s| {
        let heard = s.x.load(Acquire);
        fence(SeqCst);
        vec![heard, s.y.load(Relaxed)]
    };
    let second: Strand = |s| {
        s.y.store(1, Relaxed);
        fence(SeqCst);
        vec![s.x.load(Relaxed)]
    };
    let seen = outcomes(&[|s| store(&s.x, 1, Release), first, second]);
    assert_eq!(seen, all_but(&[[1, 0, 0]]));
}

#[test]
fn a_release_sequence_goes_on_through_updates_and_not_through_stores() {
    let begins: Strand = |s| {
        s.x.store(1, Relaxed);
        store(&s.y, 1, Release)
    };
    let hears: Strand = |s| vec![s.y.load(Acquire), s.x.load(Relaxed)];
    let updates: Strand = |s| {
        s.y.fetch_add(10, Relaxed);
        Vec::new()
    };
    let seen = outcomes(&[begins, updates, hears]);
    assert!(!seen.contains(&vec![11, 0]) && seen.contains(&vec![11, 1]), "{seen:?}");
    assert!(seen.contains(&vec![10, 0]), "{seen:?}");
    let stores: Strand = |s| store(&s.y, 2, Relaxed);
    let seen = outcomes(&[begins, stores, hears]);
    assert!(seen.contains(&vec![2, 0]), "{seen:?}");
    // Since C++20 not even a later store of the same strand.
    let again: Strand = |s| {
        s.x.store(1, Relaxed);
        s.y.store(1, Release);
        store(&s.y, 2, Relaxed)
    };
    let seen = outcomes(&[again, hears]);
    assert!(!seen.contains(&vec![1, 0]) && seen.contains(&vec![2, 0]), "{seen:?}");
}

#[test]
fn updates_read_what_was_stored_last() {
    let adds: Strand = |s| vec![s.x.fetch_add(1, Relaxed)];
    let seen = outcomes(&[adds, adds, adds]);
    let values: BTreeSet<Vec<u32>> = seen
        .into_iter()
        .map(|mut values| {
            values.sort_unstable();
            values
        })
        .collect();
    assert_eq!(values, BTreeSet::from([vec![0, 1, 2]]));
    // Of two that expect the same one is refused, and may be told an older value in place of
    // the newest: but never the one that it expects.
    let takes: Strand = |s| match s.x.compare_exchange(0, 1, AcqRel, Relaxed) {
        Ok(_) => vec![1],
        Err(found) => vec![10 + found],
    };
    assert_eq!(outcomes(&[takes, takes]), BTreeSet::from([vec![1, 11], vec![11, 1]]));
    let other: Strand = |s| {
        s.x.store(5, Relaxed);
        store(&s.x, 0, Relaxed)
    };
    let seen = outcomes(&[other, takes]);
    assert_eq!(seen, BTreeSet::from([vec![1], vec![15]]));
    assert_eq!(
        outcomes(&[|s| store(&s.z, 0, Relaxed), |s| vec![s.z.load(Relaxed)]]),
        BTreeSet::from([vec![0]])
    );
}

#[test]
fn a_store_is_seen_when_time_has_moved_on() {
    let sleeps: Strand = |s| {
        thread::sleep(Duration::from_millis(1));
        vec![s.x.load(Relaxed)]
    };
    assert_eq!(outcomes(&[|s| store(&s.x, 1, Relaxed), sleeps]), BTreeSet::from([vec![1]]));
}

#[test]
fn what_is_never_shown() {
    // LB: both loads give what is stored after the other; allowed, and not modelled.
    let one: Strand = |s| {
        let read = s.x.load(Relaxed);
        s.y.store(1, Relaxed);
        vec![read]
    };
    let other: Strand = |s| {
        let read = s.y.load(Relaxed);
        s.x.store(1, Relaxed);
        vec![read]
    };
    assert_eq!(outcomes(&[one, other]), all_but(&[[1, 1]]));
}

#[test]
fn who_joins_knows_all_and_so_does_who_was_begun() {
    let seen = outcomes(&[|s| {
        s.x.store(1, Relaxed);
        thread::scope(|scope| {
            let child = scope.spawn(|| {
                let known = s.x.load(Relaxed);
                s.y.store(1, Relaxed);
                known
            });
            let known = child.join().unwrap();
            vec![known, s.y.load(Relaxed)]
        })
    }]);
    assert_eq!(seen, BTreeSet::from([vec![1, 1]]));
}

#[test]
fn an_atomic_in_the_memory_of_a_task_that_is_over_was_never_its() {
    let Runner { mut world, settings } = Runner::new();
    // Across the `.await` it is in the memory of the task, at the same place in both.
    let task = |first: u64, is_stored_to: bool| async move {
        let place = AtomicU64::new(first);
        if is_stored_to {
            place.store(2, Relaxed);
        }
        yield_now().await;
        place.load(Relaxed)
    };
    let mut seen = BTreeSet::new();
    let mut random = Random::new(1);
    for run in 0..200 {
        let outcome = world.run(&settings, &mut random, run, || async {
            let is_over = Arc::new(AtomicU32::new(0));
            let other = is_over.clone();
            // Nothing orders what the one did before the other.
            let spawning = spawn(async move {
                while other.load(Relaxed) == 0 {
                    yield_now().await;
                }
                spawn(task(2, false)).await.unwrap()
            });
            spawn(task(1, true)).await.unwrap();
            is_over.store(1, Relaxed);
            spawning.await.unwrap()
        });
        seen.insert(outcome.output.unwrap());
    }
    assert_eq!(seen, BTreeSet::from([2]));
}
