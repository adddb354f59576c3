//! `cargo reveille tour`.

use super::{refuse, say, warn};
use crate::args::Tour;
use crate::cargo::{Selection, Workspace};
use crate::exit::Exit;
use crate::tour::{Look, PlayError, SCENES, Scene, index, play, scene, table};
use anstream::println;
use std::io::{self, ErrorKind, IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};

/// Running text is no wider: longer lines are hard to read.
const WIDEST: usize = 100;

/// Where there is no terminal.
const USUAL: usize = 80;

pub(super) fn run(args: &Tour) -> Exit {
    if let Some(part) = &args.play {
        return answer(part);
    }
    if let Some(directory) = &args.all {
        return match index(directory) {
            Ok(page) => {
                println!("the tour: {}", page.display());
                open(&page, args.no_open);
                Exit::Passed
            }
            Err(error) => failed(error),
        };
    }
    let Some(wanted) = &args.scene else { return say(&list()) };
    let Some(scene) = scene(wanted) else {
        return refuse(Exit::Usage, format!("there is no scene `{wanted}`\n\n{}", list()));
    };
    let directory = match args.pictures.clone().map_or_else(place, Ok) {
        Ok(directory) => directory,
        Err(error) => return refuse(Exit::NotReady, format!("a temporary directory: {error}")),
    };
    match tell(scene, &directory) {
        Ok(pictures) => {
            pictures.last().into_iter().for_each(|picture| open(picture, args.no_open));
            Exit::Passed
        }
        Err(error) => failed(error),
    }
}

/// What the process that plays a part has to say.
fn answer(part: &str) -> Exit {
    match play(part) {
        None => refuse(Exit::Usage, format!("there is no part `{part}`")),
        Some(Err(error)) => refuse(Exit::Failed, error),
        Some(Ok(answer)) => match serde_json::to_string(&answer) {
            Ok(json) => say(&json),
            Err(error) => refuse(Exit::Failed, error),
        },
    }
}

fn tell(scene: &Scene, pictures: &Path) -> Result<Vec<PathBuf>, PlayError> {
    let is_terminal = stdout().is_terminal();
    let width = if is_terminal { textwrap::termwidth().min(WIDEST) } else { USUAL };
    let look = Look { width, styled: is_terminal, pictures };
    let mut out = anstream::stdout();
    let told = scene.tell(look, &mut out)?;
    let next = SCENES.get(scene.number).map_or_else(
        || table(width),
        |next| format!("next: cargo reveille tour {}\n", next.number),
    );
    out.write_all(format!("\n{next}").as_bytes())?;
    Ok(told)
}

fn failed(error: PlayError) -> Exit {
    match error {
        // Whoever reads has read enough.
        PlayError::System(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Passed,
        PlayError::System(error) => refuse(Exit::NotReady, error),
        error => refuse(Exit::Failed, error),
    }
}

/// Where pictures go: into the target directory of the workspace, if this is one.
fn place() -> io::Result<PathBuf> {
    if let Ok(workspace) = Workspace::read(&Selection::default()) {
        return Ok(workspace.target.join("reveille").join("tour"));
    }
    Ok(tempfile::Builder::new().prefix("reveille-tour-").tempdir()?.keep())
}

fn open(page: &Path, no_open: bool) {
    let is_watched = stdout().is_terminal() && std::env::var_os("CI").is_none();
    if is_watched
        && !no_open
        && let Err(error) = open::that_detached(page)
    {
        warn(format!("{} cannot be opened: {error}", page.display()));
    }
}

fn list() -> String {
    let mut text = String::from("Six short scenes; each is real runs, told and drawn.\n\n");
    for scene in SCENES {
        text.push_str(&format!("  {}  {:<9}  {}\n", scene.number, scene.name, scene.sentence));
    }
    text.push_str(&format!("\n{}", table(USUAL)));
    text.push_str(
        "\nBegin with `cargo reveille tour 1`; a name will do as well, as in `tour waker`.\n\
         `cargo reveille tour --all DIR` writes all of it as pages.\n",
    );
    text
}
