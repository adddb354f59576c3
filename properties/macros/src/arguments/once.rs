//! What may be said once only: of two that contradict each other one would be ignored.

use crate::error::Error;
use proc_macro2::Span;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Once(BTreeMap<(String, String), Span>);

impl Once {
    /// An error at both places if `name`, of its kind, was said before.
    pub(super) fn once(&mut self, kind: &str, name: &str, span: Span) -> Result<(), Error> {
        let Some(first) = self.0.insert((kind.to_owned(), name.to_owned()), span) else {
            return Ok(());
        };
        let again = match kind {
            "level" => format!("the law `{name}` is given a level twice; expected one"),
            "fault" => format!("the fault `{name}` is switched twice; expected once"),
            _ => format!("`{name}` is given twice; expected once"),
        };
        Err(Error::new(span, again).and(first, format!("`{name}` is given here first")))
    }
}
