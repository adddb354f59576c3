//! Setters change two variables one after the other, checkers assert that they see
//! both changes or none.
//!
//! The number in a name is that of all threads but the main one. Mind the mixes:
//! `reorder_20` has ten checkers, `reorder_10` one.

use crate::figures::{Figure, Figures, Published};
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use crate::racy::Racy;
use std::rc::Rc;

pub(super) const REORDER_3: Program = Program {
    name: "reorder_3",
    tier: Tier::T0,
    threads: 4,
    points: 12,
    published: Published {
        points: Some(12),
        artifact: never_by_random(Figure::Mean(185.0), Figure::Mean(86.0), 7.3),
        model: Figures::means(40.0, 28.0, 15.0, 6.6),
    },
    body: main::<2, 1>,
};

pub(super) const REORDER_4: Program = Program {
    name: "reorder_4",
    tier: Tier::T0,
    threads: 5,
    points: 16,
    published: Published {
        points: Some(16),
        artifact: never_by_random(Figure::Mean(554.0), Figure::Mean(533.0), 7.3),
        model: Figures::UNKNOWN,
    },
    body: main::<3, 1>,
};

pub(super) const REORDER_5: Program = Program {
    name: "reorder_5",
    tier: Tier::T0,
    threads: 6,
    points: 20,
    published: Published {
        points: Some(20),
        artifact: never_by_random(Figure::Mean(647.0), Figure::Mean(2169.0), 10.0),
        model: Figures::means(560.0, 122.0, 85.0, 9.9),
    },
    body: main::<4, 1>,
};

pub(super) const REORDER_10: Program = Program {
    name: "reorder_10",
    tier: Tier::T1,
    threads: 11,
    points: 40,
    published: Published {
        points: Some(40),
        artifact: never_by_random(Figure::Partly { mean: 3225.0, found: 16 }, Figure::Never, 17.0),
        model: Figures::UNKNOWN,
    },
    body: main::<9, 1>,
};

pub(super) const REORDER_20: Program = Program {
    name: "reorder_20",
    tier: Tier::T1,
    threads: 21,
    points: 89,
    published: Published {
        points: Some(89),
        artifact: never_by_random(Figure::Mean(3005.0), Figure::Never, 6.0),
        model: Figures::UNKNOWN,
    },
    body: main::<10, 10>,
};

pub(super) const REORDER_50: Program = Program {
    name: "reorder_50",
    tier: Tier::T1,
    threads: 51,
    points: 209,
    published: Published {
        points: None,
        artifact: never_by_random(Figure::Partly { mean: 3304.0, found: 6 }, Figure::Never, 13.0),
        model: Figures::UNKNOWN,
    },
    body: main::<40, 10>,
};

pub(super) const REORDER_100: Program = Program {
    name: "reorder_100",
    tier: Tier::T1,
    threads: 101,
    points: 400,
    published: Published {
        points: None,
        artifact: never_by_random(Figure::Never, Figure::Never, 194.0),
        model: Figures::UNKNOWN,
    },
    body: main::<99, 1>,
};

const fn never_by_random(pct3: Figure, pos: Figure, surw: f64) -> Figures {
    Figures::of(Figure::Never, pct3, pos, Figure::Mean(surw))
}

struct Shared {
    a: Racy<i32>,
    b: Racy<i32>,
}

fn main<const SETTERS: usize, const CHECKERS: usize>() -> Main {
    Process::main(|process| async move {
        let shared = Rc::new(Shared { a: Racy::new("a", 0), b: Racy::new("b", 0) });
        let mut threads = Vec::with_capacity(SETTERS + CHECKERS);
        for _ in 0..SETTERS {
            threads.push(process.spawn(set(shared.clone())).await);
        }
        for _ in 0..CHECKERS {
            threads.push(process.spawn(check(shared.clone())).await);
        }
        process.join_all(threads).await;
    })
}

async fn set(shared: Rc<Shared>) {
    shared.a.write(1).await;
    shared.b.write(-1).await;
}

/// Each variable is read anew for each comparison, as in the original.
async fn check(shared: Rc<Shared>) {
    let Shared { a, b } = &*shared;
    let none = a.read().await == 0 && b.read().await == 0;
    assert!(none || a.read().await == 1 && b.read().await == -1, "changes out of order");
}
