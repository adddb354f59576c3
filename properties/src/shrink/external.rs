//! Trades a fault or an input for a deviation of the schedule.
//!
//! DEMi's order: what comes from outside goes first, and where the old schedule
//! does not fail without it, schedules around the old one are searched.

use super::size::is_external;
use super::{Change, Cost, Shrinker};
use reveille_sim::Kind;

/// For that, in the whole of a shrink.
pub(super) const MOST: Cost = Cost { replays: 48, steps: 2_000_000 };
/// Replays for a single fault.
const MOST_FOR_ONE: u32 = 24;

impl Shrinker<'_> {
    /// Whether a deviation from outside could go.
    pub(super) fn trade(&mut self) -> bool {
        let all = self.deviations();
        all.iter().any(|deviation| is_external(deviation.0) && self.trade_one(&all, *deviation))
    }

    /// Tries `dropped` gone and one more deviation of the schedule, near those that are
    /// there before others.
    fn trade_one(&mut self, all: &[Change], dropped: Change) -> bool {
        let before = self.spent;
        let most = Cost { replays: self.to_trade.replays.min(MOST_FOR_ONE), ..self.to_trade };
        let limit = before.plus(most);
        let centres: Vec<Change> =
            all.iter().copied().filter(|(kind, ..)| !is_external(*kind)).collect();
        let traded = self
            .find_beside(&[dropped], &centres, usize::MAX, limit, |kind| kind == Kind::Schedule);
        self.to_trade = self.to_trade.less(before, self.spent);
        traded
    }
}
