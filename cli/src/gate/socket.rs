//! The socket at which checks make their lines.

use super::event::Event;
use super::message::Message;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

/// A message may be a long report; nothing longer is read.
const LONGEST: u64 = 64 << 20;

/// The end of a line at which the gate speaks.
#[derive(Debug)]
pub(super) struct Answers(UnixStream);

impl Answers {
    /// Answers; a check that is gone hears nothing, and its end is an event of its own.
    pub(super) fn say(&mut self, answer: &str) {
        let _ = self.0.write_all(format!("{answer}\n").as_bytes());
    }
}

/// Takes lines in `directory` until the process ends; what is said on them goes to `events`.
pub(super) fn listen(directory: &Path, events: Sender<Event>) -> io::Result<PathBuf> {
    let path = directory.join("gate");
    let listener = UnixListener::bind(&path)?;
    std::thread::Builder::new().name("lines".into()).spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let events = events.clone();
            // Without a thread for it a check gets no answer, and its test fails with that.
            let _ = std::thread::Builder::new()
                .name(format!("line {number}"))
                .spawn(move || hear(number, stream, &events));
        }
    })?;
    Ok(path)
}

fn hear(line: usize, stream: UnixStream, events: &Sender<Event>) {
    let Ok(answers) = stream.try_clone() else { return };
    let mut answers = Some(Answers(answers));
    let mut reader = BufReader::new(stream);
    loop {
        let mut text = String::new();
        let message = match reader.by_ref().take(LONGEST).read_line(&mut text) {
            Ok(0) | Err(_) => break,
            Ok(_) => serde_json::from_str::<Message>(&text),
        };
        // Who says what cannot be read is not one of ours, or not any more.
        let Ok(message) = message else { break };
        if events.send(Event::Said { line, message, answers: answers.take() }).is_err() {
            return;
        }
    }
    let _ = events.send(Event::Closed { line });
}
