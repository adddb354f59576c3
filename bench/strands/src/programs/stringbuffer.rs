//! A text is appended to another: its length is asked under its lock, then its
//! letters under the same lock anew, and in between it may have been cut.
//!
//! Of the texts there are only the lengths. The original's main thread does not join; here it
//! does, which is after all that may fail.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

struct Text(Mutex<usize>);

impl Text {
    fn length(&self) -> usize {
        *self.0.lock().unwrap()
    }

    fn copy(&self, letters: usize) {
        let length = self.0.lock().unwrap();
        assert!(letters <= *length, "out of bounds");
    }

    fn append(&self, other: &Text) {
        let mut length = self.0.lock().unwrap();
        let added = other.length();
        other.copy(added);
        *length += added;
    }

    fn change(&self, change: impl FnOnce(usize) -> usize) {
        let mut length = self.0.lock().unwrap();
        *length = change(*length);
    }
}

pub(super) fn main() {
    let text = Arc::new(Text(Mutex::new(3)));
    let rewriting = spawn(&text, rewrite);
    Text(Mutex::new(0)).append(&text);
    join_all([rewriting]);
}

fn rewrite(text: &Text) {
    text.change(|length| length.saturating_sub(3));
    text.change(|length| length + 3);
}
