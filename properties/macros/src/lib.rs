//! The attribute `#[reveille::test]`; documented where it is exported.

mod arguments;
mod awaits;
mod inputs;
mod marks;

use arguments::Arguments;
use inputs::Inputs;
use proc_macro::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ItemFn, parse_macro_input};

/// See the documentation of the crate `reveille`.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as Arguments);
    let function = parse_macro_input!(item as ItemFn);
    expand(&arguments, function).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand(arguments: &Arguments, function: ItemFn) -> syn::Result<proc_macro2::TokenStream> {
    let ItemFn { attrs, vis, sig, block, .. } = function;
    if sig.asyncness.is_none() {
        return Err(syn::Error::new(sig.fn_token.span(), "a reveille test must be an `async fn`"));
    }
    if !sig.generics.params.is_empty() {
        return Err(syn::Error::new(sig.generics.span(), "a reveille test cannot be generic"));
    }
    let inputs = Inputs::parse(sig.inputs)?;
    let name = &sig.ident;
    let reveille = &arguments.krate;
    let settings = arguments.settings();
    let expected = marks::names(&quote!(#block)).into_iter().map(|mark| {
        quote_spanned!(mark.span()=> let __reveille_checker = __reveille_checker.expect_mark(#mark);)
    });
    let check = inputs.check(reveille, &quote!(__reveille_body));
    let parameters = &inputs.parameters;
    // What is to fail is nothing to remember.
    let should_panic = attrs.iter().any(|attribute| attribute.path().is_ident("should_panic"));
    let corpus = should_panic.then(|| quote!(.corpus(false)));
    let body = awaits::note_places(quote!(#block));
    let output = &sig.output;
    Ok(quote! {
        #[::core::prelude::v1::test]
        #(#attrs)*
        #vis fn #name() {
            #[allow(unused_imports)]
            use #reveille::__private::AwaitAt as _;
            async fn __reveille_body(#parameters) #output #body
            let __reveille_checker = #reveille::Checker::new()
                .name(::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)))
                #corpus;
            #(#expected)*
            #settings
            __reveille_checker.#check;
        }
    })
}
