//! The paths at which Unix sockets of a host are bound; they stay when their sockets are
//! gone.

use super::datagrams::Datagrams;
use super::listener::Listener;
use crate::few::Few;
use crate::net::address::uncategorized;
use crate::net::machine::Machine;
use crate::net::network::Network;
use crate::world;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::rc::{Rc, Weak};

/// What was bound to a path.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    Listener(Weak<Listener>),
    Datagrams(Weak<Datagrams>),
}

/// The paths of one host.
#[derive(Debug, Default)]
pub(in crate::net) struct Paths(Few<Rc<Path>, Bound>);

/// Removes the path of a Unix socket from the host of the calling task, as
/// `std::fs::remove_file` does for a real one.
///
/// # Errors
///
/// `NotFound` if there is no such path.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn remove_path(path: impl AsRef<Path>) -> io::Result<()> {
    let core = world::expect_current("net::unix::remove_path");
    let here = Network::of(core).here(core);
    let path = path.as_ref();
    match here.unix.with(|paths| paths.0.remove(path)) {
        Some(_) => Ok(()),
        None => {
            let text = format!("host `{}` has no socket at {}", here.name, path.display());
            Err(io::Error::new(ErrorKind::NotFound, text))
        }
    }
}

/// Whether the address of a Unix socket has room for the path.
fn check(path: &Path) -> io::Result<()> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.is_empty() || bytes.len() >= 108 || bytes.contains(&0) {
        let path = path.display().to_string();
        let text = format!("expected a path of 1 to 107 bytes, none of them 0, got {path:?}");
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(())
}

/// Takes the path, if nobody did before.
pub(super) fn take(here: &Machine, path: &Path) -> io::Result<Rc<Path>> {
    check(path)?;
    if here.unix.with(|paths| paths.0.contains_key(path)) {
        let text = format!("{} on host `{}` is in use", path.display(), here.name);
        return Err(io::Error::new(ErrorKind::AddrInUse, text));
    }
    Ok(path.into())
}

/// Binds what is at the path from now on.
pub(super) fn bind(here: &Machine, path: Rc<Path>, bound: Bound) {
    here.unix.with(|paths| paths.0.insert(path, bound));
}

/// Who listens at the path.
pub(super) fn listener(here: &Machine, path: &Path) -> io::Result<Rc<Listener>> {
    match find(here, path)? {
        Bound::Listener(listener) => {
            let listening = listener.upgrade().filter(|listener| !listener.home.is_gone());
            listening.ok_or_else(|| refused(here, path, "listens"))
        }
        Bound::Datagrams(socket) => Err(match alive(&socket) {
            Some(_) => other_kind(here, path, "of datagrams"),
            None => refused(here, path, "listens"),
        }),
    }
}

/// Who receives datagrams at the path.
pub(super) fn datagrams(here: &Machine, path: &Path) -> io::Result<Rc<Datagrams>> {
    match find(here, path)? {
        Bound::Datagrams(socket) => alive(&socket).ok_or_else(|| refused(here, path, "receives")),
        Bound::Listener(listener) => {
            Err(match listener.upgrade().filter(|listener| !listener.home.is_gone()) {
                Some(_) => other_kind(here, path, "of a listener"),
                None => refused(here, path, "receives"),
            })
        }
    }
}

fn alive(socket: &Weak<Datagrams>) -> Option<Rc<Datagrams>> {
    socket.upgrade().filter(|socket| socket.is_there())
}

fn find(here: &Machine, path: &Path) -> io::Result<Bound> {
    check(path)?;
    here.unix.with(|paths| paths.0.get(path).cloned()).ok_or_else(|| {
        let text = format!("there is no socket at {} on host `{}`", path.display(), here.name);
        io::Error::new(ErrorKind::NotFound, text)
    })
}

fn refused(here: &Machine, path: &Path, does: &str) -> io::Error {
    let text = format!("nobody {does} any more at {} on host `{}`", path.display(), here.name);
    io::Error::new(ErrorKind::ConnectionRefused, text)
}

/// Linux has an error for that, the standard library no kind.
fn other_kind(here: &Machine, path: &Path, kind: &str) -> io::Error {
    let text = format!("the socket at {} on host `{}` is one {kind}", path.display(), here.name);
    io::Error::new(uncategorized(), text)
}
