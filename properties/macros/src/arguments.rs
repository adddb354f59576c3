//! The arguments of the attribute: `runs = 5000, seed = 7, allow(waker_leak)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitBool, Path, Token, parenthesized};

const KNOWN: &str = "expected `runs = ..`, `seed = ..`, `max_steps = ..`, `hermetic = true|false`, \
                     `corpus = \"directory\"|true|false`, `allow(law)`, `warn(law)`, `deny(law)`, `with(fault)`, `without(fault)` or \
                     `crate = path`";

/// The names of the faults, as kinds of choices have them.
const FAULTS: [&str; 21] = [
    "fresh_waker",
    "spurious_poll",
    "delayed_wake",
    "late_timer",
    "cancellation",
    "forgotten_future",
    "reentrant_waker",
    "panicking_clone",
    "spurious_readiness",
    "late_event",
    "short_io",
    "interrupted",
    "latency",
    "loss",
    "duplication",
    "reordering",
    "reset",
    "refused",
    "disk_full",
    "torn_write",
    "cancel_outcome",
];

/// The names of the laws.
const LAWS: [&str; 20] = [
    "pending_without_waker",
    "stale_waker",
    "waker_dropped",
    "deadlock",
    "stuck",
    "suspected_stuck",
    "suspected_livelock",
    "busy_poll",
    "starvation",
    "blocking_poll",
    "spurious_poll",
    "poll_after_ready",
    "snoozed",
    "wake_in_lock",
    "task_leak",
    "waker_leak",
    "panic",
    "property",
    "buffer_in_flight",
    "nondeterminism",
];

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
                    let variant = variant(&law, "law", &LAWS)?;
                    self.calls.push(quote!(#word(reveille_::Law::#variant)));
                }
            }
            "with" | "without" => {
                let faults;
                parenthesized!(faults in input);
                for fault in Punctuated::<Ident, Token![,]>::parse_terminated(&faults)? {
                    let variant = variant(&fault, "fault", &FAULTS)?;
                    self.calls.push(quote!(#word(reveille_::Kind::#variant)));
                }
            }
            _ => return Err(syn::Error::new(word.span(), KNOWN)),
        }
        Ok(())
    }
}

/// The variant that has this name, which must be one of the known ones.
fn variant(name: &Ident, what: &str, known: &[&str]) -> syn::Result<Ident> {
    let text = name.to_string();
    if known.contains(&text.as_str()) {
        return Ok(Ident::new(&camel_case(&text), name.span()));
    }
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    let message = format!("expected a {what}, one of {}; got `{text}`", known.join(", "));
    Err(syn::Error::new(name.span(), message))
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

#[cfg(test)]
mod tests {
    use super::*;
    use reveille_sim::{Kind, Law};

    fn settings(arguments: &str) -> Result<String, String> {
        let arguments: syn::Result<Arguments> = syn::parse_str(arguments);
        let text = arguments.map_err(|error| error.to_string())?.settings().to_string();
        Ok(text.replace(' ', ""))
    }

    #[test]
    fn the_faults_are_those_of_the_world() {
        let faults = Kind::ALL.into_iter().filter(|kind| kind.is_fault());
        let names: Vec<String> = faults.map(|kind| kind.name().replace('-', "_")).collect();
        assert_eq!(names, FAULTS);
        for fault in Kind::ALL.into_iter().filter(|kind| kind.is_fault()) {
            assert_eq!(camel_case(&fault.name().replace('-', "_")), format!("{fault:?}"));
        }
    }

    #[test]
    fn the_laws_are_those_of_the_world() {
        let names: Vec<String> = Law::ALL.iter().map(|law| law.name().replace('-', "_")).collect();
        assert_eq!(names, LAWS);
        for law in Law::ALL {
            assert_eq!(camel_case(&law.name().replace('-', "_")), format!("{law:?}"));
        }
    }

    #[test]
    fn a_misspelt_law_is_told_the_names() {
        let error = settings("deny(waker_leek)").unwrap_err();
        assert!(error.starts_with("expected a law, one of `pending_without_waker`, "), "{error}");
        assert!(error.ends_with("; got `waker_leek`"), "{error}");
    }

    #[test]
    fn faults_are_switched_on_and_off() {
        let text =
            settings("with(forgotten_future, reentrant_waker), without(late_timer)").unwrap();
        for call in [
            "with(reveille_::Kind::ForgottenFuture)",
            "with(reveille_::Kind::ReentrantWaker)",
            "without(reveille_::Kind::LateTimer)",
        ] {
            assert!(text.contains(&format!("__reveille_checker.{call}")), "no {call} in {text}");
        }
    }

    #[test]
    fn a_misspelt_fault_is_told_the_names() {
        assert_eq!(
            settings("without(late_timers)").unwrap_err(),
            "expected a fault, one of `fresh_waker`, `spurious_poll`, `delayed_wake`, `late_timer`, \
             `cancellation`, `forgotten_future`, `reentrant_waker`, `panicking_clone`, \
             `spurious_readiness`, `late_event`, `short_io`, `interrupted`, `latency`, `loss`, \
             `duplication`, `reordering`, `reset`, `refused`, `disk_full`, `torn_write`, \
             `cancel_outcome`; got `late_timers`"
        );
        assert!(settings("within(late_timer)").unwrap_err().contains("`without(fault)`"));
    }
}
