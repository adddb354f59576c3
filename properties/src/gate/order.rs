//! What the gate answers: a word, then `key=value` between blanks. The board is a path and
//! stands last, since it may have blanks.

use std::path::PathBuf;
use std::time::Duration;

/// How many runs a check makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Runs {
    /// As many as the test says.
    #[default]
    Usual,
    /// So many.
    Exactly(u64),
    /// Until it is stopped.
    Endless,
}

/// How a check is to begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// When to ask again.
    pub(super) slice: Duration,
    pub(crate) runs: Runs,
    pub(crate) seed: Option<u64>,
    /// Whether the corpus is left alone: it was replayed before, or it is not asked for.
    pub(crate) without_corpus: bool,
    /// The run that ended its process and is to be made again, with its choices put down.
    pub(crate) rescue: Option<u64>,
    /// What was found on the board is to be told: how the process ended.
    pub(crate) mortem: Option<String>,
    pub(super) board: Option<PathBuf>,
}

/// What the gate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Go(Order),
    Stop,
}

pub(super) fn read(line: &str) -> Option<Answer> {
    let line = line.trim_end_matches(['\r', '\n']);
    if line == "stop" {
        return Some(Answer::Stop);
    }
    let mut rest = line.strip_prefix("go")?;
    let mut order = Order::default();
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix(' ')?.split_once('=')?;
        if key == "board" {
            order.board = Some(after.into());
            break;
        }
        let end = after.find(' ').unwrap_or(after.len());
        let (value, next) = after.split_at(end);
        rest = next;
        match key {
            "ms" => order.slice = Duration::from_millis(value.parse().ok()?),
            "runs" => {
                order.runs = match value {
                    "usual" => Runs::Usual,
                    "endless" => Runs::Endless,
                    number => Runs::Exactly(number.parse().ok().filter(|runs| *runs > 0)?),
                }
            }
            "seed" => {
                order.seed = Some(u64::from_str_radix(value.strip_prefix("0x")?, 16).ok()?);
            }
            "corpus" => order.without_corpus = value == "off",
            "rescue" => order.rescue = Some(value.parse().ok()?),
            "mortem" => order.mortem = Some(value.replace('+', " ")),
            // Of a later version.
            _ => {}
        }
    }
    Some(Answer::Go(order))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        assert_eq!(read("stop\n"), Some(Answer::Stop));
        assert_eq!(read("go"), Some(Answer::Go(Order::default())));
        let order = Order {
            slice: Duration::from_millis(250),
            runs: Runs::Exactly(7),
            seed: Some(42),
            without_corpus: true,
            rescue: Some(3),
            mortem: Some("ended by SIGKILL".into()),
            board: Some("/tmp/with blanks/b=1".into()),
        };
        let line = "go ms=250 later=x runs=7 seed=0x2a corpus=off rescue=3 mortem=ended+by+SIGKILL board=/tmp/with blanks/b=1\n";
        assert_eq!(read(line), Some(Answer::Go(order)));
        for (word, runs) in [("usual", Runs::Usual), ("endless", Runs::Endless)] {
            assert_eq!(
                read(&format!("go runs={word}")),
                Some(Answer::Go(Order { runs, ..Order::default() }))
            );
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for line in ["", "x", "gone", "go ", "go ms", "go ms=x", "go runs=0", "go seed=7"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
