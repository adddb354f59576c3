//! The history of an atomic: the stores that a load may still give.

use super::clock::{Clock, Event};
use super::order::Order;
use super::view::View;
use reveille_sim::carried;
use std::collections::VecDeque;

/// Stores of a place that are remembered. Older ones are never given any more.
const MOST: usize = 16;

/// A value, who wrote it and who has read it.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) value: u64,
    made: Event,
    /// When it was made, in virtual nanoseconds.
    moment: u64,
    in_order: bool,
    /// What a load that acquires learns by reading it.
    pub(super) released: View,
    loads: Vec<Load>,
}

#[derive(Clone, Copy, Debug)]
struct Load {
    made: Event,
    in_order: bool,
}

/// The stores of a place, the newest last.
#[derive(Debug)]
pub(super) struct History {
    /// The size of the operations on it, in bytes.
    pub(super) bytes: u8,
    stores: VecDeque<Store>,
}

impl History {
    /// A value that is there already, which whoever reads it learns so much by.
    pub(super) fn new(value: u64, bytes: u8, released: View) -> History {
        let first = Store {
            value,
            made: Event::BEFORE,
            moment: 0,
            in_order: false,
            released,
            loads: Vec::new(),
        };
        History { bytes, stores: VecDeque::from([first]) }
    }

    /// The store that is so many before the newest.
    pub(super) fn back(&self, by: u32) -> &Store {
        let newest = self.stores.len() - 1;
        &self.stores[newest.saturating_sub(by as usize)]
    }

    pub(super) fn newest(&self) -> &Store {
        self.back(0)
    }

    pub(super) fn add(&mut self, value: u64, made: Event, order: Order, released: View) {
        if self.stores.len() == MOST {
            self.stores.pop_front();
        }
        let in_order = order.is_seq_cst();
        let moment = carried::now();
        self.stores.push_back(Store { value, made, moment, in_order, released, loads: Vec::new() });
    }

    /// Notes that the store that is so many before the newest was read.
    pub(super) fn read(&mut self, back: u32, made: Event, order: Order) {
        let newest = self.stores.len() - 1;
        let load = Load { made, in_order: order.is_seq_cst() };
        let loads = &mut self.stores[newest - back as usize].loads;
        // A strand's first load of it is the first that anybody can know of.
        let known = |known: &Load| {
            known.made.strand == load.made.strand && (known.in_order || !load.in_order)
        };
        if !loads.iter().any(known) {
            loads.push(load);
        }
    }

    /// How many of the newest stores a load may give: none that is older than one which whoever
    /// loads must have seen. `fences` is what fences that are sequentially consistent have said.
    pub(super) fn readable(&self, view: &View, fences: &Clock, order: Order) -> u32 {
        let must_be_seen = |made: Event, in_order: bool| {
            view.covers(made, in_order) || order.is_seq_cst() && (in_order || fences.knows(made))
        };
        let now = carried::now();
        let bounds = |store: &Store| {
            store.moment < now
                || must_be_seen(store.made, store.in_order)
                || store.loads.iter().any(|load| must_be_seen(load.made, load.in_order))
        };
        let oldest = self.stores.iter().rev().position(bounds);
        oldest.map_or(self.stores.len(), |back| back + 1) as u32
    }
}
