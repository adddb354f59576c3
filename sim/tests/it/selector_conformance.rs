//! A selector and the epoll of the machine, side by side: the same is done to two ends of
//! a stream, and the same is told of them.

#![cfg(target_os = "linux")]

use crate::passes;
use proptest::prelude::*;
use reveille_sim::io::duplex;
use reveille_sim::reactor::{Interest, Selector, Token, Trigger};
use reveille_sim::yield_now;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::task::Poll;

#[derive(Clone, Copy, Debug)]
enum Step {
    Write(usize, usize),
    Read(usize, usize),
    /// All that it has not read, so that nobody is reset.
    Drop(usize),
    Add(usize, Interest, Trigger),
    Modify(usize, Interest, Trigger),
    Remove(usize),
    Select,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let end = 0..2usize;
    let interest = prop::sample::select(vec![
        Interest::READABLE,
        Interest::WRITABLE,
        Interest::READABLE | Interest::WRITABLE,
    ]);
    let trigger = prop::sample::select(vec![Trigger::Level, Trigger::Edge, Trigger::OneShot]);
    let step = prop_oneof![
        4 => (end.clone(), 1..9usize).prop_map(|(end, count)| Step::Write(end, count)),
        4 => (end.clone(), 1..20usize).prop_map(|(end, count)| Step::Read(end, count)),
        1 => end.clone().prop_map(Step::Drop),
        4 => (end.clone(), interest.clone(), trigger.clone())
            .prop_map(|(end, interest, trigger)| Step::Add(end, interest, trigger)),
        2 => (end.clone(), interest, trigger)
            .prop_map(|(end, interest, trigger)| Step::Modify(end, interest, trigger)),
        1 => end.prop_map(Step::Remove),
        8 => Just(Step::Select),
    ];
    prop::collection::vec(step, 0..30)
}

/// What is told of an end: its token, and whether it can be read, written, and has hung up.
type Told = (usize, bool, bool, bool);

/// What comes of a step.
#[derive(Debug, PartialEq)]
enum Outcome {
    Done(Result<usize, ErrorKind>),
    Told(BTreeSet<Told>),
    /// The end is gone.
    Nothing,
}

impl Outcome {
    /// Whether ours is one that the machine's may be as well. Of a Unix socket Linux tells
    /// an edge whenever a message was read, though there was room before; of one of TCP it
    /// does not, and whoever waits for it waits in vain.
    fn may_be(&self, machines: &Outcome, edges_for_room: &BTreeSet<usize>) -> bool {
        match (self, machines) {
            (Outcome::Told(ours), Outcome::Told(theirs)) => {
                let is_for_room = |told: &&Told| !told.3 && edges_for_room.contains(&told.0);
                ours.is_subset(theirs) && theirs.difference(ours).all(|told| is_for_room(&told))
            }
            _ => self == machines,
        }
    }
}

/// The tokens by which somebody waits for the edge of room.
fn edges_for_room(steps: &[Step]) -> BTreeSet<usize> {
    let of_step = |(at, step): (usize, &Step)| match *step {
        Step::Add(end, interest, Trigger::Edge) | Step::Modify(end, interest, Trigger::Edge) => {
            interest.is_writable().then(|| token(end, at))
        }
        _ => None,
    };
    steps.iter().enumerate().filter_map(of_step).collect()
}

fn done(result: io::Result<usize>) -> Outcome {
    Outcome::Done(result.map_err(|error| error.kind()))
}

/// Of each step a token of its own, so that it shows which of them counts.
fn token(end: usize, at: usize) -> usize {
    2 * at + end
}

/// The epoll of the machine.
struct Epoll(OwnedFd);

impl Epoll {
    fn new() -> Epoll {
        // SAFETY: it takes a flag only.
        let made = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        assert!(made >= 0, "{}", io::Error::last_os_error());
        // SAFETY: it was just opened, and is nobody else's.
        Epoll(unsafe { OwnedFd::from_raw_fd(made) })
    }

    fn control(
        &self,
        operation: i32,
        stream: &UnixStream,
        token: usize,
        interest: Interest,
        trigger: Trigger,
    ) -> io::Result<usize> {
        let mut events = match trigger {
            Trigger::Level => 0,
            Trigger::Edge => libc::EPOLLET,
            Trigger::OneShot => libc::EPOLLONESHOT,
        };
        if interest.is_readable() {
            events |= libc::EPOLLIN | libc::EPOLLRDHUP;
        }
        if interest.is_writable() {
            events |= libc::EPOLLOUT;
        }
        let mut event = libc::epoll_event { events: events as u32, u64: token as u64 };
        let (epoll, stream) = (self.0.as_raw_fd(), stream.as_raw_fd());
        // SAFETY: both are open, and the event is there during the call.
        match unsafe { libc::epoll_ctl(epoll, operation, stream, &raw mut event) } {
            0 => Ok(0),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn told(&self) -> BTreeSet<Told> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 8];
        // SAFETY: there is room for so many events, and it does not wait.
        let count = unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), 8, 0) };
        let told = events[..count as usize].iter().map(|event| {
            let (bits, token) = (event.events as i32, event.u64 as usize);
            let has = |bit| bits & bit != 0;
            // Who has hung up can be read and written, without success, as tokio has it.
            let hung_up = has(libc::EPOLLHUP);
            (token, has(libc::EPOLLIN) || hung_up, has(libc::EPOLLOUT) || hung_up, hung_up)
        });
        told.collect()
    }
}

fn on_the_machine(steps: &[Step]) -> Vec<Outcome> {
    let epoll = Epoll::new();
    let (one, other) = UnixStream::pair().unwrap();
    let mut ends = [Some(one), Some(other)];
    ends.iter().flatten().for_each(|end| end.set_nonblocking(true).unwrap());
    let mut perform = |(at, step): (usize, &Step)| {
        let (Step::Write(end, _)
        | Step::Read(end, _)
        | Step::Drop(end)
        | Step::Add(end, ..)
        | Step::Modify(end, ..)
        | Step::Remove(end)) = *step
        else {
            return Outcome::Told(epoll.told());
        };
        let Some(mut stream) = ends[end].as_ref() else { return Outcome::Nothing };
        match *step {
            Step::Write(_, count) => done(stream.write(&vec![7; count])),
            Step::Read(_, count) => done(stream.read(&mut vec![0; count])),
            Step::Add(_, interest, trigger) => {
                let token = token(end, at);
                done(epoll.control(libc::EPOLL_CTL_ADD, stream, token, interest, trigger))
            }
            Step::Modify(_, interest, trigger) => {
                let token = token(end, at);
                done(epoll.control(libc::EPOLL_CTL_MOD, stream, token, interest, trigger))
            }
            Step::Remove(_) => {
                let nothing = (Interest::READABLE, Trigger::Level);
                done(epoll.control(libc::EPOLL_CTL_DEL, stream, 0, nothing.0, nothing.1))
            }
            Step::Drop(_) => {
                while stream.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
                ends[end] = None;
                Outcome::Nothing
            }
            Step::Select => unreachable!("it was told above"),
        }
    };
    steps.iter().enumerate().map(&mut perform).collect()
}

async fn in_a_run(steps: &[Step]) -> Vec<Outcome> {
    let selector = Selector::new();
    let (one, other) = duplex(1 << 16);
    let mut ends = [Some(one), Some(other)];
    let mut outcomes = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        outcomes.push(match *step {
            Step::Select => {
                let mut events = Vec::new();
                // In a turn there is one batch.
                yield_now().await;
                let polled = poll_fn(|cx| Poll::Ready(selector.poll_select(cx, &mut events))).await;
                let _ = polled.map(Result::unwrap);
                let told = events.iter().map(|event| {
                    let ready = event.ready();
                    let hung_up = ready.is_read_closed() && ready.is_write_closed();
                    (event.token().0, event.is_readable(), event.is_writable(), hung_up)
                });
                Outcome::Told(told.collect())
            }
            Step::Write(end, _)
            | Step::Read(end, _)
            | Step::Drop(end)
            | Step::Add(end, ..)
            | Step::Modify(end, ..)
            | Step::Remove(end) => match (ends[end].as_ref(), *step) {
                (None, _) => Outcome::Nothing,
                (Some(stream), Step::Write(_, count)) => done(stream.try_write(&vec![7; count])),
                (Some(stream), Step::Read(_, count)) => done(stream.try_read(&mut vec![0; count])),
                (Some(stream), Step::Add(_, interest, trigger)) => {
                    let token = Token(token(end, at));
                    done(selector.add(stream, token, interest, trigger).map(|()| 0))
                }
                (Some(stream), Step::Modify(_, interest, trigger)) => {
                    let token = Token(token(end, at));
                    done(selector.modify(stream, token, interest, trigger).map(|()| 0))
                }
                (Some(stream), Step::Remove(_)) => done(selector.remove(stream).map(|()| 0)),
                (Some(_), Step::Drop(_) | Step::Select) => {
                    ends[end] = None;
                    Outcome::Nothing
                }
            },
        });
    }
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_is_told_of_the_same_streams(steps in steps()) {
        let (ours, theirs) = (passes(|| in_a_run(&steps)), on_the_machine(&steps));
        let edges = edges_for_room(&steps);
        let may_be = ours.iter().zip(&theirs).all(|(ours, theirs)| ours.may_be(theirs, &edges));
        prop_assert!(may_be, "ours:   {ours:?}\nlinux's: {theirs:?}");
    }
}
