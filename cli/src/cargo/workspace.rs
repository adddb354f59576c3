//! The workspace: where it is, its packages, and which of them can have reveille tests.

use super::{CargoError, Selection, cargo};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// The workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Where its manifest is.
    pub root: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
    /// Its packages, by cargo's identifier.
    pub packages: BTreeMap<String, Package>,
}

/// A package of the workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where its manifest is.
    pub manifest: PathBuf,
    /// The names of its targets, and whether each is an integration test.
    pub targets: Vec<(String, bool)>,
    /// Whether its tests can use `reveille`: it is among what they are linked with. False if what
    /// it depends on was not looked at.
    pub links_reveille: bool,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    ///
    /// If there is no workspace, or its manifest cannot be read.
    pub fn read(selection: &Selection) -> Result<Workspace, CargoError> {
        Workspace::ask(selection, MetadataCommand::new())
    }

    /// Asks cargo for the packages alone: what they depend on is not looked at, and need not be
    /// there.
    ///
    /// # Errors
    ///
    /// If there is no workspace, or its manifest cannot be read.
    pub fn read_packages(selection: &Selection) -> Result<Workspace, CargoError> {
        let mut command = MetadataCommand::new();
        command.no_deps();
        Workspace::ask(selection, command)
    }

    fn ask(selection: &Selection, mut command: MetadataCommand) -> Result<Workspace, CargoError> {
        command.cargo_path(cargo());
        if let Some(path) = &selection.manifest_path {
            command.manifest_path(path);
        }
        if let Some(directory) = &selection.target_dir {
            // It has no argument for that.
            command.env("CARGO_TARGET_DIR", std::path::absolute(directory).unwrap_or_default());
        }
        let mut flags = Command::new("");
        selection.pass_on_where(&mut flags);
        let flags = flags.get_args().map(|flag| flag.to_string_lossy().into_owned());
        let others = flags.filter(|flag| flag.starts_with("--") && flag != "--manifest-path");
        command.other_options(others.collect::<Vec<_>>());
        let metadata = command.exec().map_err(CargoError::Workspace)?;
        Ok(Workspace::of(&metadata))
    }

    fn of(metadata: &Metadata) -> Workspace {
        let linking = linking_reveille(metadata);
        let packages = metadata.workspace_packages().into_iter().map(|package| {
            let of = Package {
                name: package.name.to_string(),
                version: package.version.to_string(),
                manifest: package.manifest_path.clone().into(),
                targets: package
                    .targets
                    .iter()
                    .map(|target| (target.name.clone(), target.is_test()))
                    .collect(),
                links_reveille: linking.contains(&package.id),
            };
            (package.id.repr.clone(), of)
        });
        Workspace {
            root: metadata.workspace_root.clone().into(),
            target: metadata.target_directory.clone().into(),
            packages: packages.collect(),
        }
    }
}

/// The packages whose tests link `reveille`: what they and their tests depend on, and so on.
fn linking_reveille(metadata: &Metadata) -> BTreeSet<PackageId> {
    let Some(resolve) = &metadata.resolve else { return BTreeSet::new() };
    let is_reveille = |id: &PackageId| {
        let package = metadata.packages.iter().find(|package| package.id == *id);
        package.is_some_and(|package| package.name.as_str() == "reveille")
    };
    let mut linking: BTreeSet<PackageId> =
        resolve.nodes.iter().map(|node| node.id.clone()).filter(is_reveille).collect();
    loop {
        let before = linking.len();
        for node in &resolve.nodes {
            let links = node.deps.iter().any(|dependency| {
                let is_linked =
                    dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
                is_linked && linking.contains(&dependency.pkg)
            });
            if links {
                linking.insert(node.id.clone());
            }
        }
        if linking.len() == before {
            break;
        }
    }
    // What tests alone depend on is linked with the tests of that package and of no other.
    let of_tests = resolve
        .nodes
        .iter()
        .filter(|node| node.deps.iter().any(|dependency| linking.contains(&dependency.pkg)));
    of_tests.map(|node| node.id.clone()).chain(linking.iter().cloned()).collect()
}
