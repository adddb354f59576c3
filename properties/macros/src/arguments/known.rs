//! The names of laws and faults, and what is said to those who spell them otherwise.

use crate::error::Error;
use crate::tokens::{Code, Tokens, only_text, only_word};
use proc_macro2::{Ident, Span, TokenStream};

/// The names of the faults, as kinds of choices have them.
pub(super) const FAULTS: [&str; 22] = [
    "fresh_waker",
    "spurious_poll",
    "delayed_wake",
    "late_timer",
    "cancellation",
    "forgotten_future",
    "reentrant_waker",
    "panicking_clone",
    "spurious_readiness",
    "late_event",
    "short_io",
    "interrupted",
    "latency",
    "loss",
    "duplication",
    "reordering",
    "reset",
    "refused",
    "disk_full",
    "torn_write",
    "cancel_outcome",
    "stale_load",
];

/// The names of the laws.
pub(super) const LAWS: [&str; 24] = [
    "pending_without_waker",
    "stale_waker",
    "waker_dropped",
    "deadlock",
    "stuck",
    "suspected_stuck",
    "suspected_livelock",
    "busy_poll",
    "starvation",
    "runaway_spawn",
    "blocking_poll",
    "spurious_poll",
    "poll_after_ready",
    "snoozed",
    "wake_in_lock",
    "task_leak",
    "waker_leak",
    "memory_leak",
    "panic",
    "property",
    "buffer_in_flight",
    "data_race",
    "outside_world",
    "nondeterminism",
];

/// A name as it was written, which may be `late-timer`, `LateTimer` or `"late-timer"`, as
/// reports and the code of this crate have it.
pub(super) struct Name {
    pub(super) text: String,
    tokens: TokenStream,
}

/// The names between parentheses.
pub(super) fn names(between: TokenStream) -> Vec<Name> {
    let parts = Tokens::new(between).parts(Code::Expression);
    parts.into_iter().map(Name::of).collect()
}

impl Name {
    fn of(tokens: TokenStream) -> Name {
        let text = match only_text(&tokens) {
            Some(text) => text.to_string().trim_matches('"').to_owned(),
            None => tokens.to_string().replace(' ', ""),
        };
        Name { text, tokens }
    }

    pub(super) fn span(&self) -> Span {
        self.tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
    }

    /// The variant that has this name, which must be one of the known ones.
    pub(super) fn variant(&self, what: &str, known: &[&str]) -> Result<Ident, Error> {
        let text = &self.text;
        if only_word(&self.tokens).is_some() && known.contains(&text.as_str()) {
            return Ok(Ident::new(&camel_case(text), self.span()));
        }
        let snake = snake_case(text);
        let message = if known.contains(&snake.as_str()) {
            format!("expected a {what} in snake case, `{snake}`; got `{}`", self.written())
        } else {
            let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("expected a {what}, one of {}; got `{}`", known.join(", "), self.written())
        };
        Err(Error::across(self.tokens.clone(), message))
    }

    fn written(&self) -> String {
        self.tokens.to_string().replace(" - ", "-")
    }
}

/// `waker_leak` as `WakerLeak`.
pub(super) fn camel_case(name: &str) -> String {
    let mut upper = true;
    let mut result = String::new();
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            result.extend(c.to_uppercase());
        } else {
            result.push(c);
        }
    }
    result
}

/// `waker-leak` and `WakerLeak` as `waker_leak`.
fn snake_case(name: &str) -> String {
    let mut result = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !result.is_empty() && !result.ends_with('_') {
            result.push('_');
        }
        result.extend(if c == '-' { '_' } else { c }.to_lowercase());
    }
    result
}
