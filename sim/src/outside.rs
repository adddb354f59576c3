//! What a run takes from the machine: sockets, files, sleeps and threads that no tape replays.
//!
//! Whoever stands before the functions of the C library tells of calls to them. What is
//! noted leaves no event: a fixture that is read once for all runs makes no run differ.

use crate::finding::Detail;
use crate::law::{Law, Level};
use crate::private::Private;
use crate::task::TaskRef;
use crate::trace::{Owner, TaskId};
use crate::world::{self, Core};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::rc::Rc;

/// A thing of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Outside {
    /// A socket.
    Socket,
    /// A pipe.
    Pipe,
    /// What waits for many sockets: epoll and its like.
    Reactor,
    /// A ring of io_uring.
    Ring,
    /// A file.
    File,
    /// A sleep of the thread.
    Sleep,
    /// A device of random bytes.
    Entropy,
    /// A thread.
    Thread,
    /// The address of a name.
    Lookup,
    /// A process.
    Process,
}

impl Outside {
    const COUNT: usize = Outside::Process as usize + 1;

    /// What it is, with its article.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Outside::Socket => "a real socket",
            Outside::Pipe => "a real pipe",
            Outside::Reactor => "a real reactor",
            Outside::Ring => "a real ring of io_uring",
            Outside::File => "a real file",
            Outside::Sleep => "a real sleep",
            Outside::Entropy => "a real source of random bytes",
            Outside::Thread => "a real thread",
            Outside::Lookup => "a real look-up of a name",
            Outside::Process => "a real process",
        }
    }
}

// A set of them has a bit for each.
const _: () = assert!(Outside::COUNT <= u16::BITS as usize);

/// The use that a run made of one thing of the machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Contact {
    /// The thing.
    pub outside: Outside,
    /// How often.
    pub times: u64,
    /// Who used it first in this run.
    pub task: TaskId,
    /// In which step.
    pub step: u64,
    /// The stack of the first use since the world was made; none in later runs.
    pub stack: Option<Rc<Backtrace>>,
}

#[derive(Debug, Default)]
pub(crate) struct Contacts {
    /// Of this run. An array, because whoever calls may be an allocator.
    made: Private<[Option<Contact>; Outside::COUNT]>,
    any: Cell<bool>,
    /// Of which a stack was taken, bit by bit.
    shown: Cell<u16>,
}

impl Contacts {
    pub(crate) fn clear(&self) {
        if self.any.replace(false) {
            drop(self.made.with(std::mem::take));
        }
    }

    fn list(&self) -> Vec<Contact> {
        if !self.any.get() {
            return Vec::new();
        }
        let made = self.made.with(|made| made.clone());
        made.into_iter().flatten().collect()
    }

    /// Notes one use; answers whether it is the first of its kind in this run.
    fn add(&self, outside: Outside, task: TaskId, step: u64) -> bool {
        self.any.set(true);
        self.made.with(|made| {
            let place = &mut made[outside as usize];
            let is_first = place.is_none();
            let contact =
                place.get_or_insert(Contact { outside, times: 0, task, step, stack: None });
            contact.times += 1;
            is_first
        })
    }

    /// Takes the stack of a use, unless one of its kind was taken.
    fn show(&self, outside: Outside) {
        let bit = 1 << outside as u16;
        if self.shown.get() & bit != 0 {
            return;
        }
        self.shown.set(self.shown.get() | bit);
        let stack = Some(Rc::new(Backtrace::force_capture()));
        self.made.with(|made| {
            if let Some(contact) = &mut made[outside as usize] {
                contact.stack = stack;
            }
        });
    }
}

/// Notes that the calling thread takes a thing from the machine. Outside the polls of a
/// run it does nothing.
#[doc(hidden)]
pub fn note_outside(outside: Outside) {
    let Some(core) = world::current() else { return };
    let Some(task) = core.running.get().map(TaskRef::id) else { return };
    if core.contacts.add(outside, task, core.steps.get()) {
        core.contacts.show(outside);
        if core.levels.get().get(Law::OutsideWorld) == Level::Deny {
            core.alarm.set(true);
        }
    }
}

impl Core {
    /// After a step that gave cause, if the law is to end the run.
    pub(crate) fn look_outside(&self) {
        if self.levels.get().get(Law::OutsideWorld) == Level::Deny {
            self.judge_outside();
        }
    }

    pub(crate) fn judge_outside(&self) {
        let contacts = self.contacts.list();
        let Some(first) = contacts.iter().min_by_key(|contact| contact.step) else { return };
        let used = contacts.iter().map(|contact| (contact.outside, contact.times)).collect();
        self.find(Law::OutsideWorld, Owner::Task(first.task), Vec::new(), Detail::Outside(used));
    }

    pub(crate) fn take_contacts(&self) -> Vec<Contact> {
        let contacts = self.contacts.list();
        self.contacts.clear();
        contacts
    }
}
