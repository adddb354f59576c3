//! What else stands on a test: whether it must panic, whether the harness leaves it out.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaNameValue, Token, punctuated::Punctuated};

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
            } else if path.is_ident("ignore") || path.is_ident("doc") {
                of_harness.push(attribute);
            } else if path.is_ident("cfg") {
                of_harness.push(attribute.clone());
            } else if path.is_ident("cfg_attr") && is_of_miri(&attribute) {
                // That Miri is too slow for a test says nothing of us.
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
            let all = list.parse_args_with(Punctuated::<MetaNameValue, Token![,]>::parse_terminated);
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

fn is_of_miri(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    list.tokens.to_string().starts_with("miri ,")
}
