//! Texts of users do nothing.

use reveille_browser_tests::{shown, traces};
use serde_json::{Value, json};

const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)><!-- \u{2028} \u{1b}[31m \u{202e}gpj {{7*7}} ${alert(3)}";

/// The same trace with that text in place of every text but those that are words of the format.
fn spoiled(trace: &Value) -> Value {
    match trace {
        Value::String(_) => json!(HOSTILE),
        Value::Array(items) => items.iter().map(spoiled).collect(),
        Value::Object(fields) => {
            let words = ["format", "kind", "end", "certainty", "choice"];
            let spoil = |(name, value): (&String, &Value)| {
                (
                    name.clone(),
                    if words.contains(&name.as_str()) { value.clone() } else { spoiled(value) },
                )
            };
            Value::Object(fields.iter().map(spoil).collect())
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_text_is_inert_wherever_it_is_shown() {
    for trace in [traces::stale_waker(), traces::every_kind(), traces::passed()] {
        shown(&spoiled(&trace), async |page| {
            let show_everything = "
                for (const name of ['case', 'details', 'events', 'report']) document.getElementById('tab-' + name).click();
                const { state } = reveille;
                state.showBeside(true);
                state.runs.forEach((run, number) => {
                    run.model.events.forEach((_, at) => state.select('event', at, number));
                    run.model.lanes.forEach((lane) => state.select('lane', lane, number));
                });
                document.getElementById('tab-case').click();
                return [document.querySelectorAll('script').length, document.querySelectorAll('img').length]";
            assert_eq!(page.script(show_everything).await, json!([2, 0]));
            // Over the names of the lanes and over the drawing.
            for x in (40..900).step_by(120) {
                page.point_at(f64::from(x), 330.0).await;
            }
            assert!(!page.has_dialog().await);
            let said = page.text("#test").await;
            assert!(said.starts_with("</script><script>alert(1)</script>"), "{said}");
            for (written, unseen) in [("\\u{202e}", '\u{202e}'), ("\\u{1b}", '\u{1b}'), ("\\u{2028}", '\u{2028}')] {
                assert!(said.contains(written), "{said}");
                let everywhere = page.text("body").await;
                let data = page.text("#trace").await;
                assert!(!everywhere.replace(&data, "").contains(unseen));
            }
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_copied_is_what_is_seen() {
    let mut trace = traces::stale_waker();
    trace["replay"] = json!("REVEILLE_REPLAY=v1/x\u{1b}[2K\nrm -r x");
    shown(&trace, async |page| {
        assert_eq!(page.text("#replay").await, "REVEILLE_REPLAY=v1/x\\u{1b}[2K\\u{a}rm -r x");
    })
    .await;
}

#[tokio::test]
async fn texts_of_a_megabyte_are_no_trouble() {
    let mut trace = traces::stale_waker();
    let long = "x".repeat(1_000_000);
    trace["run"]["tasks"][1]["future"] = json!(long);
    trace["run"]["tasks"][1]["label"] = json!(long);
    trace["run"]["events"][3]["words"] = json!(long);
    trace["verdict"]["facts"][0]["text"] = json!(long);
    shown(&trace, async |page| {
        page.script("reveille.state.select('event', 3, 0); reveille.state.select('lane', reveille.state.runs[0].model.lanes[0], 0)").await;
        assert_eq!(page.state("tab").await, "details");
        assert!(page.number("drawn").await < 100.0);
        // Nothing is wider than the window.
        assert_eq!(page.script("return document.documentElement.scrollWidth <= innerWidth").await, true);
    })
    .await;
}
