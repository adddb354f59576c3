//! The reactor: what is outside the program becomes ready, and wakes who waits for it.
//!
//! ```text
//! device ── Source ──set_ready── > readiness < ──poll_read_ready── Registration ── future
//!             │                        │
//!             └── set_ready_after ── > clock, at its virtual time, in an order that is a choice
//! ```
//!
//! A [`Source`] is the end of the device: a socket, a GPU queue, a signal. A
//! [`Registration`] is the end of the future, in the names of tokio's `AsyncFd`. Between
//! them lies one readiness, seen by level or by edge as with epoll. Sockets and files of
//! this crate stand on the same parts, so a future that works on one works on all. Who
//! writes a reactor sees many of them at once, by a [`Selector`].
//!
//! What a real reactor may do differently from day to day is a choice on the tape: the
//! order of events that are due at the same time (`timer`), an event that comes late,
//! after others, and is merged with the next one of its source (`late-event`), and
//! readiness that is told though there is none (`spurious-readiness`).
//!
//! ```
//! # use reveille_sim as reveille;
//! # use std::time::Duration;
//! use reveille::reactor::{Interest, Ready, Source, Trigger};
//!
//! # reveille::doc(|| async {
//! let button = Source::new("button");
//! let presses = button.register(Interest::READABLE, Trigger::Edge).unwrap();
//! button.set_ready_after(Duration::from_secs(3), Ready::READABLE);
//!
//! let ready = presses.ready(Interest::READABLE).await.unwrap();
//! assert!(ready.is_readable());
//! # });
//! ```

mod event;
mod interest;
mod readiness;
mod registration;
mod selector;
mod source;

pub use event::after;
pub use interest::{Interest, Ready};
pub use registration::{ReadyFuture, Registration};
pub use selector::{Event, Notifier, Select, Selectable, Selector, Token};
pub use source::{Source, Trigger};

pub(crate) use readiness::{Direction, Readiness, Ticket};
pub(crate) use selector::{AnySource, Observe, Observed};
pub(crate) use source::elsewhere;
