//! The orders that an atomic operation can ask for, as the compiler numbers them.

use core::ffi::c_int;

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Relaxed,
    Acquire,
    Release,
    AcqRel,
    SeqCst,
}

impl Order {
    /// That of a hook's argument; `consume`, which is 1 in C, is treated as acquire by all compilers.
    pub(crate) const fn of(number: c_int) -> Order {
        match number {
            0 => Order::Relaxed,
            1 | 2 => Order::Acquire,
            3 => Order::Release,
            4 => Order::AcqRel,
            _ => Order::SeqCst,
        }
    }

    pub(super) const fn acquires(self) -> bool {
        matches!(self, Order::Acquire | Order::AcqRel | Order::SeqCst)
    }

    pub(super) const fn releases(self) -> bool {
        matches!(self, Order::Release | Order::AcqRel | Order::SeqCst)
    }

    pub(super) const fn is_seq_cst(self) -> bool {
        matches!(self, Order::SeqCst)
    }
}
