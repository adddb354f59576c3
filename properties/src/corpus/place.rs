//! Where the corpus of a test is.

use super::entry::digits_of;
use std::path::{Path, PathBuf};

/// Where a test keeps its corpus.
///
/// ```
/// use reveille::corpus::Corpus;
///
/// assert_eq!(Corpus::from(true), Corpus::Package);
/// assert_eq!(Corpus::from(false), Corpus::Off);
/// assert_eq!(Corpus::from("tapes"), Corpus::In("tapes".into()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Corpus {
    /// In `corpus`, in the directory of the package.
    #[default]
    Package,
    /// Nowhere: it neither reads nor writes.
    Off,
    /// In that directory; if it is relative, in the directory of the package.
    In(PathBuf),
}

impl From<bool> for Corpus {
    fn from(on: bool) -> Corpus {
        if on { Corpus::Package } else { Corpus::Off }
    }
}

impl From<PathBuf> for Corpus {
    fn from(directory: PathBuf) -> Corpus {
        Corpus::In(directory)
    }
}

impl From<&Path> for Corpus {
    fn from(directory: &Path) -> Corpus {
        Corpus::In(directory.to_owned())
    }
}

impl From<&str> for Corpus {
    fn from(directory: &str) -> Corpus {
        Corpus::In(directory.into())
    }
}

impl From<String> for Corpus {
    fn from(directory: String) -> Corpus {
        Corpus::In(directory.into())
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Located {
    Off,
    At(PathBuf),
    /// For that reason.
    Nowhere(&'static str),
}

const NO_PACKAGE: &str = "CARGO_MANIFEST_DIR, by which cargo tells where the package is, is not set; \
     REVEILLE_CORPUS=<directory> says it, too";
const NO_LASTING_NAME: &str = "the test is named after a place in a file outside of its package, as \
     tests of documentation are, and would not find it again; `Checker::name` gives it another name";

impl Corpus {
    /// The directory, given what the environment says about the corpus and about the
    /// package. A test without a corpus stays without.
    pub(super) fn locate(
        &self,
        test: &str,
        said: Option<&Corpus>,
        package: Option<&Path>,
    ) -> Located {
        let corpus = match self {
            Corpus::Off => self,
            _ => said.unwrap_or(self),
        };
        match (corpus, package) {
            (Corpus::Off, _) => Located::Off,
            (Corpus::In(directory), Some(package)) => Located::At(package.join(directory)),
            (Corpus::In(directory), None) => Located::At(directory.clone()),
            (Corpus::Package, None) => Located::Nowhere(NO_PACKAGE),
            (Corpus::Package, Some(package)) if is_place_outside(test, package) => {
                Located::Nowhere(NO_LASTING_NAME)
            }
            (Corpus::Package, Some(package)) => Located::At(package.join("corpus")),
        }
    }
}

/// Whether a test is named `file:line` by a file that is not in the package. Those that
/// cargo compiles have a path relative to the workspace.
fn is_place_outside(test: &str, package: &Path) -> bool {
    let file = test.rsplit_once(':').map(|(file, _line)| Path::new(file));
    file.is_some_and(|file| file.is_absolute() && !file.starts_with(package))
}

/// The package whose tests this process runs, as cargo says.
pub(super) fn package() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// A path as it is shown: within the package if it is there.
pub(super) fn shown(path: &Path) -> String {
    let package = package().unwrap_or_default();
    // With one kind of slash, on every system.
    path.strip_prefix(package).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The longest name that is kept as it is.
const LONGEST: usize = 100;

/// Names that stand for devices on Windows, whatever follows after a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The name of a test's directory: its path with dots, `my_crate.tests.hands_over`.
///
/// Paths that some file system would not take, or not tell from others (it may not
/// mind the case), are made so and get a number behind a hyphen, which plain ones
/// never have.
pub(super) fn directory_of(test: &str) -> String {
    let parts: Vec<&str> = test.split("::").collect();
    let is_plain_part = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let is_device = DEVICES.contains(&parts[0].trim_end_matches(|c: char| c.is_ascii_digit()));
    if parts.iter().all(is_plain_part) && test.len() <= LONGEST && !is_device {
        return parts.join(".");
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_.".contains(c) { c } else { '-' };
    let name: String = parts.join(".").chars().map(plain).take(LONGEST).collect();
    let device = if is_device { "_" } else { "" };
    let name = name.trim_start_matches(['.', '-']);
    let name = if name.is_empty() { "test" } else { name };
    format!("{device}{name}-{}", digits_of(test))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_names_stay_readable() {
        assert_eq!(directory_of("my_crate::tests::hands_over"), "my_crate.tests.hands_over");
        assert_eq!(directory_of("sends"), "sends");
    }

    #[test]
    fn other_names_are_made_fit_for_every_file_system() {
        for (test, directory) in [
            ("src/lib.rs:7", "src-lib.rs-7-X"),
            ("my_crate::Tests::a", "my_crate.Tests.a-X"),
            ("my_crate::größe", "my_crate.gr--e-X"),
            ("con::tests::a", "_con.tests.a-X"),
            ("..", "test-X"),
            ("", "test-X"),
        ] {
            assert_eq!(directory_of(test), directory.replace('X', &digits_of(test)));
        }
        assert_eq!(directory_of("src/lib.rs:7"), "src-lib.rs-7-d0010540");
    }

    /// What some file system would not take.
    fn is_portable(name: &str) -> bool {
        let stem = name.split('.').next().unwrap().to_lowercase();
        name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && !name.starts_with('.')
            && !name.ends_with('.')
            && name.len() <= 128
            && !DEVICES.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit()))
    }

    proptest! {
        #[test]
        fn names_are_portable(test in any::<String>()) {
            prop_assert!(is_portable(&directory_of(&test)), "{}", directory_of(&test));
        }

        #[test]
        fn no_two_tests_share_a_directory(
            a in "(con|aux|a|A|b.|_|-|::|:|/){0,6}",
            b in "(con|aux|a|A|b.|_|-|::|:|/){0,6}",
        ) {
            let folded = |test: &str| directory_of(test).to_lowercase();
            prop_assert!(a == b || folded(&a) != folded(&b), "{a} and {b}: {}", folded(&a));
        }
    }

    #[test]
    fn the_environment_goes_first_but_off_is_off() {
        let package = Some(Path::new("/package"));
        let at = |path: &str| Located::At(path.into());
        let here = |corpus: Corpus, said, package| corpus.locate("my_crate::sends", said, package);
        assert_eq!(here(Corpus::Package, None, package), at("/package/corpus"));
        assert_eq!(here(Corpus::Package, None, None), Located::Nowhere(NO_PACKAGE));
        let tapes = Corpus::from("tapes");
        let elsewhere = Corpus::from("/elsewhere");
        assert_eq!(here(tapes.clone(), None, package), at("/package/tapes"));
        assert_eq!(here(tapes.clone(), None, None), at("tapes"));
        assert_eq!(here(tapes.clone(), Some(&elsewhere), package), at("/elsewhere"));
        assert_eq!(here(tapes, Some(&Corpus::Off), package), Located::Off);
        assert_eq!(here(Corpus::Off, Some(&elsewhere), package), Located::Off);
    }

    #[test]
    #[cfg(unix)]
    fn a_name_that_does_not_last_is_kept_only_where_somebody_says() {
        let located = |test, corpus: Corpus| corpus.locate(test, None, Some(Path::new("/package")));
        let at = |path: &str| Located::At(path.into());
        let doctest = "/tmp/rustdoctestabc/doctest_bundle_2024.rs:7";
        assert_eq!(located(doctest, Corpus::Package), Located::Nowhere(NO_LASTING_NAME));
        assert_eq!(located(doctest, "tapes".into()), at("/package/tapes"));
        for lasts in ["src/lib.rs:7", "/package/src/lib.rs:7", "my_crate::sends"] {
            assert_eq!(located(lasts, Corpus::Package), at("/package/corpus"), "{lasts}");
        }
    }
}
