//! What is demanded of a run beside the laws: `always`, `eventually`, `leads_to`; the
//! states that were looked for, and what arguments are made of.

use crate::{calm, passes, plain, replayed};
use reveille_sim::time::{interval, sleep};
use reveille_sim::{
    Always, Detail, Kind, Law, Level, Outcome, Plain, Property, PropertyKind, Tape, TaskId, World,
    always, asked_argument_moves, draw_argument, eventually, leads_to, look_for,
    note_argument_moves, spawn_local, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

const MS: u64 = 1_000_000;

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A number that a test and its properties share.
fn number() -> (Rc<Cell<u32>>, Rc<Cell<u32>>) {
    let number = Rc::new(Cell::new(0));
    (number.clone(), number)
}

/// The property that a run broke: it, the task that owns the finding, step and time.
#[track_caller]
fn broken<T>(outcome: Outcome<T>) -> (Property, Option<TaskId>, u64, u64) {
    let finding = outcome.verdict.expect("a broken property");
    assert_eq!(finding.law, Law::Property);
    let owner = finding.task();
    let Detail::Property(property) = finding.detail else { panic!("{:?}", finding.detail) };
    (*property, owner, finding.step, finding.now)
}

#[test]
fn always_is_decided_at_the_step_that_broke_it() {
    let outcome = plain(|| async {
        let (own, seen) = number();
        let _below = always("below three", move || seen.get() < 3);
        let task = spawn_local(async move {
            for next in 1..9 {
                own.set(next);
                yield_now().await;
            }
        });
        task.await.unwrap();
    });
    let (property, owner, step, _) = broken(outcome);
    assert_eq!((property.what.as_str(), property.kind), ("below three", PropertyKind::Always));
    assert!(property.at.file().ends_with("properties.rs"));
    // The root goes first, then three polls of the task.
    assert_eq!((owner, step), (Some(TaskId(1)), 4));
}

#[test]
fn always_is_looked_at_after_the_step_that_declares_it_and_not_before() {
    let asked = Rc::new(Cell::new(0));
    let seen = asked.clone();
    passes(move || async move {
        let held = RefCell::new(0);
        let count = seen.clone();
        let borrow = held.borrow_mut();
        let guard = always("asked", move || {
            count.set(count.get() + 1);
            true
        });
        assert_eq!(seen.get(), 0);
        drop(borrow);
        yield_now().await;
        assert_eq!(seen.get(), 1);
        drop(guard);
        yield_now().await;
        assert_eq!(seen.get(), 1);
    });
    assert_eq!(asked.get(), 1);
}

#[test]
fn eventually_is_ready_once_it_holds_and_changes_no_time() {
    let outcome = plain(|| async {
        let (own, seen) = number();
        let _task = spawn_local(async move {
            sleep(ms(20)).await;
            own.set(1);
            sleep(ms(20)).await;
        });
        eventually(ms(50), "one", move || seen.get() == 1).await;
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 20 * MS));
}

#[test]
fn eventually_holds_at_the_deadline_and_is_late_after_it() {
    let run = |delay| {
        plain(move || async move {
            let (own, seen) = number();
            let task = spawn_local(async move {
                sleep(ms(delay)).await;
                own.set(1);
            });
            eventually(ms(50), "one", move || seen.get() == 1).await;
            task.await.unwrap();
        })
    };
    assert_eq!(run(50).verdict, None);
    let (property, owner, _, now) = broken(run(51));
    assert_eq!((property.kind, property.within), (PropertyKind::Eventually, 50 * MS));
    assert_eq!((property.at_rest, owner, now), (false, Some(TaskId::ROOT), 50 * MS));
}

#[test]
fn eventually_is_decided_at_rest_if_it_never_can_hold() {
    let outcome = plain(|| async {
        let _forever = spawn_local(pending::<()>());
        eventually(Duration::MAX, "never", || false).await;
    });
    // A task that nothing can wake comes first: that is the cause.
    assert_eq!(outcome.verdict.unwrap().law, Law::PendingWithoutWaker);

    let (property, _, step, now) = broken(plain(|| async {
        sleep(ms(1)).await;
        eventually(Duration::MAX, "never", || false).await;
    }));
    assert!(property.at_rest);
    assert_eq!((property.since_step, property.since, step, now), (2, MS, 2, MS));
}

#[test]
fn eventually_that_is_dropped_is_withdrawn() {
    passes(|| async {
        drop(eventually(ms(1), "never", || false));
        let kept = eventually(ms(9), "not decided yet", || false);
        sleep(ms(5)).await;
        drop(kept);
    });
}

#[test]
fn a_deadline_is_waited_for_while_a_heartbeat_ticks() {
    let (property, _, _, now) = broken(plain(|| async {
        let _heartbeat = spawn_local(async {
            let mut ticks = interval(ms(1));
            loop {
                ticks.tick().await;
            }
        });
        eventually(Duration::from_secs(30), "never", || false).await;
    }));
    assert!(!property.at_rest);
    assert_eq!(now, 30_000 * MS);
}

/// Asks at 10 ms and every 100 ms thereafter; answers after `delay`.
fn question_and_answer(delay: u64) -> Outcome<()> {
    plain(move || async move {
        let (asked, seen) = number();
        let (answered, heard) = number();
        let (cause, effect) = ((seen, heard.clone()), (asked.clone(), heard));
        let _live = leads_to(
            ms(50),
            "answered",
            move || cause.0.get() > cause.1.get(),
            move || effect.0.get() == effect.1.get(),
        );
        for question in 1..4 {
            sleep(ms(10)).await;
            asked.set(question);
            sleep(ms(delay)).await;
            answered.set(question);
        }
    })
}

#[test]
fn leads_to_opens_a_deadline_with_each_cause() {
    assert_eq!(question_and_answer(0).verdict, None);
    assert_eq!(question_and_answer(50).verdict, None);
    let (property, _, _, now) = broken(question_and_answer(51));
    assert_eq!(property.kind, PropertyKind::LeadsTo);
    assert_eq!((property.since, property.within, now), (10 * MS, 50 * MS, 60 * MS));
}

#[test]
fn leads_to_that_is_open_when_the_root_returns_is_no_breach() {
    passes(|| async {
        let _open = leads_to(ms(50), "open", || true, || false);
        yield_now().await;
    });
}

#[test]
fn leads_to_that_is_open_at_rest_is_broken() {
    let (property, ..) = broken(plain(|| async {
        let _open = leads_to(ms(50), "open", || true, || false);
        std::future::poll_fn(|cx| {
            // Kept for ever, so that nobody is in debt.
            std::mem::forget(cx.waker().clone());
            std::task::Poll::<()>::Pending
        })
        .await;
    }));
    assert!(property.at_rest);
}

#[test]
fn conditions_may_spawn_declare_and_drop_their_own_guards() {
    let ran = Rc::new(Cell::new(0));
    let seen = ran.clone();
    passes(move || async move {
        let slot: Rc<RefCell<Option<Always>>> = Rc::default();
        let (own, spawned) = (slot.clone(), ran.clone());
        *slot.borrow_mut() = Some(always("drops itself", move || {
            let task_ran = spawned.clone();
            drop(spawn_local(async move { task_ran.set(task_ran.get() + 1) }));
            let inner = always("declared by a condition", || true);
            drop(own.take());
            drop(inner);
            true
        }));
        while ran.get() == 0 {
            yield_now().await;
        }
        assert!(slot.borrow().is_none());
        yield_now().await;
    });
    assert_eq!(seen.get(), 1);
}

#[test]
fn a_condition_that_panics_is_told_and_asked_no_more() {
    let outcome = plain(|| async {
        let _guard = always("panics", || panic!("in a condition"));
        yield_now().await;
    });
    let finding = outcome.verdict.unwrap();
    assert_eq!(finding.law, Law::Panic);
    let Detail::Panic { message, asked, .. } = finding.detail else { panic!("no panic") };
    assert_eq!(message, "in a condition");
    let asked = asked.expect("the property that was asked");
    assert_eq!((asked.what.as_str(), asked.kind), ("panics", PropertyKind::Always));
}

#[test]
fn a_run_counts_which_properties_were_judged() {
    let outcome = plain(|| async {
        drop(always("dropped at once", || true));
        let _kept = always("kept", || true);
        drop(eventually(ms(5), "withdrawn", || false));
        let _open = eventually(ms(500), "open at the end", || false);
        eventually(ms(5), "comes", || true).await;
    });
    let judged: Vec<(&str, u64)> =
        outcome.trials.iter().map(|trial| (trial.what.as_str(), trial.judged)).collect();
    assert_eq!(
        judged,
        [
            ("dropped at once", 0),
            ("kept", 1),
            ("withdrawn", 0),
            ("open at the end", 0),
            ("comes", 1)
        ]
    );
    assert!(outcome.trials.iter().all(|trial| trial.declared == 1));
}

#[test]
fn a_property_that_only_warns_lets_the_run_go_on() {
    let mut settings = calm();
    settings.levels.set(Law::Property, Level::Warn);
    let outcome = World::new().run(&settings, &mut Plain, 0, || async {
        let _always = always("false", || false);
        eventually(ms(5), "late", || false).await;
        eventually(Duration::MAX, "at rest", || false).await;
        7
    });
    assert_eq!((outcome.output, outcome.verdict), (Some(7), None));
    assert!(outcome.warnings.iter().all(|warning| warning.law == Law::Property));
    assert!(!outcome.warnings.is_empty());
}

#[test]
fn what_a_property_holds_is_dropped_with_its_run() {
    let held = Rc::new(());
    let own = held.clone();
    // The guard outlives the run.
    let place = Rc::new(Cell::new(None));
    let left = place.clone();
    plain(move || async move {
        let kept = own;
        left.set(Some(always("held", move || Rc::strong_count(&kept) > 0)));
    });
    assert_eq!(Rc::strong_count(&held), 1);
    assert!(place.take().is_some());
}

#[test]
fn properties_do_not_change_the_tape() {
    let run = |with: bool| {
        crate::sampled(&mut reveille_sim::Random::new(3), 7, move || async move {
            let _guard = with.then(|| always("fine", || true));
            let tasks: Vec<_> = (0..3).map(|_| spawn_local(yield_now())).collect();
            for task in tasks {
                task.await.unwrap();
            }
        })
        .1
    };
    assert_eq!(run(true), run(false));
    assert!(!run(true).is_empty());
}

#[test]
fn looks_are_counted_by_name() {
    let outcome = plain(|| async {
        for round in 0..4 {
            look_for("even", round % 2 == 0);
            look_for("large", round > 9);
        }
    });
    let counts: Vec<_> = outcome.sightings.iter().map(|s| (s.name, s.looks, s.seen)).collect();
    assert_eq!(counts, [("even", 4, 2), ("large", 4, 0)]);
    look_for("outside a run", true);
    assert_eq!(passes(|| async { 1 }), 1);
}

/// The moves that a generator takes which refuses to be made simpler more than twice.
fn moves_of(lane: &[u32]) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut tape = Tape::new();
    *tape.lane_mut(Kind::Argument) = lane.to_vec();
    let mut world = World::new();
    let mut replay = reveille_sim::Replay::new(tape);
    let outcome = world.run(&calm(), &mut replay, 0, || async {
        let mut taken = Vec::new();
        for _ in 0..2 {
            let _seed = (draw_argument(), draw_argument());
            let mut moves = asked_argument_moves();
            let mut simpler = 0;
            moves.retain(|step| {
                simpler += u32::from(*step == 1);
                *step != 1 || simpler <= 2
            });
            note_argument_moves(&moves);
            taken.push(moves);
        }
        taken
    });
    (outcome.output.unwrap(), world.tape().lane(Kind::Argument).to_vec())
}

#[test]
fn a_move_that_is_refused_leaves_nothing_on_the_tape() {
    let (taken, lane) = moves_of(&[7, 8, 1, 1, 1, 2, 0, 9, 10, 1]);
    assert_eq!(taken, [vec![1, 1, 2], vec![1]]);
    assert_eq!(lane, [7, 8, 1, 1, 2, 0, 9, 10, 1, 0]);
}

#[test]
fn samplers_seed_arguments_and_make_no_moves() {
    let (outcome, tape) = crate::sampled(&mut reveille_sim::Random::new(1), 1, || async {
        (draw_argument(), draw_argument(), asked_argument_moves())
    });
    let (low, high, moves) = outcome.output.unwrap();
    assert_eq!(tape.lane(Kind::Argument), [low, high]);
    assert!(moves.is_empty());
    assert!(low != high);
    let again = replayed(tape, || async { (draw_argument(), draw_argument()) });
    assert_eq!(again.output, Some((low, high)));
}
