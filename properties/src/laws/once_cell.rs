//! The laws of cells that are initialized once.

mod acting;
mod model;

use self::acting::{Act, Acting, Shared, act};
use self::model::Once;
use super::given::item::{Drops, Item};
use super::given::making::Failed;
use super::play::cast::{Cast, offer};
use super::play::script::{Script, Step, scripts_for, with_nothing_to_hold};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::{Breach, broken};
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use proptest::strategy::Strategy;
use reveille_sim::time::{Duration, timeout};
use reveille_sim::{Kind, look_for};
use std::future::Ready;
use std::rc::Rc;

/// A cell for the suite [`once_cell`]: how to make one, and how its value comes in.
///
/// What a cell does not have is left as it is, and is not tested; what the runs came by is told
/// when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Item, OnceCell};
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// impl OnceCell for Tokio {
///     type Cell = tokio::sync::OnceCell<Item>;
///
///     fn make(&self) -> Self::Cell {
///         tokio::sync::OnceCell::new()
///     }
///
///     fn get_or_init<'a>(
///         &self,
///         cell: &'a Self::Cell,
///         init: impl Future<Output = Item> + 'a,
///     ) -> impl Future<Output = &'a Item> {
///         cell.get_or_init(|| init)
///     }
///
///     fn get<'a>(&self, cell: &'a Self::Cell) -> Option<Option<&'a Item>> {
///         Some(cell.get())
///     }
/// }
///
/// laws::once_cell(Tokio).runs(100).check();
/// ```
pub trait OnceCell: Clone + 'static {
    /// The cell.
    type Cell: 'static;

    /// Makes an empty cell.
    fn make(&self) -> Self::Cell;

    /// The value; if there is none, that of `init`. One initializer runs at a time. If it
    /// panics, or the future is dropped with it, somebody else's is run.
    fn get_or_init<'a>(
        &self,
        cell: &'a Self::Cell,
        init: impl Future<Output = Item> + 'a,
    ) -> impl Future<Output = &'a Item>;

    /// The same with an initializer that may fail. If it does, somebody else's is run.
    fn get_or_try_init<'a>(
        &self,
        cell: &'a Self::Cell,
        init: impl Future<Output = Result<Item, Failed>> + 'a,
    ) -> Option<impl Future<Output = Result<&'a Item, Failed>>> {
        let _ = (cell, init);
        None::<Ready<Result<&'a Item, Failed>>>
    }

    /// The value, if there is one.
    fn get<'a>(&self, cell: &'a Self::Cell) -> Option<Option<&'a Item>> {
        let _ = cell;
        None
    }

    /// Puts in a value; whether that was done. It may be refused, or wait, where there is a
    /// value or one is being made.
    fn set(&self, cell: &Self::Cell, item: Item) -> Option<impl Future<Output = bool>> {
        let _ = (cell, item);
        None::<Ready<bool>>
    }

    /// Takes the value out, which leaves the cell as it was when it was new. Some if it can be done.
    fn take(&self, cell: &mut Self::Cell) -> Option<Option<Item>> {
        let _ = cell;
        None
    }

    /// Waits for the value.
    fn wait<'a>(&self, cell: &'a Self::Cell) -> Option<impl Future<Output = &'a Item>> {
        let _ = cell;
        None::<Ready<&'a Item>>
    }
}

/// The laws of a cell that is initialized once: everybody sees the same value; one initializer
/// runs at a time, and none once there is a value; where one fails, panics or is dropped, the
/// next is run; who waits when all is at rest has a reason to; and each value is dropped once.
///
/// See [`OnceCell`] for what to tell of a cell, with an example.
pub fn once_cell<C: OnceCell>(cell: C) -> Suite<impl Laws> {
    Suite::new(OnceCellLaws(cell))
}

struct OnceCellLaws<C>(C);

impl<C> sealed::Sealed for OnceCellLaws<C> {}

/// Tasks at most.
const MOST_TASKS: usize = 5;

impl<C: OnceCell> Laws for OnceCellLaws<C> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let tasks = scripts_for(2..=MOST_TASKS, act(), Act::plain(), sizes.steps());
        let tasks = tasks.prop_map(with_nothing_to_hold);
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker
            .try_check_with(argument("tasks", tasks), |tasks| run(self.0.clone(), tasks, forgets))
    }
}

/// With `forgets`, futures may be forgotten with what they hold.
async fn run<C: OnceCell>(
    adapter: C,
    scripts: Vec<Script<Act>>,
    forgets: bool,
) -> Result<(), Breach> {
    let drops = Drops::default();
    let cell = adapter.make();
    let shared = Rc::new(Shared { adapter, cell, drops: drops.clone() });
    let mut cast = Cast::of("once_cell");
    let mut spawn = |name: String, script| {
        let shared = shared.clone();
        cast.spawn(name, script, |part| Acting { shared, part });
    };
    for (number, script) in scripts.into_iter().enumerate() {
        spawn(format!("task {}", number + 1), script);
    }
    // Whoever waits for a value that nobody makes gets one in the end.
    let last = Script { steps: vec![Step::Act(Act::Last)], holds_on: false };
    spawn("the last".to_owned(), last);
    cast.play(|_| Once::default()).await?;
    if forgets {
        return Ok(());
    }
    cast.are_over("and nobody makes what it waits for")?;
    drop(cast);
    if let Ok(shared) = Rc::try_unwrap(shared) {
        afresh(shared).await?;
    }
    drops.judge("once_cell")
}

/// Whoever has the cell to himself takes its value out, and initializes it anew.
async fn afresh<C: OnceCell>(shared: Shared<C>) -> Result<(), Breach> {
    let Shared { adapter, mut cell, drops } = shared;
    let Some(taken) = adapter.take(&mut cell) else {
        look_for(offer!("take").missing, true);
        return Ok(());
    };
    look_for(offer!("take").made, true);
    let told = |how: &str| broken(format!("once_cell: all are done, and {how}"));
    if taken.is_none() {
        return told("`take` gives nothing, though there is a value");
    }
    drop(taken);
    if adapter.get(&cell).flatten().is_some() {
        return told("a `get` after `take` gives a value");
    }
    let item = drops.item();
    let (number, init) = (item.number(), async { item });
    let made = timeout(Duration::from_secs(60), adapter.get_or_init(&cell, init)).await;
    match made {
        Ok(item) if item.number() == number => Ok(()),
        Ok(_) => told("a `get_or_init` after `take` gives a value that nobody made then"),
        Err(_) => told("a `get_or_init` after `take` waits for ever"),
    }
}
