//! What must hold when everything is at rest.

use super::Executor;
use super::acting::Shared;
use super::stage::Task;
use reveille_sim::{JoinHandle, keeps_wakers};

/// Somebody drives, and nothing happens any more.
pub(super) fn driven<E: Executor>(shared: &Shared<E>) {
    let stage = &shared.stage;
    let wrong = stage.with(|state| {
        state.tasks.iter().enumerate().find_map(|(number, task)| {
            let Task { is_due, has_ended, is_cancelled, is_spawned, is_dropped, .. } = *task;
            if is_due && !is_cancelled {
                Some(format!(
                    "task {number} was spawned or woken and is not run, though somebody drives the executor"
                ))
            } else if is_spawned && (has_ended || is_cancelled) && !is_dropped {
                let why = if has_ended { "has ended" } else { "was cancelled" };
                Some(format!("task {number} {why} and is not dropped, though somebody drives the executor"))
            } else {
                None
            }
        })
    });
    wrong.into_iter().for_each(|how| stage.wrong(how));
}

/// Who still joins has a reason to wait.
pub(super) fn joins<E: Executor>(shared: &Shared<E>) {
    let joins = shared.joins.borrow();
    let stage = &shared.stage;
    let over = stage.with(|state| {
        let is_over = state.is_over;
        let is_gone = |task: &Task| is_over || task.is_dropped;
        joins.iter().find(|(_, task)| is_gone(&state.tasks[usize::from(*task)])).copied()
    });
    if let Some((hand, task)) = over {
        let hand = hand + 1;
        stage.wrong(format!("hand {hand} waits for the end of task {task}, which is gone"));
    }
}

/// Nobody has a waker of a hand that is done, and has left no handle that may.
pub(super) fn kept_wakers<E: Executor>(shared: &Shared<E>, hands: &[JoinHandle<()>]) {
    let given_up = shared.given_up.borrow();
    let is_done = |number: usize, hand: &JoinHandle<()>| {
        hand.is_finished() && given_up.iter().all(|(who, _)| *who != number)
    };
    let done = hands.iter().enumerate().filter(|(number, hand)| is_done(*number, hand));
    for (_, hand) in done {
        keeps_wakers(hand.id());
    }
}

/// The executor was dropped.
pub(super) fn gone<E: Executor>(shared: &Shared<E>) {
    let stage = &shared.stage;
    let left =
        stage.with(|state| state.tasks.iter().position(|task| task.is_spawned && !task.is_dropped));
    if let Some(task) = left.filter(|_| shared.adapter.drops_tasks()) {
        stage.wrong(format!("task {task} was not dropped with its executor"));
    }
}
