//! What a task does with permits, as proptest draws it: sections, from asking for a share to
//! parting with it.

use super::model::{Kind, Share};
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, Step, scripts_for};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// Tasks at most: one who holds, one who waits and gives up, and some who come after.
const MOST_TASKS: usize = 5;

#[derive(Clone)]
pub(in super::super) enum Act {
    Section(Section),
    Add(usize),
    ForgetFree(usize),
    Close,
}

#[derive(Clone)]
pub(in super::super) struct Section {
    pub(super) kind: Kind,
    pub(super) share: Share,
    pub(super) ask: Ask,
    pub(super) inside: Vec<Inside>,
    /// Whether it stays inside until everything has come to rest.
    pub(super) holds_on: bool,
    pub(super) parting: Parting,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Wait(Patience),
    Try,
    /// When the others have let go of everything.
    Last,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Inside {
    Yield,
    Sleep(u8),
    Map,
    Upgrade(Patience),
    TryUpgrade,
    Downgrade(Share),
    /// One permit is given back.
    Split,
    SplitAndMerge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parting {
    Drop,
    /// The guard is dropped by a panic.
    Unwind,
    /// Its permits are not to come back.
    Forget,
}

/// What may be drawn.
#[derive(Clone)]
pub(in super::super) struct Menu {
    pub(in super::super) kind: Kind,
    /// The first is what most do.
    pub(in super::super) shares: Vec<Share>,
}

impl Section {
    /// Asks when everything was let go, and goes at once.
    pub(super) fn last(kind: Kind, share: Share) -> Section {
        let (ask, parting) = (Ask::Last, Parting::Drop);
        Section { kind, share, ask, inside: Vec::new(), holds_on: false, parting }
    }
}

pub(in super::super) fn scripts(menu: Menu, most: usize) -> BoxedStrategy<Vec<Script<Act>>> {
    let plain = Act::Section(Section {
        ask: Ask::Wait(Patience::Endless),
        inside: vec![Inside::Yield],
        ..Section::last(menu.kind, menu.shares[0])
    });
    // Who asks again takes what came back for others, and hides that nobody told them.
    let once_each = prop_oneof![3 => Just(false), 1 => Just(true)];
    (once_each, scripts_for(2..=MOST_TASKS, act(menu), plain.clone(), most))
        .prop_map(move |(once_each, mut scripts)| {
            if once_each {
                let once = vec![Step::Act(plain.clone())];
                scripts.iter_mut().for_each(|script| script.steps.clone_from(&once));
            }
            scripts.into_iter().map(holding_on).collect()
        })
        .boxed()
}

/// Who holds on does so in the last section.
fn holding_on(mut script: Script<Act>) -> Script<Act> {
    if let Some(Step::Act(Act::Section(last))) = script.steps.last_mut() {
        last.holds_on = script.holds_on;
    }
    script.holds_on = false;
    script
}

fn act(menu: Menu) -> BoxedStrategy<Act> {
    let is_semaphore = u32::from(menu.kind == Kind::Semaphore);
    prop_oneof![
        20 => section(menu).prop_map(Act::Section),
        4 * is_semaphore => (1..4usize).prop_map(Act::Add),
        is_semaphore => (1..4usize).prop_map(Act::ForgetFree),
        is_semaphore => Just(Act::Close),
    ]
    .boxed()
}

fn section(menu: Menu) -> BoxedStrategy<Section> {
    let Menu { kind, shares } = menu;
    let share = prop_oneof![Just(shares[0]), select(shares)];
    let ask = prop_oneof![5 => patience().prop_map(Ask::Wait), 1 => Just(Ask::Try)];
    let parting = prop_oneof![
        8 => Just(Parting::Drop),
        1 => Just(Parting::Unwind),
        u32::from(kind == Kind::Semaphore) => Just(Parting::Forget),
    ];
    (share, ask, vec(inside(kind), 0..4), parting)
        .prop_map(move |(share, ask, inside, parting)| Section {
            kind,
            share,
            ask,
            inside,
            holds_on: false,
            parting,
        })
        .boxed()
}

fn inside(kind: Kind) -> BoxedStrategy<Inside> {
    let stay = prop_oneof![2 => Just(Inside::Yield), 1 => (1..4u8).prop_map(Inside::Sleep)];
    let change = match kind {
        Kind::Mutex => Just(Inside::Map).boxed(),
        Kind::RwLock => prop_oneof![
            1 => Just(Inside::Map),
            3 => patience().prop_map(Inside::Upgrade),
            1 => Just(Inside::TryUpgrade),
            1 => select(vec![Share::Some(1), Share::Upgradable]).prop_map(Inside::Downgrade),
        ]
        .boxed(),
        Kind::Semaphore => select(vec![Inside::Split, Inside::SplitAndMerge]).boxed(),
    };
    prop_oneof![3 => stay, 2 => change].boxed()
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Section(section) => section.fmt(f),
            Act::Add(count) => write!(f, "add {count}"),
            Act::ForgetFree(count) => write!(f, "forget up to {count}"),
            Act::Close => f.write_str("close"),
        }
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let enter = self.kind.enter(self.share);
        match self.ask {
            Ask::Wait(Patience::Endless) | Ask::Last => f.write_str(&enter),
            Ask::Wait(patience) => write!(f, "{enter}, {patience:?}"),
            Ask::Try => write!(f, "try_{enter}"),
        }?;
        let mut inside: Vec<_> = self.inside.iter().map(|inside| inside.told(self.kind)).collect();
        inside.extend(self.holds_on.then(|| "hold on".to_owned()));
        match self.parting {
            Parting::Drop => {}
            Parting::Unwind => inside.push("unwind".to_owned()),
            Parting::Forget => inside.push("forget".to_owned()),
        }
        if inside.is_empty() { Ok(()) } else { write!(f, " {{ {} }}", inside.join("; ")) }
    }
}

impl Inside {
    fn told(self, kind: Kind) -> String {
        match self {
            Inside::Yield => "yield".to_owned(),
            Inside::Sleep(millis) => format!("sleep {millis} ms"),
            Inside::Map => "map".to_owned(),
            Inside::Upgrade(Patience::Endless) => "upgrade".to_owned(),
            Inside::Upgrade(patience) => format!("upgrade, {patience:?}"),
            Inside::TryUpgrade => "try_upgrade".to_owned(),
            Inside::Downgrade(to) => format!("downgrade to {}", kind.enter(to)),
            Inside::Split => "give one back".to_owned(),
            Inside::SplitAndMerge => "split and merge".to_owned(),
        }
    }
}
