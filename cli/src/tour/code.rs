//! The lines of a scene's source that are shown: those between `// tour: NAME` and `// end`.

use super::Scene;
use std::fmt::Write;

const BEGIN: &str = "// tour: ";
const END: &str = "// end";

/// The code of that name, with the name of its file and the numbers of its lines.
pub(super) fn code(scene: &Scene, name: &str) -> Option<String> {
    scene.sources.iter().find_map(|(file, source)| {
        let lines = between(source, name)?;
        let surplus = lines
            .iter()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(_, line)| line.len() - line.trim_start().len())
            .min()?;
        let mut text = format!("    {file}\n");
        for (number, line) in lines {
            let line = line.get(surplus..).unwrap_or_default();
            let _ = writeln!(text, "{}", format!("{number:>4}  {line}").trim_end());
        }
        Some(text)
    })
}

/// The lines, each with its number.
fn between<'a>(source: &'a str, name: &str) -> Option<Vec<(usize, &'a str)>> {
    let mut lines = (1..).zip(source.lines());
    lines.find(|(_, line)| line.trim().strip_prefix(BEGIN) == Some(name))?;
    let lines = lines.take_while(|(_, line)| line.trim() != END);
    Some(lines.collect())
}

/// The names of what a source has to show.
#[cfg(test)]
pub(super) fn names(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| line.trim().strip_prefix(BEGIN))
}
