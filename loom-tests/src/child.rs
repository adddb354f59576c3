//! The process in which a model runs.
//!
//! Loom panics on a lost wakeup while it holds what the destructors of the model's values need
//! as well, and the second panic aborts the process. So a model runs in a process of its own,
//! which ends at the first panic with its verdict: the test that asked for it lives on to tell.
//!
//! The process is the same test once more, alone. It is given what is asked on its standard
//! input and answers on its standard output, in lines that begin with a word that only
//! the two of them know.

use crate::failure::{Breach, FailureKind, classify, is_of_checkpoints};
use crate::pulse;
use crate::recorder::{self, Foreign, Place, Step};
use crate::request::{Answer, Mode, Request};
use std::io::{Read, Write};
use std::panic::{Location, PanicHookInfo};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

/// The variable that says that this is a child, and with which word its answers begin.
pub(crate) const WORD: &str = "REVEILLE_LOOM_CHILD";

/// For how long nothing may happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked of this process, if it is a child.
pub(crate) fn request() -> Option<&'static Request> {
    static REQUEST: OnceLock<Option<Request>> = OnceLock::new();
    REQUEST.get_or_init(read_request).as_ref()
}

fn read_request() -> Option<Request> {
    std::env::var_os(WORD)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

/// Ends this process when the one that waits for its answer is gone, which holds the other end.
fn end_with_parent() {
    let _ = std::thread::Builder::new().name("reveille-loom parent".into()).spawn(|| {
        let _ = std::io::stdin().read_to_string(&mut String::new());
        std::process::exit(1);
    });
}

static TELLER: OnceLock<mpsc::SyncSender<Answer>> = OnceLock::new();
static ITERATION: AtomicU64 = AtomicU64::new(0);

/// Tells the answer and ends the process. It is told by a thread of its own, since those of a
/// model have small stacks.
fn tell(answer: Answer) -> ! {
    if let Some(teller) = TELLER.get() {
        let _ = teller.try_send(answer);
    }
    loop {
        std::thread::park();
    }
}

fn start_teller() {
    let (send, receive) = mpsc::sync_channel::<Answer>(1);
    let _ = TELLER.set(send);
    let _ = std::thread::Builder::new().name("reveille-loom".into()).spawn(move || {
        let Ok(answer) = receive.recv() else { return };
        let word = std::env::var(WORD).unwrap_or_default();
        let text = serde_json::to_string(&answer).unwrap_or_default();
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "\n{word} {text}");
        let _ = out.flush();
        std::process::exit(0);
    });
}

fn breach(kind: FailureKind, message: impl Into<String>, at: Option<&Location<'_>>) -> Box<Breach> {
    Box::new(Breach {
        kind,
        iteration: ITERATION.load(Ordering::Relaxed),
        message: message.into(),
        at: at.map(Place::of),
        interleaving: recorder::take(),
        foreign: None,
    })
}

/// The iteration differs from the recording of it.
pub(crate) fn tell_foreign(foreign: Foreign) -> ! {
    let mut breach = breach(FailureKind::ForeignTrace, String::new(), None);
    breach.foreign = Some(foreign);
    tell(Answer::Failed(breach, None))
}

pub(crate) fn tell_too_many_threads(at: &Location<'_>) -> ! {
    tell(Answer::Failed(breach(FailureKind::TooManyThreads, String::new(), Some(at)), None))
}

fn tell_panic(info: &PanicHookInfo<'_>) -> ! {
    let message = info.payload_as_str().unwrap_or("a panic without a text");
    let file = info.location().map_or("", Location::file);
    if is_of_checkpoints(file) {
        tell(Answer::NoFile(message.into()));
    }
    let kind = classify(message, file);
    let at = match kind {
        FailureKind::Panic => info.location(),
        // That of loom says nothing.
        _ => pulse::current().at,
    };
    tell(Answer::Failed(breach(kind, message, at), PATH.get().and_then(read_path)))
}

/// Where loom puts the path of the iteration that is recorded.
static PATH: OnceLock<tempfile::TempPath> = OnceLock::new();

fn read_path(path: &tempfile::TempPath) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    // The process ends without destructors.
    let _ = std::fs::remove_file(path);
    (!text.is_empty()).then_some(text)
}

fn watch() {
    let _ = std::thread::Builder::new().name("reveille-loom watchdog".into()).spawn(|| {
        let mut seen = pulse::current();
        loop {
            std::thread::sleep(PATIENCE);
            let now = pulse::current();
            if now.beats == seen.beats {
                tell(Answer::Failed(breach(FailureKind::Hung, String::new(), now.at), None));
            }
            seen = now;
        }
    });
}

/// Runs the model and ends the process.
pub(crate) fn run(request: &'static Request, body: impl Fn() + Send + Sync + 'static) -> ! {
    start_teller();
    end_with_parent();
    std::panic::set_hook(Box::new(|info| tell_panic(info)));
    watch();
    let mut builder = loom::model::Builder::new();
    builder.max_threads = loom::MAX_THREADS;
    builder.max_branches = request.branches;
    builder.preemption_bound = request.preemptions;
    builder.checkpoint_interval = usize::MAX;
    let recorded = match &request.mode {
        Mode::Search => 0,
        Mode::Record { iteration, .. } => {
            builder.checkpoint_interval = *iteration as usize;
            *iteration
        }
        Mode::Replay { .. } => 1,
    };
    builder.location = recorded > 0;
    match path_file(&request.mode) {
        Ok(Some(file)) => {
            builder.checkpoint_file = Some(file.to_path_buf());
            let _ = PATH.set(file);
        }
        Ok(None) => {}
        Err(error) => tell(Answer::NoFile(error.to_string())),
    }
    let began = Instant::now();
    builder.check(move || {
        let iteration = ITERATION.load(Ordering::Relaxed) + 1;
        let done = iteration - 1;
        if recorded > 0 && done == recorded {
            tell(Answer::NoFailure);
        }
        if recorded == 0 && began.elapsed() >= request.within {
            tell(Answer::Passed { iterations: done, exhausted: false, took: began.elapsed() });
        }
        ITERATION.store(iteration, Ordering::Relaxed);
        recorder::begin_iteration(iteration == recorded, expected(&request.mode));
        body();
    });
    if recorded > 0 {
        tell(Answer::NoFailure);
    }
    let iterations = ITERATION.load(Ordering::Relaxed);
    tell(Answer::Passed { iterations, exhausted: true, took: began.elapsed() })
}

fn expected(mode: &Mode) -> Option<Vec<Step>> {
    match mode {
        Mode::Replay { steps, .. } => Some(steps.clone()),
        _ => None,
    }
}

/// The file by which loom takes the path of an iteration, or gives it.
fn path_file(mode: &Mode) -> std::io::Result<Option<tempfile::TempPath>> {
    match mode {
        Mode::Replay { path, .. } => {
            let mut file = tempfile::NamedTempFile::new()?;
            file.write_all(path.as_bytes())?;
            Ok(Some(file.into_temp_path()))
        }
        Mode::Record { with_path: true, .. } => {
            let file = tempfile::NamedTempFile::new()?.into_temp_path();
            // One that is there already is taken for a path to begin with.
            std::fs::remove_file(&file)?;
            Ok(Some(file))
        }
        Mode::Record { .. } | Mode::Search => Ok(None),
    }
}
