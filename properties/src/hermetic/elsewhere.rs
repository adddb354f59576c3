//! Systems without hermetic runs.

use super::Unavailable;
use crate::error::CheckError;
use crate::host::{Body, Here};
use crate::passed::Passed;
use reveille_sim::{Portfolio, Settings};

pub(crate) fn check_in_child(
    _name: &str,
    _ordinal: u32,
) -> Result<Result<Passed, CheckError>, Unavailable> {
    Err(Unavailable::System)
}

/// Never asked for here: nobody starts a child.
pub(crate) fn forked<'a>(
    _test: &str,
    body: &'a dyn Body,
    settings: Settings,
    portfolio: Portfolio,
) -> Here<'a> {
    Here::new(body, settings, portfolio)
}
