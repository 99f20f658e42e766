//! Hands what the transcript has to the judge, and looks at what an edit says of itself besides its claim.
//!
//! It looks only after everything has ended and everything late has arrived, so "will never land" is no matter of belief.

use akua_model::edit::FieldState;
use akua_sim::Version;
use akua_verify::evidence::{Evidence, Setting};
use akua_verify::judge::case::{as_kept, is_write_only, value};
use akua_verify::judge::{Alarm, Check, Tally, judge as judge_edits};
use akua_verify::record::{Attempt, Call, Claim, How, Report, Sent, Values, View, Want};

use crate::fixture::Fixture;
use crate::plan::Keys;
use crate::running::{Ended, SECRET_MARKER};
use crate::transcript::{Arrival, Epoch, Run, landed};

/// What was met, or the first promise that was broken.
pub(crate) fn judge(fixture: &mut Fixture) -> Result<Tally, Alarm> {
    let evidence = evidence(fixture);
    let (alarms, tally) = judge_edits(&evidence);
    if let Some(alarm) = alarms.into_iter().next() {
        return Err(alarm);
    }
    for (run, call) in fixture.transcript.runs.iter().zip(&evidence.calls) {
        let Some((at, ended)) = &run.ended else { continue };
        says_no_more(run, ended)?;
        if let Claim::Indeterminate { may_still_land } = ended.claim {
            has_cause(fixture, run, *at, may_still_land, ended)?;
        }
        let history = &evidence.histories[&(call.kind, call.id.clone())];
        reports(fixture, run, ended, history)?;
    }
    Ok(tally)
}

pub(crate) fn evidence(fixture: &mut Fixture) -> Evidence {
    let histories: Vec<Vec<Version>> = (0..fixture.places.len())
        .map(|place| {
            let target = fixture.target(place);
            fixture.world.history(fixture.now, target.kind, &target.id).unwrap()
        })
        .collect();
    let log = fixture.world.log(fixture.now, 1).to_vec();
    let truth = &fixture.setting.truth;
    let transcript = &fixture.transcript;
    let arrivals = || {
        let epochs = transcript.epochs.iter().enumerate();
        epochs.flat_map(|(number, epoch)| epoch.arrivals.iter().map(move |arrival| (number, epoch, arrival)))
    };
    let calls = transcript.runs.iter().enumerate();
    Evidence {
        setting: Setting {
            linearizable: !truth.stale_reads,
            hop_replays: truth.hidden_copies,
            faults: fixture.faults.clone(),
            ..Setting::of(fixture.world.contract().clone())
        },
        calls: calls
            .map(|(number, run)| call(fixture, number, run, &histories[run.place]))
            .collect(),
        carried: arrivals()
            .map(|(number, _, arrival)| (arrival.seq, number.to_string()))
            .collect(),
        outlived: arrivals()
            .filter(|(_, epoch, arrival)| outlived_key(fixture, epoch, arrival))
            .map(|(.., arrival)| arrival.seq)
            .collect(),
        log,
        histories: fixture
            .places
            .iter()
            .zip(histories)
            .map(|(place, history)| ((place.kind, place.id.clone()), history))
            .collect(),
    }
}

/// A run as the judge takes it: one that takes a write up is a call of its own.
fn call(fixture: &Fixture, number: usize, run: &Run, history: &[Version]) -> Call {
    let place = &fixture.places[run.place];
    let since = run
        .resumed
        .map_or(run.started, |epoch| fixture.transcript.epochs[epoch].since);
    let from = history.iter().take_while(|version| version.at_ms < since).count() as u64;
    let sent = |epoch: usize| sent(epoch, &fixture.transcript.epochs[epoch], history);
    let mut call = Call::new(&format!("edit {number}"), place.kind, &place.id, from, run.policy);
    call.claimed = Some(run.belief);
    call.taken_up = run.resumed.map(sent);
    let wants = run.wanted.iter().map(|wanted| Want {
        values: values(wanted),
        view: None,
    });
    call.wants = wants.collect();
    let attempts = run.attempts.iter();
    let attempts = attempts.map(|(epoch, seq, heard)| Attempt::of(epoch.map(sent), heard.clone(), *seq));
    call.attempts = attempts.collect();
    let how = match (run.resumed, run.look_only) {
        (None, _) => How::Edit,
        (_, true) => How::Look,
        (_, false) => How::Finish,
    };
    let report = |(at, ended): &(u64, Ended)| {
        let upto = history.iter().take_while(|version| version.at_ms <= *at).count() as u64;
        Report::of(how, ended.claim.clone(), 0..run.attempts.len(), upto, &ended.words)
    };
    call.reports = run.ended.iter().map(report).collect();
    call
}

fn sent(number: usize, epoch: &Epoch, history: &[Version]) -> Sent {
    let seen = history.iter().find(|version| version.etag == epoch.seen_etag);
    let held = |field: &str| Some((field.to_owned(), value(seen?, field)?));
    Sent {
        if_match: epoch.request.header("if-match").unwrap_or_default(),
        key: epoch.request.header("idempotency-key"),
        digest: number.to_string(),
        values: values(&epoch.wanted),
        seen: Some(View {
            etag: epoch.seen_etag.clone(),
            values: epoch.wanted.iter().filter_map(|(field, _)| held(field)).collect(),
        }),
    }
}

fn values(wanted: &[(&'static str, &'static str)]) -> Values {
    wanted
        .iter()
        .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
        .collect()
}

/// Whether a copy was on its way for longer than its key is remembered, and for longer than its call. Where the etag stops
/// it, that is no matter.
fn outlived_key(fixture: &Fixture, epoch: &Epoch, arrival: &Arrival) -> bool {
    let truth = &fixture.setting.truth;
    let hidden = epoch.wanted.iter().any(|(name, _)| is_write_only(name));
    let etag_stops = truth.counts && (!hidden || truth.covers_write_only);
    let forgotten = truth.retention_ms.is_some_and(|kept| arrival.at - epoch.since >= kept);
    truth.keys == Keys::First && !etag_stops && forgotten && !arrival.in_time
}

fn says_no_more(run: &Run, ended: &Ended) -> Result<(), Alarm> {
    if ended.words.contains(SECRET_MARKER) {
        return Err(Alarm::new(Check::Leaked, ended.words.clone()));
    }
    if ended.requests != run.requests && !run.misled {
        let text = format!("{} requests were counted, {} were sent", ended.requests, run.requests);
        return Err(Alarm::new(Check::Endless, text));
    }
    Ok(())
}

/// Indeterminate is an end only after a write whose end nobody knows, with its token.
fn has_cause(fixture: &Fixture, run: &Run, at: u64, may_still_land: bool, ended: &Ended) -> Result<(), Alarm> {
    let last = run.epochs.last().map(|epoch| &fixture.transcript.epochs[*epoch]);
    let arrivals = || last.iter().flat_map(|last| &last.arrivals);
    let is_later = |arrival: &&Arrival| arrival.at > at && landed(&arrival.effect);
    let outlived = |arrival: &Arrival| last.is_some_and(|last| outlived_key(fixture, last, arrival));
    if let (false, Some(arrival)) = (may_still_land, arrivals().filter(is_later).find(|late| !outlived(late))) {
        let text = format!("request {} landed after the end", arrival.seq);
        return Err(Alarm::new(Check::LandedLater, text));
    }
    if !last
        .zip(ended.token.as_ref())
        .is_some_and(|(last, token)| last.token.is_of_same_write(token))
    {
        return Err(Alarm::new(Check::Unguarded, "an indeterminate end with another token"));
    }
    let answered = arrivals().next().is_some();
    let doubtful = run.in_doubt || run.misled || run.resumed.is_some() || (run.belief.hidden_retries && answered);
    match doubtful {
        true => Ok(()),
        false => Err(Alarm::new(Check::Causeless, "every answer was definite")),
    }
}

/// Whether what an end says of each field is so.
fn reports(fixture: &Fixture, run: &Run, ended: &Ended, history: &[Version]) -> Result<(), Alarm> {
    let at = |etag: Option<&str>| history.iter().find(|version| Some(version.etag.as_str()) == etag);
    let base = run
        .resumed
        .is_none()
        .then_some(run.asked_etag.as_deref().or(run.seen_etag.as_deref()));
    let all = match (&run.wanted, run.resumed) {
        (Some(wanted), _) => &wanted[..],
        (None, Some(epoch)) => &fixture.transcript.epochs[epoch].wanted,
        (None, None) => &[],
    };
    for report in &ended.fields {
        let name = report.field.name;
        let ours = all
            .iter()
            .find(|(wanted, _)| *wanted == name)
            .map(|(_, value)| (*value).to_owned())
            .filter(|_| !report.field.is_secret());
        let shows = |etag: Option<&str>, told: &Option<String>| match (at(etag), is_write_only(name)) {
            (_, true) => told.is_none(),
            (None, false) => true,
            (Some(version), false) => told
                .as_ref()
                .is_none_or(|told| value(version, name) == Some(as_kept(name, told))),
        };
        let [base_told, ours_told, theirs_told] =
            [&report.base, &report.ours, &report.theirs].map(|side| side.clone().value());
        let state = match (&base_told, &ours, &theirs_told) {
            (_, Some(ours), Some(theirs)) if ours == theirs => Some(FieldState::Done),
            (Some(base), _, Some(theirs)) if base == theirs => Some(FieldState::Free),
            (_, _, Some(_)) => Some(FieldState::Conflicting),
            (_, _, None) => report.state.map(|_| FieldState::Unseen),
        };
        let is_so = ours_told == ours
            && report.state == state
            && shows(ended.theirs.as_deref(), &theirs_told)
            && base.is_none_or(|base| shows(base, &base_told));
        if !is_so {
            return Err(Alarm::new(
                Check::FalseReport,
                format!("{report:?}, expected {state:?}"),
            ));
        }
    }
    Ok(())
}
