//! What [`std::sync::atomic`] has, with each operation a point at which loom may switch.
//!
//! Loom takes an access that is `SeqCst` for one that acquires and releases; the order of all
//! such accesses it does not know. A [`fence`] it does.

use crate::recorder::{ObjectId, Operation, name_of_address, new_object};
use std::fmt::{self, Debug};
use std::panic::Location;
pub use std::sync::atomic::Ordering;

/// As [`std::sync::atomic::fence`].
#[track_caller]
pub fn fence(order: Ordering) {
    let operation = Operation::begin(None, || format!("fence({order:?})"));
    loom::sync::atomic::fence(order);
    operation.end();
}

/// How a report shows a value.
trait Shown {
    fn shown(&self) -> String;
}

impl<T> Shown for *mut T {
    fn shown(&self) -> String {
        name_of_address(self.addr())
    }
}

/// The operations that every atomic has.
macro_rules! atomic {
    ($name:ident $(<$pointee:ident>)?: $value:ty) => {
        #[doc = concat!("As [`std::sync::atomic::", stringify!($name), "`].")]
        pub struct $name $(<$pointee>)? {
            atomic: loom::sync::atomic::$name $(<$pointee>)?,
            object: ObjectId,
        }

        impl $(<$pointee>)? $name $(<$pointee>)? {
            /// A new one, with that value. It can only be made within a model.
            #[track_caller]
            #[must_use]
            pub fn new(value: $value) -> Self {
                let object = new_object(stringify!($name), Location::caller());
                $name { atomic: loom::sync::atomic::$name::new(value), object }
            }

            #[track_caller]
            fn begin(&self, text: impl FnOnce() -> String) -> Operation {
                Operation::begin(Some(self.object), text)
            }

            /// Gives the value back.
            #[track_caller]
            pub fn into_inner(self) -> $value {
                let operation = self.begin(|| "into_inner".into());
                let value = self.atomic.into_inner();
                operation.reads(|| value.shown());
                value
            }

            /// Reads the value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                let operation = self.begin(|| format!("load({order:?})"));
                let value = self.atomic.load(order);
                operation.reads(|| value.shown());
                value
            }

            /// Writes a value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                let operation = self.begin(|| format!("store({}, {order:?})", value.shown()));
                self.atomic.store(value, order);
                operation.writes(|| value.shown());
            }

            /// Writes a value and answers the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                let operation = self.begin(|| format!("swap({}, {order:?})", value.shown()));
                let old = self.atomic.swap(value, order);
                operation.exchanges(|| old.shown(), || Some(value.shown()));
                old
            }

            /// Writes `new` if the value is `current`.
            ///
            /// # Errors
            ///
            /// The value, if it is another.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let operation = self.begin(|| {
                    let (current, new) = (current.shown(), new.shown());
                    format!("compare_exchange({current}, {new}, {success:?}, {failure:?})")
                });
                let result = self.atomic.compare_exchange(current, new, success, failure);
                let (Ok(old) | Err(old)) = result;
                operation.exchanges(|| old.shown(), || result.is_ok().then(|| new.shown()));
                result
            }

            /// As [`compare_exchange`](Self::compare_exchange): loom has none that fail for
            /// no reason.
            ///
            /// # Errors
            ///
            /// The value, if it is another.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(current, new, success, failure)
            }

            /// Exchanges the value for what `f` makes of it, as often as it takes.
            ///
            /// # Errors
            ///
            /// The value of which `f` makes nothing.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut f: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut old = self.load(fetch_order);
                while let Some(new) = f(old) {
                    match self.compare_exchange_weak(old, new, set_order, fetch_order) {
                        Ok(old) => return Ok(old),
                        Err(now) => old = now,
                    }
                }
                Err(old)
            }
        }

        impl $(<$pointee>)? Debug for $name $(<$pointee>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// The value of the one and only owner.
macro_rules! with_mut {
    ($name:ident $(<$pointee:ident>)?: $value:ty) => {
        impl $(<$pointee>)? $name $(<$pointee>)? {
            /// The value of the one and only owner.
            #[track_caller]
            pub fn with_mut<R>(&mut self, f: impl FnOnce(&mut $value) -> R) -> R {
                let operation = self.begin(|| "with_mut".into());
                let (answer, new) = self.atomic.with_mut(|value| (f(value), *value));
                operation.writes(|| new.shown());
                answer
            }
        }
    };
}

/// The operations that exchange the value for what is made of it and another.
macro_rules! fetch {
    ($name:ident: $value:ty; $($fetch:ident = $of:expr;)*) => {
        impl $name { $(
            #[doc = concat!("As that of [`std`](std::sync::atomic::", stringify!($name), "::", stringify!($fetch), ").")]
            #[track_caller]
            pub fn $fetch(&self, value: $value, order: Ordering) -> $value {
                let operation =
                    self.begin(|| format!(concat!(stringify!($fetch), "({:?}, {:?})"), value, order));
                let old = self.atomic.$fetch(value, order);
                let of: fn($value, $value) -> $value = $of;
                operation.exchanges(|| old.shown(), || Some(of(old, value).shown()));
                old
            }
        )* }
    };
}

/// What those have whose values are not pointers.
macro_rules! plain {
    ($name:ident: $value:ty) => {
        atomic!($name: $value);

        impl Shown for $value {
            fn shown(&self) -> String {
                format!("{self:?}")
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                $name::new(<$value>::default())
            }
        }

        impl From<$value> for $name {
            #[track_caller]
            fn from(value: $value) -> Self {
                $name::new(value)
            }
        }
    };
}

macro_rules! integers {
    ($($name:ident: $value:ty;)*) => { $(
        plain!($name: $value);
        with_mut!($name: $value);
        fetch! {
            $name: $value;
            fetch_add = |a, b| a.wrapping_add(b);
            fetch_sub = |a, b| a.wrapping_sub(b);
            fetch_and = |a, b| a & b;
            fetch_nand = |a, b| !(a & b);
            fetch_or = |a, b| a | b;
            fetch_xor = |a, b| a ^ b;
            fetch_max = |a, b| a.max(b);
            fetch_min = |a, b| a.min(b);
        }
    )* };
}

integers! {
    AtomicU8: u8;
    AtomicU16: u16;
    AtomicU32: u32;
    AtomicU64: u64;
    AtomicUsize: usize;
    AtomicI8: i8;
    AtomicI16: i16;
    AtomicI32: i32;
    AtomicI64: i64;
    AtomicIsize: isize;
}

plain!(AtomicBool: bool);
fetch! {
    AtomicBool: bool;
    fetch_and = |a, b| a & b;
    fetch_nand = |a, b| !(a & b);
    fetch_or = |a, b| a | b;
    fetch_xor = |a, b| a ^ b;
}

atomic!(AtomicPtr<T>: *mut T);
with_mut!(AtomicPtr<T>: *mut T);
