//! What the arguments of a test are made of, for those who make them.
//!
//! An argument begins with two words that its generator is seeded with. Then come
//! the moves by which a shrinker made it simpler, one after the other until the
//! default, which ends them. A move that the argument refuses leaves nothing on the
//! tape, so whoever reads the tape of a run sees which moves it took.

use crate::choice::Kind;
use crate::world;

/// Options of a move: the end, and one for each move.
const MOVES: u32 = 3;

/// Draws a word that an argument is made of, 0 by default.
#[doc(hidden)]
#[must_use]
pub fn draw_argument() -> u32 {
    world::current().map_or(0, |core| core.choose(Kind::Argument, u32::MAX))
}

/// The next move that a shrinker asks for, 0 if there is none. It is on the tape only
/// once it is [noted](note_argument_move).
#[doc(hidden)]
#[must_use]
pub fn next_argument_move() -> u32 {
    let asked = world::current().and_then(|core| core.tell_sampler(|s| s.move_argument()));
    asked.filter(|option| *option < MOVES).unwrap_or(0)
}

/// Puts a move that was made, or the end of the moves, on the tape.
#[doc(hidden)]
pub fn note_argument_move(option: u32) {
    if let Some(core) = world::current() {
        core.note_choice(Kind::Argument, MOVES, option);
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
