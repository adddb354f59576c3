//! Runs a test once more in a process of its own, and reads what its model answers.

use crate::child::WORD;
use crate::identity::harnessed_test;
use crate::request::{Answer, Request};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The process could not be started.
    NotStarted(io::Error),
    /// It ended without one, having printed that last.
    Ended(Option<ExitStatus>, String),
    /// It did not end in that time.
    Killed(Duration),
}

/// How much is kept of what a process prints.
const LAST_LINES: usize = 20;

fn command(word: &str) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    match harnessed_test() {
        Some(test) => command.arg(test).args([
            "--exact",
            "--nocapture",
            "--include-ignored",
            "--test-threads=1",
        ]),
        None => command.args(std::env::args_os().skip(1)),
    };
    let of_loom = std::env::vars_os().map(|(name, _)| name);
    of_loom.filter(|name| name.to_string_lossy().starts_with("LOOM_")).for_each(|name| {
        command.env_remove(name);
    });
    command.env(WORD, word).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// A word that nothing else prints.
fn new_word() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("reveille-loom-{}-{count}:", std::process::id())
}

/// The answer of the process that runs the model, if it gives one in time.
pub(crate) fn ask(request: &Request, patience: Duration) -> Result<Answer, NoAnswer> {
    let word = new_word();
    let mut child =
        command(&word).and_then(|mut command| command.spawn()).map_err(NoAnswer::NotStarted)?;
    let (send, answers) = mpsc::channel();
    let (mut stdin, stdout, stderr) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        // It stays open until there is an answer: by its end the process learns that nobody waits.
        let stdin = &mut stdin;
        scope.spawn(move || {
            let text = serde_json::to_string(request).unwrap_or_default() + "\n";
            // A process that has ended already says why itself.
            let _ = stdin.as_mut().map(|stdin| stdin.write_all(text.as_bytes()));
        });
        let errors = scope.spawn(move || stderr.map_or_else(String::new, last_lines));
        scope.spawn(move || {
            let answer = stdout.and_then(|stdout| find_answer(stdout, &word));
            let _ = send.send(answer);
        });
        let answer = answers.recv_timeout(patience);
        if matches!(answer, Err(RecvTimeoutError::Timeout)) {
            let _ = child.kill();
        }
        let status = end(&mut child);
        let errors = errors.join().unwrap_or_default();
        match answer {
            Ok(Some(answer)) => Ok(answer),
            Err(RecvTimeoutError::Timeout) => Err(NoAnswer::Killed(patience)),
            _ => Err(NoAnswer::Ended(status, errors)),
        }
    })
}

fn end(child: &mut Child) -> Option<ExitStatus> {
    child.wait().ok()
}

fn find_answer(stdout: impl Read, word: &str) -> Option<Answer> {
    let mut answer = None;
    // To the end, so that the process is not stopped by a full pipe.
    for line in lines(stdout) {
        if let Some(text) = line.strip_prefix(word) {
            answer = serde_json::from_str(text).ok();
        }
    }
    answer
}

fn lines(from: impl Read) -> impl Iterator<Item = String> {
    let lines = BufReader::new(from).split(b'\n').map_while(Result::ok);
    lines.map(|line| String::from_utf8_lossy(&line).into_owned())
}

fn last_lines(from: impl Read) -> String {
    let mut last = VecDeque::new();
    for line in lines(from) {
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(line);
    }
    last.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}
