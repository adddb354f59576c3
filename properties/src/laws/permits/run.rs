//! One run: tasks that ask for permits, and one that comes when the others have let go.

use super::acting::Acting;
use super::gate::Gate;
use super::model::{Permits, Share};
use super::section::{Act, Section};
use crate::breach::Breach;
use crate::laws::given::item::Drops;
use crate::laws::play::cast::Cast;
use crate::laws::play::script::{Script, Step};
use std::rc::Rc;

/// What a run is about, beside what it acts upon.
pub(in super::super) struct Scene {
    /// The suite.
    pub(in super::super) laws: &'static str,
    pub(in super::super) permits: Permits,
    /// What whoever comes last asks for: if nobody leaves it, somebody has lost it.
    pub(in super::super) last: Share,
    /// Futures may be forgotten with what they have.
    pub(in super::super) forgets: bool,
    /// Nobody needs to wait once all was let go.
    pub(in super::super) ends: bool,
    pub(in super::super) drops: Drops,
}

pub(in super::super) async fn run<G: Gate>(
    gate: G,
    scene: Scene,
    scripts: Vec<Script<Act>>,
) -> Result<(), Breach> {
    let Scene { laws, permits, last, forgets, ends, drops } = scene;
    let gate = Rc::new(gate);
    let mut cast = Cast::of(laws);
    let mut spawn = |name: String, script| {
        let gate = gate.clone();
        cast.spawn(name, script, |part| Acting { gate, part, forgets });
    };
    for (number, script) in scripts.into_iter().enumerate() {
        spawn(format!("task {}", number + 1), script);
    }
    let last = Step::Act(Act::Section(Section::last(G::KIND, last)));
    spawn("the last".to_owned(), Script { steps: vec![last], holds_on: false });
    cast.play(|_| permits.clone()).await?;
    if forgets || !ends {
        return Ok(());
    }
    cast.are_over("and nobody has what it waits for")?;
    drop((cast, gate));
    drops.judge(laws)
}
