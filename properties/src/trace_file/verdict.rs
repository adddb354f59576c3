//! The verdict of a run, with what bears on it.

use super::sources::Sources;
use super::{event, site};
use crate::json;
use crate::report::Told;
use crate::why::Why;
use reveille_sim::{Certainty, Finding};

/// A failure and how it is told.
#[derive(Debug)]
pub(crate) struct Verdict<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) told: &'a Told,
    pub(crate) why: &'a Why,
}

impl Verdict<'_> {
    pub(super) fn to_json(&self, sources: &mut Sources) -> String {
        let Verdict { finding, told, why } = self;
        json::object(|verdict| {
            verdict.text("law", finding.law.name());
            verdict.text(
                "certainty",
                match told.certainty {
                    Certainty::Certain => "certain",
                    Certainty::Suspected => "suspected",
                },
            );
            verdict.text("sentence", told.sentence);
            event::write_owner(verdict, finding.owner);
            verdict.numbers("others", finding.others.iter().map(|task| task.0));
            verdict.number("step", finding.step);
            verdict.number("now", finding.now);
            // Why it fails is a member of its own.
            let facts = told.facts.iter().filter(|fact| fact.label != "why");
            verdict.list("facts", facts, |object, fact| {
                object.text("label", fact.label);
                object.text("text", &fact.text());
            });
            if why.text.is_empty() {
                verdict.null("why");
            } else {
                verdict.object("why", |object| {
                    object.text("text", &why.text);
                    object.numbers("steps", &why.steps);
                    object.numbers("tasks", &why.tasks);
                });
            }
            verdict.text_or_null("advice", told.advice);
            verdict.texts("hints", told.hints.iter().copied());
            verdict.list("blamed", &told.blamed, |object, blamed| {
                object.text("what", &blamed.what);
                match blamed.event {
                    Some(event) => object.number("event", event),
                    None => object.null("event"),
                }
                object.object("site", |object| site::of_call(object, &blamed.site, sources));
            });
            verdict.list("waits", &told.waits, |object, (task, other)| {
                object.number("task", task.0);
                object.number("for", other.0);
            });
        })
    }
}
