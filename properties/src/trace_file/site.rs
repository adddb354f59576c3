//! Places in the code.

use super::sources::Sources;
use crate::callsite::{CallSite, short_path};
use crate::json::Object;
use std::panic::Location;

/// A place as an object; `sources` is to have the lines around it.
pub(super) fn of_call(object: &mut Object<'_>, site: &CallSite, sources: &mut Sources) {
    object.text("file", &short_path(&site.file));
    object.number("line", site.line);
    if !site.function.is_empty() {
        object.text("function", &site.function_name());
    }
    sources.want(&site.file, site.line);
}

/// The same, of a place that the compiler knew.
pub(super) fn of_location(object: &mut Object<'_>, at: &Location<'_>, sources: &mut Sources) {
    object.text("file", &short_path(at.file()));
    object.number("line", at.line());
    sources.want(at.file(), at.line());
}
