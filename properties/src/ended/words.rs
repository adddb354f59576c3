//! What is told in the last moments of a process, and what is kept of its run.

#[cfg(unix)]
use super::file;
use super::page::{self, Page, Text};
use super::scene::{Repeat, Scene, Search, with_scene};
#[cfg(unix)]
use crate::callsite::{is_ours, is_thread};
use crate::corpus::{Ended, Home, Will};
use reveille_sim::{Law, Tape};
use std::fmt::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Longer tapes are not told where there is a file with them.
const LONGEST_INLINE: usize = 240;

/// Longer ones leave no room for what stands around them.
const LONGEST: usize = page::LENGTH - (64 << 10);

/// Whether somebody tells of the end of this process: that is done once.
static TOLD: AtomicBool = AtomicBool::new(false);

/// What was told, for others.
static WORDS: OnceLock<&'static str> = OnceLock::new();

static TAPE: Page = Page::new();
static LINES: Page = Page::new();

/// The last lines of a report on a run of this thread that ends the process, by that cause,
/// which has nothing to escape: how it is repeated, which it was, and where it is saved, which
/// it then is. None if somebody told of it before, or if this thread is not inside a run.
pub(crate) fn last_lines(law: Law, cause: &str) -> Option<&'static str> {
    tell(law, cause, |_| Ok(()))
}

/// The whole report, for those who know nothing else.
#[cfg(unix)]
pub(super) fn report(cause: &str) -> Option<&'static str> {
    tell(Law::Panic, cause, |text| head(cause, text))
}

fn tell(law: Law, cause: &str, head: impl Fn(&mut Text) -> fmt::Result) -> Option<&'static str> {
    if !reveille_sim::in_run() || TOLD.swap(true, Ordering::AcqRel) {
        return None;
    }
    // SAFETY: nobody comes by here twice.
    let (mut tape_text, mut text) = unsafe { (TAPE.begin(), LINES.begin()) };
    with_scene(|scene| {
        let wrote = reveille_sim::peek_tape(|tape| {
            let wrote = tape.write_text(&scene.test, scene.is_hermetic, &mut tape_text);
            let is_told = wrote.is_ok() && tape_text.as_str().len() < LONGEST;
            let end = End { scene, law, cause, tape, tape_text: tape_text.as_str(), is_told };
            let saved = end.save(&mut text);
            text.clear();
            head(&mut text)?;
            end.lines(&saved, &mut text)
        });
        if wrote.is_none() {
            let _ = head(&mut text);
        }
    })?;
    Some(WORDS.get_or_init(|| text.into_str()))
}

/// The last lines that some thread came to, or is stuck with.
#[cfg(unix)]
pub(crate) fn last_lines_of_any_thread() -> &'static str {
    WORDS.get().copied().unwrap_or_default()
}

/// Who, where and how.
#[cfg(unix)]
fn head(cause: &str, out: &mut Text) -> fmt::Result {
    with_scene(|scene| {
        writeln!(out, "\nreveille: `{}` breaks the law {}\n", scene.test, Law::Panic)?;
        writeln!(out, "  a run must not end its process\n")
    })
    .unwrap_or(Ok(()))?;
    if let Some((task, at)) = reveille_sim::current_task() {
        match task {
            reveille_sim::TaskId::ROOT => writeln!(out, "  who    {task}, the body of the test")?,
            _ if is_thread(at) => writeln!(out, "  who    {task}, a thread")?,
            _ if is_ours(at.file()) => writeln!(out, "  who    {task}")?,
            _ => writeln!(out, "  who    {task}, spawned at {}:{}", at.file(), at.line())?,
        }
    }
    let step = reveille_sim::current_step().unwrap_or_default();
    writeln!(out, "  what   in step {step} the process is {cause}")
}

/// The end of a run, and of its process.
struct End<'a> {
    scene: &'a Scene,
    law: Law,
    cause: &'a str,
    tape: &'a Tape,
    tape_text: &'a str,
    /// Whether the tape had room.
    is_told: bool,
}

/// What became of the entry.
enum Saved<'a> {
    /// Nobody wanted it, or it is one of the corpus.
    Unwanted,
    Lost(&'a str),
    In {
        home: &'a Home,
        sum: u64,
        is_new: bool,
    },
}

/// The name of the file of an entry.
fn name_of(sum: u64) -> impl fmt::Display {
    struct Name(u64);
    impl fmt::Display for Name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{:08x}.tape", self.0 >> 32)
        }
    }
    Name(sum)
}

impl<'a> End<'a> {
    /// Whether it is the run of an entry that is being replayed.
    fn is_known(&self) -> bool {
        self.scene.entry.try_borrow().map_or(true, |entry| entry.is_some())
    }

    /// Writes the entry; `text` is where it is put together.
    fn save(&self, text: &mut Text) -> Saved<'a> {
        let home = match &self.scene.will {
            _ if self.is_known() => return Saved::Unwanted,
            Will::Off => return Saved::Unwanted,
            Will::Lost(why) => return Saved::Lost(why),
            Will::In(home) => home,
        };
        if !self.is_told {
            return Saved::Lost("its tape is too long");
        }
        let run = self.run();
        let Self { law, cause, tape, tape_text, .. } = *self;
        let step = reveille_sim::current_step().unwrap_or_default();
        let found = format_args!("{run}");
        match home.write(Ended { law, cause, step, found, tape, tape_text }, text) {
            Ok(sum) => write(home, sum, text.as_str()),
            Err(fmt::Error) => Saved::Lost("its tape is too long"),
        }
    }

    fn lines(&self, saved: &Saved<'_>, out: &mut Text) -> fmt::Result {
        self.repeat_line(saved, out)?;
        if let Ok(entry) = self.scene.entry.try_borrow()
            && let Some(entry) = &*entry
        {
            return out.write_str(entry);
        }
        if self.scene.search.is_some() {
            writeln!(out, "  found in {}; it could not be made smaller", self.run())?;
        }
        match saved {
            Saved::Unwanted => Ok(()),
            Saved::Lost(why) => writeln!(out, "  not saved in the corpus: {why}"),
            Saved::In { home, sum, is_new: true } => writeln!(
                out,
                "  saved as {}/{}: put it into git, it is replayed first from now on",
                home.shown,
                name_of(*sum)
            ),
            Saved::In { home, sum, is_new: false } => {
                writeln!(out, "  saved before, as {}/{}", home.shown, name_of(*sum))
            }
        }
    }

    fn repeat_line(&self, saved: &Saved<'_>, out: &mut Text) -> fmt::Result {
        let Scene { repeat, is_hermetic, .. } = self.scene;
        if *is_hermetic {
            out.write_str("\n  note: the run had a process of its own, in which entropy and the clocks of std are fixed\n")?;
        }
        if !self.is_told {
            return writeln!(out, "\n  its tape is too long to be told");
        }
        let tape = self.tape_text;
        match (repeat, saved) {
            (Repeat::Schedule, _) => writeln!(
                out,
                "\n  replay: reveille::Schedule::from_tape(\"{tape}\").unwrap().run(..), with the same input"
            ),
            (Repeat::Command(command), Saved::In { home, sum, .. })
                if tape.len() > LONGEST_INLINE && home.fits_a_line() =>
            {
                let (directory, name) = (home.directory.display(), name_of(*sum));
                writeln!(out, "\n  replay: {}", Line(&format_args!("{directory}/{name}"), command))
            }
            (Repeat::Command(command), _) => {
                writeln!(out, "\n  replay: {}", Line(&tape, command))
            }
        }
    }

    fn run(&self) -> impl fmt::Display + '_ {
        Run(self.scene)
    }
}

/// What to paste.
struct Line<'a>(&'a dyn fmt::Display, &'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line(tape, command) = self;
        match cfg!(reveille_threads) {
            // It must be built for that, which this command does.
            true => write!(f, "cargo reveille replay {tape}"),
            false => write!(f, "REVEILLE_REPLAY={tape} {command}"),
        }
    }
}

/// Which run it was.
struct Run<'a>(&'a Scene);

impl fmt::Display for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scene { search: Some(Search { noun, of }), run, is_first, .. } = self.0 else {
            return f.write_str("a run");
        };
        match (run.get(), is_first.get()) {
            (0, true) => write!(f, "the plain run{of}"),
            (run, true) => write!(f, "{noun} {run}{of}"),
            (run, false) => write!(f, "a replay after {noun} {run}{of}"),
        }
    }
}

#[cfg(unix)]
fn write<'a>(home: &'a Home, sum: u64, text: &str) -> Saved<'a> {
    use std::os::unix::ffi::OsStrExt;
    let mut name = [0; 13];
    // As `name_of` has it.
    let mut digits = (sum >> 32) as u32;
    for place in name[..8].iter_mut().rev() {
        *place = b"0123456789abcdef"[(digits % 16) as usize];
        digits /= 16;
    }
    name[8..].copy_from_slice(b".tape");
    let directory = home.directory.as_os_str().as_bytes();
    match file::write_whole(directory, &name, text.as_bytes()) {
        Some(written) => Saved::In { home, sum, is_new: written == file::Written::New },
        None => Saved::Lost("the file cannot be written"),
    }
}

/// Here nothing is told from within a handler.
#[cfg(not(unix))]
fn write<'a>(home: &'a Home, sum: u64, text: &str) -> Saved<'a> {
    let path = home.directory.join(name_of(sum).to_string());
    if path.exists() {
        return Saved::In { home, sum, is_new: false };
    }
    let draft = path.with_extension(format!("{}-ended.draft", std::process::id()));
    let written = std::fs::create_dir_all(&home.directory)
        .and_then(|()| std::fs::write(&draft, text))
        .and_then(|()| std::fs::rename(&draft, &path));
    match written {
        Ok(()) => Saved::In { home, sum, is_new: true },
        Err(_) => Saved::Lost("the file cannot be written"),
    }
}
