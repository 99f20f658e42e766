//! Errors made by libraries that are built on this client, and by its own checks of what it is given.

use akua_model::{Printable, Problem};

use super::{Details, Effect, Error, ErrorKind, words};

/// For libraries on top of this one.
impl Error {
    /// An error of this kind and effect. `message` says what happened, in one line, and holds no secret.
    pub fn new(kind: ErrorKind, effect: Effect, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            effect,
            call: None,
            write: false,
            resolving: false,
            story: message.into(),
            hint: None,
            attempts: 0,
            status: None,
            answer: None,
            problems: Vec::new(),
            new_etag: None,
            request_id: None,
        }))
    }

    /// An argument that is out of its limits; nothing was sent. `message` says what is wrong with `field` and what
    /// would be right.
    ///
    /// ```
    /// let error = akua_http::Error::invalid_input("in_flight", "is 0 (1 to 1024 are allowed)");
    /// assert_eq!(error.problems()[0].field, "in_flight");
    /// assert!(!error.may_have_taken_effect());
    /// ```
    pub fn invalid_input(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let story = format!("invalid input: `{}` {}", Printable(field), Printable(&message));
        let mut error = Self::new(ErrorKind::InvalidInput, Effect::NotSent, story);
        let field = field.to_owned();
        error.0.problems = vec![Problem { field, message }];
        error
    }

    /// The same error, with advice on what to do about it. Empty advice is none.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        self
    }

    /// The same error, of an operation that did more than this one call.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    /// The same error, with another account of what happened.
    #[must_use]
    pub fn map_message(mut self, change: impl FnOnce(String) -> String) -> Self {
        self.0.story = change(std::mem::take(&mut self.0.story));
        self
    }

    /// The same error, of a call that names itself so, such as `edit of cluster clu_1`; of one that has no name yet.
    #[must_use]
    pub fn of_call(mut self, name: impl Into<String>) -> Self {
        self.0.call.get_or_insert_with(|| name.into());
        self
    }

    /// The same error as one of a call that was to settle the write of a resume token. What is known of that write is what
    /// was known before: its effect is [`Unknown`](Effect::Unknown), whatever the call itself did, and the token has to be
    /// kept. [`resolve`](crate::Collection::resolve) does so with its own errors; this is for what comes before it, such as
    /// reading the token.
    ///
    /// ```
    /// use akua_http::{Effect, Error};
    /// use akua_model::edit::ResumeToken;
    ///
    /// let damaged = "akua-resume-1.e30.00".parse::<ResumeToken>();
    /// let error = damaged.map_err(|error| Error::from(error).while_resolving()).unwrap_err();
    /// assert_eq!(error.effect(), Effect::Unknown);
    /// assert!(error.to_string().contains("keep the resume token"));
    /// ```
    #[must_use]
    pub fn while_resolving(mut self) -> Self {
        self.0.effect = Effect::Unknown;
        self.0.resolving = true;
        self.0.hint = Some(words::keep_the_token(self.0.hint.take()));
        self
    }
}

impl Error {
    /// A setting that is missing or wrong. `story` names it and never holds its value.
    pub(crate) fn configuration(story: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, Effect::NotSent, story).with_hint(hint)
    }

    /// Names the variable that the problem came from.
    pub(crate) fn in_variable(self, name: &str) -> Self {
        self.map_message(|story| format!("{name}: {story}"))
    }

    /// Names the file that the problem came from.
    pub(crate) fn in_file(self, path: &std::path::Path) -> Self {
        self.map_message(|story| format!("{}: {story}", path.display()))
    }

    /// Adds to what happened.
    pub(crate) fn and(self, more: &str) -> Self {
        self.map_message(|story| format!("{story}, {more}"))
    }
}
