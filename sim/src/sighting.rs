//! States that a test wants to have seen: whether they came up, and how often.
//!
//! A run counts them; that one was never seen in any run is told by whoever makes the
//! runs.

use crate::trace::What;
use crate::world;
use std::panic::Location;

/// A state that was looked for in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sighting {
    /// Its name.
    pub name: &'static str,
    /// Where it was looked for first.
    pub at: &'static Location<'static>,
    /// How often it was looked for.
    pub looks: u64,
    /// How often it was there.
    pub seen: u64,
}

/// Counts one look for the state `name`. Outside a run it does nothing.
#[doc(hidden)]
#[track_caller]
pub fn look_for(name: &'static str, seen: bool) {
    let Some(core) = world::current() else { return };
    let at = Location::caller();
    core.sightings.with(|sightings| {
        let known = sightings.iter().position(|known: &Sighting| known.name == name);
        let which = known.unwrap_or_else(|| {
            sightings.push(Sighting { name, at, looks: 0, seen: 0 });
            sightings.len() - 1
        });
        sightings[which].looks += 1;
        sightings[which].seen += u64::from(seen);
    });
    if seen {
        core.record(|| What::Marked { name });
    }
}
