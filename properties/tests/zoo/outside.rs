//! `outside-world`: sockets, files, sleeps and threads of the machine.

use crate::golden::{compare, golden, report, run};
use reveille::net::{TcpListener, TcpStream};
use std::io::Write as _;
use std::time::Duration;

golden! {
    "outside-world" takes_a_real_socket;
    "outside-world" sleeps_with_its_thread;
}

#[reveille::test(deny(outside_world))]
#[ignore = "broken on purpose"]
async fn takes_a_real_socket() {
    let task = reveille::Builder::new().name("server").spawn_local(async {
        reveille::yield_now().await;
        std::net::UdpSocket::bind("127.0.0.1:0").unwrap()
    });
    task.await.unwrap();
}

#[reveille::test(deny(outside_world))]
#[ignore = "broken on purpose"]
async fn sleeps_with_its_thread() {
    std::thread::sleep(Duration::from_nanos(1));
}

/// What is no more than odd is a warning.
#[reveille::test(runs = 20)]
#[ignore = "broken on purpose"]
async fn takes_all_there_is() {
    let _socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for _ in 0..3 {
        let mut here = std::fs::File::open("Cargo.toml").unwrap();
        std::io::Read::read_to_string(&mut here, &mut String::new()).unwrap();
    }
    std::thread::sleep(Duration::from_nanos(1));
    std::thread::spawn(|| ()).join().unwrap();
}

#[test]
fn what_is_taken_is_named_with_its_line() {
    let output = run("outside::takes_all_there_is", &[]);
    assert!(output.status.success());
    compare("outside::takes_all_there_is", &report(&output));
}

/// A fixture that is read once for all runs.
#[reveille::test(runs = 20)]
#[ignore = "broken on purpose"]
async fn reads_its_fixture_once() {
    static FIXTURE: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| std::fs::read_to_string("Cargo.toml").unwrap());
    assert!(!FIXTURE.is_empty());
}

#[test]
fn what_only_the_first_run_took_is_named_as_well() {
    let output = run("outside::reads_its_fixture_once", &[]);
    assert!(output.status.success());
    compare("outside::reads_its_fixture_once", &report(&output));
}

#[reveille::test(hermetic = true, runs = 2)]
#[ignore = "broken on purpose"]
async fn reads_a_file_in_a_process_of_its_own() {
    assert!(std::fs::exists("Cargo.toml").unwrap());
    std::fs::File::open("Cargo.toml").unwrap();
}

#[test]
fn a_process_of_its_own_names_lines_too() {
    let output = run("outside::reads_a_file_in_a_process_of_its_own", &[]);
    assert!(output.status.success());
    compare("outside::reads_a_file_in_a_process_of_its_own", &report(&output));
}

/// The system gives another port in every run.
#[reveille::test(hermetic = false)]
#[ignore = "broken on purpose"]
async fn depends_on_a_real_socket() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut port = socket.local_addr().unwrap().port();
    while port > 0 {
        if port % 2 == 1 {
            reveille::yield_now().await;
        } else {
            reveille::time::sleep(Duration::from_millis(1)).await;
        }
        port /= 2;
    }
}

#[test]
fn nondeterminism_is_told_with_what_may_be_its_cause() {
    let told = report(&run("outside::depends_on_a_real_socket", &[]));
    assert!(told.contains("breaks the law nondeterminism\n"), "{told}");
    assert!(told.contains("  outside a real socket, first in step 1, at properties/"), "{told}");
    assert!(told.contains("; use `reveille::net`\n"), "{told}");
}

#[reveille::test(runs = 20_000, deny(outside_world))]
async fn takes_everything_from_the_run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    reveille::fs::write("/fixture", "text").await.unwrap();
    reveille::time::sleep(Duration::from_secs(1)).await;
    reveille::spawn(async {}).await.unwrap();
    println!("what is printed goes nowhere else");
    std::io::stdout().flush().unwrap();
}

/// The standard library reads files to print a stack.
#[reveille::test(runs = 3, deny(outside_world))]
async fn prints_a_stack() {
    assert!(!std::backtrace::Backtrace::force_capture().to_string().is_empty());
}

/// What goes by the functions of the C library, but not by its `syscall`.
#[reveille::test(runs = 20)]
#[ignore = "broken on purpose"]
async fn takes_all_there_is_by_number() {
    // SAFETY: the places live on this stack, and what is opened is closed.
    unsafe {
        let close = |file| assert_eq!(libc::close(file as libc::c_int), 0);
        close(libc::syscall(libc::SYS_socket, libc::AF_INET, libc::SOCK_STREAM, 0));
        close(libc::syscall(libc::SYS_eventfd2, 0, 0));
        let here = c"Cargo.toml".as_ptr();
        for _ in 0..3 {
            close(libc::syscall(libc::SYS_openat, libc::AT_FDCWD, here, libc::O_RDONLY));
        }
        close(libc::syscall(libc::SYS_openat, libc::AT_FDCWD, c"/proc/self/maps".as_ptr(), 0));
        let nothing = libc::timespec { tv_sec: 0, tv_nsec: 1 };
        libc::syscall(libc::SYS_nanosleep, &raw const nothing, std::ptr::null::<()>());
        // No entries are no ring.
        assert_eq!(libc::syscall(libc::SYS_io_uring_setup, 0, std::ptr::null::<()>()), -1);
        assert_eq!(libc::syscall(libc::SYS_getpid), std::process::id().into());
    }
}

#[test]
fn what_is_taken_by_number_is_named_with_its_line() {
    let output = run("outside::takes_all_there_is_by_number", &[]);
    assert!(output.status.success());
    compare("outside::takes_all_there_is_by_number", &report(&output));
}

/// No interposed function gives what the device gives.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn reads_random_bytes_from_the_device() {
    let mut bytes = [0];
    let mut device = std::fs::File::open("/dev/urandom").unwrap();
    std::io::Read::read_exact(&mut device, &mut bytes).unwrap();
    for _ in 0..bytes[0] % 16 {
        reveille::yield_now().await;
    }
}

#[test]
fn the_device_of_random_bytes_is_named() {
    let told = report(&run("outside::reads_random_bytes_from_the_device", &[]));
    assert!(told.contains("breaks the law nondeterminism\n"), "{told}");
    assert!(
        told.contains("  outside a real source of random bytes, first in step 1, at "),
        "{told}"
    );
    assert!(told.contains("; use `reveille::draw`\n"), "{told}");
}

/// What changes the machine without opening anything, and what asks it for more.
#[reveille::test(runs = 2)]
#[ignore = "broken on purpose"]
async fn goes_about_the_machine() {
    use std::net::ToSocketAddrs;
    let one = std::env::temp_dir().join(format!("reveille-{}", std::process::id()));
    let other = one.with_extension("moved");
    std::fs::create_dir(&one).unwrap();
    std::fs::rename(&one, &other).unwrap();
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 0);
    std::fs::remove_dir(&other).unwrap();
    std::fs::remove_file(&other).unwrap_err();
    assert!("localhost:80".to_socket_addrs().unwrap().count() > 0);
    std::process::Command::new("true").status().unwrap();
}

#[test]
fn what_opens_nothing_is_named_as_well() {
    let told = report(&run("outside::goes_about_the_machine", &[]));
    for line in [
        "  a real file (5 times), first in step 1, at properties/tests/zoo/outside.rs:",
        "  a real look-up of a name, first in step 1, at properties/tests/zoo/outside.rs:",
        "; use `reveille::net::lookup_host`\n",
        "  a real process, first in step 1, at properties/tests/zoo/outside.rs:",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(told.ends_with("in zoo::outside::goes_about_the_machine\n"), "{told}");
}
