//! Everything that any crate says of its work, recorded: spans, events, and records of `log`.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Once;

/// Records every span, every event and every record of `log` of all crates, on the thread that made it.
struct Recorder;

thread_local! {
    static RECORDED: RefCell<Recorded> = RefCell::default();
}

#[derive(Default, Clone)]
pub(crate) struct Recorded {
    pub(crate) text: String,
    /// The HTTP library dumps what it sends and receives, 16 bytes a record: here they are joined again.
    pub(crate) dumped: String,
}

/// What this thread has caused so far, which is forgotten with that.
pub(crate) fn recorded() -> Recorded {
    RECORDED.with(RefCell::take)
}

fn record(line: &str) {
    RECORDED.with(|recorded| writeln!(recorded.borrow_mut().text, "{line}").unwrap());
}

pub(crate) fn record_everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Recorder).unwrap();
        log::set_logger(&Recorder).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

struct Fields;

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        record(&format!("  {field} = {value:?}"));
    }
}

impl tracing::Subscriber for Recorder {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        record(&format!("span {} {}", span.metadata().target(), span.metadata().name()));
        span.record(&mut Fields);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Fields);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        record(&format!("event {}", event.metadata().target()));
        event.record(&mut Fields);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

impl log::Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, entry: &log::Record<'_>) {
        let text = entry.args().to_string();
        // Sixteen bytes as hexadecimal digits, a blank, and the same as characters.
        if entry.target() == "ureq_proto::util" && text.len() == 57 {
            RECORDED.with(|recorded| recorded.borrow_mut().dumped.push_str(&text[41..]));
        } else {
            record(&format!("log {} {text}", entry.target()));
        }
    }

    fn flush(&self) {}
}
