//! What is done otherwise under a [`Defect`]. Without one, nothing here has any effect.

use super::asked::{Asked, Key, New, Outcome, Write};
use super::{Due, World};
use crate::defect::Defect;
use crate::log::Effect;
use crate::operation::Ends;
use crate::refusal::Refusal;
use crate::resource::{Author, Moment};
use akua_model::ResourceKind as Kind;

impl World {
    /// Breaks a promise from now on, until [`reset`](Self::reset).
    pub fn break_promise(&mut self, defect: Defect) {
        self.defects.insert(defect);
    }

    fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }

    /// Whether a defect shows this time.
    fn shows(&mut self, defect: Defect, percent: u8) -> bool {
        self.has(defect) && self.rng.chance(percent)
    }

    /// How old the version is that a read is to show.
    pub(super) fn staleness(&mut self) -> Option<usize> {
        self.shows(Defect::StaleReads, 50)
            .then(|| if self.rng.chance(50) { 1 } else { 2 })
    }

    /// The key as it is understood.
    pub(super) fn understood(&self, mut key: Key) -> Key {
        if self.has(Defect::KeysCollide) {
            key.place.1 = key.place.1.chars().take(1).collect();
            key.request.clear();
        }
        key
    }

    /// Whether a key that is to be kept is not.
    pub(super) fn forgets(&mut self) -> bool {
        self.shows(Defect::KeyForgotten, 66)
    }

    /// Keeps the key of a write as if it were done, and fails.
    pub(super) fn fails_after_key(&mut self, write: &Write<'_>) -> Option<Outcome> {
        let key = write.key.clone()?;
        if !self.shows(Defect::KeyNotAtomic, 25) {
            return None;
        }
        let resource = self.store.find(write.kind, write.id)?;
        let answer = self.shown(resource);
        self.keep(write.seq, key, &Ok((Effect::default(), answer)));
        Some(Err(Refusal::bare(500)))
    }

    /// The etag that a write is compared with in place of the current one.
    pub(super) fn compared_with(&mut self, kind: Kind, id: &str, if_match: &str) -> Option<String> {
        let resource = self.store.find(kind, id)?;
        let before = resource.version_back(1).etag.clone();
        let is_current = resource.current().etag == if_match;
        let accepted = self.has(Defect::CompareNotAtomic) && before == if_match;
        let refused = is_current && before != if_match && self.shows(Defect::WrongEtagNamed, 50);
        (accepted || refused).then_some(before)
    }

    /// Does a write that has passed the comparison, if it is to be done otherwise than promised. Changes it, if it
    /// is another one that is to be done.
    pub(super) fn committed_otherwise(&mut self, write: &mut Write<'_>) -> Option<Outcome> {
        let author = Author::Request { seq: write.seq };
        if self.has(Defect::PartialWrite) {
            write.change.keep_one();
        }
        if self.shows(Defect::AnswerBeforeCommit, 33) {
            let mut resource = self.store.find(write.kind, write.id)?.clone();
            let at = Moment {
                at_ms: self.now,
                unix: super::unix(&self.setup, self.now),
                author,
                contract: &self.contract,
            };
            resource.commit(write.change.clone(), at);
            return Some(Ok((Effect::default(), self.shown(&resource))));
        }
        if self.shows(Defect::WrittenTwice, 25) {
            self.commit(write.kind, write.id, write.change.clone(), author.clone());
        }
        if self.shows(Defect::LostAfterAnswer, 25) {
            let version = self.store.find(write.kind, write.id)?.current().version;
            let due = Due::RollBack(write.kind, write.id.to_owned(), version);
            self.schedule(self.now.saturating_add(5), due);
        }
        if self.shows(Defect::ConflictAfterWrite, 33) {
            let effect = self.commit(write.kind, write.id, write.change.clone(), author)?;
            let etag = self.store.find(write.kind, write.id)?.current().etag.clone();
            return Some(Ok((
                effect,
                Refusal::aborted(&etag, &self.contract).answer(&self.contract),
            )));
        }
        None
    }

    /// Accepts a launch that may be accepted, if that is to be done otherwise than promised.
    pub(super) fn launched_otherwise(&mut self, asked: &Asked<'_>, ends: &Ends) -> Option<Outcome> {
        let author = Author::Request { seq: asked.seq };
        if self.shows(Defect::AnswerBeforeCommit, 33) {
            return Some(self.never_done(asked.seq, |world| {
                let acceptance = world.started(asked.launch, asked.id, author, ends.clone());
                world.accepted(acceptance.ok_or_else(Refusal::not_found)?)
            }));
        }
        if self.shows(Defect::WrittenTwice, 25) {
            self.started(asked.launch, asked.id, author.clone(), ends.clone());
        }
        if self.shows(Defect::ConflictAfterWrite, 33) {
            let acceptance = self.started(asked.launch, asked.id, author, ends.clone())?;
            let etag = acceptance.etag.clone().unwrap_or_default();
            let answer = Refusal::aborted(&etag, &self.contract).answer(&self.contract);
            return Some(Ok((Effect::Accepted(Box::new(acceptance)), answer)));
        }
        None
    }

    /// Does a create that may be done, if that is to be done otherwise than promised.
    pub(super) fn made_otherwise(&mut self, seq: u64, new: &New) -> Option<Outcome> {
        if self.shows(Defect::AnswerBeforeCommit, 33) {
            return Some(self.never_done(seq, |world| {
                let creation = world.made(new.clone());
                world.created(creation)
            }));
        }
        if self.shows(Defect::WrittenTwice, 25) {
            self.made(new.clone());
        }
        if self.shows(Defect::ConflictAfterWrite, 33) {
            let creation = self.made(new.clone());
            let answer = Refusal::taken("name", &creation.etag, &self.contract).answer(&self.contract);
            return Some(Ok((Effect::Created(Box::new(creation)), answer)));
        }
        None
    }

    /// Gives the version that was just made another etag than it should have.
    pub(super) fn restamp(&mut self, kind: Kind, id: &str) {
        let not_moved = self.shows(Defect::EtagNotMoved, 40);
        let reused = self.has(Defect::EtagsReused);
        let Some(resource) = self.store.find_mut(kind, id) else {
            return;
        };
        if not_moved {
            let before = resource.version_back(1).etag.clone();
            resource.restamp(before);
        }
        if reused {
            let turn = resource.current().version % 3;
            resource.restamp(format!("turn-{turn}"));
        }
    }
}
