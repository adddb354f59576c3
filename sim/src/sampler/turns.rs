//! Whose turn it is in a portfolio.
//!
//! The first runs go by fixed turns: all members have theirs soon, and few deviations come first.
//! What has passed thousands of runs is not near the plain run, and a run of one member may cost a
//! hundred times as much as one of another: bounded search is not fair, so where strands spin its
//! runs are as long as runs can be. So later on it goes by effort, which is turns of strands and
//! never time: next is who had the least for its share (stride scheduling; Waldspurger, Weihl, 1995).
//!
//! Half of the late effort is POS's. What is still unfound wants many orders at once, and there its
//! chance falls least: by it alone SafeStack's failure, five preemptions in the right places, is
//! found in seconds. On the other programs of SCTBench late runs fail about as often as early ones.

use super::portfolio::Member;

/// Who makes the first runs after the plain one, over and over.
#[rustfmt::skip]
const TURNS: [Member; 20] = {
    use Member::*;
    [
        Pct, Bounded, Pos, Surw, Bounded,
        Surw, Pos, Random, Bounded, Surw,
        Pct, Pos, Surw, Urw, Bounded,
        Surw, Pos, Pct, Sticky, Surw,
    ]
};

/// Runs that go by turns.
const EARLY: u64 = 10_000;

/// The shares of the effort in later runs.
#[rustfmt::skip]
const SHARES: [(Member, u64); 7] = {
    use Member::*;
    [(Pos, 10), (Surw, 3), (Bounded, 2), (Pct, 2), (Urw, 1), (Sticky, 1), (Random, 1)]
};

/// Every share divides it.
const MULTIPLE: u64 = 60;

/// Decides whose turn it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// Runs made so far.
    made: u64,
    /// What each member's later runs took, in the order of the shares.
    efforts: [u64; SHARES.len()],
}

impl Turns {
    /// Who makes run `run`, of those that have something left to do.
    pub(super) fn member(&self, run: u64, is_done: impl Fn(Member) -> bool) -> Member {
        let Some(turn) = run.checked_sub(1) else { return Member::Bounded };
        if self.made < EARLY {
            let member = TURNS[(turn % TURNS.len() as u64) as usize];
            return if is_done(member) { Member::Random } else { member };
        }
        let of_share = |place: &usize| {
            let (_, share) = SHARES[*place];
            u128::from(self.efforts[*place]) * u128::from(MULTIPLE / share)
        };
        let places = (0..SHARES.len()).filter(|place| !is_done(SHARES[*place].0));
        places.min_by_key(of_share).map_or(Member::Random, |place| SHARES[place].0)
    }

    /// A run of `member` is over, in which strands had so many turns.
    pub(super) fn note(&mut self, member: Member, turns: u64) {
        if self.made >= EARLY
            && let Some(place) = SHARES.iter().position(|(name, _)| *name == member)
        {
            self.efforts[place] = self.efforts[place].saturating_add(turns.max(1));
        }
        self.made = self.made.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const MEMBERS: [Member; 7] = {
        use Member::*;
        [Bounded, Pos, Surw, Pct, Urw, Sticky, Random]
    };

    fn nobody(_: Member) -> bool {
        false
    }

    /// What each member gets of many late runs, of which one takes so many turns.
    fn late_efforts(
        is_done: impl Fn(Member) -> bool,
        turns: impl Fn(Member) -> u64,
    ) -> BTreeMap<&'static str, u64> {
        let mut whose = Turns::default();
        (0..EARLY).for_each(|_| whose.note(Member::Random, 1));
        let mut efforts: BTreeMap<_, _> = MEMBERS.map(|member| (member.name(), 0)).into();
        for run in EARLY..10 * EARLY {
            let member = whose.member(run, &is_done);
            whose.note(member, turns(member));
            *efforts.get_mut(member.name()).unwrap() += turns(member);
        }
        efforts
    }

    #[track_caller]
    fn are_the_shares(efforts: &BTreeMap<&'static str, u64>, of: impl Fn(Member) -> u64) {
        let (all, whole) = (efforts.values().sum::<u64>(), MEMBERS.map(&of).iter().sum::<u64>());
        for member in MEMBERS {
            let part = efforts[member.name()] as f64 / all as f64;
            let share = of(member) as f64 / whole as f64;
            assert!((part - share).abs() < 0.002, "{member} has {part:.4}, not {share:.4}");
        }
    }

    fn share(member: Member) -> u64 {
        SHARES.iter().find(|(name, _)| *name == member).unwrap().1
    }

    #[test]
    fn every_member_has_a_turn_and_a_share() {
        for member in MEMBERS {
            assert!(TURNS.contains(&member), "{member}");
            assert_eq!(MULTIPLE % share(member), 0, "{member}");
        }
        assert_eq!(SHARES.map(|(_, share)| share).iter().sum::<u64>(), 20);
    }

    #[test]
    fn early_runs_go_by_turns_whatever_they_take() {
        let mut whose = Turns::default();
        assert_eq!(whose.member(0, nobody), Member::Bounded, "the plain run");
        whose.note(Member::Bounded, 10);
        for run in 1..EARLY {
            let member = whose.member(run, nobody);
            assert_eq!(member, TURNS[(run as usize - 1) % 20], "run {run}");
            whose.note(member, if member == Member::Bounded { 100_000 } else { 10 });
        }
    }

    #[test]
    fn who_makes_long_runs_late_has_no_more_than_its_share() {
        for long in MEMBERS {
            let efforts = late_efforts(nobody, |member| if member == long { 1_000 } else { 10 });
            are_the_shares(&efforts, share);
        }
    }

    #[test]
    fn runs_without_any_turn_are_an_effort_too() {
        let mut whose = Turns::default();
        (0..EARLY).for_each(|_| whose.note(Member::Random, 0));
        let mut made: Vec<Member> = Vec::new();
        for run in EARLY..EARLY + 200 {
            made.push(whose.member(run, nobody));
            whose.note(*made.last().unwrap(), 0);
        }
        for member in MEMBERS {
            assert!(made.contains(&member), "{member} makes none");
        }
    }

    #[test]
    fn what_one_leaves_that_is_done_is_shared_by_the_others() {
        let is_bounded = |member| member == Member::Bounded;
        let efforts = late_efforts(is_bounded, |_| 10);
        are_the_shares(&efforts, |member| if is_bounded(member) { 0 } else { share(member) });
        let early = Turns::default();
        let made: Vec<Member> = (1..=20).map(|run| early.member(run, is_bounded)).collect();
        assert!(!made.contains(&Member::Bounded));
    }

    #[test]
    fn a_run_far_on_that_is_made_alone_goes_by_turns() {
        let fresh = Turns::default();
        let made: Vec<Member> = (1..=20).map(|run| fresh.member(run + 500_000, nobody)).collect();
        assert_eq!(made, TURNS);
    }
}
