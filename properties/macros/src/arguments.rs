//! The arguments of the attribute: `runs = 5000, seed = 7, allow(waker_leak)`.

mod known;
mod once;

use crate::error::Error;
use crate::tokens::{Code, Tokens, only_text, only_word};
use known::{FAULTS, LAWS};
use once::Once;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

const KNOWN: &str = "expected `runs = ..`, `seed = ..`, `max_steps = ..`, `max_tasks = ..`, `hermetic = true|false`, \
                     `tokio = true|false`, `corpus = \"directory\"|true|false`, `allow(law)`, `warn(law)`, `deny(law)`, \
                     `with(fault)`, `without(fault)` or `crate = path`";

pub(crate) struct Arguments {
    pub(crate) krate: TokenStream,
    calls: Vec<TokenStream>,
    said: Once,
}

impl Arguments {
    /// Statements that shadow the checker with what the arguments say.
    pub(crate) fn settings(&self) -> TokenStream {
        let (krate, calls) = (&self.krate, &self.calls);
        quote!(#(let __reveille_checker = { use #krate as reveille_; __reveille_checker.#calls };)*)
    }
}

impl Arguments {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Arguments, Error> {
        let mut arguments =
            Arguments { krate: quote!(::reveille), calls: Vec::new(), said: Once::default() };
        let mut tokens = Tokens::new(tokens);
        while !tokens.is_empty() {
            arguments.parse_one(&mut tokens)?;
            if !tokens.is_empty() {
                tokens.expect_punct(',')?;
            }
        }
        Ok(arguments)
    }

    fn parse_one(&mut self, tokens: &mut Tokens) -> Result<(), Error> {
        let place = tokens.span();
        let word = tokens.word().ok_or_else(|| Error::new(place, KNOWN))?;
        match word.to_string().as_str() {
            "crate" => self.krate = self.value(&word, tokens)?,
            "runs" | "seed" | "max_steps" | "max_tasks" => {
                let value = self.value(&word, tokens)?;
                self.calls.push(quote!(#word(#value)));
            }
            "hermetic" | "tokio" => {
                let value = self.value(&word, tokens)?;
                if !is_bool(&value) {
                    return Err(Error::across(value, "expected `true` or `false`"));
                }
                self.calls.push(quote!(#word(#value)));
            }
            "corpus" => {
                let value = self.value(&word, tokens)?;
                if only_text(&value).is_none() && !is_bool(&value) {
                    let wanted = "expected the name of a directory, `true` or `false`";
                    return Err(Error::across(value, wanted));
                }
                self.calls.push(quote!(#word(#value)));
            }
            "allow" | "warn" | "deny" => {
                for law in known::names(tokens.parentheses()?.stream()) {
                    let variant = law.variant("law", &LAWS)?;
                    self.said.once("level", &law.text, law.span())?;
                    self.calls.push(quote!(#word(reveille_::Law::#variant)));
                }
            }
            "with" | "without" => {
                for fault in known::names(tokens.parentheses()?.stream()) {
                    let variant = fault.variant("fault", &FAULTS)?;
                    self.said.once("fault", &fault.text, fault.span())?;
                    self.calls.push(quote!(#word(reveille_::Kind::#variant)));
                }
            }
            _ => return Err(Error::new(word.span(), KNOWN)),
        }
        Ok(())
    }

    /// What follows `word =`.
    fn value(&mut self, word: &Ident, tokens: &mut Tokens) -> Result<TokenStream, Error> {
        let name = word.to_string();
        self.said.once(&name, &name, word.span())?;
        tokens.expect_punct('=')?;
        let place = tokens.span();
        let value = tokens.until_comma(Code::Expression);
        if value.is_empty() {
            return Err(Error::new(place, format!("expected a value for `{name}`")));
        }
        Ok(value)
    }
}

fn is_bool(tokens: &TokenStream) -> bool {
    only_word(tokens).is_some_and(|word| word == "true" || word == "false")
}

#[cfg(test)]
mod tests {
    use super::known::camel_case;
    use super::*;
    use reveille_sim::{Kind, Law};

    fn settings(arguments: &str) -> Result<String, String> {
        let arguments = Arguments::parse(arguments.parse().unwrap());
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
             `cancel_outcome`, `stale_load`; got `late_timers`"
        );
        assert!(settings("within(late_timer)").unwrap_err().contains("`without(fault)`"));
    }

    #[test]
    fn other_spellings_are_told_the_right_one() {
        for (written, wanted) in [
            ("with(delayed-wake)", "a fault in snake case, `delayed_wake`; got `delayed-wake`"),
            ("without(LateTimer)", "a fault in snake case, `late_timer`; got `LateTimer`"),
            ("with(\"late-timer\")", "a fault in snake case, `late_timer`; got `\"late-timer\"`"),
            ("with(\"late_timer\")", "a fault in snake case, `late_timer`; got `\"late_timer\"`"),
            ("deny(stuck, waker-leak)", "a law in snake case, `waker_leak`; got `waker-leak`"),
            (
                "allow(pending-without-waker)",
                "a law in snake case, `pending_without_waker`; got `pending-without-waker`",
            ),
        ] {
            assert_eq!(settings(written).unwrap_err(), format!("expected {wanted}"));
        }
        let error = settings("with(late-timers)").unwrap_err();
        assert!(error.starts_with("expected a fault, one of `fresh_waker`, "), "{error}");
        assert!(error.ends_with("; got `late-timers`"), "{error}");
    }

    #[test]
    fn what_is_said_twice_is_refused() {
        for (written, told) in [
            ("runs = 1, runs = 2", "`runs` is given twice; expected once"),
            ("seed = 1, runs = 2, seed = 1", "`seed` is given twice; expected once"),
            ("max_steps = 1, max_steps = 2", "`max_steps` is given twice; expected once"),
            ("hermetic = true, hermetic = false", "`hermetic` is given twice; expected once"),
            ("corpus = \"a\", corpus = false", "`corpus` is given twice; expected once"),
            ("crate = a, crate = b", "`crate` is given twice; expected once"),
            (
                "with(late_timer), without(late_timer)",
                "the fault `late_timer` is switched twice; expected once",
            ),
            (
                "with(cancellation, cancellation)",
                "the fault `cancellation` is switched twice; expected once",
            ),
            ("allow(stuck), deny(stuck)", "the law `stuck` is given a level twice; expected one"),
        ] {
            assert_eq!(settings(written).unwrap_err(), told, "{written}");
        }
        // A law and a fault may have the same name.
        settings("deny(spurious_poll), without(spurious_poll), allow(stuck, deadlock)").unwrap();
    }

    #[test]
    fn both_places_are_shown() {
        let error = Arguments::parse(quote!(runs = 1, seed = 2, runs = 3)).err().unwrap();
        let told = error.into_compile_error().to_string();
        assert!(told.contains("`runs` is given twice; expected once"), "{told}");
        assert!(told.contains("`runs` is given here first"), "{told}");
    }

    #[test]
    fn values_are_what_they_are_to_be() {
        assert_eq!(
            settings("runs = if cfg!(miri) { 3 } else { N * 2 }, corpus = \"a\", crate = a::b")
                .unwrap(),
            "let__reveille_checker={usea::basreveille_;__reveille_checker.runs(ifcfg!(miri){3}else{N*2})};\
             let__reveille_checker={usea::basreveille_;__reveille_checker.corpus(\"a\")};"
        );
        for (written, told) in [
            ("runs", "expected `=`"),
            ("runs =", "expected a value for `runs`"),
            ("tokio = 1", "expected `true` or `false`"),
            ("corpus = 1", "expected the name of a directory, `true` or `false`"),
            ("allow = stuck", "expected parentheses"),
            ("allow(stuck) deny(panic)", "expected `,`"),
            ("1", KNOWN),
            ("run = 1", KNOWN),
        ] {
            assert_eq!(settings(written).unwrap_err(), told, "{written}");
        }
    }
}
