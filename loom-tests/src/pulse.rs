//! Where the model is: what the watchdog of a child process looks at.

use std::panic::Location;
use std::sync::Mutex;

/// How many operations there were in this process, and where the last of them is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pulse {
    pub(crate) beats: u64,
    pub(crate) at: Option<&'static Location<'static>>,
}

static PULSE: Mutex<Pulse> = Mutex::new(Pulse { beats: 0, at: None });

pub(crate) fn beat(at: &'static Location<'static>) {
    let mut pulse = PULSE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    pulse.beats += 1;
    pulse.at = Some(at);
}

pub(crate) fn current() -> Pulse {
    *PULSE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
