//! Operations that are done elsewhere, as tokio's are on its blocking pool.

use super::disk::Disk;
use crate::private::Private;
use crate::reactor::elsewhere;
use crate::resident::Handle;
use crate::trace::What;
use crate::world::{self, Core};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// An operation on its way; it is done even if nobody waits for it.
#[must_use = "futures do nothing unless polled"]
pub(super) struct Blocking<T: 'static>(Handle<Slot<T>>);

struct Slot<T> {
    result: Private<Option<io::Result<T>>>,
    waker: Private<Option<Waker>>,
}

/// Has `job` done later, for the public function `name`; in a trace it is `verb` of `path`.
pub(super) fn on_pool<T: 'static>(
    name: &str,
    verb: &'static str,
    path: PathBuf,
    job: impl FnOnce(&Core, &Rc<Disk>, &Path) -> io::Result<T> + 'static,
) -> Blocking<T> {
    let core = world::expect_current(name);
    on_disk(core, Disk::of(core), verb, path, job)
}

/// The same on this disk.
pub(super) fn on_disk<T: 'static>(
    core: &Core,
    disk: Rc<Disk>,
    verb: &'static str,
    path: PathBuf,
    job: impl FnOnce(&Core, &Rc<Disk>, &Path) -> io::Result<T> + 'static,
) -> Blocking<T> {
    let slot = Rc::new(Slot { result: Private::new(None), waker: Private::new(None) });
    let done = slot.clone();
    let source = core.name_source(&path.display().to_string());
    later(core, disk, move |core, disk| {
        let result = match disk {
            Some(disk) => job(core, disk, &path),
            None => Err(crashed(&path)),
        };
        let told = result.as_ref().map(|_| 0).map_err(io::Error::kind);
        core.record(|| What::Io { source, verb, result: told });
        done.result.with(|place| *place = Some(result));
        if let Some(waker) = done.waker.with(Option::take) {
            core.call_out(|| waker.wake());
        }
    });
    Blocking(Handle::new(core, slot))
}

/// Has `job` done later; its disk is gone if it has crashed meanwhile.
pub(super) fn later(
    core: &Core,
    disk: Rc<Disk>,
    job: impl FnOnce(&Core, Option<&Rc<Disk>>) + 'static,
) {
    let crashes = disk.crashes.get();
    core.happen_after(disk.latency.get(), move || {
        if let Some(core) = world::current() {
            job(core, Some(&disk).filter(|disk| disk.crashes.get() == crashes));
        }
    });
}

/// The error of what was under way, or open, when the power went.
pub(super) fn crashed(path: &Path) -> io::Error {
    let text = format!("`{}`: its disk has crashed since", path.display());
    io::Error::new(ErrorKind::NotConnected, text)
}

impl<T> Future for Blocking<T> {
    type Output = io::Result<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let (_, slot) = self.0.get().ok_or_else(elsewhere)?;
        if let Some(result) = slot.result.with(Option::take) {
            return Poll::Ready(result);
        }
        let waker = cx.waker().clone();
        drop(slot.waker.with(|place| place.replace(waker)));
        Poll::Pending
    }
}
