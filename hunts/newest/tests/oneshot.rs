//! Oneshots.

use newest::alarms;
use reveille::Law;
use reveille::laws::{self, Item, Oneshot};
use std::sync::mpsc::TryRecvError;

#[derive(Clone)]
struct Tokio;

impl Oneshot for Tokio {
    type Sender = tokio::sync::oneshot::Sender<Item>;
    type Receiver = tokio::sync::oneshot::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        tokio::sync::oneshot::channel()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        use tokio::sync::oneshot::error::TryRecvError as Tokio;
        Some(receiver.try_recv().map_err(|error| match error {
            Tokio::Empty => TryRecvError::Empty,
            Tokio::Closed => TryRecvError::Disconnected,
        }))
    }

    fn may_try_again(&self) -> bool {
        true
    }

    fn close(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn tokio() {
    laws::oneshot(Tokio).check();
}

#[derive(Clone)]
struct Futures;

impl Oneshot for Futures {
    type Sender = futures_channel::oneshot::Sender<Item>;
    type Receiver = futures_channel::oneshot::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        futures_channel::oneshot::channel()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(match receiver.try_recv() {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(TryRecvError::Empty),
            Err(_) => Err(TryRecvError::Disconnected),
        })
    }

    fn close(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.cancellation())
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_canceled())
    }

    fn is_fused(&self) -> bool {
        true
    }
}

#[test]
fn futures_channel() {
    laws::oneshot(Futures).check();
}

#[derive(Clone)]
struct OneshotCrate;

impl Oneshot for OneshotCrate {
    type Sender = oneshot::Sender<Item>;
    type Receiver = oneshot::AsyncReceiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        oneshot::async_channel()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn oneshot_crate() {
    laws::oneshot(OneshotCrate).check();
}

#[derive(Clone)]
struct AsyncOneshot;

impl Oneshot for AsyncOneshot {
    type Sender = async_oneshot::Sender<Item>;
    type Receiver = async_oneshot::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        async_oneshot::oneshot()
    }

    fn send(&self, mut sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn async_oneshot() {
    // See `hunts/FINDINGS.md`.
    alarms(laws::oneshot(AsyncOneshot), Law::Panic, "was not dropped, and nobody has it");
}

#[derive(Clone)]
struct Catty;

impl Oneshot for Catty {
    type Sender = catty::Sender<Item>;
    type Receiver = catty::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        catty::oneshot()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(match receiver.try_recv() {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(TryRecvError::Empty),
            Err(catty::Disconnected) => Err(TryRecvError::Disconnected),
        })
    }
}

#[test]
fn catty() {
    laws::oneshot(Catty).check();
}

#[derive(Clone)]
struct LocalSync;

impl Oneshot for LocalSync {
    type Sender = local_sync::oneshot::Sender<Item>;
    type Receiver = local_sync::oneshot::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        local_sync::oneshot::channel()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        use local_sync::oneshot::error::TryRecvError as Local;
        Some(receiver.try_recv().map_err(|error| match error {
            Local::Empty => TryRecvError::Empty,
            Local::Closed => TryRecvError::Disconnected,
        }))
    }

    fn close(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn local_sync() {
    laws::oneshot(LocalSync).check();
}

#[derive(Clone)]
struct Unsync;

impl Oneshot for Unsync {
    type Sender = unsync::oneshot::Sender<Item>;
    type Receiver = unsync::oneshot::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        unsync::oneshot::channel()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await
    }
}

#[test]
fn unsync() {
    laws::oneshot(Unsync).check();
}

#[derive(Clone)]
struct Mea;

impl Oneshot for Mea {
    type Sender = mea::oneshot::Sender<Item>;
    type Receiver = mea::oneshot::Recv<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = mea::oneshot::channel();
        (sender, receiver.into_future())
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn mea() {
    laws::oneshot(Mea).check();
}

#[derive(Clone)]
struct Postage;

impl Oneshot for Postage {
    type Sender = postage::oneshot::Sender<Item>;
    type Receiver = postage::oneshot::Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        postage::oneshot::channel()
    }

    fn send(&self, mut sender: Self::Sender, item: Item) -> bool {
        postage::sink::Sink::try_send(&mut sender, item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        postage::stream::Stream::recv(receiver).await
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        use postage::stream::TryRecvError as Postage;
        Some(postage::stream::Stream::try_recv(receiver).map_err(|error| match error {
            Postage::Pending => TryRecvError::Empty,
            Postage::Closed => TryRecvError::Disconnected,
        }))
    }
}

#[test]
fn postage() {
    laws::oneshot(Postage).check();
}
