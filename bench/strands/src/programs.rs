//! The rows: one program, or a family of them, a file.
//!
//! What is carried over is the skeleton: which shared accesses happen in which order, under which
//! locks, and what is asserted. Variables in a race are relaxed atomics, and the rest is the
//! standard library: threads, mutexes, condition variables. A thread fails by a panic, which its
//! joining thread passes on.

mod account;
mod bluetooth_driver;
mod bounded_buffer;
mod carter01;
mod circular_buffer;
mod con_vul;
mod deadlock01;
mod lazy01;
mod qsort_mt;
mod queue;
mod rad_bench;
mod records;
mod reorder;
mod safe_stack;
mod stack;
mod stringbuffer;
mod token_ring;
mod twostage;
mod work_steal_queue;
mod wronglock;

use crate::program::Program;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// All programs: the 17 of tier T0, the 7 of tier T1, then those of tier T2.
#[rustfmt::skip]
pub const ALL: &[Program] = &[
    Program { name: "account", main: account::main },
    Program { name: "lazy01", main: lazy01::main },
    Program { name: "deadlock01", main: deadlock01::main },
    Program { name: "wronglock", main: wronglock::main::<7> },
    Program { name: "wronglock_3", main: wronglock::main::<3> },
    Program { name: "bluetooth_driver", main: bluetooth_driver::main },
    Program { name: "token_ring", main: token_ring::main },
    Program { name: "stack", main: stack::main },
    Program { name: "circular_buffer", main: circular_buffer::main },
    Program { name: "carter01", main: carter01::main },
    Program { name: "queue", main: queue::main },
    Program { name: "boundedBuffer", main: bounded_buffer::main },
    Program { name: "twostage", main: twostage::main::<1, 1> },
    Program { name: "reorder_3", main: reorder::main::<2, 1> },
    Program { name: "reorder_4", main: reorder::main::<3, 1> },
    Program { name: "reorder_5", main: reorder::main::<4, 1> },
    Program { name: "stringbuffer-jdk1.4", main: stringbuffer::main },
    Program { name: "reorder_10", main: reorder::main::<9, 1> },
    Program { name: "reorder_20", main: reorder::main::<10, 10> },
    Program { name: "reorder_50", main: reorder::main::<40, 10> },
    Program { name: "reorder_100", main: reorder::main::<99, 1> },
    Program { name: "twostage_20", main: twostage::main::<10, 10> },
    Program { name: "twostage_50", main: twostage::main::<40, 10> },
    Program { name: "twostage_100", main: twostage::main::<99, 1> },
    SAFE_STACK,
    Program { name: "WorkStealQueue", main: work_steal_queue::work_steal_queue },
    Program { name: "InterlockedWorkStealQueue", main: work_steal_queue::interlocked },
    Program { name: "InterlockedWorkStealQueueWithState", main: work_steal_queue::interlocked_with_state },
    Program { name: "StateWorkStealQueue", main: work_steal_queue::with_state },
    Program { name: "qsort_mt", main: qsort_mt::main },
    Program { name: "RADBench bug4", main: rad_bench::bug4::main },
    Program { name: "RADBench bug6", main: rad_bench::bug6::main },
    Program { name: "CVE-2013-1792", main: con_vul::cve_2013_1792::main },
    Program { name: "CVE-2016-1972", main: con_vul::cve_2016_1972::main },
    Program { name: "CVE-2016-1973", main: con_vul::cve_2016_1973::main },
    Program { name: "CVE-2016-9806", main: con_vul::cve_2016_9806::main },
    Program { name: "CVE-2017-15265", main: con_vul::cve_2017_15265::main },
];

/// The one that no published sampler finds but SURW, in some 370,000 schedules.
pub const SAFE_STACK: Program = Program { name: "SafeStack", main: safe_stack::main };

/// A thread that does this with what all share.
fn spawn<S>(shared: &Arc<S>, thread: impl FnOnce(&S) + Send + 'static) -> JoinHandle<()>
where
    S: Send + Sync + 'static,
{
    let shared = shared.clone();
    thread::spawn(move || thread(&shared))
}

/// Waits for all of them, and fails as soon as one of them has.
fn join_all(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// Does something without scheduling points: accesses that are in no race, and would be plain
/// ones were it not for a language that cannot know.
fn quietly<R>(access: impl FnOnce() -> R) -> R {
    reveille_sim::carried::shielded(access)
}
