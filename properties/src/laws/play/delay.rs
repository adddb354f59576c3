//! A time as seen from now, as proptest draws it.

use proptest::prelude::*;
use proptest::sample::select;
use reveille_sim::time::Instant;
use std::fmt;
use std::time::Duration;

/// From now on, or back from now.
#[derive(Clone, Copy)]
pub(in crate::laws) enum Delay {
    Ahead(Duration),
    Ago(Duration),
}

impl Delay {
    /// The time that it is by now.
    pub(in crate::laws) fn due(self) -> Instant {
        match self {
            Delay::Ahead(ahead) => Instant::now() + ahead,
            Delay::Ago(ago) => Instant::now() - ago,
        }
    }
}

/// As `ahead` has it; as often as `past` of some the time has passed.
pub(in crate::laws) fn delay(
    ahead: impl Strategy<Value = Duration> + Clone + 'static,
    past: u32,
) -> BoxedStrategy<Delay> {
    let ago =
        select(vec![1, 3, 100u64]).prop_map(|millis| Delay::Ago(Duration::from_millis(millis)));
    prop_oneof![6 => ahead.prop_map(Delay::Ahead), past => ago].boxed()
}

impl fmt::Debug for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delay::Ahead(ahead) => write!(f, "in {ahead:?}"),
            Delay::Ago(ago) => write!(f, "{ago:?} ago"),
        }
    }
}
