//! Two bugs of NSPR, Netscape's portable runtime, from RADBench (Jalbert et al., HotPar 2011).
//!
//! What the runtime does by itself to begin and end a thread, with locks of its own, is left out;
//! it is where most of the published scheduling points are.

pub(super) mod bug4;
pub(super) mod bug6;
