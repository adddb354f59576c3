//! A text is appended to another: its length is asked under its lock, then its
//! letters under the same lock anew, and in between it may have been cut.

use crate::figures::{Figure, Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::Cell;
use std::rc::Rc;

pub(super) const STRINGBUFFER: Program = Program {
    name: "stringbuffer-jdk1.4",
    tier: Tier::T0,
    threads: 2,
    points: 10,
    published: Published {
        points: Some(10),
        artifact: Figures::of(
            Figure::Partly { mean: 2243.0, found: 19 },
            Figure::Mean(281.0),
            Figure::Mean(23.0),
            Figure::Mean(8.5),
        ),
        model: Figures::UNKNOWN,
    },
    body: main,
};

struct Text {
    lock: Mutex,
    length: Cell<usize>,
}

impl Text {
    fn new(name: &str, length: usize) -> Text {
        Text { lock: Mutex::new(name), length: Cell::new(length) }
    }

    async fn length(&self) -> usize {
        self.lock.lock().await;
        let length = self.length.get();
        self.lock.unlock().await;
        length
    }

    async fn copy(&self, letters: usize) {
        self.lock.lock().await;
        assert!(letters <= self.length.get(), "out of bounds");
        self.lock.unlock().await;
    }

    async fn append(&self, other: &Text) {
        self.lock.lock().await;
        let added = other.length().await;
        other.copy(added).await;
        self.length.update(|length| length + added);
        self.lock.unlock().await;
    }

    async fn change(&self, change: impl FnOnce(usize) -> usize) {
        self.lock.lock().await;
        self.length.update(change);
        self.lock.unlock().await;
    }
}

fn main() -> Main {
    Process::main(|process| async move {
        let text = Rc::new(Text::new("text", 3));
        process.spawn(rewrite(text.clone())).await;
        Text::new("sum", 0).append(&text).await;
        process.leave().await;
    })
}

async fn rewrite(text: Rc<Text>) {
    text.change(|length| length.saturating_sub(3)).await;
    text.change(|length| length + 3).await;
}
