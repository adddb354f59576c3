//! The path of a strand, written out.
//!
//! `root` is the strand of the test's body and `root.0.2` the third child of its
//! first child. A [`Path`] is one number and cannot be read; this is what a file or
//! a message shows of it, and both say the same. What nobody spawned (a destructor
//! may, between two turns) begins with `nobody` and its number in the run.

use crate::strand::Path;
use std::fmt;
use std::str::FromStr;

const ROOT: &str = "root";
const NOBODY: &str = "nobody";

/// Where a strand comes from, as ordinals counted from the root.
///
/// ```
/// use reveille_sim::{Lineage, Path};
///
/// let lineage: Lineage = "root.0.2".parse()?;
/// assert_eq!(lineage, Lineage::root().child(0).child(2));
/// assert_eq!(lineage.path(), Path::ROOT.child(0).child(2));
/// assert_eq!(lineage.to_string(), "root.0.2");
/// # Ok::<_, reveille_sim::LineageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lineage {
    /// The number of the forefather, whom nobody spawned; the root is 0.
    first: u32,
    ordinals: Vec<u32>,
}

impl Lineage {
    /// The strand of the test's body.
    #[must_use]
    pub fn root() -> Lineage {
        Lineage::of_nobody(0)
    }

    /// Strand number `number` of the run, if nobody spawned it; 0 is the root.
    #[must_use]
    pub fn of_nobody(number: u32) -> Lineage {
        Lineage { first: number, ordinals: Vec::new() }
    }

    /// The child number `ordinal` of this strand, counted from 0.
    #[must_use]
    pub fn child(mut self, ordinal: u32) -> Lineage {
        self.ordinals.push(ordinal);
        self
    }

    /// The same as samplers know it.
    #[must_use]
    pub fn path(&self) -> Path {
        self.ordinals.iter().fold(Path::of_nobody(self.first), |path, ordinal| path.child(*ordinal))
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first {
            0 => f.write_str(ROOT)?,
            number => write!(f, "{NOBODY}.{number}")?,
        }
        self.ordinals.iter().try_for_each(|ordinal| write!(f, ".{ordinal}"))
    }
}

impl FromStr for Lineage {
    type Err = LineageError;

    fn from_str(text: &str) -> Result<Lineage, LineageError> {
        let wrong = || LineageError { found: text.to_owned() };
        let mut words = text.split('.');
        let mut lineage = match words.next() {
            Some(ROOT) => Lineage::root(),
            Some(NOBODY) => {
                let number = words.next().and_then(number).filter(|number| *number != 0);
                Lineage::of_nobody(number.ok_or_else(wrong)?)
            }
            _ => return Err(wrong()),
        };
        for word in words {
            lineage.ordinals.push(number(word).ok_or_else(wrong)?);
        }
        Ok(lineage)
    }
}

/// A number as it is written here: every one in one way only.
fn number(word: &str) -> Option<u32> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = plain && (word == "0" || !word.starts_with('0'));
    if canonical { word.parse().ok() } else { None }
}

/// A text is no lineage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineageError {
    found: String,
}

impl fmt::Display for LineageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected the path of a task, such as `root` or `root.0.2`, got `{}`", self.found)
    }
}

impl std::error::Error for LineageError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_round_trips(first in 0..3u32, ordinals in proptest::collection::vec(any::<u32>(), 0..6)) {
            let lineage = Lineage { first, ordinals };
            prop_assert_eq!(lineage.to_string().parse(), Ok(lineage));
        }
    }

    #[test]
    fn what_is_no_lineage_is_named() {
        for text in
            ["", "roo", "root.", "root.x", "root.+1", "root.01", "nobody", "nobody.0", "0.1"]
        {
            let error = text.parse::<Lineage>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("expected the path of a task, such as `root` or `root.0.2`, got `{text}`")
            );
        }
    }
}
