//! The rows: one program, or a family of them, a file.
//!
//! Beside a row stands what differs from the original: where the plain run ends
//! early, its `points` are fewer than the published ones, which come from runs that
//! pass.

mod account;
mod bluetooth_driver;
mod bounded_buffer;
mod carter01;
mod circular_buffer;
mod deadlock01;
mod lazy01;
mod queue;
mod reorder;
mod stack;
mod stringbuffer;
mod token_ring;
mod twostage;
mod wronglock;

use crate::program::Program;

/// All programs: the 17 of tier T0, then the 7 of tier T1.
pub const ALL: &[Program] = &[
    account::ACCOUNT,
    lazy01::LAZY01,
    deadlock01::DEADLOCK01,
    wronglock::WRONGLOCK,
    wronglock::WRONGLOCK_3,
    bluetooth_driver::BLUETOOTH_DRIVER,
    token_ring::TOKEN_RING,
    stack::STACK,
    circular_buffer::CIRCULAR_BUFFER,
    carter01::CARTER01,
    queue::QUEUE,
    bounded_buffer::BOUNDED_BUFFER,
    twostage::TWOSTAGE,
    reorder::REORDER_3,
    reorder::REORDER_4,
    reorder::REORDER_5,
    stringbuffer::STRINGBUFFER,
    reorder::REORDER_10,
    reorder::REORDER_20,
    reorder::REORDER_50,
    reorder::REORDER_100,
    twostage::TWOSTAGE_20,
    twostage::TWOSTAGE_50,
    twostage::TWOSTAGE_100,
];
