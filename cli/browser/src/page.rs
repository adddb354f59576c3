//! A picture in a browser of its own.

use crate::log::{Devtools, Log};
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A browser waits for nobody longer than this.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the window is like.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Its width and height in pixels.
    pub size: (u32, u32),
    /// Whether the system has a dark scheme.
    pub dark: bool,
}

impl Default for Window {
    fn default() -> Self {
        Window { size: (1440, 900), dark: false }
    }
}

/// A page that shows a trace.
#[derive(Debug)]
pub struct Page {
    client: Client,
    session: String,
    /// The page and the profile of its browser; gone when the test is over.
    directory: TempDir,
}

/// Shows a trace, does the test, and demands that nothing was complained of or fetched.
pub async fn shown(trace: &Value, test: impl AsyncFnOnce(&Page)) {
    shown_in(Window::default(), &trace.to_string(), test).await;
}

/// The same in a window of a kind, of a trace that need not be one.
pub async fn shown_in(window: Window, trace: &str, test: impl AsyncFnOnce(&Page)) {
    let page = Page::open(window, trace).await;
    test(&page).await;
    page.is_clean().await;
}

impl Page {
    async fn open(window: Window, trace: &str) -> Page {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("picture.html");
        fs::write(&file, crate::picture::html(trace)).expect("the page is written");
        let profile = directory.path().join("profile");
        let (width, height) = window.size;
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &format!("--user-data-dir={}", profile.display()),
            &format!("--window-size={width},{height}"),
        ];
        let mut wanted = Map::new();
        wanted.insert("goog:chromeOptions".into(), json!({"args": arguments}));
        wanted.insert("goog:loggingPrefs".into(), json!({"browser": "ALL", "performance": "ALL"}));
        // A dialog that a page opens is for the test to see.
        wanted.insert("unhandledPromptBehavior".into(), json!("ignore"));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&driver())
            .await
            .expect("chromedriver gives a browser");
        let session = client.session_id().await.expect("a session").expect("it has a name");
        let page = Page { client, session, directory };
        page.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        )
        .await;
        page.prefers(window.dark).await;
        // The browser's own first page is none of ours.
        for log in ["browser", "performance"] {
            page.log(log).await;
        }
        let address = format!("file://{}", file.display());
        page.client.goto(&address).await.expect("the page opens");
        page
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect(script)
    }

    /// Runs a script that ends by calling its last argument.
    pub async fn script_to_end(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.expect(script)
    }

    async fn devtools(&self, command: &'static str, parameters: Value) {
        self.client.issue_cmd(Devtools(command, parameters)).await.expect(command);
    }

    /// The system turns to dark or light.
    pub async fn prefers(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        )
        .await;
    }

    /// Presses keys one after the other, as somebody at the keyboard.
    pub async fn press(&self, keys: impl IntoIterator<Item = char>) {
        let mut actions = KeyActions::new("keyboard".into());
        for value in keys {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.expect("keys are pressed");
    }

    /// Presses a key while another is held.
    pub async fn press_with(&self, held: char, value: char) {
        let actions = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: held });
        self.client.perform_actions(actions).await.expect("keys are pressed");
    }

    /// Clicks the first element that a selector finds.
    pub async fn click(&self, selector: &str) {
        let found = self.client.find(fantoccini::Locator::Css(selector)).await.expect(selector);
        found.click().await.expect(selector);
    }

    /// The text of the first element that a selector finds.
    pub async fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector({}).textContent", json!(selector));
        self.script(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// What the page says of itself under a name (see `tell` in `main.js`), as soon as the
    /// frame is drawn.
    pub async fn state(&self, name: &str) -> String {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             requestAnimationFrame(() => requestAnimationFrame(() => done(document.getElementById('main').dataset[{}] ?? '')))",
            json!(name)
        );
        self.script_to_end(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// The same as a number.
    pub async fn number(&self, name: &str) -> f64 {
        let said = self.state(name).await;
        said.parse().unwrap_or_else(|_| panic!("{name} is {said:?}"))
    }

    /// Waits until a script gives `true`.
    pub async fn until(&self, script: &str) {
        let begun = Instant::now();
        while self.script(&format!("return {script}")).await != true {
            assert!(begun.elapsed() < PATIENCE, "never: {script}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Moves the pointer over a place of the window.
    pub async fn point_at(&self, x: f64, y: f64) {
        let duration = None;
        let actions =
            MouseActions::new("mouse".into()).then(PointerAction::MoveTo { duration, x, y });
        self.client.perform_actions(actions).await.expect("the pointer moves");
    }

    /// Whether a dialog of the page's is open.
    pub async fn has_dialog(&self) -> bool {
        self.client.get_alert_text().await.is_ok()
    }

    async fn log(&self, which: &'static str) -> Vec<Value> {
        let log = self.client.issue_cmd(Log(which)).await.expect("a log");
        log.as_array().cloned().unwrap_or_default()
    }

    /// Nothing was written to the console, and nothing was asked for but the page itself.
    async fn is_clean(&self) {
        let console = self.log("browser").await;
        assert!(console.is_empty(), "{console:#?}");
        for entry in self.log("performance").await {
            let message: Value =
                serde_json::from_str(entry["message"].as_str().unwrap_or("{}")).unwrap_or_default();
            let message = &message["message"];
            if message["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let address = message["params"]["request"]["url"].as_str().unwrap_or_default();
            let own = format!("file://{}", self.directory.path().display());
            assert!(
                address.starts_with(&own) || address.starts_with("data:"),
                "asked for {address}"
            );
        }
    }
}

/// The browser ends with the test, whether or not it passes; nothing asynchronous can be
/// waited for here, so the request is written by hand.
impl Drop for Page {
    fn drop(&mut self) {
        let Ok(url) = url::Url::parse(&driver()) else { return };
        let host =
            format!("{}:{}", url.host_str().unwrap_or("127.0.0.1"), url.port().unwrap_or(80));
        if let Ok(mut stream) = TcpStream::connect(&host) {
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let _ = write!(
                stream,
                "DELETE /session/{} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
                self.session
            );
            // It answers when the browser is gone, and keeps the connection.
            let _ = stream.read(&mut [0; 64]);
        }
    }
}

fn driver() -> String {
    std::env::var("CHROMEDRIVER")
        .expect("`cli/browser/run` starts chromedriver and says where it is")
}
