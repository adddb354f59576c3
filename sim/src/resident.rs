//! What lives in a run and is named from outside by a handle: event sources, sockets,
//! files, and what there is once in a run, such as its network.
//!
//! The thing itself is of one thread and is owned by a table of the world. Its [`Handle`]
//! says whose it is before it leads there, so it may go where its counterpart in the real
//! world goes: into a task that must be `Send`. A handle that outlives its run, or is used
//! on another thread, leads nowhere.
//!
//! A handle points to its thing: among many thousands of things the place in the table
//! lies in no cache, and would be one more line to wait for.

use crate::world::{self, Core};
use std::any::{Any, TypeId};
use std::fmt;
use std::ptr::NonNull;
use std::rc::Rc;

/// The things of one run.
#[derive(Default)]
pub(crate) struct Residents {
    slots: Vec<Option<Rc<dyn Any>>>,
    free: Vec<u32>,
    /// How often everything was taken out: older handles lead nowhere.
    clearings: u32,
    /// What there is once in a run, by its type.
    only: Vec<(TypeId, Rc<dyn Any>)>,
}

impl Residents {
    fn add(&mut self, thing: Rc<dyn Any>) -> u32 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            (self.slots.len() - 1) as u32
        });
        self.slots[index as usize] = Some(thing);
        index
    }

    fn take(&mut self, index: u32, clearings: u32) -> Option<Rc<dyn Any>> {
        if self.clearings != clearings {
            return None;
        }
        self.free.push(index);
        self.slots[index as usize].take()
    }

    fn is_empty(&self) -> bool {
        self.only.is_empty() && self.free.len() == self.slots.len()
    }

    /// Takes everything out. A slot that was in use is free again.
    fn take_all(&mut self) -> Vec<Rc<dyn Any>> {
        self.clearings = self.clearings.wrapping_add(1);
        let mut things: Vec<Rc<dyn Any>> = Vec::new();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(thing) = slot.take() {
                self.free.push(index as u32);
                things.push(thing);
            }
        }
        // Runs must not differ in which slots they get.
        self.free.sort_unstable();
        self.free.reverse();
        things.extend(self.only.drain(..).map(|(_, thing)| thing));
        things
    }
}

impl fmt::Debug for Residents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.slots.len() - self.free.len();
        f.debug_struct("Residents").field("count", &count).finish_non_exhaustive()
    }
}

impl Core {
    /// What there is once in a run, if it was asked for.
    pub(crate) fn only_if_made<T: 'static>(&self) -> Option<Rc<T>> {
        let found = self.residents.with(|residents| {
            let mut all = residents.only.iter();
            all.find(|(id, _)| *id == TypeId::of::<T>()).map(|(_, thing)| thing.clone())
        });
        found?.downcast().ok()
    }

    /// What there is once in a run; made when it is first asked for.
    pub(crate) fn only<T: Default + 'static>(&self) -> Rc<T> {
        if let Some(thing) = self.only_if_made() {
            return thing;
        }
        let thing = Rc::new(T::default());
        let kept: Rc<dyn Any> = thing.clone();
        self.residents.with(|residents| residents.only.push((TypeId::of::<T>(), kept)));
        thing
    }

    /// The things of that type which handles name, in the order of their places.
    pub(crate) fn residents_of<T: 'static>(&self) -> Vec<Rc<T>> {
        let things: Vec<Rc<dyn Any>> = self.residents.with(|residents| {
            let things = residents.slots.iter().filter_map(Option::clone);
            things.collect()
        });
        things.into_iter().filter_map(|thing| thing.downcast().ok()).collect()
    }

    /// Drops everything that handles name; they lead nowhere from now on.
    pub(crate) fn drop_residents(&self) {
        if self.residents.with(|residents| residents.is_empty()) {
            return;
        }
        for thing in self.residents.with(Residents::take_all) {
            self.call_out(|| drop(thing));
        }
    }
}

/// Names a thing of a run, and owns it: the thing goes with its handle.
pub(crate) struct Handle<T> {
    thing: NonNull<T>,
    index: u32,
    clearings: u32,
    outlet: usize,
    run: u64,
}

// SAFETY: whoever has a handle or borrows one comes to the thing only on the thread of
// the run that it belongs to.
unsafe impl<T> Send for Handle<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Handle<T> {}

impl<T: 'static> Handle<T> {
    pub(crate) fn new(core: &Core, thing: Rc<T>) -> Handle<T> {
        // Of the whole allocation, so that it leads to the counts, too.
        let place = NonNull::new(Rc::as_ptr(&thing).cast_mut());
        let place = place.expect("an `Rc` is never null");
        let (index, clearings) =
            core.residents.with(|residents| (residents.add(thing), residents.clearings));
        let (outlet, run) = (core.outlet(), core.run.get());
        Handle { thing: place, index, clearings, outlet, run }
    }

    /// The thing, and the world it lives in; none if the calling thread is not in the
    /// run that it belongs to.
    #[inline]
    pub(crate) fn get(&self) -> Option<(&'static Core, Rc<T>)> {
        let core = world::current().filter(|core| core.is_run(self.outlet, self.run))?;
        if core.residents.with(|residents| residents.clearings) != self.clearings {
            return None;
        }
        // SAFETY: this is the thread of the run, and its table owns the thing: it was not
        // cleared since, and otherwise the thing is taken out only when its handle goes.
        let thing = unsafe {
            Rc::increment_strong_count(self.thing.as_ptr());
            Rc::from_raw(self.thing.as_ptr())
        };
        Some((core, thing))
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if let Some(core) = world::current().filter(|core| core.is_run(self.outlet, self.run)) {
            drop(core.residents.with(|residents| residents.take(self.index, self.clearings)));
        }
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.index).finish()
    }
}
