//! ALSA: a port that is made is in the list of ports before its maker is done with it, and
//! another thread may find it there and free it.
//!
//! The list, which the locks protect, holds nothing but whether the port is in it.

use super::Memory;
use crate::programs::{join_all, spawn};
use std::sync::{Arc, Mutex};

struct Client {
    /// Both locks of the original are taken in the same order by everybody.
    outer: Mutex<()>,
    is_listed: Mutex<bool>,
    port: Memory,
    use_lock: Mutex<()>,
}

pub(in crate::programs) fn main() {
    let client = Arc::new(Client {
        outer: Mutex::default(),
        is_listed: Mutex::default(),
        port: Memory::new(),
        use_lock: Mutex::default(),
    });
    join_all([spawn(&client, create), spawn(&client, delete)]);
}

fn create(client: &Client) {
    let outer = client.outer.lock().unwrap();
    *client.is_listed.lock().unwrap() = true;
    drop(outer);
    // Its type is written, and its address is read for an event: client, then port.
    for _ in 0..3 {
        client.port.touch();
    }
}

fn delete(client: &Client) {
    let outer = client.outer.lock().unwrap();
    let was_listed = std::mem::take(&mut *client.is_listed.lock().unwrap());
    drop(outer);
    if was_listed {
        let _locked = client.use_lock.lock().unwrap();
        client.port.free();
    }
}
