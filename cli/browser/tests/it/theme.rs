//! Light and dark, and that both can be read.

use reveille_browser_tests::{Window, shown, shown_in, traces};

#[tokio::test]
async fn it_follows_the_system_until_it_is_told() {
    let window = Window { dark: true, ..Window::default() };
    shown_in(window, &traces::deadlock().to_string(), async |page| {
        let theme = "document.documentElement.dataset.theme";
        page.until(&format!("{theme} === 'dark'")).await;
        page.prefers(false).await;
        page.until(&format!("{theme} === 'light'")).await;
        // System, light, dark, and the system again.
        page.click("#theme").await;
        page.click("#theme").await;
        assert_eq!(page.text("#theme").await, "Theme: dark");
        page.until(&format!("{theme} === 'dark'")).await;
        page.click("#theme").await;
        page.until(&format!("{theme} === 'light'")).await;
    })
    .await;
}

#[tokio::test]
async fn texts_stand_out_from_their_ground() {
    let contrasts = "
        const style = getComputedStyle(document.documentElement);
        const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const light = (name) => {
            const hex = style.getPropertyValue('--' + name).trim();
            const [r, g, b] = [1, 3, 5].map((i) => channel(parseInt(hex.slice(i, i + 2), 16)));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const pairs = [];
        for (const ground of ['panel', 'page', 'lane', 'named']) for (const ink of ['ink', 'soft', 'accent', 'bad', 'good', 'warn', 'pair']) pairs.push([ink, ground]);
        pairs.push(['bad', 'bad-ground'], ['good', 'good-ground'], ['warn', 'warn-ground'], ['ink', 'warn-ground'], ['ink', 'good-ground'], ['accent', 'accent-ground'], ['panel', 'bad'], ['panel', 'ink']);
        return pairs.map(([ink, ground]) => {
            const [a, b] = [light(ink), light(ground)];
            return [ink + ' on ' + ground, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
        }).filter(([, ratio]) => ratio < 4.5)";
    for dark in [false, true] {
        let window = Window { dark, ..Window::default() };
        shown_in(window, &traces::deadlock().to_string(), async |page| {
            assert_eq!(page.script(contrasts).await, serde_json::json!([]), "dark: {dark}");
        })
        .await;
    }
}

#[tokio::test]
async fn every_control_has_a_name() {
    shown(&traces::stale_waker(), async |page| {
        let nameless = "
            const name = (it) => it.getAttribute('aria-label') || it.textContent.trim() || (it.labels && [...it.labels].map((l) => l.textContent).join(''));
            return [...document.querySelectorAll('button, input, select, canvas[tabindex], [role=tabpanel]')]
                .filter((it) => !name(it) && !it.getAttribute('aria-labelledby')).map((it) => it.outerHTML.slice(0, 80))";
        assert_eq!(page.script(nameless).await, serde_json::json!([]));
    })
    .await;
}
