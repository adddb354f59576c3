//! One run: tasks that each have a timer, and one that resets them.

use super::Timer;
use super::acting::{Hand, Shared, Sleeper};
use super::model::Timer as Model;
use super::plan::{Act, Reset, reach};
use crate::breach::Breach;
use crate::laws::play::cast::Cast;
use crate::laws::play::script::Script;
use reveille_sim::time::{Instant, sleep};
use reveille_sim::{Builder, JoinHandle};
use std::rc::Rc;
use std::time::Duration;

/// More than what the tasks sleep by themselves.
const SCRIPTS: Duration = Duration::from_secs(60);

pub(super) async fn run<T: Timer>(
    adapter: T,
    sleepers: Vec<Script<Act>>,
    hand: Script<Reset>,
    age: Duration,
) -> Result<(), Breach> {
    sleep(age).await;
    let wheel = adapter.open();
    let driver = adapter.drive(&wheel);
    let driver = driver.map(|driver| Builder::new().name("driver").spawn_local(driver));
    let granularity = adapter.granularity();
    let slots = sleepers.iter().map(|_| Default::default()).collect();
    let shared = Rc::new(Shared { adapter, began: Instant::now(), slots, wheel });
    let mut cast = Cast::of("timer");
    let far = reach(&sleepers, &hand);
    for (who, script) in sleepers.into_iter().enumerate() {
        let shared = shared.clone();
        cast.spawn(format!("sleeper {}", who + 1), script, |part| Sleeper { shared, who, part });
    }
    let all = shared.clone();
    cast.spawn("hand".to_owned(), hand, |part| Hand { shared: all, part });
    // Nobody waits for longer than it takes until the last is due.
    sleep(far + SCRIPTS).await;
    cast.play(|_| Model::new(granularity)).await?;
    cast.are_over("and every time has come")?;
    drop(shared);
    driver.inspect(JoinHandle::abort);
    Ok(())
}
