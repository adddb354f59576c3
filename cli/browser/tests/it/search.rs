//! What is searched and what is shown.

use fantoccini::key::Key;
use reveille_browser_tests::{Page, shown, traces};

async fn search(page: &Page, words: &str) {
    page.press(['/']).await;
    page.press(words.chars()).await;
}

async fn filter(page: &Page, words: &str) {
    page.script(&format!("const box = document.getElementById('lanes'); box.value = '{words}'; box.dispatchEvent(new Event('input'))")).await;
}

#[tokio::test]
async fn words_names_places_and_notes_are_found() {
    shown(&traces::stale_waker(), async |page| {
        for (words, hits) in [
            ("time moves", "2"),
            ("MARKED", "1"),
            ("is through", "1"),
            ("gate.rs:44", "3"),
            ("gate::open", "3"),
            ("nothing such", "0"),
        ] {
            search(page, words).await;
            assert_eq!(page.state("hits").await, hits, "{words}");
            page.press([char::from(Key::Escape)]).await;
            assert_eq!(page.state("hits").await, "0");
        }
    })
    .await;
}

#[tokio::test]
async fn matches_are_walked_in_a_circle() {
    shown(&traces::stale_waker(), async |page| {
        page.press([char::from(Key::Home)]).await;
        search(page, "gate.rs:44").await;
        assert_eq!(page.text("#hits").await, "3 matches");
        let mut places = Vec::new();
        for said in ["1 of 3", "2 of 3", "3 of 3", "1 of 3"] {
            page.press([char::from(Key::Enter)]).await;
            assert_eq!(page.text("#hits").await, said);
            places.push(page.state("cursor").await);
        }
        assert_eq!(places, ["10", "20", "35", "10"]);
        page.click("#hit-back").await;
        assert_eq!(page.text("#hits").await, "3 of 3");
    })
    .await;
}

#[tokio::test]
async fn kinds_are_hidden_and_shown() {
    shown(&traces::stale_waker(), async |page| {
        assert_eq!(page.state("events").await, "64");
        page.click("[data-kind=wakes]").await;
        assert_eq!(page.state("events").await, "58");
        search(page, "wakes").await;
        assert_eq!(page.state("hits").await, "0");
        page.press([char::from(Key::Escape)]).await;
        page.click("[data-kind=wakes]").await;
        assert_eq!(page.state("events").await, "64");
        // With Alt only that kind.
        page.script("document.querySelector('[data-kind=faults]').dispatchEvent(new MouseEvent('click', { altKey: true }))").await;
        assert_eq!(page.state("events").await, "3");
        assert_eq!(page.script("return document.querySelector('[data-kind=faults]').getAttribute('aria-pressed')").await, "true");
    })
    .await;
}

#[tokio::test]
async fn the_cursor_passes_over_what_is_hidden() {
    shown(&traces::stale_waker(), async |page| {
        page.script("document.querySelector('[data-kind=wakes]').dispatchEvent(new MouseEvent('click', { altKey: true }))").await;
        page.press([char::from(Key::Home), char::from(Key::Right), char::from(Key::Right)]).await;
        assert_eq!(page.state("cursor").await, "39");
    })
    .await;
}

#[tokio::test]
async fn lanes_are_chosen_by_their_text_and_by_the_law() {
    shown(&traces::passed(), async |page| {
        assert_eq!(page.number("lanes").await, 14.0);
        filter(page, "client").await;
        assert_eq!(page.number("lanes").await, 3.0);
        assert_eq!(page.text("#kinds [data-kind=io] .count").await, "0");
        filter(page, "").await;
        assert_eq!(page.number("lanes").await, 14.0);
    })
    .await;
    shown(&traces::long(1001, 9000), async |page| {
        page.click("#named-only").await;
        // The one that is never woken, the root that waits for it, and the choices; no timer is set.
        assert_eq!(page.number("lanes").await, 3.0);
        filter(page, "worker 1").await;
        assert_eq!(page.number("lanes").await, 1.0);
    })
    .await;
}
