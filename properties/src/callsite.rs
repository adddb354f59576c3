//! From a call stack to the lines that a user wants to see.
//!
//! The stack is that of the standard library, whose stable interface is text
//! only. Its debug form lists functions with files and lines, inlined ones
//! included; that form is not promised, so a stack that does not read is simply
//! no stack, and a test holds the form we read.

use std::backtrace::Backtrace;
use std::fmt;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A line of somebody's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallSite {
    pub(crate) function: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

impl CallSite {
    /// The place without the function that it is in.
    pub(crate) fn of_location(at: &Location<'_>) -> CallSite {
        CallSite { function: String::new(), file: at.file().to_owned(), line: at.line() }
    }

    /// The same of `file:line:column`.
    pub(crate) fn of_text(at: &str) -> Option<CallSite> {
        let mut parts = at.rsplitn(3, ':').skip(1);
        let (line, file) = (parts.next()?.parse().ok()?, parts.next()?.to_owned());
        Some(CallSite { function: String::new(), file, line })
    }

    pub(crate) fn function_name(&self) -> String {
        short_name(&self.function)
    }
}

impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", short_path(&self.file), self.line)?;
        write!(f, " in {}", self.function_name())
    }
}

/// The lines of a stack that are neither the standard library's nor ours,
/// innermost first.
pub(crate) fn user_frames(stack: &Backtrace) -> Vec<CallSite> {
    let mut frames = frames(&format!("{stack:?}"));
    frames.retain(|frame| !is_machinery(frame));
    frames
}

/// The lines of a stack that tell whose doing it was, innermost first: of each
/// crate on the way to the user's own code where it was left and where it was
/// entered, and then the innermost line of that code.
pub(crate) fn blamed(stack: &Backtrace) -> Vec<CallSite> {
    let mut told: Vec<CallSite> = Vec::new();
    let frames = user_frames(stack);
    let groups = frames.chunk_by(|a, b| package(&a.file) == package(&b.file));
    for group in groups {
        let is_own = package(&group[0].file).is_none();
        told.extend(group.first().cloned());
        if is_own {
            break;
        }
        told.extend(group.last().filter(|last| last.file != group[0].file).cloned());
    }
    told
}

/// The calls that a thread is in the midst of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenCalls {
    /// Innermost first.
    pub(crate) sites: Vec<CallSite>,
    /// How many are left out in the middle.
    pub(crate) left_out: usize,
}

/// Open calls that are told at most: half of them where it is, half where it came from.
const MOST_CALLS: usize = 8;

impl OpenCalls {
    pub(crate) fn of(stack: &Backtrace) -> OpenCalls {
        OpenCalls::among(&user_frames(stack))
    }

    /// All those of the user's own code, and of each crate between them where it was left and
    /// where it was entered.
    fn among(frames: &[CallSite]) -> OpenCalls {
        let mut sites: Vec<CallSite> = Vec::new();
        for group in frames.chunk_by(|a, b| package(&a.file) == package(&b.file)) {
            match package(&group[0].file) {
                Some(_) if group.len() > 1 => {
                    sites.extend([&group[0], &group[group.len() - 1]].map(CallSite::clone));
                }
                _ => sites.extend_from_slice(group),
            }
        }
        sites.dedup_by(|outer, inner| (&outer.file, outer.line) == (&inner.file, inner.line));
        let left_out = sites.len().saturating_sub(MOST_CALLS);
        let from = sites.len().min(MOST_CALLS / 2);
        sites.drain(from..from + left_out);
        OpenCalls { sites, left_out }
    }
}

fn frames(debug: &str) -> Vec<CallSite> {
    // { fn: "a::b", file: "/x/y.rs", line: 3 }
    let mut frames = Vec::new();
    for part in debug.split("{ fn: \"").skip(1) {
        let Some((function, rest)) = part.split_once('"') else { continue };
        let Some((file, rest)) =
            rest.strip_prefix(", file: \"").and_then(|rest| rest.split_once('"'))
        else {
            continue;
        };
        let line = rest.trim_start_matches(", line: ");
        let digits = line.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        // Without debug information only the C library's own frames have files.
        if let Ok(line) = digits.parse()
            && file.ends_with(".rs")
        {
            frames.push(CallSite { function: function.into(), file: file.into(), line });
        }
    }
    frames
}

fn is_machinery(frame: &CallSite) -> bool {
    let function = frame.function.trim_start_matches('<');
    let ours = [
        "__rustc::",
        "__tsan_",
        "reveille_sim::",
        "reveille_threads::",
        // What stands in the place of a function of the standard library has no path.
        "reveille_lock_contended",
        "reveille::",
        "reveille_macros::",
    ];
    frame.file.starts_with("/rustc/")
        || frame.file.contains("/rustlib/src/rust/")
        || is_interposed(frame)
        // Where there are but tables of lines, inlined functions have no paths.
        || is_ours(frame.file.strip_prefix("./").unwrap_or(&frame.file))
        || ours
            .iter()
            .any(|krate| function.starts_with(krate) || function.contains(&format!(" as {krate}")))
}

/// Whether it is one of our functions that have the names of the C library's.
fn is_interposed(frame: &CallSite) -> bool {
    let files = ["outside.rs", "by_number.rs", "threads.rs", "refused.rs", "forks.rs"];
    !frame.function.contains("::")
        && files.iter().any(|file| frame.file.ends_with(&format!("/src/interpose/{file}")))
}

/// The directory, named after the package, of a file that belongs to a crate from
/// a registry or a git checkout; none for the user's own.
fn package(file: &str) -> Option<&str> {
    let rest = DEPENDENCIES.iter().find_map(|mark| file.split_once(mark))?.1;
    // The first directory is named after the registry.
    rest.split('/').nth(1)
}

/// Where cargo keeps the sources of dependencies.
const DEPENDENCIES: [&str; 2] = ["/registry/src/", "/git/checkouts/"];

/// A path that says enough: inside the package for a dependency, relative to the
/// workspace, as the compiler writes them, for the user's own code.
pub(crate) fn short_path(file: &str) -> String {
    if let Some((_, rest)) = DEPENDENCIES.iter().find_map(|mark| file.split_once(mark)) {
        return rest.split_once('/').map_or(rest, |(_, path)| path).to_owned();
    }
    let whole = without_dot(file);
    let relative = workspace().and_then(|root| whole.strip_prefix(root).ok());
    relative.unwrap_or(Path::new(file)).display().to_string()
}

/// A path of a stack: what is below the directory of the process begins with a dot.
fn without_dot(file: &str) -> PathBuf {
    match (file.strip_prefix("./"), std::env::current_dir()) {
        (Some(rest), Ok(here)) => here.join(rest),
        _ => PathBuf::from(file),
    }
}

/// A place in somebody's code, as messages name it.
pub(crate) fn place(at: &Location<'_>) -> String {
    format!("{}:{}", short_path(at.file()), at.line())
}

/// A place in somebody's code that is not ours: a task of a suite or of a guest was spawned
/// by nobody whom the user could look up.
pub(crate) fn user_place(at: &Location<'_>) -> Option<String> {
    (!is_ours(at.file())).then(|| place(at))
}

/// Whether a task is a thread of the user's: then the engine of threads has spawned it.
pub(crate) fn is_thread(spawned_at: &Location<'_>) -> bool {
    #[cfg(reveille_threads)]
    return is_below(spawned_at.file(), reveille_threads::LIB_FILE);
    #[cfg(not(reveille_threads))]
    {
        let _ = spawned_at;
        false
    }
}

/// The place of a panic, `file:line:column`, if it is not in our code.
pub(crate) fn user_panic_place(at: &str) -> Option<String> {
    let file = at.rsplitn(3, ':').last().unwrap_or(at);
    (!is_ours(file)).then(|| short_path(at))
}

/// Whether a file is one of this crate or of the one below it, wherever these stand. Their
/// tests are users.
pub(crate) fn is_ours(file: &str) -> bool {
    let ours = [
        file!(),
        reveille_sim::LIB_FILE,
        #[cfg(reveille_threads)]
        reveille_threads::LIB_FILE,
    ];
    !file.ends_with("tests.rs") && ours.iter().any(|of| is_below(file, of))
}

/// Whether a file is in the directory of `other`, or below it.
fn is_below(file: &str, other: &str) -> bool {
    let name = other.rfind(['/', '\\']).map_or(0, |at| at + 1);
    file.starts_with(&other[..name])
}

/// Where the lock file is; tests run in the directory of their package.
fn workspace() -> Option<&'static Path> {
    static WORKSPACE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = WORKSPACE.get_or_init(|| {
        let here = std::env::current_dir().ok()?;
        here.ancestors().find(|path| path.join("Cargo.lock").is_file()).map(Path::to_path_buf)
    });
    found.as_deref()
}

/// Where the file of a place is: paths of the user's own code are relative to the workspace,
/// or, with a dot, to the directory of the process.
pub(crate) fn on_disk(file: &str) -> PathBuf {
    let whole = without_dot(file);
    workspace().map_or_else(|| whole.clone(), |root| root.join(&whole))
}

/// A function's name without the noise: closures, hashes and long generics.
fn short_name(function: &str) -> String {
    let mut name = String::with_capacity(function.len());
    let mut depth = 0usize;
    for part in function.split_inclusive(['<', '>']) {
        let (text, bracket) = match part.chars().last() {
            Some(c @ ('<' | '>')) => (&part[..part.len() - 1], Some(c)),
            _ => (part, None),
        };
        if depth == 0 || function.starts_with('<') && depth == 1 {
            name.push_str(text);
        }
        match bracket {
            Some('<') => {
                if depth == 0 && function.starts_with('<') && name.is_empty() {
                    name.push('<');
                }
                depth += 1;
            }
            Some(_) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && name.starts_with('<') && !name.contains('>') {
                    name.push('>');
                }
            }
            None => {}
        }
    }
    for noise in [
        "::__reveille_body",
        "::{{closure}}",
        "::{closure#0}",
        "::{async_fn#0}",
        "::{async_block#0}",
    ] {
        name = name.replace(noise, "");
    }
    name.replace("::::", "::").trim_end_matches("::").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn here() -> (Backtrace, u32) {
        (Backtrace::force_capture(), line!())
    }

    #[test]
    fn the_form_of_a_stack_is_the_one_we_read() {
        let (stack, line) = here();
        let frames = frames(&format!("{stack:?}"));
        assert!(
            frames.iter().any(|f| f.line == line && f.file.ends_with("callsite.rs")),
            "{stack:?}"
        );
    }

    #[test]
    fn what_does_not_read_is_no_frame() {
        assert_eq!(frames("Backtrace [{ fn: \"a\" }, { fn: \"b\", file: \"c\" }, oh"), []);
        assert_eq!(frames("disabled"), []);
    }

    #[test]
    fn dependencies_are_told_apart_and_paths_are_short() {
        let file = "/home/x/.cargo/registry/src/index-1949cf/event-listener-2.2.0/src/lib.rs";
        assert_eq!(package(file), Some("event-listener-2.2.0"));
        assert_eq!(package("/home/x/src/lib.rs"), None);
        assert_eq!(short_path(file), "event-listener-2.2.0/src/lib.rs");
        let own = std::env::current_dir().unwrap().join("src/slot.rs");
        assert_eq!(short_path(own.to_str().unwrap()), "properties/src/slot.rs");
        assert_eq!(short_path("./src/slot.rs"), "properties/src/slot.rs");
        assert_eq!(short_path("properties/src/slot.rs"), "properties/src/slot.rs");
        assert_eq!(short_path("/elsewhere/slot.rs"), "/elsewhere/slot.rs");
    }

    #[test]
    fn a_place_is_found_on_the_disk_however_it_is_written() {
        let here = std::env::current_dir().unwrap();
        assert!(on_disk("./src/callsite.rs").is_file());
        assert!(on_disk("properties/src/callsite.rs").is_file());
        assert!(on_disk(here.join("src/callsite.rs").to_str().unwrap()).is_file());
    }

    #[test]
    fn our_lines_are_known_by_their_files_where_functions_have_no_paths() {
        let frame = |file: String| CallSite { function: "{closure#1}".into(), file, line: 1 };
        let ours = reveille_sim::LIB_FILE.replace("lib.rs", "world.rs");
        assert!(is_machinery(&frame(ours)));
        assert!(!is_machinery(&frame("src/world.rs".into())));
    }

    #[test]
    fn open_calls_are_all_of_ones_own_and_the_ends_of_what_is_between() {
        let frame = |krate: &str, line: u32| CallSite {
            function: format!("{krate}::f"),
            file: match krate {
                "own" => "src/lib.rs".into(),
                krate => format!("/home/x/.cargo/registry/src/index/{krate}-1.0.0/src/lib.rs"),
            },
            line,
        };
        let told = |frames: &[(&str, u32)]| {
            let frames: Vec<_> = frames.iter().map(|(krate, line)| frame(krate, *line)).collect();
            let OpenCalls { sites, left_out } = OpenCalls::among(&frames);
            (sites.into_iter().map(|site| site.line).collect::<Vec<_>>(), left_out)
        };
        let deep = [("lock", 1), ("lock", 2), ("lock", 3), ("own", 4), ("pool", 5), ("own", 6)];
        assert_eq!(told(&deep), (vec![1, 3, 4, 5, 6], 0));
        // A closure and what it is inlined into are one line.
        assert_eq!(told(&[("own", 4), ("own", 4), ("own", 5)]), (vec![4, 5], 0));
        let recursive: Vec<_> = (0..100).map(|line| ("own", line)).collect();
        assert_eq!(told(&recursive), (vec![0, 1, 2, 3, 96, 97, 98, 99], 92));
        assert_eq!(told(&[]), (vec![], 0));
    }

    #[test]
    fn a_panic_of_ours_has_no_place_that_a_user_could_look_up() {
        let ours = file!().replace("callsite.rs", "laws/fused.rs:45:9");
        assert_eq!(user_panic_place(&ours), None);
        assert_eq!(
            user_panic_place("/elsewhere/lib.rs:4:5").as_deref(),
            Some("/elsewhere/lib.rs:4:5")
        );
    }

    #[test]
    fn names_lose_their_noise() {
        assert_eq!(short_name("a::b::{{closure}}"), "a::b");
        assert_eq!(short_name("a::Slot<alloc::vec::Vec<u8>>::send"), "a::Slot::send");
        assert_eq!(
            short_name("<a::Recv<T> as core::future::Future>::poll"),
            "<a::Recv as core::future::Future>::poll"
        );
    }
}
