//! All scenes in a directory: a page that has their texts and leads to their pictures.

use super::page::{Look, write};
use super::player::PlayError;
use super::{QUESTIONS, SCENES};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// So wide is the text of the page.
const WIDTH: usize = 100;

const STYLE: &str = "\
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; \
color: #1c1c1c; background: #fff }
pre { overflow-x: auto; font: .85rem/1.45 ui-monospace, monospace }
td { vertical-align: top; padding: .4rem 1rem .4rem 0 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } a { color: #8ab4f8 } }";

/// Plays all scenes, and writes their pictures and `index.html` into the directory. Gives the
/// latter.
///
/// # Errors
///
/// If a scene cannot be played, or a file not be written.
pub fn index(directory: &Path) -> Result<PathBuf, PlayError> {
    let mut body = String::new();
    for scene in SCENES {
        let mut text = Vec::new();
        let look = Look { width: WIDTH, styled: false, pictures: directory };
        let pictures = scene.tell(look, &mut text)?;
        let text = escaped(&String::from_utf8_lossy(&text));
        let _ = writeln!(body, "<h2 id=\"{}\">{}</h2>", scene.number, escaped(scene.sentence));
        body.push_str("<pre>");
        body.push_str(&with_links(&text, &pictures));
        body.push_str("</pre>\n");
    }
    let file = directory.join("index.html");
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>The tour of Reveille</title>\n<style>\n{STYLE}\n</style>\n\
         <h1>The tour of Reveille</h1>\n{}{body}{}</html>\n",
        contents(),
        questions(),
    );
    write(&file, &page)?;
    Ok(file)
}

fn contents() -> String {
    let item = |scene: &super::Scene| {
        format!("<li><a href=\"#{}\">{}</a></li>\n", scene.number, escaped(scene.sentence))
    };
    let items: String = SCENES.iter().map(item).collect();
    format!("<ol>\n{items}</ol>\n")
}

fn questions() -> String {
    let mut text = String::from("<h2>Questions, and where they are answered</h2>\n<table>\n");
    for question in QUESTIONS {
        let links: Vec<String> = question
            .scenes
            .iter()
            .map(|scene| format!("<a href=\"#{scene}\">scene {scene}</a>"))
            .collect();
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(question.text),
            escaped(question.answer),
            links.join(", ")
        );
    }
    text + "</table>\n"
}

/// A picture stands beside the page, so its name is the link to it.
fn with_links(text: &str, pictures: &[PathBuf]) -> String {
    let mut text = text.to_owned();
    for picture in pictures {
        let name = picture.file_name().unwrap_or_default().to_string_lossy();
        let told = escaped(&picture.display().to_string());
        text = text.replace(&told, &format!("<a href=\"{name}\">{name}</a>"));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
