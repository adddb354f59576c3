//! Long tapes go to a file, so that the line to paste stays a line.

use std::path::{Path, PathBuf};

/// Longer texts are written to a file.
const LONGEST_INLINE: usize = 240;

/// What to put behind `REVEILLE_REPLAY=`: the tape, or the path of a file that now
/// holds it. If no file can be written it is the tape after all.
pub(crate) fn place(test: &str, text: String) -> String {
    if text.len() <= LONGEST_INLINE {
        return text;
    }
    write(&directory(), test, &text).unwrap_or(text)
}

fn write(directory: &Path, test: &str, text: &str) -> Option<String> {
    let sum = text.rsplit('=').next()?;
    let name: String =
        test.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let path = directory.join(format!("{name}-{sum}.tape"));
    let shown = path.to_str()?.to_owned();
    // A path with blanks would need quotes in the line to paste.
    if !fits_a_line(&shown) {
        return None;
    }
    std::fs::create_dir_all(directory).ok()?;
    // Whole or not at all, should the disk be full or the process killed.
    let draft = directory.join(format!("{name}-{sum}.{}", std::process::id()));
    let written =
        std::fs::write(&draft, format!("{text}\n")).and_then(|()| std::fs::rename(&draft, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written.ok().map(|()| shown)
}

/// Whether a shell takes it without quotes.
pub(crate) fn fits_a_line(path: &str) -> bool {
    !path.contains(|c: char| c.is_whitespace() || "'\"\\$`".contains(c))
}

/// `reveille` in cargo's target directory, else in the system's temporary one.
fn directory() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let target = exe.ancestors().find(|directory| directory.join("CACHEDIR.TAG").is_file());
    target.map_or_else(std::env::temp_dir, Path::to_path_buf).join("reveille")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_tape_can_be_read_back_from_its_file() {
        let mut tape = reveille_sim::Tape::new();
        (0..200).for_each(|i| tape.push(reveille_sim::Kind::Schedule, i));
        let text = tape.to_text("a::test with blanks");
        let path = place("a::test with blanks", text.clone());
        assert!(path.ends_with(".tape"), "{path}");
        assert_eq!(std::fs::read_to_string(&path).unwrap().trim(), text);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_short_tape_needs_no_file() {
        assert_eq!(place("t", "v1/t/len=0/sum=0".into()), "v1/t/len=0/sum=0");
    }

    #[test]
    fn where_nothing_can_be_written_the_tape_is_told_itself() {
        assert_eq!(write(Path::new("/dev/null/nowhere"), "t", "x/sum=1"), None);
        assert_eq!(write(Path::new("/dev/full"), "t", "x/sum=1"), None);
        assert_eq!(write(Path::new("with blank"), "t", "x/sum=1"), None);
    }
}
