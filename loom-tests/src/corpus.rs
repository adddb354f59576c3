//! The traces of past failures: `corpus/<test>/<sum>.loom` in the directory of the package,
//! beside the tapes of reveille.

use crate::trace_file::TraceFile;
use std::path::{Path, PathBuf};

/// The variable that says where the corpus is, or `off`.
const VARIABLE: &str = "REVEILLE_CORPUS";

/// The package whose tests this process runs, as cargo says.
fn package() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// A path that somebody has said: if it is relative, in the package.
pub(crate) fn located(said: &Path) -> PathBuf {
    package().unwrap_or_default().join(said)
}

/// The directory of the traces of a test; none if there is no corpus.
fn directory(test: &str) -> Option<PathBuf> {
    let corpus = match std::env::var_os(VARIABLE) {
        Some(off) if off == "off" => return None,
        Some(said) => located(Path::new(&said)),
        None => package()?.join("corpus"),
    };
    Some(corpus.join(directory_name(test)))
}

fn directory_name(test: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '.' };
    test.replace("::", ".").chars().map(plain).collect()
}

/// The traces of a model, each with its file.
pub(crate) fn traces(test: &str, model: &str) -> Vec<(PathBuf, TraceFile)> {
    let Some(directory) = directory(test) else { return Vec::new() };
    let Ok(files) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "loom"));
    files.sort();
    let read = files.into_iter().filter_map(|file| match TraceFile::read(&file) {
        Ok(trace) => Some((file, trace)),
        Err(error) => {
            eprintln!("reveille-loom: {error}; it is left out");
            None
        }
    });
    read.filter(|(_, trace)| trace.test == test && trace.model == model).collect()
}

/// Keeps a trace; answers its file, as it is to be shown.
pub(crate) fn keep(trace: &TraceFile) -> std::io::Result<Option<PathBuf>> {
    let Some(directory) = directory(&trace.test) else { return Ok(None) };
    std::fs::create_dir_all(&directory)?;
    let file = directory.join(format!("{}.loom", trace.sum()));
    // Whole or not at all, whatever becomes of this process.
    let draft = directory.join(format!(".{}-{}.draft", trace.sum(), std::process::id()));
    let written =
        std::fs::write(&draft, trace.text()).and_then(|()| std::fs::rename(&draft, &file));
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written.map(|()| Some(file))
}

/// A path as it is shown: within the package if it is there.
pub(crate) fn shown(path: &Path) -> String {
    let package = package().unwrap_or_default();
    path.strip_prefix(package).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
