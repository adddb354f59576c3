//! Published functions that block of their newest versions.

use reveille::laws::{self, BlockOn, Item, Job};

/// Functions under which futures may block, too.
macro_rules! nests {
    ($($test:ident, $name:ident: $block_on:expr;)*) => {$(
        #[derive(Clone)]
        struct $name;

        impl BlockOn for $name {
            fn block_on(&self, job: Job) -> Item {
                $block_on(job)
            }

            fn nests(&self) -> bool {
                true
            }
        }

        #[test]
        fn $test() {
            laws::block_on($name).check();
        }
    )*};
}

nests! {
    futures_lite, FuturesLite: futures_lite::future::block_on;
    async_io, AsyncIo: async_io::block_on;
    smol, Smol: smol::block_on;
    pollster, Pollster: pollster::block_on;
    extreme, Extreme: extreme::run;
}

#[test]
fn futures_executor() {
    laws::block_on(|job| futures_executor::block_on(job)).check();
}

#[test]
fn futures_local_pool_run_until() {
    laws::block_on(|job| futures_executor::LocalPool::new().run_until(job)).check();
}

#[test]
fn tokio_current_thread() {
    laws::block_on(|job| {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(job)
    })
    .check();
}

#[derive(Clone)]
struct SpinOn;

impl BlockOn for SpinOn {
    fn block_on(&self, job: Job) -> Item {
        spin_on::spin_on(job)
    }

    fn nests(&self) -> bool {
        true
    }

    fn spins(&self) -> bool {
        true
    }
}

#[test]
fn spin_on() {
    laws::block_on(SpinOn).check();
}
