//! Traces that are empty, cut, of another version, or none.

use reveille_browser_tests::{Window, shown, shown_in, traces};
use serde_json::json;

#[tokio::test]
async fn a_later_version_is_refused_in_words() {
    let mut trace = traces::stale_waker();
    trace["version"] = json!(2);
    shown(&trace, async |page| {
        let said = page.text("#refusal").await;
        assert!(
            said.starts_with("This trace has version 2, and this page reads version 1."),
            "{said}"
        );
        assert_eq!(page.script("return document.getElementById('main').hidden").await, true);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_trace_is_refused_in_words() {
    for (text, said) in [
        ("{", "its data is not JSON"),
        ("[]", "no trace of reveille"),
        (r#"{"format": "reveille-trace"}"#, "without a version"),
    ] {
        shown_in(Window::default(), text, async |page| {
            let refusal = page.text("#refusal").await;
            assert!(refusal.contains(said), "{refusal}");
        })
        .await;
    }
}

#[tokio::test]
async fn an_empty_run_says_so() {
    for run in [
        json!({}),
        json!({"tasks": [], "watches": [], "resources": [], "events": [], "steps": 0, "count": 0, "whole": true}),
    ] {
        let trace = json!({"format": "reveille-trace", "version": 1, "test": "t", "run": run});
        shown(&trace, async |page| {
            assert!(page.text("#notice").await.contains("no events"));
            page.press("fdtb0+-? ".chars()).await;
            page.script("for (const name of ['details', 'events', 'report']) document.getElementById('tab-' + name).click()").await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_run_that_is_not_whole_says_so() {
    let mut trace = traces::stale_waker();
    trace["run"]["whole"] = json!(false);
    trace["run"]["count"] = json!(200_000);
    let events = trace["run"]["events"].as_array_mut().unwrap();
    events.drain(..20);
    shown(&trace, async |page| {
        let said = page.text("#notice").await;
        assert!(
            said.contains("not whole")
                && said.contains("200,000 events")
                && said.contains("44 ones"),
            "{said}"
        );
        // The blamed event is found by its index, not by its place.
        page.script("document.querySelectorAll('#case .blamed .row')[1].click()").await;
        assert!(page.text("#details .from").await.contains("event 28"));
    })
    .await;
}

#[tokio::test]
async fn an_unknown_kind_is_shown_by_its_words() {
    let mut trace = traces::stale_waker();
    trace["run"]["events"][10]["kind"] = json!("constructor");
    trace["run"]["events"][10]["words"] = json!("compares and swaps a flag");
    shown(&trace, async |page| {
        page.script("reveille.state.select('event', 10, 0)").await;
        assert!(page.text("#details .words").await.contains("compares and swaps a flag"));
        assert_eq!(page.text("#kinds [data-kind=other] .count").await, "2");
    })
    .await;
}
