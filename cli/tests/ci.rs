//! The files under `ci/`, as far as they can be checked where there are none of those systems:
//! their scripts are run by a shell in which `cargo` and its like only write down what they were
//! told, with the variables that the system would set, and no others.

#[path = "ci/scripts.rs"]
mod scripts;
#[path = "ci/shell.rs"]
mod shell;

use cargo_reveille::args::{Args, Command};
use cargo_reveille::gate::Sharding;
use clap::Parser;
use scripts::{Script, file, yaml};
use std::ffi::OsString;
use std::process::Command as Process;

/// The commands of reveille that a script gives, each read as the real one reads it.
fn commands(script: &Script) -> Vec<Command> {
    let calls = shell::calls(script);
    let of_reveille = calls.iter().filter(|call| call[..2] == ["cargo", "reveille"]);
    let read = of_reveille.map(|call| {
        let words = ["cargo reveille"].into_iter().chain(call[2..].iter().map(String::as_str));
        let args = Args::try_parse_from(words);
        args.unwrap_or_else(|error| panic!("{}: {error}", script.name)).command
    });
    read.collect()
}

/// What the commands of scripts are, in order.
fn kinds(scripts: &[Script]) -> Vec<&'static str> {
    let kind = |command: &Command| match command {
        Command::Test(test) => {
            assert!(test.reports.json.is_some() || test.binaries_metadata.is_some());
            "test"
        }
        Command::Report(report) => {
            assert!(!report.files.is_empty());
            "report"
        }
        Command::Corpus(cargo_reveille::args::Corpus::Merge { .. }) => "corpus merge",
        Command::Corpus(cargo_reveille::args::Corpus::Prune { .. }) => "corpus prune",
        other => panic!("unexpected {other:?}"),
    };
    scripts
        .iter()
        .flat_map(|script| commands(script).iter().map(kind).collect::<Vec<_>>())
        .collect()
}

/// The shard that `--shard auto` finds with the variables of the one script that says so.
fn shard(scripts: &[Script]) -> String {
    let auto = scripts.iter().find(|script| script.text.contains("--shard auto")).unwrap();
    let lookup = |name: &str| {
        let found = auto.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| OsString::from(value))
    };
    Sharding::Auto.find(lookup).unwrap_or_else(|error| panic!("{}: {error}", auto.name)).to_string()
}

#[test]
fn github_is_told_what_it_can_do() {
    let scripts = scripts::github("github.yml");
    assert_eq!(kinds(&scripts), ["test", "report", "corpus merge"]);
    assert_eq!(shard(&scripts), "2/4");
    let jobs = &yaml("github.yml")[0]["jobs"];
    let shards = jobs["search"]["strategy"]["matrix"]["shard"].as_array().unwrap();
    assert_eq!(shards.len(), 4);
    // A failed shard uploads, is no reason to leave the rest out, and stays red.
    assert_eq!(jobs["search"]["strategy"]["fail-fast"], false);
    let steps = |job: &str| jobs[job]["steps"].as_array().unwrap().clone();
    let upload = steps("search").pop().unwrap();
    assert_eq!(upload["if"], "${{ !cancelled() }}");
    assert!(upload["uses"].as_str().unwrap().starts_with("actions/upload-artifact@"));
    assert_eq!(jobs["report"]["if"], "${{ !cancelled() }}");
    let last = steps("report").pop().unwrap();
    assert!(last["if"].as_str().unwrap().contains("needs.search.result != 'success'"));
    assert_eq!(last["run"], "exit 1");
    assert_eq!(jobs["report"]["permissions"]["security-events"], "write");
    // What is written to is asked for in that job alone.
    let root = &yaml("github.yml")[0];
    assert_eq!(root["permissions"], serde_json::json!({ "contents": "read" }));
    assert_eq!(jobs["propose"]["permissions"]["contents"], "write");
    for job in ["search", "report", "propose"] {
        for step in steps(job) {
            assert!(step["run"].is_string() != step["uses"].is_string(), "{step}");
        }
    }
    let proposed: Vec<String> =
        scripts.iter().flat_map(shell::calls).map(|call| call[..2].join(" ")).collect();
    assert!(proposed.contains(&"git push".into()) && proposed.contains(&"gh pr".into()));
}

#[test]
fn gitlab_is_told_what_it_can_do() {
    let scripts = scripts::gitlab("gitlab.yml");
    assert_eq!(kinds(&scripts), ["test", "corpus prune", "report"]);
    assert_eq!(shard(&scripts), "2/4");
    let file = &yaml("gitlab.yml")[0];
    let search = &file["reveille:search"];
    assert_eq!(search["parallel"], 4);
    assert_eq!(search["artifacts"]["when"], "always");
    assert_eq!(search["artifacts"]["reports"]["junit"], "reveille/*.xml");
    let report = &file["reveille:report"];
    assert_eq!(report["needs"], serde_json::json!(["reveille:search"]));
    assert_eq!(report["rules"][0]["when"], "always");
    // Every shard is asked for by its number.
    let Command::Report(merged) = &commands(&scripts[1])[1] else { unreachable!() };
    assert_eq!(merged.files.len(), 4);
    // Both run in the same pipelines.
    let conditions = |job: &serde_json::Value| {
        let rules = job["rules"].as_array().unwrap().clone();
        let texts = rules.iter().map(|rule| rule["if"].as_str().unwrap().to_owned());
        texts.collect::<Vec<_>>().join(" || ")
    };
    assert_eq!(conditions(search), conditions(report));
}

#[test]
fn kubernetes_is_told_what_it_can_do() {
    let scripts = scripts::kubernetes("kubernetes.yaml");
    assert_eq!(kinds(&scripts), ["test", "report"]);
    assert_eq!(shard(&scripts), "2/8");
    let [search, report] = &yaml("kubernetes.yaml")[..] else { panic!("expected two documents") };
    let spec = &search["spec"];
    assert_eq!((&spec["completionMode"], &spec["completions"]), (&"Indexed".into(), &8.into()));
    assert_eq!(spec["parallelism"], spec["completions"]);
    let Command::Report(merged) = &commands(&scripts[1])[0] else { unreachable!() };
    assert_eq!(merged.files.len(), 8);
    for job in [search, report] {
        assert_eq!((&job["apiVersion"], &job["kind"]), (&"batch/v1".into(), &"Job".into()));
        assert!(job["spec"]["ttlSecondsAfterFinished"].is_u64());
        let pod = &job["spec"]["template"]["spec"];
        // An indexed job may not restart in place.
        assert_eq!(pod["restartPolicy"], "Never");
        let mounted = &pod["containers"][0]["volumeMounts"][0]["name"];
        assert_eq!(*mounted, pod["volumes"][0]["name"]);
    }
    // All processes together stay below what kills the pod.
    let pod = &spec["template"]["spec"]["containers"][0];
    assert_eq!(pod["resources"]["limits"]["memory"], "5Gi");
    let Command::Test(test) = &commands(&scripts[0])[0] else { unreachable!() };
    assert!(scripts[0].text.contains("ulimit -d $((1 << 20))") && test.jobs == Some(4));
}

#[test]
fn slurm_is_told_what_it_can_do() {
    let script = scripts::slurm("slurm.sbatch");
    assert_eq!(kinds(std::slice::from_ref(&script)), ["test"]);
    assert_eq!(shard(std::slice::from_ref(&script)), "2/4");
    // Options behind the first command are comments, and no directory is made for the output.
    let options = |text: &str| text.lines().filter(|line| line.starts_with("#SBATCH ")).count();
    let (head, _) = script.text.split_once("\nset ").unwrap();
    assert_eq!(options(head), options(&script.text));
    let output = head.lines().find_map(|line| line.strip_prefix("#SBATCH --output=")).unwrap();
    assert!(output.contains("%A") && output.contains("%a") && !output.contains('/'), "{output}");
}

#[test]
fn nextest_reads_its_profile_and_gates_what_it_archives() {
    let text = file("nextest.toml");
    let profile: toml_edit::DocumentMut = text.parse().unwrap();
    assert_eq!(profile["profile"]["reveille"]["fail-fast"].as_bool(), Some(false));
    assert_eq!(kinds(&[scripts::of_comments("nextest.toml")]), ["test"]);
    let nextest = |words: &[&str]| Process::new("cargo").arg("nextest").args(words).output();
    if !nextest(&["--version"]).is_ok_and(|output| output.status.success()) {
        return;
    }
    // The tests of this file, by its profile, as partitions share them out.
    let place = tempfile::tempdir().unwrap();
    let [metadata, binaries] = scripts::for_nextest(place.path());
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/nextest.toml");
    let listed = |partition: &str| {
        let words = ["list", "--config-file", config, "--profile", "reveille", "--partition"];
        let of = ["--cargo-metadata", &metadata, "--binaries-metadata", &binaries];
        let said = nextest(&[&words[..], &[partition], &of].concat()).unwrap();
        let err = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success() && !err.contains("nextest.toml"), "{err}");
        let out = String::from_utf8(said.stdout).unwrap();
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let parts = ["count:1/2", "count:2/2"].map(listed);
    assert!(parts.iter().all(|part| !part.is_empty()), "{parts:?}");
    let mut all = parts.concat();
    all.sort();
    let mut whole = listed("count:1/1");
    whole.sort();
    assert_eq!(all, whole);
}

#[test]
fn targets_of_fuzzers_are_built() {
    let script = scripts::fuzzing("clusterfuzzlite/build.sh");
    let (calls, out) = shell::with_out(&script);
    assert!(calls.iter().any(|call| call[..3] == ["cargo", "fuzz", "build"]), "{calls:?}");
    assert_eq!(out, ["hands_over", "hands_over.options"]);
    let project = &yaml("clusterfuzzlite/project.yaml")[0];
    assert_eq!(project["language"], "rust");
    for key in ["homepage", "main_repo", "primary_contact"] {
        assert!(project[key].is_string(), "{key}");
    }
    assert_eq!(project["fuzzing_engines"], serde_json::json!(["libfuzzer"]));
    let image = file("clusterfuzzlite/Dockerfile");
    assert!(image.starts_with("FROM gcr.io/oss-fuzz-base/base-builder-rust"));
    assert!(image.contains("COPY .clusterfuzzlite/build.sh $SRC/"));
    // The fuzzers are built and run with the same sanitizer, which the project names.
    let steps = &yaml("clusterfuzzlite/github.yml")[0]["jobs"]["fuzz"]["steps"];
    for step in steps.as_array().unwrap() {
        assert_eq!(step["with"]["sanitizer"], project["sanitizers"][0]);
    }
}

#[test]
fn what_the_guide_says_can_be_said() {
    let script = scripts::of_guide("README.md");
    assert!(!kinds(&[script]).is_empty());
    // It has a line for each file, and for no other.
    let guide = file("README.md");
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/ci");
    for entry in std::fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || guide.contains(&format!("`{name}")), "{name}");
    }
}

#[test]
fn scripts_are_sound() {
    let has_shellcheck = Process::new("shellcheck").arg("--version").output().is_ok();
    for name in ["slurm.sbatch", "try-slurm", "clusterfuzzlite/build.sh"] {
        let path = format!("{}/ci/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut checks = vec![("bash", vec!["-n"])];
        if has_shellcheck {
            checks.push(("shellcheck", vec!["--severity=warning"]));
        }
        for (program, arguments) in checks {
            let said = Process::new(program).args(arguments).arg(&path).output().unwrap();
            let text = [said.stdout, said.stderr].concat();
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&text));
        }
    }
}
