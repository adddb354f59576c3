//! The arguments of the attribute: `runs = 5000, seed = 7, allow(waker_leak)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitBool, Path, Token, parenthesized};

const KNOWN: &str = "expected `runs = ..`, `seed = ..`, `max_steps = ..`, `hermetic = true|false`, \
                     `corpus = \"directory\"|true|false`, `allow(law)`, `warn(law)`, `deny(law)` or `crate = path`";

pub(crate) struct Arguments {
    pub(crate) krate: Path,
    calls: Vec<TokenStream>,
}

impl Arguments {
    /// Statements that shadow the checker with what the arguments say.
    pub(crate) fn settings(&self) -> TokenStream {
        let (krate, calls) = (&self.krate, &self.calls);
        quote!(#(let __reveille_checker = { use #krate as reveille_; __reveille_checker.#calls };)*)
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Arguments { krate: syn::parse_quote!(::reveille), calls: Vec::new() };
        while !input.is_empty() {
            arguments.parse_one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn parse_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            self.krate = input.parse()?;
            return Ok(());
        }
        let word: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), KNOWN))?;
        match word.to_string().as_str() {
            "runs" | "seed" | "max_steps" => {
                input.parse::<Token![=]>()?;
                let value: Expr = input.parse()?;
                self.calls.push(quote!(#word(#value)));
            }
            "hermetic" => {
                input.parse::<Token![=]>()?;
                let value: LitBool = input.parse()?;
                self.calls.push(quote!(#word(#value)));
            }
            "corpus" => {
                input.parse::<Token![=]>()?;
                let value: Lit = input.parse()?;
                if !matches!(value, Lit::Str(_) | Lit::Bool(_)) {
                    let wanted = "expected the name of a directory, `true` or `false`";
                    return Err(syn::Error::new(value.span(), wanted));
                }
                self.calls.push(quote!(#word(#value)));
            }
            "allow" | "warn" | "deny" => {
                let laws;
                parenthesized!(laws in input);
                for law in Punctuated::<Ident, Token![,]>::parse_terminated(&laws)? {
                    let variant = Ident::new(&camel_case(&law.to_string()), law.span());
                    self.calls.push(quote!(#word(reveille_::Law::#variant)));
                }
            }
            _ => return Err(syn::Error::new(word.span(), KNOWN)),
        }
        Ok(())
    }
}

/// `waker_leak` as `WakerLeak`.
fn camel_case(name: &str) -> String {
    let mut upper = true;
    let mut result = String::new();
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            result.extend(c.to_uppercase());
        } else {
            result.push(c);
        }
    }
    result
}
