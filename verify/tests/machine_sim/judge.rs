//! The judge: compares what every edit said with what the simulator's record says happened.
//!
//! It knows nothing of how the machine decides. It looks only after everything has ended and everything late has
//! arrived, so "will never land" is no matter of belief.

use akua_model::edit::{FieldReport, FieldState, Proof};
use akua_sim::{Effect, Fingerprint, Version};

use crate::fixture::Fixture;
use crate::plan::Keys;
use crate::running::{Ended, Ending, SECRET_MARKER, Shown};
use crate::transcript::{Arrival, Breach, Epoch, Promise, Run};

/// The first promise that was broken.
pub(crate) fn judge(fixture: &mut Fixture) -> Result<(), Breach> {
    let histories: Vec<Vec<Version>> = (0..fixture.places.len())
        .map(|place| {
            let target = fixture.target(place);
            fixture.world.history(fixture.now, target.kind, &target.id).unwrap()
        })
        .collect();
    for epoch in &fixture.transcript.epochs {
        let judge = Judge::new(fixture, &histories[epoch.place]);
        judge.landings(epoch)?;
    }
    for run in &fixture.transcript.runs {
        let judge = Judge::new(fixture, &histories[run.place]);
        let Some((at, ended)) = &run.ended else { continue };
        judge.story(run, ended)?;
        judge.abandoned(run)?;
        judge.end(run, *at, ended)?;
    }
    Ok(())
}

struct Judge<'a> {
    fixture: &'a Fixture,
    /// Of the resource in question.
    history: &'a [Version],
}

impl<'a> Judge<'a> {
    fn new(fixture: &'a Fixture, history: &'a [Version]) -> Self {
        Self { fixture, history }
    }

    /// How often a write took effect, and what it replaced.
    fn landings(&self, epoch: &Epoch) -> Result<(), Breach> {
        let mut first: Option<&Arrival> = None;
        for arrival in &epoch.arrivals {
            let Effect::Applied { version, .. } = &arrival.effect else {
                continue;
            };
            let before = &self.history[usize::try_from(*version).unwrap() - 2];
            let made = &self.history[usize::try_from(*version).unwrap() - 1];
            self.overwrites_only_seen(epoch, before, made, arrival.seq)?;
            // Writing what is there already takes no effect, however often.
            if !changes(epoch, before, made) {
                continue;
            }
            if let Some(first) = first
                && self.stops_second(epoch, first, arrival)
            {
                let detail = format!("request {} landed, and its copy {} too", first.seq, arrival.seq);
                return Err(Breach::new(Promise::LandsOnce, detail));
            }
            first = first.or(Some(arrival));
        }
        Ok(())
    }

    /// Whether the server or the client has to stop a second copy after the first one. Where something on the way
    /// makes copies, a client can't.
    fn stops_second(&self, epoch: &Epoch, first: &Arrival, second: &Arrival) -> bool {
        let truth = &self.fixture.setting.truth;
        let kept = truth.retention_ms.is_none_or(|kept| second.at - first.at < kept);
        let by_key = truth.keys == Keys::First && epoch.request.header("idempotency-key").is_some() && kept;
        self.etag_stops(epoch) || by_key || !(truth.hidden_copies || self.outlived_key(epoch, second))
    }

    /// Whether the etag moves with this write and never comes back.
    fn etag_stops(&self, epoch: &Epoch) -> bool {
        let truth = &self.fixture.setting.truth;
        let hidden = epoch.wanted.iter().any(|(name, _)| is_write_only(name));
        truth.counts && (!hidden || truth.covers_write_only)
    }

    /// Whether a copy was on its way for longer than its key is remembered, and for longer than its call. What rests
    /// on keys holds only for copies that don't.
    fn outlived_key(&self, epoch: &Epoch, arrival: &Arrival) -> bool {
        let truth = &self.fixture.setting.truth;
        let forgotten = truth.retention_ms.is_some_and(|kept| arrival.at - epoch.since >= kept);
        truth.keys == Keys::First && !self.etag_stops(epoch) && forgotten && !arrival.in_time
    }

    fn overwrites_only_seen(&self, epoch: &Epoch, before: &Version, made: &Version, seq: u64) -> Result<(), Breach> {
        let seen = self.history.iter().find(|version| version.etag == epoch.seen_etag);
        for (name, wanted) in &epoch.wanted {
            // What nobody can see is protected by the etag alone.
            let protected =
                !is_write_only(name) || (self.fixture.setting.truth.covers_write_only && !epoch.overwrites_unseen);
            let as_seen = seen.is_some_and(|seen| value(seen, name) == value(before, name));
            if protected && !as_seen && value(before, name) != value(made, name) {
                let detail = format!(
                    "request {seq} set {name} to {wanted}; it was {:?} in version {} with etag {}, and the user had \
                     seen etag {}",
                    value(before, name),
                    before.version,
                    before.etag,
                    epoch.seen_etag,
                );
                return Err(Breach::new(Promise::OverwritesOnlySeen, detail));
            }
        }
        Ok(())
    }

    /// An epoch that was followed by another one had certainly failed.
    fn abandoned(&self, run: &Run) -> Result<(), Breach> {
        let before = run.epochs.split_last().map_or(&[][..], |(_, before)| before);
        match self.landings_of(before).next() {
            Some(arrival) => {
                let detail = format!(
                    "request {} landed, of an epoch that was followed by another",
                    arrival.seq
                );
                Err(Breach::new(Promise::LandsOnce, detail))
            }
            None => Ok(()),
        }
    }

    fn story(&self, run: &Run, ended: &Ended) -> Result<(), Breach> {
        if ended.words.contains(SECRET_MARKER) {
            return Err(Breach::new(Promise::KeepsSecrets, ended.words.clone()));
        }
        if ended.requests != run.requests && !run.misled {
            let detail = format!("{} requests were counted, {} were sent", ended.requests, run.requests);
            return Err(Breach::new(Promise::Ends, detail));
        }
        Ok(())
    }

    fn end(&self, run: &Run, at: u64, ended: &Ended) -> Result<(), Breach> {
        let landed = self.landings_of(&run.epochs).next();
        let none_landed = |promise| match landed {
            Some(arrival) => Err(Breach::new(promise, format!("request {} landed", arrival.seq))),
            None => Ok(()),
        };
        match &ended.ending {
            Ending::Applied { .. } => self.applied(run, at, &ended.ending),
            Ending::Unchanged(shown) => {
                none_landed(Promise::UnchangedIsTrue)?;
                self.unchanged(run, at, shown)
            }
            Ending::Conflict { fields, theirs } => {
                none_landed(Promise::NotAppliedNeverLands)?;
                self.report(run, fields, theirs.as_ref().map(|theirs| theirs.etag.as_str()))
            }
            Ending::Ignored { etag, fields, .. } => {
                self.ignored(run, at)?;
                self.report(run, fields, Some(etag))
            }
            Ending::Rejected { .. } | Ending::NotSent(_) => none_landed(Promise::NotAppliedNeverLands),
            Ending::Indeterminate {
                may_still_land,
                token,
                fields,
                ..
            } => {
                let later = self.landings_of(&run.epochs).find(|arrival| arrival.at > at);
                if let (false, Some(arrival)) = (may_still_land, later) {
                    let detail = format!("request {} landed after the end", arrival.seq);
                    return Err(Breach::new(Promise::LandsNoMore, detail));
                }
                let last = run.epochs.last().map(|epoch| &self.fixture.transcript.epochs[*epoch]);
                if !last.is_some_and(|last| last.token.is_of_same_write(token)) {
                    return Err(Breach::new(
                        Promise::TokenFirst,
                        "an indeterminate end with another token",
                    ));
                }
                let answered = last.is_some_and(|last| !last.arrivals.is_empty());
                let doubtful =
                    run.in_doubt || run.misled || run.resumed.is_some() || (run.belief.hidden_retries && answered);
                if !doubtful {
                    return Err(Breach::new(Promise::IndeterminateHasCause, "every answer was definite"));
                }
                self.report(run, fields, None)
            }
        }
    }

    /// The landings of a run's epochs that it answers for.
    fn landings_of(&self, epochs: &'a [usize]) -> impl Iterator<Item = &'a Arrival> {
        let epochs = epochs.iter().map(|epoch| &self.fixture.transcript.epochs[*epoch]);
        epochs.flat_map(move |epoch| {
            let landed = epoch.arrivals.iter().filter(|arrival| arrival.landed());
            landed.filter(move |arrival| !self.outlived_key(epoch, arrival))
        })
    }

    /// It was answered 200, and no value has changed by it, then or later.
    fn ignored(&self, run: &Run, at: u64) -> Result<(), Breach> {
        let epochs = || run.epochs.iter().map(|epoch| &self.fixture.transcript.epochs[*epoch]);
        for (epoch, arrival) in epochs().flat_map(|epoch| epoch.arrivals.iter().map(move |arrival| (epoch, arrival))) {
            let Effect::Applied { version, .. } = &arrival.effect else {
                continue;
            };
            let made = usize::try_from(*version).unwrap() - 1;
            if changes(epoch, &self.history[made - 1], &self.history[made]) && !self.outlived_key(epoch, arrival) {
                let detail = format!("request {} landed, which is said to be ignored", arrival.seq);
                return Err(Breach::new(Promise::NotAppliedNeverLands, detail));
            }
        }
        let mut arrivals = epochs().flat_map(|epoch| &epoch.arrivals);
        match arrivals.any(|arrival| arrival.at <= at && arrival.status == 200) {
            true => Ok(()),
            false => Err(Breach::new(Promise::NotAppliedNeverLands, "nothing was answered 200")),
        }
    }

    fn applied(&self, run: &Run, at: u64, ending: &Ending) -> Result<(), Breach> {
        let Ending::Applied {
            proof,
            etag,
            shown,
            adjusted,
            not_taken,
        } = ending
        else {
            return Ok(());
        };
        let epoch = run.epochs.last().map(|epoch| &self.fixture.transcript.epochs[*epoch]);
        let Some(epoch) = epoch else {
            return Err(Breach::new(Promise::AcknowledgedLanded, "without a write"));
        };
        if *proof == Proof::Acknowledged {
            let landed = |seq: u64| epoch.arrivals.iter().any(|first| first.seq == seq && first.landed());
            let accepted = epoch.arrivals.iter().any(|arrival| {
                let replays = matches!(arrival.effect, Effect::Replayed { of } if landed(of));
                arrival.at <= at && (arrival.landed() || replays)
            });
            if !accepted {
                return Err(Breach::new(Promise::AcknowledgedLanded, "no write was accepted"));
            }
        } else if epoch.wanted.iter().any(|(name, _)| is_write_only(name)) {
            return Err(Breach::new(
                Promise::AppliedWasInEffect,
                "what can't be read was observed",
            ));
        }
        let since = run
            .resumed
            .map_or(run.started, |epoch| self.fixture.transcript.epochs[epoch].since);
        // A replay may show the resource as it is now, with somebody else's change in it; and where an answer may be about
        // an older version, so may what it lists.
        let truth = &self.fixture.setting.truth;
        let any_etag = *proof == Proof::Acknowledged && (truth.replays_current || truth.answers_late);
        let listed = |name: &str| {
            adjusted
                .iter()
                .chain(not_taken)
                .find(|report| report.field.name == name)
        };
        let stands = |version: &Version, name: &str, wanted: &str| match listed(name) {
            Some(_) if any_etag => true,
            Some(report) => value(version, name) == report.theirs.clone().value(),
            // What an answer leaves out is stored as the server stores it.
            None if shown.is_none() && truth.lowercases => {
                has(version, name, wanted) || has(version, name, &wanted.to_lowercase())
            }
            None => has(version, name, wanted),
        };
        let in_effect = self.during(since, at).any(|version| {
            (any_etag || version.etag == *etag)
                && epoch.wanted.iter().all(|(name, wanted)| stands(version, name, wanted))
        });
        if in_effect {
            self.lists(epoch, *proof, adjusted, not_taken)
        } else {
            let detail = format!(
                "{:?} never were in effect with etag {etag} since {since} ms",
                epoch.wanted
            );
            Err(Breach::new(Promise::AppliedWasInEffect, detail))
        }
    }

    /// Adjusted is what is neither as wanted nor as before, not taken what is as before.
    fn lists(
        &self,
        epoch: &Epoch,
        proof: Proof,
        adjusted: &[FieldReport],
        not_taken: &[FieldReport],
    ) -> Result<(), Breach> {
        let guard = epoch.request.header("if-match");
        let guard = self
            .history
            .iter()
            .find(|version| Some(&version.etag) == guard.as_ref());
        let reports = adjusted.iter().map(|report| (report, true));
        for (report, is_adjusted) in reports.chain(not_taken.iter().map(|report| (report, false))) {
            let name = report.field.name;
            let wanted = epoch.wanted.iter().find(|(wanted, _)| *wanted == name);
            let before = guard.and_then(|guard| value(guard, name));
            let is_wanted = wanted.is_some_and(|(_, wanted)| report.theirs.as_deref() == Some(*wanted));
            let as_before = report.theirs.clone().value() == before;
            let holds = proof == Proof::Acknowledged
                && wanted.is_some()
                && !is_write_only(name)
                && !is_wanted
                && as_before != is_adjusted;
            if !holds {
                let detail = format!("{report:?}, called adjusted: {is_adjusted}, was {before:?}");
                return Err(Breach::new(Promise::ListsAreTrue, detail));
            }
        }
        Ok(())
    }

    fn unchanged(&self, run: &Run, at: u64, shown: &Shown) -> Result<(), Breach> {
        // A stale read shows what was so once; after a refusal of its own write a call must not believe one.
        let wrote = run
            .epochs
            .iter()
            .any(|epoch| !self.fixture.transcript.epochs[*epoch].arrivals.is_empty());
        let since = if self.fixture.setting.truth.stale_reads && !wrote {
            0
        } else {
            run.started
        };
        let wanted = run.wanted.as_deref().unwrap_or_default();
        let was_so = self.during(since, at).any(|version| {
            version.etag == shown.etag && wanted.iter().all(|(name, wanted)| has(version, name, wanted))
        });
        if was_so && !wanted.iter().any(|(name, _)| is_write_only(name)) {
            Ok(())
        } else {
            let detail = format!("{wanted:?} were not so at etag {}", shown.etag);
            Err(Breach::new(Promise::UnchangedIsTrue, detail))
        }
    }

    /// Whether what a report says of each field is so.
    fn report(&self, run: &Run, fields: &[FieldReport], theirs: Option<&str>) -> Result<(), Breach> {
        let at = |etag: Option<&str>| self.history.iter().find(|version| Some(version.etag.as_str()) == etag);
        let base = run
            .resumed
            .is_none()
            .then_some(run.asked_etag.as_deref().or(run.seen_etag.as_deref()));
        for report in fields {
            let name = report.field.name;
            let wanted = self.wanted(run).iter().find(|(wanted, _)| *wanted == name);
            let ours = wanted
                .map(|(_, value)| (*value).to_owned())
                .filter(|_| !report.field.is_secret());
            let [base_told, ours_told, theirs_told] =
                [&report.base, &report.ours, &report.theirs].map(|side| side.clone().value());
            let state = match (&base_told, &ours, &theirs_told) {
                (_, ours, Some(theirs)) if ours.as_ref() == Some(theirs) => Some(FieldState::Done),
                (Some(base), _, Some(theirs)) if base == theirs => Some(FieldState::Free),
                (_, _, Some(_)) => Some(FieldState::Conflicting),
                (_, _, None) => report.state.map(|_| FieldState::Unseen),
            };
            let shows = |etag: Option<&str>, told: &Option<String>| match (at(etag), is_write_only(name)) {
                (_, true) => told.is_none(),
                (None, false) => true,
                (Some(version), false) => told.as_ref().is_none_or(|told| has(version, name, told)),
            };
            let true_ = ours_told == ours
                && report.state == state
                && shows(theirs, &theirs_told)
                && base.is_none_or(|base| shows(base, &base_told));
            if !true_ {
                return Err(Breach::new(
                    Promise::ReportIsTrue,
                    format!("{report:?}, expected {state:?}"),
                ));
            }
        }
        Ok(())
    }

    fn wanted(&self, run: &'a Run) -> &'a [(&'static str, &'static str)] {
        match (&run.wanted, run.resumed) {
            (Some(wanted), _) => wanted,
            (None, Some(epoch)) => &self.fixture.transcript.epochs[epoch].wanted,
            (None, None) => &[],
        }
    }

    /// The versions that were current at some moment from `since` to `until`.
    fn during(&self, since: u64, until: u64) -> impl Iterator<Item = &'a Version> {
        let history = self.history;
        history.iter().enumerate().filter_map(move |(index, version)| {
            let ends = history.get(index + 1).map_or(u64::MAX, |next| next.at_ms);
            (version.at_ms <= until && ends >= since && !version.deleted).then_some(version)
        })
    }
}

/// Whether a landing has changed a wanted field.
fn changes(epoch: &Epoch, before: &Version, made: &Version) -> bool {
    let changed = |(name, _): &(&'static str, &'static str)| value(before, name) != value(made, name);
    epoch.wanted.iter().any(changed)
}

fn is_write_only(name: &str) -> bool {
    matches!(name, "region_id" | "kubeconfig")
}

/// What a version holds in a field, as text; a kubeconfig as its digest.
fn value(version: &Version, name: &str) -> Option<String> {
    match name {
        "region_id" => version.region_id.clone(),
        "kubeconfig" => version.kubeconfig.as_ref().map(|print| print.sha256.clone()),
        _ => version.fields.get(name)?.as_str().map(str::to_owned),
    }
}

fn has(version: &Version, name: &str, wanted: &str) -> bool {
    let wanted = match name {
        "kubeconfig" => Fingerprint::of(wanted.as_bytes()).sha256,
        _ => wanted.to_owned(),
    };
    value(version, name) == Some(wanted)
}
