//! Two classes of users, each of which locks a resource for its class under a lock
//! for all: a deadlock, as one that waits for the resource keeps the other from
//! giving it back. Two more threads do nothing.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Shared {
    all: Mutex<()>,
    resource: Mutex<()>,
}

pub(super) fn main() {
    let shared = Arc::new(Shared::default());
    join_all([
        spawn(&shared, user),
        spawn(&shared, user),
        spawn(&shared, |_| ()),
        spawn(&shared, |_| ()),
    ]);
}

fn user(shared: &Shared) {
    // There is one user of each class, so the first in is the last out.
    let all = shared.all.lock().unwrap();
    let resource = shared.resource.lock().unwrap();
    drop(all);
    let _all = shared.all.lock().unwrap();
    drop(resource);
}
