//! One run: tasks that listen and tasks that notify, and when all is at rest, somebody who
//! notifies everybody.

use super::Notify;
use super::acting::{Acting, Herald, Shared, notify_all};
use super::model::{Line, Rules};
use super::plan::{Act, Crowd, Manner};
use crate::breach::Breach;
use crate::laws::play::cast::Cast;
use crate::laws::play::patience::Patience;
use crate::laws::play::script::{Script, Step};
use reveille_sim::look_for;
use std::cell::Cell;
use std::rc::Rc;

pub(super) async fn run<N: Notify>(
    notify: N,
    crowd: Crowd,
    listeners: Vec<Script<Act>>,
    notifiers: Vec<Script<Act>>,
) -> Result<(), Breach> {
    let rules = Rules::of(&notify);
    let (event, other) = (notify.event(), notify.event());
    // A crowd is one listener only if all of it is notified, or nobody.
    let only_all = matches!(crowd, Crowd::Of(_)) && notify_all(&notify, &notify.event()).is_some();
    let shared = Rc::new(Shared { notify, event, other, count: Cell::new(0), only_all });
    let mut cast = Cast::of("notify");
    let acting = |size| {
        let shared = shared.clone();
        move |part| Acting { shared, part, size }
    };
    for (number, script) in listeners.into_iter().enumerate() {
        cast.spawn(format!("listener {}", number + 1), script, acting(1));
    }
    for (number, script) in notifiers.into_iter().enumerate() {
        cast.spawn(format!("notifier {}", number + 1), script, acting(1));
    }
    if let Crowd::Of(size) = crowd
        && only_all
    {
        look_for("a crowd of listeners", true);
        let listen = Step::Act(Act::Listen(Manner::AtOnce, Patience::Endless));
        let script = Script { steps: vec![listen; 2], holds_on: false };
        cast.spawn("crowd".to_owned(), script, acting(size));
    }
    let last = Script { steps: Vec::new(), holds_on: true };
    cast.spawn("herald".to_owned(), last, |part| Herald(shared.clone(), part));
    cast.play(|_| Line::new(rules)).await
}
