//! Reads tokens one after another.
//!
//! The compiler has parsed the function before, and the attribute looks at little of it. A parser of
//! all of Rust is not needed for that, and would take a tenth of the time in which a crate with one
//! test is built.

use crate::error::Error;
use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, Span, TokenStream, TokenTree};
use std::collections::VecDeque;

/// What is left to read.
pub(crate) struct Tokens(VecDeque<TokenTree>);

impl Tokens {
    pub(crate) fn new(stream: TokenStream) -> Tokens {
        Tokens(bare(stream).into_iter().collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        self.0.pop_front()
    }

    pub(crate) fn rest(self) -> TokenStream {
        self.0.into_iter().collect()
    }

    /// Where the next token is; at the end, where the macro is called.
    pub(crate) fn span(&self) -> Span {
        self.0.front().map_or_else(Span::call_site, TokenTree::span)
    }

    pub(crate) fn is_punct(&self, wanted: char) -> bool {
        matches!(self.0.front(), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    }

    pub(crate) fn expect_punct(&mut self, wanted: char) -> Result<(), Error> {
        if !self.is_punct(wanted) {
            return Err(Error::new(self.span(), format!("expected `{wanted}`")));
        }
        self.next();
        Ok(())
    }

    pub(crate) fn word(&mut self) -> Option<Ident> {
        match self.0.front()? {
            TokenTree::Ident(word) => {
                let word = word.clone();
                self.next();
                Some(word)
            }
            _ => None,
        }
    }

    pub(crate) fn parentheses(&mut self) -> Result<Group, Error> {
        match self.0.front() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                let group = group.clone();
                self.next();
                Ok(group)
            }
            _ => Err(Error::new(self.span(), "expected parentheses")),
        }
    }

    /// What comes before the next comma. Those between angle brackets do not count: in `code`
    /// that is an expression these are brackets after `::` only.
    pub(crate) fn until_comma(&mut self, code: Code) -> TokenStream {
        let mut taken = Vec::new();
        let (mut depth, mut before) = (0_usize, [None; 2]);
        while let Some(token) = self.0.front() {
            let sign = match token {
                TokenTree::Punct(punct) => Some(punct.as_char()),
                _ => None,
            };
            match sign {
                Some(',') if depth == 0 => break,
                Some('<') if code == Code::Parameter || depth > 0 || before == [Some(':'); 2] => {
                    depth += 1;
                }
                // That of `->` closes nothing.
                Some('>') if before[1] != Some('-') => depth = depth.saturating_sub(1),
                _ => {}
            }
            before = [before[1], sign];
            taken.extend(self.next());
        }
        taken.into_iter().collect()
    }

    /// The parts between commas.
    pub(crate) fn parts(mut self, code: Code) -> Vec<TokenStream> {
        let mut parts = Vec::new();
        while !self.is_empty() {
            parts.push(self.until_comma(code));
            self.next();
        }
        parts
    }

    /// What comes before the next colon, which may be none of two.
    pub(crate) fn until_colon(&mut self) -> TokenStream {
        let mut taken = Vec::new();
        while let Some(token) = self.next() {
            let is_double = matches!(&token, TokenTree::Punct(colon)
                if colon.as_char() == ':' && colon.spacing() == Spacing::Joint);
            taken.push(token);
            if is_double {
                taken.extend(self.next());
            }
            if self.is_punct(':') && !self.is_double_colon() {
                break;
            }
        }
        taken.into_iter().collect()
    }

    fn is_double_colon(&self) -> bool {
        matches!(self.0.front(), Some(TokenTree::Punct(colon)) if colon.spacing() == Spacing::Joint)
    }
}

/// What tokens are part of, which decides what `<` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Expression,
    /// A pattern and a type.
    Parameter,
}

/// Without the delimiters that nobody sees, around what a macro was given.
pub(crate) fn bare(stream: TokenStream) -> TokenStream {
    let mut tokens = stream.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            bare(group.stream())
        }
        _ => stream,
    }
}

/// The word that stands alone.
pub(crate) fn only_word(stream: &TokenStream) -> Option<Ident> {
    match only(stream)? {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    }
}

/// The text that stands alone, as it was written, quotes and all.
pub(crate) fn only_text(stream: &TokenStream) -> Option<Literal> {
    match only(stream)? {
        TokenTree::Literal(literal) if is_text(&literal) => Some(literal),
        _ => None,
    }
}

fn only(stream: &TokenStream) -> Option<TokenTree> {
    let mut tokens = bare(stream.clone()).into_iter();
    tokens.next().filter(|_| tokens.next().is_none())
}

fn is_text(literal: &Literal) -> bool {
    let text = literal.to_string();
    text.starts_with('"') || text.starts_with("r\"") || text.starts_with("r#")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(code: &str, kind: Code) -> Vec<String> {
        let parts = Tokens::new(code.parse().unwrap()).parts(kind);
        parts.iter().map(|part| part.to_string().replace(' ', "")).collect()
    }

    #[test]
    fn commas_between_brackets_part_nothing() {
        for code in [
            "a:HashMap<K,Vec<V>>",
            "f:fn(A,B)->C<D,E>",
            "p::Q::<A,B>(x,y):Q<A,B>",
            "a:[u8;{1<2}as usize]",
        ] {
            let code = code.replace(' ', "");
            let two = format!("{code}, last: T,");
            assert_eq!(parts(&two, Code::Parameter), [code.as_str(), "last:T"]);
        }
        for code in ["1", "a::<B,C>()", "a::<B<C,D>,E>()", "if a<b{1}else{2}", "(1,2)", "a>b"] {
            let code = code.to_owned();
            assert_eq!(parts(&format!("{code}, last"), Code::Expression)[1], "last", "{code}");
        }
        assert_eq!(parts("", Code::Expression), [""; 0]);
    }

    #[test]
    fn double_colons_part_no_pattern_from_its_type() {
        for (code, pattern) in
            [("a: u8", "a"), ("p::Q(x): p::Q", "p::Q(x)"), ("(a, b): ::p::Q", "(a,b)")]
        {
            let mut tokens = Tokens::new(code.parse().unwrap());
            assert_eq!(tokens.until_colon().to_string().replace(' ', ""), pattern);
            assert!(tokens.is_punct(':'));
        }
    }
}
