//! In a long queue samplers look only at who came; they choose as if they had looked at
//! everybody.

use reveille_sim::time::sleep;
use reveille_sim::{
    Bounded, Faults, Kind, Pct, Portfolio, Pos, Runnable, Sampler, Seeded, Settings, Sticky,
    Strand, Surw, Tape, Urw, World, point, spawn_local, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Shows a sampler lists in place of queues, which it looks through.
struct LooksThrough<S>(S);

impl<S: Sampler> Sampler for LooksThrough<S> {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.0.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.0.choose(kind, options)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        if runnable.running().is_some() {
            // At a point they stand in no queue.
            return self.0.schedule(runnable);
        }
        let strands: Vec<&Strand> = runnable.iter().collect();
        self.0.schedule(&Runnable::of(&strands))
    }

    fn turn(&mut self, strand: &Strand) {
        self.0.turn(strand);
    }

    fn end(&mut self) {
        self.0.end();
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Yield,
    Point,
    Write,
    Read,
    Wait,
    Wake,
    Spawn,
    Sleep,
}

use Act::*;

type Shelf = Rc<RefCell<Vec<Waker>>>;

async fn act(act: Act, salt: u64, shelf: &Shelf) {
    match act {
        Yield => yield_now().await,
        Point => point().await,
        Write => point().writes(["a", "b", "c"][salt as usize % 3]).await,
        Read => point().reads(["a", "b", "c"][salt as usize % 3]).await,
        Wait => wait(shelf).await,
        Wake => {
            let left = shelf.borrow().len().saturating_sub(3);
            let woken = shelf.borrow_mut().split_off(left);
            woken.into_iter().for_each(Waker::wake);
        }
        Spawn => {
            let shelf = shelf.clone();
            drop(spawn_local(async move {
                yield_now().await;
                wait(&shelf).await;
            }));
        }
        Sleep => sleep(Duration::from_millis(salt % 3)).await,
    }
}

/// Waits for whoever takes the waker from the shelf.
async fn wait(shelf: &Shelf) {
    let mut waited = false;
    poll_fn(|cx| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => {
            shelf.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        }
    })
    .await;
}

/// Tasks that do one of `acts` after the other, each in an order of its own.
async fn crowd(tasks: u64, acts: &'static [Act]) {
    let shelf = Shelf::default();
    let left = Rc::new(Cell::new(tasks));
    for task in 0..tasks {
        let (shelf, left) = (shelf.clone(), left.clone());
        drop(spawn_local(async move {
            for turn in 0..8u64 {
                let salt = (task * 31 + turn * 17 + task * turn * 7) ^ task >> 2;
                act(acts[salt as usize % acts.len()], salt / 5, &shelf).await;
            }
            left.set(left.get() - 1);
        }));
    }
    while left.get() > 0 {
        sleep(Duration::from_millis(1)).await;
        let woken = shelf.take();
        woken.into_iter().for_each(Waker::wake);
    }
}

fn tapes<S: Sampler>(
    mut sampler: S,
    faults: Faults,
    tasks: u64,
    acts: &'static [Act],
) -> Vec<Tape> {
    let mut world = World::new();
    let mut settings = Settings::default();
    settings.faults = faults;
    (0..30)
        .map(|run| {
            let outcome = world.run(&settings, &mut sampler, run, || crowd(tasks, acts));
            assert!(!faults.is_empty() || outcome.verdict.is_none(), "{:?}", outcome.verdict);
            world.tape()
        })
        .collect()
}

fn agrees<S: Sampler>(what: &str, sampler: impl Fn() -> S) {
    const CROWDS: [&[Act]; 5] = [
        &[Yield],
        &[Yield, Wait, Wake, Sleep],
        &[Yield, Point, Wait, Wake, Spawn],
        &[Write, Read, Yield],
        &[Yield, Point, Write, Read, Wait, Wake, Spawn, Sleep],
    ];
    for acts in CROWDS {
        for (tasks, faults) in [(40, Faults::NONE), (24, Faults::ALL.with(Kind::ReentrantWaker))] {
            let followed = tapes(sampler(), faults, tasks, acts);
            let looked_through = tapes(LooksThrough(sampler()), faults, tasks, acts);
            for (run, (one, other)) in followed.iter().zip(&looked_through).enumerate() {
                assert!(one == other, "{what}, run {run} of {tasks} tasks that {acts:?}");
            }
        }
    }
}

#[test]
fn pos_follows_a_crowd() {
    agrees("pos", || Seeded::with(3, Pos::default()));
    agrees("pos+", || Seeded::with(3, Pos::default()).eager());
}

#[test]
fn pct_follows_a_crowd() {
    agrees("pct", || Seeded::with(3, Pct::mix()));
    agrees("pct-3+", || Seeded::with(3, Pct::of_depth(3)).eager());
}

#[test]
fn surw_follows_a_crowd() {
    agrees("surw", || Seeded::with(3, Surw::default()));
    agrees("surw+", || Seeded::with(3, Surw::default()).eager());
}

#[test]
fn urw_and_sticky_follow_a_crowd() {
    agrees("urw", || Seeded::with(3, Urw::default()));
    agrees("sticky", || Seeded::with(3, Sticky::default()));
}

#[test]
fn bounded_search_follows_a_crowd() {
    agrees("bounded", Bounded::new);
}

#[test]
fn the_portfolio_follows_a_crowd() {
    agrees("portfolio", || Portfolio::new(3));
}
