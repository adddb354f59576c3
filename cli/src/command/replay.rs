//! `cargo reveille replay`: one run again.

mod debugger;
mod subject;

use super::{refuse, warn};
use crate::args::Replay;
use crate::cargo::{Binary, CargoError, Listed, Selection, Workspace, build};
use crate::exit::Exit;
use crate::report::paint;
use crate::shown::shown;
use crate::steps::acts;
use crate::trace::Trace;
use crate::{perfetto, picture};
use anstream::{eprintln, println};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Stdio;
pub(super) use subject::Subject;

/// Words told of one who acts in a step at most.
const MOST_WORDS: usize = 12;

pub(super) fn run(args: &Replay) -> Exit {
    let subject = match Subject::read(&args.what) {
        Ok(subject) => subject,
        Err(error) => return refuse(Exit::Usage, error),
    };
    let test = args.of.as_ref().unwrap_or(&subject.test);
    let mut selection = args.selection.clone();
    // The tape knows best.
    subject.asks_for(&mut selection);
    let (workspace, binary, name) = match find(test, &selection, args.binaries_metadata.as_deref())
    {
        Ok(found) => found,
        Err((exit, why)) => return refuse(exit, why),
    };
    if let Some(step) = args.debugger {
        return debugger::run(&binary, &name, &subject, step);
    }
    let directory = workspace.target.join("reveille");
    let traces = match tempfile::Builder::new().prefix("replay-").tempdir() {
        Ok(traces) => traces,
        Err(error) => return refuse(Exit::NotReady, format!("a temporary directory: {error}")),
    };
    let mut command = binary.command();
    command
        .args([name.as_str(), "--exact", "--include-ignored", "--nocapture", "--test-threads=1"])
        .env("REVEILLE_REPLAY", &subject.tape)
        .env("REVEILLE_TRACE", traces.path())
        .env_remove("REVEILLE_GATE")
        .stdin(Stdio::null());
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            return refuse(Exit::NotReady, format!("{}: {error}", binary.path.display()));
        }
    };
    let Some(file) = the_trace(traces.path()) else {
        let said = [output.stdout, output.stderr].concat();
        eprintln!("{}", shown(String::from_utf8_lossy(&said).trim_end()));
        let why = "the run gave no trace: its process ended before that, or the test made no run by this tape";
        return refuse(Exit::Failed, why);
    };
    match tell(args, &file, &directory) {
        Ok(exit) => exit,
        Err(error) => refuse(Exit::NotReady, error),
    }
}

/// The binary that has the test, and its name there.
pub(super) fn find(
    test: &str,
    selection: &Selection,
    list: Option<&Path>,
) -> Result<(Workspace, Binary, String), (Exit, String)> {
    let not_ready = |error: CargoError| match error {
        CargoError::NotBuilt => (Exit::NotBuilt, error.to_string()),
        error => (Exit::NotReady, error.to_string()),
    };
    let Some((krate, name)) = test.split_once("::") else {
        return Err((
            Exit::Usage,
            format!(
                "`{test}` is no test's name, such as `my_crate::tests::sends`; --of says which test makes the check"
            ),
        ));
    };
    let workspace = Workspace::read(selection).map_err(not_ready)?;
    let (workspace, binaries) = match list {
        Some(list) => {
            let binaries = workspace.binaries_of_nextest(list).map_err(not_ready)?;
            (workspace, binaries)
        }
        None => build_of(&workspace, test, krate, selection)?.map_err(not_ready)?,
    };
    let mut of_crate = binaries.into_iter().filter(|binary| binary.krate() == krate);
    let has = |binary: &Binary| match binary.list() {
        Ok(Listed::Tests(tests)) => tests.iter().any(|(known, _)| known == name),
        _ => false,
    };
    match of_crate.find(has) {
        Some(binary) => Ok((workspace, binary, name.to_owned())),
        None => Err((
            Exit::NothingRan,
            format!(
                "there is no test `{test}`; if a test makes a check of that name, --of says which"
            ),
        )),
    }
}

type Built = Result<(Workspace, Vec<Binary>), CargoError>;

/// Builds what may have the test, and no more if nobody says what.
fn build_of(
    workspace: &Workspace,
    test: &str,
    krate: &str,
    selection: &Selection,
) -> Result<Built, (Exit, String)> {
    if selection.is_narrowed() {
        return Ok(build(selection));
    }
    match narrowed(workspace, krate, selection) {
        Some(selection) => Ok(build(&selection)),
        None => Err((
            Exit::NothingRan,
            format!(
                "no package of the workspace has a target `{krate}`, in which `{test}` would be"
            ),
        )),
    }
}

fn narrowed(workspace: &Workspace, krate: &str, selection: &Selection) -> Option<Selection> {
    workspace.packages.values().find_map(|package| {
        let is_it = |target: &&(String, bool)| target.0.replace('-', "_") == krate;
        let (target, is_test) = package.targets.iter().find(is_it)?;
        Some(selection.narrowed(&package.name, is_test.then_some(target)))
    })
}

/// The report among what a test printed; all of it if there is none.
pub(super) fn report_of(output: &str) -> &str {
    let title = output.find("` breaks the law ");
    let start = title.and_then(|at| output[..at].rfind("reveille: `"));
    let report = start.map_or(output, |start| &output[start..]);
    // The harness goes on below.
    report.split("\n\n\n").next().unwrap_or(report)
}

/// The only file in the directory.
fn the_trace(directory: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(directory).ok()?.flatten().map(|file| file.path());
    let mut traces = files.filter(|path| path.extension().is_some_and(|e| e == "json"));
    traces.next()
}

/// A line for each who acts in a step.
fn print_steps(trace: &Trace) {
    println!("{:>5}  {:>10}  {:<12}  what", "step", "time", "who");
    for act in acts(trace) {
        let mut words = act.words;
        words.dedup();
        let more = words.len().saturating_sub(MOST_WORDS);
        words.truncate(MOST_WORDS);
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        let time = format!("{:?}", act.time);
        println!("{:>5}  {time:>10}  {:<12}  {}", act.step, act.who, words.join(", "));
    }
}

fn tell(args: &Replay, file: &Path, directory: &Path) -> Result<Exit, String> {
    let trace = Trace::read(file).map_err(|error| error.to_string())?;
    print_steps(&trace);
    let exit = match &trace.verdict {
        Some(_) => {
            println!("\n{}", paint(&shown(trace.report.trim_end())));
            Exit::Failed
        }
        None => {
            println!("\nreveille: the run passes in `{}`", shown(&trace.test));
            Exit::Passed
        }
    };
    let json = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let write = |path: &Path, text: String| {
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = made.and_then(|()| std::fs::write(path, text));
        written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
    };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let page = args
        .picture
        .clone()
        .unwrap_or_else(|| directory.join("pictures").join(format!("{stem}.html")));
    write(&page, picture::html(&json))?;
    println!("\npicture: {}", shown(&page.display().to_string()));
    if let Some(path) = &args.perfetto {
        let value = serde_json::from_str(&json).map_err(|error| error.to_string())?;
        write(path, perfetto::chrome_trace(&value))?;
    }
    let is_watched = std::io::stdout().is_terminal() && std::env::var_os("CI").is_none();
    if is_watched
        && !args.no_open
        && let Err(error) = open::that_detached(&page)
    {
        warn(format!("the picture cannot be opened: {error}"));
    }
    Ok(exit)
}
