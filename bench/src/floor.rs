//! The floor: about the least that a seeded executor can do.
//!
//! Pooled wakers without counts that must not leave the thread, a PCG for the
//! choice of the next task, boxed futures, join handles of two words, and timers
//! in a binary heap. No tape, no laws, no faults, no way to find out what went
//! wrong. It exists to be compared with.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A cell without any check.
#[derive(Default)]
struct Bare<T>(UnsafeCell<T>);

impl<T> Bare<T> {
    #[allow(clippy::mut_from_ref)]
    fn get(&self) -> &mut T {
        // SAFETY: no reference is kept across a call into a task.
        unsafe { &mut *self.0.get() }
    }
}

#[derive(Default)]
pub struct Floor {
    tasks: Bare<Vec<Option<Task>>>,
    queued: Bare<Vec<bool>>,
    ready: Bare<Vec<u32>>,
    timers: Bare<BinaryHeap<Reverse<(u64, u64)>>>,
    wakers: Bare<Vec<Option<Waker>>>,
    now: Cell<u64>,
    state: Cell<u64>,
    pub polls: Cell<u64>,
}

thread_local! {
    static FLOOR: Cell<*const Floor> = const { Cell::new(std::ptr::null()) };
}

fn floor() -> &'static Floor {
    // SAFETY: set by `run` for as long as it runs.
    unsafe { &*FLOOR.get() }
}

static VTABLE: RawWakerVTable =
    RawWakerVTable::new(|d| RawWaker::new(d, &VTABLE), wake, wake, |_| {});

fn wake(data: *const ()) {
    let (floor, task) = (floor(), data.addr());
    if !std::mem::replace(&mut floor.queued.get()[task], true) {
        floor.ready.get().push(task as u32);
    }
}

impl Floor {
    /// PCG-XSH-RR 64/32 (O'Neill, 2014).
    fn below(&self, options: usize) -> usize {
        let old = self.state.get();
        self.state.set(
            old.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407),
        );
        let word = ((((old >> 18) ^ old) >> 27) as u32).rotate_right((old >> 59) as u32);
        ((u64::from(word) * options as u64) >> 32) as usize
    }

    pub fn run(&self, seed: u64, root: impl Future<Output = ()> + 'static) {
        self.state.set(seed.wrapping_mul(2) + 1);
        self.now.set(0);
        self.tasks.get().clear();
        self.queued.get().clear();
        self.ready.get().clear();
        FLOOR.set(self);
        drop(spawn(root));
        while self.tasks.get()[0].is_some() {
            let runnable = self.ready.get().len();
            if runnable == 0 {
                self.jump();
                continue;
            }
            let which = if runnable > 1 { self.below(runnable) } else { 0 };
            let id = self.ready.get().swap_remove(which) as usize;
            self.queued.get()[id] = false;
            let Some(mut task) = self.tasks.get()[id].take() else { continue };
            self.polls.set(self.polls.get() + 1);
            // SAFETY: the wakers are not sent anywhere by the workloads.
            let waker = unsafe { Waker::new(std::ptr::without_provenance(id), &VTABLE) };
            if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.tasks.get()[id] = Some(task);
            }
        }
    }

    fn jump(&self) {
        let timers = self.timers.get();
        let Some(Reverse((deadline, _))) = timers.peek().copied() else { panic!("stuck") };
        self.now.set(deadline);
        while let Some(Reverse((_, index))) = timers.peek().copied().filter(|t| t.0.0 == deadline) {
            timers.pop();
            if let Some(waker) = self.wakers.get()[index as usize].take() {
                waker.wake();
            }
        }
        if timers.is_empty() {
            self.wakers.get().clear();
        }
    }
}

struct Output<T> {
    value: Option<T>,
    joiner: Option<Waker>,
}

pub struct Handle<T>(Rc<RefCell<Output<T>>>);

pub fn spawn<T: 'static>(future: impl Future<Output = T> + 'static) -> Handle<T> {
    let output = Rc::new(RefCell::new(Output { value: None, joiner: None }));
    let shared = output.clone();
    let task: Task = Box::pin(async move {
        let value = future.await;
        let mut output = shared.borrow_mut();
        output.value = Some(value);
        if let Some(joiner) = output.joiner.take() {
            joiner.wake();
        }
    });
    let floor = floor();
    let id = floor.tasks.get().len();
    floor.tasks.get().push(Some(task));
    floor.queued.get().push(true);
    floor.ready.get().push(id as u32);
    Handle(output)
}

impl<T> Future for Handle<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let mut output = self.0.borrow_mut();
        match output.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                output.joiner = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

pub async fn sleep(nanos: u64) {
    let deadline = floor().now.get() + nanos;
    let mut set = false;
    std::future::poll_fn(move |cx| {
        let floor = floor();
        if floor.now.get() >= deadline {
            return Poll::Ready(());
        }
        if !std::mem::replace(&mut set, true) {
            let wakers = floor.wakers.get();
            floor.timers.get().push(Reverse((deadline, wakers.len() as u64)));
            wakers.push(Some(cx.waker().clone()));
        }
        Poll::Pending
    })
    .await;
}
