//! What lives in a run and is named from outside by a handle: event sources, sockets,
//! files, and what there is once in a run, such as its network.
//!
//! The thing itself is of one thread and lies in a table of the world. Its [`Handle`] is
//! a number, so it may go where its counterpart in the real world goes: into a task that
//! must be `Send`. A handle that outlives its run, or is used on another thread, leads
//! nowhere.

use crate::world::{self, Core};
use std::any::{Any, TypeId};
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

/// The things of one run.
#[derive(Default)]
pub(crate) struct Residents {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// What there is once in a run, by its type.
    only: Vec<(TypeId, Rc<dyn Any>)>,
}

struct Slot {
    generation: u32,
    thing: Option<Rc<dyn Any>>,
}

impl Residents {
    fn add(&mut self, thing: Rc<dyn Any>) -> (u32, u32) {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, thing: None });
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.thing = Some(thing);
        (index, slot.generation)
    }

    fn get(&self, index: u32, generation: u32) -> Option<&Rc<dyn Any>> {
        let slot = self.slots.get(index as usize)?;
        slot.thing.as_ref().filter(|_| slot.generation == generation)
    }

    fn take(&mut self, index: u32, generation: u32) -> Option<Rc<dyn Any>> {
        self.get(index, generation)?;
        let slot = &mut self.slots[index as usize];
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(index);
        slot.thing.take()
    }

    fn is_empty(&self) -> bool {
        self.only.is_empty() && self.free.len() == self.slots.len()
    }

    /// Takes everything out. A slot that was in use is free again.
    fn take_all(&mut self) -> Vec<Rc<dyn Any>> {
        let mut things: Vec<Rc<dyn Any>> = Vec::new();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(thing) = slot.thing.take() {
                slot.generation = slot.generation.wrapping_add(1);
                self.free.push(index as u32);
                things.push(thing);
            }
        }
        // Runs must not differ in which slots they get.
        self.free.sort_unstable_by(|one, other| other.cmp(one));
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
            let things = residents.slots.iter().filter_map(|slot| slot.thing.clone());
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
    index: u32,
    generation: u32,
    outlet: usize,
    run: u64,
    thing: PhantomData<fn() -> T>,
}

impl<T: 'static> Handle<T> {
    pub(crate) fn new(core: &Core, thing: Rc<T>) -> Handle<T> {
        let (index, generation) = core.residents.with(|residents| residents.add(thing));
        let (outlet, run) = (core.outlet(), core.run.get());
        Handle { index, generation, outlet, run, thing: PhantomData }
    }

    /// The thing, and the world it lives in; none if the calling thread is not in the
    /// run that it belongs to.
    pub(crate) fn get(&self) -> Option<(&'static Core, Rc<T>)> {
        let core = world::current().filter(|core| core.is_run(self.outlet, self.run))?;
        let thing =
            core.residents.with(|residents| residents.get(self.index, self.generation).cloned())?;
        Some((core, thing.downcast().ok()?))
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if let Some(core) = world::current().filter(|core| core.is_run(self.outlet, self.run)) {
            drop(core.residents.with(|residents| residents.take(self.index, self.generation)));
        }
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.index).finish()
    }
}
