//! All that can be done, by the keyboard alone.

use fantoccini::key::Key;
use reveille_browser_tests::{shown, traces};

const LEFT: char = '\u{e012}';
const UP: char = '\u{e013}';
const RIGHT: char = '\u{e014}';
const DOWN: char = '\u{e015}';

fn key(key: Key) -> char {
    char::from(key)
}

#[tokio::test]
async fn arrows_move_the_cursor_by_events_and_steps() {
    shown(&traces::stale_waker(), async |page| {
        page.press([key(Key::Home)]).await;
        assert_eq!(page.state("cursor").await, "0");
        page.press([RIGHT, RIGHT, RIGHT, LEFT]).await;
        assert_eq!(page.state("cursor").await, "2");
        // The first event of step 2, of step 3, and back.
        page.press_with(key(Key::Shift), RIGHT).await;
        assert_eq!(page.state("cursor").await, "9");
        page.press_with(key(Key::Shift), RIGHT).await;
        assert_eq!(page.state("cursor").await, "14");
        page.press_with(key(Key::Shift), LEFT).await;
        assert_eq!(page.state("cursor").await, "9");
        page.press([key(Key::End)]).await;
        assert_eq!(page.state("cursor").await, "63");
        page.press([RIGHT]).await;
        assert_eq!(page.state("cursor").await, "63");
    })
    .await;
}

#[tokio::test]
async fn up_and_down_go_to_other_lanes() {
    shown(&traces::deadlock(), async |page| {
        page.press([key(Key::Home)]).await;
        // The lanes: task 1, task 2, root, the run.
        page.press([UP]).await;
        let up = page.state("cursor").await;
        assert_eq!(
            page.script(&format!("return reveille.state.runs[0].model.events[{up}].by")).await,
            2
        );
        page.press([DOWN]).await;
        let down = page.state("cursor").await;
        assert_eq!(
            page.script(&format!("return reveille.state.runs[0].model.events[{down}].by")).await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn enter_opens_the_details_and_escape_closes_them() {
    shown(&traces::stale_waker(), async |page| {
        assert_eq!(page.state("tab").await, "case");
        page.press(['f', key(Key::Enter)]).await;
        assert_eq!(page.state("tab").await, "details");
        assert!(page.text("#details .words").await.contains("Ready"));
        // They follow the cursor.
        page.press([LEFT]).await;
        assert!(page.text("#details .words").await.contains("client 0 is through"));
        page.press([key(Key::Escape)]).await;
        assert_eq!(page.state("tab").await, "case");
    })
    .await;
}

#[tokio::test]
async fn slash_searches_and_escape_leaves_the_search() {
    shown(&traces::stale_waker(), async |page| {
        page.press(['/']).await;
        page.until("document.activeElement.id === 'search'").await;
        // Keys are letters there.
        page.press("fbt".chars()).await;
        assert_eq!(page.script("return document.activeElement.value").await, "fbt");
        assert_eq!(page.state("axis").await, "steps");
        page.press([key(Key::Escape)]).await;
        page.until("document.activeElement.tagName === 'CANVAS'").await;
        assert_eq!(page.script("return document.getElementById('search').value").await, "");
    })
    .await;
}

#[tokio::test]
async fn a_question_mark_helps() {
    shown(&traces::stale_waker(), async |page| {
        page.press(['?']).await;
        page.until("document.getElementById('help').open").await;
        assert!(page.text("#help").await.contains("the last clone of a waker is dropped"));
        // Keys do nothing behind it.
        let before = page.state("cursor").await;
        page.press([LEFT]).await;
        assert_eq!(page.state("cursor").await, before);
        page.press([key(Key::Escape)]).await;
        page.until("!document.getElementById('help').open").await;
    })
    .await;
}

#[tokio::test]
async fn tab_reaches_every_control_and_shows_where_it_is() {
    shown(&traces::stale_waker(), async |page| {
        let mut seen = Vec::new();
        for _ in 0..60 {
            page.press([key(Key::Tab)]).await;
            let here = page
                .script(
                    "const it = document.activeElement; \
                     if (it === document.body) return ''; \
                     const name = it.id || it.dataset.kind || it.className || it.tagName; \
                     return getComputedStyle(it).outlineStyle === 'none' ? `${name} has no outline` : name",
                )
                .await;
            seen.push(here.as_str().unwrap_or_default().to_owned());
        }
        let hidden: Vec<&String> = seen.iter().filter(|name| name.ends_with("has no outline")).collect();
        assert!(hidden.is_empty(), "{hidden:?}");
        for wanted in ["theme", "play", "by-time", "neighbour", "search", "lanes", "wakes", "slider", "CANVAS", "tab-case", "case", "copy"] {
            assert!(seen.iter().any(|name| name == wanted), "{wanted} is not in {seen:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn space_plays_and_pauses() {
    shown(&traces::stale_waker(), async |page| {
        page.script("document.getElementById('speed').value = '200'").await;
        page.press([key(Key::Home), ' ']).await;
        page.until("Number(document.getElementById('main').dataset.cursor) > 5").await;
        assert_eq!(
            page.script("return document.getElementById('play').getAttribute('aria-label')").await,
            "Pause"
        );
        page.press([' ']).await;
        let here = page.state("cursor").await;
        page.script_to_end("setTimeout(arguments[arguments.length - 1], 200)").await;
        assert_eq!(page.state("cursor").await, here);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_events_is_walked_like_the_drawing() {
    shown(&traces::stale_waker(), async |page| {
        page.press([key(Key::Home), 'e']).await;
        page.until("document.querySelectorAll('#events [role=option]').length > 10").await;
        page.script("document.querySelector('#events .rows').focus()").await;
        page.press([DOWN, DOWN]).await;
        assert_eq!(page.state("cursor").await, "2");
        let active = "document.getElementById(document.querySelector('#events .rows').getAttribute('aria-activedescendant'))";
        let row = page.script(&format!("const row = {active}; return [row.getAttribute('aria-posinset'), row.getAttribute('aria-setsize'), row.textContent]")).await;
        assert_eq!(row[0], "3");
        assert_eq!(row[1], "64");
        assert!(row[2].as_str().unwrap().contains("spawns task 2"), "{row}");
        page.until("document.getElementById('announcer').textContent.includes('spawns task 2')").await;
    })
    .await;
}
