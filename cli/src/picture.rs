//! The picture of a run: one page of HTML that needs nothing else.
//!
//! The page is put together from files of one idea each, which a browser would have to
//! fetch one by one: the styles, the scripts in the order in which they build on each
//! other, and the trace. The trace is data of users, so it must not be able to end the
//! element that it stands in; the scripts show its texts as texts and never as markup.

const PAGE: &str = include_str!("picture/page.html");
const STYLES: &[&str] = &[include_str!("picture/page.css"), include_str!("picture/panel.css")];

/// Later ones use earlier ones.
const SCRIPTS: &[&str] = &[
    include_str!("picture/script/text.js"),
    include_str!("picture/script/kinds.js"),
    include_str!("picture/script/trace.js"),
    include_str!("picture/script/model.js"),
    include_str!("picture/script/links.js"),
    include_str!("picture/script/layout.js"),
    include_str!("picture/script/state.js"),
    include_str!("picture/script/view.js"),
    include_str!("picture/script/paint.js"),
    include_str!("picture/script/glyphs.js"),
    include_str!("picture/script/bars.js"),
    include_str!("picture/script/arrows.js"),
    include_str!("picture/script/axis.js"),
    include_str!("picture/script/gutter.js"),
    include_str!("picture/script/far.js"),
    include_str!("picture/script/draw.js"),
    include_str!("picture/script/hit.js"),
    include_str!("picture/script/pane.js"),
    include_str!("picture/script/overview.js"),
    include_str!("picture/script/case.js"),
    include_str!("picture/script/details.js"),
    include_str!("picture/script/side.js"),
    include_str!("picture/script/list.js"),
    include_str!("picture/script/search.js"),
    include_str!("picture/script/filter.js"),
    include_str!("picture/script/player.js"),
    include_str!("picture/script/help.js"),
    include_str!("picture/script/keyboard.js"),
    include_str!("picture/script/theme.js"),
    include_str!("picture/script/main.js"),
];

/// The page that shows a trace, given as its JSON.
///
/// Whatever the text is, the page opens: one that is no trace, or of a version that is not
/// known, is said to be so there.
///
/// ```
/// let page = cargo_reveille::picture::html(r#"{"format": "reveille-trace", "version": 1}"#);
/// assert!(page.starts_with("<!doctype html>"));
/// ```
#[must_use]
pub fn html(trace_json: &str) -> String {
    let trace = harmless(trace_json);
    let (styles, scripts) = (STYLES.join("\n"), SCRIPTS.join("\n"));
    let mut page = String::with_capacity(PAGE.len() + styles.len() + scripts.len() + trace.len());
    // What is put in is not looked at again, so a text that looks like a mark is none.
    let mut rest = PAGE;
    for (mark, content) in [("{styles}", &styles), ("{trace}", &trace), ("{scripts}", &scripts)] {
        let (before, after) =
            rest.split_once(mark).expect("the page has every mark, in this order");
        page.push_str(before);
        page.push_str(content);
        rest = after;
    }
    page.push_str(rest);
    page
}

/// The same JSON, in which nothing is markup.
///
/// In JSON these characters stand within strings only, where they may be written as
/// escapes. Without `<` there is no end tag, no comment and no other script; the two
/// separators end a line in JavaScript of before 2019; a byte order mark and what turns
/// the direction of writing would mislead whoever reads the page's source.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<'
            | '>'
            | '&'
            | '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
// By its path, so that the tests in a browser can take this file in too.
#[path = "picture/tests.rs"]
mod tests;
