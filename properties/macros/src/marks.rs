//! Finds the marks in a test's body: `reachable!("name")`, `sometimes!("name", ..)`.
//!
//! On tokens, as for `.await`. That they stand there is known even if no run comes by.

use crate::tokens::only_text;
use proc_macro2::{Literal, TokenStream, TokenTree};

pub(crate) fn names(tokens: TokenStream) -> Vec<Literal> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<Literal>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        if at >= 2 && is_mark(&tokens[at - 2], &tokens[at - 1]) {
            found.extend(group.stream().into_iter().next().and_then(name));
        }
        collect(group.stream(), found);
    }
}

fn is_mark(word: &TokenTree, bang: &TokenTree) -> bool {
    matches!(word, TokenTree::Ident(word) if word == "reachable" || word == "sometimes")
        && matches!(bang, TokenTree::Punct(bang) if bang.as_char() == '!')
}

fn name(token: TokenTree) -> Option<Literal> {
    only_text(&token.into())
}

#[cfg(test)]
mod tests {
    use super::names;

    fn found(code: &str) -> Vec<String> {
        names(code.parse().unwrap()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn marks_are_found_wherever_they_stand() {
        let code = r#"{ reachable!("a"); select! { x => { reveille::sometimes!("b", x == 1) } } }"#;
        assert_eq!(found(code), [r#""a""#, r#""b""#]);
    }

    #[test]
    fn nothing_else_is_a_mark() {
        for code in ["reachable(\"a\")", "unreachable!(\"a\")", "sometimes!(name, x)", "a != (b)"] {
            assert_eq!(found(code), Vec::<String>::new(), "{code}");
        }
    }
}
