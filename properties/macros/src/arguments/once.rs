//! What may be said once only: of two that contradict each other one would be ignored.

use proc_macro2::Span;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Once(BTreeMap<(String, String), Span>);

impl Once {
    /// An error at both places if `name`, of its kind, was said before.
    pub(super) fn once(&mut self, kind: &str, name: &str, span: Span) -> syn::Result<()> {
        let Some(first) = self.0.insert((kind.to_owned(), name.to_owned()), span) else {
            return Ok(());
        };
        let again = match kind {
            "level" => format!("the law `{name}` is given a level twice; expected one"),
            "fault" => format!("the fault `{name}` is switched twice; expected once"),
            _ => format!("`{name}` is given twice; expected once"),
        };
        let mut error = syn::Error::new(span, again);
        error.combine(syn::Error::new(first, format!("`{name}` is given here first")));
        Err(error)
    }
}
