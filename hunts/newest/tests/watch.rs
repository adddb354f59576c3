//! Watches.

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use newest::alarms;
use reveille::Law;
use reveille::laws::{self, News, Sight, Value, Watch};
use std::rc::Rc;

#[derive(Clone)]
struct Tokio;

impl Watch for Tokio {
    type Sender = tokio::sync::watch::Sender<Value>;
    type Receiver = tokio::sync::watch::Receiver<Value>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        tokio::sync::watch::channel(first)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.send(value).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        receiver.changed().await.ok()?;
        Some(receiver.borrow_and_update().clone())
    }

    fn changed(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = bool>> {
        let changed = receiver.changed();
        Some(async { changed.await.is_ok() })
    }

    fn wait_for(
        &self,
        receiver: &mut Self::Receiver,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Option<impl Future<Output = Option<Value>>> {
        Some(async move { Some(receiver.wait_for(is_wanted).await.ok()?.clone()) })
    }

    fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.borrow().clone())
    }

    fn get_and_see(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.borrow_and_update().clone())
    }

    fn has_changed(&self, receiver: &mut Self::Receiver) -> Option<News> {
        Some(match receiver.has_changed() {
            Ok(true) => News::Changed,
            Ok(false) => News::Unchanged,
            Err(_) => News::Ended,
        })
    }

    fn mark_unseen(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.mark_changed();
        Some(())
    }

    fn mark_seen(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.mark_unchanged();
        Some(())
    }

    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        Some(sender.borrow().clone())
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
        Some(sender.subscribe())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }
}

#[test]
fn tokio() {
    laws::watch(Tokio).check();
}

#[derive(Clone)]
struct Postage;

impl Watch for Postage {
    type Sender = postage::watch::Sender<Value>;
    type Receiver = postage::watch::Receiver<Value>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        postage::watch::channel_with(first)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        postage::sink::Sink::try_send(sender, value).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        postage::stream::Stream::recv(receiver).await
    }

    fn sight_of_first(&self) -> Sight {
        Sight::Unseen
    }

    fn sight_of_subscriber(&self) -> Sight {
        Sight::Unseen
    }

    fn sight_of_clone(&self) -> Sight {
        Sight::Unseen
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Option<Value>> {
        Some(postage::stream::Stream::try_recv(receiver).ok())
    }

    fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.borrow().clone())
    }

    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        Some(sender.borrow().clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }
}

#[test]
fn postage() {
    laws::watch(Postage).check();
}

#[derive(Clone)]
struct AsyncWatch {
    is_for_one: bool,
}

impl Watch for AsyncWatch {
    type Sender = async_watch::Sender<Value>;
    type Receiver = async_watch::Receiver<Value>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        async_watch::channel(first)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.send(value).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        receiver.recv().await.ok()
    }

    fn changed(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = bool>> {
        Some(async { receiver.changed().await.is_ok() })
    }

    fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.borrow().clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        (!self.is_for_one).then(|| receiver.clone())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }
}

#[test]
fn async_watch() {
    alarms(laws::watch(AsyncWatch { is_for_one: false }), Law::Panic, "async-watch-0.3.1/src");
}

#[test]
fn async_watch_for_one() {
    laws::watch(AsyncWatch { is_for_one: true }).check();
}

/// Whatever was set last, `next` gives none once the observable is gone.
#[derive(Clone)]
struct Eyeball {
    ends_at_once: bool,
}

impl Watch for Eyeball {
    type Sender = eyeball::SharedObservable<Value>;
    type Receiver = eyeball::Subscriber<Value>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        let sender = eyeball::SharedObservable::new(first);
        let receiver = sender.subscribe();
        (sender, receiver)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        drop(sender.set(value));
        true
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Value>> {
        receiver.next()
    }

    fn ends_at_once(&self) -> bool {
        self.ends_at_once
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.get())
    }

    fn get_and_see(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.next_now())
    }

    fn mark_unseen(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.reset();
        Some(())
    }

    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        Some(sender.get())
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
        Some(sender.subscribe())
    }
}

#[test]
fn eyeball() {
    laws::watch(Eyeball { ends_at_once: true }).check();
}

#[test]
fn eyeball_misses_the_last_value() {
    let suite = laws::watch(Eyeball { ends_at_once: false });
    alarms(suite, Law::Panic, "gave `the end`, which no order");
}

#[derive(Clone)]
struct Watchable;

impl Watch for Watchable {
    type Sender = watchable::Watchable<Value>;
    type Receiver = watchable::Watcher<Value>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        let sender = watchable::Watchable::new(first);
        let receiver = sender.watch();
        (sender, receiver)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        drop(sender.replace(value));
        true
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        receiver.next_value_async().await.ok()
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.peek().clone())
    }

    fn get_and_see(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.get())
    }

    fn has_changed(&self, receiver: &mut Self::Receiver) -> Option<News> {
        Some(if receiver.is_current() { News::Unchanged } else { News::Changed })
    }

    fn mark_seen(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.mark_read();
        Some(())
    }

    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        Some(sender.get())
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
        Some(sender.watch())
    }
}

#[test]
fn watchable() {
    laws::watch(Watchable).check();
}

type Place = embassy_sync::watch::Watch<NoopRawMutex, Value, 16>;

/// An end of an embassy watch, with the watch that it borrows from.
struct Bound<T> {
    /// Dropped first.
    end: T,
    watch: Rc<Place>,
}

impl<T> Bound<T> {
    fn of(watch: &Rc<Place>, end: impl Fn(&'static Place) -> Option<T>) -> Option<Bound<T>> {
        // SAFETY: the end is dropped before the watch, which stays in its place.
        let borrowed = unsafe { &*Rc::as_ptr(watch) };
        Some(Bound { end: end(borrowed)?, watch: watch.clone() })
    }
}

#[derive(Clone)]
struct Embassy;

impl Watch for Embassy {
    type Sender = Bound<embassy_sync::watch::Sender<'static, NoopRawMutex, Value, 16>>;
    type Receiver = Bound<embassy_sync::watch::Receiver<'static, NoopRawMutex, Value, 16>>;

    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
        let watch = Rc::new(Place::new());
        watch.sender().send(first);
        let sender = Bound::of(&watch, |watch| Some(watch.sender())).unwrap();
        let receiver = Bound::of(&watch, Place::receiver).unwrap();
        (sender, receiver)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.end.send(value);
        true
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        Some(receiver.end.changed().await)
    }

    fn sight_of_first(&self) -> Sight {
        Sight::Unseen
    }

    fn sight_of_subscriber(&self) -> Sight {
        Sight::Unseen
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    fn ends_without_senders(&self) -> bool {
        false
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Option<Value>> {
        Some(receiver.end.try_changed())
    }

    fn get_and_see(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        receiver.end.try_get()
    }

    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        sender.end.try_get()
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Bound::of(&sender.watch, |watch| Some(watch.sender()))
    }

    fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
        Bound::of(&sender.watch, Place::receiver)
    }
}

#[test]
fn embassy_sync() {
    laws::watch(Embassy).check();
}
