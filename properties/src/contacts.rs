//! What the runs of a test took from the machine, and at which lines.

use crate::callsite::{CallSite, blamed};
use reveille_sim::{Contact, Outside};
use std::fmt::Write;

/// The latest contact with each thing of the machine; stacks are those of the first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contacts(Vec<Contact>);

impl Contacts {
    /// Takes in those of a run.
    pub(crate) fn add(&mut self, contacts: Vec<Contact>) {
        for mut contact in contacts {
            let known = self.0.iter().position(|known| known.outside == contact.outside);
            match known {
                Some(at) => {
                    let stack = self.0[at].stack.take();
                    contact.stack = contact.stack.or(stack);
                    self.0[at] = contact;
                }
                None => self.0.push(contact),
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the test's own code took the first of them.
    pub(crate) fn first_site(&self) -> Option<CallSite> {
        let stacks = self.0.iter().filter_map(|contact| contact.stack.as_deref());
        stacks.filter_map(|stack| blamed(stack).pop()).next()
    }

    /// Each with its line and what to use instead, one a line or more.
    pub(crate) fn told(&self) -> String {
        let mut text = String::new();
        for contact in &self.0 {
            let used = times(contact.outside.name(), contact.times);
            let _ = write!(text, "{used}, first in step {}", contact.step);
            let sites = contact.stack.as_deref().map(blamed).unwrap_or_default();
            for (depth, site) in sites.iter().enumerate() {
                let _ =
                    write!(text, "{}{site}", if depth == 0 { ", at " } else { "\ncalled from " });
            }
            let _ = match instead(contact.outside) {
                Some(instead) => writeln!(text, "; use `{instead}`"),
                None => writeln!(text),
            };
        }
        text
    }
}

/// A thing and how often it was used.
pub(crate) fn times(name: &str, count: u64) -> String {
    match count {
        1 => name.to_owned(),
        count => format!("{name} ({count} times)"),
    }
}

/// What a run has in its place.
fn instead(outside: Outside) -> Option<&'static str> {
    Some(match outside {
        Outside::Socket => "reveille::net",
        Outside::Pipe => "reveille::io::pipe",
        Outside::Reactor => "reveille::reactor",
        Outside::Ring => "reveille::completion",
        Outside::File => "reveille::fs",
        Outside::Sleep => "reveille::time::sleep",
        Outside::Thread => "reveille::spawn",
        Outside::Entropy => "reveille::draw",
        Outside::Lookup => "reveille::net::lookup_host",
        _ => return None,
    })
}
