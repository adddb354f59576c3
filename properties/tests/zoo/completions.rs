//! `buffer-in-flight`: a driver that drops the buffer with the future, while the kernel
//! still writes to it.

use crate::golden::golden;
use reveille::completion::{Buffer, Entry, Fd, GuardedAllocator, Memory, Ring};
use reveille::time::{sleep, timeout};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

golden! {
    "buffer-in-flight" drops_the_buffer_with_the_future;
    "buffer-in-flight" drops_a_buffer_that_tells;
    "buffer-in-flight" uses_a_buffer_for_the_next_read;
    "buffer-in-flight" writes_to_what_is_being_written;
}

#[global_allocator]
static ALLOCATOR: GuardedAllocator = GuardedAllocator::new();

const MS: Duration = Duration::from_millis(1);

/// A driver: who waits for which operation.
struct Driver {
    ring: Ring,
    waiting: RefCell<BTreeMap<u64, Waiting>>,
    next: RefCell<u64>,
    /// Correct: the buffer of a future that is dropped waits here for its completion.
    keeps_buffers: bool,
}

#[derive(Default)]
struct Waiting {
    waker: Option<Waker>,
    result: Option<io::Result<usize>>,
    orphan: Option<Vec<u8>>,
}

/// A read in flight.
struct Read {
    driver: Rc<Driver>,
    number: u64,
    buffer: Vec<u8>,
}

impl Driver {
    fn start(keeps_buffers: bool) -> Rc<Driver> {
        let driver = Rc::new(Driver {
            ring: Ring::new(8).unwrap(),
            waiting: RefCell::default(),
            next: RefCell::default(),
            keeps_buffers,
        });
        let own = driver.clone();
        drop(reveille::Builder::new().name("driver").spawn_local(async move {
            loop {
                poll_fn(|cx| own.ring.poll_completions(cx)).await.unwrap();
                own.reap();
            }
        }));
        driver
    }

    fn read(self: &Rc<Driver>, disk: Fd, mut buffer: Vec<u8>) -> Read {
        let number = *self.next.borrow();
        *self.next.borrow_mut() += 1;
        self.waiting.borrow_mut().insert(number, Waiting::default());
        let length = buffer.len().try_into().unwrap();
        let entry = Entry::read(disk, buffer.as_mut_ptr(), length, 0).user_data(number);
        // SAFETY: the buffer lives until the completion, or so we say.
        unsafe { self.ring.push(&entry) }.unwrap();
        self.ring.submit().unwrap();
        Read { driver: self.clone(), number, buffer }
    }

    fn reap(&self) {
        for completion in self.ring.completions() {
            let mut waiting = self.waiting.borrow_mut();
            let Some(waiter) = waiting.get_mut(&completion.user_data()) else { continue };
            waiter.result = Some(completion.to_io());
            let waker = waiter.waker.take();
            if waiter.orphan.is_some() {
                waiting.remove(&completion.user_data());
            }
            drop(waiting);
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

impl Future for Read {
    type Output = (io::Result<usize>, Vec<u8>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let driver = self.driver.clone();
        let mut waiting = driver.waiting.borrow_mut();
        let waiter = waiting.get_mut(&self.number).expect("a read is polled until it is ready");
        let Some(result) = waiter.result.take() else {
            waiter.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        waiting.remove(&self.number);
        Poll::Ready((result, std::mem::take(&mut self.buffer)))
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        let mut waiting = self.driver.waiting.borrow_mut();
        let Some(waiter) = waiting.get_mut(&self.number) else { return };
        if self.driver.keeps_buffers && waiter.result.is_none() {
            waiter.waker = None;
            waiter.orphan = Some(buffer);
        } else {
            waiting.remove(&self.number);
        }
    }
}

/// Reads with a timeout from a disk that is slow.
async fn gives_up_and_goes_on(driver: Rc<Driver>) {
    let disk = Fd::open("disk", Memory::new(*b"reveille").latency(5 * MS));
    drop(timeout(MS, driver.read(disk, vec![0; 8])).await);
    let (result, buffer) = driver.read(disk, vec![0; 8]).await;
    assert!(b"reveille".starts_with(&buffer[..result.unwrap()]));
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn drops_the_buffer_with_the_future() {
    gives_up_and_goes_on(Driver::start(false)).await;
}

#[reveille::test]
async fn keeps_the_buffer_until_the_completion() {
    gives_up_and_goes_on(Driver::start(true)).await;
}

/// The same in a few lines, with a buffer that looks after itself.
async fn gives_up(waits_for_the_cancellation: bool) {
    let ring = Ring::new(8).unwrap();
    let disk = Fd::open("disk", Memory::new(*b"reveille").latency(5 * MS));
    let buffer = Buffer::zeroed(8);
    ring.push_read(disk, &buffer, 0, 1).unwrap();
    ring.submit().unwrap();
    sleep(MS).await;
    ring.cancel(1, 2).unwrap();
    ring.submit().unwrap();
    let mut left = if waits_for_the_cancellation { 2 } else { 0 };
    while left > 0 {
        poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
        left -= ring.completions().count();
    }
    drop(buffer);
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn drops_a_buffer_that_tells() {
    gives_up(false).await;
}

#[reveille::test]
async fn drops_a_buffer_when_all_is_over() {
    gives_up(true).await;
}

async fn reads_in_a_row(waits: bool) {
    let ring = Ring::new(8).unwrap();
    let disk = Fd::open("disk", Memory::new(*b"reveille").latency(5 * MS));
    let buffer = Buffer::zeroed(4);
    for offset in [0, 4] {
        ring.push_read(disk, &buffer, offset, offset).unwrap();
        ring.submit().unwrap();
        while waits && ring.in_flight() > 0 {
            poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
            assert_eq!(ring.completions().count(), 1);
        }
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn uses_a_buffer_for_the_next_read() {
    reads_in_a_row(false).await;
}

#[reveille::test]
async fn uses_a_buffer_when_it_is_back() {
    reads_in_a_row(true).await;
}

async fn writes(waits: bool) {
    let ring = Ring::new(8).unwrap();
    let disk = Fd::open("disk", Memory::default().latency(5 * MS));
    let mut line = *b"reveille";
    let entry = Entry::write(disk, line.as_ptr(), 8, 0);
    // SAFETY: the memory lives until the completion.
    unsafe { ring.push(&entry) }.unwrap();
    ring.submit().unwrap();
    if !waits {
        std::hint::black_box(&mut line).fill(b'-');
    }
    poll_fn(|cx| ring.poll_completions(cx)).await.unwrap();
    std::hint::black_box(&mut line).fill(b'-');
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn writes_to_what_is_being_written() {
    writes(false).await;
}

#[reveille::test]
async fn writes_when_it_is_written() {
    writes(true).await;
}
