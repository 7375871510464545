//! Everything that is told to `tracing`, kept per thread: names, targets, fields and messages of spans and events.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Recorder;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }
}

fn line(what: &str, metadata: &Metadata<'_>) -> Line {
    Line(format!(
        "{} {what} {} {}",
        metadata.level(),
        metadata.name(),
        metadata.target()
    ))
}

fn keep(line: Line) {
    TOLD.with_borrow_mut(|told| told.push(line.0));
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = line("span", span.metadata());
        span.record(&mut line);
        keep(line);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        keep(line);
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = line("event", event.metadata());
        event.record(&mut line);
        keep(line);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What this thread told while something ran, one line each.
pub(crate) fn told_by(run: impl FnOnce()) -> Vec<String> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(Recorder).unwrap());
    TOLD.take();
    run();
    TOLD.take()
}
