//! Has the linker put `src/linux/spinless.rs` in the place of what the standard library does where
//! a `Mutex` is taken, or somebody waits for it.
//!
//! Those functions are none that a program can name: their symbols end in what the compiler makes
//! of their paths, and in them is a number of that release. This program is linked with the same
//! library, so the symbols are in it. And what is put there knows how a `Mutex` uses its word; this
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

/// How the path of a function is written in its symbol.
const BEGINS: &[u8] = b"_RNvMNtNtNtNtCs";
const MIDDLE: &str = "_3std3sys4sync5mutex5futexNtB2_5Mutex";

/// The ends of the symbols, and what is put in their places.
const FUNCTIONS: [(&str, &str); 2] =
    [("14lock_contended", "reveille_lock_contended"), ("4wake", "reveille_wake_one")];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_for_threads = env::var_os("CARGO_CFG_REVEILLE_THREADS").is_some();
    let is_linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if !is_for_threads || !is_linux || !is_as_known() {
        return;
    }
    let Some(program) = env::current_exe().ok().and_then(|path| fs::read(path).ok()) else {
        return;
    };
    let symbols = FUNCTIONS.map(|(ends, ours)| (symbol(&program, ends), ours));
    let assignments: Vec<String> = symbols
        .into_iter()
        .filter_map(|(symbol, ours)| Some(format!("EXTERN({ours})\n{} = {ours};\n", symbol?)))
        .collect();
    if assignments.is_empty() {
        return;
    }
    let script = assignments.concat();
    let directory = env::var("OUT_DIR").expect("cargo names it");
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

/// The symbol with that end, as it stands in this program.
fn symbol(program: &[u8], ends: &str) -> Option<String> {
    let ending = format!("{MIDDLE}{ends}\0");
    let found = program.windows(ending.len()).enumerate();
    let found = found.filter(|(_, part)| *part == ending.as_bytes());
    found
        .filter_map(|(at, _)| {
            let begins = program[..at].iter().rposition(|byte| *byte == 0)? + 1;
            let is_it = program[begins..].starts_with(BEGINS);
            let symbol = &program[begins..at + ending.len() - 1];
            let symbol = is_it.then(|| String::from_utf8(symbol.to_vec()).ok())??;
            symbol
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                .then_some(symbol)
        })
        .next()
}
