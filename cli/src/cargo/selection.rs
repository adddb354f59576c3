//! Which packages and targets, in the words of cargo.

use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// Which tests are built, and how; these arguments are cargo's.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What is built (arguments of cargo test)")]
pub struct Selection {
    /// Package to test; may be given several times
    #[arg(short, long = "package", value_name = "SPEC")]
    packages: Vec<String>,
    /// All packages of the workspace
    #[arg(long)]
    workspace: bool,
    /// Packages to leave out
    #[arg(long, value_name = "SPEC")]
    exclude: Vec<String>,
    /// The library's unit tests alone
    #[arg(long)]
    lib: bool,
    /// That integration test; may be given several times
    #[arg(long = "test", value_name = "NAME")]
    tests: Vec<String>,
    /// Features to activate
    #[arg(short = 'F', long, value_name = "FEATURES")]
    features: Vec<String>,
    /// All features
    #[arg(long)]
    all_features: bool,
    /// Without the default feature
    #[arg(long)]
    no_default_features: bool,
    /// With optimisations
    #[arg(short, long)]
    release: bool,
    /// With that profile
    #[arg(long, value_name = "NAME", conflicts_with = "release")]
    profile: Option<String>,
    /// Decide at every atomic operation, lock and park of every crate, and not at every `.await`
    /// alone: each task of `spawn` has a thread of its own, and so has `std::thread::spawn`. Linux
    /// with glibc on x86-64; what is built so has a directory of its own. See `cargo reveille explain threads`
    #[arg(long)]
    pub threads: bool,
    /// With `--threads`: loads of atomics give older values, too, where the memory model permits
    /// it. See `cargo reveille explain stale-load`
    #[arg(long)]
    pub weak_memory: bool,
    /// With `--threads`: see races of data, at every load and store of every crate; slower. See
    /// `cargo reveille explain data-race`
    #[arg(long)]
    pub data_races: bool,
    /// For that target
    #[arg(long, value_name = "TRIPLE")]
    pub(super) target: Option<String>,
    /// Directory of what is built
    #[arg(long, value_name = "DIRECTORY")]
    pub(super) target_dir: Option<PathBuf>,
    /// The workspace's manifest
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
    /// The lock file must not change
    #[arg(long)]
    locked: bool,
    /// Nothing is fetched
    #[arg(long)]
    offline: bool,
    /// Number of processes that build
    #[arg(long, value_name = "N")]
    build_jobs: Option<String>,
}

impl Selection {
    /// Whether it is built for the engine of threads.
    pub(super) fn needs_threads(&self) -> bool {
        self.threads || self.weak_memory || self.data_races
    }

    /// All packages of the workspace with that manifest.
    #[must_use]
    pub fn of_workspace(manifest_path: Option<PathBuf>) -> Selection {
        Selection { workspace: true, manifest_path, ..Selection::default() }
    }

    /// Whether it says which packages or targets are built.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.workspace || self.lib || !self.packages.is_empty() || !self.tests.is_empty()
    }

    /// The same for that package alone, and that target of it: the name of an integration test,
    /// or none for its library and programs.
    #[must_use]
    pub fn narrowed(&self, package: &str, test: Option<&str>) -> Selection {
        Selection {
            packages: vec![package.to_owned()],
            tests: test.map(str::to_owned).into_iter().collect(),
            ..self.clone()
        }
    }

    pub(super) fn pass_on(&self, command: &mut Command) {
        let mut pairs = |flag: &str, values: &[String]| {
            values.iter().for_each(|value| {
                command.args([flag, value]);
            });
        };
        pairs("--package", &self.packages);
        pairs("--exclude", &self.exclude);
        pairs("--test", &self.tests);
        pairs("--features", &self.features);
        pairs("--profile", self.profile.as_slice());
        pairs("--jobs", self.build_jobs.as_slice());
        let flags = [
            ("--workspace", self.workspace),
            ("--lib", self.lib),
            ("--all-features", self.all_features),
            ("--no-default-features", self.no_default_features),
            ("--release", self.release),
        ];
        command.args(flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag));
        self.pass_on_where(command);
    }

    /// What says for which target is built, and where to.
    pub(super) fn pass_on_targets(&self, command: &mut Command) {
        if let Some(target) = &self.target {
            command.args(["--target", target]);
        }
        if let Some(directory) = &self.target_dir {
            command.arg("--target-dir").arg(directory);
        }
    }

    /// What says where the workspace is and how it is read.
    pub(super) fn pass_on_where(&self, command: &mut Command) {
        if let Some(path) = &self.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        let flags = [("--locked", self.locked), ("--offline", self.offline)];
        command.args(flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag));
    }
}
