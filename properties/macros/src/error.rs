//! What is wrong with the code under the attribute, told by the compiler at its place.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use std::fmt;

#[derive(Debug)]
pub(crate) struct Error(Vec<Told>);

#[derive(Debug)]
struct Told {
    start: Span,
    end: Span,
    text: String,
}

impl Error {
    pub(crate) fn new(place: Span, text: impl Into<String>) -> Error {
        Error(vec![Told { start: place, end: place, text: text.into() }])
    }

    /// From the first to the last of the tokens.
    pub(crate) fn across(tokens: TokenStream, text: impl Into<String>) -> Error {
        let mut spans = tokens.into_iter().map(|token| token.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        Error(vec![Told { start, end: spans.last().unwrap_or(start), text: text.into() }])
    }

    /// Tells something of another place, too.
    pub(crate) fn and(mut self, place: Span, text: impl Into<String>) -> Error {
        self.0.extend(Error::new(place, text).0);
        self
    }

    pub(crate) fn into_compile_error(self) -> TokenStream {
        self.0.into_iter().map(Told::into_compile_error).collect()
    }
}

impl Told {
    /// The compiler marks what lies between the first token and the last.
    fn into_compile_error(self) -> TokenStream {
        let mut text = Literal::string(&self.text);
        text.set_span(self.end);
        let mut message = Group::new(Delimiter::Brace, TokenTree::from(text).into());
        message.set_span(self.end);
        quote_spanned!(self.start=> ::core::compile_error! #message)
    }
}

/// What is told first.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0[0].text)
    }
}

#[cfg(test)]
mod tests {
    use super::Error;
    use proc_macro2::Span;

    #[test]
    fn the_compiler_is_given_every_message() {
        let error = Error::new(Span::call_site(), "one").and(Span::call_site(), "two");
        assert_eq!(
            error.into_compile_error().to_string().replace(' ', ""),
            r#"::core::compile_error!{"one"}::core::compile_error!{"two"}"#
        );
    }
}
