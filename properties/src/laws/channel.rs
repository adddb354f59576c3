//! The laws of channels.

mod acting;
mod adapter;
mod model;
mod offered;
mod opening;
mod parts;
mod plan;
mod receiving;
mod run;
mod sending;
mod words;

pub use adapter::Channel;
pub use parts::{Capacity, Ends, Held, Order, Permit, Status, Weak};

use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::marks::Mark;
use crate::passed::Passed;
use offered::Offered;
use reveille_sim::Kind;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The laws of a channel: what several tasks do with its ends is explained by a queue, in
/// some order of the operations (linearizability); nothing is lost, nothing comes twice;
/// whoever waits when all is at rest has a reason to; the end of the other side and a close
/// are seen by everybody; and every item is dropped once when the ends are gone.
///
/// See [`Channel`] for what to tell of a channel, with an example.
pub fn channel<C: Channel>(channel: C) -> Suite<impl Laws> {
    Suite::new(ChannelLaws(channel))
}

struct ChannelLaws<C>(C);

impl<C> sealed::Sealed for ChannelLaws<C> {}

impl<C: Channel> Laws for ChannelLaws<C> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let capacities = self.0.capacities();
        if capacities.is_empty() {
            let why = "`Channel::capacities` gave none: expected one or more to test";
            return Err(CheckError::NoRun(why.to_owned()));
        }
        refuse_nonsense(&self.0, &capacities)?;
        let steps = (sizes.operations / 2).max(1);
        let offered = Offered::by(&self.0, capacities[0]);
        let forgets = checker.suffers(Kind::ForgottenFuture);
        let arguments = argument("capacity", opening::opening(capacities, forgets))
            .and("senders", plan::senders(steps, offered, forgets))
            .and("receivers", plan::receivers(steps, offered, forgets));
        let mut passed = checker.try_check_with(arguments, |(opening, senders, receivers)| {
            run::run(self.0.clone(), opening, senders, receivers, forgets)
        })?;
        let seen = passed.runs;
        passed.marks.extend(offered.missing().map(|missing| Mark {
            name: missing.to_owned(),
            seen,
            ..Mark::default()
        }));
        Ok(passed)
    }
}

/// A channel may have at most as much room as it says at least.
fn refuse_nonsense<C: Channel>(channel: &C, capacities: &[Capacity]) -> Result<(), CheckError> {
    for bound in capacities.iter().filter_map(|capacity| capacity.bound()) {
        let ends = Ends { senders: 1, receivers: 1 };
        // If it panics a run will tell of it.
        let room = catch_unwind(AssertUnwindSafe(|| channel.room(bound, ends)));
        if let Ok(room) = room
            && room.is_empty()
        {
            let why = format!(
                "`Channel::room` gave {room:?} for {bound}: expected the number of items from \
                 which on a send may wait, up to that of items at most"
            );
            return Err(CheckError::NoRun(why));
        }
    }
    Ok(())
}
