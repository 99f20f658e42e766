//! What the client does, told to a function of the program's.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::fmt::{self, Write as _};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, RwLock};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::handle::{Callback, from_c};
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::{Text, akua_str};

/// What is told of each event: the `context` that was given with the sink, and a line such as
/// `GET /v1/clusters/{id}: attempt ended, attempt=1 status=200 duration_ms=3`. No token, no id and no body is in it.
/// The line lives until the function returns.
///
/// It is called on the thread of the call it is about, so by several threads at a time. It must return: no exception,
/// no `longjmp`. It may call this library, but should be quick.
pub type akua_log_sink = Option<unsafe extern "C" fn(context: *mut c_void, line: akua_str)>;

static SINK: RwLock<Option<Callback<akua_str, ()>>> = RwLock::new(None);

/// Sets the function that is told what the clients of this program do; NULL to be told no more. A call that goes on in
/// another thread may tell it once more after that.
///
/// `context` is passed to it as it is, and has to be there for as long as it may be called.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_log_set_sink(
    sink: akua_log_sink,
    context: *mut c_void,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    from_c.call(error, || {
        static ONCE: Once = Once::new();
        *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink.map(|tell| from_c.callback(tell, context));
        if sink.is_some() {
            // Only this library's own code can have set another one: it is the only Rust in it.
            ONCE.call_once(|| drop(tracing::subscriber::set_global_default(Lines::default())));
        }
        Ok(())
    })
}

/// Makes a line of each event.
#[derive(Default)]
struct Lines {
    last: AtomicU64,
    spans: Mutex<HashMap<u64, String>>,
}

thread_local! {
    /// The spans that this thread is in, the innermost last. It is there to the very last, for calls from destructors; the
    /// last span leaves nothing behind.
    static INSIDE: ManuallyDrop<RefCell<Vec<u64>>> = const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

impl Lines {
    fn spans(&self) -> MutexGuard<'_, HashMap<u64, String>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("akua_")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut words = Words::default();
        attributes.record(&mut words);
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.spans().insert(id, words.values);
        Id::from_u64(id)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let Some(sink) = *SINK.read().unwrap_or_else(PoisonError::into_inner) else {
            return;
        };
        let inside = INSIDE.with(|inside| inside.borrow().last().copied());
        let call = inside.and_then(|id| self.spans().get(&id).cloned());
        let mut words = Words::default();
        event.record(&mut words);
        let call = call.map(|call| format!("{call}: ")).unwrap_or_default();
        let line = Text::new(&format!("{call}{}{}", words.message, words.named));
        sink.call(line.as_c());
    }

    fn enter(&self, span: &Id) {
        INSIDE.with(|inside| inside.borrow_mut().push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        INSIDE.with(|inside| {
            let mut inside = inside.borrow_mut();
            if let Some(at) = inside.iter().rposition(|id| *id == span.into_u64()) {
                inside.remove(at);
            }
            if inside.is_empty() {
                *inside = Vec::new();
            }
        });
    }

    fn try_close(&self, span: Id) -> bool {
        self.spans().remove(&span.into_u64());
        true
    }
}

/// The fields of an event or a span as a person reads them.
#[derive(Default)]
struct Words {
    message: String,
    /// The others, each with its name.
    named: String,
    /// The others without their names.
    values: String,
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            let comma = if self.named.is_empty() { "," } else { "" };
            let blank = if self.values.is_empty() { "" } else { " " };
            write!(self.named, "{comma} {}={value:?}", field.name())
                .and_then(|()| write!(self.values, "{blank}{value:?}"))
        };
    }
}
