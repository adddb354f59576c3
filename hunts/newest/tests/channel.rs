//! Channels.

use reveille::laws::{self, Capacity, Channel};
use std::sync::mpsc::{TryRecvError, TrySendError};

#[path = "channel/async_channel.rs"]
mod async_channel;
#[path = "channel/futures.rs"]
mod futures;
#[path = "channel/local.rs"]
mod local;
#[path = "channel/many.rs"]
mod many;
#[path = "channel/priority.rs"]
mod priority;
#[path = "channel/single.rs"]
mod single;
#[path = "channel/tokio.rs"]
mod tokio;

fn passes<C: Channel>(channel: C) {
    laws::channel(channel).check();
}

/// From so many on, and with no bound at all.
fn capacities(least: usize) -> Vec<Capacity> {
    (least.max(1)..=3)
        .chain((least == 0).then_some(0))
        .map(Capacity::Bounded)
        .chain([Capacity::Unbounded])
        .collect()
}

/// What `try_send` says when it fails.
fn unsent(is_full: bool) -> TrySendError<()> {
    if is_full { TrySendError::Full(()) } else { TrySendError::Disconnected(()) }
}

/// What `try_recv` says when it fails.
fn nothing(is_empty: bool) -> TryRecvError {
    if is_empty { TryRecvError::Empty } else { TryRecvError::Disconnected }
}
