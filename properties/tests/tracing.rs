//! What the code under test says, in the report of a failure.

use reveille::Checker;
use std::sync::{Arc, Mutex};
use tracing::{Instrument, info, info_span, warn};

/// Fails after it has said something from two tasks.
fn failing() -> String {
    let checker = Checker::new().corpus(false).name("speaks");
    let failure = checker.try_check(|| async {
        let worker = reveille::spawn(
            async {
                info!(peer = 3, "connected");
                reveille::yield_now().await;
                warn!("no answer");
            }
            .instrument(info_span!("request", id = 7)),
        );
        worker.await.unwrap();
        assert!(!reveille::in_run(), "it was to be answered");
    });
    failure.unwrap_err().to_string()
}

#[test]
fn events_and_spans_stand_at_their_steps() {
    let report = failing();
    for line in [
        "1  says \"begin request{id=7}\", spawns task 1",
        "2  |     says \"INFO connected peer=3 (in request{id=7})\", wakes itself, Pending",
        "says \"WARN no answer (in request{id=7})\", says \"end request{id=7}\"",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
}

#[test]
fn who_listens_already_is_left_alone() {
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<String>>>);
    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Seen {
        fn on_event(
            &self,
            event: &tracing::Event<'_>,
            _: tracing_subscriber::layer::Context<'_, S>,
        ) {
            self.0.lock().unwrap().push(event.metadata().level().to_string());
        }
    }
    use tracing_subscriber::prelude::*;
    let seen = Seen::default();
    let subscriber = tracing_subscriber::registry().with(seen.clone());
    let report = tracing::subscriber::with_default(subscriber, failing);
    assert!(!report.contains("says"), "{report}");
    assert!(seen.0.lock().unwrap().contains(&"WARN".to_owned()));
}
