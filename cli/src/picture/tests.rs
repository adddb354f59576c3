use super::html;
use serde_json::{Value, json};

/// What would get out of its element, end a line of a script, or mislead a terminal or an eye.
const HOSTILE: &str = "</script><script>alert(1)</script><!-- \u{2028}\u{2029} \u{1b}[31m \u{202e}gpj \u{feff} &lt; {scripts} {trace} ]]>";

fn hostile() -> Value {
    json!({
        "format": "reveille-trace", "version": 1, "test": HOSTILE,
        "verdict": {"law": HOSTILE, "facts": [{"label": HOSTILE, "text": HOSTILE}]},
        "report": HOSTILE, "run": {"events": [{"words": HOSTILE}]},
    })
}

/// The text of the element that holds the trace.
fn trace_in(page: &str) -> &str {
    let start = r#"<script type="application/json" id="trace">"#;
    let (_, rest) = page.split_once(start).expect("the page has a trace");
    rest.split_once("</script>").expect("its element ends").0
}

#[test]
fn a_hostile_text_stays_in_its_element() {
    let trace = hostile();
    let page = html(&trace.to_string());
    let written = trace_in(&page);
    for never in ["<", ">", "&", "\u{1b}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{feff}"] {
        assert!(!written.contains(never), "{never:?}");
    }
    assert_eq!(serde_json::from_str::<Value>(written).unwrap(), trace);
}

#[test]
fn a_hostile_text_makes_no_element() {
    let tame = html(r#"{"format": "reveille-trace", "version": 1}"#);
    let page = html(&hostile().to_string());
    for mark in ["<script", "</script", "<!--", "<"] {
        assert_eq!(page.matches(mark).count(), tame.matches(mark).count(), "{mark}");
    }
    assert!(!page.contains("alert(1)</script>"));
}

#[test]
fn a_text_that_looks_like_a_mark_of_the_page_is_none() {
    let page = html(&hostile().to_string());
    assert!(trace_in(&page).contains("{scripts} {trace}"));
    assert_eq!(page.matches("'use strict';").count(), 1);
}

#[test]
fn what_is_no_json_cannot_get_out_either() {
    let page = html("</script><script>alert(1)</script>");
    assert!(!page.contains("<script>alert"));
    assert!(trace_in(&page).starts_with("\\u003c/script"));
}

#[test]
fn nothing_is_fetched() {
    let page = html(r#"{"format": "reveille-trace", "version": 1}"#);
    for never in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_scripts_never_make_markup_of_texts() {
    let scripts = super::SCRIPTS.join("\n");
    for never in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
    ] {
        assert!(!scripts.contains(never), "{never}");
    }
    // Within a script element these would end it or hide its end.
    for never in ["</script", "<!--"] {
        assert!(!scripts.contains(never), "{never}");
    }
}
