//! Runs in forks of this process, each on a fresh thread; what it gives comes through a
//! pipe, as text.

use super::child::end_with_parent;
use crate::corpus::Notes;
use crate::host::{Body, Choices, Here, Host, HostError, Plan};
use crate::record::{Broken, RunRecord};
use crate::{ended, interpose, message, watchdog};
use reveille_sim::{Portfolio, Settings, Tape};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::time::Duration;

/// Has runs of `body` made in forks of this process, which is for the test `test` alone.
pub(crate) fn forked<'a>(
    test: &str,
    body: &'a dyn Body,
    settings: Settings,
    portfolio: Portfolio,
) -> impl Host + 'a {
    interpose::fix();
    Forked { body, settings, portfolio, test: test.to_owned() }
}

struct Forked<'a> {
    body: &'a dyn Body,
    settings: Settings,
    portfolio: Portfolio,
    test: String,
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
        let mut ends = [0; 2];
        // SAFETY: `ends` has room for two descriptors.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(HostError::System(std::io::Error::last_os_error()));
        }
        // SAFETY: `pipe2` has just opened them.
        let (mut reader, mut writer) =
            unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
        // SAFETY: the harness runs this test alone, so no other thread of this
        // process holds a lock that the fork would never get.
        match unsafe { libc::fork() } {
            -1 => Err(HostError::System(std::io::Error::last_os_error())),
            0 => {
                drop(reader);
                end_with_parent();
                let text = self.on_fresh_thread(job);
                let code = i32::from(writer.write_all(text.as_bytes()).is_err());
                // SAFETY: nothing of this process is needed any more, and no
                // destructor of the parent may run here.
                unsafe { libc::_exit(code) }
            }
            child => {
                drop(writer);
                let mut text = String::new();
                let read = reader.read_to_string(&mut text);
                let how = wait_for(child);
                match (read, how) {
                    (Ok(_), None) => Ok(text),
                    (_, how) => Err(HostError::Died {
                        how: how.unwrap_or("gave no record".into()),
                        output: String::new(),
                    }),
                }
            }
        }
    }

    /// In the fork: what `job` writes, or nothing if it failed.
    fn on_fresh_thread(
        &mut self,
        job: impl FnOnce(&mut Here<'a>) -> Result<String, HostError>,
    ) -> String {
        let portfolio = std::mem::replace(&mut self.portfolio, Portfolio::new(0));
        let task = Alone((job, self.body, self.settings.clone(), portfolio));
        let test = self.test.as_str();
        let scene = Alone(ended::present());
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                watchdog::watch_fork();
                message::tell_of_aborts(test);
                let _handled = scene.into_inner().move_here();
                let (job, body, settings, portfolio) = task.into_inner();
                job(&mut Here::new(body, settings, portfolio)).unwrap_or_default()
            });
            watchdog::leave_alarms_to_others();
            thread.join().unwrap_or_default()
        })
    }
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
        why: &str,
    ) -> Result<String, HostError> {
        self.fork(|here| here.tell(tape, broken, stacks, why))
    }

    fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
        self.fork(|here| here.inputs(tape))
    }

    fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
        let text = self.fork(|here| here.events(tape).map(|lines| lines.join("\n")))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
        let text = self.fork(|here| here.notes(tape, broken).map(|notes| notes.to_text()))?;
        Notes::from_text(&text).ok_or_else(|| {
            let how = "gave notes that cannot be read".into();
            HostError::Died { how, output: text }
        })
    }
}
