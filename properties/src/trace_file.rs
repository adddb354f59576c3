//! A run for other programs: `cargo reveille` draws its picture from this file.
//!
//! Where `REVEILLE_TRACE` names a directory, every failure that is told is written there, and
//! so is the run of `REVEILLE_REPLAY`, whether or not it fails: one JSON object, whose
//! `version` counts changes that a reader must know of. New kinds of events and new members
//! are none: a reader passes over a member that it does not know, and shows an event by its
//! `words`.
//!
//! | member | what |
//! | --- | --- |
//! | `verdict` | the law, its facts and what bears on it; null if the run passed |
//! | `run` | tasks and events, see [`run`] and [`event`] |
//! | `neighbour` | a run that differs as little as can be and does not fail so; or null |
//! | `sources` | lines of code around the places that are named |
//!
//! | file | idea |
//! | --- | --- |
//! | `event`, `run`, `verdict`, `sources` | the parts |
//! | `depicted` | what one replay gives |
//! | `write` | all of it together, and how it gets to the disk |

mod depicted;
mod event;
mod run;
mod site;
mod sources;
mod verdict;
mod write;

pub(crate) use depicted::Depicted;
pub(crate) use run::stacks_wanted;
pub(crate) use verdict::Verdict;
pub(crate) use write::{Told, write};
