//! The attribute `#[reveille::test]`; documented where it is exported.

mod arguments;
mod awaits;

use arguments::Arguments;
use proc_macro::TokenStream;
use quote::quote;
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
    if !sig.inputs.is_empty() {
        return Err(syn::Error::new(sig.inputs.span(), "a reveille test takes no arguments"));
    }
    if !sig.generics.params.is_empty() {
        return Err(syn::Error::new(sig.generics.span(), "a reveille test cannot be generic"));
    }
    let name = &sig.ident;
    let reveille = &arguments.krate;
    let settings = arguments.settings();
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
            async fn __reveille_body() #output #body
            let __reveille_checker = #reveille::Checker::new()
                .name(::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)))
                #corpus;
            #settings
            __reveille_checker.check(__reveille_body);
        }
    })
}
