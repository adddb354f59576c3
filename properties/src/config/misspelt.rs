//! Variables that begin like ours and are none of them: `REVEILLE_RUN=50000` would
//! otherwise be a test that ran less than was asked for.

use super::{GATE, VARIABLES};
use crate::hermetic::{self, Child};
use crate::message;
use std::sync::Once;

/// Letters that may differ from a variable that somebody meant.
const MOST_WRONG: usize = 3;

/// What the variables of another crate of ours begin with.
const OF_REVEILLE_LOOM: &str = "REVEILLE_LOOM_";

/// Warns of each of them, once in a process.
pub(super) fn warn_once() {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        // A child has the environment of its parent, which told.
        if Child::from_env().is_none() {
            let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
            warnings(names).iter().for_each(|warning| message::warn(warning));
        }
    });
}

fn warnings(names: impl Iterator<Item = String>) -> Vec<String> {
    let ours = |name: &String| {
        VARIABLES.contains(&name.as_str())
            || [hermetic::CHILD, GATE].contains(&name.as_str())
            || name.starts_with(OF_REVEILLE_LOOM)
    };
    let mut unknown: Vec<String> =
        names.filter(|name| name.to_uppercase().starts_with("REVEILLE_") && !ours(name)).collect();
    unknown.sort_unstable();
    unknown.iter().map(|name| warning(name)).collect()
}

fn warning(name: &str) -> String {
    let upper = name.to_uppercase();
    let wrong = |known: &&str| distance(&upper, known);
    let nearest =
        VARIABLES.iter().copied().min_by_key(wrong).filter(|near| wrong(near) <= MOST_WRONG);
    let meant = match nearest {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are `{}`", VARIABLES.join("`, `")),
    };
    format!("reveille: the variable `{name}` of the environment is not known; {meant}")
}

/// Letters to insert, leave out or replace to make `to` of `from`.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, other) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_one_is_named() {
        for (name, meant) in [
            ("REVEILLE_RUN", "REVEILLE_RUNS"),
            ("reveille_seed", "REVEILLE_SEED"),
            ("REVEILLE_REPALY", "REVEILLE_REPLAY"),
            ("REVEILLE_STICT", "REVEILLE_STRICT"),
            ("REVEILLE_CORPORA", "REVEILLE_CORPUS"),
        ] {
            let told = warnings([name.to_owned()].into_iter());
            assert_eq!(
                told,
                [format!(
                    "reveille: the variable `{name}` of the environment is not known; \
                     did you mean `{meant}`?"
                )]
            );
        }
    }

    #[test]
    fn all_are_named_if_none_is_near() {
        assert!(warnings(["REVEILLE_LOOM_REPLAY".to_owned()].into_iter()).is_empty());
        let told = warnings(["REVEILLE_BACKTRACE".to_owned()].into_iter());
        assert!(told[0].ends_with("; known are `REVEILLE_RUNS`, `REVEILLE_SEED`, `REVEILLE_REPLAY`, `REVEILLE_KEEP`, `REVEILLE_CORPUS`, `REVEILLE_STRICT`, `REVEILLE_TRACE`, `REVEILLE_BREAK`, `REVEILLE_WEAK_MEMORY`, `REVEILLE_KERNEL_THREADS`"), "{told:?}");
    }

    #[test]
    fn nothing_is_said_of_others() {
        let names = VARIABLES.iter().copied().chain([hermetic::CHILD, "PATH", "REVEILLED"]);
        assert_eq!(warnings(names.map(str::to_owned)), Vec::<String>::new());
    }

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (from, to, wrong) in
            [("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("a", "a", 0)]
        {
            assert_eq!(distance(from, to), wrong);
        }
    }
}
