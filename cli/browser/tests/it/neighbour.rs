//! The run beside, and where it begins to differ.

use reveille_browser_tests::{shown, traces};

#[tokio::test]
async fn it_is_shown_beside_and_the_first_difference_is_marked_on_both() {
    shown(&traces::stale_waker(), async |page| {
        assert_eq!(page.script("return document.querySelectorAll('.pane').length").await, 1);
        page.press(['b']).await;
        page.until("document.querySelectorAll('.pane').length === 2").await;
        assert!(page.text(".pane:nth-child(2) .pane-title").await.contains("The neighbour passes"));
        page.press(['d']).await;
        assert_eq!(page.state("cursor").await, "27");
        // Before it every event stands at the same place in both; the mark is drawn in the
        // colour that says so, in both.
        let alike = page
            .script("const [a, b] = reveille.state.runs.map((run) => [...run.layout.x.slice(0, 27)]); return JSON.stringify(a) === JSON.stringify(b)")
            .await;
        assert_eq!(alike, true);
        let marked = "return [...document.querySelectorAll('.pane canvas')].map((canvas, number) => {
            const pane = reveille.panes[number];
            const x = Math.round(pane.frame.gutter + pane.view.x(pane.run.layout.at(27)) - pane.view.scale / 2);
            const { data } = pane.context.getImageData(Math.max(0, x - 8), 30, 16, 4);
            const [r, g, b] = [0x8a, 0x52, 0x00];
            for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 12) return true;
            return false;
        })";
        page.state("cursor").await;
        assert_eq!(page.script(marked).await, serde_json::json!([true, true]));
        page.press(['b']).await;
        page.until("document.querySelectorAll('.pane').length === 1").await;
    })
    .await;
}

#[tokio::test]
async fn the_first_difference_is_found_if_the_trace_does_not_say_it() {
    let mut trace = traces::stale_waker();
    trace["neighbour"].as_object_mut().unwrap().remove("first_difference");
    shown(&trace, async |page| {
        page.press(['d']).await;
        assert_eq!(page.state("cursor").await, "27");
    })
    .await;
}

#[tokio::test]
async fn its_events_have_details_too() {
    shown(&traces::deadlock(), async |page| {
        page.script("reveille.state.select('event', 11, 1)").await;
        page.until("document.querySelectorAll('.pane').length === 2").await;
        assert_eq!(page.state("run").await, "1");
        assert!(page.text("#details .from").await.starts_with("Neighbour run"));
        // Closing it leads back to this run.
        page.press(['b']).await;
        assert_eq!(page.state("run").await, "0");
    })
    .await;
}

#[tokio::test]
async fn where_there_is_none_the_page_says_why() {
    shown(&traces::passed(), async |page| {
        assert_eq!(page.script("return document.getElementById('neighbour').disabled").await, true);
        assert!(
            page.text("#case")
                .await
                .contains("There is none: a run that passes is compared with no other.")
        );
    })
    .await;
}
