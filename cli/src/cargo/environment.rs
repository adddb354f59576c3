//! The variables that cargo sets for the tests that it runs, as far as tests read them.

use super::{Package, cargo};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Where shared libraries are looked for.
#[cfg(target_os = "macos")]
const LIBRARY_PATH: &str = "DYLD_FALLBACK_LIBRARY_PATH";
#[cfg(windows)]
const LIBRARY_PATH: &str = "PATH";
#[cfg(not(any(target_os = "macos", windows)))]
const LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

/// What cargo said of a binary beside its name.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    /// Directories of shared libraries.
    pub(super) libraries: Vec<PathBuf>,
    /// The directory of the build script's output.
    pub(super) out: Option<PathBuf>,
    /// Whether loads may give values that are not the newest.
    pub(super) weak_memory: bool,
}

impl Environment {
    pub(super) fn set(&self, command: &mut Command, package: &Package) {
        if self.weak_memory {
            command.env("REVEILLE_WEAK_MEMORY", "1");
        }
        let directory = package.manifest.parent().map(PathBuf::from).unwrap_or_default();
        command
            .env("CARGO", cargo())
            .env("CARGO_MANIFEST_DIR", directory)
            .env("CARGO_MANIFEST_PATH", &package.manifest)
            .env("CARGO_PKG_NAME", &package.name)
            .env("CARGO_PKG_VERSION", &package.version);
        if let Some(out) = &self.out {
            command.env("OUT_DIR", out);
        }
        if !self.libraries.is_empty() {
            command.env(LIBRARY_PATH, self.library_path());
        }
    }

    fn library_path(&self) -> OsString {
        let before = std::env::var_os(LIBRARY_PATH).unwrap_or_default();
        let all = self.libraries.iter().cloned().chain(std::env::split_paths(&before));
        // A directory with a colon cannot be told; without it libraries may still be found.
        std::env::join_paths(all).unwrap_or(before)
    }
}
