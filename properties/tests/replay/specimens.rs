//! The specimens: [bodies](crate::bodies), and what their runs are given.
//!
//! Each has bystanders, who give the samplers more to choose between: so one body has
//! thousands of failing tapes.

use crate::bodies::*;
use reveille::{Checker, Faults, Kind, Law, Level, spawn_local, yield_now};
use reveille_sim::{Recording, Settings};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// What a specimen returns: an error fails it.
pub(crate) type Said = Result<(), String>;

/// A body of a test, whatever its future.
pub(crate) type Body = Pin<Box<dyn Future<Output = Said>>>;

/// A body that fails now and then.
pub(crate) struct Specimen {
    pub(crate) name: &'static str,
    /// The laws that its runs break, as a report has them.
    pub(crate) breaks: &'static [Law],
    /// A fault that it has to ask for.
    pub(crate) with: Option<Kind>,
    /// A law that it has to ask for.
    pub(crate) deny: Option<Law>,
    pub(crate) body: fn() -> Body,
}

/// Polls after which a run becomes fair; the step bound is twice that.
const MAX_STEPS: u64 = 100;

/// Tasks that may be unfinished at once.
const MAX_TASKS: u64 = 100;

impl Specimen {
    pub(crate) fn named(name: &str) -> &'static Specimen {
        SPECIMENS.iter().find(|specimen| specimen.name == name).expect("a specimen of that name")
    }

    /// What its runs are given.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.max_steps = MAX_STEPS;
        settings.max_tasks = MAX_TASKS;
        settings.recording = Recording::Hash;
        settings.faults = self.with.into_iter().fold(settings.faults, Faults::with);
        self.deny.into_iter().for_each(|law| settings.levels.set(law, Level::Deny));
        settings
    }

    /// The same as a checker, without a corpus: these failures are nothing to remember.
    /// No thread will wake anybody, so it need not wait for one.
    pub(crate) fn checker(&self) -> Checker {
        let checker = Checker::new().name(format!("replay::{}", self.name)).corpus(false);
        let checker = checker.max_steps(MAX_STEPS).max_tasks(MAX_TASKS).patience(Duration::ZERO);
        let checker = self.with.into_iter().fold(checker, Checker::with);
        self.deny.into_iter().fold(checker, Checker::deny)
    }
}

macro_rules! specimens {
    ($($body:ident: $($law:ident)|+ $(, with $with:ident)? $(, deny $deny:ident)?;)*) => {
        pub(crate) static SPECIMENS: &[Specimen] = &[$(Specimen {
            name: stringify!($body),
            breaks: &[$(Law::$law),+],
            with: specimens!(@option Kind $($with)?),
            deny: specimens!(@option Law $($deny)?),
            body: || Box::pin(async {
                let bystanders = [(); 2].map(|()| spawn_local(bystander()));
                let said = $body().await;
                for bystander in bystanders {
                    bystander.await.map_err(|error| error.to_string())?;
                }
                said
            }),
        },)*];
    };
    (@option $of:ident) => { None };
    (@option $of:ident $it:ident) => { Some($of::$it) };
}

specimens! {
    root_panics: Panic;
    task_panics: Panic;
    returns_an_error: Panic;
    destructor_panics: Panic;
    depends_on_draws: Panic;
    never_registers: PendingWithoutWaker;
    keeps_its_first_waker: StaleWaker;
    clears_its_waiter: WakerDropped;
    locks_in_opposite_orders: Deadlock;
    looks_before_it_registers: Stuck;
    hidden_by_a_heartbeat: SuspectedStuck;
    wake_each_other_for_ever: SuspectedLivelock;
    spins_for_ever: BusyPoll;
    polls_without_end: Starvation;
    spawns_without_bound: RunawaySpawn;
    loses_its_place: SpuriousPoll;
    polled_after_ready: PollAfterReady;
    puts_an_arm_aside: Snoozed;
    two_holders: Property;
    comes_too_late: Property;
    drops_a_buffer_in_flight: BufferInFlight;
    takes_a_sleep_for_an_order: Panic;
    relies_on_the_order_of_timers: Panic;
    keeps_a_turn_when_its_timeout_wins: Panic;
    loses_an_item_when_cancelled: Panic;
    is_forgotten_with_a_lock_held: Stuck, with ForgottenFuture;
    wakes_with_a_cell_borrowed: WakeInLock, with ReentrantWaker;
    registers_before_it_clones: Panic, with PanickingClone;
    leaks_a_waker: WakerLeak, deny WakerLeak;
    reads_a_real_file: OutsideWorld, deny OutsideWorld;
    leaves_a_task: TaskLeak | WakerDropped, deny TaskLeak;
}

async fn bystander() {
    for _ in 0..3 {
        yield_now().await;
    }
}
