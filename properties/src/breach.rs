//! How what is under test broke a promise that a suite of laws demands.

use std::fmt;

/// How a law is broken. A run that returns it fails.
pub(crate) struct Breach(pub(crate) String);

impl fmt::Debug for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A law is broken, as `how` tells.
pub(crate) fn broken<T>(how: String) -> Result<T, Breach> {
    Err(Breach(how))
}
