//! Attributes that stand before those of the standard library and of tokio, so that the test they
//! are on runs under the engine.
//!
//! What is found by `#[macro_use] extern crate` comes before the prelude: in a crate that uses
//! this one so, `#[test]` is ours, whoever wrote it.

mod marks;

use marks::Marks;
use proc_macro::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ItemFn, parse_macro_input};

/// `#[test]`
#[proc_macro_attribute]
pub fn test(_: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    wrapped(function, |function| quote!(#function)).into()
}

/// `#[tokio::test]`: the runtime is tokio's, one for every run.
#[proc_macro_attribute]
pub fn tokio_test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    let mut arguments = proc_macro2::TokenStream::from(arguments);
    // Unless told otherwise a test has one thread, and a `main` many.
    if !arguments.to_string().contains("flavor") {
        arguments = quote!(flavor = "current_thread", #arguments);
    }
    wrapped(function, |function| quote!(#[::tokio::main(#arguments)] #function)).into()
}

/// `#[async_std::test]`, over what stands here for async-std.
#[proc_macro_attribute]
pub fn async_std_test(_: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    let inner = |function: &ItemFn| {
        let (name, output, body) = (&function.sig.ident, &function.sig.output, &function.block);
        quote!(fn #name() #output { ::async_std::task::block_on(async #body) })
    };
    wrapped(function, inner).into()
}

/// The function as a test that has the engine run what `inner` makes of it.
fn wrapped(
    mut function: ItemFn,
    inner: impl FnOnce(&ItemFn) -> proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let Marks { of_harness, of_function, panics } = Marks::of(std::mem::take(&mut function.attrs));
    function.attrs = of_function;
    let name = &function.sig.ident;
    let inner = inner(&function);
    let check = quote_spanned!(function.sig.span()=> ::suites::check);
    quote! {
        #[::core::prelude::v1::test]
        #(#of_harness)*
        fn #name() {
            #inner
            #check(
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)),
                #panics,
                #name,
            );
        }
    }
}
