//! What else stands on a test: whether it must panic, whether the harness leaves it out.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaNameValue, Token, parse_quote};

pub(crate) struct Marks {
    pub(crate) of_harness: Vec<Attribute>,
    pub(crate) of_function: Vec<Attribute>,
    /// A `suites::Panics`.
    pub(crate) panics: TokenStream,
}

impl Marks {
    pub(crate) fn of(attributes: Vec<Attribute>) -> Marks {
        let mut panics = quote!(::suites::Panics::Never);
        let (mut of_harness, mut of_function) = (Vec::new(), Vec::new());
        for attribute in attributes {
            let path = attribute.path();
            if path.is_ident("should_panic") {
                let text = expected(&attribute.meta);
                panics = quote!(::suites::Panics::With(#text));
            } else if path.is_ident("ignore") {
                // Where the tests are as for Miri, they are those that it is too slow for.
                let meta = &attribute.meta;
                of_harness.push(parse_quote!(#[cfg_attr(not(miri), #meta)]));
            } else if path.is_ident("doc") || path.is_ident("cfg") || path.is_ident("cfg_attr") {
                of_harness.push(attribute);
            } else {
                of_function.push(attribute);
            }
        }
        Marks { of_harness, of_function, panics }
    }
}

/// The text that the panic must have, if there is one.
fn expected(meta: &Meta) -> TokenStream {
    let text = match meta {
        Meta::NameValue(MetaNameValue { value, .. }) => text(value),
        Meta::List(list) => {
            let all =
                list.parse_args_with(Punctuated::<MetaNameValue, Token![,]>::parse_terminated);
            all.ok().and_then(|all| text(&all.first()?.value))
        }
        Meta::Path(_) => None,
    };
    let text = text.unwrap_or_default();
    quote!(#text)
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
