//! tokio-stream 0.1.18: `StreamMap::next_many` gives more items than its limit. Fixed in 0.1.19
//! (tokio pull request 8215).
#![cfg(test)]

use futures_util::stream::poll_fn;
use reveille::laws;
use std::task::{Poll, ready};
use tokio_stream::StreamMap;

const LIMIT: usize = 2;

#[test]
fn keeps_the_laws_of_select() {
    laws::select(|sources| {
        let mut map: StreamMap<_, _> = sources.into_iter().enumerate().collect();
        let mut items = Vec::new();
        poll_fn(move |cx| {
            let count = ready!(map.poll_next_many(cx, &mut items, LIMIT));
            assert!(count <= LIMIT, "{count} items, with the limit {LIMIT}");
            let items: Vec<_> = items.drain(..).map(|(_, item)| item).collect();
            Poll::Ready((count > 0).then_some(items))
        })
    })
    .check();
}
