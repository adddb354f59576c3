//! What flips a verdict, in plain words.

use super::pair::Pair;
use super::{Neighbour, Seen, Why};
use crate::chart::Turn;
use reveille_sim::{Kind, TaskId};
use std::fmt::Write;

/// All causes in one sentence; none if there is none.
pub(super) fn only_if(causes: Vec<Why>) -> Option<Why> {
    let join = |all: Why, next: Why| Why {
        text: format!("{},\nand only if {}", all.text, next.text),
        steps: [all.steps, next.steps].concat(),
        tasks: [all.tasks, next.tasks].concat(),
        neighbour: all.neighbour.or(next.neighbour),
    };
    let all = causes.into_iter().reduce(join)?;
    Some(Why { text: format!("it fails only if {}", all.text), ..all })
}

/// No order that was tried passes.
pub(super) fn no_order(tried: usize) -> Why {
    let others = if tried == 1 { "another one".to_owned() } else { format!("{tried} others") };
    let text = format!("it fails in every order that was tried: the plain one and {others}");
    Why { text, ..Why::default() }
}

/// The pair, with the steps that it has in the run that is reported.
pub(super) fn pair(failing: &Seen, pair: &Pair) -> Why {
    let mut text =
        format!("{}\nruns before {}", turn(failing, &pair.first), turn(failing, &pair.second));
    if let Some(law) = pair.law {
        let _ = write!(text, "\n(the other way round it breaks the law {law})");
    }
    let note =
        format!("{} runs before {}", turn(failing, &pair.second), turn(failing, &pair.first));
    let neighbour = Some(Neighbour { tape: pair.otherwise.clone(), law: pair.law, note });
    let own = [&pair.first, &pair.second].into_iter().filter_map(|turn| failing.turn(turn.name()));
    let (steps, tasks) = own.map(|turn| (turn.step, turn.task)).unzip();
    Why { text, steps, tasks, neighbour }
}

fn turn(failing: &Seen, turn: &Turn) -> String {
    let own = failing.turn(turn.name());
    // Numbers of tasks are those of one run.
    let turn = own.unwrap_or(turn);
    let mut text = format!("{} ({}", turn.who, turn.does);
    if let Some(own) = own {
        let _ = write!(text, " in step {}", own.step);
    }
    if !turn.site.is_empty() {
        let comma = if turn.site.starts_with("from") { "" } else { "," };
        let _ = write!(text, "{comma} {}", turn.site);
    }
    text + ")"
}

/// A choice from outside that is not the default.
pub(super) fn external(
    failing: &Seen,
    (kind, index, option): (Kind, usize, u32),
    passing: &Seen,
) -> Why {
    // Of the faults a chart has those only that struck.
    let nth = match kind.is_fault() {
        true => failing.tape.lane(kind)[..index].iter().filter(|option| **option != 0).count(),
        false => index,
    };
    let choice = failing.chart.choices.iter().filter(|choice| choice.kind == kind).nth(nth);
    let task = choice.and_then(|choice| choice.task);
    let who = task.map(|task| {
        let named = failing.chart.turns.iter().find(|turn| turn.task == task);
        named.map_or_else(|| TaskId(task).to_string(), |turn| turn.who.clone())
    });
    let options = choice.map_or(0, |choice| choice.options);
    let step = choice.map_or(String::new(), |choice| format!(" in step {}", choice.step));
    let who = who.as_deref().unwrap_or("a task");
    let text = match kind {
        Kind::FreshWaker => format!("{who} gets a fresh waker{step}"),
        Kind::SpuriousPoll => format!("{who}, after its poll{step}, is polled though nobody asked"),
        Kind::Input => format!("{who} draws {option} of {options}{step}, and not 0"),
        Kind::Entropy => format!("entropy from outside{step} is {option}, and not 0"),
        Kind::Timer => format!(
            "of {options} timers or events that are due{step} at once, not the one set earliest comes first"
        ),
        Kind::DelayedWake => format!("a wake{step} takes effect only after time has moved on"),
        Kind::LateTimer => format!("a timer that is due{step} fires later"),
        Kind::Cancellation => format!("a future of {who} is cancelled{step}"),
        Kind::ForgottenFuture => format!("a future of {who} is forgotten, not dropped,{step}"),
        Kind::ReentrantWaker => format!("a waker that is called{step} runs the task at once"),
        Kind::PanickingClone => format!("the clone of a waker panics{step}"),
        Kind::SpuriousReadiness => {
            format!("a source is said to be ready{step} though it is not")
        }
        Kind::LateEvent => format!("an event that is due{step} comes later"),
        Kind::ShortIo => {
            format!("a read or a write of {who}{step} moves fewer bytes than it could")
        }
        Kind::Interrupted => format!("an operation of {who}{step} is interrupted"),
        Kind::Latency => format!("what is sent{step} takes longer than it could"),
        Kind::Loss => format!("a datagram sent{step} is lost"),
        Kind::Duplication => format!("a datagram sent{step} arrives twice"),
        Kind::Reordering => format!("a datagram sent{step} is overtaken"),
        Kind::Reset => format!("a connection is reset{step}"),
        Kind::Refused => format!("a connection is refused{step}"),
        Kind::DiskFull => format!("a write of {who}{step} finds the disk full"),
        Kind::TornWrite => format!("a crash{step} tears what was not synced"),
        Kind::StaleLoad => format!("{who} loads{step} a value that is not the newest"),
        Kind::CancelOutcome => format!("an operation that is cancelled{step} ends by itself"),
        kind => format!("a choice of the kind `{kind}` is {option}{step}, and not 0"),
    };
    let steps = choice.map(|choice| choice.step).into_iter().collect();
    let note = format!("all is the same, but it does not happen that {text}");
    let neighbour = Some(Neighbour { tape: passing.tape.clone(), law: passing.law, note });
    Why { text, steps, tasks: task.into_iter().collect(), neighbour }
}
