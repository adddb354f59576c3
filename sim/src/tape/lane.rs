//! The text of one lane.
//!
//! ```text
//! 12:1,40:2           choice 12 took option 1, choice 40 option 2
//! 0:77,2:a30ba2B9     since v2: from choice 2 on option 1 thirty times, 2, 1 twice, 21 nine times
//! ```
//!
//! In a run each letter is an option, `a` the first that is no default, and the number
//! after it says how often. A capital letter is that option and then `a`, as where an
//! element of a list is taken away, given back, and the next one taken away. Runs are written of arguments only, which take thousands of
//! moves where a schedule has a few deviations.

use super::{Format, TapeError};
use std::fmt;

/// The highest index of a choice, and one.
const LONGEST: usize = 1 << 26;
/// Options that are a letter in a run.
const LETTERS: u32 = 26;

/// Whether some choices of the lane stand as a run if they may.
pub(super) fn has_runs(lane: &[u32]) -> bool {
    lane.windows(2).any(|pair| pair.iter().all(|option| is_letter(*option)))
}

fn is_letter(option: u32) -> bool {
    (1..=LETTERS).contains(&option)
}

/// Writes the choices that are not the default.
pub(super) fn write(lane: &[u32], format: Format, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut separator = "";
    let mut at = 0;
    while at < lane.len() {
        let run = match format {
            Format::V1 => 0,
            Format::V2 => lane[at..].iter().take_while(|option| is_letter(**option)).count(),
        };
        if lane[at] != 0 {
            write!(out, "{separator}{at}:")?;
            separator = ",";
            match run {
                0 | 1 => write!(out, "{}", lane[at])?,
                _ => write_run(&lane[at..at + run], out)?,
            }
        }
        at += run.max(1);
    }
    Ok(())
}

fn write_run(mut options: &[u32], out: &mut dyn fmt::Write) -> fmt::Result {
    while let [first, ..] = options {
        let pairs = options.chunks_exact(2).take_while(|two| **two == [*first, 1]).count();
        let same = options.iter().take_while(|option| *option == first).count();
        let letter = letters().nth(*first as usize - 1).unwrap_or_default();
        let (letter, count, length) = match pairs {
            2.. if *first != 1 => (letter.to_ascii_uppercase(), pairs, 2 * pairs),
            _ => (letter, same, same),
        };
        out.write_char(letter)?;
        if count > 1 {
            write!(out, "{count}")?;
        }
        options = &options[length..];
    }
    Ok(())
}

fn letters() -> impl Iterator<Item = char> {
    'a'..='z'
}

/// Reads what [`write`] writes.
pub(super) fn read(text: &str, format: Format, lane: &mut Vec<u32>) -> Result<(), TapeError> {
    for entry in text.split(',') {
        let read = read_entry(entry, format, lane);
        read.ok_or_else(|| TapeError::malformed("`index:option` in rising order", entry))?;
    }
    Ok(())
}

fn read_entry(entry: &str, format: Format, lane: &mut Vec<u32>) -> Option<()> {
    let (at, options) = entry.split_once(':')?;
    let at: usize = at.parse().ok().filter(|at| (lane.len()..LONGEST).contains(at))?;
    lane.resize(at, 0);
    if format == Format::V2 && options.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return read_run(options, lane);
    }
    lane.push(options.parse().ok().filter(|option| *option != 0)?);
    Some(())
}

fn read_run(mut text: &str, lane: &mut Vec<u32>) -> Option<()> {
    while let Some(letter) = text.chars().next() {
        let small = letter.to_ascii_lowercase();
        let option = letters().zip(1..).find(|(other, _)| *other == small)?.1;
        let single = letter == small;
        if option == 1 && !single {
            return None;
        }
        let rest = &text[1..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let count = match &rest[..end] {
            "" => 1,
            digits => digits.parse().ok().filter(|count| *count > 1)?,
        };
        let repeated: &[u32] = if single { &[option] } else { &[option, 1] };
        if count > (LONGEST - lane.len()) / repeated.len() {
            return None;
        }
        lane.extend(std::iter::repeat_n(repeated, count).flatten());
        text = &rest[end..];
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(lane: &[u32], format: Format) -> String {
        let mut text = String::new();
        write(lane, format, &mut text).unwrap();
        text
    }

    fn lane_of(text: &str, format: Format) -> Option<Vec<u32>> {
        let mut lane = Vec::new();
        read(text, format, &mut lane).ok().map(|()| lane)
    }

    #[test]
    fn runs_are_short() {
        let mut lane = vec![77, 0, 1, 1, 1, 2, 1, 0, 3, 26, 27, 27, 0];
        assert!(has_runs(&lane));
        assert_eq!(text_of(&lane, Format::V2), "0:77,2:a3ba,8:cz,10:27,11:27");
        assert_eq!(text_of(&lane, Format::V1), "0:77,2:1,3:1,4:1,5:2,6:1,8:3,9:26,10:27,11:27");
        lane.pop();
        assert_eq!(lane_of("0:77,2:a3ba,8:cz,10:27,11:27", Format::V2), Some(lane));
        let kept = [1, 1, 2, 1, 2, 1, 2, 1, 1, 1, 3, 2, 1];
        assert_eq!(text_of(&kept, Format::V2), "0:a2B3a2cba");
        assert_eq!(lane_of("0:a2B3a2cba", Format::V2), Some(kept.to_vec()));
        assert_eq!(text_of(&vec![1; 5_000], Format::V2), "0:a5000");
        assert!(!has_runs(&[77, 0, 1, 0, 1, 27, 1]));
    }

    #[test]
    fn entries_of_the_first_version_are_read_in_both() {
        for format in [Format::V1, Format::V2] {
            assert_eq!(lane_of("1:3,4:1,5:1", format), Some(vec![0, 3, 0, 0, 1, 1]));
        }
        assert_eq!(lane_of("0:a2", Format::V1), None);
    }

    #[test]
    fn what_nobody_writes_is_refused() {
        for text in [
            "0:a0",
            "0:a1",
            "0:A2",
            "0:a-2",
            "0:2a",
            "0:a2,1:1",
            "0:a67108865",
            "67108863:a2",
            "0:a99999999999999999999",
            "0:\u{e4}",
            "0:a\u{e4}",
            "67108864:1",
            "0:",
            "a",
            "",
        ] {
            assert_eq!(lane_of(text, Format::V2), None, "{text}");
        }
    }
}
