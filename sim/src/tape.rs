//! The choices of one run, and their text.
//!
//! A tape has a lane for each [kind](Kind) of choice. Lanes are read
//! independently of one another, so taking a fault off a tape does not shift the
//! schedule, and a missing tail means defaults; the empty tape is the plain run.
//!
//! The text names the deviations only and fits a shell without quotes:
//!
//! ```text
//! v1/my_crate::tests::hands_over/schedule=12:1,40:2/fresh-waker=3:1/len=57/sum=9f3a12cd
//!    test                        choice 12 took option 1 ...         choices in all
//! ```
//!
//! A tape with arguments that were made simpler is `v2/..`: it has [runs](lane).
//!
//! After the test stands `/hermetic` if the run needs a process of its own, and `/threads` if its
//! strands are threads, which have choices at other places than tasks have; in its place `/races` if
//! it is one that shows a race of data, which only a binary sees that is built for that.
//!
//! `sum` is the 32-bit FNV-1a hash of everything before `/sum=`, so that a text
//! which lost its end, or a character, is refused.

mod lane;

use crate::choice::Kind;
use std::fmt::{self, Write as _};

/// The versions of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    V1,
    /// With runs; nothing else is new.
    V2,
}

impl Format {
    /// The first one that has what the tape needs, so that older builds read the rest.
    fn of(tape: &Tape) -> Format {
        if lane::has_runs(tape.lane(Kind::Argument)) { Format::V2 } else { Format::V1 }
    }

    fn name(self) -> &'static str {
        match self {
            Format::V1 => "v1",
            Format::V2 => "v2",
        }
    }
}

/// The choices of one run, a lane for each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tape {
    lanes: [Vec<u32>; Kind::ALL.len()],
    hermetic: bool,
    threads: bool,
    races: bool,
}

impl Tape {
    /// The tape of the plain run: every choice takes its default.
    #[must_use]
    pub fn new() -> Self {
        Tape::default()
    }

    /// Adds the option taken by the next choice of `kind`.
    #[inline(always)]
    pub fn push(&mut self, kind: Kind, option: u32) {
        self.lanes[kind as usize].push(option);
    }

    /// The option taken by choice number `index` of `kind`; 0 past the end.
    #[must_use]
    #[inline]
    pub fn get(&self, kind: Kind, index: usize) -> u32 {
        self.lanes[kind as usize].get(index).copied().unwrap_or(0)
    }

    /// The options taken by the choices of `kind`, in order.
    #[must_use]
    pub fn lane(&self, kind: Kind) -> &[u32] {
        &self.lanes[kind as usize]
    }

    /// The same, to change.
    pub fn lane_mut(&mut self, kind: Kind) -> &mut Vec<u32> {
        &mut self.lanes[kind as usize]
    }

    /// Whether the run had a process of its own with fixed entropy and clocks, and
    /// needs one to be repeated.
    #[must_use]
    pub fn is_hermetic(&self) -> bool {
        self.hermetic
    }

    /// Says whether the run had a process of its own.
    pub fn set_hermetic(&mut self, hermetic: bool) {
        self.hermetic = hermetic;
    }

    /// Whether the strands of the run were threads, as in the engine of threads.
    #[must_use]
    pub fn is_of_threads(&self) -> bool {
        self.threads
    }

    /// Says whether the strands of the run were threads.
    pub fn set_of_threads(&mut self, threads: bool) {
        self.threads = threads;
    }

    /// Whether the run shows a race of data; then it [is of threads](Self::is_of_threads).
    #[must_use]
    pub fn is_of_races(&self) -> bool {
        self.races
    }

    /// Says whether the run shows a race of data.
    pub fn set_of_races(&mut self, races: bool) {
        self.races = races;
    }

    /// Forgets every choice and keeps the memory.
    pub fn clear(&mut self) {
        self.lanes.iter_mut().for_each(Vec::clear);
    }

    /// The number of choices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lanes.iter().map(Vec::len).sum()
    }

    /// Whether no choice is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The choices that are not the default, as kind, index in its lane, option.
    pub fn deviations(&self) -> impl Iterator<Item = (Kind, usize, u32)> + '_ {
        Kind::ALL.into_iter().flat_map(move |kind| {
            let lane = self.lanes[kind as usize].iter().enumerate();
            lane.filter(|(_, option)| **option != 0).map(move |(at, option)| (kind, at, *option))
        })
    }

    /// A number that stands for the schedule: equal for tapes with the same deviations,
    /// whatever the arguments.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let deviations = self.deviations().filter(|(kind, ..)| *kind != Kind::Argument);
        deviations.fold(0, |hash: u64, (kind, at, option)| {
            let word = (at as u64) << 32 ^ u64::from(option) ^ (kind as u64) << 56;
            let hash = (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^ (hash >> 32)
        })
    }

    /// The text of this tape, as a tape of the test `test`.
    #[must_use]
    pub fn to_text(&self, test: &str) -> String {
        let mut text = String::new();
        // A `String` takes everything.
        let _ = self.write_text(test, self.hermetic, &mut text);
        text
    }

    /// Writes the same text piece by piece, whatever this tape says of a process of its
    /// own. Allocates nothing: it is for those who tell of a run whose process ends.
    ///
    /// # Errors
    ///
    /// That of `out`.
    pub fn write_text(&self, test: &str, hermetic: bool, out: &mut dyn fmt::Write) -> fmt::Result {
        let mut out = Summed { out, sum: FNV_BASIS };
        let version = Format::of(self);
        write!(out, "{}/", version.name())?;
        write_escaped(test, &mut out)?;
        if hermetic {
            out.write_str("/hermetic")?;
        }
        if self.races {
            out.write_str("/races")?;
        } else if self.threads {
            out.write_str("/threads")?;
        }
        for kind in Kind::ALL {
            let lane = self.lane(kind);
            if lane.iter().any(|option| *option != 0) {
                write!(out, "/{kind}=")?;
                let format = if kind == Kind::Argument { version } else { Format::V1 };
                lane::write(lane, format, &mut out)?;
            }
        }
        write!(out, "/len={}", self.len())?;
        let sum = out.sum;
        write!(out, "/sum={sum:08x}")
    }

    /// Reads the text of a tape: the test it names, and the tape.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a text that is cut, damaged, of another version
    /// or no tape at all.
    pub fn from_text(text: &str) -> Result<(String, Tape), TapeError> {
        let text = text.trim();
        let (version, _) = text.split_once('/').ok_or(TapeError::NotATape)?;
        let known = [Format::V1, Format::V2].into_iter().find(|format| format.name() == version);
        let Some(format) = known else {
            let is_version = version.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
            return Err(if is_version {
                TapeError::OtherVersion(version.into())
            } else {
                TapeError::NotATape
            });
        };
        let (body, sum) = text.rsplit_once("/sum=").ok_or(TapeError::Cut)?;
        if sum.len() != 8 {
            return Err(TapeError::Cut);
        }
        if u32::from_str_radix(sum, 16) != Ok(fnv1a(body.as_bytes())) {
            return Err(TapeError::Damaged);
        }
        let mut parts = body.split('/').skip(1);
        let test = parts.next().and_then(unescape).filter(|test| !test.is_empty());
        let test = test.ok_or_else(|| TapeError::malformed("a test's name", body))?;
        let mut tape = Tape::new();
        let mut length = None;
        for part in parts {
            if part == "hermetic" {
                tape.hermetic = true;
                continue;
            }
            if part == "threads" || part == "races" {
                (tape.threads, tape.races) = (true, part == "races");
                continue;
            }
            let (name, value) = part.split_once('=').ok_or_else(|| {
                TapeError::malformed(
                    "`kind=choices`, `hermetic`, `threads`, `races` or `len=number`",
                    part,
                )
            })?;
            if name == "len" {
                let number = value.parse().map_err(|_| TapeError::malformed("a number", value))?;
                length = Some(number);
                continue;
            }
            let kind = Kind::from_name(name)
                .ok_or_else(|| TapeError::malformed("a kind of choice", name))?;
            lane::read(value, format, &mut tape.lanes[kind as usize])?;
        }
        match length {
            Some(length) if tape.len() <= length => Ok((test, tape)),
            _ => Err(TapeError::malformed("`len=` no smaller than the choices named", body)),
        }
    }
}

const FNV_BASIS: u32 = 0x811c_9dc5;

fn fnv1a(bytes: &[u8]) -> u32 {
    fnv1a_from(FNV_BASIS, bytes)
}

fn fnv1a_from(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Passes a text on and keeps its checksum.
struct Summed<'a> {
    out: &'a mut dyn fmt::Write,
    sum: u32,
}

impl fmt::Write for Summed<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.sum = fnv1a_from(self.sum, text.as_bytes());
        self.out.write_str(text)
    }
}

/// Leaves letters, digits and `_ : . -` as they are and writes other bytes as `%xx`.
fn write_escaped(name: &str, out: &mut impl fmt::Write) -> fmt::Result {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte) {
            out.write_char(char::from(byte))?;
        } else {
            write!(out, "%{byte:02x}")?;
        }
    }
    Ok(())
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// Why a text is not a tape.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TapeError {
    /// It does not begin like one.
    NotATape,
    /// It is a tape of a version that this build does not read.
    OtherVersion(String),
    /// Its end is missing.
    Cut,
    /// Its checksum is wrong.
    Damaged,
    /// A part of it does not read.
    Malformed {
        /// What should have stood there.
        expected: &'static str,
        /// What stood there.
        found: String,
    },
}

impl TapeError {
    fn malformed(expected: &'static str, found: &str) -> Self {
        TapeError::Malformed { expected, found: found.into() }
    }
}

impl fmt::Display for TapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TapeError::NotATape => {
                write!(f, "expected a tape, such as `v1/test/schedule=3:1/len=9/sum=0badcafe`")
            }
            TapeError::OtherVersion(version) => {
                write!(f, "the tape is of version `{version}`, this build reads `v1` and `v2`")
            }
            TapeError::Cut => {
                f.write_str("the tape is cut: it does not end in `/sum=` and eight digits")
            }
            TapeError::Damaged => f.write_str("the tape is damaged: its checksum is wrong"),
            TapeError::Malformed { expected, found } => {
                write!(f, "the tape is malformed: expected {expected}, got `{found}`")
            }
        }
    }
}

impl std::error::Error for TapeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn tapes() -> impl Strategy<Value = Tape> {
        let option = prop_oneof![3 => Just(0u32), 2 => 1..4u32, 1 => any::<u32>()];
        let same = (option, prop_oneof![3 => Just(1), 1 => 2..20usize]);
        let lane = vec(same, 0..40).prop_map(|runs| {
            runs.into_iter()
                .flat_map(|(option, count)| std::iter::repeat_n(option, count))
                .collect()
        });
        (vec(lane, Kind::ALL.len()), any::<[bool; 3]>()).prop_map(
            |(lanes, [hermetic, threads, races])| {
                let mut tape = Tape::new();
                tape.set_hermetic(hermetic);
                tape.set_of_threads(threads);
                tape.set_of_races(threads && races);
                for (kind, lane) in Kind::ALL.into_iter().zip(lanes) {
                    *tape.lane_mut(kind) = lane;
                }
                tape
            },
        )
    }

    proptest! {
        #[test]
        fn text_keeps_test_and_deviations(tape in tapes(), test in "\\PC{1,30}") {
            let (name, read) = Tape::from_text(&tape.to_text(&test)).unwrap();
            prop_assert_eq!(name, test);
            prop_assert_eq!(read.is_hermetic(), tape.is_hermetic());
            prop_assert_eq!(read.is_of_threads(), tape.is_of_threads());
            prop_assert_eq!(read.is_of_races(), tape.is_of_races());
            prop_assert!(read.deviations().eq(tape.deviations()));
        }

        #[test]
        fn text_needs_no_quotes_in_a_shell(tape in tapes(), test in "\\PC{1,30}") {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_:.,=/%-".contains(c);
            prop_assert!(tape.to_text(&test).chars().all(plain));
        }

        #[test]
        fn a_cut_text_is_refused(tape in tapes(), at in any::<prop::sample::Index>()) {
            let text = tape.to_text("a::test");
            prop_assert!(Tape::from_text(&text[..at.index(text.len())]).is_err());
        }

        #[test]
        fn a_changed_character_is_refused(tape in tapes(), at in any::<prop::sample::Index>(), new in "[a-z0-9/=:,]") {
            let text = tape.to_text("a::test");
            let at = at.index(text.len());
            prop_assume!(text[at..=at] != new);
            let changed = format!("{}{new}{}", &text[..at], &text[at + 1..]);
            prop_assert!(Tape::from_text(&changed).is_err());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(v1/|v2/|v3/)?[a-z0-9/=:,%.-]{0,60}") {
            let _ = Tape::from_text(&text);
        }
    }

    fn sealed(body: &str) -> String {
        format!("{body}/sum={:08x}", fnv1a(body.as_bytes()))
    }

    /// As builds wrote it that knew no runs.
    #[test]
    fn moves_of_the_first_version_are_read() {
        let old = sealed("v1/t/argument=0:7,2:1,3:1,4:2/len=6");
        let (_, tape) = Tape::from_text(&old).unwrap();
        assert_eq!(tape.lane(Kind::Argument), [7, 0, 1, 1, 2]);
        let new = tape.to_text("t");
        assert!(new.starts_with("v2/t/argument=0:7,2:a2b/len=5/sum="), "{new}");
        assert_eq!(Tape::from_text(&new).unwrap().1, tape);
    }

    #[test]
    fn a_tape_without_moves_is_of_the_first_version() {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = vec![1; 9];
        *tape.lane_mut(Kind::Argument) = vec![1 << 20, 1 << 21, 0, 5, 0, 0];
        assert!(tape.to_text("t").starts_with("v1/t/"));
    }

    #[test]
    fn errors_name_the_thing_and_the_expectation() {
        let refused = |text: &str| Tape::from_text(text).unwrap_err().to_string();
        for (text, message) in [
            ("hello", "expected a tape, such as `v1/test/schedule=3:1/len=9/sum=0badcafe`"),
            (
                "v7/t/len=0/sum=00000000",
                "the tape is of version `v7`, this build reads `v1` and `v2`",
            ),
            ("v1/t/len=0", "the tape is cut: it does not end in `/sum=` and eight digits"),
            ("v1/t/len=0/sum=00000000", "the tape is damaged: its checksum is wrong"),
        ] {
            assert_eq!(refused(text), message);
        }
        for (body, message) in [
            ("v1/t/noise=1:1/len=3", "expected a kind of choice, got `noise`"),
            ("v1/t/schedule=1:0/len=3", "expected `index:option` in rising order, got `1:0`"),
            ("v1/t/schedule=2:1,1:1/len=3", "expected `index:option` in rising order, got `1:1`"),
            (
                "v1/t/schedule=4000000000:1/len=3",
                "expected `index:option` in rising order, got `4000000000:1`",
            ),
            ("v1/t/len=many", "expected a number, got `many`"),
            (
                "v1/t/schedule=5:1/len=2",
                "expected `len=` no smaller than the choices named, got `v1/t/schedule=5:1/len=2`",
            ),
            ("v1/t", "expected `len=` no smaller than the choices named, got `v1/t`"),
            ("v1//len=0", "expected a test's name, got `v1//len=0`"),
        ] {
            assert_eq!(refused(&sealed(body)), format!("the tape is malformed: {message}"));
        }
    }
}
