//! Pointers that come from C, and pointers that go there: the one file in which they are looked through.
//!
//! `FromC` stands for the header's promises about the arguments of one call. Its methods take raw pointers and give
//! references, after looking at everything that can be looked at: NULL, alignment, the tag of a handle, the length and
//! the encoding of a text. What is left to believe is what no library can check, and what `FromC::new` demands.
//!
//! A handle is a boxed value behind a tag. The tag tells a handle from one of another type, and mostly from one that
//! was freed; that is a help for finding mistakes, not a licence to make them.
//!
//! While there is a `FromC`, which is from the first to the last instruction of a function, `pthread_cancel` is held off. Only a
//! getter whose value is ready holds off nothing: it has no cancellation point.

use std::any::Any;
use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::text::akua_str;

/// The longest text that is taken, in bytes. Longer ones are a mistake, such as a length of -1.
pub const AKUA_MAX_TEXT: usize = 64 * 1024 * 1024;

/// A rule of the header that a call has broken.
pub(crate) struct Misuse {
    /// The argument.
    pub(crate) name: &'static str,
    /// What is wrong with it, and what would be right.
    pub(crate) problem: Cow<'static, str>,
}

impl Misuse {
    pub(crate) fn new(name: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        let problem = problem.into();
        Self { name, problem }
    }
}

/// What a C program holds by a pointer.
///
/// C programs may use one handle from several threads, so whatever changes inside has a lock.
pub(crate) trait Handle: Send + Sync + Sized + 'static {
    /// Tells this type's handles from those of every other. No two types may have the same.
    const TAG: u64;
}

/// What stands where a handle's tag stood, once it was freed.
const FREED: u64 = u64::from_be_bytes(*b"freed!!!");

/// What a handle points to.
#[repr(C)]
struct Tagged<T> {
    tag: AtomicU64,
    value: T,
}

/// The tag of a handle that C may look at and must not free: it belongs to another one.
const fn lent(tag: u64) -> u64 {
    !tag
}

/// A value that this library owns and lends to C.
pub(crate) struct Owned<T: Handle>(Box<Tagged<T>>);

impl<T: Handle> Owned<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Box::new(Tagged {
            tag: AtomicU64::new(lent(T::TAG)),
            value,
        }))
    }

    /// Where it is, for C to look at for as long as `self` lives.
    pub(crate) fn lend(&self) -> *const T {
        std::ptr::from_ref::<Tagged<T>>(&self.0).cast()
    }

    /// Gives it to C, which is to free it.
    pub(crate) fn hand_over(self) -> *mut T {
        self.0.tag.store(T::TAG, Ordering::Release);
        Box::into_raw(self.0).cast()
    }
}

impl<T: Handle> std::ops::Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

/// The header's promises about the arguments of the function that this stands in.
macro_rules! from_c {
    () => {
        // SAFETY: C keeps the header's promises about the arguments.
        unsafe { $crate::handle::FromC::new() }
    };
}
pub(crate) use from_c;

/// Why a pointer leads to no handle.
enum NoHandle {
    Null,
    Unaligned,
    Freed,
    Other,
}

/// The handle that `pointer` leads to.
///
/// # Safety
///
/// As for [`FromC::new`], for as long as the result is used.
#[inline]
unsafe fn found<'call, T: Handle>(pointer: *const T) -> Result<&'call T, NoHandle> {
    let tagged = pointer.cast::<Tagged<T>>();
    if tagged.is_null() {
        return Err(NoHandle::Null);
    }
    if !tagged.is_aligned() {
        return Err(NoHandle::Unaligned);
    }
    // SAFETY: a pointer that is not NULL points to a handle of this library, by the caller's promise, and every
    // handle begins with its tag. Only the tag is looked at here.
    let tag = unsafe { &*tagged.cast::<AtomicU64>() };
    match tag.load(Ordering::Relaxed) {
        // SAFETY: the tag tells that it is a handle of this type; by the caller's promise it lives on.
        seen if seen == T::TAG || seen == lent(T::TAG) => Ok(unsafe { &(*tagged).value }),
        FREED => Err(NoHandle::Freed),
        _ => Err(NoHandle::Other),
    }
}

/// What `find` finds in a handle, without anything that can panic or is a cancellation point; `error` is then set to NULL.
///
/// # Safety
///
/// As for [`FromC::new`].
#[inline]
pub(crate) unsafe fn look<T: Handle, E, V>(
    pointer: *const T,
    error: *mut *mut E,
    find: impl FnOnce(&T) -> Option<V>,
) -> Option<V> {
    if cfg!(feature = "planted-panics") {
        return None;
    }
    // SAFETY: by the caller's promise.
    let value = find(unsafe { found(pointer) }.ok()?)?;
    if !error.is_null() && error.is_aligned() {
        // SAFETY: by the caller's promise it points to what its type says, and nobody else reads or writes it meanwhile.
        unsafe { error.write(std::ptr::null_mut()) };
    }
    Some(value)
}

/// What [`look`] finds.
macro_rules! ready {
    ($pointer:expr, $error:expr, $look:expr) => {
        // SAFETY: C keeps the header's promises about the arguments.
        unsafe { $crate::handle::look($pointer, $error, $look) }
    };
}
pub(crate) use ready;

/// The header's promises about the arguments of one call, which lasts for `'call`. Its thread can't be cancelled meanwhile.
pub(crate) struct FromC<'call> {
    call: PhantomData<&'call ()>,
    _uncancelled: Uncancelled,
}

impl<'call> FromC<'call> {
    /// Takes the promises as given.
    ///
    /// # Safety
    ///
    /// What is passed to the methods of the result are the arguments of the C call that goes on, and the caller has
    /// kept what the header says of them: each pointer is NULL, or points to what its type says, which stays there,
    /// and is not freed, until the call has ended. A handle came from this library. Nobody else reads or writes
    /// what an output points to meanwhile.
    pub(crate) unsafe fn new() -> Self {
        Self {
            call: PhantomData,
            _uncancelled: Uncancelled::new(),
        }
    }

    /// A new handle for C; NULL only after a mistake in this library.
    pub(crate) fn made<T: Handle>(&self, make: impl FnOnce() -> T) -> *mut T {
        self.guarded(std::ptr::null_mut(), || Owned::new(make()).hand_over())
    }

    /// A copy of a handle's value as a new handle; NULL if there is nothing to copy.
    pub(crate) fn copied<T: Handle>(&self, pointer: *const T, copy: impl FnOnce(&T) -> Option<T>) -> *mut T {
        self.of(pointer, std::ptr::null_mut(), |one| {
            copy(one).map_or(std::ptr::null_mut(), |copy| Owned::new(copy).hand_over())
        })
    }

    /// A handle that has to be there.
    pub(crate) fn handle<T: Handle>(&self, pointer: *const T, name: &'static str) -> Result<&'call T, Misuse> {
        self.optional(pointer, name)?
            .ok_or_else(|| Misuse::new(name, "is NULL (it has to be given)"))
    }

    /// A handle that may be left out.
    pub(crate) fn optional<T: Handle>(
        &self,
        pointer: *const T,
        name: &'static str,
    ) -> Result<Option<&'call T>, Misuse> {
        // SAFETY: by the contract of `new`.
        match unsafe { found(pointer) } {
            Ok(found) => Ok(Some(found)),
            Err(NoHandle::Null) => Ok(None),
            Err(NoHandle::Unaligned) => Err(Misuse::new(name, "does not point to a handle of this library")),
            Err(NoHandle::Freed) => Err(Misuse::new(name, "was freed already")),
            Err(NoHandle::Other) => Err(Misuse::new(name, "is a handle of another type")),
        }
    }

    /// Frees a handle. NULL, one of another type, one that is only lent, and mostly one that was freed already, are
    /// left alone.
    pub(crate) fn free<T: Handle>(&self, pointer: *mut T) {
        self.guarded((), || {
            if self
                .optional(pointer, "the handle")
                .is_ok_and(|handle| handle.is_some())
            {
                let tagged = pointer.cast::<Tagged<T>>();
                // SAFETY: as in `optional`, which has just found a live handle of this type there.
                let tag = unsafe { &*tagged.cast::<AtomicU64>() };
                if tag
                    .compare_exchange(T::TAG, FREED, Ordering::AcqRel, Ordering::Relaxed)
                    .is_ok()
                {
                    // SAFETY: it came from `hand_over`, as C gets no other pointer that it may free, and the exchange
                    // makes sure that it comes back only once.
                    drop(unsafe { Box::from_raw(tagged) });
                }
            }
        });
    }

    /// A text that has to be there.
    pub(crate) fn text(&self, text: akua_str, name: &'static str) -> Result<&'call str, Misuse> {
        self.optional_text(text, name)?
            .ok_or_else(|| Misuse::new(name, "is NULL (it has to be given)"))
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&self, text: akua_str, name: &'static str) -> Result<Option<&'call str>, Misuse> {
        if text.data.is_null() {
            return match text.len {
                0 => Ok(None),
                _ => Err(Misuse::new(name, "is NULL with a length other than 0")),
            };
        }
        if text.len > AKUA_MAX_TEXT {
            return Err(Misuse::new(name, "is longer than 64 MiB"));
        }
        // SAFETY: by the contract of `new` there are `len` bytes at `data`, which nobody changes until the call has
        // ended; `len` is far below isize::MAX.
        let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Misuse::new(name, "is not UTF-8")),
        }
    }

    /// A text that ends with a NUL, measured.
    pub(crate) fn measured(&self, text: *const c_char) -> akua_str {
        if text.is_null() {
            return akua_str::NONE;
        }
        // SAFETY: by the contract of `new`, what is not NULL points to a text that ends with a NUL.
        let len = unsafe { CStr::from_ptr(text) }.count_bytes();
        akua_str { data: text, len }
    }

    /// Whether two texts are the same, byte for byte, without any demand on what they hold.
    pub(crate) fn same(&self, one: akua_str, other: akua_str) -> bool {
        if one.len != other.len || one.data.is_null() || other.data.is_null() || one.len > AKUA_MAX_TEXT {
            return one.len == 0 && other.len == 0;
        }
        // SAFETY: as in `optional_text`.
        unsafe {
            std::slice::from_raw_parts(one.data.cast::<u8>(), one.len)
                == std::slice::from_raw_parts(other.data.cast::<u8>(), other.len)
        }
    }

    /// A function that is to be called, now or later.
    pub(crate) fn callback<A, V>(
        &self,
        function: unsafe extern "C" fn(context: *mut c_void, shown: A) -> V,
        context: *mut c_void,
    ) -> Callback<A, V> {
        Callback { function, context }
    }

    /// Where a result goes. It is set to `initial` at once, so that it never stays as it was.
    pub(crate) fn out<T: Copy>(
        &self,
        pointer: *mut T,
        initial: T,
        name: &'static str,
    ) -> Result<Out<'call, T>, Misuse> {
        self.optional_out(pointer, initial)
            .ok_or_else(|| Misuse::new(name, "is NULL (there has to be a place for it)"))
    }

    /// Where a handle goes that is given to C.
    pub(crate) fn handle_out<T: Handle>(
        &self,
        pointer: *mut *mut T,
        name: &'static str,
    ) -> Result<Out<'call, *mut T>, Misuse> {
        self.out(pointer, std::ptr::null_mut(), name)
    }

    /// Where a result goes that nobody need want.
    pub(crate) fn optional_out<T: Copy>(&self, pointer: *mut T, initial: T) -> Option<Out<'call, T>> {
        if pointer.is_null() || !pointer.is_aligned() {
            return None;
        }
        let out = Out(pointer, PhantomData);
        out.set(initial);
        Some(out)
    }

    /// Looks something up in a handle: `fallback` if there is none.
    pub(crate) fn of<T: Handle, V>(&self, pointer: *const T, fallback: V, look: impl FnOnce(&'call T) -> V) -> V {
        match self.caught(|| self.handle(pointer, "the handle").ok().map(look)) {
            Ok(Some(value)) => value,
            _ => fallback,
        }
    }

    /// Does what can't fail: `fallback` if it panics all the same.
    pub(crate) fn guarded<V>(&self, fallback: V, body: impl FnOnce() -> V) -> V {
        self.caught(body).unwrap_or(fallback)
    }

    /// What `body` gives, or what it said when it panicked.
    pub(crate) fn caught<V>(&self, body: impl FnOnce() -> V) -> Result<V, String> {
        // What a panic may leave half done is behind locks that are poisoned by it, and refused from then on.
        catch_unwind(AssertUnwindSafe(|| {
            #[cfg(feature = "planted-panics")]
            planted::here();
            body()
        }))
        .map_err(words_of)
    }
}

/// While it lives, `pthread_cancel` on this thread is held off: what it does, unwinding frame by frame, is not for Rust's.
struct Uncancelled(c_int);

impl Uncancelled {
    fn new() -> Self {
        Self(set_cancel_state(PTHREAD_CANCEL_DISABLE))
    }
}

impl Drop for Uncancelled {
    fn drop(&mut self) {
        set_cancel_state(self.0);
    }
}

const PTHREAD_CANCEL_DISABLE: c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };

fn set_cancel_state(state: c_int) -> c_int {
    // An asynchronous cancel that has waited strikes in here, where no frame has anything left to be dropped.
    unsafe extern "C-unwind" {
        fn pthread_setcancelstate(state: c_int, before: *mut c_int) -> c_int;
    }
    let mut before = state;
    // SAFETY: `before` is there to be written to, and any number may be given as a state.
    unsafe { pthread_setcancelstate(state, &mut before) };
    before
}

/// A place that C has given for a result.
pub(crate) struct Out<'call, T>(*mut T, PhantomData<&'call ()>);

impl<T: Copy> Out<'_, T> {
    pub(crate) fn set(&self, value: T) {
        // SAFETY: by the contract of `FromC::new` it points to room for a `T` that nobody else uses until the call has
        // ended; what stood there has no destructor.
        unsafe { self.0.write(value) }
    }
}

/// A function of the program's, with what it wants to be given.
#[derive(Clone, Copy)]
pub(crate) struct Callback<A, V> {
    function: unsafe extern "C" fn(context: *mut c_void, shown: A) -> V,
    context: *mut c_void,
}

// SAFETY: the context is only passed on; by the contract of `FromC::new` the function takes it on any thread.
unsafe impl<A, V> Send for Callback<A, V> {}
// SAFETY: as above.
unsafe impl<A, V> Sync for Callback<A, V> {}

impl<A, V> Callback<A, V> {
    pub(crate) fn call(&self, shown: A) -> V {
        // SAFETY: by the contract of `FromC::new` the function may be called with this context for as long as it is set, or
        // the call lasts that it was given to, and what it is shown lives until it returns.
        unsafe { (self.function)(self.context, shown) }
    }
}

/// What a panic said. It ends here, even if dropping what it carries panics again.
fn words_of(panic: Box<dyn Any + Send>) -> String {
    let words = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(words), _) => (*words).to_owned(),
        (_, Some(words)) => words.clone(),
        _ => "no words".to_owned(),
    };
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(again);
    }
    words
}

/// A panic in every function, on order. Only in a library that is built to be tested so.
#[cfg(feature = "planted-panics")]
pub mod planted {
    use std::cell::Cell;

    thread_local!(static NEXT: Cell<bool> = const { Cell::new(false) });

    /// Makes the next function that this thread calls panic.
    #[unsafe(no_mangle)]
    pub extern "C-unwind" fn akua_test_plant_panic() {
        NEXT.set(true);
    }

    /// Whether the panic still waits for a function to be called.
    #[unsafe(no_mangle)]
    pub extern "C-unwind" fn akua_test_panic_waits() -> bool {
        NEXT.replace(false)
    }

    #[allow(clippy::panic)]
    pub(super) fn here() {
        if NEXT.replace(false) {
            panic!("planted");
        }
    }
}
