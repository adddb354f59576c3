//! What the compiler calls before each load and store that is no atomic operation.
//!
//! LLVM's pass for coverage (`sancov-module`, with `trace-loads` and `trace-stores`) puts a call
//! before each of them; the names and types are those of compiler-rt's `sanitizer_common`. They
//! are defined here, and only in a binary that is built to see data races.

use super::watched::Accessing::{Read, Write};
use super::watched::accessed;
use core::ffi::c_void;

macro_rules! hooks {
    ($($name:ident $bytes:literal $how:ident;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name(place: *const c_void) {
            accessed(place.addr(), $bytes, $how);
        }
    )*};
}

hooks! {
    __sanitizer_cov_load1 1 Read;
    __sanitizer_cov_load2 2 Read;
    __sanitizer_cov_load4 4 Read;
    __sanitizer_cov_load8 8 Read;
    __sanitizer_cov_load16 16 Read;
    __sanitizer_cov_store1 1 Write;
    __sanitizer_cov_store2 2 Write;
    __sanitizer_cov_store4 4 Write;
    __sanitizer_cov_store8 8 Write;
    __sanitizer_cov_store16 16 Write;
}
