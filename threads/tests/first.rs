//! The first run of a process is as all others: a tape that was written after many runs is
//! replayed in the first one of another process.
//!
//! A program by itself: a harness of tests has begun threads before.

#[cfg(reveille_threads)]
fn main() {
    first::the_first_run_of_a_process_is_as_the_next();
}

#[cfg(not(reveille_threads))]
fn main() {}

#[cfg(reveille_threads)]
mod first {
    // Its functions stand before those of the C library that begin threads and block.
    use reveille as _;
    use reveille_sim::{Plain, Recording, Settings, World};
    use reveille_threads::Threads;
    use std::rc::Rc;
    use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock, mpsc};
    use std::thread;
    use std::time::Duration;

    /// Much of what the standard library makes when it is first asked for it.
    async fn body() -> u32 {
        let shared = Arc::new((Mutex::new(0), Condvar::new(), RwLock::new(0), Barrier::new(2)));
        let (sender, receiver) = mpsc::channel();
        let threads = [1, 2].map(|number| {
            let (shared, sender) = (shared.clone(), sender.clone());
            thread::Builder::new().name(format!("{number}")).spawn(move || {
                let (lock, condition, read_write, barrier) = &*shared;
                barrier.wait();
                *lock.lock().unwrap() += number;
                condition.notify_all();
                *read_write.write().unwrap() += number;
                thread::sleep(Duration::from_millis(1));
                let _ = thread::current().id();
                let _ = std::env::var("PATH");
                let _ =
                    thread::Builder::new().spawn(|| thread::park_timeout(Duration::from_nanos(1)));
                sender.send(*read_write.read().unwrap()).unwrap();
            })
        });
        let (lock, condition, ..) = &*shared;
        drop(condition.wait_while(lock.lock().unwrap(), |sum| *sum < 3).unwrap());
        threads.into_iter().for_each(|thread| thread.unwrap().join().unwrap());
        drop(sender);
        receiver.into_iter().max().unwrap()
    }

    pub(super) fn the_first_run_of_a_process_is_as_the_next() {
        let mut world = World::new();
        world.carry_by(Some(Rc::new(Threads::new())));
        let mut settings = Settings::default();
        settings.recording = Recording::Hash;
        let [first, second] = [(); 2].map(|()| {
            let outcome = world.run(&settings, &mut Plain, 0, body);
            (
                outcome.output,
                outcome.verdict,
                outcome.steps,
                outcome.trace.map(|trace| trace.hash()),
            )
        });
        assert_eq!((first.0, &first.1), (Some(3), &None));
        assert_eq!(first, second);
    }
}
