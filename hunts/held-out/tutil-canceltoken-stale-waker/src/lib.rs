//! tokio-util 0.7.0: `CancellationToken::cancelled`, polled again, takes the new waker only if
//! it is the one that it has. Fixed in 0.7.1 (tokio pull request 4497).
#![cfg(test)]

use reveille::laws::{self, Joins, Notify};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

#[derive(Clone)]
struct Token;

impl Notify for Token {
    type Event = CancellationToken;
    type Listener<'a> = WaitForCancellationFuture<'a>;

    fn event(&self) -> Self::Event {
        CancellationToken::new()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.cancelled()
    }

    fn joins(&self) -> Joins {
        Joins::WhenMadeForAll
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        event.cancel();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_events() {
    laws::notify(Token).check();
}
