//! What the drawing is made of, and what leads from one event to the next.

use reveille_browser_tests::{Page, Window, shown, shown_in, traces};
use serde_json::json;

/// Goes on by a link of the details.
async fn follow(page: &Page, what: &str) {
    let script = format!(
        "[...document.querySelectorAll('#details .row')].find((row) => row.textContent.includes({})).click()",
        json!(what)
    );
    page.script(&script).await;
}

#[tokio::test]
async fn a_wake_leads_to_its_poll_and_to_its_registration_and_back() {
    shown(&traces::stale_waker(), async |page| {
        page.script("reveille.state.select('event', 43, 0)").await;
        assert!(page.text("#details").await.contains("src/gate.rs:20"));
        assert_eq!(page.text("#details .source .here .code-line").await.trim(), "waker.wake();");
        assert!(page.text("#details .stack").await.contains("src/gate.rs:67"));
        follow(page, "The poll that it caused").await;
        assert_eq!(page.state("cursor").await, "53");
        follow(page, "Caused by the wake").await;
        assert_eq!(page.state("cursor").await, "43");
        follow(page, "The registration that it used").await;
        assert_eq!(page.state("cursor").await, "10");
        follow(page, "Used by the wake").await;
        assert_eq!(page.state("cursor").await, "43");
    })
    .await;
}

#[tokio::test]
async fn an_event_is_where_the_innermost_frame_of_its_stack_is() {
    let mut trace = traces::stale_waker();
    trace["run"]["events"][43].as_object_mut().unwrap().remove("at");
    shown(&trace, async |page| {
        page.script("reveille.state.select('event', 43, 0)").await;
        assert_eq!(page.text("#details .source .here .code-line").await.trim(), "waker.wake();");
    })
    .await;
}

#[tokio::test]
async fn the_named_come_first_and_who_is_never_woken_is_known() {
    shown(&traces::deadlock(), async |page| {
        let lanes = page.script("return reveille.state.runs[0].lanes.map((lane) => [lane.key, !!lane.named, !!lane.neverWoken])").await;
        assert_eq!(lanes, json!([["task 1", true, true], ["task 2", true, true], ["task 0", true, true], ["run", false, false]]));
        let circle = page.script("return [...reveille.state.runs[0].model.circles]").await;
        assert_eq!(circle, json!([0, 1]));
    })
    .await;
}

#[tokio::test]
async fn the_case_says_all_that_the_trace_says() {
    let trace = traces::stale_waker();
    shown(&trace, async |page| {
        let said = page.text("#case").await;
        let verdict = &trace["verdict"];
        for text in [
            &verdict["facts"][0]["text"],
            &verdict["facts"][3]["text"],
            &trace["replay"],
            &trace["found"],
            &trace["shrunk"],
            &trace["corpus"],
        ] {
            assert!(said.contains(text.as_str().unwrap()), "{text}");
        }
        assert!(page.text("#verdict").await.contains("stale-wakercertain"));
        assert_eq!(page.text("#report-text").await, trace["report"].as_str().unwrap());
    })
    .await;
}

#[tokio::test]
async fn time_is_elastic_and_in_order() {
    shown(&traces::stale_waker(), async |page| {
        page.press(['t']).await;
        assert_eq!(page.state("axis").await, "time");
        let marks = page.script("return reveille.state.runs[0].layout.marks.map((mark) => mark.value)").await;
        assert_eq!(marks, json!([0, 10_000_000, 50_000_000]));
        let rises = page.script("const { x } = reveille.state.runs[0].layout; return x.every((here, at) => at === 0 || x[at - 1] < here)").await;
        assert_eq!(rises, true);
    })
    .await;
}

#[tokio::test]
async fn the_pointer_is_told_what_it_is_over() {
    shown(&traces::stale_waker(), async |page| {
        let spot = page
            .script(
                "const pane = reveille.panes[0]; const box = pane.canvas.getBoundingClientRect(); const at = 43; \
                 const row = pane.run.rowOfLane[pane.run.model.home[at]]; \
                 return [Math.round(box.left + pane.frame.gutter + pane.view.x(pane.run.layout.x[at])), Math.round(box.top + 34 + pane.frame.rowY(row))]",
            )
            .await;
        let (x, y) = (spot[0].as_f64().unwrap(), spot[1].as_f64().unwrap());
        page.point_at(x, y).await;
        page.until("!document.getElementById('tooltip').hidden").await;
        let said = page.text("#tooltip").await;
        for words in ["task 4: wakes task 1 `client 0`", "step 8", "50 ms", "src/gate.rs:20", "3: last woken"] {
            assert!(said.contains(words), "{said}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_small_window_has_room_for_the_drawing() {
    let window = Window { size: (900, 700), dark: false };
    shown_in(window, &traces::stale_waker().to_string(), async |page| {
        let height =
            page.script("return document.querySelector('.pane canvas').clientHeight").await;
        assert!(height.as_f64().unwrap() > 200.0, "{height}");
        assert_eq!(
            page.script("return document.documentElement.scrollWidth <= innerWidth").await,
            true
        );
        page.click("#kinds-button").await;
        page.click("[data-kind=drops]").await;
        assert_eq!(page.state("events").await, "58");
    })
    .await;
}
