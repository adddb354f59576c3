//! Many sources seen at once, as by epoll: for those who write a reactor.

mod batch;
mod entry;
mod notifier;
mod selectable;

pub use notifier::Notifier;
pub use selectable::Selectable;

pub(super) use entry::Entry;
pub(crate) use selectable::{AnySource, Observe, Observed};

use super::interest::{Interest, Ready};
use super::source::{Trigger, check, elsewhere};
use crate::resident::Handle;
use crate::world;
use batch::Set;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Sees many sources at once, as epoll does: what a reactor is written over.
///
/// Sources and the streams of [`io`](crate::io) are added with a token, an interest and a
/// trigger. Then [`select`](Selector::select) waits until some are ready and tells which:
///
/// | trigger | an event is told |
/// | --- | --- |
/// | [`Level`](Trigger::Level) | in every batch, for as long as the source is ready |
/// | [`Edge`](Trigger::Edge) | once for all that has become ready since the last one |
/// | [`OneShot`](Trigger::OneShot) | once, then no more until [`modify`](Selector::modify) |
///
/// What epoll may do differently from day to day is a choice on the tape: the order of
/// the events of a batch (`timer`), how many of them come in this batch and not in the
/// next (`late-event`), and an event of a source that is not ready (`spurious-readiness`).
/// A source may be in several selectors and have a [`Registration`](super::Registration).
///
/// A reactor with a map of wakers, in which a task that finds nothing registers again:
///
/// ```
/// # use reveille_sim as reveille;
/// use reveille::io::{PipeReader, pipe};
/// use reveille::reactor::{Interest, Selector, Token, Trigger};
/// use std::collections::BTreeMap;
/// use std::future::poll_fn;
/// use std::io::{ErrorKind, Result};
/// use std::sync::{Arc, Mutex};
/// use std::task::{Poll, Waker};
///
/// struct Reactor {
///     selector: Selector,
///     wakers: Mutex<BTreeMap<Token, Waker>>,
/// }
///
/// impl Reactor {
///     async fn run(self: Arc<Self>) -> Result<()> {
///         let mut events = Vec::new();
///         loop {
///             self.selector.select(&mut events).await?;
///             for event in &events {
///                 let waker = self.wakers.lock().unwrap().remove(&event.token());
///                 waker.into_iter().for_each(Waker::wake);
///             }
///         }
///     }
///
///     async fn read(&self, token: Token, pipe: &PipeReader, buffer: &mut [u8]) -> Result<usize> {
///         poll_fn(|cx| match pipe.try_read(buffer) {
///             Err(error) if error.kind() == ErrorKind::WouldBlock => {
///                 // Even if an event for nothing has just taken the last one.
///                 self.wakers.lock().unwrap().insert(token, cx.waker().clone());
///                 Poll::Pending
///             }
///             result => Poll::Ready(result),
///         })
///         .await
///     }
/// }
///
/// # reveille::doc(|| async {
/// let reactor = Arc::new(Reactor { selector: Selector::new(), wakers: Mutex::default() });
/// reveille::spawn_daemon(reactor.clone().run());
///
/// let (reader, writer) = pipe(8);
/// reactor.selector.add(&reader, Token(7), Interest::READABLE, Trigger::Edge).unwrap();
/// reveille::spawn(async move { writer.try_write(b"ping").unwrap() });
/// let mut buffer = [0; 8];
/// assert_eq!(reactor.read(Token(7), &reader, &mut buffer).await.unwrap(), 4);
/// # });
/// ```
#[derive(Debug)]
pub struct Selector(Handle<Set>);

/// What names a source in a [`Selector`]: a number of the program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub usize);

/// What a [`Selector`] tells of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    token: Token,
    ready: Ready,
}

impl Event {
    /// The token of the source.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token
    }

    /// What the source is ready for, as far as it was asked for; errors are always told.
    #[must_use]
    pub fn ready(&self) -> Ready {
        self.ready
    }

    /// Whether a read would not wait.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.ready.is_readable()
    }

    /// Whether a write would not wait.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.ready.is_writable()
    }
}

impl Selector {
    /// A selector without sources.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[must_use]
    #[track_caller]
    #[allow(clippy::new_without_default, reason = "it panics outside a run")]
    pub fn new() -> Selector {
        let core = world::expect_current("Selector::new");
        Selector(Handle::new(core, Rc::new(Set::new())))
    }

    fn set(&self) -> io::Result<Rc<Set>> {
        self.0.get().map(|(_, set)| set).ok_or_else(elsewhere)
    }

    /// Adds a source. If it is ready already, that is an event.
    ///
    /// A stream is taken out when it is dropped; a [`Source`](super::Source) when its
    /// hanging up was told.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if it is in here, as `epoll_ctl` has it; `InvalidInput` if the
    /// interest is empty; `NotConnected` outside the run that both belong to.
    pub fn add(
        &self,
        source: &impl Selectable,
        token: Token,
        interest: Interest,
        trigger: Trigger,
    ) -> io::Result<()> {
        check(interest)?;
        let (set, source) = (self.set()?, source.observed().ok_or_else(elsewhere)?.0);
        if set.find(&source).is_some() {
            let text = format!("{} is in this selector already: modify it", source.name());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        set.add(source, token, interest, trigger);
        Ok(())
    }

    /// Changes what a source was added with. If it is ready already, that is an event, once
    /// more; so this re-arms by [`OneShot`](Trigger::OneShot).
    ///
    /// # Errors
    ///
    /// `NotFound` if the source is not in here; `InvalidInput` if the interest is empty;
    /// `NotConnected` outside the run that both belong to.
    pub fn modify(
        &self,
        source: &impl Selectable,
        token: Token,
        interest: Interest,
        trigger: Trigger,
    ) -> io::Result<()> {
        check(interest)?;
        let (set, source) = (self.set()?, source.observed().ok_or_else(elsewhere)?.0);
        let entry = set.find(&source).ok_or_else(|| stranger(&source.name()))?;
        entry.arm(token, interest, trigger);
        Ok(())
    }

    /// Takes a source out.
    ///
    /// # Errors
    ///
    /// `NotFound` if it is not in here; `NotConnected` outside the run that both belong to.
    pub fn remove(&self, source: &impl Selectable) -> io::Result<()> {
        let (set, source) = (self.set()?, source.observed().ok_or_else(elsewhere)?.0);
        let entry = set.find(&source).ok_or_else(|| stranger(&source.name()))?;
        set.remove(&entry);
        Ok(())
    }

    /// Waits until a source is ready, and puts the events into `events` in place of what
    /// was there. The waker of the last call is the one that is woken.
    ///
    /// As a call of the kernel it lets others run: in one poll of a task there is one
    /// batch, and who asks again waits for a turn.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside the run that it belongs to.
    pub fn poll_select(
        &self,
        cx: &mut Context<'_>,
        events: &mut Vec<Event>,
    ) -> Poll<io::Result<()>> {
        events.clear();
        let (core, set) = self.0.get().ok_or_else(elsewhere)?;
        set.poll(core, cx, events).map(Ok)
    }

    /// Waits until a source is ready; see [`poll_select`](Self::poll_select).
    pub fn select<'a>(&'a self, events: &'a mut Vec<Event>) -> Select<'a> {
        Select { selector: self, events }
    }

    /// What makes this selector tell a readable event with `token`, from any task or
    /// thread, as mio's `Waker`. When a thread does, that is delivered and named as any wake
    /// from outside, and no tape can replay it.
    ///
    /// # Errors
    ///
    /// `NotConnected` outside the run that it belongs to.
    pub fn notifier(&self, token: Token) -> io::Result<Notifier> {
        Ok(self.set()?.notifier(token))
    }
}

fn stranger(name: &str) -> io::Error {
    let text = format!("{name} is not in this selector");
    io::Error::new(io::ErrorKind::NotFound, text)
}

/// The future of [`Selector::select`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Select<'a> {
    selector: &'a Selector,
    events: &'a mut Vec<Event>,
}

impl Future for Select<'_> {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.selector.poll_select(cx, this.events)
    }
}
