//! Who was seen to touch a resource, and whether the turns of others commute with that.
//!
//! What a single strand touches is nobody else's business; nor is what all only read, as the flag
//! of a lock that nobody poisons. What was learned so only grows: a turn that is seen by others
//! once is seen by others for ever.

use crate::strand::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Users {
    One {
        path: Path,
        writes: bool,
    },
    /// Several, of which none writes.
    Readers,
    Many,
}

impl Users {
    /// With one more touch.
    #[inline]
    pub(super) fn and(known: Option<Users>, path: Path, writes: bool) -> Users {
        match known {
            None => Users::One { path, writes },
            Some(Users::One { path: one, writes: before }) if one == path => {
                Users::One { path, writes: before || writes }
            }
            Some(Users::One { writes: false, .. } | Users::Readers) if !writes => Users::Readers,
            Some(_) => Users::Many,
        }
    }

    /// Whether no other one sees it if the strand at `path` touches the resource.
    #[inline]
    pub(super) fn are_blind_to(self, path: Path, writes: bool) -> bool {
        match self {
            Users::One { path: one, writes: before } => one == path || !before && !writes,
            Users::Readers => !writes,
            Users::Many => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All touches of a resource, as strands and whether they write.
    fn touches() -> impl Strategy<Value = Vec<(u32, bool)>> {
        proptest::collection::vec((0..3_u32, prop::bool::weighted(0.3)), 0..8)
    }

    fn path(strand: u32) -> Path {
        Path::ROOT.child(strand)
    }

    proptest! {
        #[test]
        fn a_turn_is_seen_if_there_is_another_and_one_of_them_writes(
            touches in touches(),
            next in 0..3_u32,
            writes: bool,
        ) {
            let users = touches.iter().fold(None, |known, (strand, writes)| {
                Some(Users::and(known, path(*strand), *writes))
            });
            let is_blind = users.is_none_or(|users| users.are_blind_to(path(next), writes));
            let touched: Vec<_> = touches.iter().copied().chain([(next, writes)]).collect();
            let by_others = touched.iter().any(|(strand, _)| *strand != next);
            let is_written = touched.iter().any(|(_, writes)| *writes);
            prop_assert_eq!(is_blind, !by_others || !is_written);
        }

        #[test]
        fn what_was_seen_once_is_seen_for_ever(touches in touches(), next in 0..3_u32, writes: bool) {
            let mut users = None;
            let mut was_seen = false;
            for (strand, is_write) in touches {
                let known = Users::and(users, path(strand), is_write);
                users = Some(known);
                let is_seen = !known.are_blind_to(path(next), writes);
                // A first touch may be of whoever comes next, too.
                prop_assert!(is_seen || !was_seen, "{:?}", known);
                was_seen = is_seen;
            }
        }
    }
}
