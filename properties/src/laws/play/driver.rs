//! The tasks that drive what is under test, each with a history of what it did, and the
//! judgement when all is at rest.

use super::history::History;
use crate::breach::Breach;
use crate::laws::given::inner::Inners;
use reveille_sim::time::sleep;
use reveille_sim::{Builder, JoinHandle, forgotten, wake_by_handle};
use std::cell::RefCell;
use std::fmt::Arguments;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::time::Duration;

/// Nothing happens any more when so much time has passed: longer than all pauses of a run and
/// all that faults delay.
const REST: Duration = Duration::from_secs(3_600);

/// What the tasks of a run did; clones write into the same.
#[derive(Clone)]
pub(in crate::laws) struct Notes {
    history: Rc<RefCell<History>>,
    /// Who writes, if there are several.
    name: Option<String>,
}

impl Notes {
    pub(in crate::laws) fn of(laws: &'static str) -> Notes {
        Notes { history: Rc::new(RefCell::new(History::of(laws))), name: None }
    }

    /// The same, for the writer of that name.
    pub(in crate::laws) fn by(&self, name: &str) -> Notes {
        Notes { history: self.history.clone(), name: Some(name.to_owned()) }
    }

    pub(in crate::laws) fn note(&self, what: impl Into<String>) {
        let what = what.into();
        let line = self.name.as_ref().map_or(what.clone(), |name| format!("{name}: {what}"));
        self.history.borrow_mut().note(line);
    }

    pub(in crate::laws) fn breach<T>(&self, how: Arguments<'_>) -> Result<T, Breach> {
        self.history.borrow().breach(how)
    }
}

const NOBODY: &str = "nobody is left that it could wait for";

/// How a driver waits when all is at rest.
#[derive(Clone)]
pub(in crate::laws) enum Waiting {
    Rightly,
    /// Somebody is to be blamed for it, or nobody is left.
    InVain,
    /// For this reason.
    Needlessly(String),
}

/// Wakes a driver, whoever else can.
pub(in crate::laws) fn wake_driver(driver: &Weak<JoinHandle<()>>) {
    if let Some(handle) = driver.upgrade() {
        wake_by_handle(&handle);
    }
}

/// The driving tasks of a run.
pub(in crate::laws) struct Drivers {
    inners: Inners,
    notes: Notes,
    each: Vec<(String, Rc<JoinHandle<()>>, Ending)>,
}

type Ending = Rc<RefCell<Option<Result<(), Breach>>>>;

impl Drivers {
    pub(in crate::laws) fn new(inners: &Inners, notes: &Notes) -> Drivers {
        Drivers { inners: inners.clone(), notes: notes.clone(), each: Vec::new() }
    }

    pub(in crate::laws) fn spawn(
        &mut self,
        name: &str,
        drive: Pin<Box<dyn Future<Output = Result<(), Breach>>>>,
    ) -> Weak<JoinHandle<()>> {
        let ending = Ending::default();
        let slot = ending.clone();
        let task = async move {
            let ended = drive.await;
            *slot.borrow_mut() = Some(ended);
        };
        let handle = Rc::new(Builder::new().name(name).spawn_local(task));
        let weak = Rc::downgrade(&handle);
        self.each.push((name.to_owned(), handle, ending));
        weak
    }

    /// Waits until all is at rest. Who has not come to the end then waits for nothing.
    ///
    /// `waits` says how a driver waits, by its place, if it still does.
    pub(in crate::laws) async fn rest(
        &mut self,
        waits: impl Fn(usize) -> Waiting,
    ) -> Result<(), Breach> {
        sleep(REST).await;
        let mut panicked = Vec::new();
        for (at, (_, handle, ending)) in self.each.iter().enumerate() {
            match ending.borrow_mut().take() {
                Some(ended) => ended?,
                None if handle.is_finished() => panicked.push(at),
                None => {}
            }
        }
        if let Some(at) = panicked.first() {
            // Nobody reads the error, so it is told.
            drop(self.each.remove(*at));
            return Ok(());
        }
        let waiting =
            self.each.iter().enumerate().filter(|(_, (_, handle, _))| !handle.is_finished());
        let mut waiting: Vec<_> = waiting.map(|(at, each)| (waits(at), each)).collect();
        // Others may wait in vain because one does who could go on.
        waiting.sort_by_key(|(waits, _)| !matches!(waits, Waiting::Needlessly(_)));
        for (waits, (name, handle, _)) in waiting {
            let why = match waits {
                Waiting::Rightly => continue,
                Waiting::InVain => self.inners.neglected().unwrap_or_else(|| NOBODY.to_owned()),
                Waiting::Needlessly(why) => why,
            };
            let told = self.notes.breach::<()>(format_args!("{name} waits for ever: {why}"));
            let Err(breach) = told else { continue };
            forgotten(handle.id(), format!("{breach:?}"));
            return Err(breach);
        }
        self.inners.judge()
    }

    /// Drops those who still wait.
    pub(in crate::laws) async fn abort(self) {
        self.each.iter().for_each(|(_, handle, _)| handle.abort());
        sleep(Duration::from_secs(1)).await;
    }
}
