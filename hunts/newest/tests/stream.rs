//! Streams made from others.

use futures_buffered::BufferedStreamExt;
use futures_util::StreamExt;
use reveille::laws;

#[test]
fn futures_util_chunks() {
    laws::stream(|source| source.chunks(2)).check();
}

#[test]
fn futures_util_ready_chunks() {
    laws::stream(|source| source.ready_chunks(2)).check();
}

#[test]
fn futures_util_peekable() {
    laws::terminated_stream(|source| source.peekable()).check();
}

#[test]
fn futures_util_buffered() {
    laws::stream(|source| source.map(|item| async { item }).buffered(2)).check();
}

#[test]
fn futures_util_buffer_unordered() {
    laws::unordered_stream(|source| source.map(|item| async { item }).buffer_unordered(2)).check();
}

#[test]
fn futures_buffered_ordered() {
    laws::stream(|source| source.map(|item| async { item }).buffered_ordered(2)).check();
}

#[test]
fn futures_buffered_unordered() {
    laws::unordered_stream(|source| source.map(|item| async { item }).buffered_unordered(2))
        .check();
}

#[test]
fn async_stream_stream() {
    laws::fused_stream(|mut source| {
        Box::pin(async_stream::stream! {
            while let Some(item) = source.next().await {
                yield item;
            }
        })
    })
    .check();
}

#[test]
fn tokio_stream_chunks() {
    laws::stream(|source| tokio_stream::StreamExt::map(source, |item| vec![item])).check();
}
