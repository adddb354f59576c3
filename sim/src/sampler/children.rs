//! The deviations that can follow the last one of a run.
//!
//! A run of a hundred tasks has a hundred thousand of them, and few are ever tried: so
//! they are written out one by one, when they are asked for.

use super::lessons::Lessons;
use crate::choice::Kind;
use crate::strand::{Path, Resource, Touch};

/// Where a run deviates: the number of the choice among all of the run, and the option.
pub(super) type Deviation = (u32, u32);

/// A choice of a run that may be deviated from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) at: u32,
    pub(super) kind: Kind,
    pub(super) options: u32,
    /// Of the default strand of a schedule.
    pub(super) next: Option<(Touch, Path)>,
    /// The first strand that the last one woke; 0 if there is none, or it is the default.
    pub(super) woken: u32,
}

impl Seen {
    pub(super) fn of(kind: Kind, options: u32) -> Seen {
        Seen { at: 0, kind, options, next: None, woken: 0 }
    }

    /// What the default strand touches next, if that is known.
    pub(super) fn resource(&self) -> Option<Resource> {
        self.next.and_then(|(touch, _)| touch.resource())
    }

    /// Whether nobody else sees the next turn of the default strand.
    pub(super) fn is_private(&self, lessons: &Lessons) -> bool {
        self.next.is_some_and(|(touch, path)| lessons.is_private_to(touch, path))
    }
}

/// What can be taken in place of the default, in the order in which it is tried.
#[derive(Clone, Debug)]
pub(super) struct Children {
    /// The choices, of each kind the first, then of each kind the second.
    choices: Vec<Choice>,
    /// The choice and the option that come next.
    next: (usize, u32),
    /// What lets a strand go on at once that the last one woke; the next one last.
    woken: Vec<Deviation>,
    is_turn_of_woken: bool,
    left: usize,
}

#[derive(Clone, Copy, Debug)]
struct Choice {
    at: u32,
    options: u32,
    woken: u32,
}

impl Children {
    pub(super) fn of<'a>(seen: impl Iterator<Item = &'a Seen>) -> Children {
        let mut lanes: [Vec<Choice>; Kind::ALL.len()] = Default::default();
        let mut woken = Vec::new();
        let mut left = 0;
        for Seen { at, kind, options, woken: first, .. } in seen.copied() {
            lanes[kind as usize].push(Choice { at, options, woken: first });
            left += options.saturating_sub(1) as usize;
            if (1..options).contains(&first) {
                woken.push((at, first));
            }
        }
        woken.reverse();
        let longest = lanes.iter().map(Vec::len).max().unwrap_or(0);
        let rank = |rank: usize| lanes.iter().filter_map(move |lane| lane.get(rank).copied());
        let choices = (0..longest).flat_map(rank).collect();
        Children { choices, next: (0, 1), woken, is_turn_of_woken: true, left }
    }

    /// How many were not tried yet.
    pub(super) fn len(&self) -> usize {
        self.left
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left == 0
    }

    fn next_other(&mut self) -> Option<Deviation> {
        loop {
            let (place, option) = self.next;
            let choice = self.choices.get(place)?;
            if option >= choice.options {
                self.next = (place + 1, 1);
                continue;
            }
            self.next.1 += 1;
            if option != choice.woken {
                return Some((choice.at, option));
            }
        }
    }
}

impl Iterator for Children {
    type Item = Deviation;

    /// Of both sorts one in turn, then what is left of the longer.
    fn next(&mut self) -> Option<Deviation> {
        let next = match self.is_turn_of_woken {
            true => self.woken.pop().or_else(|| self.next_other()),
            false => self.next_other().or_else(|| self.woken.pop()),
        };
        self.is_turn_of_woken = !self.is_turn_of_woken;
        self.left -= usize::from(next.is_some());
        next
    }
}
