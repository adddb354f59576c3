//! Lines of code around the places that a run names.

use crate::callsite::short_path;
use crate::{json, source_file};
use std::collections::{BTreeMap, BTreeSet};

/// Lines before and after a place.
const AROUND: u32 = 4;
/// Longer lines are cut.
const LONGEST: usize = 240;

/// The places whose lines are wanted, by file.
#[derive(Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, BTreeSet<u32>>);

impl Sources {
    pub(super) fn want(&mut self, file: &str, line: u32) {
        if !self.0.contains_key(file) {
            self.0.insert(file.to_owned(), BTreeSet::new());
        }
        if let Some(lines) = self.0.get_mut(file) {
            lines.insert(line);
        }
    }

    /// What can be read of them, as the objects of a list.
    pub(super) fn to_json(&self) -> String {
        let excerpts = self.0.iter().flat_map(|(file, lines)| {
            let all: Vec<String> = source_file::lines(file).iter().map(|line| cut(line)).collect();
            stretches(lines, all.len())
                .into_iter()
                .map(move |(first, last)| (short_path(file), first, all[first - 1..last].to_vec()))
        });
        json::items(excerpts, |object, (file, first, lines)| {
            object.text("file", &file);
            object.number("first", first);
            object.texts("lines", lines.iter().map(String::as_str));
        })
    }
}

fn cut(line: &str) -> String {
    line.chars().take(LONGEST).collect()
}

/// The lines around those of a file with `count` lines, as first and last from 1 on; those
/// that touch are one.
fn stretches(lines: &BTreeSet<u32>, count: usize) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for line in lines.iter().filter(|line| (1..=count).contains(&(**line as usize))) {
        let first = line.saturating_sub(AROUND).max(1) as usize;
        let last = (line.saturating_add(AROUND) as usize).min(count);
        match stretches.last_mut() {
            Some((_, end)) if first <= *end + 1 => *end = last,
            _ => stretches.push((first, last)),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_keep_within_the_file_and_those_that_touch_are_one() {
        let around = |lines: &[u32], count| stretches(&lines.iter().copied().collect(), count);
        assert_eq!(around(&[1], 3), [(1, 3)]);
        assert_eq!(around(&[10], 100), [(6, 14)]);
        assert_eq!(around(&[10, 19], 100), [(6, 23)]);
        assert_eq!(around(&[10, 20], 100), [(6, 14), (16, 24)]);
        assert_eq!(around(&[0, 99], 98), []);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let mut sources = Sources::default();
        sources.want(file!(), 1);
        sources.want("no/such/file.rs", 7);
        let json: serde_json::Value =
            serde_json::from_str(&format!("[{}]", sources.to_json())).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 1);
        assert_eq!(json[0]["file"], "properties/src/trace_file/sources.rs");
        assert_eq!(json[0]["first"], 1);
        assert_eq!(json[0]["lines"][0], "//! Lines of code around the places that a run names.");
        assert_eq!(json[0]["lines"].as_array().unwrap().len(), 1 + AROUND as usize);
    }
}
