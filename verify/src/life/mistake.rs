//! The mistakes that a client by hand may make.

/// What somebody might do who wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// To whomever it is not shown, it is gone.
    BelievesTheBlind,
    /// The newest operation of that kind is its own.
    AdoptsWhatIsListed,
    /// After a lost answer it reads again, and issues it anew.
    IssuesAnew,
    /// As long as nothing shows, nothing was accepted.
    OldStateIsNotApplied,
    /// After a lost answer whatever stands there is by its doing.
    BelievesTheState,
    /// What has failed was not applied.
    FailedIsNotApplied,
    /// What can't be found any more has succeeded.
    VanishedIsSucceeded,
    /// Whatever was cancelled, it had asked for that.
    AskedForEveryCancel,
    /// What it has seen at first is so now.
    SaysWhatItSawFirst,
    /// It is over when the time is.
    RunningIsFailed,
    /// It writes down what it was sent with.
    ShowsItsToken,
    /// A lost launch is one that will not come.
    LostWillNotCome,
    /// What stands there was so before.
    CallsItUnchanged,
    /// It shows as the current version what it has made up.
    MakesUpAVersion,
    /// It sends before it has kept a token.
    KeepsNoToken,
}
