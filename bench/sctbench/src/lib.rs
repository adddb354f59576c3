//! Published benchmark programs of concurrency testing, as tasks of the simulator:
//! the rows of SCTBench (Thomson, Donaldson, Betts, "Concurrency Testing Using
//! Controlled Schedulers: An Empirical Study", TOPC 2016) by which samplers are
//! compared, with the figures that others reported for them.
//!
//! What is carried over is the skeleton: which shared accesses happen in which
//! order, under which locks, and what is asserted. Scheduling points are those of
//! SCTBench: each lock and unlock, spawn and join, operation of a condition variable,
//! and each access to a variable in a race; nothing else. Each program asserts (or
//! deadlocks) where the original does.
//!
//! ```
//! use reveille_sctbench::{ALL, Estimate};
//! use reveille_sim::{Random, World};
//!
//! let mut world = World::new();
//! for program in ALL.iter().take(3) {
//!     let estimate = Estimate::of(&mut world, &mut Random::new(7), 0..1_000, program);
//!     println!("{}: {estimate} schedules", program.name);
//! }
//! ```
//!
//! | file | idea |
//! | --- | --- |
//! | `program`, `figures`, `estimate` | a row, what others reported of it, what is measured |
//! | `hard` | what others reported of programs that are not here, as they need real threads |
//! | `event`, `process`, `mutex`, `condvar`, `racy` | what threads are made of |
//! | `programs/` | a program, or a family of them, each |

mod condvar;
mod estimate;
mod event;
mod figures;
mod hard;
mod mutex;
mod process;
mod program;
mod programs;
mod racy;

pub use estimate::{Estimate, rounded};
pub use figures::{Figure, Figures, Published};
pub use hard::{Row, row};
pub use process::Main;
pub use program::{Program, Tier, fails};
pub use programs::ALL;
