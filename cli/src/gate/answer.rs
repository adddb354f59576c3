//! What a check is told: how to begin, and whether to go on.

use super::board::Board;
use super::message::{Counts, Hello};
use super::plan::seed_of;
use super::run::Gate;
use super::search::State;
use super::state::{Key, Lost, Task};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// How long a check works before it asks again, where time does not matter.
const SLICE: Duration = Duration::from_millis(200);
/// The shortest and the longest slice of a search.
const SLICES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// How a check is to begin, in the words of its line.
#[derive(Debug, Default)]
struct Order {
    slice: Duration,
    runs: String,
    seed: Option<u64>,
    without_corpus: bool,
    rescue: Option<u64>,
    mortem: Option<String>,
}

impl Order {
    fn to_line(&self, board: Option<&Board>) -> String {
        let mut line = format!("go ms={}", self.slice.as_millis());
        if !self.runs.is_empty() {
            let _ = write!(line, " runs={}", self.runs);
        }
        if let Some(seed) = self.seed {
            let _ = write!(line, " seed={seed:#x}");
        }
        if self.without_corpus {
            line.push_str(" corpus=off");
        }
        if let Some(run) = self.rescue {
            let _ = write!(line, " rescue={run}");
        }
        if let Some(how) = &self.mortem {
            let _ = write!(line, " mortem={}", how.replace(' ', "+"));
        }
        if let Some(board) = board {
            let _ = write!(line, " board={}", board.path.display());
        }
        line
    }
}

impl Gate<'_> {
    /// How the check that says hello is to begin: the answer, its seed, its board.
    pub(super) fn begin(&mut self, hello: &Hello) -> (String, u64, Option<Board>) {
        let Some(process) = self.processes.get(&hello.worker) else {
            return ("stop".into(), 0, None);
        };
        let (unit, task, check) = (process.unit, process.task.clone(), Key::of(hello));
        let own = self.limits.seed.unwrap_or_else(|| seed_from(&hello.seed));
        // Checks of the same test that are not meant make a run, for what comes after them.
        let beside =
            Order { slice: SLICE, runs: "1".into(), without_corpus: true, ..Order::default() };
        let (order, seed, board) = match task {
            Task::First => {
                let stream = self.units[unit].seed;
                let seed = seed_of(own, stream);
                let order = Order {
                    slice: self.first_slice(),
                    runs: self.limits.runs.map_or("usual".into(), |runs| runs.to_string()),
                    seed: (stream > 0 || self.limits.seed.is_some()).then_some(seed),
                    ..Order::default()
                };
                (order, seed, self.new_board(false))
            }
            Task::Search { number, stream } => {
                let is_meant =
                    self.searches.get(number).is_some_and(|search| search.check == check);
                if !is_meant {
                    return (beside.to_line(None), own, None);
                }
                let seed = seed_of(own, stream);
                let order = Order {
                    slice: self.slice_of_search(),
                    runs: "endless".into(),
                    seed: Some(seed),
                    without_corpus: true,
                    ..Order::default()
                };
                (order, seed, self.new_board(false))
            }
            Task::Rescue(Lost { check: lost, seed, run, .. }) if lost == check => {
                let order = Order {
                    slice: SLICE,
                    runs: (run + 1).to_string(),
                    seed: Some(seed),
                    without_corpus: true,
                    rescue: Some(run),
                    mortem: None,
                };
                (order, seed, self.new_board(true))
            }
            Task::Mortem { lost: Lost { check: lost, seed, .. }, board, how } if lost == check => {
                let order =
                    Order { seed: Some(seed), mortem: Some(how), slice: SLICE, ..Order::default() };
                (order, seed, Some(board))
            }
            Task::Rescue(_) | Task::Mortem { .. } => (beside, own, None),
        };
        (order.to_line(board.as_ref()), seed, board)
    }

    /// What a test may take for its usual runs: its part of the time.
    fn first_slice(&self) -> Duration {
        let Some(time) = self.limits.time else { return SLICE };
        let tests = u32::try_from(self.units.len().max(1)).unwrap_or(u32::MAX);
        let jobs = u32::try_from(self.limits.jobs).unwrap_or(1);
        (time * jobs / tests).max(SLICES.0)
    }

    fn slice_of_search(&self) -> Duration {
        let time = self.limits.time.unwrap_or(SLICES.1);
        (time / 40).clamp(SLICES.0, SLICES.1)
    }

    /// A check has worked for a slice and asks whether to go on.
    pub(super) fn slice(&mut self, line: usize, counts: Counts) {
        let Some(of) = self.lines.get_mut(&line) else { return };
        of.counts = counts;
        let took = of.slice.elapsed();
        let Some(process) = self.processes.get(&of.worker) else { return };
        let task = process.task.clone();
        match task {
            Task::First => {
                // Without a limit every test makes its usual runs, however long that takes.
                let has_had_its_part = self.limits.time.is_some();
                if self.is_stopping() || has_had_its_part {
                    self.tell_to_stop(line);
                } else {
                    self.go_on(line);
                }
            }
            Task::Search { number, .. } => self.slice_of(number, line, counts, took),
            Task::Rescue(_) | Task::Mortem { .. } => self.go_on(line),
        }
    }

    fn slice_of(&mut self, number: usize, line: usize, counts: Counts, took: Duration) {
        let ends = self.is_stopping() || self.is_late();
        let Some(search) = self.searches.get(number) else { return };
        search.share.spent += took;
        search.share.chance = counts.coverage.chance_of_new();
        if ends || counts.coverage.is_everything() || search.state == State::Over {
            search.state = State::Over;
            return self.tell_to_stop(line);
        }
        if !self.has_queue() && self.searches.next(Some(number)) == Some(number) {
            return self.go_on(line);
        }
        if let Some(search) = self.searches.get(number) {
            search.state = State::Paused { line };
        }
        self.set_paused(line, true);
        self.thin_out();
    }

    pub(super) fn go_on(&mut self, line: usize) {
        let slice = match self.limits.time {
            Some(_) => self.slice_of_search(),
            None => SLICE,
        };
        self.set_paused(line, false);
        if let Some(line) = self.lines.get_mut(&line) {
            line.slice = Instant::now();
            line.answers.say(&format!("go ms={}", slice.as_millis()));
        }
    }

    pub(super) fn tell_to_stop(&mut self, line: usize) {
        self.set_paused(line, false);
        if let Some(line) = self.lines.get_mut(&line) {
            line.answers.say("stop");
        }
    }

    fn set_paused(&mut self, line: usize, is_paused: bool) {
        let worker = self.lines.get(&line).map(|line| line.worker);
        if let Some(process) = worker.and_then(|worker| self.processes.get_mut(&worker)) {
            process.is_paused = is_paused;
            process.heard = Instant::now();
        }
    }
}

fn seed_from(text: &str) -> u64 {
    text.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0)
}
