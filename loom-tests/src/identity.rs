//! Which model of which test this is, here and in the process where it runs.

use crate::explored::Explored;
use crate::failure::Failure;
use crate::request::Key;
use std::panic::Location;
use std::sync::Mutex;

/// Where a model is checked.
pub(crate) struct Here {
    /// The name of the test, as the test harness has it.
    pub(crate) test: String,
    pub(crate) key: Key,
}

/// By test and line, how many models there were.
static MADE: Mutex<Vec<(String, String, usize)>> = Mutex::new(Vec::new());

/// What came of the models of a test.
type Known = (String, Key, Result<Explored, Failure>);
static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The test that the calling thread runs: its harness names the thread so. None for those that
/// have no harness.
pub(crate) fn harnessed_test() -> Option<String> {
    let thread = std::thread::current();
    thread.name().filter(|name| *name != "main").map(str::to_owned)
}

impl Here {
    pub(crate) fn new(at: &Location<'_>) -> Here {
        let at = at.to_string();
        let test = harnessed_test().unwrap_or_else(|| at.clone());
        let mut made = lock(&MADE);
        let known = made.iter_mut().find(|(of, line, _)| *of == test && *line == at);
        let nth = match known {
            Some((_, _, count)) => {
                *count += 1;
                *count
            }
            None => {
                made.push((test.clone(), at.clone(), 0));
                0
            }
        };
        drop(made);
        Here { test, key: Key { at, nth, case: 0 } }
    }

    /// The results that a child of this test is told.
    pub(crate) fn known(&self) -> Vec<(Key, Result<Explored, Failure>)> {
        let known = lock(&KNOWN);
        let ours = known.iter().filter(|(test, ..)| *test == self.test);
        ours.map(|(_, key, result)| (key.clone(), result.clone())).collect()
    }

    pub(crate) fn remember(&self, key: Key, result: &Result<Explored, Failure>) {
        let result = result.clone().map_err(Failure::without_interleaving);
        lock(&KNOWN).push((self.test.clone(), key, result));
    }
}
