//! Writes `.__reveille_at()` before every `.await` of a body.
//!
//! On tokens, not on the syntax tree, because the arguments of `assert_eq!`,
//! `select!` and the like are no syntax tree. The new tokens carry the place of
//! the `await`, which `#[track_caller]` then reports.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};

pub(crate) fn note_places(tokens: TokenStream) -> TokenStream {
    let mut result = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), note_places(group.stream()));
                inner.set_span(group.span());
                result.push(TokenTree::Group(inner));
            }
            TokenTree::Punct(dot) if dot.as_char() == '.' => {
                if let Some(TokenTree::Ident(word)) = tokens.peek()
                    && word == "await"
                {
                    let span = word.span();
                    let mut call = Group::new(Delimiter::Parenthesis, TokenStream::new());
                    call.set_span(span);
                    let mut first = Punct::new('.', Spacing::Alone);
                    first.set_span(dot.span());
                    result.push(TokenTree::Punct(first));
                    result.push(TokenTree::Ident(Ident::new("__reveille_at", span)));
                    result.push(TokenTree::Group(call));
                }
                result.push(TokenTree::Punct(dot));
            }
            other => result.push(other),
        }
    }
    result.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::note_places;

    fn rewritten(code: &str) -> String {
        note_places(code.parse().unwrap()).to_string().replace(' ', "")
    }

    #[test]
    fn every_await_is_marked_also_inside_macros() {
        assert_eq!(
            rewritten("{ a.await; b().c.await }"),
            "{a.__reveille_at().await;b().c.__reveille_at().await}"
        );
        assert_eq!(
            rewritten("assert_eq!(rx.recv().await, [f.await?; 1])"),
            "assert_eq!(rx.recv().__reveille_at().await,[f.__reveille_at().await?;1])"
        );
    }

    #[test]
    fn nothing_else_is_touched() {
        for code in ["a.b.c(0..=1)", "x.awaited", "await_it()", "a..b", "1.0"] {
            assert_eq!(rewritten(code), code.replace(' ', ""));
        }
    }
}
