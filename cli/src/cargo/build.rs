//! Building: cargo does it, and tells where it put the test binaries.

use super::environment::Environment;
use super::threads::Build;
use super::{Binary, CargoError, Selection, Workspace, cargo};
use crate::command::warn;
use cargo_metadata::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};

/// A test binary as cargo tells it.
struct Built {
    package: String,
    target: String,
    path: PathBuf,
}

/// Builds the tests and gives the workspace and the binaries that can have reveille tests.
///
/// # Errors
///
/// If there is no workspace, or it does not build: then cargo has said why.
pub fn build(selection: &Selection) -> Result<(Workspace, Vec<Binary>), CargoError> {
    // The one asks what there is while the other builds it, but not before that has read it:
    // both at once want the same lock, and cargo would tell its user that it waits for it.
    let (read, is_read) = mpsc::channel();
    let workspace = std::thread::scope(|scope| {
        let workspace = scope.spawn(move || {
            let _ = is_read.recv();
            Workspace::read(selection)
        });
        let built = compile(selection, read);
        let workspace =
            workspace.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        built.map(|built| (workspace, built))
    });
    let (workspace, (built, environments)) = workspace?;
    let common = sysroot_libraries(&workspace);
    let binaries = built.into_iter().filter_map(|built| {
        let package = workspace.packages.get(&built.package)?.clone();
        let mut environment = environments.get(&built.package).cloned().unwrap_or_default();
        environment.libraries.extend(common.iter().cloned());
        environment.weak_memory = selection.weak_memory;
        let Built { target, path, .. } = built;
        package.links_reveille.then_some(Binary { package, target, path, environment })
    });
    let binaries = binaries.collect();
    Ok((workspace, binaries))
}

type Compiled = (Vec<Built>, BTreeMap<String, Environment>);

/// `read` is told, or dropped, when cargo has read the workspace.
fn compile(selection: &Selection, read: Sender<()>) -> Result<Compiled, CargoError> {
    let mut command = Command::new(cargo());
    command.args(["test", "--no-run", "--message-format", "json-render-diagnostics"]);
    selection.pass_on(&mut command);
    match selection.needs_threads() {
        true => {
            let build = Build::prepare(selection)?;
            build.left_out().into_iter().for_each(warn);
            build.pass_on(&mut command);
        }
        false => selection.pass_on_targets(&mut command),
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let failed = |cause| CargoError::Command { command: "cargo test --no-run".into(), cause };
    let mut child = command.spawn().map_err(failed)?;
    let (mut built, mut environments) = (Vec::new(), BTreeMap::<String, Environment>::new());
    let mut seen = BTreeSet::new();
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)).flatten() {
            // Whoever waits for it needs to hear it once.
            let _ = read.send(());
            match message {
                Message::CompilerArtifact(artifact) if artifact.profile.test => {
                    let Some(path) = artifact.executable else { continue };
                    if seen.insert(path.clone()) {
                        built.push(Built {
                            package: artifact.package_id.repr,
                            target: artifact.target.name,
                            path: path.into(),
                        });
                    }
                }
                Message::BuildScriptExecuted(script) => {
                    let environment = environments.entry(script.package_id.repr).or_default();
                    environment.out = Some(script.out_dir.into());
                    let paths = script.linked_paths.iter().map(|path| {
                        // `native=/path` and its like.
                        let path = path.as_str();
                        PathBuf::from(path.split_once('=').map_or(path, |(_, path)| path))
                    });
                    environment.libraries.extend(paths);
                }
                _ => {}
            }
        }
    }
    drop(read);
    match child.wait().map_err(failed)?.success() {
        true => Ok((built, environments)),
        false => Err(CargoError::NotBuilt),
    }
}

/// Where libraries of the toolchain and of the workspace are.
fn sysroot_libraries(workspace: &Workspace) -> Vec<PathBuf> {
    // Nothing here is a shared library unless somebody made one, and then it is there.
    let dependencies =
        ["debug", "release"].map(|profile| workspace.target.join(profile).join("deps"));
    dependencies.into_iter().filter(|directory| directory.is_dir()).collect()
}
