//! The scripts in the files, each with the variables that it has where it runs.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// A script.
pub(crate) struct Script {
    /// Where it stands, for messages.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) variables: Vec<(String, String)>,
}

/// A file under `ci/`.
pub(crate) fn file(name: &str) -> String {
    let path = format!("{}/ci/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents of a file.
pub(crate) fn yaml(name: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn texts(map: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let map = map.as_object().into_iter().flatten();
    map.map(|(name, value)| (name.clone(), text(value))).collect()
}

fn set(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// What GitHub puts in place of its expressions; one that is not known here has no sample.
fn evaluated(text: &str) -> String {
    let mut parts = text.split("${{");
    let mut evaluated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").expect("an expression ends");
        evaluated.push_str(match expression.trim() {
            "strategy.job-index" => "1",
            "strategy.job-total" => "4",
            "github.token" => "a-token",
            "github.event.repository.default_branch" => "main",
            "inputs.time || (github.event_name == 'schedule' && '60m' || '2m')" => "2m",
            other => panic!("no sample for the expression `{other}`"),
        });
        evaluated.push_str(rest);
    }
    evaluated
}

/// The steps of GitHub's jobs that run something.
pub(crate) fn github(name: &str) -> Vec<Script> {
    let [root] = &yaml(name)[..] else { panic!("{name}: expected one document") };
    let mut scripts = Vec::new();
    for (job_name, job) in root["jobs"].as_object().unwrap() {
        for step in job["steps"].as_array().unwrap() {
            let Some(text) = step["run"].as_str() else { continue };
            // That one says that it failed.
            if text == "exit 1" {
                continue;
            }
            let mut variables =
                set(&[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "summary.md")]);
            for map in [&root["env"], &job["env"], &step["env"]] {
                let given = texts(map).into_iter();
                variables.extend(given.map(|(name, value)| (name, evaluated(&value))));
            }
            let name = format!("{name}, {job_name}");
            scripts.push(Script { name, text: evaluated(text), variables });
        }
    }
    scripts.sort_by_key(|script| {
        ["search", "report", "propose"].iter().position(|job| script.name.ends_with(job))
    });
    scripts
}

/// GitLab's jobs.
pub(crate) fn gitlab(name: &str) -> Vec<Script> {
    let [root] = &yaml(name)[..] else { panic!("{name}: expected one document") };
    let jobs = ["reveille:search", "reveille:report"].map(|job_name| {
        let job = &root[job_name];
        let base = &root[job["extends"].as_str().unwrap()];
        let lines = [&base["before_script"], &job["script"]];
        let lines = lines.iter().flat_map(|lines| lines.as_array().unwrap());
        let text: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
        let mut variables = set(&[
            ("CI_NODE_INDEX", "2"),
            ("CI_NODE_TOTAL", &job["parallel"].to_string()),
            ("CI_PROJECT_DIR", "/builds/project"),
        ]);
        variables.extend(texts(&base["variables"]));
        Script { name: format!("{name}, {job_name}"), text: text.join("\n"), variables }
    });
    jobs.into()
}

/// The commands of Kubernetes' containers.
pub(crate) fn kubernetes(name: &str) -> Vec<Script> {
    let of = |job: &Value| {
        let container = &job["spec"]["template"]["spec"]["containers"][0];
        let command = container["command"].as_array().unwrap();
        let words: Vec<&str> = command.iter().map(|word| word.as_str().unwrap()).collect();
        let ["bash", "-c", text] = words[..] else { panic!("{name}: {words:?}") };
        let mut variables = Vec::new();
        if job["spec"]["completionMode"] == "Indexed" {
            variables = set(&[("JOB_COMPLETION_INDEX", "1")]);
        }
        for variable in container["env"].as_array().into_iter().flatten() {
            // Anything but a text is refused there.
            let [name, value] = ["name", "value"].map(|key| variable[key].as_str().unwrap());
            variables.extend(set(&[(name, value)]));
        }
        let name = format!("{name}, {}", job["metadata"]["name"]);
        Script { name, text: text.to_owned(), variables }
    };
    yaml(name).iter().map(of).collect()
}

pub(crate) fn slurm(name: &str) -> Script {
    let variables = set(&[
        ("SLURM_ARRAY_JOB_ID", "7"),
        ("SLURM_ARRAY_TASK_ID", "6"),
        ("SLURM_ARRAY_TASK_MIN", "5"),
        ("SLURM_ARRAY_TASK_COUNT", "4"),
        ("SLURM_CPUS_PER_TASK", "2"),
        ("SLURM_SUBMIT_DIR", "."),
    ]);
    Script { name: name.into(), text: file(name), variables }
}

/// What builds targets; `shell` makes the directories.
pub(crate) fn fuzzing(name: &str) -> Script {
    Script {
        name: name.into(),
        text: file(name),
        variables: set(&[("SRC", "."), ("OUT", "../out")]),
    }
}

/// The command lines in the comments of a file: those that are indented.
pub(crate) fn of_comments(name: &str) -> Script {
    let text = file(name);
    let lines = text.lines().filter_map(|line| line.strip_prefix("#   "));
    let text = lines.collect::<Vec<_>>().join("\n");
    Script { name: name.into(), text, variables: Vec::new() }
}

/// The blocks of commands in a guide.
pub(crate) fn of_guide(name: &str) -> Script {
    let text = file(name);
    let blocks = text.split("\n```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("\n```").expect("a block ends").0);
    let text = blocks.collect::<Vec<_>>().join("\n");
    Script { name: name.into(), text, variables: Vec::new() }
}

/// The files by which nextest knows this binary without building it.
pub(crate) fn for_nextest(directory: &Path) -> [String; 2] {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let read: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = read["packages"].as_array().unwrap();
    let own = packages.iter().find(|package| package["name"] == "cargo-reveille").unwrap();
    let binary = json!({
        "binary-id": "cargo-reveille::ci",
        "binary-name": "ci",
        "package-id": own["id"],
        "kind": "test",
        "binary-path": std::env::current_exe().unwrap(),
        "build-platform": "target",
    });
    let binaries = json!({
        "rust-build-meta": {
            "target-directory": read["target_directory"],
            "base-output-directories": [],
            "non-test-binaries": {},
            "linked-paths": [],
        },
        "rust-binaries": { "cargo-reveille::ci": binary },
    });
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    [
        write("metadata.json", &metadata.stdout),
        write("binaries.json", binaries.to_string().as_bytes()),
    ]
}
