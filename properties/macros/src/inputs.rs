//! The arguments of the test's function: `#[strategy(0..9)] count: u32`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, FnArg, Meta, Pat, Path, Token};

/// Tuples end here, too.
const MOST: usize = 12;

/// The arguments of a function, their strategies taken off.
#[derive(Default)]
pub(crate) struct Inputs {
    /// What stands in the function's signature.
    pub(crate) parameters: Punctuated<FnArg, Token![,]>,
    inputs: Vec<Input>,
}

struct Input {
    name: String,
    ty: TokenStream,
    strategy: Expr,
}

impl Inputs {
    pub(crate) fn parse(parameters: Punctuated<FnArg, Token![,]>) -> syn::Result<Inputs> {
        let mut all = Inputs::default();
        for mut parameter in parameters {
            let input = Input::take(&mut parameter)?;
            all.inputs.push(input);
            if all.inputs.len() > MOST {
                let message = format!("a reveille test takes at most {MOST} arguments");
                return Err(syn::Error::new(parameter.span(), message));
            }
            all.parameters.push(parameter);
        }
        Ok(all)
    }

    /// The call of the checker for a body of that name.
    pub(crate) fn check(&self, reveille: &Path, body: &TokenStream) -> TokenStream {
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
        let values: Vec<syn::Ident> =
            (0..self.inputs.len()).map(|place| quote::format_ident!("value_{place}")).collect();
        let pattern = match values.as_slice() {
            [one] => quote!(#one),
            several => quote!((#(#several),*)),
        };
        quote!(check_with(#first #(#others)*, |#pattern| #body(#(#values),*)))
    }
}

impl Input {
    /// Takes the strategy off a parameter.
    fn take(parameter: &mut FnArg) -> syn::Result<Input> {
        let FnArg::Typed(typed) = parameter else {
            return Err(syn::Error::new(parameter.span(), "a reveille test cannot take `self`"));
        };
        let name = name_of(&typed.pat);
        let ty = &typed.ty;
        if let syn::Type::ImplTrait(_) = **ty {
            let message = format!("the argument `{name}` needs a type, not an `impl Trait`");
            return Err(syn::Error::new(ty.span(), message));
        }
        let is_strategy = |attribute: &Attribute| attribute.path().is_ident("strategy");
        let mut strategies = typed.attrs.extract_if(.., |attribute| is_strategy(attribute));
        let Some(strategy) = strategies.next() else {
            drop(strategies);
            return Err(syn::Error::new(typed.span(), missing(&name, ty)));
        };
        if let Some(second) = strategies.next() {
            let message = format!("the argument `{name}` has two strategies, expected one");
            return Err(syn::Error::new(second.span(), message));
        }
        drop(strategies);
        let strategy = expression(&strategy, &name)?;
        Ok(Input { name, ty: quote!(#ty), strategy })
    }

    /// The strategy, held to the type of the argument at its own place.
    fn strategy(&self, reveille: &Path) -> TokenStream {
        let (ty, strategy) = (&self.ty, &self.strategy);
        quote_spanned!(strategy.span()=> #reveille::__private::strategy_for::<#ty, _>(#strategy))
    }
}

fn expression(strategy: &Attribute, name: &str) -> syn::Result<Expr> {
    let wrong = || {
        let message =
            format!("expected a strategy for the argument `{name}`, such as `#[strategy(0..9)]`");
        syn::Error::new(strategy.span(), message)
    };
    match &strategy.meta {
        Meta::List(list) if !list.tokens.is_empty() => strategy.parse_args(),
        _ => Err(wrong()),
    }
}

fn missing(name: &str, ty: &syn::Type) -> String {
    let ty = quote!(#ty).to_string().replace(' ', "");
    format!(
        "the argument `{name}` needs a strategy that makes its values: write \
         `#[strategy(any::<{ty}>())] {name}: {ty}`, or another strategy of proptest"
    )
}

/// The name of an argument, without `mut`; of a pattern its text.
fn name_of(pattern: &Pat) -> String {
    match pattern {
        Pat::Ident(ident) => ident.ident.to_string(),
        other => quote!(#other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(code: &str) -> syn::Result<Inputs> {
        let function: syn::ItemFn = syn::parse_str(&format!("async fn f({code}) {{}}"))?;
        Inputs::parse(function.sig.inputs)
    }

    fn call(code: &str) -> String {
        let body = quote!(body);
        let inputs = parse(code).unwrap();
        inputs.check(&syn::parse_quote!(r), &body).to_string().replace(' ', "")
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
        assert_eq!(quote!(#parameters).to_string(), "# [allow (unused)] n : u32");
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
