//! Event sources: by level and by edge, in both directions, and what they are refused.

use crate::{passes, plain, struck};
use reveille_sim::reactor::{Interest, Ready, Registration, Source, Trigger, after};
use reveille_sim::time::sleep;
use reveille_sim::{Kind, Law, Random, Settings, World, spawn, spawn_local, yield_now};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn readable(trigger: Trigger) -> (Source, Registration) {
    let source = Source::new("device");
    let registration = source.register(Interest::READABLE, trigger).unwrap();
    (source, registration)
}

/// Whether a poll for reading would wait now.
async fn waits(registration: &Registration) -> bool {
    poll_fn(|cx| Poll::Ready(registration.poll_read_ready(cx).is_pending())).await
}

#[test]
fn an_event_wakes_who_waits_at_its_virtual_time() {
    let outcome = plain(|| async {
        let (source, registration) = readable(Trigger::Edge);
        source.set_ready_after(5 * MS, Ready::READABLE);
        registration.ready(Interest::READABLE).await.unwrap()
    });
    assert_eq!((outcome.output, outcome.now), (Some(Ready::READABLE), 5_000_000));
}

#[test]
fn a_level_is_seen_until_the_device_takes_it_back() {
    passes(|| async {
        let (source, registration) = readable(Trigger::Level);
        assert!(waits(&registration).await);
        source.set_ready(Ready::READABLE);
        registration.clear_ready(Ready::READABLE);
        assert!(!waits(&registration).await);
        source.unset_ready(Ready::READABLE);
        assert!(waits(&registration).await);
    });
}

#[test]
fn an_edge_is_seen_until_it_is_cleared_and_not_again_until_the_next() {
    passes(|| async {
        let (source, registration) = readable(Trigger::Edge);
        source.set_ready(Ready::READABLE);
        assert!(!waits(&registration).await);
        registration.clear_ready(Ready::READABLE);
        // The device still is ready: an edge that was cleared too early is lost.
        assert!(waits(&registration).await);
        source.set_ready(Ready::READABLE);
        assert!(!waits(&registration).await);
    });
}

#[test]
fn whoever_clears_an_edge_without_draining_is_stuck() {
    let outcome = plain(|| async {
        let (source, registration) = readable(Trigger::Edge);
        source.set_ready(Ready::READABLE);
        registration.ready(Interest::READABLE).await.unwrap();
        registration.clear_ready(Ready::READABLE);
        registration.ready(Interest::READABLE).await.unwrap();
        drop(source);
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::Stuck);
}

#[test]
fn what_a_source_is_ready_for_before_it_is_registered_is_an_edge() {
    passes(|| async {
        let source = Source::new("device");
        source.set_ready(Ready::READABLE);
        let registration = source.register(Interest::READABLE, Trigger::Edge).unwrap();
        assert!(!waits(&registration).await);
    });
}

#[test]
fn each_direction_has_a_waker_of_its_own_and_a_list() {
    passes(|| async {
        let source = Source::new("device");
        let both = Interest::READABLE | Interest::WRITABLE;
        let registration = Rc::new(source.register(both, Trigger::Level).unwrap());
        let woken = Rc::new(RefCell::new(BTreeSet::new()));
        let waiting = [Interest::READABLE, Interest::WRITABLE].map(|interest| {
            [false, true].map(|listed| {
                let (registration, woken) = (registration.clone(), woken.clone());
                spawn_local(async move {
                    if listed {
                        registration.ready(interest).await.unwrap();
                    } else if interest.is_readable() {
                        poll_fn(|cx| registration.poll_read_ready(cx)).await.unwrap();
                    } else {
                        poll_fn(|cx| registration.poll_write_ready(cx)).await.unwrap();
                    }
                    woken.borrow_mut().insert((interest, listed));
                })
            })
        });
        yield_now().await;
        source.set_ready(Ready::WRITABLE);
        sleep(MS).await;
        let writers = [(Interest::WRITABLE, false), (Interest::WRITABLE, true)];
        assert!(woken.borrow().iter().eq(&writers));
        source.set_ready(Ready::READABLE);
        for task in waiting.into_iter().flatten() {
            task.await.unwrap();
        }
    });
}

#[test]
fn a_source_that_is_dropped_hangs_up() {
    passes(|| async {
        let (source, registration) = readable(Trigger::Edge);
        let waiter = spawn(async move { registration.ready(Interest::READABLE).await });
        yield_now().await;
        drop(source);
        assert!(waiter.await.unwrap().unwrap().is_read_closed());
    });
}

#[test]
fn one_who_waits_no_more_is_not_woken() {
    passes(|| async {
        let (source, registration) = readable(Trigger::Edge);
        let timed = reveille_sim::time::timeout(MS, registration.ready(Interest::READABLE)).await;
        assert!(timed.is_err());
        source.set_ready(Ready::READABLE);
        // The edge is still there for the next one.
        registration.ready(Interest::READABLE).await.unwrap();
    });
}

#[test]
fn an_operation_that_would_block_is_tried_again_at_the_next_event() {
    passes(|| async {
        let (source, registration) = readable(Trigger::Edge);
        source.set_ready(Ready::READABLE);
        source.set_ready_after(MS, Ready::READABLE);
        let mut tries = 0;
        let read = poll_fn(|cx| {
            registration.poll_read_io(cx, || {
                tries += 1;
                if tries < 2 { Err(ErrorKind::WouldBlock.into()) } else { Ok("read") }
            })
        });
        assert_eq!(read.await.unwrap(), "read");
        assert_eq!(tries, 2);
    });
}

#[test]
fn wrong_use_is_told_as_the_kernel_tells_it() {
    passes(|| async {
        let source = Source::new("device");
        let kind = |result: std::io::Result<_>| result.map(drop).unwrap_err().kind();
        let nothing = source.register(Interest::empty(), Trigger::Level).map(drop);
        assert_eq!(kind(nothing), ErrorKind::InvalidInput);

        let mut registration = source.register(Interest::READABLE, Trigger::Level).unwrap();
        let twice = source.register(Interest::READABLE, Trigger::Level);
        assert_eq!(
            twice.unwrap_err().to_string(),
            "`device` is registered already: deregister it first"
        );
        let write = registration.ready(Interest::WRITABLE).await.map(drop);
        assert_eq!(kind(write), ErrorKind::InvalidInput);
        registration.reregister(Interest::WRITABLE).unwrap();
        source.set_ready(Ready::WRITABLE);
        registration.ready(Interest::WRITABLE).await.unwrap();

        registration.deregister().unwrap();
        assert_eq!(kind(registration.deregister()), ErrorKind::NotFound);
        assert_eq!(
            registration.ready(Interest::WRITABLE).await.unwrap_err().to_string(),
            "`device` is not registered any more"
        );
        // Another one may be made now, and dropping the old one leaves it alone.
        let next = source.register(Interest::WRITABLE, Trigger::Level).unwrap();
        drop(registration);
        next.ready(Interest::WRITABLE).await.unwrap();
    });
}

#[test]
fn a_handle_that_outlives_its_run_leads_nowhere() {
    let mut kept = None;
    let outcome = plain(|| async { kept = Some(readable(Trigger::Level)) });
    assert!(outcome.verdict.is_none());
    let (source, registration) = kept.unwrap();
    passes(move || async move {
        // In the next run the same place is taken by another source.
        let other = Source::new("other");
        source.set_ready(Ready::READABLE);
        assert_eq!(other.readiness(), Ready::empty());
        let error = registration.ready(Interest::READABLE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConnected);
    });
}

#[test]
fn readiness_may_be_told_though_there_is_none() {
    let outcome = struck(Kind::SpuriousReadiness, &[1, 1, 1, 1], || async {
        let (source, registration) = readable(Trigger::Level);
        // Twice in a row, no more: whoever tries again gets on.
        let mut told = 0;
        while !waits(&registration).await {
            told += 1;
        }
        drop(source);
        told
    });
    assert_eq!((outcome.output, outcome.verdict.is_none()), (Some(2), true));
}

#[test]
fn an_event_may_come_after_a_later_one() {
    let body = || async {
        let order = Rc::new(RefCell::new(Vec::new()));
        for (name, delay) in [('a', 1), ('b', 2)] {
            let order = order.clone();
            after(delay * MS, move || order.borrow_mut().push(name));
        }
        sleep(10 * MS).await;
        order.take()
    };
    assert_eq!(struck(Kind::LateEvent, &[], body).output, Some(vec!['a', 'b']));
    assert_eq!(struck(Kind::LateEvent, &[1], body).output, Some(vec!['b', 'a']));
}

#[test]
fn events_of_the_same_moment_come_in_every_order() {
    let mut seen = BTreeSet::new();
    let mut sampler = Random::new(7);
    let mut world = World::new();
    for run in 0..200 {
        let outcome = world.run(&Settings::default(), &mut sampler, run, || async {
            let order = Rc::new(RefCell::new(String::new()));
            for name in ['a', 'b', 'c'] {
                let order = order.clone();
                after(MS, move || order.borrow_mut().push(name));
            }
            sleep(2 * Duration::from_secs(1)).await;
            order.take()
        });
        seen.insert(outcome.output.unwrap());
    }
    assert_eq!(seen.len(), 6);
}

#[test]
fn an_event_that_panics_is_told() {
    let outcome = plain(|| async {
        after(MS, || panic!("the device caught fire"));
        sleep(2 * MS).await;
    });
    let finding = outcome.verdict.unwrap();
    assert_eq!(finding.law, Law::Panic);
    assert!(format!("{:?}", finding.detail).contains("the device caught fire"));
}

#[test]
fn what_has_not_happened_by_the_end_of_the_run_is_dropped() {
    let happened = Rc::new(Cell::new(false));
    let mark = happened.clone();
    passes(|| async move { after(Duration::MAX, move || mark.set(true)) });
    assert!(!happened.get());
    assert_eq!(Rc::strong_count(&happened), 1);
}

/// Whoever keeps a waker runs what another task does meanwhile.
#[test]
fn an_event_inside_the_clone_of_a_waker_is_not_lost() {
    for listed in [false, true] {
        let outcome = struck(Kind::ReentrantWaker, &[0, 1], || async move {
            let (source, registration) = readable(Trigger::Level);
            let waiting = spawn_local(async move {
                if listed {
                    registration.ready(Interest::READABLE).await.unwrap();
                } else {
                    poll_fn(|cx| registration.poll_read_ready(cx)).await.unwrap();
                }
            });
            let device = spawn_local(async move {
                source.set_ready(Ready::READABLE);
                source
            });
            waiting.await.unwrap();
            drop(device.await.unwrap());
        });
        assert_eq!(outcome.verdict, None, "listed: {listed}");
    }
}
