//! Reads and writes that move fewer bytes than they could: the fault `short-io`.

use crate::choice::Kind;
use crate::world::Core;

/// All of it, a single byte, the half, all but one.
const WAYS: u32 = 4;

impl Core {
    /// How many of `count` bytes an operation moves; at least one, if there is one.
    pub(crate) fn shortened(&self, count: usize) -> usize {
        if count < 2 {
            return count;
        }
        match self.strength(Kind::ShortIo, WAYS) {
            0 => count,
            1 => 1,
            2 => count / 2,
            _ => count - 1,
        }
    }
}
