//! Streams that merge others.

use futures_concurrency::stream::{Chain, Merge, StreamGroup, Zip};
use futures_util::stream::{StreamExt, empty, iter, poll_fn, select, select_all};
use reveille::Law;
use reveille::laws;
use std::pin::Pin;
use std::task::{Poll, ready};
use streamunordered::{StreamUnordered, StreamYield};

#[test]
fn futures_util_select_all() {
    laws::select(select_all).check();
}

#[test]
fn futures_util_select() {
    laws::select(|sources| {
        let mut sources = sources.into_iter();
        let none = || empty().left_stream();
        let mut next = || sources.next().map_or_else(none, StreamExt::right_stream);
        select(next(), select(next(), next()))
    })
    .check();
}

#[test]
fn futures_util_flatten_unordered() {
    laws::select(|sources| iter(sources).flatten_unordered(None)).check();
}

#[test]
fn tokio_stream_map() {
    laws::select(|sources| {
        let map: tokio_stream::StreamMap<_, _> = sources.into_iter().enumerate().collect();
        map.map(|(_, item)| item)
    })
    .check();
}

#[test]
fn tokio_stream_merge() {
    laws::select(|sources| {
        let mut sources = sources.into_iter();
        let none = || empty().left_stream();
        let mut next = || sources.next().map_or_else(none, StreamExt::right_stream);
        tokio_stream::StreamExt::merge(next(), tokio_stream::StreamExt::merge(next(), next()))
    })
    .check();
}

#[test]
fn futures_concurrency_merge() {
    laws::select(|sources| sources.merge()).check();
}

/// The first that is ready goes first, always; see `hunts/FINDINGS.md`.
#[test]
fn futures_concurrency_group() {
    let suite = laws::select(|sources| {
        let mut group = StreamGroup::new();
        for source in sources {
            group.insert(source);
        }
        group
    });
    newest::alarms(suite, Law::Starvation, "was not polled while 64 items came from others");
}

#[test]
fn futures_concurrency_zip() {
    let pairs = |numbers: &[Vec<usize>]| {
        numbers[0].iter().zip(&numbers[1]).flat_map(|(one, other)| [*one, *other]).collect()
    };
    laws::streams(2, |sources| sources.zip(), pairs).check();
}

#[test]
fn futures_concurrency_chain() {
    laws::streams(3, |sources| sources.chain(), |numbers| numbers.concat()).check();
}

#[test]
fn futures_buffered_merge() {
    laws::select(|sources| sources.into_iter().collect::<futures_buffered::MergeUnbounded<_>>())
        .check();
}

#[test]
fn unicycle_streams() {
    laws::select(|sources| {
        let mut all = unicycle::StreamsUnordered::new();
        for source in sources {
            all.push(source);
        }
        all
    })
    .check();
}

#[test]
fn stream_unordered() {
    laws::select(|sources| {
        let mut all = StreamUnordered::new();
        for source in sources {
            all.insert(source);
        }
        // A stream that has ended stays until it is removed.
        poll_fn(move |cx| {
            loop {
                match ready!(all.poll_next_unpin(cx)) {
                    Some((StreamYield::Item(item), _)) => return Poll::Ready(Some(item)),
                    Some((StreamYield::Finished(stream), _)) => stream.remove(Pin::new(&mut all)),
                    None => return Poll::Ready(None),
                }
            }
        })
    })
    .check();
}
