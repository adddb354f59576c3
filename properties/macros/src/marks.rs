//! Finds the marks in a test's body: `reachable!("name")`, `sometimes!("name", ..)`.
//!
//! On tokens, as for `.await`. That they stand there is known even if no run comes by.

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

pub(crate) fn names(tokens: &TokenStream) -> Vec<LitStr> {
    let mut found = Vec::new();
    collect(tokens.clone(), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<LitStr>) {
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

fn name(token: TokenTree) -> Option<LitStr> {
    syn::parse2(token.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::names;

    fn found(code: &str) -> Vec<String> {
        names(&code.parse().unwrap()).iter().map(syn::LitStr::value).collect()
    }

    #[test]
    fn marks_are_found_wherever_they_stand() {
        let code = r#"{ reachable!("a"); select! { x => { reveille::sometimes!("b", x == 1) } } }"#;
        assert_eq!(found(code), ["a", "b"]);
    }

    #[test]
    fn nothing_else_is_a_mark() {
        for code in ["reachable(\"a\")", "unreachable!(\"a\")", "sometimes!(name, x)", "a != (b)"] {
            assert_eq!(found(code), Vec::<String>::new(), "{code}");
        }
    }
}
