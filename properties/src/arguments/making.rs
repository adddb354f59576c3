//! Makes an argument of what the tape says.

use super::spans::{COMPLICATE, SIMPLIFY};
use crate::rejection::Rejection;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use reveille_sim::{asked_argument_moves, draw_argument, note_argument, note_argument_moves};
use std::cell::Cell;
use std::fmt::{self, Debug, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// Values that a filter may refuse before an argument is given up; proptest's own limit.
pub(crate) const TRIES: u32 = 65_536;

/// Texts of arguments up to this length stand in one line.
const LONGEST_LINE: usize = 72;
/// Characters and lines of longer texts at most.
const MOST_CHARS: usize = 1_600;
const MOST_LINES: usize = 24;

/// Proptest's defaults, whatever the environment says: a tape must mean the same
/// everywhere.
static CONFIG: LazyLock<Config> = LazyLock::new(|| Config {
    max_local_rejects: TRIES,
    max_flat_map_regens: 1_000_000,
    max_default_size_range: 100,
    failure_persistence: None,
    source_file: None,
    test_name: None,
    rng_algorithm: RngAlgorithm::ChaCha,
    verbose: 0,
    ..Config::default()
});

thread_local! {
    /// Trees that were grown before it last changed are used no more.
    static AGE: Cell<u64> = const { Cell::new(0) };
}

/// From now on every tree is grown anew from its seed, as in another process.
pub(crate) fn forget_trees() {
    AGE.set(AGE.get() + 1);
}

/// The tree of an argument as the last run left it. A tree cannot be cloned, and to make
/// its moves again is slow; but most runs want the same moves and perhaps some more.
pub struct Grown<T> {
    age: u64,
    seed: [u32; 2],
    /// The moves that were made, all of them taken.
    moves: Vec<u32>,
    tree: T,
}

impl<T> Debug for Grown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grown").field("moves", &self.moves.len()).finish_non_exhaustive()
    }
}

impl<T: ValueTree> Grown<T> {
    /// Whether the tree is on the way to `moves`.
    fn leads_to(&self, seed: [u32; 2], moves: &[u32]) -> bool {
        self.age == AGE.get() && self.seed == seed && moves.starts_with(&self.moves)
    }

    /// Makes the moves that are missing. A tree that refused one may have changed all the
    /// same, and then it is not the one to which the moves taken lead.
    fn walk_to(mut self, moves: &[u32]) -> (Self, Refused) {
        let mut refused = false;
        for wanted in &moves[self.moves.len()..] {
            let taken = match *wanted {
                SIMPLIFY => self.tree.simplify(),
                COMPLICATE => self.tree.complicate(),
                _ => false,
            };
            if taken {
                self.moves.push(*wanted);
            }
            refused |= !taken;
        }
        (self, refused)
    }
}

type Refused = bool;

/// Makes argument number `ordinal` of the present run, or says why there is none.
pub(super) fn make<S: Strategy>(
    name: &str,
    ordinal: u8,
    strategy: &S,
    last: &mut Option<Grown<S::Tree>>,
) -> Result<S::Value, Rejection> {
    let seed = [draw_argument(), draw_argument()];
    let wanted = asked_argument_moves();
    let grown = last.take().filter(|grown| grown.leads_to(seed, &wanted));
    let grown = match grown {
        Some(grown) => grown,
        None => plant(name, ordinal, strategy, seed).inspect_err(|_| note_argument_moves(&[]))?,
    };
    let (grown, refused) = grown.walk_to(&wanted);
    note_argument_moves(&grown.moves);
    let value = grown.tree.current();
    note_argument(name, || shown(&value));
    if !refused {
        *last = Some(grown);
    }
    Ok(value)
}

/// A tree without moves.
fn plant<S: Strategy>(
    name: &str,
    ordinal: u8,
    strategy: &S,
    seed: [u32; 2],
) -> Result<Grown<S::Tree>, Rejection> {
    let mut runner = runner(seed, ordinal);
    match strategy.new_tree(&mut runner) {
        Ok(tree) => Ok(Grown { age: AGE.get(), seed, moves: Vec::new(), tree }),
        Err(reason) => {
            let reason = refusals(&runner).unwrap_or_else(|| reason.to_string());
            Err(Rejection::by_strategy(name, reason))
        }
    }
}

/// Arguments made of equal words differ all the same.
fn runner(seed: [u32; 2], ordinal: u8) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed[0].to_le_bytes());
    bytes[4..8].copy_from_slice(&seed[1].to_le_bytes());
    bytes[8] = ordinal;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(CONFIG.clone(), rng)
}

/// What the filters said, which a runner tells in its text only: lines of `.. times at
/// <reason>`. None if it has none that reads so.
fn refusals(runner: &TestRunner) -> Option<String> {
    let text = runner.to_string();
    let refused = text.lines().filter_map(|line| {
        let (count, reason) = line.trim().split_once(" times at ")?;
        Some((count.parse::<u64>().ok()?, reason))
    });
    let (count, reason) = refused.max_by_key(|(count, _)| *count)?;
    Some(format!("`{reason}` refused {count} values in a row"))
}

/// The text of a value: in one line if it is short, else pretty, and if that is long in as
/// few lines as it fills, and cut.
fn shown(value: &impl Debug) -> String {
    let line = text_of(format_args!("{value:?}"), LONGEST_LINE);
    if let Ok(line) = &line
        && !line.contains('\n')
    {
        return line.clone();
    }
    if let Ok(text) = text_of(format_args!("{value:#?}"), MOST_CHARS)
        && text.lines().count() <= MOST_LINES
    {
        return text;
    }
    let (Ok(text) | Err(text)) = &text_of(format_args!("{value:?}"), MOST_CHARS);
    let mut lines = filled(text);
    let is_cut = lines.len() > MOST_LINES || text.chars().count() >= MOST_CHARS;
    lines.truncate(MOST_LINES);
    let text = lines.join("\n");
    if is_cut { text + "\n... (cut)" } else { text }
}

/// A text in lines that are as long as they may be, parted where it has spaces.
fn filled(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.chars().count() <= LONGEST_LINE {
            lines.push(line.to_owned());
            continue;
        }
        let mut filled = String::new();
        for word in line.split(' ') {
            let length = filled.chars().count() + 1 + word.chars().count();
            if !filled.is_empty() && length > LONGEST_LINE {
                lines.push(std::mem::take(&mut filled));
            } else if !filled.is_empty() {
                filled.push(' ');
            }
            filled.push_str(word);
        }
        lines.push(filled);
    }
    lines
}

/// What fits into `most` characters; an error holds what there was until then. A
/// `Debug` that panics ends its own text and nothing else.
fn text_of(text: fmt::Arguments<'_>, most: usize) -> Result<String, String> {
    let mut kept = Kept { text: String::new(), left: most };
    let written = catch_unwind(AssertUnwindSafe(|| kept.write_fmt(text)));
    match written {
        Ok(Ok(())) => Ok(kept.text),
        Ok(Err(_)) => Err(kept.text),
        Err(_) => Ok(format!("{} (its `Debug` panicked)", kept.text).trim_start().to_owned()),
    }
}

struct Kept {
    text: String,
    left: usize,
}

impl Write for Kept {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_stand_in_a_line_and_long_ones_are_cut() {
        assert_eq!(shown(&vec![0, 0]), "[0, 0]");
        assert_eq!(shown(&"a\nb"), "\"a\\nb\"");
        let long = shown(&(0..1000).collect::<Vec<_>>());
        assert!(long.starts_with("[0, 1, 2, 3, "), "{long}");
        assert!(long.lines().all(|line| line.len() <= LONGEST_LINE), "{long}");
        assert!(long.ends_with("\n... (cut)"), "{long}");
        let whole = shown(&(0..100).collect::<Vec<_>>());
        assert!(whole.ends_with(", 98, 99]"), "{whole}");
        assert_eq!(shown(&"x".repeat(80)).len(), 82);
        assert!(shown(&"x".repeat(5_000)).ends_with("xxx\n... (cut)"));
    }

    #[test]
    fn endless_and_panicking_texts_end() {
        struct Endless;
        impl Debug for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("on and ")?;
                }
            }
        }
        assert!(shown(&Endless).starts_with("on and on and "));
        struct Panics;
        impl Debug for Panics {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half a")?;
                panic!("no text");
            }
        }
        assert_eq!(shown(&Panics), "half a (its `Debug` panicked)");
    }

    #[test]
    fn a_filter_that_refuses_everything_is_named() {
        let strategy = (0..9).prop_filter("it is larger than nine", |n| *n > 9);
        let mut runner = runner([0, 0], 0);
        assert!(strategy.new_tree(&mut runner).is_err());
        assert_eq!(
            refusals(&runner).unwrap(),
            "`it is larger than nine` refused 65536 values in a row"
        );
    }

    #[test]
    fn words_and_place_decide_the_value() {
        let value = |seed, ordinal| {
            let tree = proptest::num::u64::ANY.new_tree(&mut runner(seed, ordinal)).unwrap();
            tree.current()
        };
        assert_eq!(value([1, 2], 0), value([1, 2], 0));
        assert_ne!(value([1, 2], 0), value([1, 2], 1));
        assert_ne!(value([1, 2], 0), value([2, 1], 0));
    }
}
