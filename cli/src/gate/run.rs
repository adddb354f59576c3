//! What happens, event by event.

use super::board::Board;
use super::display::{Display, Seen};
use super::event::Event;
use super::message::{Counts, Hello, Message, PROTOCOL};
use super::outcome::{Failure, Outcome, TestResult};
use super::plan::{Limits, Unit};
use super::search::{Searches, State};
use super::socket::{self, Answers};
use super::state::{Key, Line, Process, Task, Test};
use super::worker::Worker;
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How often the clock is looked at when nothing happens.
const TICK: Duration = Duration::from_millis(100);
/// Processes that wait for their turn at most.
const MOST_PAUSED: usize = 48;
/// How long is waited for what a process that has ended said before.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long a process is given to end once it was told.
const GRACE: Duration = Duration::from_secs(3);

/// A gate at work.
pub struct Gate<'a> {
    pub(super) units: &'a [Unit],
    pub(super) limits: &'a Limits,
    display: &'a mut dyn Display,
    /// Where traces go.
    traces: PathBuf,
    strict: bool,
    directory: TempDir,
    socket: PathBuf,
    events: Receiver<Event>,
    sender: Sender<Event>,
    pub(super) began: Instant,
    queue: VecDeque<usize>,
    pub(super) processes: BTreeMap<usize, Process>,
    pub(super) lines: BTreeMap<usize, Line>,
    pub(super) searches: Searches,
    pub(super) tests: Vec<Test>,
    next_worker: usize,
    next_board: usize,
    /// Since when it is to stop.
    stopped: Option<Instant>,
    interrupts: u32,
    pub(super) warnings: Vec<String>,
}

impl fmt::Debug for Gate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl<'a> Gate<'a> {
    /// A gate for `units`, whose traces go into the directory `traces`; if `strict`, corpora
    /// that cannot be used are errors.
    ///
    /// # Errors
    ///
    /// If there can be no socket for the processes to speak to.
    pub fn new(
        units: &'a [Unit],
        limits: &'a Limits,
        traces: PathBuf,
        strict: bool,
        display: &'a mut dyn Display,
    ) -> io::Result<Gate<'a>> {
        // The path of a socket must be short.
        let directory = tempfile::Builder::new().prefix("reveille-").tempdir()?;
        let (sender, events) = channel();
        let socket = socket::listen(directory.path(), sender.clone())?;
        Ok(Gate {
            units,
            limits,
            display,
            traces,
            strict,
            directory,
            socket,
            events,
            sender,
            began: Instant::now(),
            queue: (0..units.len()).collect(),
            processes: BTreeMap::new(),
            lines: BTreeMap::new(),
            searches: Searches::new(limits.seeds_taken),
            tests: units.iter().map(|_| Test::default()).collect(),
            next_worker: 0,
            next_board: 0,
            stopped: None,
            interrupts: 0,
            warnings: Vec::new(),
        })
    }

    /// A function that asks it to stop; asked twice it ends at once.
    pub fn interrupter(&self) -> impl Fn() + Send + 'static {
        let sender = self.sender.clone();
        move || {
            let _ = sender.send(Event::Interrupted);
        }
    }

    /// Does it.
    #[must_use]
    pub fn run(mut self) -> Outcome {
        self.began = Instant::now();
        loop {
            self.fill();
            if self.processes.is_empty() && (self.queue.is_empty() || self.stopped.is_some()) {
                break;
            }
            match self.events.recv_timeout(TICK) {
                Ok(event) => self.happens(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // What happened at once is looked at at once.
            while let Ok(event) = self.events.try_recv() {
                self.happens(event);
            }
            self.look_at_the_clock();
            self.show();
        }
        self.outcome()
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Said { line, message, answers } => self.said(line, message, answers),
            Event::Closed { line } => self.closed(line),
            Event::Exited { worker, status } => {
                if let Some(process) = self.processes.get_mut(&worker) {
                    process.ended = Some((status, Instant::now()));
                }
                self.settle(worker);
            }
            Event::Interrupted => {
                self.interrupts += 1;
                if self.interrupts > 1 {
                    self.kill_all();
                }
                self.stop();
            }
        }
    }

    fn said(&mut self, line: usize, message: Message, answers: Option<Answers>) {
        if let (Message::Hello(hello), Some(answers)) = (&message, answers) {
            return self.hello(line, hello, answers);
        }
        let Some(of) = self.lines.get_mut(&line) else { return };
        let worker = of.worker;
        if let Some(process) = self.processes.get_mut(&worker) {
            process.heard = Instant::now();
        }
        match message {
            Message::Slice(counts) => self.slice(line, counts),
            Message::Corpus { entries } => {
                of.slice = Instant::now();
                let unit = self.processes.get(&worker).map(|process| process.unit);
                let check = unit.and_then(|unit| self.tests[unit].checks.get_mut(&of.check));
                check.into_iter().for_each(|check| check.entries = check.entries.max(entries));
            }
            Message::End(end) => {
                of.is_over = true;
                if let Some(process) = self.processes.get_mut(&worker) {
                    process.ends.push(end.clone());
                }
                self.check_ended(line, &end);
            }
            // The process that makes the check has a line of its own.
            Message::Elsewhere => of.is_over = true,
            Message::Hello(_) | Message::Other => {}
        }
    }

    fn hello(&mut self, line: usize, hello: &Hello, mut answers: Answers) {
        let Some(process) = self.processes.get_mut(&hello.worker) else {
            return answers.say("stop");
        };
        process.heard = Instant::now();
        let unit = process.unit;
        if hello.protocol != PROTOCOL {
            let package = &self.units[unit].binary.package.name;
            self.warnings.push(format!(
                "`{package}` uses a version of reveille that speaks protocol {} with the gate; expected {PROTOCOL}",
                hello.protocol
            ));
            return answers.say("stop");
        }
        let test = &mut self.tests[unit];
        test.is_ours = true;
        let key = Key::of(hello);
        let check = test.checks.entry(key.clone()).or_default();
        check.name.clone_from(&hello.test);
        let (answer, seed, board) = self.begin(hello);
        answers.say(&answer);
        let (slice, counts) = (Instant::now(), Counts::default());
        let line_of = Line {
            worker: hello.worker,
            check: key,
            answers,
            seed,
            board,
            slice,
            counts,
            is_over: false,
            is_closed: false,
        };
        self.lines.insert(line, line_of);
    }

    fn closed(&mut self, line: usize) {
        let Some(of) = self.lines.get_mut(&line) else { return };
        of.is_closed = true;
        let worker = of.worker;
        // What was being done stands on its board until the process has ended.
        if of.is_over {
            of.board.take().iter().for_each(Board::remove);
        }
        self.settle(worker);
    }

    /// Judges a process once it has ended and all that it said has arrived. Somebody whom it left
    /// behind may hold a line open; that is not waited for long.
    fn settle(&mut self, worker: usize) {
        let Some(process) = self.processes.get(&worker) else { return };
        let Some((status, since)) = process.ended else { return };
        let mut lines = self.lines.values().filter(|line| line.worker == worker);
        if lines.all(|line| line.is_closed) || since.elapsed() > LAST_WORDS {
            self.exited(worker, status);
        }
    }

    /// A board for a check; none if the disk has no room for it.
    pub(super) fn new_board(&mut self, with_choices: bool) -> Option<Board> {
        self.next_board += 1;
        Board::new(self.directory.path(), self.next_board, with_choices).ok()
    }

    /// Begins as many processes as there is room for.
    fn fill(&mut self) {
        while self.working() < self.limits.jobs && self.stopped.is_none() {
            if let Some(unit) = self.queue.pop_front() {
                self.start(unit, Task::First);
                continue;
            }
            if self.limits.time.is_none() || self.is_late() {
                return;
            }
            let Some(search) = self.searches.next(None) else { return };
            self.resume(search);
        }
    }

    fn working(&self) -> usize {
        self.processes.values().filter(|process| !process.is_paused).count()
    }

    pub(super) fn is_late(&self) -> bool {
        self.limits.time.is_some_and(|time| self.began.elapsed() >= time)
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopped.is_some()
    }

    /// Whether tests wait for their first process.
    pub(super) fn has_queue(&self) -> bool {
        !self.queue.is_empty()
    }

    pub(super) fn start(&mut self, unit: usize, task: Task) {
        let number = self.next_worker;
        self.next_worker += 1;
        let Unit { binary, name, .. } = &self.units[unit];
        let gate = format!("{number}:{}", self.socket.display());
        let mut variables =
            vec![("REVEILLE_GATE", gate.into()), ("REVEILLE_TRACE", self.traces.clone().into())];
        if self.strict {
            variables.push(("REVEILLE_STRICT", OsString::from("1")));
        }
        let began = Worker::begin(number, binary, name, &variables, self.sender.clone());
        let worker = match began {
            Ok(worker) => worker,
            Err(error) => return self.not_begun(unit, &error),
        };
        if let Task::Search { number, .. } = &task
            && let Some(search) = self.searches.get(*number)
        {
            search.state = State::Active;
        }
        let now = Instant::now();
        let process = Process {
            worker,
            unit,
            task,
            began: now,
            heard: now,
            is_paused: false,
            is_hung: false,
            is_killed: false,
            ended: None,
            ends: Vec::new(),
        };
        self.processes.insert(number, process);
    }

    fn resume(&mut self, number: usize) {
        let Some(search) = self.searches.get(number) else { return };
        let (unit, stream) = (search.unit, search.stream);
        let State::Paused { line } = search.state else {
            return self.start(unit, Task::Search { number, stream });
        };
        search.state = State::Active;
        self.go_on(line);
    }

    fn look_at_the_clock(&mut self) {
        if self.is_late() {
            self.end_paused();
        }
        let ended: Vec<usize> =
            self.processes.iter().filter(|(_, p)| p.ended.is_some()).map(|(n, _)| *n).collect();
        ended.into_iter().for_each(|worker| self.settle(worker));
        let now = Instant::now();
        let hang = self.limits.hang;
        let stopped = self.stopped;
        for process in self.processes.values_mut().filter(|process| !process.is_killed) {
            let silent = now.duration_since(process.heard);
            // Of those that were told to stop nothing more is wanted.
            let is_late = stopped.is_some_and(|since| now.duration_since(since) > GRACE);
            if !process.is_paused && (silent > hang || is_late) {
                process.is_hung = silent > hang;
                process.is_killed = true;
                process.worker.kill();
            }
        }
    }

    fn stop(&mut self) {
        self.stopped.get_or_insert_with(Instant::now);
        self.end_paused();
    }

    /// Those that wait for their turn have had it.
    fn end_paused(&mut self) {
        for line in self.searches.end_all() {
            self.tell_to_stop(line);
        }
    }

    /// Tells the paused process that would be last to end if there are too many.
    pub(super) fn thin_out(&mut self) {
        if let Some(line) = self.searches.too_many(MOST_PAUSED) {
            self.tell_to_stop(line);
        }
    }

    fn kill_all(&mut self) {
        for process in self.processes.values_mut() {
            process.is_killed = true;
            process.worker.kill();
        }
    }

    /// A test failed, in a way that was not known of it.
    pub(super) fn fail(&mut self, unit: usize, failure: Failure) {
        let known = |other: &Failure| {
            other.kind == failure.kind
                && other.law == failure.law
                && (other.corpus == failure.corpus || other.tape == failure.tape)
        };
        for line in self.searches.end_of_unit(unit) {
            self.tell_to_stop(line);
        }
        if !self.tests[unit].failures.iter().any(known) {
            self.display.failed(&self.name_of(unit), &failure);
            self.tests[unit].failures.push(failure);
        }
        if self.limits.fail_fast {
            self.stop();
        }
    }

    pub(super) fn name_of(&self, unit: usize) -> String {
        let Unit { binary, name, .. } = &self.units[unit];
        format!("{}::{name}", binary.krate())
    }

    fn show(&mut self) {
        let going = self.lines.values().filter(|line| !line.is_over).map(|line| line.counts.runs);
        let ended = self.tests.iter().flat_map(|test| test.checks.values()).map(|check| check.runs);
        let seen = Seen {
            done: self.tests.iter().filter(|test| test.is_done).count(),
            tests: self.tests.len(),
            runs: going.sum::<u64>() + ended.sum::<u64>(),
            failed: self.tests.iter().filter(|test| !test.failures.is_empty()).count(),
            chance: self.searches.chance(),
            elapsed: self.began.elapsed(),
            time: self.limits.time,
        };
        self.display.seen(&seen);
    }

    fn outcome(mut self) -> Outcome {
        let mut outcome = Outcome {
            seconds: self.began.elapsed().as_secs_f64(),
            jobs: self.limits.jobs,
            interrupted: self.interrupts > 0,
            warnings: std::mem::take(&mut self.warnings),
            ..Outcome::default()
        };
        for (unit, test) in self.units.iter().zip(std::mem::take(&mut self.tests)) {
            if test.is_ordinary {
                outcome.ordinary.push((unit.binary.path.clone(), unit.name.clone()));
                continue;
            }
            // It was not begun, or ended before it could say what it is.
            if !test.is_ours && test.failures.is_empty() {
                outcome.not_run += 1;
                continue;
            }
            outcome.tests.push(TestResult {
                package: unit.binary.package.name.clone(),
                binary: unit.binary.target.clone(),
                name: unit.name.clone(),
                checks: test.checks.into_values().collect(),
                failures: test.failures,
                seconds: test.spent.as_secs_f64(),
            });
        }
        outcome.tests.sort_by_cached_key(TestResult::full_name);
        outcome
    }
}
