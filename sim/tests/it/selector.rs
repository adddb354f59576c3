//! Many sources seen at once: by level, by edge and by one shot, in batches.

use crate::{passes, plain, struck};
use futures::AsyncWriteExt;
use reveille_sim::io::pipe;
use reveille_sim::reactor::{Event, Interest, Ready, Selector, Source, Token, Trigger};
use reveille_sim::time::sleep;
use reveille_sim::{Faults, Kind, Law, Random, Settings, World, spawn, spawn_local, yield_now};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::task::Poll;
use std::time::Duration;

const READ: Interest = Interest::READABLE;
const MS: Duration = Duration::from_millis(1);

/// Sources with the tokens 0, 1, ..., seen for reading.
fn sources(selector: &Selector, count: usize, trigger: Trigger) -> Vec<Source> {
    let add = |token| {
        let source = Source::new(&format!("source {token}"));
        selector.add(&source, Token(token), READ, trigger).unwrap();
        source
    };
    (0..count).map(add).collect()
}

fn tokens(events: &[Event]) -> Vec<usize> {
    events.iter().map(|event| event.token().0).collect()
}

/// The tokens of the next batch.
async fn told(selector: &Selector) -> Vec<usize> {
    let mut events = Vec::new();
    selector.select(&mut events).await.unwrap();
    tokens(&events)
}

/// Whether there is nothing to be told.
async fn is_quiet(selector: &Selector) -> bool {
    yield_now().await;
    let mut events = Vec::new();
    poll_fn(|cx| Poll::Ready(selector.poll_select(cx, &mut events).is_pending())).await
}

#[test]
fn a_level_is_told_in_every_batch_until_it_is_taken_back() {
    passes(|| async {
        let selector = Selector::new();
        let source = sources(&selector, 1, Trigger::Level).remove(0);
        assert!(is_quiet(&selector).await);
        source.set_ready(Ready::READABLE);
        for _ in 0..3 {
            assert_eq!(told(&selector).await, [0]);
        }
        source.unset_ready(Ready::READABLE);
        assert!(is_quiet(&selector).await);
        source.set_ready(Ready::READABLE);
        assert_eq!(told(&selector).await, [0]);
    });
}

#[test]
fn edges_are_told_once_and_several_of_them_as_one() {
    passes(|| async {
        let selector = Selector::new();
        let source = sources(&selector, 1, Trigger::Edge).remove(0);
        source.set_ready(Ready::READABLE);
        source.set_ready(Ready::READABLE);
        assert_eq!(told(&selector).await, [0]);
        assert!(is_quiet(&selector).await);
        source.set_ready(Ready::READABLE);
        assert_eq!(told(&selector).await, [0]);
        // What is not so any more when it is asked for is not told.
        source.set_ready(Ready::READABLE);
        source.unset_ready(Ready::READABLE);
        assert!(is_quiet(&selector).await);
    });
}

#[test]
fn one_shot_is_told_once_until_it_is_armed_again() {
    passes(|| async {
        let selector = Selector::new();
        let source = sources(&selector, 1, Trigger::OneShot).remove(0);
        source.set_ready(Ready::READABLE);
        assert_eq!(told(&selector).await, [0]);
        source.set_ready(Ready::READABLE);
        assert!(is_quiet(&selector).await);
        selector.modify(&source, Token(5), READ, Trigger::OneShot).unwrap();
        assert_eq!(told(&selector).await, [5]);
        assert!(is_quiet(&selector).await);
    });
}

#[test]
fn what_is_ready_when_it_is_added_or_modified_is_an_event() {
    passes(|| async {
        let (selector, source) = (Selector::new(), Source::new("device"));
        source.set_ready(Ready::READABLE | Ready::WRITABLE);
        selector.add(&source, Token(1), READ, Trigger::Edge).unwrap();
        let mut events = Vec::new();
        selector.select(&mut events).await.unwrap();
        assert_eq!(events[0].ready(), Ready::READABLE);
        assert!(is_quiet(&selector).await);
        let both = READ | Interest::WRITABLE;
        selector.modify(&source, Token(1), both, Trigger::Edge).unwrap();
        selector.select(&mut events).await.unwrap();
        assert!(events[0].is_readable() && events[0].is_writable());
    });
}

#[test]
fn who_waits_is_woken_by_an_event_and_only_by_one_that_was_asked_for() {
    let outcome = plain(|| async {
        let selector = Selector::new();
        let source = sources(&selector, 1, Trigger::Level).remove(0);
        source.set_ready_after(MS, Ready::WRITABLE);
        source.set_ready_after(5 * MS, Ready::ERROR);
        let mut events = Vec::new();
        selector.select(&mut events).await.unwrap();
        events[0].ready()
    });
    assert_eq!((outcome.output, outcome.now), (Some(Ready::ERROR), 5_000_000));
}

#[test]
fn wrong_use_is_told_as_epoll_tells_it() {
    passes(|| async {
        let (selector, source) = (Selector::new(), Source::new("device"));
        let add = || selector.add(&source, Token(0), READ, Trigger::Level);
        add().unwrap();
        let twice = add().unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::AlreadyExists);
        assert_eq!(twice.to_string(), "`device` is in this selector already: modify it");
        selector.remove(&source).unwrap();
        let stranger = selector.remove(&source).unwrap_err();
        assert_eq!(stranger.kind(), ErrorKind::NotFound);
        assert_eq!(stranger.to_string(), "`device` is not in this selector");
        let modified = selector.modify(&source, Token(0), READ, Trigger::Level);
        assert_eq!(modified.unwrap_err().kind(), ErrorKind::NotFound);
        let nothing = selector.add(&source, Token(0), Interest::empty(), Trigger::Level);
        assert_eq!(nothing.unwrap_err().kind(), ErrorKind::InvalidInput);
        let shot = source.register(READ, Trigger::OneShot).map(drop);
        assert_eq!(shot.unwrap_err().kind(), ErrorKind::InvalidInput);
        // What was taken out is told no more, and may come again.
        source.set_ready(Ready::READABLE);
        assert!(is_quiet(&selector).await);
        add().unwrap();
        assert_eq!(told(&selector).await, [0]);
    });
}

#[test]
fn a_source_may_be_seen_by_several() {
    passes(|| async {
        let (one, other, source) = (Selector::new(), Selector::new(), Source::new("device"));
        one.add(&source, Token(1), READ, Trigger::Edge).unwrap();
        other.add(&source, Token(2), READ, Trigger::Level).unwrap();
        let registration = source.register(READ, Trigger::Edge).unwrap();
        source.set_ready(Ready::READABLE);
        assert_eq!((told(&one).await, told(&other).await), (vec![1], vec![2]));
        registration.ready(READ).await.unwrap();
        assert!(is_quiet(&one).await);
        assert_eq!(told(&other).await, [2]);
        one.remove(&source).unwrap();
        drop(other);
        source.set_ready(Ready::READABLE);
        assert!(is_quiet(&one).await);
    });
}

#[test]
fn a_device_that_hangs_up_is_told_of_once_more() {
    for trigger in [Trigger::Level, Trigger::Edge, Trigger::OneShot] {
        passes(|| async move {
            let selector = Selector::new();
            drop(sources(&selector, 1, trigger));
            let mut events = Vec::new();
            selector.select(&mut events).await.unwrap();
            assert!(events[0].ready().is_read_closed());
            assert!(is_quiet(&selector).await);
        });
    }
}

#[test]
fn a_stream_is_told_of_until_it_is_dropped() {
    passes(|| async {
        let (selector, (reader, mut writer)) = (Selector::new(), pipe(4));
        selector.add(&reader, Token(0), READ, Trigger::Level).unwrap();
        selector.add(&writer, Token(1), Interest::WRITABLE, Trigger::Edge).unwrap();
        assert_eq!(told(&selector).await, [1]);
        writer.write_all(b"abcd").await.unwrap();
        assert_eq!(told(&selector).await, [0]);
        assert_eq!(writer.try_write(b"e").unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(reader.try_read(&mut [0; 8]).unwrap(), 4);
        assert_eq!(reader.try_read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(told(&selector).await, [1]);
        drop(writer);
        assert_eq!(told(&selector).await, [0]);
        assert_eq!(reader.try_read(&mut [0; 8]).unwrap(), 0);
        drop(reader);
        assert!(is_quiet(&selector).await);
    });
}

#[test]
fn a_notifier_is_told_of_once_however_often_it_is_called() {
    passes(|| async {
        let selector = Selector::new();
        let notifier = selector.notifier(Token(9)).unwrap();
        let caller = notifier.clone();
        let calling = spawn(async move {
            caller.notify();
            caller.notify();
        });
        assert_eq!(told(&selector).await, [9]);
        calling.await.unwrap();
        assert!(is_quiet(&selector).await);
        notifier.notify();
        drop(notifier);
        assert_eq!(told(&selector).await, [9]);
        assert!(is_quiet(&selector).await);
    });
}

#[test]
fn a_thread_may_call_a_notifier() {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings.patience = Duration::from_secs(20);
    let mut sampler = Random::new(1);
    let outcome = World::new().run(&settings, &mut sampler, 0, || async {
        let selector = Selector::new();
        let notifier = selector.notifier(Token(3)).unwrap();
        let thread = std::thread::spawn(move || notifier.notify());
        let told = told(&selector).await;
        thread.join().unwrap();
        told
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(vec![3])));
}

#[test]
fn the_events_of_a_batch_come_in_every_order() {
    let mut seen = BTreeSet::new();
    let (mut world, mut sampler) = (World::new(), Random::new(7));
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    for run in 0..200 {
        let outcome = world.run(&settings, &mut sampler, run, || async {
            let selector = Selector::new();
            let sources = sources(&selector, 3, Trigger::Edge);
            sources.iter().for_each(|source| source.set_ready(Ready::READABLE));
            told(&selector).await
        });
        seen.insert(outcome.output.unwrap());
    }
    assert_eq!(seen.len(), 6);
}

#[test]
fn some_events_may_come_in_the_next_batch() {
    let outcome = struck(Kind::LateEvent, &[2], || async {
        let selector = Selector::new();
        let sources = sources(&selector, 3, Trigger::Edge);
        sources.iter().for_each(|source| source.set_ready(Ready::READABLE));
        [told(&selector).await, told(&selector).await]
    });
    assert_eq!(outcome.output, Some([vec![0], vec![1, 2]]));
}

#[test]
fn an_event_may_be_told_for_nothing_twice_in_a_row() {
    let outcome = struck(Kind::SpuriousReadiness, &[2, 2, 2], || async {
        let selector = Selector::new();
        let sources = sources(&selector, 2, Trigger::Edge);
        let batches = [told(&selector).await, told(&selector).await];
        assert!(is_quiet(&selector).await);
        sources[1].set_ready(Ready::READABLE);
        assert_eq!(told(&selector).await, [1]);
        batches
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some([vec![1], vec![1]])));
}

/// Otherwise the reader would never have its turn.
#[test]
fn a_loop_over_a_level_lets_others_run() {
    let outcome = plain(|| async {
        let selector = Selector::new();
        let source = sources(&selector, 1, Trigger::Level).remove(0);
        source.set_ready(Ready::READABLE);
        let reader = spawn_local(async move {
            source.unset_ready(Ready::READABLE);
            sleep(MS).await;
            source.set_ready(Ready::WRITABLE | Ready::ERROR);
            source
        });
        let mut events = Vec::new();
        loop {
            selector.select(&mut events).await.unwrap();
            if events[0].ready() == Ready::ERROR {
                return drop(reader.await);
            }
        }
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn an_event_inside_the_clone_of_a_waker_is_not_lost() {
    let outcome = struck(Kind::ReentrantWaker, &[0, 1], || async {
        let selector = Selector::new();
        let source = sources(&selector, 1, Trigger::Edge).remove(0);
        let waiting = spawn_local(async move { told(&selector).await });
        let device = spawn_local(async move {
            source.set_ready(Ready::READABLE);
            source
        });
        let told = waiting.await.unwrap();
        drop(device.await.unwrap());
        told
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(vec![0])));
}

#[test]
fn a_selector_that_nothing_comes_to_is_stuck_and_one_that_outlives_its_run_leads_nowhere() {
    let mut kept = None;
    let outcome = plain(|| async { told(&Selector::new()).await });
    assert_eq!(outcome.verdict.unwrap().law, Law::Stuck);
    plain(|| async {
        let selector = Selector::new();
        kept = Some((selector.notifier(Token(0)).unwrap(), selector));
    });
    let (notifier, selector) = kept.unwrap();
    passes(move || async move {
        notifier.notify();
        let mut events = Vec::new();
        let error = selector.select(&mut events).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConnected);
    });
}
