//! What is told of a property that a test declared and that does not hold.

use crate::callsite::short_path;
use reveille_sim::{Asked, Finding, Property, PropertyKind};
use std::time::Duration;

/// What the property demanded, and how it came that it does not hold.
pub(crate) fn broken(property: &Property, finding: &Finding) -> String {
    let time = |nanos: u64| format!("{:?}", Duration::from_nanos(nanos));
    let (what, step, now) = (&property.what, finding.step, time(finding.now));
    if property.kind == PropertyKind::Always {
        return format!("`{what}` does not hold after step {step}, at {now}");
    }
    let demanded = match property.kind {
        PropertyKind::LeadsTo => "is owed",
        _ => "is waited for",
    };
    let since = format!("since step {}, at {}", property.since_step, time(property.since));
    let late = if property.at_rest {
        format!("after step {step}, at {now}, everything is at rest, and it can never come")
    } else {
        format!("and has not come within {}, that is until {now}", time(property.within))
    };
    format!("`{what}` {demanded} {since}\n{late}")
}

/// How a condition panicked when it was asked.
pub(crate) fn panicked(
    asked: &Asked,
    message: &str,
    location: Option<&str>,
    finding: &Finding,
) -> String {
    let at = location.map_or(String::new(), |at| format!(" at {}", short_path(at)));
    let (what, step) = (&asked.what, finding.step);
    format!("the condition of `{what}`, asked after step {step}, panicked{at}:\n{message}")
}

/// What to try.
pub(crate) fn advice(property: &Property) -> &'static str {
    match property.kind {
        PropertyKind::Always => {
            "look at the last step: what did it take for granted that another task had changed?"
        }
        _ => {
            "look at the last steps: which one is missing, or waits too long? virtual time passes \
             only when nothing is runnable, from one timer to the next"
        }
    }
}
