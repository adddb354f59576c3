//! tokio 1.52.2: the receiver of a closed `mpsc` channel waits until all permits
//! are back, and `OwnedPermit::release` gives one back without waking it. Fixed in
//! 1.52.3 (pull request 8075); but until 1.53.0 this program meets another bug of the
//! kind, that of the hunt `tok-mpsc-reserve-no-wake`.
#![cfg(test)]

use reveille::time::{sleep, timeout};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};

const TICK: Duration = Duration::from_millis(10);

/// What all tasks share; it keeps the channel open for producers to come.
struct Server {
    jobs: Sender<u32>,
    sent: AtomicU32,
    handled: AtomicU32,
}

impl Server {
    /// Makes room for a job first, then looks whether there is one.
    async fn produce(&self) {
        for _ in 0..3 {
            let Ok(room) = self.jobs.clone().reserve_owned().await else { return };
            match look_for_a_job().await {
                Some(job) => {
                    room.send(job);
                    self.sent.fetch_add(job, SeqCst);
                }
                None => drop(room.release()),
            }
        }
    }

    /// Handles jobs until none has come for a while, then those under way.
    async fn consume(&self, mut queue: Receiver<u32>) {
        while let Ok(job) = timeout(3 * TICK, queue.recv()).await {
            self.handle(job.unwrap());
        }
        queue.close();
        while let Some(job) = queue.recv().await {
            self.handle(job);
        }
    }

    fn handle(&self, job: u32) {
        self.handled.fetch_add(job, SeqCst);
    }
}

/// Takes a while, and may find nothing.
async fn look_for_a_job() -> Option<u32> {
    sleep(reveille::draw(5) * TICK).await;
    (reveille::draw(2) == 0).then_some(1)
}

#[reveille::test]
async fn an_idle_server_shuts_down() {
    let (jobs, queue) = channel(2);
    let server = Arc::new(Server { jobs, sent: AtomicU32::new(0), handled: AtomicU32::new(0) });
    let producers = [(); 2].map(|()| {
        let server = server.clone();
        reveille::spawn(async move { server.produce().await })
    });
    let consumer = server.clone();
    let consumer = reveille::spawn(async move { consumer.consume(queue).await });
    for producer in producers {
        producer.await.unwrap();
    }
    consumer.await.unwrap();
    assert_eq!(server.handled.load(SeqCst), server.sent.load(SeqCst));
}
