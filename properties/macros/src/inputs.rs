//! The arguments of the test's function: `#[strategy(0..9)] count: u32`.

use crate::error::Error;
use crate::function::{Attribute, is_receiver};
use crate::tokens::{Code, Tokens, bare};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

/// Tuples end here, too.
const MOST: usize = 12;

/// The arguments of a function, their strategies taken off.
#[derive(Default)]
pub(crate) struct Inputs {
    /// What stands in the function's signature.
    pub(crate) parameters: Vec<TokenStream>,
    inputs: Vec<Input>,
}

struct Input {
    name: String,
    ty: TokenStream,
    strategy: TokenStream,
}

impl Inputs {
    pub(crate) fn parse(parameters: TokenStream) -> Result<Inputs, Error> {
        let mut all = Inputs::default();
        for parameter in Tokens::new(parameters).parts(Code::Parameter) {
            let (input, without) = Input::take(parameter.clone())?;
            all.inputs.push(input);
            if all.inputs.len() > MOST {
                let message = format!("a reveille test takes at most {MOST} arguments");
                return Err(Error::across(parameter, message));
            }
            all.parameters.push(without);
        }
        Ok(all)
    }

    /// The call of the checker for a body of that name.
    pub(crate) fn check(&self, reveille: &TokenStream, body: &TokenStream) -> TokenStream {
        let Some((first, others)) = self.inputs.split_first() else {
            return quote!(check(#body));
        };
        let first = {
            let (name, strategy) = (&first.name, first.strategy(reveille));
            quote!(#reveille::argument(#name, #strategy))
        };
        let others = others.iter().map(|input| {
            let (name, strategy) = (&input.name, input.strategy(reveille));
            quote!(.and(#name, #strategy))
        });
        let values: Vec<_> =
            (0..self.inputs.len()).map(|place| format_ident!("value_{place}")).collect();
        let pattern = match values.as_slice() {
            [one] => quote!(#one),
            several => quote!((#(#several),*)),
        };
        quote!(check_with(#first #(#others)*, |#pattern| #body(#(#values),*)))
    }
}

impl Input {
    /// Takes the strategy off a parameter; what is left is the second.
    fn take(parameter: TokenStream) -> Result<(Input, TokenStream), Error> {
        let mut rest = Tokens::new(parameter.clone());
        let attributes = Attribute::take(&mut rest);
        let pattern = rest.until_colon();
        if is_receiver(&pattern) {
            return Err(Error::across(parameter, "a reveille test cannot take `self`"));
        }
        rest.expect_punct(':')?;
        let (name, ty) = (name_of(&pattern), rest.rest());
        if bare(ty.clone()).into_iter().next().is_some_and(|first| is_word(&first, "impl")) {
            let message = format!("the argument `{name}` needs a type, not an `impl Trait`");
            return Err(Error::across(ty, message));
        }
        let (strategies, others): (Vec<_>, Vec<_>) =
            attributes.into_iter().partition(|attribute| attribute.is("strategy"));
        let [strategy] = strategies.as_slice() else {
            return Err(match strategies.get(1) {
                None => Error::across(parameter, missing(&name, &ty)),
                Some(second) => {
                    let message = format!("the argument `{name}` has two strategies, expected one");
                    Error::across(quote!(#second), message)
                }
            });
        };
        let strategy = strategy.argument().ok_or_else(|| {
            let message = format!(
                "expected a strategy for the argument `{name}`, such as `#[strategy(0..9)]`"
            );
            Error::across(quote!(#strategy), message)
        })?;
        let without = quote!(#(#others)* #pattern: #ty);
        Ok((Input { name, ty, strategy }, without))
    }

    /// The strategy, held to the type of the argument at its own place.
    fn strategy(&self, reveille: &TokenStream) -> TokenStream {
        let (ty, strategy) = (&self.ty, &self.strategy);
        let place =
            strategy.clone().into_iter().next().map_or_else(Span::call_site, |it| it.span());
        quote_spanned!(place=> #reveille::__private::strategy_for::<#ty, _>(#strategy))
    }
}

fn missing(name: &str, ty: &TokenStream) -> String {
    let ty = bare(ty.clone()).to_string().replace(' ', "");
    format!(
        "the argument `{name}` needs a strategy that makes its values: write \
         `#[strategy(any::<{ty}>())] {name}: {ty}`, or another strategy of proptest"
    )
}

/// The name of an argument, without `mut`; of a pattern its text.
fn name_of(pattern: &TokenStream) -> String {
    let pattern = bare(pattern.clone());
    let mut words = pattern.clone().into_iter();
    let mut first = words.next();
    while first.as_ref().is_some_and(|word| is_word(word, "mut") || is_word(word, "ref")) {
        first = words.next();
    }
    match (first, words.next()) {
        (Some(TokenTree::Ident(name)), None) => name.to_string(),
        _ => pattern.to_string(),
    }
}

fn is_word(token: &TokenTree, wanted: &str) -> bool {
    matches!(token, TokenTree::Ident(word) if word == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(code: &str) -> Result<Inputs, Error> {
        Inputs::parse(code.parse().unwrap())
    }

    fn call(code: &str) -> String {
        let body = quote!(body);
        let inputs = parse(code).unwrap();
        inputs.check(&quote!(r), &body).to_string().replace(' ', "")
    }

    #[test]
    fn arguments_become_a_chain_of_strategies() {
        assert_eq!(call(""), "check(body)");
        assert_eq!(
            call("#[strategy(0..9)] n: u32"),
            "check_with(r::argument(\"n\",r::__private::strategy_for::<u32,_>(0..9)),|value_0|body(value_0))"
        );
        assert_eq!(
            call("#[strategy(a())] mut x: X, #[strategy(b())] (y, z): (Y, Z)"),
            "check_with(r::argument(\"x\",r::__private::strategy_for::<X,_>(a()))\
             .and(\"(y,z)\",r::__private::strategy_for::<(Y,Z),_>(b())),\
             |(value_0,value_1)|body(value_0,value_1))"
        );
    }

    #[test]
    fn other_attributes_stay() {
        let inputs = parse("#[allow(unused)] #[strategy(0..9)] n: u32").unwrap();
        let parameters = &inputs.parameters;
        assert_eq!(quote!(#(#parameters),*).to_string(), "# [allow (unused)] n : u32");
    }

    #[test]
    fn errors_say_what_to_write() {
        let refused = |code: &str| parse(code).err().expect(code).to_string();
        for (code, message) in [
            (
                "items: Vec<u8>",
                "the argument `items` needs a strategy that makes its values: write \
                 `#[strategy(any::<Vec<u8>>())] items: Vec<u8>`, or another strategy of proptest",
            ),
            (
                "#[strategy(0..9)] n: u32, mut m: u8",
                "the argument `m` needs a strategy that makes its values: write \
                 `#[strategy(any::<u8>())] m: u8`, or another strategy of proptest",
            ),
            (
                "#[strategy] n: u32",
                "expected a strategy for the argument `n`, such as `#[strategy(0..9)]`",
            ),
            (
                "#[strategy()] n: u32",
                "expected a strategy for the argument `n`, such as `#[strategy(0..9)]`",
            ),
            (
                "#[strategy = 3] n: u32",
                "expected a strategy for the argument `n`, such as `#[strategy(0..9)]`",
            ),
            (
                "#[strategy(0..9)] #[strategy(0..8)] n: u32",
                "the argument `n` has two strategies, expected one",
            ),
            ("&self", "a reveille test cannot take `self`"),
            ("mut self: Box<Self>", "a reveille test cannot take `self`"),
            (
                "#[strategy(0..9)] n: impl Copy",
                "the argument `n` needs a type, not an `impl Trait`",
            ),
        ] {
            assert_eq!(refused(code), message);
        }
        let thirteen = "#[strategy(0..9)] n: u32,".repeat(13);
        assert_eq!(refused(&thirteen), "a reveille test takes at most 12 arguments");
        assert!(refused("#[strategy(0..)..] n: u32").contains("expected"));
    }
}
