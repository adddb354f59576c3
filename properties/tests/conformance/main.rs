//! The same bodies on the fakes and on the kernel: what a fake does, a kernel may do.
//!
//! Each body becomes two tests of one name. In `fake` it runs under many schedules and
//! faults over `reveille::net`, `io` and `time`; in `kernel` once, on tokio, over real
//! sockets of 127.0.0.1, over tokio's `duplex` and by tokio's paused clock. Where a kernel
//! may do several things the body accepts them all.

#![cfg(target_os = "linux")]

mod duplex;
mod families;
mod polls;
mod shared;
mod tcp;
mod tcp_ends;
mod time;
mod udp;
mod unix;
mod unix_datagrams;

/// What a body uses, in the place where it runs.
mod fake {
    pub(crate) use reveille::io::duplex;
    pub(crate) use reveille::net::unix::remove_path;
    pub(crate) use reveille::net::{
        TcpListener, TcpSocket, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream,
        lookup_host, tcp,
    };
    pub(crate) use reveille::reactor::Interest;
    pub(crate) use reveille::{spawn, time, yield_now};
    use std::path::{Path, PathBuf};

    /// A directory for sockets.
    pub(crate) struct Directory;

    impl Directory {
        pub(crate) fn new() -> Directory {
            Directory
        }

        pub(crate) fn path(&self, name: &str) -> PathBuf {
            Path::new("/").join(name)
        }
    }

    crate::shared::pairs!();
}

/// The same, of the kernel.
mod kernel {
    pub(crate) use std::fs::remove_file as remove_path;
    use std::path::PathBuf;
    pub(crate) use tokio::io::{Interest, duplex};
    pub(crate) use tokio::net::{
        TcpListener, TcpSocket, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream,
        lookup_host, tcp,
    };
    pub(crate) use tokio::spawn;
    pub(crate) use tokio::{task::yield_now, time};

    /// A directory for sockets, which goes with the test.
    pub(crate) struct Directory(PathBuf);

    impl Directory {
        pub(crate) fn new() -> Directory {
            use std::sync::atomic::{AtomicU32, Ordering};
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("reveille-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir(&path).unwrap();
            Directory(path)
        }

        pub(crate) fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    crate::shared::pairs!();
}

/// Makes two tests of each body.
macro_rules! bodies {
    ($($(#[$doc:meta])* async fn $name:ident() { $($body:tt)* })*) => {
        mod fake {
            #[allow(unused_imports, reason = "not every file needs them all")]
            use crate::{fake::*, shared::*};
            $($(#[$doc])* #[reveille::test(runs = 300)] async fn $name() { $($body)* })*
        }

        mod kernel {
            #[allow(unused_imports, reason = "not every file needs them all")]
            use crate::{kernel::*, shared::*};
            $($(#[$doc])* #[tokio::test] async fn $name() { $($body)* })*
        }
    };
}
use bodies;
