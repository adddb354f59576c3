//! What is remembered.

use super::place::{find, from_here};
use super::{refuse, say, warn};
use crate::args::Corpora;
use crate::exit::Exit;
use crate::shown::in_a_line;
use std::fmt::Write;

pub(super) fn run(corpora: &Corpora) -> Exit {
    let places = match find(corpora) {
        Ok(places) => places,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let mut text = String::new();
    let mut count = 0;
    for place in &places {
        let loaded = place.store().load_all();
        let mut last = String::new();
        for (path, entry) in &loaded.entries {
            if *entry.test() != last {
                let _ = writeln!(text, "{}", in_a_line(entry.test()));
                entry.test().clone_into(&mut last);
            }
            let deviations = match entry.ended_its_process() {
                true => "ends its process".to_owned(),
                false => match entry.deviations().len() {
                    1 => "1 deviation".to_owned(),
                    number => format!("{number} deviations"),
                },
            };
            let cause = match entry.cause() {
                "" => String::new(),
                cause => format!(", {}", in_a_line(cause)),
            };
            let (date, law) = (entry.date(), entry.law());
            let _ = writeln!(
                text,
                "  {date}  {law}{cause}, {deviations}  {}",
                in_a_line(&from_here(path))
            );
            count += 1;
        }
        for problem in &loaded.problems {
            warn(format!("{}: {}", from_here(&problem.path), problem.error));
        }
    }
    let s = if count == 1 { "entry" } else { "entries" };
    let corpora = if places.len() == 1 { "corpus" } else { "corpora" };
    let _ = writeln!(text, "{count} {s} in {} {corpora}", places.len());
    say(&text)
}
