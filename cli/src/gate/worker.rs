//! A process that runs one test.

use super::event::Event;
use crate::cargo::Binary;
use shared_child::SharedChild;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is kept of the output of a process: its end.
const KEPT: usize = 256 << 10;
/// How long the rest of the output is waited for once the process has ended: somebody whom it
/// left behind may hold the pipe for ever.
const REST: Duration = Duration::from_millis(300);

/// A process that runs one test.
#[derive(Debug)]
pub(super) struct Worker {
    child: Arc<SharedChild>,
    output: Arc<Mutex<Tail>>,
}

/// The end of what was written.
#[derive(Debug, Default)]
struct Tail {
    bytes: VecDeque<u8>,
    is_whole: bool,
}

impl Worker {
    /// Begins a process for the test `name` of `binary`; its end is told to `events` under
    /// `number`.
    pub(super) fn begin(
        number: usize,
        binary: &Binary,
        name: &str,
        variables: &[(&str, OsString)],
        events: Sender<Event>,
    ) -> io::Result<Worker> {
        let (reader, writer) = io::pipe()?;
        let mut command = binary.command();
        command
            .args([name, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"])
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // What a terminal sends to us is for us to pass on.
            .process_group(0);
        let child = Arc::new(SharedChild::spawn(&mut command)?);
        // It holds the other end of the pipe.
        drop(command);
        let output = Arc::new(Mutex::new(Tail::default()));
        let (of_reader, of_waiter) = (output.clone(), output.clone());
        std::thread::Builder::new()
            .name(format!("output {number}"))
            .spawn(move || keep_end(reader, &of_reader))?;
        let waited = child.clone();
        std::thread::Builder::new().name(format!("worker {number}")).spawn(move || {
            let status = waited.wait().ok();
            wait_for_rest(&of_waiter);
            let _ = events.send(Event::Exited { worker: number, status });
        })?;
        Ok(Worker { child, output })
    }

    /// Ends it at once.
    pub(super) fn kill(&self) {
        let _ = self.child.kill();
    }

    /// What it wrote last.
    pub(super) fn output(&self) -> String {
        let tail = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = tail.bytes.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn keep_end(mut reader: impl Read, output: &Mutex<Tail>) {
    let mut buffer = [0; 8192];
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => count,
        };
        let mut tail = output.lock().unwrap_or_else(PoisonError::into_inner);
        tail.bytes.extend(&buffer[..count]);
        let excess = tail.bytes.len().saturating_sub(KEPT);
        tail.bytes.drain(..excess);
    }
    output.lock().unwrap_or_else(PoisonError::into_inner).is_whole = true;
}

fn wait_for_rest(output: &Mutex<Tail>) {
    let step = Duration::from_millis(5);
    let mut waited = Duration::ZERO;
    while waited < REST && !output.lock().unwrap_or_else(PoisonError::into_inner).is_whole {
        std::thread::sleep(step);
        waited += step;
    }
}
