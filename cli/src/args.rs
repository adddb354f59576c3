//! What is asked for.

use crate::cargo::Selection;
use crate::exit::Exit;
use crate::gate::Sharding;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Finds the wakeup that gets lost: the gate and the picture of Reveille.
#[derive(Debug, Parser)]
#[command(name = "cargo reveille", bin_name = "cargo reveille", version, after_help = exits())]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Search the reveille tests of the workspace, on all cores
    Test(Box<Test>),
    /// Repeat one run: print its steps, draw its picture
    Replay(Box<Replay>),
    /// Past failures: list, verify, merge, prune, import
    #[command(subcommand)]
    Corpus(Corpus),
    /// Bring the lines of `test --json` from several machines together
    Report(Box<Report>),
    /// Explain a law, a fault or the engine of threads: what it is, why, the smallest example, how to
    /// mend it
    Explain {
        /// Its name; without one all names are listed
        name: Option<String>,
    },
    /// Put a first test, the dependency and a file for continuous integration into a package
    New(New),
    /// Say what on this machine limits a run
    Doctor,
    /// Hunt the known bugs of published crates, in the repository of reveille
    Hunts {
        /// Arguments of `hunts/run`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Who polls, wakes and parks whom, in six short scenes that are run before your eyes
    Tour(Tour),
    /// Print the JSON Schema of a line of `test --json`
    Schema,
}

/// `cargo reveille test`.
#[derive(Debug, ClapArgs)]
#[command(after_help = exits())]
pub struct Test {
    /// Only tests whose name, with the crate in front, has one of these in it
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// The filters are whole names
    #[arg(long)]
    pub exact: bool,
    /// Tests that are ignored, too
    #[arg(long)]
    pub include_ignored: bool,
    /// Search until so much time is over, such as 90s, 10m or 8h; by default every test makes its
    /// usual runs and no others
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub time: Option<Duration>,
    /// Runs of each check, in place of its own number
    #[arg(long, value_name = "N", conflicts_with = "time", value_parser = clap::value_parser!(u64).range(1..))]
    pub runs: Option<u64>,
    /// Where random choices begin: a number, or `random`; by default what the tests say
    #[arg(long, value_name = "SEED", value_parser = seed)]
    pub seed: Option<Seed>,
    /// Processes at once; by default as many as there are cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Only the part k of n, such as 2/4; `auto`: as the variables of GitLab, Kubernetes, Slurm
    /// and others say
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Sharding>,
    /// Corpora that cannot be used as they are fail their tests
    #[arg(long)]
    pub strict: bool,
    /// The first failure ends it
    #[arg(long)]
    pub fail_fast: bool,
    /// How long a process may say nothing before it is ended
    #[arg(long, value_parser = duration, value_name = "TIME", default_value = "5m")]
    pub hang: Duration,
    /// Binaries that nextest has built, as `cargo nextest list --list-type binaries-only
    /// --message-format json` prints them; nothing is built then
    #[arg(long, value_name = "FILE", conflicts_with_all = ["threads", "weak_memory", "data_races"])]
    pub binaries_metadata: Option<PathBuf>,
    /// Say no more than what failed
    #[arg(short, long)]
    pub quiet: bool,
    /// What is written for others
    #[command(flatten)]
    pub reports: Reports,
    /// What is built
    #[command(flatten)]
    pub selection: Selection,
}

/// `cargo reveille new`.
#[derive(Debug, ClapArgs)]
pub struct New {
    /// The package, if the workspace has several
    #[arg(short, long, value_name = "NAME")]
    pub package: Option<String>,
    /// A file for that system, too
    #[arg(long, value_enum)]
    pub ci: Option<System>,
    /// The workspace's manifest
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
}

/// Systems that run a gate on several machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum System {
    /// GitHub Actions: a matrix of shards
    Github,
    /// GitLab: `parallel`
    Gitlab,
    /// Kubernetes: an indexed job
    Kubernetes,
    /// Slurm: an array
    Slurm,
}

/// `cargo reveille replay`.
#[derive(Debug, ClapArgs)]
#[command(after_help = exits())]
pub struct Replay {
    /// A tape, a file with one, an entry of a corpus, a trace, or the whole line that a report says
    /// to paste
    #[arg(required = true, num_args = 1.., value_name = "TAPE OR FILE")]
    pub what: Vec<String>,
    /// The test that makes the check, as `crate::path::test`, where the check has another name
    #[arg(long, value_name = "TEST")]
    pub of: Option<String>,
    /// Stop before that step in a debugger (gdb or lldb)
    #[arg(long, value_name = "STEP", num_args = 0..=1, default_missing_value = "1",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub debugger: Option<u64>,
    /// Write the picture there
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
    /// Do not open the picture; it is opened only from a terminal
    #[arg(long)]
    pub no_open: bool,
    /// Binaries that nextest has built; see `test`
    #[arg(long, value_name = "FILE")]
    pub binaries_metadata: Option<PathBuf>,
    /// Write the run as a trace for Chrome's and Perfetto's viewers
    #[arg(long, value_name = "FILE")]
    pub perfetto: Option<PathBuf>,
    /// What is built
    #[command(flatten)]
    pub selection: Selection,
}

/// `cargo reveille corpus`.
#[derive(Debug, Subcommand)]
#[command(after_help = exits())]
#[non_exhaustive]
pub enum Corpus {
    /// List what is remembered
    List(Corpora),
    /// Say which files cannot be used, are of no test, or are superfluous
    Verify {
        /// Build the tests, to see whether those that are named exist
        #[arg(long)]
        build: bool,
        /// Which corpora
        #[command(flatten)]
        corpora: Corpora,
    },
    /// Bring the entries from other directories into the corpora of the workspace; in whatever
    /// order and however often this is done, the result is the same
    Merge {
        /// Directories with entries, anywhere below them
        #[arg(required = true, value_name = "FROM")]
        from: Vec<PathBuf>,
        /// Into that corpus, in place of those of the packages whose tests they are of
        #[arg(long, value_name = "DIRECTORY")]
        into: Option<PathBuf>,
        /// The workspace's manifest
        #[arg(long, value_name = "PATH")]
        manifest_path: Option<PathBuf>,
    },
    /// Remove what is superfluous: longer tapes of a cause that has a shorter one, what is left of
    /// killed processes
    Prune {
        /// Say what would be removed, and remove nothing
        #[arg(long)]
        dry_run: bool,
        /// Build the tests, and remove entries of tests that do not exist any more
        #[arg(long)]
        gone: bool,
        /// Which corpora
        #[command(flatten)]
        corpora: Corpora,
    },
    /// Repeat a run, and if it fails make it small and keep it
    Import {
        /// A tape, a file with one, or the whole line that a report says to paste
        #[arg(required = true, num_args = 1.., value_name = "TAPE OR FILE")]
        what: Vec<String>,
        /// The test that makes the check, as `crate::path::test`, where the check has another name
        #[arg(long, value_name = "TEST")]
        of: Option<String>,
        /// Binaries that nextest has built; see `test`
        #[arg(long, value_name = "FILE")]
        binaries_metadata: Option<PathBuf>,
        /// What is built
        #[command(flatten)]
        selection: Box<Selection>,
    },
}

/// Which corpora are meant.
#[derive(ClapArgs, Clone, Debug, Default)]
pub struct Corpora {
    /// That directory, in place of `corpus` in each package of the workspace; may be given several
    /// times
    #[arg(long = "dir", value_name = "DIRECTORY")]
    pub directories: Vec<PathBuf>,
    /// The workspace's manifest
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
}

/// `cargo reveille report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = exits())]
pub struct Report {
    /// Files that `test --json` wrote
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What is written for others
    #[command(flatten)]
    pub reports: Reports,
}

/// `cargo reveille tour`.
#[derive(Debug, ClapArgs)]
pub struct Tour {
    /// A scene, by its number or name; without one all are listed
    pub scene: Option<String>,
    /// Play all scenes, and write them and their pictures there
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "scene")]
    pub all: Option<PathBuf>,
    /// Write the pictures of the scene there
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "all")]
    pub pictures: Option<PathBuf>,
    /// Open no picture; they are opened only from a terminal
    #[arg(long)]
    pub no_open: bool,
    /// Play that part in this process, and print what came of it
    #[arg(long, value_name = "SCENE/PART", hide = true, exclusive = true)]
    pub play: Option<String>,
}

/// Reports for other programs.
#[derive(ClapArgs, Clone, Debug, Default)]
#[command(next_help_heading = "Reports (a file, or - for standard output)")]
pub struct Reports {
    /// JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// SARIF, for code scanning
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,
    /// A line of JSON for each test and one for all; `cargo reveille schema` prints their schema
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// A table in Markdown
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Annotations for GitHub, and the table on the page of the job; by default where
    /// GITHUB_ACTIONS says so
    #[arg(long)]
    pub github: bool,
}

/// Where random choices begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    /// There.
    Given(u64),
    /// Somewhere else each time.
    Random,
}

fn seed(text: &str) -> Result<Seed, String> {
    let number = match text.strip_prefix("0x") {
        _ if text == "random" => return Ok(Seed::Random),
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let expected = "expected a seed such as 7 or 0x2a, below 2^64, or the word `random`";
    number.map(Seed::Given).map_err(|_| expected.to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "expected a time such as 90s, 10m or 8h";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return Err(EXPECTED.into()),
    };
    let number: f64 = digits.parse().map_err(|_| EXPECTED)?;
    let time = Duration::try_from_secs_f64(number * unit).map_err(|_| EXPECTED)?;
    if time.is_zero() { Err("expected more than no time".into()) } else { Ok(time) }
}

fn exits() -> String {
    let line = |(exit, means): &(Exit, &str)| format!("  {:>3}  {means}", exit.code());
    let lines: Vec<String> = Exit::TABLE.iter().map(line).collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_interface_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn times_are_read() {
        for (text, ms) in
            [("90s", 90_000), ("10m", 600_000), ("1.5h", 5_400_000), ("7", 7_000), ("250ms", 250)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "m", "-1s", "1d", "1e400", "0", "0s", "nan", "inf"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn seeds_are_read() {
        assert_eq!(seed("random"), Ok(Seed::Random));
        assert_eq!((seed("42"), seed("0x2a")), (Ok(Seed::Given(42)), Ok(Seed::Given(42))));
        assert!(seed("").is_err() && seed("x").is_err() && seed("-1").is_err());
    }
}
