//! The plain run: every choice takes its default.

use super::Sampler;
use crate::choice::Kind;
use crate::fault::Faults;

/// Takes every default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Sampler for Plain {
    fn begin(&mut self, _run: u64, _permitted: Faults) -> Faults {
        Faults::NONE
    }

    #[inline]
    fn choose(&mut self, _kind: Kind, _options: u32) -> u32 {
        0
    }
}
