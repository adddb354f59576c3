//! The other thread, which wakes and sends.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::thread;

/// What one poll leaves for whoever is to wake it: always the latest waker.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Slotted>>);

#[derive(Default)]
struct Slotted {
    waker: Option<Waker>,
    is_woken: bool,
}

impl Slot {
    /// Whether the wake has come that is waited for; if not, it is for `waker`.
    pub(super) fn wait(&self, waker: &Waker) -> bool {
        self.with(|slotted| {
            if !slotted.is_woken {
                slotted.waker = Some(waker.clone());
            }
            slotted.is_woken
        })
    }

    /// The wake has come, by other means.
    pub(super) fn done(&self) {
        drop(self.with(|slotted| {
            slotted.is_woken = true;
            slotted.waker.take()
        }));
    }

    pub(super) fn wake(&self) {
        // Called out of the lock: it may do anything.
        let waker = self.with(|slotted| {
            slotted.is_woken = true;
            slotted.waker.take()
        });
        waker.into_iter().for_each(Waker::wake);
    }

    fn with<R>(&self, f: impl FnOnce(&mut Slotted) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is asked of the other thread, and where it answers that it has done it.
struct Errand {
    yields: u16,
    work: Box<dyn FnOnce() + Send>,
    done: Sender<()>,
}

/// The thread; it ends with the last handle.
#[derive(Clone)]
pub(super) struct Other(Sender<Errand>);

impl Other {
    pub(super) fn start() -> Other {
        let (errands, receiver) = channel();
        thread::spawn(move || attend(receiver));
        Other(errands)
    }

    /// Has it do `work` after it has yielded so often; what is received then says that it has.
    pub(super) fn ask(&self, yields: u16, work: impl FnOnce() + Send + 'static) -> Receiver<()> {
        let (done, receiver) = channel();
        // It is there as long as we are.
        let _ = self.0.send(Errand { yields, work: Box::new(work), done });
        receiver
    }
}

fn attend(errands: Receiver<Errand>) {
    for Errand { yields, work, done } in errands {
        (0..yields).for_each(|_| thread::yield_now());
        work();
        let _ = done.send(());
    }
}

/// Waits until it is done, without a look at the thread's park token.
pub(super) fn see(done: &Receiver<()>) {
    while matches!(done.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty)) {
        thread::yield_now();
    }
}
