//! What is right under the faults that a test has to ask for, too: while a waker is called, tasks
//! run that have what is under test between them, of which one at a time may use it.

use crate::collections::Unordered;
use crate::reference_delay_queue::{Mistake, Reference};
use crate::{checker, timers};
use reveille::{Kind, laws};

macro_rules! passes {
    ($($test:ident: $suite:expr, with $($fault:ident),+;)*) => { $(
        #[test]
        fn $test() {
            for fault in [$(Kind::$fault),+] {
                $suite.checker(checker().runs(1_000).with(fault)).check();
            }
        }
    )* };
}

passes! {
    a_collection: laws::collection(Unordered), with ReentrantWaker, ForgottenFuture;
    a_delay_queue: laws::delay_queue(Reference(Mistake::Right)), with ReentrantWaker, PanickingClone, ForgottenFuture;
    a_timer: laws::timer(timers::Ours), with ReentrantWaker, PanickingClone, ForgottenFuture;
}
