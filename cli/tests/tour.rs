//! Every scene of the tour, as it is told: what its runs come to, and to the letter.

use cargo_reveille::tour::{QUESTIONS, SCENES, Scene};
use cargo_reveille::trace::Trace;
use expect_test::expect_file;
use std::path::Path;
use std::process::{Command, Output};

fn tour(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-reveille"));
    // What a user has set for his own tests must not change it.
    command.env("REVEILLE_RUNS", "1").env("REVEILLE_SEED", "random");
    command.arg("tour").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Plays a scene, and gives what is said and the names of its pictures.
fn told(scene: &Scene) -> (String, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().to_str().unwrap();
    let said = said(&tour(&[scene.name, "--pictures", place]));
    let mut pictures = Vec::new();
    for picture in directory.path().read_dir().unwrap() {
        let picture = picture.unwrap();
        assert_is_a_picture(&picture.path());
        pictures.push(picture.file_name().into_string().unwrap());
    }
    pictures.sort();
    let place = format!("{place}{}", std::path::MAIN_SEPARATOR);
    (said.replace(&place, "DIRECTORY/"), pictures)
}

/// It holds a trace, which can be read.
fn assert_is_a_picture(file: &Path) {
    let page = std::fs::read_to_string(file).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    let begin = page.find("{\"").unwrap();
    let trace = &page[page[..begin].len()..];
    let trace = trace.split("</script>").next().unwrap();
    let again = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(again.path(), trace).unwrap();
    let trace = Trace::read(again.path()).unwrap();
    assert!(trace.run.events.len() > 3, "{}", file.display());
}

fn is_told_to_the_letter(name: &str) {
    let scene = SCENES.iter().find(|scene| scene.name == name).unwrap();
    let (said, pictures) = told(scene);
    let file = format!("golden/tour/{}_{name}.txt", scene.number);
    expect_file![file].assert_eq(&said);
    let with_picture = scene.parts.iter().filter(|part| part.has_picture());
    let mut expected: Vec<String> =
        with_picture.map(|part| format!("{}_{name}_{}.html", scene.number, part.name)).collect();
    expected.sort();
    assert_eq!(pictures, expected);
    for law in scene.parts.iter().filter_map(|part| part.breaks) {
        assert!(said.contains(law), "{law}");
    }
    // Code and tables are as wide as they are, and begin with a number.
    let is_prose = |line: &&str| !line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let longest = said.lines().filter(is_prose).map(|line| line.chars().count()).max();
    assert!(longest <= Some(90), "a line of {longest:?} columns");
}

macro_rules! scenes {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                is_told_to_the_letter(stringify!($name));
            }
        )*

        #[test]
        fn every_scene_is_tested() {
            assert_eq!([$(stringify!($name)),*].as_slice(), SCENES.iter().map(|scene| scene.name).collect::<Vec<_>>());
        }
    };
}

scenes!(poll, waker, reactor, forgotten, park, progress);

#[test]
fn the_list() {
    expect_file!["golden/tour/list.txt"].assert_eq(&said(&tour(&[])));
}

#[test]
fn numbers_follow_each_other_and_are_names_as_well() {
    for (number, scene) in (1..).zip(SCENES) {
        assert_eq!(scene.number, number);
        assert!(std::ptr::eq(cargo_reveille::tour::scene(&number.to_string()).unwrap(), scene));
    }
}

/// A question has an answer, and its scenes print both.
#[test]
fn every_question_is_answered() {
    assert_eq!(QUESTIONS.len(), 8);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tour");
    for (number, question) in (1..).zip(QUESTIONS) {
        assert!(!question.scenes.is_empty() && !question.answer.is_empty(), "{question:?}");
        for scene in question.scenes {
            let name = SCENES[scene - 1].name;
            let told = std::fs::read_to_string(golden.join(format!("{scene}_{name}.txt"))).unwrap();
            assert!(told.contains(&format!("  Question {number}. ")), "{number} in {name}");
        }
    }
}

#[test]
fn all_of_it_as_pages() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("all");
    said(&tour(&["--all", place.to_str().unwrap(), "--no-open"]));
    let index = std::fs::read_to_string(place.join("index.html")).unwrap();
    for scene in SCENES {
        assert!(index.contains(&format!("<h2 id=\"{}\">", scene.number)));
        for part in scene.parts.iter().filter(|part| part.has_picture()) {
            let name = format!("{}_{}_{}.html", scene.number, scene.name, part.name);
            assert!(index.contains(&format!("<a href=\"{name}\">")), "{name}");
            assert!(place.join(&name).is_file(), "{name}");
        }
    }
    assert!(!index.contains(place.to_str().unwrap()));
}

#[test]
fn what_there_is_not() {
    let output = tour(&["7"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("error: there is no scene `7`\n\nSix short scenes"), "{told}");
    let output = tour(&["--play", "poll/no-such"]);
    assert_eq!(output.status.code(), Some(2));
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = tour(&["1", "--pictures", file.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(96));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("cannot be written"), "{told}");
}
