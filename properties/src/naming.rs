//! What things are called in messages: tasks and futures.

use crate::escape::escape;
use reveille_sim::{TaskId, Trace};

/// A task with its name, if it has one.
pub(crate) fn task_name(trace: &Trace, task: TaskId) -> String {
    match trace.task(task).and_then(|info| info.name.as_deref()) {
        Some(name) => format!("{task} `{}`", escape(name)),
        None => task.to_string(),
    }
}

/// The type of a future in a form that can be read.
pub(crate) fn future_name(name: &str) -> String {
    if let Some(function) = name.strip_suffix("::{{closure}}") {
        let function = function.replace("::{{closure}}", "").replace("::__reveille_body", "");
        return format!("async code in `{}`", with_short_arguments(&function));
    }
    format!("`{}`", with_short_arguments(name))
}

fn with_short_arguments(name: &str) -> String {
    // Paths of the arguments add more noise than they tell.
    let mut short = String::new();
    for part in name.split_inclusive(['<', '>', ',', ' ', '(', ')', '&']) {
        let tail = part.char_indices().rev().find(|(at, _)| part[..*at].ends_with("::"));
        let depth = short.matches('<').count() - short.matches('>').count();
        match tail {
            Some((at, _)) if depth > 0 => short.push_str(&part[at..]),
            _ => short.push_str(part),
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_types_lose_their_paths() {
        for (name, short) in [
            ("a::b::{{closure}}", "async code in `a::b`"),
            ("a::b::__reveille_body::{{closure}}", "async code in `a::b`"),
            (
                "a::b<c::Watch<a::d<a::e::__reveille_body>>>::{{closure}}",
                "async code in `a::b<Watch<d<e>>>`",
            ),
            ("a::Recv<'_, alloc::vec::Vec<c::D>>", "`a::Recv<'_, Vec<D>>`"),
        ] {
            assert_eq!(future_name(name), short);
        }
    }
}
