//! What a task does with the permits that it asks for.

use super::TryAcquireError;
use super::gate::{Gate, TryUpgrade};
use super::model::{Answer, Does, Kind, Op, Permits, Share};
use super::section::{Act, Ask, Inside, Parting, Section};
use crate::laws::linear::Effect;
use crate::laws::play::cast::{Actor, Offer, Part, offer};
use crate::laws::play::patience::Patience;
use reveille_sim::time::{Duration, sleep};
use reveille_sim::{look_for, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

pub(super) struct Acting<G> {
    pub(super) gate: Rc<G>,
    pub(super) part: Part<Permits>,
    /// With it, a future that is dropped may be forgotten with what it has.
    pub(super) forgets: bool,
}

/// A guard and what it stands for.
struct Held<'a, G: Gate> {
    guard: G::Guard<'a>,
    share: Share,
    /// What a map gives knows no more than how to go.
    is_mapped: bool,
}

impl<'a, G: Gate> Held<'a, G> {
    fn new(guard: G::Guard<'a>, share: Share) -> Held<'a, G> {
        Held { guard, share, is_mapped: false }
    }
}

impl<G: Gate> Actor for Acting<G> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        let this = &*self;
        match act {
            Act::Section(section) => this.section(section).await,
            Act::Add(count) => this.offered(offer!("add_permits"), Does::Add(count), || {
                this.gate.add(count).map(|()| (Answer::Done, ()))
            }),
            Act::ForgetFree(count) => this.forget_free(count),
            Act::Close => this.offered(offer!("close"), Does::Close, || {
                this.gate.close().map(|()| (Answer::Done, ()))
            }),
        }
    }
}

impl<G: Gate> Acting<G> {
    fn offered(&self, offer: Offer, does: Does, operate: impl FnOnce() -> Option<(Answer, ())>) {
        let _ = self.part.offered(offer, op::<G>(does), operate);
    }

    fn forget_free(&self, count: usize) {
        let is_busy = self.part.is_busy();
        self.offered(offer!("forget_permits"), Does::ForgetFree(count), || {
            let gone = self.gate.forget_free(count)?;
            let answer = if is_busy { Answer::ForgotSome(gone) } else { Answer::Forgot(gone) };
            Some((answer, ()))
        });
    }

    async fn section(&self, section: Section) {
        let Some(mut held) = self.ask(section.share, section.ask).await else { return };
        for inside in section.inside {
            let Some(next) = self.inside(inside, held).await else { return };
            held = next;
        }
        if section.holds_on {
            self.part.until_let_go().await;
        }
        self.leave(held, section.parting);
    }

    async fn ask(&self, share: Share, ask: Ask) -> Option<Held<'_, G>> {
        let patience = match ask {
            Ask::Wait(patience) => patience,
            Ask::Try => return self.try_enter(share),
            Ask::Last => {
                self.part.until_let_go().await;
                Patience::Endless
            }
        };
        let effect = if self.forgets { Effect::Maybe } else { Effect::None };
        let (share, entering) = match self.gate.enter(share) {
            Some(entering) => (share, entering),
            None => {
                look_for("no upgradable_read, which is not offered", true);
                (Share::Some(1), self.gate.enter(Share::Some(1))?)
            }
        };
        let answer = |guard: &Option<_>| match guard {
            Some(_) => Answer::Done,
            None => Answer::Closed,
        };
        let op = op::<G>(Does::Enter(share));
        let guard = self.part.wait(op, effect, patience, || entering, answer).await??;
        Some(Held::new(guard, share))
    }

    fn try_enter(&self, share: Share) -> Option<Held<'_, G>> {
        let is_busy = self.part.is_busy();
        let offer = match (G::KIND, share) {
            (Kind::Mutex, _) => offer!("try_lock"),
            (Kind::RwLock, Share::Some(_)) => offer!("try_read"),
            (Kind::RwLock, Share::Upgradable) => offer!("try_upgradable_read"),
            (Kind::RwLock, Share::All) => offer!("try_write"),
            (Kind::Semaphore, _) => offer!("try_acquire"),
        };
        let guard = self.part.offered(offer, op::<G>(Does::TryEnter(share)), || {
            let result = self.gate.try_enter(share)?;
            let answer = match &result {
                Ok(_) => Answer::Done,
                Err(TryAcquireError::Closed) => Answer::Closed,
                Err(TryAcquireError::NoPermits) if is_busy => Answer::NotNow,
                Err(TryAcquireError::NoPermits) => Answer::Taken,
            };
            Some((answer, result.ok()))
        });
        Some(Held::new(guard??, share))
    }

    async fn inside<'a>(&'a self, inside: Inside, held: Held<'a, G>) -> Option<Held<'a, G>> {
        let share = held.share;
        match inside {
            Inside::Yield => yield_now().await,
            Inside::Sleep(millis) => sleep(Duration::from_millis(u64::from(millis))).await,
            _ if held.is_mapped => {}
            Inside::Map => {
                let mapped = counted(offer!("map of a guard"), self.gate.map(held.guard));
                let is_mapped = mapped.is_ok();
                let (Ok(guard) | Err(guard)) = mapped;
                return Some(Held { guard, share, is_mapped });
            }
            Inside::Upgrade(patience) if share == Share::Upgradable => {
                return self.upgrade(held, patience).await;
            }
            Inside::TryUpgrade if share == Share::Upgradable => {
                return Some(self.try_upgrade(held));
            }
            Inside::Downgrade(to)
                if share == Share::All || (share, to) == (Share::Upgradable, Share::Some(1)) =>
            {
                return Some(self.downgrade(held, to));
            }
            Inside::Split | Inside::SplitAndMerge if matches!(share, Share::Some(2..)) => {
                return Some(self.split(held, matches!(inside, Inside::Split)));
            }
            _ => {}
        }
        Some(held)
    }

    async fn upgrade<'a>(&'a self, held: Held<'a, G>, patience: Patience) -> Option<Held<'a, G>> {
        let upgrading = match counted(offer!("upgrade"), self.gate.upgrade(held.guard)) {
            Ok(upgrading) => upgrading,
            Err(guard) => return Some(Held::new(guard, held.share)),
        };
        let effect = if self.forgets { Effect::Maybe } else { Effect::Always };
        let upgrade = self.part.wait(
            op::<G>(Does::Upgrade),
            effect,
            patience,
            || upgrading,
            |_| Answer::Done,
        );
        Some(Held::new(upgrade.await?, Share::All))
    }

    fn try_upgrade<'a>(&'a self, held: Held<'a, G>) -> Held<'a, G> {
        let is_busy = self.part.is_busy();
        let mut untouched = None;
        let tried = self.part.offered(offer!("try_upgrade"), op::<G>(Does::TryUpgrade), || {
            match self.gate.try_upgrade(held.guard) {
                TryUpgrade::Upgraded(guard) => Some((Answer::Done, Held::new(guard, Share::All))),
                TryUpgrade::Refused(guard) => {
                    let answer = if is_busy { Answer::NotNow } else { Answer::Taken };
                    Some((answer, Held::new(guard, held.share)))
                }
                TryUpgrade::NotOffered(guard) => {
                    untouched = Some(Held::new(guard, held.share));
                    None
                }
            }
        });
        tried.or(untouched).expect("a guard was given back or was not")
    }

    fn downgrade<'a>(&'a self, held: Held<'a, G>, to: Share) -> Held<'a, G> {
        let mut untouched = None;
        let op = op::<G>(Does::Downgrade(held.share, to));
        let lower = self.part.offered(offer!("downgrade"), op, || {
            match self.gate.downgrade(held.guard, to) {
                Ok(guard) => Some((Answer::Done, Held::new(guard, to))),
                Err(guard) => {
                    untouched = Some(Held::new(guard, held.share));
                    None
                }
            }
        });
        lower.or(untouched).expect("a guard was given back or was not")
    }

    /// Takes one permit off the guard, and gives it back or puts it to the others again.
    fn split<'a>(&'a self, held: Held<'a, G>, gives_back: bool) -> Held<'a, G> {
        let Held { guard, share, .. } = held;
        let Share::Some(count) = share else { return Held::new(guard, share) };
        let (one, rest) = match counted(offer!("split"), self.gate.split(guard)) {
            Ok(parts) => parts,
            Err(guard) => return Held::new(guard, share),
        };
        let alone = match gives_back {
            true => Err((rest, one)),
            false => counted(offer!("merge"), self.gate.merge(rest, one)),
        };
        match alone {
            Ok(guard) => Held::new(guard, share),
            Err((guard, one)) => {
                self.leave(Held::new(one, Share::Some(1)), Parting::Drop);
                Held::new(guard, Share::Some(count - 1))
            }
        }
    }

    fn leave<'a>(&'a self, held: Held<'a, G>, parting: Parting) {
        let Held { mut guard, share, .. } = held;
        if let (Parting::Forget, Share::Some(count)) = (parting, share) {
            let mut left = None;
            self.offered(offer!("forget"), Does::Forget(count), || {
                self.gate.forget(guard).map_or_else(
                    |guard| {
                        left = Some(guard);
                        None
                    },
                    |()| Some((Answer::Done, ())),
                )
            });
            let Some(untouched) = left else { return };
            guard = untouched;
        }
        self.part.at_once(op::<G>(Does::Leave(share)), || {
            if parting == Parting::Unwind && self.gate.survives_panics() {
                // No hook tells of a panic that is merely resumed.
                let _ = catch_unwind(AssertUnwindSafe(|| {
                    let _guard = guard;
                    resume_unwind(Box::new(()))
                }));
            } else {
                drop(guard);
            }
            (Answer::Done, ())
        });
    }
}

fn op<G: Gate>(does: Does) -> Op {
    Op { kind: G::KIND, does }
}

/// The result of something that may not be offered.
fn counted<T, E>(offer: Offer, result: Result<T, E>) -> Result<T, E> {
    look_for(if result.is_ok() { offer.made } else { offer.missing }, true);
    result
}
