//! Reactors over a selector: how one forgets who waits.

use crate::golden::golden;
use reveille::io::{PipeReader, pipe};
use reveille::reactor::{Interest, Selector, Token, Trigger};
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

golden! {
    "pending-without-waker" takes_an_event_for_what_it_says;
    "stale-waker" wakes_who_asked_first;
}

/// Wakes whoever waits for a token when there is an event.
struct Reactor {
    selector: Selector,
    wakers: Mutex<BTreeMap<Token, Waker>>,
}

impl Reactor {
    fn start() -> Arc<Reactor> {
        let wakers = Mutex::default();
        let reactor = Arc::new(Reactor { selector: Selector::new(), wakers });
        let builder = reveille::Builder::new().name("reactor");
        drop(builder.spawn_daemon(reactor.clone().run()));
        reactor
    }

    async fn run(self: Arc<Self>) -> io::Result<()> {
        let mut events = Vec::new();
        loop {
            self.selector.select(&mut events).await?;
            for event in &events {
                let waker = self.wakers.lock().unwrap().remove(&event.token());
                waker.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// Whoever asked before is forgotten.
    fn wait(&self, token: Token, waker: &Waker) {
        let old = self.wakers.lock().unwrap().insert(token, waker.clone());
        drop(old);
    }

    fn is_waited_for(&self, token: Token) -> bool {
        self.wakers.lock().unwrap().contains_key(&token)
    }
}

/// What a read does that finds nothing.
type Registers = fn(&mut Read, &Waker);

struct Read {
    reactor: Arc<Reactor>,
    token: Token,
    reader: PipeReader,
    registers: Registers,
    registered: bool,
}

impl Future for Read {
    type Output = io::Result<Vec<u8>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>> {
        let mut buffer = vec![0; 8];
        match self.reader.try_read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let registers = self.registers;
                registers(&mut self, cx.waker());
                Poll::Pending
            }
            result => Poll::Ready(result.map(|count| buffer[..count].to_vec())),
        }
    }
}

/// Reads what comes after a second.
async fn reads_a_second_later(registers: Registers) {
    let reactor = Reactor::start();
    let (reader, writer) = pipe(8);
    let token = Token(0);
    reactor.selector.add(&reader, token, Interest::READABLE, Trigger::Edge).unwrap();
    let read = Read { reactor, token, reader, registers, registered: false };
    let reading = reveille::Builder::new().name("reader").spawn(read);
    reveille::time::sleep(Duration::from_secs(1)).await;
    writer.try_write(b"!").unwrap();
    assert!(!reading.await.unwrap().unwrap().is_empty());
}

/// It waits for one event, and takes the second poll for the answer.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn takes_an_event_for_what_it_says() {
    reads_a_second_later(|read, waker| {
        // As long as it waits, it does so with the waker of the latest poll.
        if read.reactor.is_waited_for(read.token) || !read.registered {
            read.registered = true;
            read.reactor.wait(read.token, waker);
        }
    })
    .await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn wakes_who_asked_first() {
    reads_a_second_later(|read, waker| {
        if !read.reactor.is_waited_for(read.token) {
            read.reactor.wait(read.token, waker);
        }
    })
    .await;
}

#[reveille::test(runs = 50_000, deny(waker_leak))]
async fn waits_again_with_the_latest_waker() {
    reads_a_second_later(|read, waker| read.reactor.wait(read.token, waker)).await;
}
