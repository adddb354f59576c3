//! Completions: an operation is handed over together with its memory, and its end is
//! told later, as io_uring has it.
//!
//! ```text
//! driver ── push ── submission queue ── submit ── > kernel ── event at its time ── >
//!   ^                                                 │ reads or writes the memory
//!   └── completions ── completion queue < ── result ──┘
//! ```
//!
//! From the submission until the completion the memory belongs to the kernel. Dropping
//! the future that waits for it ends nothing: the kernel still writes. Whoever frees the
//! memory meanwhile, writes to it or submits it again breaks the law `buffer-in-flight`,
//! which is decided at the touch, and not when the kernel comes back:
//!
//! | memory | what is seen |
//! | --- | --- |
//! | [`Buffer`], safe | every drop, write and overlapping submission, at once |
//! | raw, with [`GuardedAllocator`] | frees and moves, at once; the block is kept until the completion |
//! | raw, in any case | overlapping submissions at once; what somebody wrote, at the completion |
//!
//! Without the allocator, raw memory that was freed and given out again looks like one
//! that was submitted twice, or is not seen at all: then the kernel of the run does what
//! a real one does, and writes to memory that is somebody else's.
//!
//! At two levels: a [`Ring`] with its two queues, for those who write a driver, and
//! [`Ring::read`] and [`Ring::write`], futures that do it right.
//!
//! ```
//! # use reveille_sim as reveille;
//! use reveille::completion::{Fd, Memory, Ring};
//! # reveille::doc(|| async {
//! let ring = Ring::new(8).unwrap();
//! let disk = Fd::open("disk", Memory::new(*b"reveille"));
//! let (result, buffer) = ring.read(disk, vec![0; 4], 0).await;
//! assert_eq!((result.unwrap(), &buffer[..]), (4, &b"reve"[..]));
//! # });
//! ```
//!
//! What a kernel may do differently from day to day is a choice on the tape: the order of
//! completions that are due at once (`timer`), a completion that comes late (`late-event`),
//! fewer bytes than there was room for (`short-io`), an operation that is interrupted
//! (`interrupted`, opt-in), and whether a cancellation comes in time (`cancel-outcome`).
//! Results are negative error numbers, those of Linux.

mod allocator;
mod buffer;
mod device;
mod entry;
mod errno;
mod flight;
mod memory;
mod misuse;
mod operation;
mod owned;
mod raw;
mod region;
mod ring;
mod submission;

pub use allocator::GuardedAllocator;
pub use buffer::Buffer;
pub use device::{Device, Fd, Memory};
pub use entry::{Completion, Entry, PushError};
pub use errno::name as error_name;
pub use misuse::{Misuse, Misused};
pub use operation::Operation;
pub use owned::{IoBuf, IoBufMut};
pub use ring::{Completions, Ring};

pub(crate) use region::let_go;
