//! What tests may do with their threads that a run cannot bear: each is defined, and told.
#![cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]

mod package;

use expect_test::expect;
use package::{Said, configured, reveille, run, run_in, threads, threads_with};

#[test]
fn who_ends_the_process_is_told_with_the_tape_and_the_others_go_on() {
    let ends = [
        ("aborts", "the process is ended by SIGABRT, an abort"),
        ("is_killed", "the process was killed by SIGKILL"),
        ("becomes_another_program", "the process was ended with exit code 0"),
        ("overflows_its_stack", "the process is ended by SIGSEGV"),
        ("panics_at_its_end", "the process is ended by SIGABRT, an abort"),
        ("unwinds_into_c", "the process is ended by SIGABRT, an abort"),
        ("leaves_its_thread", "`pthread_exit` would end a thread that is only lent to the run"),
        ("calls_a_thread_off", "`pthread_cancel` would end a thread that is only lent to the run"),
        (
            "interrupts_a_thread",
            "`pthread_kill` would interrupt a thread that does not have its turn",
        ),
    ];
    let names: Vec<String> = ends.iter().map(|(name, _)| format!("ends::{name}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let said = threads(&names);
    assert_eq!(said.code, Some(100), "{}", said.text);
    for (name, (_, how)) in names.iter().zip(ends) {
        let report = said.report(name);
        assert!(report.contains("a run must not end its process"), "{report}");
        assert!(report.contains(how), "{report}");
        assert!(said.tape(name).contains("/threads/"), "{report}");
    }
    assert!(said.text.contains("0 tests passed, 9 failed"), "{}", said.text);
    // No line of ours stands where a user would look for one of theirs.
    let report = said.report("ends::aborts");
    assert!(report.contains("  who    task 1, a thread\n"), "{report}");

    for name in ["ends::aborts", "ends::leaves_its_thread"] {
        let again = reveille(&["replay", said.tape(name), "--no-open"]);
        assert_eq!(again.code, Some(100), "{}", again.text);
        assert!(again.text.contains("breaks the law panic"), "{}", again.text);
    }
}

/// The part of a report from the first fact to the steps.
fn facts(report: &str) -> String {
    let (_, facts) = report.split_once("\n\n").unwrap();
    let (facts, _) = facts.split_once("\n\n  the last steps").unwrap();
    facts.lines().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
}

#[test]
fn strands_that_wait_for_each_other_are_told_with_all_their_calls() {
    let said = threads(&["waits::wait_for_each_other", "waits::a_task_and_a_thread_wait"]);
    expect![[r#"
          tasks must not wait for each other in a circle

          who     task 1, a thread spawned at src/waits.rs:26
          waits   asleep since step 4, at src/waits.rs:17 in misuse::waits::add
                    16 | fn add(to: &Account, sum: i64) {
                  > 17 |     *to.0.lock().unwrap() += sum;
                    18 | }
                  called from src/waits.rs:12 in misuse::waits::transfer
                  called from src/waits.rs:26 in misuse::waits::wait_for_each_other
                  > 26 | thread::spawn(move || transfer(&accounts[mine], &accounts[1 - mine], 1))
          who     task 2, a thread spawned at src/waits.rs:26
          waits   asleep since step 3, at src/waits.rs:17 in misuse::waits::add
                  called from src/waits.rs:12 in misuse::waits::transfer
                  called from src/waits.rs:26 in misuse::waits::wait_for_each_other
          who     root, the body of the test
          waits   since step 1 for task 1 to end, at src/waits.rs:29 in misuse::waits::wait_for_each_other
                    28 | for thread in threads {
                  > 29 |     thread.join().unwrap();
                    30 | }
          circle  task 1 --> task 2
                    ^          |
                    +----------+
                  (each goes on only when the next gives something back, or ends)
    "#]].assert_eq(&facts(said.report("waits::wait_for_each_other")));
    expect![[r#"
          whoever keeps a waker must wake it before everything comes to rest

          who    root, the body of the test
          where  at the .await in src/waits.rs:53, on `futures_channel::oneshot::Receiver<u32>`
                 > 53 | assert_eq!(receiver.await, Ok(*held));
          waits  its waker was last cloned in step 1, at futures-channel-0.3.34/src/oneshot.rs:267 in
                 futures_channel::oneshot::Inner::recv
                   266 | } else {
                 > 267 |     let task = cx.waker().clone();
                   268 |     match self.rx_task.try_lock() {
                 called from src/waits.rs:53 in misuse::waits::a_task_and_a_thread_wait
                 > 53 | assert_eq!(receiver.await, Ok(*held));
          who    task 1 `worker`, a thread spawned at src/waits.rs:46
          waits  asleep since step 2, at src/waits.rs:48 in misuse::waits::a_task_and_a_thread_wait
                   47 | let number = next(&begun);
                 > 48 | *locked.lock().unwrap() += number;
                   49 | sender.send(number).unwrap();
          rest   nothing is runnable, no timer is set, no task waits for another in a circle, and no thread
                 outside the run wakes anybody while it is waited for (`Checker::patience`)
          why    it fails in every order that was tried: the plain one and 14 others
    "#]].assert_eq(&facts(said.report("waits::a_task_and_a_thread_wait")));
}

#[test]
fn strands_that_nobody_waits_for_are_left_asleep() {
    let said = threads(&["waits::are_left_asleep"]);
    assert_eq!(said.code, Some(0), "{}", said.text);
    assert!(!said.text.contains("warning"), "{}", said.text);
}

/// Their threads cannot be used again: who knows what points to their stacks?
#[test]
fn who_leaves_threads_asleep_in_every_run_has_no_endless_search() {
    let test = "misuse::waits::is_left_asleep_by_every_run";
    let said =
        reveille(&["test", "--threads", "--include-ignored", "--exact", "--runs", "50000", test]);
    assert_eq!(said.code, Some(0), "{}", said.text);
    assert!(said.text.contains("its runs leave threads asleep that nobody wakes"), "{}", said.text);
    assert!(said.text.contains("the search ends here, after 3,961 runs"), "{}", said.text);
}

#[test]
fn a_wait_that_is_not_the_engines_is_told_with_its_calls() {
    for variables in [&[][..], &BY_THE_KERNEL] {
        reads_a_pipe(&threads_with(&["waits::reads_a_pipe"], variables));
    }
}

/// As where a program must not change its thread pointer.
const BY_THE_KERNEL: [(&str, &str); 1] = [("REVEILLE_KERNEL_THREADS", "1")];

#[test]
fn strands_that_the_kernel_hands_over_are_told_alike() {
    let tests = ["waits::wait_for_each_other", "ends::overflows_its_stack"];
    let [fast, slow] = [&[][..], &BY_THE_KERNEL].map(|variables| threads_with(&tests, variables));
    let facts = |said: &Said| facts(said.report("waits::wait_for_each_other"));
    assert_eq!(facts(&fast), facts(&slow));
    // Its threads have no other stack to tell it from, so the gate does.
    let report = slow.report("ends::overflows_its_stack");
    assert!(report.contains("the process was ended by signal 11"), "{report}");
    assert_eq!(fast.tape("ends::overflows_its_stack"), slow.tape("ends::overflows_its_stack"));
}

fn reads_a_pipe(said: &Said) {
    assert_eq!(said.code, Some(100), "{}", said.text);
    let report = said.report("waits::reads_a_pipe");
    assert!(
        report
            .starts_with("reveille: `misuse::waits::reads_a_pipe` breaks the law blocking-poll\n")
    );
    assert!(report.contains("  who    task 1, a thread\n"), "{report}");
    let (_, stack) = report.split_once("  the stack of the poll:\n").unwrap();
    let calls: Vec<&str> = stack.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(calls, ["misuse::waits::read_byte", "misuse::waits::reads_a_pipe"], "{report}");
}

/// Where the engine is not, its tapes say nothing, and nobody is to believe that they pass.
#[test]
fn a_tape_of_threads_is_none_for_a_binary_without_the_engine() {
    let said = threads(&["ends::aborts"]);
    let replay = [("REVEILLE_REPLAY", said.tape("ends::aborts"))];
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let arguments = ["test", "--offline", "--", "ends::aborts", "--exact", "--include-ignored"];
    let plain = run(&cargo, &arguments, &replay);
    assert_eq!(plain.code, Some(101), "{}", plain.text);
    assert!(plain.text.contains("is a tape of the engine of threads"), "{}", plain.text);
    assert!(!plain.text.contains("SIGABRT"), "{}", plain.text);
}

/// Cargo looks at one place alone for the compiler's flags.
#[test]
fn flags_of_a_configuration_are_left_out_and_that_is_told() {
    let configured = configured("build.rustflags = ['--cfg=of_a_user']\n");
    let test = "misuse::waits::wait_for_each_other";
    let arguments = ["test", "--threads", "--include-ignored", test, "--manifest-path"];
    let manifest = package::directory().join("Cargo.toml");
    let arguments = [&arguments[..], &[manifest.to_str().unwrap()]].concat();
    let said = run_in(&configured, env!("CARGO_BIN_EXE_cargo-reveille"), &arguments, &[]);
    let file = configured.join(".cargo/config.toml");
    let told =
        format!("warning: `build.rustflags` of {} is left out with `--threads`", file.display());
    assert!(said.text.contains(&told), "{}", said.text);
    // The engine is there all the same.
    assert!(said.text.contains("breaks the law deadlock"), "{}", said.text);
}

#[test]
fn the_doctor_says_whether_the_engine_is_there() {
    let said = reveille(&["doctor"]);
    let found = said.text.lines().find(|line| line.split_whitespace().nth(1) == Some("threads"));
    let found = found.unwrap_or_else(|| panic!("{}", said.text));
    // How fast it is depends on the machine.
    assert!(found.contains("`--threads` works"), "{found}");
}

#[test]
fn binaries_of_others_have_no_engine() {
    let said = reveille(&["test", "--threads", "--binaries-metadata", "binaries.json"]);
    assert_eq!(said.code, Some(2), "{}", said.text);
    assert!(said.text.contains("--threads"), "{}", said.text);
}
