//! The laws of pools of objects.

mod acting;
mod factory;
mod model;

pub use self::acting::PoolError;
use self::acting::{Act, Acting, Shared, act};
pub use self::factory::{Factory, Object};
use self::model::Objects;
use super::given::making::{Making, making};
use super::play::cast::{Cast, offer};
use super::play::script::{Script, Step, scripts_for, with_nothing_to_hold};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::{Breach, broken};
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use reveille_sim::{Kind, look_for};
use std::cell::Cell;
use std::rc::Rc;

/// A pool for the suite [`pool`]: how to make one, and how to get an object out of it.
///
/// The manager of the pool, or whatever makes its objects, asks the [`Factory`]. What a pool
/// does not have is left as it is, and is not tested; what the runs came by is told when the
/// suite has passed.
///
/// ```
/// use reveille::laws::{self, Factory, Object, Pool, PoolError};
/// use std::cell::RefCell;
///
/// /// So many objects at once, which are made anew for everybody.
/// struct Fresh(tokio::sync::Semaphore, Factory);
///
/// struct Guard<'a> {
///     object: Object,
///     _permit: tokio::sync::SemaphorePermit<'a>,
/// }
///
/// #[derive(Clone)]
/// struct Adapter;
///
/// impl Pool for Adapter {
///     type Pool = Fresh;
///     type Guard<'a> = Guard<'a>;
///
///     fn make(&self, factory: Factory, most: usize) -> Fresh {
///         Fresh(tokio::sync::Semaphore::new(most), factory)
///     }
///
///     async fn get<'a>(&self, pool: &'a Fresh) -> Result<Guard<'a>, PoolError> {
///         let _permit = pool.0.acquire().await.map_err(|_| PoolError::Closed)?;
///         let object = pool.1.create().await.map_err(|_| PoolError::Failed)?;
///         Ok(Guard { object, _permit })
///     }
///
///     fn object<'g>(&self, guard: &'g Guard<'_>) -> &'g Object {
///         &guard.object
///     }
/// }
///
/// laws::pool(Adapter).runs(100).check();
/// ```
pub trait Pool: Clone + 'static {
    /// The pool.
    type Pool: 'static;
    /// What has an object, and puts it back when it is dropped.
    type Guard<'a>;

    /// Makes a pool of at most so many objects, which are made by `factory`.
    fn make(&self, factory: Factory, most: usize) -> Self::Pool;

    /// Gets an object: one that lies idle, or one that is made if there is room.
    ///
    /// # Errors
    ///
    /// If the object could not be made, or the pool is closed.
    fn get<'a>(
        &self,
        pool: &'a Self::Pool,
    ) -> impl Future<Output = Result<Self::Guard<'a>, PoolError>>;

    /// The object that a guard has.
    fn object<'g>(&self, guard: &'g Self::Guard<'_>) -> &'g Object;

    /// Takes an object out of the pool for good, which makes room for another.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn take<'a>(&self, guard: Self::Guard<'a>) -> Result<Object, Self::Guard<'a>> {
        Err(guard)
    }

    /// Has the pool hold at most so many objects from now on. Who has one keeps it, so that there
    /// may be more for a while.
    fn resize(&self, pool: &Self::Pool, most: usize) -> Option<()> {
        let _ = (pool, most);
        None
    }

    /// Closes the pool: who waits is told, and nobody gets an object any more.
    fn close(&self, pool: &Self::Pool) -> Option<()> {
        let _ = pool;
        None
    }
}

/// The laws of a pool: nobody has an object that somebody else has; there are never more than
/// it may have; who waits when all is at rest has a reason to, whoever gave up, failed or was
/// dropped while something was made; what is given out lay idle or was just made; a close is
/// seen by everybody; and every object is dropped once.
///
/// See [`Pool`] for what to tell of a pool, with an example.
pub fn pool<P: Pool>(pool: P) -> Suite<impl Laws> {
    Suite::new(PoolLaws(pool))
}

struct PoolLaws<P>(P);

impl<P> sealed::Sealed for PoolLaws<P> {}

/// Tasks at most.
const MOST_TASKS: usize = 5;

/// Objects at most.
const MOST_OBJECTS: usize = 3;

impl<P: Pool> Laws for PoolLaws<P> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let tasks = scripts_for(2..=MOST_TASKS, act(), Act::plain(), sizes.steps());
        let arguments = argument("objects", 1..=MOST_OBJECTS)
            .and("made", vec(making(false), 0..=sizes.steps()))
            .and("tasks", tasks.prop_map(with_nothing_to_hold));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(most, makings, tasks)| {
            run(self.0.clone(), most, makings, tasks, forgets)
        })
    }
}

/// With `forgets`, futures may be forgotten with what they hold.
async fn run<P: Pool>(
    adapter: P,
    most: usize,
    makings: Vec<Making>,
    scripts: Vec<Script<Act>>,
    forgets: bool,
) -> Result<(), Breach> {
    let mut cast = Cast::of("pool");
    let factory = Factory::new(cast.thing("the pool"), makings);
    let pool = adapter.make(factory.clone(), most);
    let shared = Shared { adapter, pool, factory: factory.clone(), calls: Cell::new(0) };
    let shared = Rc::new(shared);
    let mut spawn = |name: String, script| {
        let shared = shared.clone();
        cast.spawn(name, script, |part| Acting { shared, part, forgets });
    };
    for (number, script) in scripts.into_iter().enumerate() {
        spawn(format!("task {}", number + 1), script);
    }
    let last = Script { steps: vec![Step::Act(Act::last())], holds_on: false };
    spawn("the last".to_owned(), last);
    cast.play(|_| Objects::none(most)).await?;
    look_for(offer!("is_broken").made, factory.was_asked_what_is_broken());
    if forgets {
        return Ok(());
    }
    cast.are_over("and nobody has what it waits for")?;
    drop((cast, shared));
    match factory.alive() {
        0 => Ok(()),
        left => broken(format!("pool: {left} objects were not dropped, and nobody has them")),
    }
}
