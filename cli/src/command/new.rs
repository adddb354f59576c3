//! `cargo reveille new`: a first test, the dependency, and a file for continuous integration.

use super::{refuse, say};
use crate::args::{New, System};
use crate::cargo::{Selection, Workspace};
use crate::exit::Exit;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table, Value};

/// The first test.
const TEST: &str = include_str!("new/first_test.rs.txt");

/// A file that is to be written.
struct Planned {
    path: PathBuf,
    content: String,
    is_new: bool,
}

pub(super) fn run(args: &New) -> Exit {
    let selection = Selection::of_workspace(args.manifest_path.clone());
    let workspace = match Workspace::read_packages(&selection) {
        Ok(workspace) => workspace,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let planned = match plan(args, &workspace) {
        Ok(planned) => planned,
        Err(why) => return refuse(Exit::NotReady, why),
    };
    let mut text = String::new();
    for Planned { path, content, is_new } in &planned {
        let directory = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = directory.and_then(|()| std::fs::write(path, content)) {
            return refuse(Exit::NotReady, format!("{}: {error}", path.display()));
        }
        let what = if *is_new { "wrote" } else { "changed" };
        text.push_str(&format!("{what} {}\n", path.display()));
    }
    text.push_str(
        "\n`cargo test --test wakeups` runs the test, `cargo reveille test` searches for longer\n",
    );
    say(&text)
}

/// What is to be written, none of it over what somebody else wrote.
fn plan(args: &New, workspace: &Workspace) -> Result<Vec<Planned>, String> {
    let manifest = manifest_of(args, workspace)?;
    let directory = manifest.parent().unwrap_or(Path::new(".")).to_owned();
    let text = std::fs::read_to_string(&manifest)
        .map_err(|error| format!("{}: {error}", manifest.display()))?;
    let mut planned = Vec::new();
    if let Some(content) =
        with_dependency(&text).map_err(|why| format!("{}: {why}", manifest.display()))?
    {
        planned.push(Planned { path: manifest, content, is_new: false });
    }
    let mut files = vec![(directory.join("tests/wakeups.rs"), TEST.to_owned())];
    if let Some(system) = args.ci {
        let (path, content) = of_system(system);
        files.push((workspace.root.join(path), content.to_owned()));
    }
    for (path, content) in files {
        if path.exists() {
            return Err(format!("{} exists, and is left as it is", path.display()));
        }
        planned.push(Planned { path, content, is_new: true });
    }
    Ok(planned)
}

fn manifest_of(args: &New, workspace: &Workspace) -> Result<PathBuf, String> {
    let packages: Vec<_> = workspace.packages.values().collect();
    let named = |name: &String| packages.iter().find(|package| package.name == *name);
    let found = match (&args.package, packages.as_slice()) {
        (Some(name), _) => named(name).map(|package| package.manifest.clone()),
        (None, [only]) => Some(only.manifest.clone()),
        (None, several) => {
            let here = std::env::current_dir().unwrap_or_default();
            let around = several.iter().find(|package| {
                package
                    .manifest
                    .parent()
                    .is_some_and(|d| here.starts_with(d) && d != workspace.root)
            });
            around.map(|package| package.manifest.clone())
        }
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        format!("which package is meant? expected --package with one of {}", names.join(", "))
    })
}

/// The manifest with the dependency; none if it has it.
fn with_dependency(manifest: &str) -> Result<Option<String>, String> {
    let mut document: DocumentMut = manifest.parse().map_err(|error| format!("{error}"))?;
    let table = document.entry("dev-dependencies").or_insert(Item::Table(Table::new()));
    let table =
        table.as_table_like_mut().ok_or("expected a table of the name `dev-dependencies`")?;
    if table.contains_key("reveille") {
        return Ok(None);
    }
    let mut dependency = toml_edit::InlineTable::new();
    dependency.insert("git", Value::from(env!("CARGO_PKG_REPOSITORY")));
    table.insert("reveille", Item::Value(Value::InlineTable(dependency)));
    Ok(Some(document.to_string()))
}

fn of_system(system: System) -> (&'static str, &'static str) {
    match system {
        System::Github => (".github/workflows/reveille.yml", include_str!("../../ci/github.yml")),
        System::Gitlab => ("reveille.gitlab-ci.yml", include_str!("../../ci/gitlab.yml")),
        System::Kubernetes => ("ci/reveille-job.yaml", include_str!("../../ci/kubernetes.yaml")),
        System::Slurm => ("ci/reveille.sbatch", include_str!("../../ci/slurm.sbatch")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dependency_is_added_once_and_the_rest_stays() {
        let before =
            "# mine\n[package]\nname = \"a\" # name\n\n[dev-dependencies]\nfutures = \"0.3\" # f\n";
        let after = with_dependency(before).unwrap().unwrap();
        assert!(after.starts_with(before), "{after}");
        assert!(after.contains("reveille = { git = \"https://github.com/"), "{after}");
        assert_eq!(with_dependency(&after).unwrap(), None);
        let without = with_dependency("[package]\nname = \"a\"\n").unwrap().unwrap();
        assert!(without.contains("[dev-dependencies]\nreveille"), "{without}");
        assert!(with_dependency("dev-dependencies = 7\n").is_err());
        assert!(with_dependency("[").is_err());
    }
}
