//! The file: all that is known of a failure or a replay, and how it gets to the disk.

use super::Depicted;
use crate::json;
use crate::why::Neighbour;
use reveille_sim::Law;
use std::io;
use std::path::{Path, PathBuf};

/// What the pieces do not have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) test: String,
    pub(crate) law: Option<Law>,
    pub(crate) tape: String,
    /// The line to paste.
    pub(crate) replay: String,
    pub(crate) found: Option<String>,
    pub(crate) shrunk: Option<String>,
    pub(crate) corpus: Option<String>,
    pub(crate) report: String,
}

/// Writes a trace into `directory` and gives its file, whose name is that of the test, the law
/// and the tape.
pub(crate) fn write(
    directory: &Path,
    told: &Told,
    depicted: &Depicted,
    neighbour: Option<(&Neighbour, &Depicted)>,
) -> io::Result<PathBuf> {
    let text = to_json(told, depicted, neighbour);
    let law = told.law.map_or("passed", Law::name);
    let sum = told.tape.rsplit('=').next().unwrap_or_default();
    let test: String = told.test.replace("::", ".").chars().map(plain).take(100).collect();
    let path = directory.join(format!("{test}.{law}.{sum}.json"));
    std::fs::create_dir_all(directory)?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written.map(|()| path)
}

/// What every file system takes.
fn plain(c: char) -> char {
    if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '.' }
}

fn to_json(told: &Told, depicted: &Depicted, neighbour: Option<(&Neighbour, &Depicted)>) -> String {
    let mut text = json::object(|file| {
        file.text("format", "reveille-trace");
        file.number("version", 1);
        file.text("test", &told.test);
        file.text_or_null("package", std::env::var("CARGO_PKG_NAME").ok().as_deref());
        file.json("verdict", &depicted.verdict);
        file.json("arguments", &format!("[{}]", depicted.arguments));
        file.text_or_null("found", told.found.as_deref());
        file.text_or_null("shrunk", told.shrunk.as_deref());
        file.text("tape", &told.tape);
        file.text("replay", &told.replay);
        file.text_or_null("corpus", told.corpus.as_deref());
        file.text("report", &told.report);
        file.json("run", &depicted.run);
        let mut sources = depicted.sources.clone();
        match neighbour {
            None => file.null("neighbour"),
            Some((neighbour, other)) => {
                if !sources.is_empty() && !other.sources.is_empty() {
                    sources.push(',');
                }
                sources.push_str(&other.sources);
                file.object("neighbour", |object| {
                    object.text("note", &neighbour.note);
                    object.text_or_null("law", neighbour.law.map(Law::name));
                    object.json("run", &other.run);
                });
            }
        }
        file.json("sources", &format!("[{sources}]"));
    });
    text.push('\n');
    text
}
