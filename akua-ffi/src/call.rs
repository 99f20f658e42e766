//! A call that can fail: what it fails with, and how that gets to C.

use akua_model::report::Report;

use crate::handle::{FromC, Misuse, Out, Owned};
use crate::report::akua_report;
use crate::status::{AKUA_OK, AKUA_PANIC, akua_status};

/// What a call ends with if it does not do what its name says.
pub(crate) enum Failure {
    /// The header's rules were broken.
    Misuse(Misuse),
    /// A mistake in this library, in its own words.
    Panic(String),
    /// What the client says.
    Http(Box<akua_http::Error>),
    /// An edit, or a wait, that did not come to the end that was asked for.
    Ended(Box<akua_report>),
}

impl Failure {
    /// The same, as what a call ended with that was to settle the write of a resume token: of that write nothing new is
    /// known. An end of the write itself stays what it is.
    pub(crate) fn while_resolving(self) -> Self {
        match self {
            Self::Misuse(misuse) => akua_report::misuse_while_resolving(&misuse).into(),
            Self::Http(error) => Self::Http(Box::new(error.while_resolving())),
            Self::Panic(_) | Self::Ended(_) => self,
        }
    }

    fn into_report(self) -> akua_report {
        match self {
            Self::Misuse(misuse) => akua_report::misuse(&misuse),
            Self::Panic(words) => akua_report::panic(&words),
            Self::Http(error) => akua_report::new(Report::from(&*error)),
            Self::Ended(report) => *report,
        }
    }
}

impl From<Misuse> for Failure {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

impl From<akua_http::Error> for Failure {
    fn from(error: akua_http::Error) -> Self {
        Self::Http(Box::new(error))
    }
}

impl From<akua_model::Error> for Failure {
    fn from(error: akua_model::Error) -> Self {
        akua_http::Error::from(error).into()
    }
}

impl From<akua_report> for Failure {
    fn from(report: akua_report) -> Self {
        Self::Ended(Box::new(report))
    }
}

/// A function that can fail: each argument with the method of [`FromC`] that looks at it, and, behind an arrow, the output
/// that what the body makes is handed over by.
macro_rules! call {
    ($error:ident, |$($argument:ident: $look:ident),*| $body:block) => {{
        let from_c = $crate::handle::from_c!();
        from_c.call($error, || {
            $(let $argument = from_c.$look($argument, stringify!($argument))?;)*
            $body
            Ok(())
        })
    }};
    ($error:ident, |$($argument:ident: $look:ident),*| -> $out:ident $body:block) => {{
        let from_c = $crate::handle::from_c!();
        let out = from_c.handle_out($out, stringify!($out));
        from_c.call($error, || {
            let out = out?;
            $(let $argument = from_c.$look($argument, stringify!($argument))?;)*
            out.set($crate::handle::Owned::new($body).hand_over());
            Ok(())
        })
    }};
}
pub(crate) use call;

/// A getter that can be asked for what is not there: what it gives then, and the method that looks. What `ready` gives, where it
/// gives something, has only to be looked at: nothing on the way can panic, and nothing is a cancellation point, so neither is
/// held off.
macro_rules! get {
    ($error:ident, $none:expr, $handle:ident.$look:ident($number:ident), ready $ready:ident) => {{
        match $crate::handle::ready!($handle, $error, |it| it.$ready($number)) {
            Some(value) => value,
            None => $crate::call::slowly(|| $crate::call::get!($error, $none, $handle.$look($number))),
        }
    }};
    ($error:ident, $none:expr, $handle:ident.$look:ident($number:ident)) => {{
        let from_c = $crate::handle::from_c!();
        from_c.getter($error, $none, || {
            from_c.handle($handle, stringify!($handle))?.$look($number)
        })
    }};
}
pub(crate) use get;

/// Keeps what is seldom done out of the function that does it.
#[cold]
#[inline(never)]
pub(crate) fn slowly<V>(body: impl FnOnce() -> V) -> V {
    body()
}

impl FromC<'_> {
    /// Carries out a call that can fail: no panic gets out of it, and the failure goes to `error`, if that is given.
    pub(crate) fn call(&self, error: *mut *mut akua_report, body: impl FnOnce() -> Result<(), Failure>) -> akua_status {
        self.value(error, AKUA_PANIC, || body().map(|()| AKUA_OK), |status| status)
    }

    /// Carries out a getter that can be asked for what is not there: `none`, and why in `error`.
    pub(crate) fn getter<V: Copy>(
        &self,
        error: *mut *mut akua_report,
        none: V,
        body: impl FnOnce() -> Result<V, Misuse>,
    ) -> V {
        self.value(error, none, || Ok(body()?), |_| none)
    }

    fn value<V>(
        &self,
        error: *mut *mut akua_report,
        worst: V,
        body: impl FnOnce() -> Result<V, Failure>,
        failed: impl FnOnce(akua_status) -> V,
    ) -> V {
        let error = self.optional_out(error, std::ptr::null_mut());
        let failure = match self.caught(body) {
            Ok(Ok(value)) => return value,
            Ok(Err(failure)) => failure,
            Err(words) => Failure::Panic(words),
        };
        self.told(failure, error).map_or(worst, failed)
    }

    /// Hands a failure over to C.
    #[cold]
    fn told(&self, failure: Failure, error: Option<Out<'_, *mut akua_report>>) -> Option<akua_status> {
        let report = self.guarded(None, || Some(failure.into_report()))?;
        let status = report.status();
        if let Some(error) = error {
            error.set(Owned::new(report).hand_over());
        }
        Some(status)
    }
}
