//! Ending a call from another thread, or from a signal handler.

use akua_http::cancel::Cancel;

use crate::handle::{Handle, from_c};

/// Ends calls from outside: from another thread, or from a signal handler.
///
/// Give it to calls with `akua_call_options_set_cancel`. One handle may serve many calls. Once triggered it stays so.
/// It may be freed while calls go on that have it.
pub struct akua_cancel(pub(crate) Cancel);

impl Handle for akua_cancel {
    const TAG: u64 = u64::from_be_bytes(*b"a.cancel");
}

/// Makes a cancel handle. Free it with `akua_cancel_free`.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_cancel_new() -> *mut akua_cancel {
    from_c!().made(|| akua_cancel(Cancel::new()))
}

/// Ends every call that has this handle, now and later. A call that waits ends within 100 ms, and says whether its
/// request may have taken effect.
///
/// From any thread at any time; it takes no lock and no memory, so from a signal handler too. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_cancel_trigger(cancel: *const akua_cancel) {
    from_c!().of(cancel, (), |cancel| cancel.0.cancel());
}

/// Whether the handle was triggered; false for NULL. From any thread, and from a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_cancel_is_triggered(cancel: *const akua_cancel) -> bool {
    from_c!().of(cancel, false, |cancel| cancel.0.is_cancelled())
}

/// Frees a cancel handle. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_cancel_free(cancel: *mut akua_cancel) {
    from_c!().free(cancel);
}
