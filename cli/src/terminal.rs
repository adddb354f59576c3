//! The terminal that this runs at, if it is one.

use std::io::{IsTerminal, stderr, stdout};

/// How wide it is; none if nobody looks, or the environment says it.
#[must_use]
pub(crate) fn columns() -> Option<usize> {
    let is_terminal = stderr().is_terminal() || stdout().is_terminal();
    let is_said = std::env::var_os("COLUMNS").is_some();
    (is_terminal && !is_said).then(textwrap::termwidth)
}
