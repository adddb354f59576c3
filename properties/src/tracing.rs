//! Events and spans of [`tracing`](::tracing) in the trace of a run: what the code under
//! test says stands at its step and virtual time.
//!
//! With the feature `tracing` nothing has to be set up: while a run is repeated for a
//! report, and nobody else listens on the thread or in the process, the [`Layer`] does. A
//! test that has a subscriber of its own adds the layer to it:
//!
//! ```
//! use tracing_subscriber::prelude::*;
//!
//! let subscriber = tracing_subscriber::registry().with(reveille::tracing::Layer);
//! tracing::subscriber::with_default(subscriber, || {
//!     reveille::check(|| async { tracing::info!(peer = 3, "connected") });
//! });
//! ```
//!
//! While a schedule is searched nobody listens, so events cost next to nothing there.

use std::fmt::{self, Write};
use tracing::dispatcher;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// Puts events, and the beginning and end of spans, into the trace of the run that the
/// calling thread is in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layer;

/// Listens on this thread until the guard is dropped, unless somebody does already.
pub(crate) fn listen() -> Option<DefaultGuard> {
    if dispatcher::has_been_set()
        && !dispatcher::get_default(|d| d.is::<tracing::subscriber::NoSubscriber>())
    {
        return None;
    }
    Some(tracing::subscriber::set_default(tracing_subscriber::registry().with(Layer)))
}

/// The fields of a span, as text.
struct Fields(String);

/// Writes fields as ` name=value`, the message first and without its name.
#[derive(Default)]
struct Writer {
    message: String,
    fields: String,
}

impl Visit for Writer {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail; a `Debug` that does has its own reasons.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

fn name_of<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> String {
    let extensions = span.extensions();
    let fields = extensions.get::<Fields>().map_or("", |fields| fields.0.trim_start());
    match fields {
        "" => span.name().to_owned(),
        fields => format!("{}{{{fields}}}", span.name()),
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut writer = Writer::default();
        attributes.record(&mut writer);
        span.extensions_mut().insert(Fields(writer.message + &writer.fields));
        reveille_sim::note(|| format!("begin {}", name_of(&span)));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut writer = Writer::default();
        values.record(&mut writer);
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            fields.0 += &writer.fields;
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        reveille_sim::note(|| {
            let mut writer = Writer::default();
            event.record(&mut writer);
            let mut text = format!("{} ", event.metadata().level());
            text.push_str((writer.message + &writer.fields).trim_start());
            let spans = context.event_scope(event).into_iter().flat_map(|scope| scope.from_root());
            let spans: Vec<String> = spans.map(|span| name_of(&span)).collect();
            if !spans.is_empty() {
                let _ = write!(text, " (in {})", spans.join(", "));
            }
            text
        });
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id) {
            reveille_sim::note(|| format!("end {}", name_of(&span)));
        }
    }
}
