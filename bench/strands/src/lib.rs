//! What the engine of threads costs and what it finds: published benchmark programs of concurrency
//! testing as real threads, which `reveille-sctbench` has as tasks of the simulator.
//!
//! | file | idea |
//! | --- | --- |
//! | `program`, `programs` | a program and its runs; all of them |
//! | `table`, `safe_stack` | what is measured of them |
//! | `again` | a failure is repeated from its tape |
//! | `costs`, `cpu` | what an operation and a run cost; time on the processor |

#[cfg(not(reveille_threads))]
compile_error!("this is built by `bench/threads`, with the flags of the engine");

pub mod again;
pub mod costs;
pub mod cpu;
pub mod program;
pub mod programs;
pub mod safe_stack;
pub mod table;
