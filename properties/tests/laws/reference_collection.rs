//! A collection of futures of our own, right unless it is told to make a mistake.

use reveille::laws::{Collection, Full, Item, Member};
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    RightAndOrdered,
    PushWakesNobody,
    RoomWakesNobody,
    RemovalWakesNobody,
    ReplacesUnseen,
    KeepsItsFirstWaker,
    IsDeafWhilePolling,
    ForgetsOtherWakes,
    PollsAll,
    PollsAfterTheEnd,
    Spins,
    LeaksWhatIsDrained,
    LeaksWhatIsCleared,
    PanicsInADrain,
    HoldsOneMore,
    HoldsOneLess,
    NeverSaysThatItIsEmpty,
    SaysThatItIsEmpty,
    GivesTheNewest,
    CountsWhatWasRemoved,
    TryTakesTheWaker,
    GivesWhatWasRemoved,
    LosesAnOutput,
    WakesAfterTheSlowOne,
    PushesToTheFrontAtTheBack,
    PollsOneOften,
    LeaksWhoHoldsItsWaker,
    StopsAtOneThatIsGone,
    KeepsOneWakerForRoom,
    RightForOneThatWaits,
}
use Mistake::*;

const BOUND: usize = 2;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

/// Who is woken, and who is to be told.
#[derive(Default)]
struct Central(Mutex<Wakes>);

#[derive(Default)]
struct Wakes {
    woken: VecDeque<u64>,
    taker: Option<Waker>,
    is_polling: bool,
    is_deaf: bool,
    /// Tells only if all that it has are woken: a mistake.
    waits_for_all: Option<usize>,
}

impl Central {
    fn lock(&self) -> MutexGuard<'_, Wakes> {
        self.0.lock().unwrap()
    }

    fn schedule(&self, id: u64, tells: bool) {
        let mut wakes = self.lock();
        if wakes.is_polling && wakes.is_deaf {
            return;
        }
        if !wakes.woken.contains(&id) {
            wakes.woken.push_back(id);
        }
        let is_early = wakes.waits_for_all.is_some_and(|count| wakes.woken.len() < count);
        let taker = if tells && !is_early { wakes.taker.clone() } else { None };
        drop(wakes);
        if let Some(taker) = taker {
            taker.wake();
        }
    }
}

struct One {
    id: u64,
    central: Arc<Central>,
    /// Whom it wakes: a mistake, since that one may hold it.
    _whom: Option<Slot>,
}

/// A member until it has ended.
type Slot = Arc<Mutex<Option<Pin<Box<Member>>>>>;

impl Wake for One {
    fn wake(self: Arc<One>) {
        self.central.schedule(self.id, true);
    }
}

struct Held {
    id: u64,
    key: usize,
    member: Slot,
    output: Option<Item>,
}

pub(crate) struct Members {
    mistake: Mistake,
    central: Arc<Central>,
    next: u64,
    held: Vec<Held>,
    room: Vec<Waker>,
    removed: usize,
    given: usize,
}

impl Members {
    fn is_ordered(&self) -> bool {
        matches!(self.mistake, RightAndOrdered | GivesTheNewest | PushesToTheFrontAtTheBack)
    }

    fn has_room(&self) -> bool {
        self.held.len()
            < match self.mistake {
                HoldsOneMore => BOUND + 1,
                HoldsOneLess => BOUND - 1,
                _ => BOUND,
            }
    }

    fn wake_who_waits_for_room(&mut self) {
        let room = mem::take(&mut self.room);
        if self.mistake != RoomWakesNobody {
            room.into_iter().for_each(Waker::wake);
        }
    }

    fn note_count(&self) {
        let count = (self.mistake == WakesAfterTheSlowOne).then_some(self.held.len());
        self.central.lock().waits_for_all = count;
    }

    fn push(&mut self, key: usize, member: Member, is_first: bool) -> Result<(), Full> {
        let member = Arc::new(Mutex::new(Some(Box::pin(member))));
        if let Some(held) = self.held.iter_mut().find(|held| held.key == key)
            && self.mistake == ReplacesUnseen
        {
            held.member = member;
            held.output = None;
            return Ok(());
        }
        let replaced = self.held.iter().position(|held| held.key == key);
        let replaced = replaced.map(|at| self.held.remove(at));
        if replaced.is_none() && !self.has_room() {
            return Err(Full);
        }
        drop(replaced);
        let id = self.next;
        self.next += 1;
        let at = if is_first { 0 } else { self.held.len() };
        self.held.insert(at, Held { id, key, member, output: None });
        self.note_count();
        self.central.schedule(id, self.mistake != PushWakesNobody);
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>, is_try: bool) -> Poll<Option<Item>> {
        if !is_try || self.mistake == TryTakesTheWaker {
            let mut wakes = self.central.lock();
            if self.mistake != KeepsItsFirstWaker || wakes.taker.is_none() {
                let old = wakes.taker.replace(cx.waker().clone());
                drop(wakes);
                drop(old);
            }
        }
        self.central.lock().is_polling = true;
        let polled = self.poll_the_woken();
        self.central.lock().is_polling = false;
        if let Poll::Ready(Some(_)) = &polled {
            self.note_count();
            self.wake_who_waits_for_room();
        }
        polled
    }

    fn poll_the_woken(&mut self) -> Poll<Option<Item>> {
        let mut woken: Vec<u64> = self.central.lock().woken.drain(..).collect();
        if self.mistake == PollsAll {
            woken = self.held.iter().map(|held| held.id).collect();
        }
        let mut at = 0;
        while at < woken.len() {
            let id = woken[at];
            at += 1;
            let Some(held) = self.held.iter_mut().find(|held| held.id == id) else {
                if self.mistake == StopsAtOneThatIsGone {
                    return Poll::Pending;
                }
                continue;
            };
            let whom = (self.mistake == LeaksWhoHoldsItsWaker).then(|| held.member.clone());
            let mut slot = held.member.lock().unwrap();
            let Some(member) = &mut *slot else { continue };
            let one = One { id, central: self.central.clone(), _whom: whom };
            let waker = Waker::from(Arc::new(one));
            let polled = member.as_mut().poll(&mut Context::from_waker(&waker));
            if self.mistake == Spins || self.mistake == PollsOneOften && woken.len() < 10 {
                let again = self.central.lock().woken.drain(..).collect::<Vec<_>>();
                woken.extend(again);
            }
            let Poll::Ready(item) = polled else { continue };
            held.output = Some(item);
            if self.mistake == PollsAfterTheEnd {
                let _ = member.as_mut().poll(&mut Context::from_waker(&waker));
            }
            *slot = None;
            drop(slot);
            if !self.is_ordered() {
                break;
            }
        }
        if self.mistake != ForgetsOtherWakes {
            let mut wakes = self.central.lock();
            woken[at..].iter().rev().for_each(|id| wakes.woken.push_front(*id));
        }
        let ready = match self.mistake {
            RightAndOrdered | PushesToTheFrontAtTheBack => {
                self.held.first().is_some_and(|held| held.output.is_some()).then_some(0)
            }
            GivesTheNewest => self.held.iter().rposition(|held| held.output.is_some()),
            _ => self.held.iter().position(|held| held.output.is_some()),
        };
        match ready {
            Some(at) => {
                let held = self.held.remove(at);
                self.given += 1;
                if self.mistake == LosesAnOutput && self.given == 2 {
                    return Poll::Pending;
                }
                Poll::Ready(held.output)
            }
            None if self.held.is_empty() && self.mistake != NeverSaysThatItIsEmpty => {
                Poll::Ready(None)
            }
            None if self.mistake == SaysThatItIsEmpty => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl Collection for Reference {
    type Members = Members;

    fn open(&self) -> Members {
        let central = Arc::new(Central::default());
        central.lock().is_deaf = self.0 == IsDeafWhilePolling;
        Members {
            mistake: self.0,
            central,
            next: 0,
            held: Vec::new(),
            room: Vec::new(),
            removed: 0,
            given: 0,
        }
    }

    fn push(&self, members: &mut Members, key: usize, member: Member) -> Result<(), Full> {
        members.push(key, member, false)
    }

    fn push_front(
        &self,
        members: &mut Members,
        key: usize,
        member: Member,
    ) -> Option<Result<(), Full>> {
        Some(members.push(key, member, self.0 != PushesToTheFrontAtTheBack))
    }

    fn poll_next(&self, members: &mut Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll(cx, false)
    }

    fn is_ordered(&self) -> bool {
        matches!(self.0, RightAndOrdered | GivesTheNewest | PushesToTheFrontAtTheBack)
    }

    fn most_polls_of_one(&self) -> Option<u32> {
        (self.0 != Spins).then_some(1)
    }

    fn bound(&self) -> Option<usize> {
        Some(BOUND)
    }

    fn is_keyed(&self) -> bool {
        true
    }

    fn push_wakes(&self) -> bool {
        true
    }

    fn polls_only_the_woken(&self) -> bool {
        true
    }

    fn poll_ready(&self, members: &mut Members, cx: &mut Context<'_>) -> Option<Poll<()>> {
        if members.held.len() < BOUND {
            return Some(Poll::Ready(()));
        }
        if matches!(self.0, KeepsOneWakerForRoom | RightForOneThatWaits) {
            members.room.clear();
        }
        members.room.push(cx.waker().clone());
        Some(Poll::Pending)
    }

    fn many_wait_for_room(&self) -> bool {
        self.0 != RightForOneThatWaits
    }

    fn try_next(&self, members: &mut Members) -> Option<Option<Item>> {
        match members.poll(&mut Context::from_waker(Waker::noop()), true) {
            Poll::Ready(item) => Some(item),
            Poll::Pending => Some(None),
        }
    }

    fn len(&self, members: &Members) -> Option<usize> {
        let removed = if self.0 == CountsWhatWasRemoved { members.removed } else { 0 };
        Some(members.held.iter().filter(|held| held.key != usize::MAX).count() + removed)
    }

    fn remove(&self, members: &mut Members, key: usize) -> Option<bool> {
        let Some(at) = members.held.iter().position(|held| held.key == key) else {
            return Some(false);
        };
        members.removed += 1;
        if self.0 == GivesWhatWasRemoved {
            members.held[at].key = usize::MAX;
            return Some(true);
        }
        drop(members.held.remove(at));
        members.note_count();
        if self.0 != RemovalWakesNobody {
            members.wake_who_waits_for_room();
        }
        Some(true)
    }

    fn clear(&self, members: &mut Members) -> Option<()> {
        let held = mem::take(&mut members.held);
        members.removed += held.len();
        if self.0 == LeaksWhatIsCleared {
            mem::forget(held);
        } else {
            drop(held);
        }
        members.note_count();
        members.wake_who_waits_for_room();
        Some(())
    }

    fn drain(&self, mut members: Members) -> Option<Box<dyn Iterator<Item = ()>>> {
        members.wake_who_waits_for_room();
        let mut held = mem::take(&mut members.held).into_iter();
        Some(Box::new(Drained { mistake: self.0, first: held.next(), rest: held.collect() }))
    }
}

struct Drained {
    mistake: Mistake,
    first: Option<Held>,
    rest: VecDeque<Held>,
}

impl Iterator for Drained {
    type Item = ();

    fn next(&mut self) -> Option<()> {
        self.first.take().or_else(|| self.rest.pop_front()).map(drop)
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        match self.mistake {
            LeaksWhatIsDrained => self.rest.drain(..).for_each(mem::forget),
            PanicsInADrain if self.first.is_none() && !self.rest.is_empty() => {
                panic!("the rest was not expected")
            }
            _ => {}
        }
    }
}
