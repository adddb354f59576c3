//! `memory-leak`: what a run leaves in memory, with an allocator that counts.

use reveille::{CheckError, Checker, CountingAllocator, Law};
use std::cell::RefCell;
use std::rc::{Rc, Weak};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::new();

fn checker() -> Checker {
    Checker::new().corpus(false).runs(100)
}

/// A tree whose children know their parent.
#[derive(Default)]
struct Node {
    children: RefCell<Vec<Rc<Node>>>,
    parent: RefCell<Option<Rc<Node>>>,
    weak_parent: RefCell<Weak<Node>>,
}

#[test]
fn a_circle_is_kept_by_every_run() {
    let body = || async {
        let parent = Rc::new(Node::default());
        let child = Rc::new(Node::default());
        if reveille::draw(3) == 2 {
            child.parent.replace(Some(parent.clone()));
        }
        parent.children.borrow_mut().push(child);
    };
    let error = checker().try_check(body);
    let Err(CheckError::Broken(failure)) = error else { panic!("got {error:?}") };
    assert_eq!(failure.law, Law::MemoryLeak, "{failure}");
    let lines: Vec<&str> = failure.report.lines().take(8).collect();
    expect_test::expect![[r#"
        reveille: `memory::a_circle_is_kept_by_every_run` breaks the law memory-leak

          a run must give back all the memory that it takes

          who   root, the body of the test
          what  every such run keeps 192 bytes
                80 bytes made at properties/tests/memory.rs:25 in memory::a_circle_is_kept_by_every_run
                80 bytes made at properties/tests/memory.rs:26 in memory::a_circle_is_kept_by_every_run"#]].assert_eq(&lines.join("\n"));
    let again = checker().replay(failure.tape).try_check(body);
    let Err(CheckError::Broken(again)) = again else { panic!("got {again:?}") };
    assert_eq!(again.law, Law::MemoryLeak, "{again}");
}

#[test]
fn a_weak_link_back_is_no_circle() {
    checker().check(|| async {
        let parent = Rc::new(Node::default());
        let child = Rc::new(Node::default());
        child.weak_parent.replace(Rc::downgrade(&parent));
        parent.children.borrow_mut().push(child);
    });
}

thread_local! {
    static CACHE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn remember() {
    CACHE.with_borrow_mut(|cache| cache.push("an answer".to_owned()));
}

#[test]
fn a_cache_that_grows_for_ever_is_a_leak_unless_it_is_allowed() {
    let grows = || async { remember() };
    let error = checker().try_check(grows);
    let is_told =
        matches!(&error, Err(CheckError::Broken(broken)) if broken.law == Law::MemoryLeak);
    assert!(is_told, "{error:?}");
    checker().allow(Law::MemoryLeak).check(grows);
    let passed = checker().warn(Law::MemoryLeak).try_check(grows).unwrap();
    let warning = "bytes are kept by every such run";
    assert!(passed.warnings.iter().any(|told| told.contains(warning)), "{:?}", passed.warnings);
}

#[test]
fn what_is_made_once_is_no_leak() {
    checker().check(|| async {
        CACHE.with_borrow_mut(|cache| {
            if cache.is_empty() {
                cache.push("an answer".to_owned());
            }
        });
    });
}

/// Whatever the world keeps for its own runs is there before it is counted.
#[test]
fn tasks_timers_channels_and_panics_leave_nothing() {
    use reveille::time::{Duration, sleep};
    checker().check(|| async {
        let (sender, receiver) = async_channel::bounded(1);
        let tasks = (0..3).map(|number| {
            let sender = sender.clone();
            reveille::spawn(async move {
                sleep(Duration::from_millis(reveille::draw(5).into())).await;
                sender.send(number).await.unwrap();
                assert!(number < 2, "the last one panics");
            })
        });
        let tasks: Vec<_> = tasks.collect();
        for _ in 0..3 {
            receiver.recv().await.unwrap();
        }
        for task in tasks {
            let _ = task.await;
        }
    });
}
