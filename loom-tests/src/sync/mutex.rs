//! [`std::sync::Mutex`] and [`std::sync::Condvar`].

use crate::recorder::{ObjectId, Operation, new_object};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, TryLockError, TryLockResult};
use std::time::Duration;

/// As [`std::sync::Mutex`], but that it is never poisoned: a model ends at its first panic.
pub struct Mutex<T> {
    mutex: loom::sync::Mutex<T>,
    object: ObjectId,
}

/// As [`std::sync::MutexGuard`].
#[must_use = "the mutex is unlocked as soon as its guard is dropped"]
pub struct MutexGuard<'a, T> {
    /// Always there, but while it is dropped or waits.
    guard: Option<loom::sync::MutexGuard<'a, T>>,
    mutex: &'a Mutex<T>,
    locked_at: &'static Location<'static>,
}

impl<T> Mutex<T> {
    /// A new one. It can only be made within a model.
    #[track_caller]
    #[must_use]
    pub fn new(value: T) -> Self {
        let object = new_object("Mutex", Location::caller());
        Mutex { mutex: loom::sync::Mutex::new(value), object }
    }

    /// Waits for the mutex and locks it.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let operation = Operation::begin(Some(self.object), || "lock".into());
        let guard = self.mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        operation.end();
        Ok(MutexGuard { guard: Some(guard), mutex: self, locked_at: Location::caller() })
    }

    /// Locks the mutex, if it is free.
    ///
    /// # Errors
    ///
    /// If it is not.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let operation = Operation::begin(Some(self.object), || "try_lock".into());
        let guard = self.mutex.try_lock().ok();
        operation.answers(|| if guard.is_some() { "locked" } else { "is locked" }.into());
        let guard = Some(guard.ok_or(TryLockError::WouldBlock)?);
        Ok(MutexGuard { guard, mutex: self, locked_at: Location::caller() })
    }

    /// The value of the one and only owner.
    ///
    /// # Errors
    ///
    /// None.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        Ok(self.mutex.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Gives the value back.
    ///
    /// # Errors
    ///
    /// None.
    pub fn into_inner(self) -> LockResult<T> {
        Ok(self.mutex.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

const HELD: &str = "a guard is without its lock while it waits only";

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.guard.as_ref().expect(HELD)
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.guard.as_mut().expect(HELD)
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(guard) = self.guard.take() else { return };
        let object = Some(self.mutex.object);
        let operation = Operation::begin_at(self.locked_at, object, || "unlock".into());
        drop(guard);
        operation.end();
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// As [`std::sync::Condvar`]. Nobody is woken for no reason, and nothing times out: loom knows no time.
pub struct Condvar {
    condvar: loom::sync::Condvar,
    object: ObjectId,
}

/// As [`std::sync::WaitTimeoutResult`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WaitTimeoutResult(());

impl WaitTimeoutResult {
    /// Never: loom knows no time.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        false
    }
}

impl Condvar {
    /// A new one. It can only be made within a model.
    #[track_caller]
    #[must_use]
    pub fn new() -> Self {
        let object = new_object("Condvar", Location::caller());
        Condvar { condvar: loom::sync::Condvar::new(), object }
    }

    /// Unlocks the mutex, waits to be notified, and locks it again.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn wait<'a, T>(&self, mut guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        Operation::begin(Some(self.object), || "wait_begins".into()).end();
        let operation = Operation::begin(Some(self.object), || "wait".into());
        let held = guard.guard.take().expect(HELD);
        let held = self.condvar.wait(held).unwrap_or_else(|poisoned| poisoned.into_inner());
        guard.guard = Some(held);
        operation.answers(|| "notified".into());
        Ok(guard)
    }

    /// Waits for as long as the condition holds.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// As [`wait`](Self::wait): the time never comes.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _patience: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (Ok(guard) | Err(guard)) = self.wait(guard).map_err(std::sync::PoisonError::into_inner);
        Ok((guard, WaitTimeoutResult(())))
    }

    /// As [`wait_while`](Self::wait_while): the time never comes.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn wait_timeout_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _patience: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let waited = self.wait_while(guard, condition);
        let (Ok(guard) | Err(guard)) = waited.map_err(std::sync::PoisonError::into_inner);
        Ok((guard, WaitTimeoutResult(())))
    }

    /// Wakes one of those who wait.
    #[track_caller]
    pub fn notify_one(&self) {
        let operation = Operation::begin(Some(self.object), || "notify_one".into());
        self.condvar.notify_one();
        operation.end();
    }

    /// Wakes all who wait.
    #[track_caller]
    pub fn notify_all(&self) {
        let operation = Operation::begin(Some(self.object), || "notify_all".into());
        self.condvar.notify_all();
        operation.end();
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Condvar::new()
    }
}
