//! What is known of a check before one of its runs ends the process.

#[cfg(unix)]
use super::signals;
use crate::corpus::Will;
use crate::gate::Board;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How a run is repeated.
#[derive(Debug)]
pub(crate) enum Repeat {
    /// By the variable, and this command.
    Command(String),
    /// By a line in the test.
    Schedule,
}

/// Where runs come from.
#[derive(Debug)]
pub(crate) struct Search {
    /// What they are called: a run, an input.
    pub(crate) noun: &'static str,
    /// What is said behind their number, such as ` of 1000, seed 0x2a`.
    pub(crate) of: String,
}

/// What is known of a check before one of its runs ends the process.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(super) test: String,
    pub(super) repeat: Repeat,
    /// Whether runs have processes of their own.
    pub(super) is_hermetic: bool,
    pub(super) will: Will,
    pub(super) search: Option<Search>,
    /// The entry of the corpus that is being replayed, in words.
    pub(super) entry: RefCell<Option<String>>,
    pub(super) run: Cell<u64>,
    /// Where the number of the run is put, for the time after this process.
    board: Option<&'static Board>,
    /// Whether the present run is that one; else it is a later replay.
    pub(super) is_first: Cell<bool>,
}

impl Scene {
    pub(crate) fn new(test: &str, repeat: Repeat) -> Scene {
        Scene {
            test: test.to_owned(),
            repeat,
            is_hermetic: false,
            will: Will::Off,
            search: None,
            entry: RefCell::default(),
            run: Cell::new(0),
            board: None,
            is_first: Cell::new(false),
        }
    }

    pub(crate) fn with_will(self, will: Will) -> Scene {
        Scene { will, ..self }
    }

    /// Its runs are searched for; without that nothing is said of where they come from.
    pub(crate) fn searching(self, noun: &'static str, of: String) -> Scene {
        Scene { search: Some(Search { noun, of }), ..self }
    }

    pub(crate) fn on_board(self, board: Option<&'static Board>) -> Scene {
        Scene { board, ..self }
    }

    pub(crate) fn hermetic(self) -> Scene {
        Scene { is_hermetic: true, ..self }
    }

    /// From now on this thread makes runs of this check.
    pub(crate) fn enter(self) -> Entered {
        let own = Rc::new(self);
        Entered {
            before: SCENE.replace(Rc::as_ptr(&own)),
            _own: own,
            #[cfg(unix)]
            _signals: signals::Handled::begin(),
        }
    }
}

thread_local! {
    /// That of this thread, for as long as its `Entered` lives.
    static SCENE: Cell<*const Scene> = const { Cell::new(std::ptr::null()) };
}

/// A thread that makes runs of a check.
#[derive(Debug)]
pub(crate) struct Entered {
    before: *const Scene,
    _own: Rc<Scene>,
    #[cfg(unix)]
    _signals: signals::Handled,
}

impl Drop for Entered {
    fn drop(&mut self) {
        SCENE.set(self.before);
    }
}

/// That of this thread, or of the one whose strand this is.
fn own_or_of_driver() -> *const Scene {
    let own = SCENE.try_with(Cell::get).unwrap_or(std::ptr::null());
    #[cfg(reveille_threads)]
    if own.is_null() {
        return std::ptr::with_exposed_provenance(reveille_threads::calls::word());
    }
    own
}

/// What the strands of this thread are to find its scene by.
#[cfg(reveille_threads)]
pub(crate) fn word() -> usize {
    SCENE.try_with(Cell::get).unwrap_or(std::ptr::null()).expose_provenance()
}

/// Shows the scene of this thread.
pub(super) fn with_scene<R>(f: impl FnOnce(&Scene) -> R) -> Option<R> {
    let scene = own_or_of_driver();
    // SAFETY: it is null, or its `Entered` is alive on this thread, on the one that
    // forked, or on the one that drives this strand, and so is the scene.
    unsafe { scene.as_ref() }.map(f)
}

/// The test of this thread; empty if there is none.
#[cfg(unix)]
pub(crate) fn test_of_this_thread() -> String {
    with_scene(|scene| scene.test.clone()).unwrap_or_default()
}

/// This thread is about to make a run: that of the search with this number, or some replay.
#[inline]
pub(crate) fn making(run: Option<u64>) {
    with_scene(|scene| {
        scene.is_first.set(run.is_some());
        if let Some(run) = run {
            scene.run.set(run);
            if let Some(board) = scene.board {
                board.making(run);
            }
        }
    });
}

/// For as long as the answer lives, runs of this thread replay an entry of the corpus; of
/// which that is to be said.
pub(crate) fn replaying(entry: String) -> Replaying {
    with_scene(|scene| scene.entry.replace(Some(entry)));
    Replaying
}

#[derive(Debug)]
pub(crate) struct Replaying;

impl Drop for Replaying {
    fn drop(&mut self) {
        with_scene(|scene| scene.entry.take());
    }
}

/// The scene of a thread that forks, for the one that makes the run in its place.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Present(*const Scene);

#[cfg(target_os = "linux")]
pub(crate) fn present() -> Present {
    Present(SCENE.get())
}

#[cfg(target_os = "linux")]
impl Present {
    /// The calling thread, in the fork, makes the run.
    pub(crate) fn move_here(self) -> signals::Handled {
        SCENE.set(self.0);
        signals::Handled::begin()
    }
}
