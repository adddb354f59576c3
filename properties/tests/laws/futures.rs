//! Futures made from others: published ones pass, and each mistake of a reference is found.

use crate::relay::Relay;
use crate::{checker, told_by};
use futures::future::{FusedFuture, FutureExt, join_all, select_all, try_join_all};
use reveille::laws::{self, Item, Laws, Member, Suite};
use reveille::{Kind, Law};
use std::cell::RefCell;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

fn passes<L: Laws>(suite: Suite<L>) {
    suite.checker(checker().runs(2_000)).check();
}

#[test]
fn futures_of_futures_pass() {
    passes(laws::future(|member| member));
    passes(laws::future(|member| member.map(|item| vec![item])));
    passes(laws::fused_future(|member| member.fuse()));
    passes(laws::join(join_all));
    passes(laws::join(|members| try_join_all(members.into_iter().map(FutureExt::never_error))));
    passes(laws::race(|members| select_all(members.into_iter().map(Box::pin)).map(|all| all.0)));
    passes(laws::race(|members| {
        futures::future::select_ok(members.into_iter().map(|member| member.never_error().boxed()))
            .map(|first| first.map(|(item, _)| item))
    }));
    passes(laws::shared_future(|member| member.map(Rc::new).shared()));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    KeepsItsFirstWaker,
    IsDeafWhilePolling,
    ForgetsThatItWasWoken,
    WakesOnce,
    PollsOnceMore,
    Leaks,
    LeaksTheOutput,
    Moves,
    Spins,
    IsBusy,
    RegistersNothing,
    EndsTooEarly,
    NeverEnds,
}
use Mistake::*;

/// Polls what is inside with a waker of its own, and only if that was woken.
struct Relayed {
    mistake: Mistake,
    relay: Arc<Relay>,
    member: Option<Pin<Box<Member>>>,
    polls: u32,
    is_over: bool,
}

impl Relayed {
    fn new(mistake: Mistake, member: Member) -> Relayed {
        let relay = Arc::new(Relay::default());
        relay.state().is_deaf_while_polling = mistake == IsDeafWhilePolling;
        relay.state().wakes_once = mistake == WakesOnce;
        Relayed { mistake, relay, member: Some(Box::pin(member)), polls: 0, is_over: false }
    }
}

impl Future for Relayed {
    type Output = Option<Item>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        let was_woken = this.relay.begin(cx.waker(), this.mistake == KeepsItsFirstWaker);
        let Some(member) = &mut this.member else { panic!("polled after it was ready") };
        this.polls += 1;
        if this.polls > 1 && !was_woken {
            this.relay.end();
            if this.mistake == IsBusy {
                cx.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        let waker = match this.mistake {
            RegistersNothing => Waker::noop().clone(),
            _ => this.relay.waker(),
        };
        let inner = &mut Context::from_waker(&waker);
        if this.mistake == Moves && this.polls == 2 {
            let elsewhere = Box::new_uninit();
            // SAFETY: none; that is the mistake. The member bears it.
            let moved = unsafe { *Pin::into_inner_unchecked(this.member.take().unwrap()) };
            let mut moved = Pin::from(Box::write(elsewhere, moved));
            let polled = moved.as_mut().poll(inner).map(Some);
            this.member = Some(moved);
            this.relay.end();
            this.is_over = polled.is_ready();
            return polled;
        }
        let mut polled = member.as_mut().poll(inner);
        while this.mistake == Spins && polled.is_pending() && this.relay.state().is_woken {
            polled = member.as_mut().poll(inner);
        }
        this.relay.end();
        match polled {
            Poll::Pending => {
                if this.mistake == ForgetsThatItWasWoken {
                    this.relay.state().is_woken = false;
                }
                if this.mistake == IsBusy {
                    cx.waker().wake_by_ref();
                }
                this.is_over |= this.mistake == EndsTooEarly;
                Poll::Pending
            }
            Poll::Ready(item) => {
                if this.mistake == PollsOnceMore {
                    let _ = member.as_mut().poll(inner);
                }
                this.is_over = this.mistake != NeverEnds;
                if this.mistake != Leaks {
                    this.member = None;
                }
                if this.mistake == LeaksTheOutput {
                    mem::forget(item);
                    return Poll::Ready(None);
                }
                Poll::Ready(Some(item))
            }
        }
    }
}

impl FusedFuture for Relayed {
    fn is_terminated(&self) -> bool {
        self.is_over
    }
}

impl Drop for Relayed {
    fn drop(&mut self) {
        if self.mistake == Leaks {
            mem::forget(self.member.take());
        }
    }
}

fn relayed(mistake: Mistake) -> Suite<impl Laws> {
    laws::fused_future(move |member| Relayed::new(mistake, member))
}

#[test]
fn the_reference_passes() {
    relayed(Right).checker(checker().runs(5_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($suite:ident: $($test:ident: $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(1_000).max_steps(2_000);
            told_by($suite($mistake), checker, Law::$law, $words, "members = ");
        }
    )*};
}

told! { relayed:
    a_waker_of_the_first_poll: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    a_wake_during_a_poll_that_is_ignored: IsDeafWhilePolling breaks Stuck, "waits for ever: member 0 was woken, and nobody polls it";
    a_wake_during_a_poll_that_is_forgotten: ForgetsThatItWasWoken breaks Stuck, "member 0 was woken, and nobody polls it";
    a_waker_that_wakes_once: WakesOnce breaks Stuck, "member 0 was woken, and nobody polls it";
    a_member_that_is_polled_after_its_end: PollsOnceMore breaks PollAfterReady, "member 0 was polled again after its end";
    a_member_that_leaks: Leaks breaks Panic, "member 0 was not dropped, and nobody has it any more";
    an_output_that_leaks: LeaksTheOutput breaks Panic, "it gave the items []: expected the items [0]";
    a_member_that_is_moved: Moves breaks Panic, "member 0 was moved after it was polled";
    a_loop_until_it_is_ready: Spins breaks Starvation, "was polled more than 300 times within one poll";
    a_future_that_wakes_itself: IsBusy breaks BusyPoll, "wakes itself";
    a_member_without_a_waker: RegistersNothing breaks Stuck, "member 0 was woken, and nobody polls it";
    an_end_that_is_told_too_early: EndsTooEarly breaks Panic, "`is_terminated` is true before it was ready";
    an_end_that_is_not_told: NeverEnds breaks Panic, "`is_terminated` is false after it was ready";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JoinMistake {
    JoinRight,
    GivesTheLastFirst,
    PollsThoseThatAreReady,
    StopsAtTheFirstPending,
    LeaksTheMembers,
    LeavesOneOut,
    KeepsThoseThatEnded,
}
use JoinMistake::*;

/// A member until it has ended.
type Slot = Option<Pin<Box<Member>>>;

/// Waits for all, or for the first of them.
struct Gathered {
    mistake: JoinMistake,
    is_race: bool,
    members: Vec<(Slot, Option<Item>)>,
}

impl Future for Gathered {
    type Output = Vec<Item>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<Item>> {
        let this = &mut *self;
        let mut is_pending = false;
        for (slot, output) in &mut this.members {
            if output.is_some() && this.mistake != PollsThoseThatAreReady {
                continue;
            }
            let Some(member) = slot else { continue };
            match member.as_mut().poll(cx) {
                Poll::Ready(item) if this.is_race => return Poll::Ready(vec![item]),
                Poll::Ready(item) => {
                    *output = Some(item);
                    if !matches!(this.mistake, KeepsThoseThatEnded | PollsThoseThatAreReady) {
                        *slot = None;
                    }
                }
                Poll::Pending if this.mistake == StopsAtTheFirstPending => return Poll::Pending,
                Poll::Pending => is_pending = true,
            }
        }
        if is_pending {
            return Poll::Pending;
        }
        let mut outputs: Vec<_> = this.members.iter_mut().filter_map(|m| m.1.take()).collect();
        if this.mistake == GivesTheLastFirst {
            outputs.reverse();
        }
        if this.mistake == LeavesOneOut {
            outputs.pop();
        }
        Poll::Ready(outputs)
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        if self.mistake == LeaksTheMembers {
            self.members.drain(..).for_each(|(member, _)| mem::forget(member));
        }
    }
}

fn gathered(mistake: JoinMistake, is_race: bool, members: Vec<Member>) -> Gathered {
    let members = members.into_iter().map(|member| (Some(Box::pin(member)), None)).collect();
    Gathered { mistake, is_race, members }
}

fn joined(mistake: JoinMistake) -> Suite<impl Laws> {
    laws::join(move |members| gathered(mistake, false, members))
}

fn raced(mistake: JoinMistake) -> Suite<impl Laws> {
    laws::race(move |members| gathered(mistake, true, members))
}

#[test]
fn the_references_of_join_and_race_pass() {
    joined(JoinRight).checker(checker().runs(5_000)).check();
    raced(JoinRight).checker(checker().runs(5_000)).check();
}

told! { joined:
    outputs_in_another_order: GivesTheLastFirst breaks Panic, "expected the items [0, 1]";
    a_member_of_a_join_that_is_polled_after_its_end: PollsThoseThatAreReady breaks PollAfterReady, "was polled again after its end";
    a_join_of_one_after_another: StopsAtTheFirstPending breaks Stuck, "member 1 was never polled, while its owner waits";
    a_join_that_leaks: LeaksTheMembers breaks Panic, "was not dropped";
    a_join_that_keeps_those_that_ended: KeepsThoseThatEnded breaks Panic, "has ended, and is kept while its owner waits";
    a_join_that_leaves_one_out: LeavesOneOut breaks Panic, "it gave the items []: expected the items [0]";
}

told! { raced:
    a_race_of_the_first: StopsAtTheFirstPending breaks Stuck, "member 1 was never polled, while its owner waits";
    a_race_that_leaks: LeaksTheMembers breaks Panic, "was not dropped";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SharedMistake {
    SharedRight,
    WakesWhoPolledLast,
    WakesWhoCameFirst,
    KeepsTheFirstWakers,
    ForgetsThoseWhoCameMeanwhile,
    GivesItOnce,
}
use SharedMistake::*;

/// A future that several wait for; each polls it for all.
#[derive(Clone)]
struct Shared {
    inside: Rc<Inside>,
    slot: Option<usize>,
}

struct Inside {
    mistake: SharedMistake,
    all: Arc<All>,
    member: RefCell<Option<Pin<Box<Member>>>>,
    output: RefCell<Option<Rc<Item>>>,
}

/// The wakers of those who wait.
#[derive(Default)]
struct All(Mutex<(Vec<Option<Waker>>, SharedWakes, bool)>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum SharedWakes {
    #[default]
    Everybody,
    Last,
    First,
}

impl Wake for All {
    fn wake(self: Arc<All>) {
        let mut all = self.0.lock().unwrap();
        all.2 = true;
        let how = all.1;
        let mut waiting: Vec<_> = all.0.iter_mut().filter(|waker| waker.is_some()).collect();
        let woken = match how {
            SharedWakes::Everybody => 0..waiting.len(),
            SharedWakes::Last => waiting.len().saturating_sub(1)..waiting.len(),
            SharedWakes::First => 0..waiting.len().min(1),
        };
        let wakers: Vec<_> = waiting[woken].iter_mut().filter_map(|waker| waker.take()).collect();
        drop(all);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Shared {
    fn new(mistake: SharedMistake, member: Member) -> Shared {
        let all = Arc::new(All::default());
        all.0.lock().unwrap().1 = match mistake {
            WakesWhoPolledLast => SharedWakes::Last,
            WakesWhoCameFirst => SharedWakes::First,
            _ => SharedWakes::Everybody,
        };
        let member = RefCell::new(Some(Box::pin(member)));
        let inside = Inside { mistake, all, member, output: RefCell::default() };
        Shared { inside: Rc::new(inside), slot: None }
    }
}

impl Future for Shared {
    type Output = Vec<Rc<Item>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<Rc<Item>>> {
        let this = &mut *self;
        let Inside { mistake, all, member, output } = &*this.inside;
        let newest = cx.waker().clone();
        if let Some(output) = &*output.borrow() {
            let again = this.slot.is_none() && *mistake == GivesItOnce;
            return Poll::Ready(if again { Vec::new() } else { vec![output.clone()] });
        }
        let mut waiting = all.0.lock().unwrap();
        let old = match this.slot {
            Some(slot) if *mistake == KeepsTheFirstWakers && waiting.0[slot].is_some() => None,
            Some(slot) => waiting.0[slot].replace(newest),
            None => {
                waiting.0.push(Some(newest));
                this.slot = Some(waiting.0.len() - 1);
                None
            }
        };
        drop(waiting);
        drop(old);
        // Taken out, so that whoever polls meanwhile sees that it is under way.
        let Some(mut future) = member.borrow_mut().take() else { return Poll::Pending };
        all.0.lock().unwrap().2 = false;
        let waker = Waker::from(all.clone());
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        // Who came meanwhile was told that it is under way.
        let was_woken = mem::take(&mut all.0.lock().unwrap().2);
        if polled.is_pending() {
            *member.borrow_mut() = Some(future);
            if was_woken && *mistake != ForgetsThoseWhoCameMeanwhile {
                waker.wake();
            }
            return Poll::Pending;
        }
        let Poll::Ready(item) = polled else { return Poll::Pending };
        let item = Rc::new(item);
        *output.borrow_mut() = Some(item.clone());
        waker.wake();
        Poll::Ready(vec![item])
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            let waker = self.inside.all.0.lock().unwrap().0[slot].take();
            drop(waker);
        }
    }
}

fn sync_shared(mistake: SharedMistake) -> Suite<impl Laws> {
    laws::sync_shared_future(move |member| Shared::new(mistake, member))
}

fn shared(mistake: SharedMistake) -> Suite<impl Laws> {
    laws::shared_future(move |member| Shared::new(mistake, member))
}

#[test]
fn the_reference_of_a_shared_future_passes() {
    shared(SharedRight).checker(checker().runs(5_000)).check();
    shared(SharedRight).checker(checker().runs(5_000).with(Kind::ReentrantWaker)).check();
    sync_shared(SharedRight).checker(checker().runs(5_000)).check();
}

told! { shared:
    a_shared_future_that_wakes_the_last: WakesWhoPolledLast breaks Stuck, "waits for ever";
    a_shared_future_that_wakes_the_first: WakesWhoCameFirst breaks Stuck, "waits for ever";
    a_shared_future_with_the_first_wakers: KeepsTheFirstWakers breaks StaleWaker, "earlier poll";
    a_shared_output_that_is_taken: GivesItOnce breaks Panic, "it gave the items []";
}

#[test]
fn a_shared_future_that_forgets_those_who_came_while_it_was_polled() {
    let words = "member 0 was woken, and nobody polls it";
    let suite = sync_shared(ForgetsThoseWhoCameMeanwhile);
    told_by(suite, checker(), Law::Stuck, words, "waits = ");
}
