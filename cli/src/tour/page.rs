//! A scene as it is read: its text, with its code and its runs where they belong.

use super::code::code;
use super::player::{PlayError, play};
use super::told::told;
use super::{QUESTIONS, SCENES, Scene};
use crate::{explain, picture};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How a scene is told.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Columns of running text.
    pub width: usize,
    /// Whether it has colours and the like.
    pub styled: bool,
    /// Where pictures are written.
    pub pictures: &'a Path,
}

/// A piece of a scene's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(String),
    Code(&'a str),
    Run(&'a str),
}

impl Scene {
    /// Tells the scene and plays its parts, and gives the pictures that were written.
    ///
    /// # Errors
    ///
    /// If a part cannot be played, or ends in another way than the text says; if it cannot be
    /// told.
    pub fn tell(&self, look: Look<'_>, out: &mut dyn Write) -> Result<Vec<PathBuf>, PlayError> {
        let mut pictures = Vec::new();
        let head = format!("# {} of {}: {}\n", self.number, SCENES.len(), self.sentence);
        out.write_all(explain::render(&head, look.width, look.styled).as_bytes())?;
        for piece in pieces(self.text) {
            let text = match piece {
                Piece::Text(text) => explain::render(&text, look.width, look.styled),
                Piece::Code(name) => code(self, name).unwrap_or_default(),
                Piece::Run(name) => self.run(name, look, &mut pictures)?,
            };
            write!(out, "\n{text}")?;
            out.flush()?;
        }
        let answers = explain::render(&answers(self), look.width, look.styled);
        write!(out, "\n{answers}")?;
        Ok(pictures)
    }

    fn run(
        &self,
        name: &str,
        look: Look<'_>,
        pictures: &mut Vec<PathBuf>,
    ) -> Result<String, PlayError> {
        let Some(part) = self.parts.iter().find(|part| part.name == name) else {
            return Ok(String::new());
        };
        let played = play(self, part)?;
        let mut text = told(part, &played, look.width);
        if let Some((_, json)) = &played.run {
            let file = look.pictures.join(format!("{}_{}_{name}.html", self.number, self.name));
            write(&file, &picture::html(json))?;
            text.push_str(&format!("\n  picture: {}\n", file.display()));
            pictures.push(file);
        }
        Ok(text)
    }
}

/// The questions that a scene answers, with the answers.
fn answers(scene: &Scene) -> String {
    let mut text = String::from("## What this answers\n");
    for (number, question) in (1..).zip(QUESTIONS) {
        if question.scenes.contains(&scene.number) {
            text.push_str(&format!("\n*Question {number}. {}*\n\n", question.text));
            text.push_str(&format!("{}\n", question.answer));
        }
    }
    text
}

/// The text in its pieces. What stands for code or a run is a line of its own.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for line in text.lines() {
        let directive = line.strip_prefix('{').and_then(|line| line.strip_suffix('}'));
        match (directive.and_then(|line| line.split_once(' ')), pieces.last_mut()) {
            (Some(("code", name)), _) => pieces.push(Piece::Code(name)),
            (Some(("run", name)), _) => pieces.push(Piece::Run(name)),
            (_, Some(Piece::Text(text))) => text.push_str(&format!("{line}\n")),
            (_, _) if line.is_empty() => {}
            _ => pieces.push(Piece::Text(format!("{line}\n"))),
        }
    }
    pieces
}

pub(super) fn write(file: &Path, text: &str) -> io::Result<()> {
    let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = made.and_then(|()| std::fs::write(file, text));
    written.map_err(|error| {
        io::Error::new(error.kind(), format!("{} cannot be written: {error}", file.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tour::code;

    #[test]
    fn text_code_and_runs_are_told_apart() {
        let text = "a\n{b}\n\n{code c}\n\n{run d}\ne\n";
        let expected = [
            Piece::Text("a\n{b}\n\n".into()),
            Piece::Code("c"),
            Piece::Run("d"),
            Piece::Text("e\n".into()),
        ];
        assert_eq!(pieces(text), expected);
    }

    /// What a text names is there, and what is there is told of, once.
    #[test]
    fn every_code_and_every_run_is_in_the_text() {
        for scene in SCENES {
            let pieces = pieces(scene.text);
            let named = |of: fn(&Piece<'_>) -> Option<String>| {
                let mut names: Vec<String> = pieces.iter().filter_map(of).collect();
                names.sort();
                names
            };
            let mut runs: Vec<String> = scene.parts.iter().map(|part| part.name.into()).collect();
            runs.sort();
            let of_run = |piece: &Piece<'_>| match piece {
                Piece::Run(name) => Some((*name).to_owned()),
                _ => None,
            };
            assert_eq!(named(of_run), runs, "runs of {}", scene.name);
            let sources = scene.sources.iter();
            let mut codes: Vec<String> =
                sources.flat_map(|(_, source)| code::names(source)).map(str::to_owned).collect();
            codes.sort();
            let of_code = |piece: &Piece<'_>| match piece {
                Piece::Code(name) => Some((*name).to_owned()),
                _ => None,
            };
            assert_eq!(named(of_code), codes, "code of {}", scene.name);
        }
    }
}
