//! Flags of cargo's configuration that a build for the engine of threads does not have.
//!
//! Cargo takes the compiler's flags from one place alone. The engine's stand in the variable that
//! goes before all others, together with what the environment had; what a file of cargo's
//! configuration has is not looked at then. Which of those flags go with which target cargo alone
//! knows, so they are told and not passed on.

use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item};

/// Where such flags stand, each as a key and its file, for who builds in `directory`.
pub(super) fn flags(directory: &Path, home: Option<PathBuf>) -> Vec<String> {
    let beside = directory.ancestors().map(|above| above.join(".cargo"));
    let mut places: Vec<PathBuf> = beside.collect();
    places.extend(home.filter(|home| !places.contains(home)));
    // The name without an end is the older one, and goes first.
    let file = |place: &PathBuf| {
        ["config", "config.toml"].map(|name| place.join(name)).into_iter().find(|f| f.is_file())
    };
    places.iter().filter_map(file).flat_map(|file| flags_in(&file)).collect()
}

fn flags_in(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    // Of a file that cannot be read cargo itself says so.
    let Ok(document) = text.parse::<DocumentMut>() else { return Vec::new() };
    let has_flags = |item: Option<&Item>| item.is_some_and(|item| item.get("rustflags").is_some());
    let mut keys = Vec::new();
    if has_flags(document.get("build")) {
        keys.push("build.rustflags".to_owned());
    }
    if let Some(targets) = document.get("target").and_then(Item::as_table_like) {
        let with_flags = targets.iter().filter(|(_, target)| has_flags(Some(target)));
        keys.extend(with_flags.map(|(target, _)| format!("target.{target}.rustflags")));
    }
    keys.into_iter().map(|key| format!("`{key}` of {}", file.display())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_found_in_all_files_that_cargo_reads() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
        };
        write("home/config.toml", "[build]\nrustflags = \"-g\"\n");
        write("a/.cargo/config.toml", "target.'cfg(unix)'.rustflags = ['-g']\n[net]\nretry = 2\n");
        write("a/b/.cargo/config", "[target.x86_64-unknown-linux-gnu]\nrustflags = ['-g']\n");
        write("a/b/.cargo/config.toml", "[build]\nrustflags = ['not read']\n");
        write("a/b/c/.cargo/config.toml", "[build]\ntarget-dir = 'elsewhere'\n");
        write("a/b/c/d/.cargo/config.toml", "[build\n");
        let found = flags(&root.path().join("a/b/c/d"), Some(root.path().join("home")));
        let place = |name: &str| root.path().join(name).display().to_string();
        assert_eq!(
            found,
            [
                format!(
                    "`target.x86_64-unknown-linux-gnu.rustflags` of {}",
                    place("a/b/.cargo/config")
                ),
                format!("`target.cfg(unix).rustflags` of {}", place("a/.cargo/config.toml")),
                format!("`build.rustflags` of {}", place("home/config.toml")),
            ]
        );
    }
}
