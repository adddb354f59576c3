//! One run: tasks that put items in, take them out and reset them, and one that waits for them.

use super::DelayQueue;
use super::acting::{Consumer, Hand, Shared, grow_older};
use super::model::{Queue, Rules};
use super::plan::{Change, Next};
use crate::breach::Breach;
use crate::laws::given::item::Drops;
use crate::laws::play::cast::Cast;
use crate::laws::play::held::Held;
use crate::laws::play::script::Script;
use reveille_sim::time::{Instant, sleep};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Before the queue is made, so that there is a past.
const PAST: Duration = Duration::from_secs(1);

pub(super) async fn run<D: DelayQueue>(
    adapter: D,
    age: Vec<Duration>,
    hands: Vec<Script<Change>>,
    consumer: Script<Next>,
) -> Result<(), Breach> {
    sleep(PAST).await;
    let rules = Rules {
        granularity: adapter.granularity(),
        ends_when_empty: adapter.ends_when_empty(),
        wakes_at_the_end: adapter.wakes_at_the_end(),
        is_in_order: adapter.is_in_order(),
    };
    let drops = Drops::default();
    let queue = Held::new(adapter.open());
    for span in age {
        grow_older(&adapter, &queue, drops.item(), span).await?;
    }
    let (began, keys) = (Instant::now(), RefCell::default());
    let shared = Rc::new(Shared { adapter, drops: drops.clone(), began, queue, keys });
    let mut cast = Cast::of("delay_queue");
    for (number, script) in hands.into_iter().enumerate() {
        let shared = shared.clone();
        cast.spawn(format!("hand {}", number + 1), script, |part| Hand { shared, part });
    }
    let waits = shared.clone();
    cast.spawn("consumer".to_owned(), consumer, |part| Consumer { shared: waits, part });
    cast.play(|_| Queue::new(rules)).await?;
    cast.are_over("and every time has come")?;
    drop(shared);
    drops.judge("delay_queue")
}
