//! Published sinks of their newest versions.

use futures_channel::mpsc;
use futures_util::sink::{self, SinkExt};
use futures_util::stream;
use reveille::laws::{self, Failed, Item, Laws, Suite};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::PollSender;

fn passes<L: Laws>(suite: Suite<L>) {
    suite.check();
}

#[test]
fn futures_buffer() {
    passes(laws::fused_sink(|beneath| SinkExt::<Item>::buffer(beneath, 3)));
}

#[test]
fn futures_buffer_of_none() {
    passes(laws::fused_sink(|beneath| SinkExt::<Item>::buffer(beneath, 0)));
}

#[test]
fn futures_with() {
    passes(laws::sink(|beneath| {
        Box::pin(beneath.with(|item: Item| async {
            reveille::yield_now().await;
            Ok::<_, Failed>(item)
        }))
    }));
}

#[test]
fn futures_with_flat_map() {
    passes(laws::sink(|beneath| {
        beneath.with_flat_map(|item: Item| stream::iter([Ok::<_, Failed>(item)]))
    }));
}

#[test]
fn futures_map_err() {
    passes(laws::sink(|beneath| SinkExt::<Item>::sink_map_err(beneath, |_| "failed")));
}

#[test]
fn futures_unfold() {
    passes(laws::sink(|beneath| {
        let (sender, receiver) = mpsc::channel(1);
        drop(reveille::spawn_daemon(beneath.drain(receiver)));
        Box::pin(sink::unfold(sender, |mut sender: mpsc::Sender<_>, item: Item| async move {
            sender.send(item).await?;
            Ok::<_, mpsc::SendError>(sender)
        }))
    }));
}

#[test]
fn futures_mpsc() {
    passes(laws::sink(|beneath| {
        let (sender, receiver) = mpsc::channel(2);
        drop(reveille::spawn_daemon(beneath.drain(receiver)));
        sender
    }));
}

#[test]
fn futures_mpsc_unbounded() {
    passes(laws::sink(|beneath| {
        let (sender, receiver) = mpsc::unbounded();
        drop(reveille::spawn_daemon(beneath.drain(receiver)));
        sender
    }));
}

#[test]
fn flume_send_sink() {
    passes(laws::sink(|beneath| {
        let (sender, receiver) = flume::bounded(1);
        drop(reveille::spawn_daemon(beneath.drain(receiver.into_stream())));
        sender.into_sink()
    }));
}

#[test]
fn tokio_util_poll_sender() {
    passes(laws::sink(|beneath| {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        drop(reveille::spawn_daemon(beneath.drain(ReceiverStream::new(receiver))));
        PollSender::new(sender)
    }));
}
