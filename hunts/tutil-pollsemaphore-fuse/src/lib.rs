//! tokio-util 0.6.3: a `PollSemaphore` that has told of the close panics when it is polled again.
//! Fixed in 0.6.4 (tokio pull request 3578).
#![cfg(test)]

use futures_util::StreamExt;
use reveille::laws::{self, Source};
use reveille::spawn_local;
use reveille::time::sleep;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::PollSemaphore;

/// A permit for every item of `source`, and a close at its end.
fn permits(mut source: Source) -> impl futures_util::Stream<Item = laws::Item> {
    let semaphore = Arc::new(Semaphore::new(0));
    let items = Rc::new(RefCell::new(VecDeque::new()));
    let (adds, added) = (semaphore.clone(), items.clone());
    let _ = spawn_local(async move {
        while let Some(item) = source.next().await {
            added.borrow_mut().push_back(item);
            adds.add_permits(1);
            // Until it is taken, or nobody takes it any more.
            while !added.borrow().is_empty() && Rc::strong_count(&added) > 1 {
                sleep(Duration::from_millis(1)).await;
            }
        }
        adds.close();
    });
    PollSemaphore::new(semaphore).map(move |permit| {
        permit.forget();
        items.borrow_mut().pop_front().unwrap()
    })
}

#[test]
fn keeps_the_laws_of_fused_streams() {
    laws::fused_stream(permits).check();
}
