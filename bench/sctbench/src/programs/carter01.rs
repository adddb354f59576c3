//! Two classes of users, each of which locks a resource for its class under a lock
//! for all: a deadlock, as one that waits for the resource keeps the other from
//! giving it back. Two more threads do nothing.

use crate::figures::{Figure, Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::Cell;

pub(super) const CARTER01: Program = Program {
    name: "carter01",
    tier: Tier::T0,
    threads: 5,
    points: 19,
    published: Published {
        points: Some(19),
        artifact: Figures::of(
            Figure::Mean(1.0),
            Figure::Mean(5.0),
            Figure::Mean(1.9),
            Figure::Unknown,
        ),
        model: Figures::UNKNOWN,
    },
    body: main,
};

fn main() -> Main {
    Process::main(|process| async move {
        let (all, resource) = (Mutex::new("m"), Mutex::new("l"));
        let threads = [
            process.spawn(user(all.clone(), resource.clone())).await,
            process.spawn(user(all, resource)).await,
            process.spawn(async {}).await,
            process.spawn(async {}).await,
        ];
        process.join_all(threads).await;
    })
}

async fn user(all: Mutex, resource: Mutex) {
    // There is one user of each class, so the first in is the last out.
    let users = Cell::new(0);
    all.lock().await;
    users.set(users.get() + 1);
    if users.get() == 1 {
        resource.lock().await;
    }
    all.unlock().await;
    all.lock().await;
    users.set(users.get() - 1);
    if users.get() == 0 {
        resource.unlock().await;
    }
    all.unlock().await;
}
