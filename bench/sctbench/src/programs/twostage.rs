//! Writers change two numbers in two stages, each under its own lock; a reader that
//! comes between the stages finds that they do not fit.
//!
//! Among several writers the first number is in a race: it is written under the
//! first lock and read under the second.

use crate::figures::{Figure, Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use crate::racy::Racy;
use std::cell::Cell;
use std::rc::Rc;

pub(super) const TWOSTAGE: Program = Program {
    name: "twostage",
    tier: Tier::T0,
    threads: 3,
    points: 11,
    published: Published {
        points: Some(11),
        artifact: Figures::means(464.0, 13.0, 15.0, 7.5),
        model: Figures::means(47.0, 6.9, 11.0, 7.2),
    },
    body: main::<1, 1>,
};

pub(super) const TWOSTAGE_20: Program = Program {
    name: "twostage_20",
    tier: Tier::T1,
    threads: 21,
    points: 139,
    published: Published {
        points: None,
        artifact: Figures::of(
            Figure::Never,
            Figure::Mean(159.0),
            Figure::Mean(156.0),
            Figure::Mean(5.7),
        ),
        model: Figures::UNKNOWN,
    },
    body: main::<10, 10>,
};

pub(super) const TWOSTAGE_50: Program = Program {
    name: "twostage_50",
    tier: Tier::T1,
    threads: 51,
    points: 379,
    published: Published {
        points: None,
        artifact: Figures::of(
            Figure::Never,
            Figure::Mean(1676.0),
            Figure::Mean(1637.0),
            Figure::Mean(20.0),
        ),
        model: Figures::UNKNOWN,
    },
    body: main::<40, 10>,
};

pub(super) const TWOSTAGE_100: Program = Program {
    name: "twostage_100",
    tier: Tier::T1,
    threads: 101,
    // The list says 5 fewer, which no choice of racy accesses explains.
    points: 797,
    published: Published {
        points: Some(792),
        artifact: Figures::of(
            Figure::Never,
            Figure::Partly { mean: 7466.0, found: 3 },
            Figure::Partly { mean: 6674.0, found: 3 },
            Figure::Mean(454.0),
        ),
        model: Figures::UNKNOWN,
    },
    body: main::<99, 1>,
};

struct Shared {
    first_lock: Mutex,
    second_lock: Mutex,
    first: First,
    second: Cell<i32>,
}

enum First {
    /// One writer is in no race with itself, and readers hold the lock.
    Private(Cell<i32>),
    Racy(Racy<i32>),
}

impl First {
    async fn write(&self, value: i32) {
        match self {
            First::Private(cell) => cell.set(value),
            First::Racy(racy) => racy.write(value).await,
        }
    }

    async fn read(&self) -> i32 {
        match self {
            First::Private(cell) => cell.get(),
            First::Racy(racy) => racy.read().await,
        }
    }

    /// Read under the lock under which it is written.
    fn read_locked(&self) -> i32 {
        match self {
            First::Private(cell) => cell.get(),
            First::Racy(racy) => racy.peek(),
        }
    }
}

fn main<const WRITERS: usize, const READERS: usize>() -> Main {
    Process::main(|process| async move {
        let first = match WRITERS {
            1 => First::Private(Cell::new(0)),
            _ => First::Racy(Racy::new("data 1", 0)),
        };
        let shared = Rc::new(Shared {
            first_lock: Mutex::new("lock 1"),
            second_lock: Mutex::new("lock 2"),
            first,
            second: Cell::new(0),
        });
        let mut threads = Vec::with_capacity(WRITERS + READERS);
        for _ in 0..WRITERS {
            threads.push(process.spawn(write(shared.clone())).await);
        }
        for _ in 0..READERS {
            threads.push(process.spawn(read(shared.clone())).await);
        }
        process.join_all(threads).await;
    })
}

async fn write(shared: Rc<Shared>) {
    shared.first_lock.lock().await;
    shared.first.write(1).await;
    shared.first_lock.unlock().await;
    shared.second_lock.lock().await;
    shared.second.set(shared.first.read().await + 1);
    shared.second_lock.unlock().await;
}

async fn read(shared: Rc<Shared>) {
    shared.first_lock.lock().await;
    let first = shared.first.read_locked();
    shared.first_lock.unlock().await;
    if first == 0 {
        return;
    }
    shared.second_lock.lock().await;
    let second = shared.second.get();
    shared.second_lock.unlock().await;
    assert_eq!(second, first + 1);
}
