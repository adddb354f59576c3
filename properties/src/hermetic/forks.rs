//! Runs in forks of this process, each on a fresh thread; what it gives comes through a
//! file in memory, as text.
//!
//! A fork copies every page that it touches, so it does the run and nothing else: what
//! it leaves behind goes with the process, unfreed. Nobody is woken before it has ended.

use super::child::end_with_parent;
use crate::corpus::Notes;
use crate::host::{Body, Choices, Here, Host, HostError, Plan};
use crate::record::{Broken, RunRecord};
use crate::trace_file::Depicted;
use crate::why::Why;
use crate::{ended, interpose, message, watchdog};
use reveille_sim::{Portfolio, Settings, Tape};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::FromRawFd;
use std::sync::Arc;
use std::time::Duration;

/// Has runs of `body` made in forks of this process, which is for the test `test` alone.
pub(crate) fn forked<'a>(
    test: &str,
    body: &'a dyn Body,
    settings: Settings,
    portfolio: Portfolio,
) -> impl Host + 'a {
    interpose::fix();
    Forked { body, settings, portfolio, test: test.to_owned(), answer: None }
}

struct Forked<'a> {
    body: &'a dyn Body,
    settings: Settings,
    portfolio: Portfolio,
    test: String,
    answer: Option<Arc<File>>,
}

/// Lets a job move to another thread of a forked process.
struct Alone<T>(T);

// SAFETY: the thread that forked waits for the new one and touches nothing
// meanwhile, and there is no third.
unsafe impl<T> Send for Alone<T> {}

impl<T> Alone<T> {
    /// Taken as a whole, so that a closure captures the wrapper.
    fn into_inner(self) -> T {
        self.0
    }
}

impl<'a> Forked<'a> {
    /// Has `job` done on a fresh thread of a fork and gives what it wrote.
    fn fork(
        &mut self,
        job: impl FnOnce(&mut Here<'a>) -> Result<String, HostError>,
    ) -> Result<String, HostError> {
        let answer = self.answer()?;
        // SAFETY: the harness runs this test alone, so no other thread of this
        // process holds a lock that the fork would never get.
        match unsafe { libc::fork() } {
            -1 => Err(HostError::System(std::io::Error::last_os_error())),
            0 => {
                end_with_parent();
                self.on_fresh_thread(job, answer)
            }
            child => {
                let how = wait_for(child);
                match (take_text(&answer), how) {
                    (Ok(text), None) => Ok(text),
                    (_, how) => Err(HostError::Died {
                        how: how.unwrap_or("gave no record".into()),
                        output: String::new(),
                    }),
                }
            }
        }
    }

    /// The file through which forks answer, one after the other.
    fn answer(&mut self) -> Result<Arc<File>, HostError> {
        let answer = match self.answer.take() {
            Some(answer) => answer,
            None => Arc::new(memory().map_err(HostError::System)?),
        };
        Ok(self.answer.insert(answer).clone())
    }

    /// In the fork: writes what `job` gives, or nothing if it failed, and ends.
    fn on_fresh_thread(
        &mut self,
        job: impl FnOnce(&mut Here<'a>) -> Result<String, HostError>,
        answer: Arc<File>,
    ) -> ! {
        let portfolio = std::mem::replace(&mut self.portfolio, Portfolio::new(0));
        let task = Alone((job, self.body, self.settings.clone(), portfolio, answer));
        let test = self.test.as_str();
        let scene = Alone(ended::present());
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                watchdog::watch_fork();
                message::tell_of_aborts(test);
                let _handled = scene.into_inner().move_here();
                let (job, body, settings, portfolio, answer) = task.into_inner();
                let mut here = Here::new(body, settings, portfolio);
                let text = job(&mut here).unwrap_or_default();
                end(i32::from((&*answer).write_all(text.as_bytes()).is_err()))
            });
            watchdog::leave_alarms_to_others();
            // It comes back only if it panicked.
            let _: Result<(), _> = thread.join();
            end(0)
        })
    }
}

/// Ends a fork: nothing of it is needed any more, and no destructor of the parent may run.
fn end(code: i32) -> ! {
    // SAFETY: it has no preconditions.
    unsafe { libc::_exit(code) }
}

/// A file in memory.
fn memory() -> std::io::Result<File> {
    // SAFETY: the name ends in a zero byte.
    let file = unsafe { libc::memfd_create(c"reveille".as_ptr(), libc::MFD_CLOEXEC) };
    if file < 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: it has just been opened.
    Ok(unsafe { File::from_raw_fd(file) })
}

/// Takes what a fork wrote out of the file.
fn take_text(mut answer: &File) -> std::io::Result<String> {
    let mut text = String::new();
    answer.rewind()?;
    answer.read_to_string(&mut text)?;
    answer.rewind()?;
    answer.set_len(0)?;
    Ok(text)
}

/// Waits for a child; how it ended, if not well.
fn wait_for(child: libc::pid_t) -> Option<String> {
    let mut status = 0;
    // SAFETY: `status` is a valid place.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1 {
        if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
            return Some("was lost".into());
        }
    }
    if libc::WIFSIGNALED(status) {
        return Some(format!("was ended by signal {}", libc::WTERMSIG(status)));
    }
    let code = libc::WEXITSTATUS(status);
    (code != 0).then(|| format!("ended itself with exit code {code}"))
}

impl Host for Forked<'_> {
    fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
        let text = self.fork(|here| {
            let mut record = here.run(plan)?;
            record.lesson = here.portfolio().lesson();
            Ok(record.to_text())
        })?;
        let Some(mut record) = RunRecord::from_text(&text) else {
            let how = "gave a record that cannot be read".into();
            return Err(HostError::Died { how, output: text });
        };
        if let Choices::Search(run) = plan.choices {
            self.portfolio.catch_up(run, self.settings.faults, &record.lesson);
        }
        record.tape.set_hermetic(true);
        if record.broken.is_some() && record.foreign_threads.is_empty() {
            // Replays need not wait for threads.
            self.settings.patience = Duration::ZERO;
        }
        Ok(record)
    }

    fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError> {
        let text = self.fork(|here| {
            let stacks = here.survey(tape, broken)?;
            Ok(stacks.iter().map(|number| format!("{number}\n")).collect())
        })?;
        Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
    }

    fn tell(
        &mut self,
        tape: &Tape,
        broken: &Broken,
        stacks: &[u64],
        why: &Why,
    ) -> Result<String, HostError> {
        self.fork(|here| here.tell(tape, broken, stacks, why))
    }

    fn depict(
        &mut self,
        tape: &Tape,
        failed: Option<(&Broken, &Why)>,
    ) -> Result<Depicted, HostError> {
        let text = self.fork(|here| Ok(here.depict(tape, failed)?.to_text()))?;
        Depicted::from_text(&text).ok_or_else(|| {
            let how = "gave a run that cannot be read".into();
            HostError::Died { how, output: text }
        })
    }

    fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
        self.fork(|here| here.inputs(tape))
    }

    fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
        let text = self.fork(|here| here.events(tape).map(|lines| lines.join("\n")))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn outside(&mut self, tape: &Tape) -> Result<String, HostError> {
        self.fork(|here| here.outside(tape))
    }

    fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
        let text = self.fork(|here| here.notes(tape, broken).map(|notes| notes.to_text()))?;
        Notes::from_text(&text).ok_or_else(|| {
            let how = "gave notes that cannot be read".into();
            HostError::Died { how, output: text }
        })
    }
}
