//! Finds the test files of a published crate, where cargo has unpacked it, and makes modules of
//! them. For build scripts.
//!
//! A file becomes `#[path = ".."] mod name;`, so it is compiled as it was published: its inner
//! attributes hold for it, and the modules that it names are found beside it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The test files of a crate.
#[derive(Debug)]
pub struct Tests {
    files: Vec<PathBuf>,
}

impl Tests {
    /// Those of the crate `name`, which the package that is built depends on.
    #[must_use]
    pub fn of(name: &str) -> Tests {
        let directory = source_of(name).join("tests");
        let entries = fs::read_dir(&directory)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
        files.sort();
        Tests { files }
    }

    /// Only those whose stem `is_wanted`.
    #[must_use]
    pub fn only(mut self, is_wanted: impl Fn(&str) -> bool) -> Tests {
        self.files.retain(|file| is_wanted(stem(file)));
        assert!(!self.files.is_empty(), "no test file is wanted");
        self
    }

    /// Takes a file that is to be alone in its crate, for an allocator of its own. It is a module
    /// of `NAME.rs`.
    #[must_use]
    pub fn alone(mut self, name: &str) -> Tests {
        let file = self.take(name);
        write(name, &module(&file));
        self
    }

    /// Takes a file that must be the root of its crate, for `#[macro_use] extern crate`. It is
    /// included in `NAME.rs`, from a copy without its documentation: what is included must not
    /// document what includes it.
    #[must_use]
    pub fn with_root(mut self, name: &str) -> Tests {
        let file = self.take(name);
        let text = fs::read_to_string(&file).expect("it can be read");
        let lines = text.lines().map(|line| match line.strip_prefix("//!") {
            Some(comment) => format!("//{comment}\n"),
            None => format!("{line}\n"),
        });
        write(name, &lines.collect::<String>());
        self
    }

    fn take(&mut self, name: &str) -> PathBuf {
        let at = self.files.iter().position(|file| stem(file) == name).expect("it is there");
        self.files.remove(at)
    }

    /// Writes `theirs.rs` for the test target to include.
    pub fn write(self) {
        let modules: String = self.files.iter().map(|file| module(file)).collect();
        write("theirs", &modules);
    }
}

fn module(file: &Path) -> String {
    let name = stem(file).replace('-', "_");
    // `async` is a file of flume's.
    format!("#[path = {file:?}]\nmod r#{name};\n")
}

/// Their loops of a hundred thousand rounds are shorter under Miri: so they should be here.
pub fn as_for_miri() {
    println!("cargo::rustc-cfg=miri");
}

fn stem(file: &Path) -> &str {
    file.file_stem().and_then(|stem| stem.to_str()).expect("a name")
}

fn write(name: &str, text: &str) {
    let directory = PathBuf::from(env::var_os("OUT_DIR").expect("a build script has it"));
    fs::write(directory.join(name).with_extension("rs"), text).expect("it can be written");
}

/// Where cargo has the source of a crate. `cargo metadata` says it, in JSON of a fixed order: the
/// manifest of a package follows its name and version.
fn source_of(name: &str) -> PathBuf {
    let cargo = env::var_os("CARGO").expect("a build script has it");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform"])
        .arg(env::var_os("TARGET").expect("a build script has it"))
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let wanted = pinned(name);
    let package = format!(r#"{{"name":"{name}","version":"{wanted}""#);
    let (_, package) = text.split_once(&package).unwrap_or_else(|| {
        panic!("{name} {wanted} is not here: {}", String::from_utf8_lossy(&output.stderr))
    });
    let (_, path) = package.split_once(r#""manifest_path":""#).expect("every package has it");
    let (path, _) = path.split_once('"').expect("a text ends");
    Path::new(path).parent().expect("a manifest is in a directory").to_owned()
}

/// The version that the manifest of the package pins: `name = "=1.2.3"`, or in braces, where it may
/// have another name.
fn pinned(name: &str) -> String {
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rerun-if-changed=build.rs");
    let manifest = fs::read_to_string("Cargo.toml").expect("a package has it");
    let renamed = format!("package = \"{name}\"");
    let line = manifest.lines().find(|line| {
        let is_it = line.starts_with(&format!("{name} = ")) || line.contains(&renamed);
        is_it && line.contains("\"=")
    });
    let version = line.and_then(|line| line.split_once("\"=")?.1.split_once('"'));
    version.unwrap_or_else(|| panic!("{name} is not pinned")).0.to_owned()
}
