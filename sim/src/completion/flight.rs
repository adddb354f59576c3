//! An operation from its submission to its completion: the side of the kernel.

use super::device::{Kernel, Opened};
use super::errno;
use super::memory::Memory;
use super::misuse::Ticket;
use super::operation::Outcome;
use super::ring::State;
use crate::choice::Kind;
use crate::clock::TimerKey;
use crate::private::Private;
use crate::task::TaskRef;
use crate::trace::{TaskId, What};
use crate::world::{self, Core};
use std::cell::Cell;
use std::io::ErrorKind;
use std::panic::Location;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What is to be done.
#[derive(Clone)]
pub(super) enum Job {
    /// Nothing but to end with this result.
    End(i32),
    Read {
        device: Rc<Opened>,
        offset: u64,
    },
    Write {
        device: Rc<Opened>,
        offset: u64,
    },
}

impl Job {
    pub(super) fn is_read(&self) -> bool {
        matches!(self, Job::Read { .. })
    }

    fn device(&self) -> Option<&Opened> {
        match self {
            Job::End(_) => None,
            Job::Read { device, .. } | Job::Write { device, .. } => Some(device),
        }
    }
}

/// Who is told of the end.
pub(super) enum Sink {
    Queue(Weak<State>, u64),
    Future(Rc<Outcome>),
}

/// An operation in flight.
pub(super) struct Flight {
    pub(super) ticket: Arc<Ticket>,
    job: Job,
    /// None while it is carried out, and when it has ended.
    memory: Private<Option<Memory>>,
    sink: Sink,
    timer: Cell<Option<TimerKey>>,
    /// It has ended, or been cancelled in time.
    ending: Cell<bool>,
}

/// A name for the operation that is being pushed at this place.
pub(super) fn ticket(
    core: &Core,
    verb: &'static str,
    device: Option<&Opened>,
    source: u32,
    at: &'static Location<'static>,
) -> Arc<Ticket> {
    let number = core.only::<Kernel>().number_operation();
    let source = device.map_or(source, |device| device.source);
    core.record(|| What::Submitted { operation: number, source, verb, at });
    Arc::new(Ticket {
        number,
        source,
        verb,
        device: device.map_or_else(String::new, |device| device.name.clone()),
        at,
        step: core.steps.get(),
        task: core.running.get().map_or(TaskId::ROOT, TaskRef::id),
        outlet: core.outlet(),
        run: core.run.get(),
        told: AtomicBool::new(false),
    })
}

/// The kernel takes an operation on, and ends it `after` so long, or when its device does.
pub(super) fn take_off(
    core: &Core,
    ticket: Arc<Ticket>,
    job: Job,
    mut memory: Memory,
    sink: Sink,
    after: Duration,
) -> Rc<Flight> {
    memory.take(job.is_read());
    let latency = job.device().map_or(after, |device| device.device.latency());
    let memory = Private::new(Some(memory));
    let flight = Rc::new(Flight {
        ticket,
        job,
        memory,
        sink,
        timer: Cell::new(None),
        ending: Cell::new(false),
    });
    carry_out_after(core, &flight, latency);
    flight
}

/// Has the operation carried out after `delay`.
pub(super) fn carry_out_after(core: &Core, flight: &Rc<Flight>, delay: Duration) {
    let own = flight.clone();
    let key = core.set_event(delay, move || {
        if let Some(core) = world::current() {
            own.timer.set(None);
            carry_out(core, &own);
        }
    });
    flight.timer.set(Some(key));
}

fn carry_out(core: &Core, flight: &Rc<Flight>) {
    let Some(memory) = flight.memory.with(Option::take) else { return };
    if !matches!(flight.job, Job::End(_)) && core.strikes(Kind::Interrupted) {
        return finish(core, flight, memory, &[], -errno::EINTR);
    }
    if memory.length() == 0 && !matches!(flight.job, Job::End(_)) {
        return finish(core, flight, memory, &[], 0);
    }
    let moved = match &flight.job {
        Job::End(result) => return finish(core, flight, memory, &[], *result),
        Job::Read { device, offset } => {
            let mut bytes = vec![0; core.shortened(memory.length())];
            device.device.read(*offset, &mut bytes).map(|count| {
                bytes.truncate(count);
                bytes
            })
        }
        Job::Write { device, offset } => {
            let bytes = memory.contents();
            let count = core.shortened(bytes.len());
            let written = device.device.write(*offset, &bytes[..count]);
            written.map(|written| bytes[..written.min(count)].to_vec())
        }
    };
    match moved {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            flight.memory.with(|place| *place = Some(memory));
            if let Some(device) = flight.job.device() {
                device.waiting.with(|waiting| waiting.push(flight.clone()));
            }
        }
        Err(error) => finish(core, flight, memory, &[], -errno::of(&error)),
        Ok(bytes) => {
            let result = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
            let to_memory = if flight.job.is_read() { &bytes[..] } else { &[] };
            finish(core, flight, memory, to_memory, result);
        }
    }
}

fn finish(core: &Core, flight: &Flight, memory: Memory, bytes: &[u8], result: i32) {
    flight.ending.set(true);
    memory.land(bytes);
    let Ticket { number, source, verb, .. } = &*flight.ticket;
    let (operation, source, verb) = (*number, *source, *verb);
    core.record(|| What::Completed { operation, source, verb, result });
    match &flight.sink {
        Sink::Queue(ring, user_data) => {
            if let Some(ring) = ring.upgrade() {
                ring.complete(core, operation, *user_data, result);
            }
        }
        Sink::Future(outcome) => outcome.complete(core, result),
    }
}

impl Flight {
    pub(super) fn user_data(&self) -> Option<u64> {
        match self.sink {
            Sink::Queue(_, user_data) => Some(user_data),
            Sink::Future(_) => None,
        }
    }

    /// It is to end before it is carried out; it does so a little later. Answers whether
    /// that is in time: not if it has come so far that the kernel cannot stop it, which
    /// it may if `may_be_late`.
    pub(super) fn cancel(self: &Rc<Flight>, core: &Core, may_be_late: bool) -> bool {
        let may_be_late = may_be_late && self.is_at_work();
        if self.ending.get() || may_be_late && core.strikes(Kind::CancelOutcome) {
            return false;
        }
        self.ending.set(true);
        self.abandon(core);
        let own = self.clone();
        let key = core.set_event(Duration::ZERO, move || {
            own.timer.set(None);
            let memory = own.memory.with(Option::take);
            if let (Some(core), Some(memory)) = (world::current(), memory) {
                finish(core, &own, memory, &[], -errno::ECANCELED);
            }
        });
        self.timer.set(Some(key));
        true
    }

    /// Whether something is being moved. What waits for a time, or for its device, can
    /// always be stopped.
    fn is_at_work(&self) -> bool {
        let timer = self.timer.take();
        self.timer.set(timer);
        timer.is_some() && self.job.device().is_some()
    }

    /// Nobody carries it out any more.
    fn abandon(self: &Rc<Flight>, core: &Core) {
        if let Some(key) = self.timer.take() {
            drop(core.clock.with(|clock| clock.cancel(key)));
        }
        if let Some(device) = self.job.device() {
            let is_other = |other: &Rc<Flight>| !Rc::ptr_eq(other, self);
            device.waiting.with(|waiting| waiting.retain(is_other));
        }
    }
}
