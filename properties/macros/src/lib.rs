//! The attribute `#[reveille::test]`; documented where it is exported.

mod arguments;
mod awaits;
mod error;
mod function;
mod inputs;
mod marks;
mod tokens;

use arguments::Arguments;
use error::Error;
use function::Function;
use inputs::Inputs;
use proc_macro::TokenStream;
use quote::{quote, quote_spanned};

/// See the documentation of the crate `reveille`.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(
    arguments: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> Result<proc_macro2::TokenStream, Error> {
    let arguments = Arguments::parse(arguments)?;
    let Function { attributes, visibility, name, parameters, output, body } =
        Function::parse(item)?;
    let inputs = Inputs::parse(parameters)?;
    let reveille = &arguments.krate;
    let settings = arguments.settings();
    let expected = marks::names(body.stream()).into_iter().map(|mark| {
        quote_spanned!(mark.span()=> let __reveille_checker = __reveille_checker.expect_mark(#mark);)
    });
    let check = inputs.check(reveille, &quote!(__reveille_body));
    let parameters = &inputs.parameters;
    // What is to fail is nothing to remember.
    let should_panic = attributes.iter().any(|attribute| attribute.is("should_panic"));
    let corpus = should_panic.then(|| quote!(.corpus(false)));
    let body = awaits::note_places(quote!(#body));
    Ok(quote! {
        #[::core::prelude::v1::test]
        #(#attributes)*
        #visibility fn #name() {
            #[allow(unused_imports)]
            use #reveille::__private::AwaitAt as _;
            async fn __reveille_body(#(#parameters),*) #output #body
            let __reveille_checker = #reveille::Checker::new()
                .name(::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)))
                #corpus;
            #(#expected)*
            #settings
            __reveille_checker.#check;
        }
    })
}
