//! The laws of readers-writer locks.

use super::given::item::{Drops, Item};
use super::permits::{
    Entering, Gate, Kind, Line, Menu, Permits, Rules, Scene, Share, TryAcquireError, TryUpgrade,
    Upgrading, run, scripts,
};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use std::future::Ready;

/// Readers at once, where there is no limit.
const NO_LIMIT: usize = 1 << 20;

/// A readers-writer lock for the suite [`rw_lock`]: how to make one, and how to lock it.
///
/// What a lock does not have is left as it is, and is not tested; what the runs came by is
/// told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Item, RwLock};
/// use tokio::sync::{RwLockReadGuard, RwLockWriteGuard};
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// enum Guard<'a> {
///     Read { _guard: RwLockReadGuard<'a, Item> },
///     Write(RwLockWriteGuard<'a, Item>),
/// }
///
/// impl RwLock for Tokio {
///     type Lock = tokio::sync::RwLock<Item>;
///     type Guard<'a> = Guard<'a>;
///
///     fn make(&self, content: Item) -> Self::Lock {
///         tokio::sync::RwLock::new(content)
///     }
///
///     async fn read<'a>(&self, lock: &'a Self::Lock) -> Guard<'a> {
///         Guard::Read { _guard: lock.read().await }
///     }
///
///     async fn write<'a>(&self, lock: &'a Self::Lock) -> Guard<'a> {
///         Guard::Write(lock.write().await)
///     }
///
///     fn downgrade<'a>(
///         &self,
///         guard: Self::Guard<'a>,
///     ) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
///         match guard {
///             Guard::Write(guard) => Ok(Guard::Read { _guard: guard.downgrade() }),
///             read => Err(read),
///         }
///     }
/// }
///
/// laws::rw_lock(Tokio).runs(100).check();
/// ```
///
/// In the methods that take a guard write `Self::Guard<'a>` as it stands here; the type that it
/// is makes another signature (E0195).
///
/// Guards that own their lock are for an adapter of their own, with an `Arc` as its `Lock`.
pub trait RwLock: Clone + 'static {
    /// The lock.
    type Lock: 'static;
    /// What keeps it locked, for reading or for writing: an enum, in most cases.
    type Guard<'a>;

    /// Makes a lock with this content, which is dropped when the lock is.
    fn make(&self, content: Item) -> Self::Lock;

    /// Locks it for reading.
    fn read<'a>(&self, lock: &'a Self::Lock) -> impl Future<Output = Self::Guard<'a>>;

    /// Locks it for writing.
    fn write<'a>(&self, lock: &'a Self::Lock) -> impl Future<Output = Self::Guard<'a>>;

    /// How many read at once at most, if there is a limit. Choose a small one: 2 is good.
    fn most_readers(&self) -> Option<usize> {
        None
    }

    /// Who goes before whom. By default readers may be made to wait by a writer who waits, or not.
    fn precedence(&self) -> Precedence {
        Precedence::Any
    }

    /// Locks it for reading if it can be done at once. Where others wait and it is refused,
    /// nothing is demanded, as it may have been promised to one of them.
    fn try_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        let _ = lock;
        None
    }

    /// Locks it for writing if it can be done at once, with the same reservation.
    fn try_write<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        let _ = lock;
        None
    }

    /// Locks it for reading beside other readers, with the right to write later. One at a
    /// time has it.
    fn upgradable_read<'a>(
        &self,
        lock: &'a Self::Lock,
    ) -> Option<impl Future<Output = Self::Guard<'a>>> {
        let _ = lock;
        None::<Ready<Self::Guard<'a>>>
    }

    /// Does so if it can be done at once, with the reservation of [`try_read`](Self::try_read).
    fn try_upgradable_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        let _ = lock;
        None
    }

    /// Waits until the other readers have gone, and locks for writing; no other writer comes
    /// in between. If the future is dropped, so is the guard.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn upgrade<'a>(
        &self,
        guard: Self::Guard<'a>,
    ) -> Result<impl Future<Output = Self::Guard<'a>>, Self::Guard<'a>> {
        Err::<Ready<Self::Guard<'a>>, _>(guard)
    }

    /// Does so if there are no other readers.
    fn try_upgrade<'a>(&self, guard: Self::Guard<'a>) -> TryUpgrade<Self::Guard<'a>> {
        TryUpgrade::NotOffered(guard)
    }

    /// Goes on reading where it has written, or may have; no writer comes in between.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn downgrade<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        Err(guard)
    }

    /// The same for one who has written and may come to write again.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn downgrade_to_upgradable<'a>(
        &self,
        guard: Self::Guard<'a>,
    ) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        Err(guard)
    }

    /// Maps a guard to one of the same type, for example another variant.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn map<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        Err(guard)
    }
}

/// Who goes before whom at a [`RwLock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precedence {
    /// Nobody is promised anything: while a writer waits, readers may wait, or come in.
    Any,
    /// While others read, readers come in, whoever waits.
    Readers,
    /// Readers who come while a writer waits go after that writer.
    Writers,
    /// Whoever comes later goes later, and the first who has to wait holds up all others.
    FirstCome,
}

impl Precedence {
    fn line(self) -> Line {
        match self {
            Precedence::Any => Line::Writers,
            Precedence::Readers => Line::None,
            Precedence::Writers => Line::WritersFirst,
            Precedence::FirstCome => Line::Fair,
        }
    }
}

/// The laws of a readers-writer lock: a writer is alone, in an order that explains what
/// everybody saw (linearizability); who waits when all is at rest has a reason to, whoever
/// gave up or was dropped before; nobody is overtaken by those whom
/// [`precedence`](RwLock::precedence) says he goes before; nobody comes between when a guard is
/// upgraded or downgraded; and the content is dropped once when all are gone.
///
/// See [`RwLock`] for what to tell of a lock, with an example.
pub fn rw_lock<L: RwLock>(lock: L) -> Suite<impl Laws> {
    Suite::new(RwLockLaws(lock))
}

struct RwLockLaws<L>(L);

impl<L> sealed::Sealed for RwLockLaws<L> {}

impl<L: RwLock> Laws for RwLockLaws<L> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let all = self.0.most_readers().unwrap_or(NO_LIMIT);
        if all == 0 {
            let why = "`RwLock::most_readers` gave 0: expected that somebody can read";
            return Err(CheckError::NoRun(why.to_owned()));
        }
        let rules = Rules { kind: Kind::RwLock, line: self.0.precedence().line(), all };
        let permits = Permits::new(all, rules);
        let shares = vec![Share::Some(1), Share::All, Share::All, Share::Upgradable];
        let menu = Menu { kind: Kind::RwLock, shares };
        let arguments = argument("tasks", scripts(menu, sizes.steps()));
        let forgets = checker.suffers(reveille_sim::Kind::ForgottenFuture);
        checker.try_check_with(arguments, |tasks| {
            let drops = Drops::default();
            let (adapter, permits) = (self.0.clone(), permits.clone());
            let lock = adapter.make(drops.item());
            let last = Share::All;
            let scene = Scene { laws: "rw_lock", permits, last, forgets, ends: true, drops };
            run(Locked { adapter, lock }, scene, tasks)
        })
    }
}

struct Locked<L: RwLock> {
    adapter: L,
    lock: L::Lock,
}

impl<L: RwLock> Gate for Locked<L> {
    type Guard<'a> = L::Guard<'a>;
    const KIND: Kind = Kind::RwLock;

    fn enter(&self, share: Share) -> Option<Entering<'_, Self>> {
        let (adapter, lock) = (&self.adapter, &self.lock);
        Some(match share {
            Share::Some(_) => {
                let read = adapter.read(lock);
                Box::pin(async { Some(read.await) })
            }
            Share::Upgradable => {
                let read = adapter.upgradable_read(lock)?;
                Box::pin(async { Some(read.await) })
            }
            Share::All => {
                let write = adapter.write(lock);
                Box::pin(async { Some(write.await) })
            }
        })
    }

    fn try_enter(&self, share: Share) -> Option<Result<L::Guard<'_>, TryAcquireError>> {
        let guard = match share {
            Share::Some(_) => self.adapter.try_read(&self.lock),
            Share::Upgradable => self.adapter.try_upgradable_read(&self.lock),
            Share::All => self.adapter.try_write(&self.lock),
        };
        Some(guard?.ok_or(TryAcquireError::NoPermits))
    }

    fn map<'a>(&'a self, guard: L::Guard<'a>) -> Result<L::Guard<'a>, L::Guard<'a>> {
        self.adapter.map(guard)
    }

    fn upgrade<'a>(&'a self, guard: L::Guard<'a>) -> Upgrading<'a, Self> {
        Ok(Box::pin(self.adapter.upgrade(guard)?))
    }

    fn try_upgrade<'a>(&'a self, guard: L::Guard<'a>) -> TryUpgrade<L::Guard<'a>> {
        self.adapter.try_upgrade(guard)
    }

    fn downgrade<'a>(
        &'a self,
        guard: L::Guard<'a>,
        to: Share,
    ) -> Result<L::Guard<'a>, L::Guard<'a>> {
        match to {
            Share::Upgradable => self.adapter.downgrade_to_upgradable(guard),
            _ => self.adapter.downgrade(guard),
        }
    }
}
