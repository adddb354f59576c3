//! Entries on disk: many writers, kills, full disks.

use super::*;
use crate::corpus::merge::CAP;
use crate::corpus::samples::{failure, few_entries};
use std::collections::BTreeSet;
use std::io::BufRead;
use std::process::{Child, Command, Stdio};

const TEST: &str = "a::b";

/// A directory that goes when it is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("reveille-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    fn store(&self) -> Store {
        Store::at(&self.0)
    }

    /// Names of files of the test.
    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.store().directory(TEST)).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Causes of the entries; none of them may be damaged.
    fn causes(&self) -> BTreeSet<String> {
        let loaded = self.store().load(TEST);
        assert_eq!(loaded.problems, []);
        loaded.entries.iter().map(|(_, entry)| entry.cause().to_owned()).collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_added_is_loaded_and_once_is_enough() {
    let directory = Directory::new("store-once");
    let (store, entry) = (directory.store(), failure(TEST, "x", &[3]));
    let path = store.directory(TEST).join(entry.file_name(8));
    assert_eq!(store.add(&entry).unwrap(), Added::Kept(path.clone()));
    assert_eq!(store.add(&entry).unwrap(), Added::Known(path.clone()));
    assert_eq!(directory.files(), [entry.file_name(8)]);
    assert_eq!(store.load(TEST).entries, [(path.clone(), entry.clone())]);

    // A remark is kept.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("# issue 7\n{text}")).unwrap();
    assert_eq!(store.add(&entry).unwrap(), Added::Known(path.clone()));
    assert!(fs::read_to_string(&path).unwrap().starts_with("# issue 7\n"));
}

#[test]
fn the_shortest_of_a_cause_stays() {
    let directory = Directory::new("store-shortest");
    let store = directory.store();
    let [long, short, longer] =
        [&[1, 2][..], &[2], &[1, 2, 3]].map(|indices| failure(TEST, "x", indices));
    store.add(&long).unwrap();
    assert!(matches!(store.add(&short).unwrap(), Added::Kept(_)));
    let path = store.directory(TEST).join(short.file_name(8));
    assert_eq!(store.add(&longer).unwrap(), Added::Shorter(path));
    assert_eq!(directory.files(), [short.file_name(8)]);
    store.add(&failure(TEST, "y", &[1, 2])).unwrap();
    assert_eq!(directory.files().len(), 2);
}

/// What is on disk is what [`merge`] keeps, in whatever order the entries came.
#[test]
fn shards_merge_in_any_order() {
    use proptest::strategy::{Strategy, ValueTree};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        let entries = few_entries().new_tree(&mut runner).unwrap().current();
        let bare = entries.iter().map(|entry| Entry { remarks: Vec::new(), ..entry.clone() });
        let kept = merge(bare.clone());
        for backwards in [false, true] {
            let directory = Directory::new("store-shards");
            let store = directory.store();
            let mut entries: Vec<Entry> = bare.clone().collect();
            if backwards {
                entries.reverse();
            }
            for entry in entries {
                store.add(&entry).unwrap();
            }
            let loaded = store.load_all();
            assert_eq!(loaded.problems, []);
            let entries = loaded.entries.into_iter().map(|(_, entry)| entry);
            assert_eq!(merge(entries.clone()), kept);
            assert_eq!(entries.count(), kept.len());
        }
    }
}

#[test]
fn what_is_in_the_wrong_directory_is_a_problem() {
    let directory = Directory::new("store-all");
    let store = directory.store();
    for test in ["a::b", "a::B", "c"] {
        store.add(&failure(test, "x", &[3])).unwrap();
    }
    let stray = store.directory("c").join("stray.tape");
    fs::write(&stray, failure("a::b", "y", &[3]).to_text()).unwrap();
    fs::write(directory.0.join("README.md"), "").unwrap();
    let loaded = store.load_all();
    assert_eq!(loaded.entries.len(), 3);
    let error = EntryError::OtherTest("a::b".into());
    assert_eq!(loaded.problems, [Problem { path: stray, error }]);
    let file = Store::at(directory.0.join("README.md")).load_all();
    assert!(matches!(file.problems[..], [Problem { error: EntryError::Unreadable(_), .. }]));
}

#[test]
fn beyond_the_cap_the_longest_go() {
    let directory = Directory::new("store-cap");
    let store = directory.store();
    for number in 0..CAP {
        let entry = failure(TEST, &format!("cause {number}"), &[number, 99]);
        assert!(matches!(store.add(&entry).unwrap(), Added::Kept(_)));
    }
    assert_eq!(store.add(&failure(TEST, "long", &[1, 2, 3])).unwrap(), Added::Full);
    assert!(matches!(store.add(&failure(TEST, "short", &[1])).unwrap(), Added::Kept(_)));
    assert_eq!(directory.causes().len(), CAP);
    assert!(directory.causes().contains("short"));
}

#[test]
fn no_file_is_written_over_or_removed_whatever_is_in_it() {
    let directory = Directory::new("store-over");
    let (store, entry) = (directory.store(), failure(TEST, "x", &[3]));
    let home = store.directory(TEST);
    fs::create_dir_all(&home).unwrap();
    fs::write(home.join(entry.file_name(8)), b"damaged").unwrap();
    fs::write(home.join("foreign.tape"), failure("c::d", "x", &[1]).to_text()).unwrap();
    let newer = entry.to_text().replace("corpus v1", "corpus v2");
    fs::write(home.join("newer.tape"), &newer).unwrap();
    fs::write(home.join("latin.tape"), b"\xe9t\xe9").unwrap();
    fs::create_dir(home.join("directory.tape")).unwrap();

    // Its short name is taken.
    assert_eq!(store.add(&entry).unwrap(), Added::Kept(home.join(entry.file_name(16))));
    let problems = store.load(TEST).problems;
    let told: Vec<_> = problems.iter().map(|problem| problem.error.clone()).collect();
    let names: Vec<_> = problems.iter().map(|p| p.path.file_stem().unwrap().to_owned()).collect();
    assert_eq!(names[1..], ["directory", "foreign", "latin", "newer"]);
    assert_eq!(told[0], EntryError::NotAnEntry);
    assert!(matches!(told[1], EntryError::Unreadable(_)));
    assert_eq!(told[2], EntryError::OtherTest("c::d".into()));
    assert_eq!(told[3], EntryError::NotUtf8);
    assert_eq!(told[4], EntryError::OtherVersion("v2".into()));
    assert_eq!(fs::read(home.join(entry.file_name(8))).unwrap(), b"damaged");
    assert_eq!(fs::read_to_string(home.join("newer.tape")).unwrap(), newer);

    // So is its long one.
    fs::write(home.join(entry.file_name(16)), b"damaged").unwrap();
    let error = store.add(&entry).unwrap_err();
    assert!(error.to_string().ends_with("cannot be written: another file has its name"));
}

#[test]
fn a_directory_that_cannot_be_is_named() {
    let directory = Directory::new("store-file");
    let file = directory.0.join("file");
    fs::write(&file, "").unwrap();
    let store = Store::at(&file);
    let error = store.add(&failure(TEST, "x", &[3])).unwrap_err();
    assert_eq!(error.path(), store.directory(TEST));
    let problems = store.load(TEST).problems;
    assert!(matches!(&problems[..], [Problem { error: EntryError::Unreadable(_), .. }]));
}

#[test]
fn drafts_of_the_dead_are_removed_but_not_those_of_the_living() {
    let directory = Directory::new("store-drafts");
    let home = directory.store().directory(TEST);
    fs::create_dir_all(&home).unwrap();
    let [old, new] = ["old.draft", "new.draft"].map(|name| home.join(name));
    let long_ago = SystemTime::now() - 2 * ABANDONED;
    File::create(&old).unwrap().set_modified(long_ago).unwrap();
    File::create(&new).unwrap();
    directory.store().add(&failure(TEST, "x", &[3])).unwrap();
    assert!(!old.exists() && new.exists());
    assert_eq!(directory.causes().len(), 1, "a draft is no entry");
}

/// Runs an ignored test of this module in a process of its own.
fn child(name: &str, directory: &Directory) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = format!("corpus::store::tests::{name}");
    command.args([&name, "--exact", "--ignored", "--nocapture"]).stdout(Stdio::piped());
    command.env("REVEILLE_TEST_DIRECTORY", &directory.0);
    command
}

fn store_of_parent() -> Store {
    Store::at(std::env::var_os("REVEILLE_TEST_DIRECTORY").expect("run by another test"))
}

const WRITERS: usize = 4;

#[test]
#[ignore = "run by the test below, several times at once"]
fn writes_from_many_threads() {
    let (store, number) = (store_of_parent(), std::env::var("REVEILLE_TEST_NUMBER").unwrap());
    let number: usize = number.parse().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                for round in 0..20 {
                    // The same for all, one cause for all, and causes of its own: more
                    // than are kept, and the lowest numbers are the shortest.
                    store.add(&failure(TEST, "the same", &[0])).unwrap();
                    let length = 1 + (round + writer + number) % 4;
                    let indices: Vec<usize> = (0..length).collect();
                    store.add(&failure(TEST, "the shortest", &indices)).unwrap();
                    let own = round * 8 + writer * 2 + number;
                    store.add(&failure(TEST, &format!("own {own}"), &[1, 10 + own])).unwrap();
                }
            });
        }
    });
}

#[test]
fn many_writers_in_two_processes_lose_nothing() {
    let directory = Directory::new("store-many");
    let start = |number: usize| {
        child("writes_from_many_threads", &directory)
            .env("REVEILLE_TEST_NUMBER", number.to_string())
            .spawn()
            .unwrap()
    };
    let writers: Vec<Child> = (0..2).map(start).collect();
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let own = (0..CAP - 2).map(|own| format!("own {own}"));
    let expected: BTreeSet<String> =
        own.chain(["the same".into(), "the shortest".into()]).collect();
    assert_eq!(directory.causes(), expected);
    assert_eq!(directory.files().len(), CAP, "and no draft is left");
    let entries = directory.store().load(TEST).entries;
    let shortest = entries.iter().find(|(_, entry)| entry.cause() == "the shortest").unwrap();
    assert_eq!(shortest.1.deviations().len(), 1);
}

#[test]
#[ignore = "run by the test below, and killed"]
fn writes_until_it_is_killed() {
    let store = store_of_parent();
    for number in 0.. {
        store.add(&failure(TEST, &format!("{}-{number}", std::process::id()), &[1])).unwrap();
        println!("\nadded {number}");
    }
}

#[test]
fn killed_at_any_moment_no_entry_is_lost_or_damaged() {
    let directory = Directory::new("store-killed");
    for round in 0..20 {
        let mut writer = child("writes_until_it_is_killed", &directory).spawn().unwrap();
        let lines = io::BufReader::new(writer.stdout.take().unwrap()).lines();
        let added = lines.filter(|line| line.as_ref().unwrap().starts_with("added"));
        assert_eq!(added.take(1 + round % 3).count(), 1 + round % 3);
        writer.kill().unwrap();
        writer.wait().unwrap();
        assert!(directory.causes().len() > round.min(CAP - 1), "what was added is there");
    }
}

#[cfg(unix)]
#[test]
#[ignore = "run by the tests below, with files of a few bytes at most"]
fn writes_one_entry() {
    match store_of_parent().add(&failure(TEST, "x", &[3])) {
        Ok(added) => println!("\n{added:?}"),
        Err(error) => println!("\nrefused: {error}"),
    }
}

/// As [`child`], but a file of more than 100 bytes cannot be written: the kernel
/// sends a signal in the middle, which kills, or is an error if it is ignored.
#[cfg(unix)]
fn cramped(directory: &Directory, handler: libc::sighandler_t) -> std::process::Output {
    use std::os::unix::process::CommandExt;
    let mut command = child("writes_one_entry", directory);
    // SAFETY: plain system calls, allowed between fork and exec.
    unsafe {
        command.pre_exec(move || {
            let limit = libc::rlimit { rlim_cur: 100, rlim_max: 100 };
            libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit);
            libc::signal(libc::SIGXFSZ, handler);
            Ok(())
        });
    }
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn killed_in_the_middle_of_writing_there_is_a_draft_and_no_entry() {
    use std::os::unix::process::ExitStatusExt;
    let directory = Directory::new("store-cut");
    let output = cramped(&directory, libc::SIG_DFL);
    assert_eq!(output.status.signal(), Some(libc::SIGXFSZ));
    let [draft] = &directory.files()[..] else { panic!("{:?}", directory.files()) };
    assert!(draft.ends_with(".draft"), "{draft}");
    let draft = directory.store().directory(TEST).join(draft);
    assert_eq!(fs::metadata(draft).unwrap().len(), 100, "cut in the middle");
    assert_eq!(directory.causes(), BTreeSet::new());
    // The next one is not in its way.
    directory.store().add(&failure(TEST, "x", &[3])).unwrap();
    assert_eq!(directory.causes().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_in_the_middle_of_writing_leaves_nothing() {
    let directory = Directory::new("store-full");
    let output = cramped(&directory, libc::SIG_IGN);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("refused: ") && told.contains(" cannot be written: "), "{told}");
    assert_eq!(directory.files(), Vec::<String>::new());
}
