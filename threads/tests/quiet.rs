//! The atomics of the simulator and of the engine, where each is an instruction that is written out.
#![cfg(reveille_threads)]

// Its hooks are those that are called for all other atomic operations.
use reveille_sim::carried::quiet::*;
use reveille_threads as _;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

#[test]
fn they_do_what_those_of_the_standard_library_do() {
    let flag = AtomicBool::new(false);
    assert!(!flag.swap(true, SeqCst) && flag.load(Relaxed));
    flag.store(false, SeqCst);
    assert!(!flag.load(SeqCst));

    let signed = AtomicI32::new(-2);
    assert_eq!([signed.fetch_add(5, SeqCst), signed.fetch_sub(7, SeqCst)], [-2, 3]);
    assert_eq!([signed.fetch_max(-9, SeqCst), signed.fetch_max(1, SeqCst)], [-4, -4]);
    assert_eq!(signed.swap(i32::MIN, SeqCst), 1);
    assert_eq!([signed.fetch_sub(1, SeqCst), signed.load(Relaxed)], [i32::MIN, i32::MAX]);

    let wide = AtomicIsize::new(isize::MAX);
    assert_eq!([wide.fetch_add(1, SeqCst), wide.load(Relaxed)], [isize::MAX, isize::MIN]);
    let small = AtomicU32::new(u32::MAX);
    small.store(small.fetch_add(2, SeqCst) - 1, Relaxed);
    assert_eq!([small.fetch_sub(u32::MAX, SeqCst), small.load(SeqCst)], [!1, !0]);
    let longs = [(AtomicU64::new(1 << 40), 1), (AtomicU64::new(3), 1 << 41)];
    assert_eq!(
        longs.map(|(of, more)| (of.fetch_max(more, SeqCst), of.load(Relaxed))),
        [(1 << 40, 1 << 40), (3, 1 << 41)]
    );
    let index = AtomicUsize::new(7);
    assert_eq!([index.fetch_sub(8, SeqCst), index.load(Relaxed)], [7, usize::MAX]);
}
