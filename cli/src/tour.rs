//! `cargo reveille tour`: who polls, wakes and parks whom, in six short scenes.
//!
//! A scene is a text, real futures, and runs of them. The text is a file of Markdown in which
//! `{code NAME}` stands for lines of the scene's source, between its marks, and `{run NAME}` for a
//! [part](Part) that is played. So what is shown is what is run, and what is told of a run is what
//! came of it.
//!
//! A check writes its trace where a variable of the environment says, so each part is
//! played by a process of its own: this program once more.
//!
//! | file | idea |
//! | --- | --- |
//! | `1_poll` .. `6_progress` | the scenes |
//! | `part` | what is run, and what is to come of it |
//! | `player` | the process in which it is run |
//! | `code` | the lines that are shown |
//! | `told` | a run, as it is told |
//! | `page`, `index` | a scene in a terminal, and all of them in a directory |
//! | `questions` | what is asked, and which scene answers it |

mod code;
mod index;
mod page;
mod part;
mod player;
mod questions;
mod told;

#[path = "tour/4_forgotten.rs"]
mod forgotten;
#[path = "tour/5_park.rs"]
mod park;
#[path = "tour/1_poll.rs"]
mod poll;
#[path = "tour/6_progress.rs"]
mod progress;
#[path = "tour/3_reactor.rs"]
mod reactor;
#[path = "tour/2_waker.rs"]
mod waker;

pub use index::index;
pub use page::Look;
pub use part::{Answer, Part, play};
pub use player::PlayError;
pub use questions::{QUESTIONS, Question, table};

/// A scene.
#[derive(Debug)]
#[non_exhaustive]
pub struct Scene {
    /// Its number, from 1.
    pub number: usize,
    /// Its name, by which it is asked for.
    pub name: &'static str,
    /// What it is about, in a sentence.
    pub sentence: &'static str,
    /// Its text, in Markdown.
    pub text: &'static str,
    /// Its files, each with its name.
    pub sources: &'static [(&'static str, &'static str)],
    /// What is run.
    pub parts: &'static [Part],
}

macro_rules! scenes {
    ($($number:literal $module:ident $sentence:literal $text:literal [$($source:literal),*];)*) => {
        /// The scenes, in their order.
        pub static SCENES: &[Scene] = &[$(Scene {
            number: $number,
            name: stringify!($module),
            sentence: $sentence,
            text: include_str!(concat!("tour/", $text)),
            sources: &[$(($source, include_str!(concat!("tour/", $source)))),*],
            parts: $module::PARTS,
        },)*];
    };
}

scenes! {
    1 poll "Future and Poll: nothing happens until it is polled"
        "1_poll.md" ["1_poll.rs"];
    2 waker "Context and Waker: who gives the waker to whom"
        "2_waker.md" ["2_waker.rs"];
    3 reactor "Executor and reactor: who calls whom, and what blocks when they are one"
        "3_reactor.md" ["3_reactor.rs"];
    4 forgotten "Pending without a wake: how a task is forgotten, and how that is found"
        "4_forgotten.md" ["4_forgotten.rs"];
    5 park "Park and unpark: why a thread parks, and an unpark that comes too early"
        "5_park.md" ["5_park/tasks.rs", "5_park/threads.rs"];
    6 progress "Waking for progress: a loop that starves others, and pools that poll too much"
        "6_progress.md" ["6_progress/sums.rs", "6_progress/pools.rs"];
}

/// The scene of that number or name.
#[must_use]
pub fn scene(wanted: &str) -> Option<&'static Scene> {
    let wanted = wanted.trim().to_lowercase();
    SCENES.iter().find(|scene| scene.name == wanted || scene.number.to_string() == wanted)
}

/// Has the run say something, which its steps and its picture show.
fn say(text: impl Into<String>) {
    reveille_sim::note(|| text.into());
}

/// Spawns a task of that name.
#[track_caller]
fn task<F>(name: &str, future: F) -> reveille::JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    reveille::Builder::new().name(name).spawn_local(future)
}
