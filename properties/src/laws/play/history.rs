//! What the operations of a run did, for the message of the one that broke a law.

use crate::breach::Breach;
use std::fmt::{Arguments, Write};

/// Operations told at most.
const MOST: usize = 16;

/// The operations of a run.
#[derive(Debug)]
pub(in crate::laws) struct History {
    laws: &'static str,
    lines: Vec<String>,
}

impl History {
    pub(in crate::laws) fn of(laws: &'static str) -> History {
        History { laws, lines: Vec::new() }
    }

    /// Notes what an operation did.
    pub(in crate::laws) fn note(&mut self, what: impl Into<String>) {
        self.lines.push(what.into());
    }

    /// A law is broken: the error has the operations, the last of them the one that did it.
    pub(in crate::laws) fn breach<T>(&self, how: Arguments<'_>) -> Result<T, Breach> {
        let mut text = format!("{}: {how}", self.laws);
        let left_out = self.lines.len().saturating_sub(MOST);
        if left_out > 0 {
            let _ = write!(text, "\n  ... {left_out} operations before");
        }
        for (at, line) in self.lines.iter().enumerate().skip(left_out) {
            let _ = write!(text, "\n  {:>3}  {line}", at + 1);
        }
        Err(Breach(text))
    }
}

/// `count` bytes in words.
pub(in crate::laws) fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}
