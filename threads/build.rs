//! Has the linker put `src/linux/spinless.rs` in the place of what the standard library does where
//! a `Mutex` is taken.
//!
//! That function is none that a program can name: its symbol ends in what the compiler makes
//! of its path, and in it is a number of that release. This program is linked with the same
//! library, so the symbol is in it. And what is put there knows how a `Mutex` uses its word; this
//! program tries whether it does.
//!
//! What a linker is to be told, a crate may not say for those that depend on it, unless it is
//! the name of a library. But a library may be a text with assignments of symbols (GNU ld, "Implicit
//! Linker Scripts"; lld takes them, too), and one of those goes before every definition.
//!
//! If the symbol is not found, or the word is used in another way, nothing is put anywhere: all
//! that is lost is time.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// How the path of the function is written in its symbol.
const BEGINS: &[u8] = b"_RNvMNtNtNtNtCs";
const ENDS: &[u8] = b"_3std3sys4sync5mutex5futexNtB2_5Mutex14lock_contended";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_for_threads = env::var_os("CARGO_CFG_REVEILLE_THREADS").is_some();
    let is_linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if !is_for_threads || !is_linux || !is_as_known() {
        return;
    }
    let Some(symbol) = symbol() else { return };
    let directory = env::var("OUT_DIR").expect("cargo names it");
    let script = format!("EXTERN(reveille_lock_contended)\n{symbol} = reveille_lock_contended;\n");
    fs::write(Path::new(&directory).join("libreveille_spinless.so"), script)
        .expect("the directory is ours");
    println!("cargo::rustc-link-search=native={directory}");
    println!("cargo::rustc-link-lib=dylib=reveille_spinless");
}

/// Whether the first word of a `Mutex` is 0 while it is free, 1 while somebody has it, and 2 while
/// somebody waits for it, too.
fn is_as_known() -> bool {
    static MUTEX: Mutex<()> = Mutex::new(());
    if size_of_val(&MUTEX) != 8 {
        return false;
    }
    // SAFETY: it is in the mutex, which lives for ever; all else is asked of what is found there.
    let word = unsafe { AtomicU32::from_ptr((&raw const MUTEX).cast_mut().cast()) };
    let free = word.load(SeqCst);
    let held = MUTEX.lock().expect("nobody panics with it");
    let taken = word.load(SeqCst);
    let other = thread::spawn(|| drop(MUTEX.lock()));
    let limit = Instant::now() + Duration::from_secs(1);
    while word.load(SeqCst) == taken && Instant::now() < limit {
        thread::yield_now();
    }
    let contended = word.load(SeqCst);
    drop(held);
    other.join().is_ok() && [free, taken, contended, word.load(SeqCst)] == [0, 1, 2, 0]
}

/// The symbol, as it stands in this program.
fn symbol() -> Option<String> {
    let program = fs::read(env::current_exe().ok()?).ok()?;
    let ends = program.windows(ENDS.len()).enumerate().filter(|(_, ending)| *ending == ENDS);
    ends.filter_map(|(at, _)| {
        let begins = program[..at].iter().rposition(|byte| *byte == 0)? + 1;
        let is_it =
            program[begins..].starts_with(BEGINS) && program.get(at + ENDS.len()) == Some(&0);
        let symbol = &program[begins..at + ENDS.len()];
        let symbol = is_it.then(|| String::from_utf8(symbol.to_vec()).ok())??;
        symbol.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(symbol)
    })
    .next()
}
