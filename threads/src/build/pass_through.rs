//! The hooks for binaries that do not link the engine: each does its operation, and no more.
//!
//! A workspace that is built for the engine has programs and tests that have nothing to do with
//! it, and their atomic operations are calls, too. This is compiled by itself, without the
//! standard library, and linked with everything; where the engine is, its own hooks go first.

#![no_std]

mod accesses;
mod hooks;
mod operation;

mod watched {
    use core::ffi::c_int;

    #[inline(always)]
    pub(crate) fn loaded<W>(_: (), newest: W, _: c_int) -> W {
        newest
    }

    #[inline(always)]
    pub(crate) fn stored<W>(_: (), _: W, _: W, _: c_int) {}

    #[inline(always)]
    pub(crate) fn changed<W>(_: (), _: W, _: W, _: c_int) {}

    #[inline(always)]
    pub(crate) fn refused<W>(_: (), _: W, _: W, _: c_int) -> Option<W> {
        None
    }

    #[inline(always)]
    pub(crate) fn fenced(_: c_int) {}

    pub(crate) enum Accessing {
        Read,
        Write,
    }

    #[inline(always)]
    pub(crate) fn accessed(_: usize, _: u8, _: Accessing) {}
}

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
    pub(crate) fn is_watched(_: ()) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn holds(_: (), _: bool, _: bool) {}

    #[inline(always)]
    pub(crate) fn after(_: (), _: Touching) {}
}
