//! `cargo reveille explain`.

use super::{refuse, say};
use crate::exit::Exit;
use crate::explain::{Topic, page, pages};
use std::fmt::Write;
use std::io::{IsTerminal, stdout};

/// A page is no wider: longer lines are hard to read.
const WIDEST: usize = 100;

pub(super) fn run(name: Option<&str>) -> Exit {
    let Some(name) = name else { return say(&list()) };
    match page(name) {
        Ok(page) => {
            let width = textwrap::termwidth().min(WIDEST);
            say(&page.render(width, stdout().is_terminal()))
        }
        Err(unknown) => refuse(Exit::Usage, unknown),
    }
}

fn list() -> String {
    let mut text = String::new();
    let titles = [(Topic::Law, "laws"), (Topic::Fault, "faults"), (Topic::Engine, "engines")];
    for (topic, title) in titles {
        let _ = writeln!(text, "{title}:");
        for page in pages().iter().filter(|page| page.topic == topic) {
            let _ = writeln!(text, "  {}", page.name);
        }
    }
    text
}
