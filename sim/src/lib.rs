//! The world of one run: a deterministic executor for futures, with wakers that
//! are counted, virtual time, and an oracle that says which law a run breaks.
//!
//! Users depend on `reveille`, which searches for such a run, shrinks it and
//! explains it. This crate executes a single run and knows no file, no variable
//! of the environment and no report.
//!
//! Every bit of nondeterminism is a [choice](Kind), every choice goes through
//! a [`Sampler`], and what went through is a [`Tape`]:
//!
//! ```
//! use reveille_sim::{Replay, Random, Settings, World, spawn};
//!
//! let body = || async { spawn(async { 42 }).await.unwrap() };
//! let mut world = World::new();
//! let outcome = world.run(&Settings::default(), &mut Random::new(7), 0, body);
//! assert_eq!(outcome.output, Some(42));
//!
//! let tape = world.tape();
//! let again = world.run(&Settings::default(), &mut Replay::new(tape), 0, body);
//! assert_eq!(again.steps, outcome.steps);
//! ```
//!
//! | file | idea |
//! | --- | --- |
//! | `choice`, `door`, `tape`, `sampler/`, `entropy`, `strand`, `lineage`, `argument` | who decides what, and how it is written down |
//! | `fault`, `late`, `cancellable`, `reentry` | what goes wrong on purpose |
//! | `world`, `executor`, `ready`, `task`, `block`, `join`, `spawn`, `yielding`, `hold`, `teardown` | what runs |
//! | `identity`, `biased`, `ledger`, `waker`, `watch`, `mailbox`, `letters` | who may wake whom |
//! | `carried/` | polls on threads of their own, which are left in their middle; who shares a thread |
//! | `clock`, `idle`, `time/` | virtual time |
//! | `reactor/`, `resident` | what is outside the program, and becomes ready |
//! | `io/` | what bytes go through |
//! | `net/` | hosts, links between them, and sockets |
//! | `fs/` | files, and what of them survives a crash |
//! | `completion/` | operations that end later, and whose memory it is meanwhile |
//! | `guest/` | the runtime of somebody else |
//! | `law`, `oracle`, `probe`, `finding`, `panics`, `property`, `digest`, `outside`, `race` | what is wrong with it |
//! | `trace`, `sighting` | what happened |
//! | `settings`, `private`, `once`, `sync` | what a run is given, and the cells and locks it is made of |

mod argument;
mod biased;
mod block;
mod cancellable;
#[cfg(feature = "threads")]
pub mod carried;
mod choice;
mod chunk;
mod clock;
pub mod completion;
mod digest;
mod door;
mod ending;
mod entropy;
mod executor;
mod fault;
mod few;
mod finding;
mod forgotten;
pub mod fs;
mod gaps;
mod guest;
mod hold;
mod huge;
mod identity;
mod idle;
pub mod io;
mod join;
mod kept;
mod late;
mod law;
mod ledger;
mod letters;
mod lineage;
mod mailbox;
pub mod net;
mod once;
mod oracle;
mod outside;
mod panics;
mod prefetch;
mod private;
mod probe;
mod property;
mod pulse;
mod race;
pub mod reactor;
mod ready;
mod reentry;
mod resident;
mod sampler;
mod settings;
mod sighting;
mod spawn;
mod strand;
mod sync;
mod tail;
mod tape;
mod task;
mod teardown;
pub mod time;
mod trace;
mod waker;
mod watch;
mod wheel;
mod within;
mod world;
mod yielding;

/// The file of this module, as the compiler names it: where the sources of this crate are.
#[doc(hidden)]
pub const LIB_FILE: &str = file!();

pub use argument::{asked_argument_moves, draw_argument, note_argument, note_argument_moves};
pub use cancellable::{Cancellable, Cancelled, cancellable};
pub use choice::Kind;
pub use digest::{Digest, digest};
pub use fault::Faults;
pub use finding::{Asked, Detail, Finding, Outcome, Property, PropertyKind};
pub use forgotten::{broken, forgotten};
pub use hold::{hold_back, wake_by_handle, waker_of};
pub use join::{AbortHandle, JoinError, JoinHandle};
pub use kept::keeps_wakers;
pub use law::{Certainty, Law, Level, Levels};
pub use lineage::{Lineage, LineageError};
pub use outside::{Contact, Outside, note_outside};
pub use panics::on_abort;
pub use property::{Always, Eventually, LeadsTo, Trial, always, eventually, leads_to};
pub use pulse::Pulse;
pub use race::{Access, Accessing, Race};
pub use reentry::{Nested, PanickedClone, current_nested, poll_another, quietly};
pub use sampler::{
    Alignment, Bounded, Bytes, Deviation, Divergence, Exhausted, Exhaustive, Fingerprint, Found,
    Member, Pct, Plain, Policy, Portfolio, Pos, Random, RandomWalk, Replay, Resync, Run, Sampler,
    Script, Seeded, Sticky, Surw, Turn, Urw, Written,
};
pub use settings::{Probe, Settings};
pub use sighting::{Sighting, look_for};
pub use spawn::{Builder, spawn, spawn_daemon, spawn_local};
pub use strand::{Path, Resource, Runnable, Strand, Touch};
pub use tape::{Tape, TapeError};
pub use trace::{
    Event, Owner, PollEnd, Recording, TaskId, TaskInfo, Thrown, Touching, Trace, What,
};
pub use watch::{Watch, watch};
pub use within::{current_within, within};
pub use world::{World, current_step, current_tape, current_task, in_run, peek_tape};
pub use yielding::{
    Point, draw, draw_entropy, mark, note, note_await, point, touches_next, yield_now,
};

/// Runs the body of an example once, in the plain order.
#[doc(hidden)]
#[track_caller]
pub fn doc<F: Future>(body: impl FnOnce() -> F) -> F::Output {
    let outcome = World::new().run(&Settings::default(), &mut Plain, 0, body);
    match (outcome.verdict, outcome.output) {
        (None, Some(output)) => output,
        (verdict, _) => panic!("the example failed: {verdict:?}"),
    }
}
