//! Memory that knows that it is in flight.

use super::misuse::{Misuse, Ticket};
use crate::sync::Mutex;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// A buffer that may be handed to a [`Ring`](super::Ring) without `unsafe`: whoever drops
/// it, writes to it or hands it over again while it is in flight is told at once, by the
/// law `buffer-in-flight`, and the memory stays until the completion.
///
/// It is used through closures, so that no borrow of it is alive while the kernel writes.
/// A closure must not use the buffer that it was given by.
///
/// ```
/// # use reveille_sim as reveille;
/// # use std::task::Poll;
/// use reveille::completion::{Buffer, Fd, Memory, Ring};
/// # reveille::doc(|| async {
/// let ring = Ring::new(8).unwrap();
/// let disk = Fd::open("disk", Memory::new(*b"reveille"));
/// let buffer = Buffer::zeroed(8);
/// ring.push_read(disk, &buffer, 0, 7).unwrap();
/// ring.submit().unwrap();
/// std::future::poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
/// let completion = ring.completions().next().unwrap();
/// assert_eq!((completion.user_data(), completion.result()), (7, 8));
/// assert_eq!(buffer.to_vec(), b"reveille");
/// # });
/// ```
pub struct Buffer(Arc<Shared>);

/// The memory, which the kernel holds on to while it is in flight.
pub(super) struct Shared(Mutex<State>);

struct State {
    bytes: Box<[u8]>,
    flights: Vec<InFlight>,
}

struct InFlight {
    ticket: Arc<Ticket>,
    /// Whether the kernel writes to it.
    is_written: bool,
}

impl Shared {
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    pub(super) fn contents(&self) -> Vec<u8> {
        self.with(|state| state.bytes.to_vec())
    }

    pub(super) fn length(&self) -> usize {
        self.with(|state| state.bytes.len())
    }

    pub(super) fn fill(&self, bytes: &[u8]) {
        self.with(|state| {
            let count = bytes.len().min(state.bytes.len());
            state.bytes[..count].copy_from_slice(&bytes[..count]);
        });
    }

    fn land(&self, number: u32) {
        let landed = self.with(|state| {
            let at = state.flights.iter().position(|flight| flight.ticket.number == number)?;
            Some(state.flights.remove(at))
        });
        drop(landed);
    }

    /// The operation that it is in flight for, if it is.
    fn ticket(&self) -> Option<Arc<Ticket>> {
        self.with(|state| state.flights.first().map(|flight| flight.ticket.clone()))
    }
}

impl Buffer {
    /// A buffer of so many zeros.
    #[must_use]
    pub fn zeroed(length: usize) -> Buffer {
        Buffer::from(vec![0; length])
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.length()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is the kernel's now.
    #[must_use]
    pub fn is_in_flight(&self) -> bool {
        self.0.ticket().is_some()
    }

    /// A copy of its bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.contents()
    }

    /// Looks at its bytes. In flight, they are what the kernel has made of them so far.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        self.0.with(|state| f(&state.bytes))
    }

    /// Changes its bytes, which breaks the law `buffer-in-flight` if it is in flight.
    #[track_caller]
    pub fn with_mut<R>(&mut self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        if let Some(ticket) = self.0.ticket() {
            ticket.misused(Misuse::Written, Some(Location::caller()));
        }
        self.0.with(|state| f(&mut state.bytes))
    }

    pub(super) fn hand_over(
        &self,
        ticket: &Arc<Ticket>,
        is_written: bool,
        at: &'static Location<'static>,
    ) -> HandedOver {
        let clash = self.0.with(|state| {
            let clash = state.flights.iter().find(|other| other.is_written || is_written);
            let clash = clash.map(|other| other.ticket.clone());
            state.flights.push(InFlight { ticket: ticket.clone(), is_written });
            clash
        });
        if let Some(clash) = clash {
            clash.misused(Misuse::SubmittedAgain, Some(at));
        }
        HandedOver { shared: self.0.clone(), number: ticket.number }
    }
}

/// A buffer that the kernel has.
pub(super) struct HandedOver {
    shared: Arc<Shared>,
    /// That of its operation.
    number: u32,
}

impl HandedOver {
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Drop for HandedOver {
    fn drop(&mut self) {
        self.shared.land(self.number);
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Buffer {
        let state = State { bytes: bytes.into_boxed_slice(), flights: Vec::new() };
        Buffer(Arc::new(Shared(Mutex::new(state))))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(ticket) = self.0.ticket() {
            ticket.misused(Misuse::Dropped, None);
        }
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Buffer");
        text.field("length", &self.len()).field("in_flight", &self.is_in_flight()).finish()
    }
}
