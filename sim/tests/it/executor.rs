//! Tasks and their handles.

use crate::{passes, plain};
use reveille_sim::{
    Builder, JoinHandle, Law, Plain, Recording, TaskId, World, in_run, spawn, spawn_local,
    yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;

#[test]
fn a_handle_gives_the_output() {
    assert_eq!(passes(|| async { spawn(async { 42 }).await.unwrap() }), 42);
}

#[test]
fn a_body_that_never_awaits_is_one_poll() {
    let outcome = plain(|| async { 7 });
    assert_eq!((outcome.output, outcome.steps, outcome.now), (Some(7), 1, 0));
}

#[test]
fn a_body_may_borrow() {
    let words = ["borrowed".to_owned()];
    assert_eq!(passes(|| async { words[0].len() }), 8);
}

#[test]
fn an_aborted_task_is_dropped_and_its_handle_says_so() {
    struct Noted(Rc<Cell<bool>>);
    impl Drop for Noted {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Rc::new(Cell::new(false));
    let noted = Noted(dropped.clone());
    let error = passes(|| async move {
        let task = spawn_local(async move {
            let _noted = noted;
            pending::<()>().await;
        });
        yield_now().await;
        task.abort();
        assert!(!task.is_finished(), "the task is dropped when it is scheduled");
        task.await.unwrap_err()
    });
    assert!(error.is_cancelled() && dropped.get());
    assert_eq!(error.to_string(), "task 1 was cancelled");
    assert_eq!(error.id(), TaskId(1));
    assert!(error.try_into_panic().is_err());
}

#[test]
fn a_task_aborted_before_its_first_poll_is_never_polled() {
    passes(|| async {
        let task = spawn(async { unreachable!("never polled") });
        task.abort();
        let error: reveille_sim::JoinError = task.await.map(|never: ()| never).unwrap_err();
        assert!(error.is_cancelled());
    });
}

#[test]
fn aborting_a_finished_task_changes_nothing() {
    passes(|| async {
        let task = spawn(async { 1 });
        let abort = task.abort_handle();
        while !task.is_finished() {
            yield_now().await;
        }
        abort.abort();
        abort.clone().abort();
        assert_eq!(task.await.unwrap(), 1);
        assert!(abort.is_finished());
    });
}

#[test]
fn a_task_may_abort_itself() {
    passes(|| async {
        let slot: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let own = slot.clone();
        let task = spawn_local(async move {
            own.borrow().as_ref().unwrap().abort();
            yield_now().await;
            unreachable!("dropped at its next turn");
        });
        *slot.borrow_mut() = Some(task);
        yield_now().await;
        yield_now().await;
        let task = slot.borrow_mut().take().unwrap();
        assert!(task.await.unwrap_err().is_cancelled());
    });
}

#[test]
fn a_panic_is_a_join_error() {
    let error = passes(|| async { spawn(async { panic!("oh") }).await.map(|(): ()| ()) });
    let error = error.unwrap_err();
    assert!(error.is_panic());
    assert_eq!(error.to_string(), "task 1 panicked with message \"oh\"");
    assert_eq!(error.into_panic().downcast_ref::<&str>(), Some(&"oh"));
}

/// A join error tells the message alone.
#[test]
fn a_trace_tells_where_a_task_panicked() {
    let mut settings = crate::calm();
    let mut world = World::new();
    let line = Cell::new(0);
    let mut run = |recording| {
        settings.recording = recording;
        world.run(&settings, &mut Plain, 0, || async {
            line.set(line!() + 1);
            let task = spawn(async { panic!("oh") });
            task.await.map(|(): ()| ()).unwrap_err();
        })
    };
    let trace = run(Recording::events(vec![])).trace.unwrap();
    let at = trace.panicked_at(TaskId(1)).unwrap();
    assert!(at.starts_with(&format!("{}:{}:", file!(), line.get())), "{at}");
    assert_eq!(trace.panicked_at(TaskId::ROOT), None);
    let hash = run(Recording::Hash).trace.unwrap();
    assert_eq!((hash.hash(), hash.panicked_at(TaskId(1))), (trace.hash(), None));
}

#[test]
fn tasks_have_names_parents_and_places() {
    let mut settings = crate::calm();
    settings.recording = Recording::events(vec![]);
    let outcome = World::new().run(&settings, &mut Plain, 0, || async {
        let outer = spawn(async {
            Builder::new().name("inner").spawn(async {}).await.unwrap();
        });
        outer.await.unwrap();
        Builder::new().name("server").spawn_daemon(pending::<()>()).abort();
    });
    let trace = outcome.trace.unwrap();
    let told: Vec<_> = trace
        .tasks()
        .iter()
        .map(|task| (task.id.0, task.parent.map(|p| p.0), task.name.as_deref(), task.daemon))
        .collect();
    assert_eq!(
        told,
        [
            (0, None, None, false),
            (1, Some(0), None, false),
            (2, Some(1), Some("inner"), false),
            (3, Some(0), Some("server"), true)
        ]
    );
    assert!(trace.tasks()[1].spawned_at.file().ends_with("executor.rs"));
}

#[test]
fn outside_a_run_there_is_nothing_to_spawn_into() {
    assert!(!in_run());
    let message = std::panic::catch_unwind(|| drop(spawn(async {}))).unwrap_err();
    assert_eq!(
        *message.downcast::<String>().unwrap(),
        "`spawn` was called outside a run: call it from the body of a reveille test"
    );
}

#[test]
fn tasks_left_over_are_dropped_in_the_order_of_spawning() {
    struct Log(Rc<RefCell<Vec<u32>>>, u32);
    impl Drop for Log {
        fn drop(&mut self) {
            self.0.borrow_mut().push(self.1);
        }
    }
    let log: Rc<RefCell<Vec<u32>>> = Rc::default();
    let seen = log.clone();
    plain(|| async move {
        for number in 0..5 {
            let log = Log(log.clone(), number);
            let task = async move {
                let _log = log;
                pending::<()>().await;
            };
            drop(Builder::new().spawn_daemon(task));
        }
        yield_now().await;
    });
    assert_eq!(*seen.borrow(), [0, 1, 2, 3, 4]);
}

/// Spawns its like when dropped, `left` times.
struct Respawns {
    left: u32,
    dropped: Rc<Cell<u32>>,
}

impl Drop for Respawns {
    fn drop(&mut self) {
        self.dropped.set(self.dropped.get() + 1);
        if self.left > 0 {
            let next = Respawns { left: self.left - 1, dropped: self.dropped.clone() };
            drop(spawn_local(async move {
                let _next = next;
                pending::<()>().await;
            }));
        }
    }
}

#[test]
fn destructors_may_spawn_at_the_end_of_a_run() {
    let dropped = Rc::new(Cell::new(0));
    let first = Respawns { left: 20, dropped: dropped.clone() };
    let outcome = plain(|| async move {
        drop(Builder::new().spawn_daemon(async move {
            let _first = first;
            pending::<()>().await;
        }));
        yield_now().await;
    });
    assert_eq!((outcome.verdict, dropped.get()), (None, 21));
}

#[test]
fn destructors_that_spawn_without_end_are_left_to_leak() {
    let dropped = Rc::new(Cell::new(0));
    let first = Respawns { left: u32::MAX, dropped: dropped.clone() };
    let mut world = World::new();
    world.run(&crate::calm(), &mut Plain, 0, || async move {
        drop(Builder::new().spawn_daemon(async move {
            let _first = first;
            pending::<()>().await;
        }));
        yield_now().await;
    });
    assert!((100..100_000).contains(&dropped.get()), "{}", dropped.get());
    // The world is as good as new.
    let next =
        world.run(&crate::calm(), &mut Plain, 0, || async { spawn(async { 5 }).await.unwrap() });
    assert_eq!((next.output, next.verdict, next.warnings), (Some(5), None, vec![]));
}

#[test]
fn a_run_inside_a_run_is_refused() {
    let outcome = plain(|| async {
        std::panic::catch_unwind(|| {
            World::new().run(&crate::calm(), &mut Plain, 0, || async {}).steps
        })
        .is_err()
    });
    assert_eq!(outcome.output, Some(true));
}

#[test]
fn a_broken_run_leaves_nothing_to_the_next() {
    let mut world = World::new();
    for _ in 0..3 {
        let broken = world.run(&crate::calm(), &mut Plain, 0, || async {
            drop(spawn(reveille_sim::time::sleep(std::time::Duration::from_secs(9))));
            pending::<()>().await;
        });
        assert_eq!(broken.verdict.unwrap().law, Law::PendingWithoutWaker);
        let good = world.run(&crate::calm(), &mut Plain, 0, || async { spawn(async { 1 }).await });
        assert_eq!((good.output.unwrap().unwrap(), good.steps, good.now), (1, 3, 0));
    }
}

#[test]
fn futures_of_every_size_and_alignment_run() {
    #[repr(align(128))]
    struct Aligned([u8; 128]);
    passes(|| async {
        let small = spawn(async { 1u8 });
        let big = [7u8; 10_000];
        let big = spawn(async move {
            yield_now().await;
            big.iter().map(|byte| u32::from(*byte)).sum::<u32>()
        });
        let aligned = Aligned([1; 128]);
        let aligned = spawn(async move {
            yield_now().await;
            assert_eq!(std::ptr::from_ref(&aligned).addr() % 128, 0);
            aligned.0.len()
        });
        assert_eq!(small.await.unwrap(), 1);
        assert_eq!(big.await.unwrap(), 70_000);
        assert_eq!(aligned.await.unwrap(), 128);
    });
}
