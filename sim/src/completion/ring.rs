//! The two queues.

use super::buffer::Buffer;
use super::device::Fd;
use super::entry::{Completion, Entry, PushError};
use super::flight::{Flight, Job, Sink, take_off, ticket};
use super::memory::Memory;
use super::operation::{Loan, Operation, Outcome, Pending};
use super::owned::{IoBuf, IoBufMut};
use super::submission::{Submission, Work, verb, work};
use super::{errno, operation::Lent};
use crate::few::Few;
use crate::private::Private;
use crate::reactor::elsewhere;
use crate::resident::Handle;
use crate::world::{self, Core};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::Location;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Entries that a submission queue has at most, as with Linux.
const MOST_ENTRIES: u32 = 32_768;

/// A submission queue and a completion queue, as io_uring has them.
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::completion::{Entry, Fd, Memory, Ring};
/// # reveille::doc(|| async {
/// let ring = Ring::new(8).unwrap();
/// let disk = Fd::open("disk", Memory::new(*b"reveille"));
/// let mut memory = [0; 8];
/// let entry = Entry::read(disk, memory.as_mut_ptr(), 8, 0).user_data(1);
/// // SAFETY: the memory lives until the completion.
/// unsafe { ring.push(&entry) }.unwrap();
/// ring.submit().unwrap();
/// std::future::poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
/// assert_eq!(ring.completions().next().unwrap().result(), 8);
/// assert_eq!(&memory, b"reveille");
/// # });
/// ```
///
/// Dropping it cancels what is in flight. As with Linux that takes a while: until it is
/// done the memory is the kernel's.
pub struct Ring(Handle<State>);

/// The ring as the world holds it.
pub(super) struct State {
    source: u32,
    entries: usize,
    submissions: Private<VecDeque<Submission>>,
    completions: Private<VecDeque<Completion>>,
    /// Completions for which there was no room.
    backlog: Private<VecDeque<Completion>>,
    /// By their numbers.
    flights: Private<Few<u32, Rc<Flight>>>,
    waker: Private<Option<Waker>>,
}

impl State {
    /// Takes in the end of an operation.
    pub(super) fn complete(&self, core: &Core, number: u32, user_data: u64, result: i32) {
        drop(self.flights.with(|flights| flights.remove(&number)));
        let completion = Completion { user_data, result };
        let has_room = self.completions.with(|queue| {
            let has_room = queue.len() < 2 * self.entries;
            if has_room {
                queue.push_back(completion);
            }
            has_room
        });
        if !has_room {
            self.backlog.with(|backlog| backlog.push_back(completion));
        }
        if let Some(waker) = self.waker.with(Option::take) {
            core.call_out(|| waker.wake());
        }
    }

    /// Moves completions that found no room to where they are seen; answers whether
    /// some are left.
    fn flush_backlog(&self) -> bool {
        let room = 2 * self.entries - self.completions.with(|queue| queue.len());
        let (moved, is_left) = self.backlog.with(|backlog| {
            let count = room.min(backlog.len());
            (backlog.drain(..count).collect::<Vec<_>>(), !backlog.is_empty())
        });
        self.completions.with(|queue| queue.extend(moved));
        is_left
    }

    fn submit(self: &Rc<State>, core: &Core, submission: Submission) {
        let Submission { ticket, work, memory, user_data } = submission;
        let (job, after) = match work {
            Work::Do(job, after) => (job, after),
            Work::Cancel(target) => (Job::End(self.cancel(core, target)), Duration::ZERO),
        };
        let sink = Sink::Queue(Rc::downgrade(self), user_data);
        let flight = take_off(core, ticket, job, memory, sink, after);
        self.flights.with(|flights| flights.insert(flight.ticket.number, flight));
    }

    /// What the cancellation of the oldest operation with that user data completes with.
    fn cancel(&self, core: &Core, target: u64) -> i32 {
        let found = self.flights.with(|flights| {
            flights.values().find(|flight| flight.user_data() == Some(target)).cloned()
        });
        match found {
            None => -errno::ENOENT,
            Some(flight) if flight.cancel(core, true) => 0,
            Some(_) => -errno::EALREADY,
        }
    }
}

/// A handle leads nowhere.
pub(super) fn lost(what: &str) -> ! {
    panic!("this {what} belongs to a run that is over, or to another thread's")
}

impl Ring {
    /// A ring whose submission queue has room for `entries`, rounded up to a power of two,
    /// and whose completion queue has twice as much.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if that is 0 or more than 32,768.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn new(entries: u32) -> io::Result<Ring> {
        let core = world::expect_current("Ring::new");
        if entries == 0 || entries > MOST_ENTRIES {
            let text = format!("expected 1 to {MOST_ENTRIES} entries, got {entries}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let number = core.sources.get();
        let state = State {
            source: core.name_source(&format!("ring {number}")),
            entries: entries.next_power_of_two() as usize,
            submissions: Private::default(),
            completions: Private::default(),
            backlog: Private::default(),
            flights: Private::default(),
            waker: Private::default(),
        };
        Ok(Ring(Handle::new(core, Rc::new(state))))
    }

    /// Puts an entry in the submission queue. From now on its memory is the kernel's.
    ///
    /// # Safety
    ///
    /// The memory of a read or a write must be there, and be nobody else's, until its
    /// completion. Whoever is not sure of that, because that is what is tested, has a
    /// [`GuardedAllocator`](super::GuardedAllocator): under it memory that is freed too
    /// early on the thread of the run is told, and stays.
    ///
    /// # Errors
    ///
    /// If the queue is full.
    #[track_caller]
    pub unsafe fn push(&self, entry: &Entry) -> Result<(), PushError> {
        let at = Location::caller();
        self.enqueue(|core, state| Submission::of(core, entry, state.source, at))
    }

    /// Pushes a read into a buffer that looks after itself.
    ///
    /// # Errors
    ///
    /// If the queue is full.
    #[track_caller]
    pub fn push_read(
        &self,
        fd: Fd,
        buffer: &Buffer,
        offset: u64,
        user_data: u64,
    ) -> Result<(), PushError> {
        self.push_shared(fd, buffer, offset, user_data, true, Location::caller())
    }

    /// Pushes a write of a buffer that looks after itself.
    ///
    /// # Errors
    ///
    /// If the queue is full.
    #[track_caller]
    pub fn push_write(
        &self,
        fd: Fd,
        buffer: &Buffer,
        offset: u64,
        user_data: u64,
    ) -> Result<(), PushError> {
        self.push_shared(fd, buffer, offset, user_data, false, Location::caller())
    }

    fn push_shared(
        &self,
        fd: Fd,
        buffer: &Buffer,
        offset: u64,
        user_data: u64,
        is_read: bool,
        at: &'static Location<'static>,
    ) -> Result<(), PushError> {
        self.enqueue(|core, state| {
            let device = fd.device(core);
            let ticket = ticket(core, verb(is_read), device.as_deref(), state.source, at);
            let memory = Memory::Shared(buffer.hand_over(&ticket, is_read, at));
            Submission { ticket, work: work(device, offset, is_read), memory, user_data }
        })
    }

    /// Pushes the cancellation of the operation with the user data `target`; see
    /// [`Entry::cancel`].
    ///
    /// # Errors
    ///
    /// If the queue is full.
    #[track_caller]
    pub fn cancel(&self, target: u64, user_data: u64) -> Result<(), PushError> {
        // SAFETY: it has no memory.
        unsafe { self.push(&Entry::cancel(target).user_data(user_data)) }
    }

    fn enqueue(
        &self,
        submission: impl FnOnce(&Core, &State) -> Submission,
    ) -> Result<(), PushError> {
        let (core, state) = self.0.get().ok_or(PushError::Elsewhere)?;
        if state.submissions.with(|queue| queue.len()) == state.entries {
            return Err(PushError::Full);
        }
        let submission = submission(core, &state);
        state.submissions.with(|queue| queue.push_back(submission));
        Ok(())
    }

    /// Hands what stands in the submission queue to the kernel; answers how much.
    ///
    /// # Errors
    ///
    /// `EBUSY` while there are completions for which the completion queue has no room:
    /// take some out first. `NotConnected` outside of its run.
    pub fn submit(&self) -> io::Result<usize> {
        let (core, state) = self.0.get().ok_or_else(elsewhere)?;
        if state.flush_backlog() {
            return Err(io::Error::from_raw_os_error(errno::EBUSY));
        }
        let submissions = state.submissions.with(std::mem::take);
        let count = submissions.len();
        submissions.into_iter().for_each(|submission| state.submit(core, submission));
        Ok(count)
    }

    /// Takes out what stands in the completion queue, the oldest first.
    #[must_use = "completions that are not looked at stay in the queue"]
    pub fn completions(&self) -> Completions<'_> {
        Completions(self)
    }

    /// Waits until the completion queue has something, and says how much. The waker of
    /// the last call is the one that is woken.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside of its run.
    pub fn poll_completions(&self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let (_, state) = self.0.get().ok_or_else(elsewhere)?;
        state.flush_backlog();
        let count = state.completions.with(|queue| queue.len());
        if count > 0 {
            return Poll::Ready(Ok(count));
        }
        let kept = state.waker.with(Option::take);
        let waker = match kept {
            Some(kept) if kept.will_wake(cx.waker()) => kept,
            _ => cx.waker().clone(),
        };
        drop(state.waker.with(|place| place.replace(waker)));
        Poll::Pending
    }

    /// Operations that were submitted, or wait for it, and have not completed.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.get().map_or(0, |(_, state)| {
            let waiting = state.submissions.with(|queue| queue.len());
            waiting + state.flights.with(|flights| flights.len())
        })
    }

    /// Reads into a buffer, from `offset` of a device on. The operation owns the buffer,
    /// and needs neither [`submit`](Self::submit) nor [`completions`](Self::completions).
    ///
    /// # Panics
    ///
    /// Outside of the run that the ring belongs to: the buffer would be lost.
    #[track_caller]
    pub fn read<B: IoBufMut>(&self, fd: Fd, buffer: B, offset: u64) -> Operation<B> {
        self.start(fd, Rc::new(Loan::to_read_into(buffer)), offset, true, Location::caller())
    }

    /// Writes what is initialised of a buffer, at `offset` of a device; as
    /// [`read`](Self::read).
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn write<B: IoBuf>(&self, fd: Fd, buffer: B, offset: u64) -> Operation<B> {
        self.start(fd, Rc::new(Loan::to_write_from(buffer)), offset, false, Location::caller())
    }

    fn start<B: IoBuf>(
        &self,
        fd: Fd,
        buffer: Rc<Loan<B>>,
        offset: u64,
        is_read: bool,
        at: &'static Location<'static>,
    ) -> Operation<B> {
        let (core, state) = self.0.get().unwrap_or_else(|| lost("ring"));
        let device = fd.device(core);
        let ticket = ticket(core, verb(is_read), device.as_deref(), state.source, at);
        let outcome = Rc::new(Outcome::default());
        let lent: Rc<dyn Lent> = buffer.clone();
        let sink = Sink::Future(outcome.clone());
        let (job, after) = match work(device, offset, is_read) {
            Work::Do(job, after) => (job, after),
            Work::Cancel(_) => (Job::End(-errno::EINVAL), Duration::ZERO),
        };
        let flight = take_off(core, ticket, job, Memory::Lent(lent), sink, after);
        Operation::new(core, Pending { buffer, outcome, flight })
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let Some((core, state)) = self.0.get() else { return };
        drop(state.submissions.with(std::mem::take));
        for flight in state.flights.with(std::mem::take).into_values() {
            flight.cancel(core, false);
        }
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring").field("in_flight", &self.in_flight()).finish_non_exhaustive()
    }
}

/// What a [`Ring`] has completed.
#[derive(Debug)]
pub struct Completions<'a>(&'a Ring);

impl Iterator for Completions<'_> {
    type Item = Completion;

    fn next(&mut self) -> Option<Completion> {
        let (_, state) = self.0.0.get()?;
        state.completions.with(VecDeque::pop_front)
    }
}
