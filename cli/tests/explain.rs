//! The pages of `explain`: there is one for everything, and each is whole.
//!
//! What the examples do is tested where they stand, by `cargo test --doc`.

use cargo_reveille::explain::{Page, Topic, page, pages};
use expect_test::expect;
use reveille::{Certainty, Faults, Kind, Law};
use std::path::Path;

const OF_A_LAW: &[&str] = &[
    "What",
    "Why it is a rule",
    "The smallest example",
    "How to mend it",
    "If it is not a bug",
    "See also",
];

const OF_A_FAULT: &[&str] = &[
    "What",
    "Where it happens",
    "The smallest example",
    "How to mend it",
    "How to switch it",
    "See also",
];

const OF_AN_ENGINE: &[&str] = &[
    "What",
    "What is controlled",
    "What is not",
    "Weak memory and data races",
    "What a test must not do",
    "What it costs",
    "See also",
];

fn laws() -> impl Iterator<Item = (Law, &'static Page)> {
    let page = |law: &Law| (*law, page(law.name()).expect("every law has a page"));
    Law::ALL.iter().map(page)
}

/// Those that have a page of their own.
fn faults() -> impl Iterator<Item = (Kind, &'static Page)> {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_fault());
    let pages = kinds.map(|kind| (kind, page(kind.name()).expect("every fault has a page")));
    pages.filter(|(_, page)| page.topic == Topic::Fault)
}

/// The text below a heading, without what is below the next.
fn section<'a>(page: &'a Page, heading: &str) -> &'a str {
    let (_, rest) = page.text.split_once(&format!("\n## {heading}\n")).expect(heading);
    rest.split("\n## ").next().unwrap()
}

/// Blocks of code, as they are compiled.
fn code(text: &str) -> Vec<&str> {
    text.split("```rust,test_harness\n")
        .skip(1)
        .map(|code| code.split("```").next().unwrap())
        .collect()
}

/// What is in backticks in a snake-case list such as `without(late_timer)`.
fn in_snake_case(name: &str) -> String {
    name.replace('-', "_")
}

#[test]
fn laws_faults_and_the_engine_have_pages_and_nothing_else_has() {
    assert_eq!(laws().filter(|(_, page)| page.topic == Topic::Law).count(), Law::ALL.len());
    let engines = pages().iter().filter(|page| page.topic == Topic::Engine);
    let engines: Vec<&str> = engines.map(|page| page.name).collect();
    assert_eq!(engines, ["threads"]);
    assert_eq!(laws().count() + faults().count() + engines.len(), pages().len());
    // One name is that of a law and of a fault.
    let of_both: Vec<&str> = Kind::ALL
        .into_iter()
        .filter(|kind| kind.is_fault() && Law::from_name(kind.name()).is_some())
        .map(Kind::name)
        .collect();
    assert_eq!(of_both, ["spurious-poll"]);
}

#[test]
fn a_page_begins_with_its_name_and_its_law() {
    for (law, page) in laws() {
        let (first, rest) = law.sentence().split_at(1);
        let head = format!("# {}\n\n{}{rest}.\n\n", law.name(), first.to_uppercase());
        assert!(page.text.starts_with(&head), "expected the page to begin with\n{head}");
    }
    let engines = pages().iter().filter(|page| page.topic == Topic::Engine);
    for page in faults().map(|(_, page)| page).chain(engines) {
        let sentence = page.text.strip_prefix(&format!("# {}\n\n", page.name)).expect(page.name);
        assert!(sentence.lines().next().unwrap().ends_with('.'), "{}", page.name);
    }
}

#[test]
fn a_page_has_all_its_sections_in_their_order() {
    for page in pages() {
        let outside_of_code = page.text.split("```").step_by(2).flat_map(str::lines);
        let headings: Vec<&str> =
            outside_of_code.filter_map(|line| line.strip_prefix("## ")).collect();
        let expected = match page.topic {
            Topic::Law => OF_A_LAW,
            Topic::Fault => OF_A_FAULT,
            _ => OF_AN_ENGINE,
        };
        assert_eq!(headings, expected, "{}", page.name);
        assert!(expected.iter().all(|heading| section(page, heading).trim().len() > 20));
    }
}

#[test]
fn a_page_says_how_sure_a_law_is_and_its_level() {
    for (law, page) in laws() {
        let how = match law.certainty() {
            Certainty::Certain => "exact. ",
            Certainty::Suspected => "It is suspected. ",
        };
        let level = match law {
            Law::BlockingPoll => "It ends the process, whatever its level.".to_owned(),
            law => format!("Level: {}", law.default_level()),
        };
        let what = section(page, "What");
        let last = what.trim_end().rsplit("\n\n").next().unwrap().replace('\n', " ");
        assert!(last.contains(&format!("{how}{level}")), "{law}: {last}");
    }
}

#[test]
fn a_page_says_how_a_fault_is_switched() {
    for (kind, page) in faults() {
        let name = in_snake_case(kind.name());
        let (says, switch) = match Faults::ALL.has(kind) {
            true => ("It is a usual fault", format!("without({name})")),
            false => ("A test has to ask for it", format!("with({name})")),
        };
        let what = section(page, "What").replace('\n', " ");
        assert!(what.contains(says), "{kind}: expected {says:?} in\n{what}");
        assert!(section(page, "How to switch it").contains(&switch), "{kind}: no {switch}");
    }
    let of_both = page("spurious-poll").unwrap();
    assert!(section(of_both, "If it is not a bug").contains("without(spurious_poll)"));
}

/// The example of a law says by which words its test is to fail, and that of a fault which
/// arguments it passes with. What mends it is a test that is run.
#[test]
fn examples_are_tests_that_say_what_they_expect() {
    for page in pages().iter().filter(|page| page.topic != Topic::Engine) {
        let (broken, mended) =
            (code(section(page, "The smallest example")), code(section(page, "How to mend it")));
        assert_eq!((broken.len(), mended.len()), (1, 1), "{}", page.name);
        assert!(mended[0].contains("#[reveille::test") && !mended[0].contains("should_panic"));
        let expects = match (page.topic, page.name) {
            (Topic::Law, "blocking-poll") => {
                "told.contains(\"breaks the law blocking-poll\\n\")".into()
            }
            // They take another build, and are run in the tests of the command.
            (Topic::Law, "data-race") => {
                "// Fails under `cargo reveille test --data-races`.".to_owned()
            }
            (Topic::Fault, "stale-load") => {
                "// Fails under `cargo reveille test --weak-memory`.".to_owned()
            }
            (Topic::Law, law) => {
                format!(
                    "# #[should_panic(expected = \"breaks the law {law}\\n\")]\n#[reveille::test"
                )
            }
            _ => "\\n\", without it: (".to_owned(),
        };
        assert!(broken[0].contains(&expects), "{}: no {expects}", page.name);
        // Twins take no argument away that the example has.
        if let (Topic::Fault, Some((_, without))) =
            (page.topic, broken[0].split_once("without it: ("))
        {
            let name = in_snake_case(page.name);
            let asks_for_it = broken[0].contains(&format!("#[reveille::test(with({name}))]"));
            let does_without = without.lines().next().unwrap().contains(&name);
            assert!(asks_for_it != does_without, "{}", page.name);
        }
    }
}

#[test]
fn links_lead_to_pages_and_are_called_by_their_names() {
    for page in pages() {
        let folder = match page.topic {
            Topic::Law => "laws",
            Topic::Fault => "faults",
            _ => "engines",
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/explain").join(folder);
        let links: Vec<(&str, &str)> = page
            .text
            .split("[`")
            .skip(1)
            .filter_map(|link| link.split_once("`]("))
            .map(|(name, rest)| (name, rest.split(')').next().unwrap()))
            .collect();
        assert!(!links.is_empty(), "{}", page.name);
        for (name, target) in links {
            assert!(folder.join(target).is_file(), "{}: no file {target}", page.name);
            assert!(target.ends_with(&format!("{name}.md")), "{}: {name} at {target}", page.name);
            assert_ne!(name, page.name, "a link to itself");
        }
    }
}

/// Whoever renders a page knows no other Markdown.
#[test]
fn pages_are_rendered_without_remains() {
    for page in pages() {
        let told = page.render(80, false);
        assert!(told.starts_with(&format!("{}\n\n  ", page.name)), "{told}");
        for remains in ["](", "```", "\n#  ", "# falls!", "should_panic(expected", "**", "\n\n\n"] {
            assert!(!told.contains(remains), "{}: {remains:?} in\n{told}", page.name);
        }
        let prose = told.lines().filter(|line| !line.starts_with("      "));
        for line in prose {
            assert!(line.chars().count() <= 80, "{}: {line}", page.name);
        }
        let longest = told.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(110), "{}: {longest:?} columns of code", page.name);
    }
}

#[test]
fn names_may_be_written_as_in_a_test() {
    assert_eq!(page("wake_in_lock").unwrap().name, "wake-in-lock");
    assert_eq!(page(" Late-Timer ").unwrap().name, "late-timer");
}

#[test]
fn names_that_are_near_are_offered() {
    let told = |name: &str| page(name).unwrap_err().to_string();
    expect!["no law, fault or engine is called `stuk`; did you mean `stuck`?"]
        .assert_eq(&told("stuk"));
    expect!["no law, fault or engine is called `leak`; did you mean `task-leak` or `waker-leak` or `memory-leak`?"]
        .assert_eq(&told("leak"));
    expect!["no law, fault or engine is called `fresh_wakers`; did you mean `fresh-waker`?"]
        .assert_eq(&told("fresh_wakers"));
}

#[test]
fn without_a_near_name_all_are_listed() {
    expect![[r#"
        no law, fault or engine is called `xyzzy`

        laws: pending-without-waker, stale-waker, waker-dropped, deadlock, stuck, suspected-stuck,
        suspected-livelock, busy-poll, starvation, runaway-spawn, blocking-poll, spurious-poll,
        poll-after-ready, snoozed, wake-in-lock, task-leak, waker-leak, memory-leak, panic, property,
        buffer-in-flight, data-race, outside-world, nondeterminism

        faults: fresh-waker, delayed-wake, late-timer, cancellation, forgotten-future, reentrant-waker,
        panicking-clone, spurious-readiness, late-event, short-io, interrupted, latency, loss,
        duplication, reordering, reset, refused, disk-full, torn-write, cancel-outcome, stale-load

        engines: threads"#]]
    .assert_eq(&page("xyzzy").unwrap_err().to_string());
}

#[test]
fn a_page_at_a_terminal() {
    expect![[r#"
        short-io

          A read or a write moves fewer bytes than it could.

        What

          A read fills a part of its buffer though more is there; a write takes a part
          of the bytes though there is room. At least one byte is moved. The report says
          `moves fewer bytes than it could`.

          It is a usual fault: any run may suffer it, wherever bytes go through
          `reveille::io`, `net`, `fs`, `completion` or `with_faults`.

        Where it happens

          Everywhere. The contract of `Read` and `Write`, and of their async brothers,
          is the number that they return; packets, buffers of the kernel and layers such
          as TLS cut where they like. On one machine a small message comes in one piece
          for years, and then it does not.

        The smallest example

              use futures::io::{AsyncReadExt, AsyncWriteExt};

              #[reveille::test]
              async fn says_hello() {
                  let (mut reader, mut writer) = reveille::io::pipe(16);
                  writer.write_all(b"hello").await.unwrap();
                  let mut word = [0; 5];
                  reader.read(&mut word).await.unwrap();
                  assert_eq!(&word, b"hello");
              }

        How to mend it

          Read until there is enough, and write until all is gone:

              use futures::io::{AsyncReadExt, AsyncWriteExt};

              #[reveille::test]
              async fn says_hello() {
                  let (mut reader, mut writer) = reveille::io::pipe(16);
                  writer.write_all(b"hello").await.unwrap();
                  let mut word = [0; 5];
                  reader.read_exact(&mut word).await.unwrap();
                  assert_eq!(&word, b"hello");
              }

          A read of fewer bytes than asked for is not the end; the end is a read of
          none.

        How to switch it

          `#[reveille::test(without(short_io))]`. There is hardly a reason to.

        See also

          - `interrupted`: an operation that moves nothing.
          - `torn-write`: a write that a crash cuts.
          - `panic`: what a failed assertion is told as.
    "#]]
    .assert_eq(&page("short-io").unwrap().render(80, false));
}
