//! event-listener 2.2.0: a listener that is polled again keeps the waker of its
//! first poll. Fixed in 2.2.1: "Always keep the last waker in
//! `EventListener::poll()`".
#![cfg(test)]

use event_listener::Event;
use futures_lite::future::zip;
use reveille::time::{sleep, timeout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

/// A gate that opens once, as one builds it on an event.
#[derive(Default)]
struct Gate {
    open: AtomicBool,
    opened: Event,
}

impl Gate {
    fn open(&self) {
        self.open.store(true, SeqCst);
        self.opened.notify(usize::MAX);
    }

    async fn pass(&self) {
        while !self.open.load(SeqCst) {
            let opened = self.opened.listen();
            if !self.open.load(SeqCst) {
                opened.await;
            }
        }
    }
}

#[derive(Default)]
struct Service {
    configured: Gate,
    connected: Gate,
}

impl Service {
    async fn ready(&self) {
        zip(self.configured.pass(), self.connected.pass()).await;
    }
}

/// Clients wait until a service is up; some have little patience and ask again.
#[reveille::test]
async fn clients_see_the_service_come_up() {
    let service = Arc::new(Service::default());
    let mut clients = Vec::new();
    for patience in [None, Some(Duration::from_millis(30)), None] {
        let service = service.clone();
        clients.push(reveille::spawn(async move {
            match patience {
                None => service.ready().await,
                Some(patience) => {
                    while timeout(patience, service.ready()).await.is_err() {
                        sleep(Duration::from_millis(10)).await;
                    }
                }
            }
        }));
    }
    let setup = service.clone();
    let setup = reveille::spawn(async move {
        sleep(Duration::from_millis(50)).await;
        setup.configured.open();
    });
    sleep(Duration::from_millis(50)).await;
    service.connected.open();
    setup.await.unwrap();
    for client in clients {
        client.await.unwrap();
    }
}
