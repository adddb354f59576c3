//! The hooks for binaries that do not link the engine: each does its operation, and no more.
//!
//! A workspace that is built for the engine has programs and tests that have nothing to do with
//! it, and their atomic operations are calls, too. This is compiled by itself, without the
//! standard library, and linked with everything; where the engine is, its own hooks go first.

#![no_std]

mod hooks;
mod operation;

mod point {
    #[derive(Clone, Copy)]
    pub(crate) enum Touching {
        Load,
        Store,
        Change,
        Refusal,
    }

    #[inline(always)]
    pub(crate) fn before(_: usize, _: Touching) {}

    #[inline(always)]
    pub(crate) fn holds(_: (), _: bool, _: bool) {}

    #[inline(always)]
    pub(crate) fn after(_: (), _: Touching) {}
}
