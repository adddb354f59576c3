//! What the arguments of a test are made of, for those who make them.
//!
//! An argument begins with two words that its generator is seeded with. Then come
//! the moves by which a shrinker made it simpler, one after the other until the
//! default, which ends them. A move that the argument refuses leaves nothing on the
//! tape, so whoever reads the tape of a run sees which moves it took.

use crate::choice::Kind;
use crate::private::unshaken;
use crate::sampler::Sampler;
use crate::world;

/// Options of a move: the end, and one for each move.
const MOVES: u32 = 3;

/// Draws a word that an argument is made of, 0 by default.
#[doc(hidden)]
#[must_use]
pub fn draw_argument() -> u32 {
    world::current().map_or(0, |core| core.choose(Kind::Argument, u32::MAX))
}

/// The moves that a shrinker asks for. They are on the tape only once they are
/// [noted](note_argument_moves).
#[doc(hidden)]
#[must_use]
pub fn asked_argument_moves() -> Vec<u32> {
    let Some(core) = world::current() else { return Vec::new() };
    let moves = |sampler: &mut dyn Sampler| {
        let next = || Some(sampler.move_argument()).filter(|option| (1..MOVES).contains(option));
        std::iter::from_fn(next).collect()
    };
    let asked = unshaken(|| core.tell_sampler(moves));
    asked.unwrap_or_default()
}

/// Puts the moves that were made, and the end of them, on the tape.
#[doc(hidden)]
pub fn note_argument_moves(taken: &[u32]) {
    if let Some(core) = world::current() {
        for option in taken.iter().chain(&[0]) {
            core.note_choice(Kind::Argument, MOVES, *option);
        }
    }
}

/// Keeps the text of an argument for the report; it is asked for only if there will be one.
#[doc(hidden)]
pub fn note_argument(name: &str, value: impl FnOnce() -> String) {
    if let Some(core) = world::current()
        && core.recording.get()
        && core.with_recorder(|recorder| recorder.keeps_events())
    {
        // The user's `Debug`, so not within the closure below.
        let value = value();
        core.with_recorder(|recorder| recorder.add_argument(name.to_owned(), value));
    }
}
