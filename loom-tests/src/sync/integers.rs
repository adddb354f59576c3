//! [`std::sync::atomic`], with each operation a point at which loom may switch.
//!
//! Loom takes an access that is `SeqCst` for one that acquires and releases; the order of all
//! such accesses it does not know. A [`fence`] it does.

use crate::recorder::{ObjectId, Operation, new_object};
use std::fmt;
use std::panic::Location;
pub use std::sync::atomic::Ordering;

/// As [`std::sync::atomic::fence`].
#[track_caller]
pub fn fence(order: Ordering) {
    let operation = Operation::begin(None, || format!("fence({order:?})"));
    loom::sync::atomic::fence(order);
    operation.end();
}

macro_rules! atomic {
    ($($name:ident: $value:ty;)*) => { $(
        #[doc = concat!("As [`std::sync::atomic::", stringify!($name), "`].")]
        pub struct $name {
            atomic: loom::sync::atomic::$name,
            object: ObjectId,
        }

        impl $name {
            #[doc = "A new one, with that value. It can only be made within a model."]
            #[track_caller]
            #[must_use]
            pub fn new(value: $value) -> Self {
                let object = new_object(stringify!($name), Location::caller());
                $name { atomic: loom::sync::atomic::$name::new(value), object }
            }

            /// Gives the value back.
            #[track_caller]
            pub fn into_inner(self) -> $value {
                let operation = Operation::begin(Some(self.object), || "into_inner".into());
                let value = self.atomic.into_inner();
                operation.reads(|| format!("{value:?}"));
                value
            }

            /// Reads the value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                let operation = Operation::begin(Some(self.object), || format!("load({order:?})"));
                let value = self.atomic.load(order);
                operation.reads(|| format!("{value:?}"));
                value
            }

            /// Writes a value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                let operation =
                    Operation::begin(Some(self.object), || format!("store({value:?}, {order:?})"));
                self.atomic.store(value, order);
                operation.writes(|| format!("{value:?}"));
            }

            /// Writes a value and answers the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                let operation =
                    Operation::begin(Some(self.object), || format!("swap({value:?}, {order:?})"));
                let old = self.atomic.swap(value, order);
                operation.exchanges(|| format!("{old:?}"), || Some(format!("{value:?}")));
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
                let operation = Operation::begin(Some(self.object), || {
                    format!("compare_exchange({current:?}, {new:?}, {success:?}, {failure:?})")
                });
                let result = self.atomic.compare_exchange(current, new, success, failure);
                let (Ok(old) | Err(old)) = result;
                operation
                    .exchanges(|| format!("{old:?}"), || result.is_ok().then(|| format!("{new:?}")));
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

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
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
    )* };
}

/// The operations that exchange the value for what is made of it and another.
macro_rules! fetch {
    ($($name:ident: $value:ty;)*; $($fetch:ident = $of:expr;)*) => {
        fetch!(@each [$($name: $value;)*] [$($fetch = $of;)*]);
    };
    (@each [] $fetches:tt) => {};
    (@each [$name:ident: $value:ty; $($rest:tt)*] [$($fetch:ident = $of:expr;)*]) => {
        impl $name {
            $(
                #[doc = concat!("As [`std`](std::sync::atomic::", stringify!($name), "::", stringify!($fetch), ")'s.")]
                #[track_caller]
                pub fn $fetch(&self, value: $value, order: Ordering) -> $value {
                    let operation = Operation::begin(Some(self.object), || {
                        format!(concat!(stringify!($fetch), "({:?}, {:?})"), value, order)
                    });
                    let old = self.atomic.$fetch(value, order);
                    let of: fn($value, $value) -> $value = $of;
                    operation.exchanges(|| format!("{old:?}"), || Some(format!("{:?}", of(old, value))));
                    old
                }
            )*
        }
        fetch!(@each [$($rest)*] [$($fetch = $of;)*]);
    };
}

macro_rules! with_mut {
    ($($name:ident: $value:ty;)*) => { $(
        impl $name {
            /// The value of the one and only owner.
            #[track_caller]
            pub fn with_mut<R>(&mut self, f: impl FnOnce(&mut $value) -> R) -> R {
                let operation = Operation::begin(Some(self.object), || "with_mut".into());
                let mut new = String::new();
                let answer = self.atomic.with_mut(|value| {
                    let answer = f(value);
                    new = format!("{value:?}");
                    answer
                });
                operation.writes(|| new);
                answer
            }
        }
    )* };
}

atomic! {
    AtomicBool: bool;
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

with_mut! {
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

fetch! {
    AtomicBool: bool;;
    fetch_and = |a, b| a & b;
    fetch_nand = |a, b| !(a & b);
    fetch_or = |a, b| a | b;
    fetch_xor = |a, b| a ^ b;
}

fetch! {
    AtomicU8: u8;
    AtomicU16: u16;
    AtomicU32: u32;
    AtomicU64: u64;
    AtomicUsize: usize;
    AtomicI8: i8;
    AtomicI16: i16;
    AtomicI32: i32;
    AtomicI64: i64;
    AtomicIsize: isize;;
    fetch_add = |a, b| a.wrapping_add(b);
    fetch_sub = |a, b| a.wrapping_sub(b);
    fetch_and = |a, b| a & b;
    fetch_nand = |a, b| !(a & b);
    fetch_or = |a, b| a | b;
    fetch_xor = |a, b| a ^ b;
    fetch_max = |a, b| a.max(b);
    fetch_min = |a, b| a.min(b);
}
