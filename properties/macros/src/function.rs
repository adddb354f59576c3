//! The function under the attribute, taken apart.

use crate::error::Error;
use crate::tokens::{Tokens, bare, only_word};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: TokenStream,
    pub(crate) name: Ident,
    pub(crate) parameters: TokenStream,
    /// The arrow, the type, and what of `where` follows.
    pub(crate) output: TokenStream,
    pub(crate) body: Group,
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> Result<Function, Error> {
        const WANTED: &str = "a reveille test must be an `async fn`";
        let mut item = Tokens::new(item);
        let attributes = Attribute::take(&mut item);
        let (mut visibility, mut is_async) = (Vec::new(), false);
        let place = item.span();
        let function = loop {
            match item.next().ok_or_else(|| Error::new(place, WANTED))? {
                TokenTree::Ident(word) if word == "fn" => break word,
                TokenTree::Ident(word) if word == "async" => is_async = true,
                // None of these is needed for a test; a text is that of `extern "C"`.
                TokenTree::Ident(word)
                    if word == "const" || word == "unsafe" || word == "extern" => {}
                TokenTree::Literal(_) => {}
                token => visibility.push(token),
            }
        };
        let name = item.word().filter(|_| is_async);
        let name = name.ok_or_else(|| Error::new(function.span(), WANTED))?;
        if item.is_punct('<') {
            item.next();
            if !item.is_punct('>') {
                return Err(Error::new(item.span(), "a reveille test cannot be generic"));
            }
            item.next();
        }
        let parameters = item.parentheses()?.stream();
        let mut output: Vec<TokenTree> = item.rest().into_iter().collect();
        let body = output.pop().and_then(block).ok_or_else(|| Error::new(name.span(), WANTED))?;
        let (visibility, output) = (visibility.into_iter().collect(), output.into_iter().collect());
        Ok(Function { attributes, visibility, name, parameters, output, body })
    }
}

fn block(token: TokenTree) -> Option<Group> {
    match bare(token.into()).into_iter().next()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// `#[name ..]`
pub(crate) struct Attribute {
    sign: TokenTree,
    group: Group,
}

impl Attribute {
    /// Those at the beginning.
    pub(crate) fn take(tokens: &mut Tokens) -> Vec<Attribute> {
        let mut taken = Vec::new();
        while tokens.is_punct('#') {
            if let (Some(sign), Some(TokenTree::Group(group))) = (tokens.next(), tokens.next()) {
                taken.push(Attribute { sign, group });
            }
        }
        taken
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        let mut content = Tokens::new(self.group.stream());
        let is_path = |tokens: &Tokens| tokens.is_punct(':');
        content.word().is_some_and(|word| word == name) && !is_path(&content)
    }

    /// What is between its parentheses, if that is all it has.
    pub(crate) fn argument(&self) -> Option<TokenStream> {
        let mut content = Tokens::new(self.group.stream());
        content.word()?;
        let argument = content.parentheses().ok()?.stream();
        (content.is_empty() && !argument.is_empty()).then_some(argument)
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (sign, group) = (&self.sign, &self.group);
        tokens.extend(quote!(#sign #group));
    }
}

/// Whether tokens are `self`, with what may stand before it.
pub(crate) fn is_receiver(pattern: &TokenStream) -> bool {
    let last = pattern.clone().into_iter().last();
    last.and_then(|last| only_word(&last.into())).is_some_and(|word| word == "self")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(code: &str) -> Result<Function, Error> {
        Function::parse(code.parse().unwrap())
    }

    #[test]
    fn a_function_is_taken_apart() {
        let code = "/// Doc.\n#[ignore] pub(crate) async fn f(a: u8) -> Result<(), E> { b }";
        let Function { attributes, visibility, name, parameters, output, body } =
            parse(code).unwrap();
        assert!(attributes[1].is("ignore") && attributes.len() == 2);
        let parts = quote!(#visibility; #name; #parameters; #output; #body).to_string();
        assert_eq!(parts.replace(' ', ""), "pub(crate);f;a:u8;->Result<(),E>;{b}");
        assert_eq!(parse("async fn f<>() {}").unwrap().name, "f");
    }

    #[test]
    fn what_macros_were_given_is_seen_through() {
        let unseen = |code: &str| {
            let group = Group::new(Delimiter::None, code.parse().unwrap());
            TokenStream::from(TokenTree::from(group))
        };
        let (visibility, attribute, body) = (unseen("pub"), unseen("ignore"), unseen("{ a }"));
        let item = quote!(#[#attribute] #visibility async fn f() #body);
        let item = TokenStream::from(TokenTree::from(Group::new(Delimiter::None, item)));
        let function = Function::parse(item).unwrap();
        assert!(function.attributes[0].is("ignore"));
        assert_eq!(function.body.to_string().replace(' ', ""), "{a}");
    }

    #[test]
    fn an_attribute_is_known_by_its_whole_path() {
        let of = |code: &str| Attribute::take(&mut Tokens::new(code.parse().unwrap())).remove(0);
        assert!(of("#[strategy(0..9)]").is("strategy"));
        assert!(!of("#[strategy::other(0..9)]").is("strategy"));
        assert!(!of("#[other]").is("strategy"));
    }

    #[test]
    fn other_items_are_refused() {
        for code in ["fn f() {}", "struct S;", "async fn f();", "mod m {}", ""] {
            let message = "a reveille test must be an `async fn`";
            assert_eq!(parse(code).err().expect(code).to_string(), message);
        }
        for code in ["async fn f<T>() {}", "async fn f<const N: usize>() {}", "async fn f<'a>() {}"]
        {
            let message = "a reveille test cannot be generic";
            assert_eq!(parse(code).err().expect(code).to_string(), message);
        }
    }
}
