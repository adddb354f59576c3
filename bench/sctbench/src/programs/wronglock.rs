//! One thread trusts that a number it changes under a lock does not change
//! meanwhile; the others change it under another lock.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use crate::racy::Racy;
use std::rc::Rc;

pub(super) const WRONGLOCK: Program = Program {
    name: "wronglock",
    tier: Tier::T0,
    threads: 9,
    points: 49,
    published: Published {
        points: Some(49),
        artifact: Figures::means(36.0, 51.0, 10.0, 7.5),
        model: Figures::UNKNOWN,
    },
    body: main::<7>,
};

pub(super) const WRONGLOCK_3: Program = Program {
    name: "wronglock_3",
    tier: Tier::T0,
    threads: 5,
    points: 25,
    published: Published {
        points: Some(25),
        artifact: Figures::means(36.0, 58.0, 11.0, 8.8),
        model: Figures::UNKNOWN,
    },
    body: main::<3>,
};

struct Shared {
    right: Mutex,
    wrong: Mutex,
    data: Racy<i32>,
}

fn main<const WRONG: usize>() -> Main {
    Process::main(|process| async move {
        let shared = Rc::new(Shared {
            right: Mutex::new("data lock"),
            wrong: Mutex::new("this lock"),
            data: Racy::new("data", 0),
        });
        let mut threads = vec![process.spawn(trust(shared.clone())).await];
        for _ in 0..WRONG {
            threads.push(process.spawn(meddle(shared.clone())).await);
        }
        process.join_all(threads).await;
    })
}

async fn increment(data: &Racy<i32>) {
    let value = data.read().await;
    data.write(value + 1).await;
}

async fn trust(shared: Rc<Shared>) {
    shared.right.lock().await;
    let before = shared.data.read().await;
    increment(&shared.data).await;
    assert_eq!(shared.data.read().await, before + 1);
    shared.right.unlock().await;
}

async fn meddle(shared: Rc<Shared>) {
    shared.wrong.lock().await;
    increment(&shared.data).await;
    shared.wrong.unlock().await;
}
