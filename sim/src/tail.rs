//! What the tasks do in the fair tail of a run, for the verdict on who is too busy.

use crate::task::TaskRef;
use crate::world::Core;

impl Core {
    /// A poll in the fair tail returned `Pending`; `by_itself`: the task wants another one.
    #[cold]
    pub(crate) fn note_tail_poll(&self, task: TaskRef, by_itself: bool) {
        let number = task.strand().number();
        self.tail.with(|tail| {
            if tail.len() <= number {
                tail.resize(number + 1, (0, 0));
            }
            let (polls, own) = &mut tail[number];
            *polls += 1;
            *own += u64::from(by_itself);
        });
    }

    /// The polls of a task in the fair tail, and how many of them it asked for itself.
    pub(crate) fn tail_polls(&self, task: TaskRef) -> (u64, u64) {
        self.tail.with(|tail| tail.get(task.strand().number()).copied().unwrap_or_default())
    }
}
