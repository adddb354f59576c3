//! Haste: a run that does not end is repeated within a tenth of its bounds.
//!
//! Such a run is as long as its bounds allow, and a hundred of its replays take long.
//! Where the same failure shows within a tenth of them, those who make many replays (the
//! shrinker, the search for the critical pair) make these. What they come to is told only
//! if it was seen within the whole bounds, too, so no replay line depends on haste.

use crate::host::{Host, HostError, Plan};
use crate::record::{Broken, RunRecord};
use crate::shrink::{self, Shrunk};
use reveille_sim::Settings;

/// Steps and tasks from which on a run is a long one.
const LONG: u64 = 10_000;

/// Steps and tasks of all hasty replays of a shrinker together at most.
const MOST_STEPS: u64 = 2_000_000;

/// What a hasty run is given.
pub(crate) fn lower_bounds(settings: &mut Settings) {
    settings.max_steps = (settings.max_steps / 10).max(1);
    settings.max_tasks = (settings.max_tasks / 10).max(1);
}

/// Whether repeating the run costs so much that it is done no more than it must.
pub(crate) fn is_long(record: &RunRecord) -> bool {
    record.cost() > LONG
}

/// The run of `record` in haste, if it is long and fails as `broken` says all the same.
fn hurried(
    host: &mut dyn Host,
    record: &RunRecord,
    broken: &Broken,
) -> Result<Option<RunRecord>, HostError> {
    if !is_long(record) {
        return Ok(None);
    }
    let hasty = host.run(&Plan::replay(record.tape.clone()).hasty_if(true))?;
    Ok(Some(hasty).filter(|hasty| hasty.failed_like(broken)))
}

/// Whether replays of the run may be hasty.
pub(crate) fn will_do(
    host: &mut dyn Host,
    record: &RunRecord,
    broken: &Broken,
) -> Result<bool, HostError> {
    Ok(hurried(host, record, broken)?.is_some())
}

/// Makes the tape of `record`, which failed as `broken` says, small: in haste, if the
/// result then holds within the whole bounds.
pub(crate) fn shrink(
    host: &mut dyn Host,
    record: RunRecord,
    broken: &Broken,
) -> Result<Shrunk, HostError> {
    let Some(hasty) = hurried(host, &record, broken)? else {
        return Ok(shrink::shrink(host, record, broken));
    };
    let small = shrink::in_haste(host, hasty, broken, MOST_STEPS);
    let whole = host.run(&Plan::replay(small.record.tape).hashed())?;
    if whole.failed_like(broken) {
        return Ok(Shrunk { record: whole, ..small });
    }
    Ok(shrink::shrink(host, record, broken))
}
