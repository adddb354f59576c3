//! One run: hands that use an executor, drivers that drive it, its end, and what is left.

use super::acting::{Driver, Hand, Joining, Shared};
use super::job::Spawning;
use super::plan::{Act, Deeds, Drive, EVENTS, TASKS};
use super::stage::Stage;
use super::{Executor, judge};
use crate::breach::Breach;
use crate::laws::play::cast::{Actor, LET_GO, REST, follow};
use crate::laws::play::patience::Patience;
use crate::laws::play::script::Script;
use reveille_sim::time::{Instant, sleep_until, timeout};
use reveille_sim::{Builder, JoinHandle, forgotten};
use std::rc::Rc;
use std::time::Duration;

/// When it is at rest after the executor is gone.
const END: Duration = Duration::from_secs(4 * 3_600);

/// How long who joins a task of an executor that is gone may take.
const MOMENT: Duration = Duration::from_secs(60);

pub(super) async fn run<E: Executor>(
    adapter: E,
    deeds: Vec<Deeds>,
    hands: Vec<Script<Act>>,
    mut drivers: Vec<Script<Drive>>,
    is_driven_on: bool,
) -> Result<(), Breach> {
    let began = Instant::now();
    if !adapter.is_shared() {
        drivers.truncate(1);
    }
    let stage = Stage::new(deeds);
    let executor = Rc::new(adapter.open());
    let shared = Rc::new(Shared::new(adapter, stage.clone()));
    let (theirs, weak) = (shared.clone(), Rc::downgrade(&executor));
    let _spawning = Spawning::by(Rc::new(move |who, task| {
        if let Some(executor) = weak.upgrade() {
            theirs.spawn(&executor, who, task);
        }
    }));
    let mut driving = Vec::new();
    for (number, script) in drivers.into_iter().enumerate() {
        let name = format!("driver {}", number + 1);
        let (shared, executor) = (shared.clone(), executor.clone());
        driving.push(spawn(began, script, Driver { shared, executor, name: name.clone() }, &name));
    }
    let mut acting = Vec::new();
    for (number, script) in hands.into_iter().enumerate() {
        let (name, shared) = (format!("hand {}", number + 1), shared.clone());
        let executor = Rc::downgrade(&executor);
        acting.push(spawn(
            began,
            script,
            Hand { shared, executor, number, name: name.clone() },
            &name,
        ));
    }

    sleep_until(began + REST[0]).await;
    judge(&shared, &driving)?;
    judge::kept_wakers(&shared, &acting);

    sleep_until(began + LET_GO).await;
    (0..EVENTS as u8).for_each(|event| stage.cause("root", event));
    if is_driven_on {
        end(&mut driving).await;
        let (shared, executor) = (shared.clone(), executor.clone());
        let name = "the last driver".to_owned();
        let last = Driver { shared, executor, name: name.clone() };
        driving.push(Builder::new().name(&name).spawn_local(async move {
            while !last.drive(Patience::Endless).await && !last.tick_out() {}
            sleep_until(began + END).await;
        }));
    }
    sleep_until(began + REST[1]).await;
    judge(&shared, &driving)?;
    judge::kept_wakers(&shared, &acting);

    end(&mut driving).await;
    stage.with(|state| state.is_over = true);
    stage.note("the executor is dropped".to_owned());
    drop(executor);
    judge::gone(&shared);
    stage.told()?;
    wake_kept(&stage);
    sleep_until(began + END).await;
    if shared.adapter.ends_joins() {
        judge::joins(&shared);
        stage.told()?;
        join_what_is_left(&shared).await?;
    }
    for hand in &mut acting {
        hand.abort();
    }
    end(&mut acting).await;
    shared.handles.borrow_mut().iter_mut().for_each(|handle| drop(handle.take()));
    stage.told()?;
    if shared.adapter.drops_tasks() { stage.drops.judge("executor") } else { Ok(()) }
}

fn spawn<A: Actor>(began: Instant, script: Script<A::Act>, actor: A, name: &str) -> JoinHandle<()> {
    let follows = follow(actor, script, began + LET_GO);
    Builder::new().name(name).spawn_local(follows)
}

/// Ends these tasks.
async fn end(tasks: &mut Vec<JoinHandle<()>>) {
    for task in tasks.drain(..) {
        task.abort();
        let _ = task.await;
    }
}

/// At rest: those who drive have run whatever can be run.
fn judge<E: Executor>(shared: &Shared<E>, driving: &[JoinHandle<()>]) -> Result<(), Breach> {
    judge::joins(shared);
    let before = shared.stage.told();
    if before.is_ok() && shared.driving.get() > 0 {
        judge::driven(shared);
        // It is the driver who was not woken.
        let driver = driving.iter().rfind(|driver| !driver.is_finished());
        if let (Err(breach), Some(driver)) = (shared.stage.told(), driver) {
            forgotten(driver.id(), format!("{breach:?}"));
        }
    }
    shared.stage.told()
}

/// Whoever has a waker may do with it what he likes.
fn wake_kept(stage: &Stage) {
    for waker in stage.with(|state| std::mem::take(&mut state.kept)) {
        stage.note("a waker that was left is woken and dropped".to_owned());
        waker.wake_by_ref();
        let clone = waker.clone();
        clone.wake();
        drop(waker);
    }
}

/// A join of what was in the executor when it went ends, too.
async fn join_what_is_left<E: Executor>(shared: &Shared<E>) -> Result<(), Breach> {
    for task in 0..TASKS as u8 {
        let handle = shared.handles.borrow_mut()[usize::from(task)].take();
        let Some(mut handle) = handle else { continue };
        let Some(join) = shared.adapter.join(&mut handle) else { continue };
        match timeout(MOMENT, Joining(Box::pin(join))).await {
            Ok(output) => shared.judge_join(task, output.as_ref()),
            Err(_) => shared
                .stage
                .wrong(format!("the join of task {task} does not end, and the executor is gone")),
        }
    }
    shared.stage.told()
}
