//! "Nobody could know" is only said if it is true: whenever an edit ends indeterminate, two worlds explain everything
//! that the client was told, one where the write took effect and one where it did not.
//!
//! This follows what the client is told, step by step, together with *all* worlds in which it would have been told just
//! that. Worlds may have two more foreign writes than the runs whose ends are judged: somebody may always have done
//! more than is needed to explain it. Etags are opaque to a client, so worlds may differ in what an etag is, but not in
//! which of those that were shown are the same.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::hash::{Hash, Hasher};

use ahash::AHasher;
use smallvec::SmallVec;

use super::breach::Ended;
use super::explore::show;
use crate::edit::event::{Event, ReadEnd, Version, WriteEnd};

/// How many more foreign writes worlds get than runs.
pub(super) const MORE: u8 = 2;

/// What can be followed: a client and everything around it.
pub(super) trait Followed {
    type State: Clone;
    type Step: Copy;

    fn beginnings(&self) -> Vec<Self::State>;
    /// The version that the client begins with.
    fn base(state: &Self::State) -> Option<Version<u8, u8>>;
    fn ways(&self, state: &Self::State, steps: &mut Vec<Self::Step>);
    /// What happens, and what the client is told of it.
    fn happen(&self, state: &mut Self::State, step: Self::Step) -> Option<Event<u8, u8>>;
    fn tell(&self, state: &mut Self::State, event: Event<u8, u8>);
    /// Makes equal what only promises tell apart.
    fn forget(state: &mut Self::State);
    fn hash_all_but_foreign_left(state: &Self::State, hasher: &mut AHasher);
    fn foreign_left(state: &Self::State) -> u8;
    /// How many foreign writes there may be.
    fn foreign(&self) -> u8;
    /// Whether it also is one of the runs that are judged: those have fewer foreign writes left than worlds.
    fn is_run(state: &Self::State) -> bool {
        Self::foreign_left(state) >= MORE
    }

    fn end(state: &Self::State) -> Option<Ended>;
    fn has_landed(state: &Self::State) -> bool;
    fn means(step: Self::Step) -> Means;
    fn words(&self, before: &Self::State, after: &Self::State, step: Self::Step) -> String;

    /// What a read may show from long before the call, of which nobody knew before: that takes a foreign write too.
    fn long_ago(&self, _: &Self::State) -> Vec<(Self::State, Self::Step)> {
        Vec::new()
    }
}

/// What a step is to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// Something that it is told.
    Told,
    /// Its request leaves.
    Sent,
    /// Time passes.
    Tick,
    /// Something that happens without it.
    Unnoticed,
    /// The same as another step but for the reason that is given: left out.
    Alike,
}

/// Different worlds, each by its digest. Of those that differ only in how many foreign writes are left, the one with
/// the most stands for all: whatever may happen in the others may happen there.
struct Worlds<W: Followed>(BTreeMap<u64, Possible<W>>);

impl<W: Followed> Default for Worlds<W> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<W: Followed> Worlds<W> {
    fn add(&mut self, possible: Possible<W>) {
        let left = possible.foreign_left();
        match self.0.entry(possible.digest()) {
            Entry::Vacant(entry) => {
                entry.insert(possible);
            }
            Entry::Occupied(mut entry) if entry.get().foreign_left() < left => {
                entry.insert(possible);
            }
            Entry::Occupied(_) => {}
        }
    }

    fn digest(&self) -> u64 {
        let known = self
            .0
            .iter()
            .map(|(digest, possible)| (digest, possible.foreign_left()));
        digest(&known.collect::<Vec<_>>())
    }

    fn any(&self, is: impl Fn(&Possible<W>) -> bool) -> bool {
        self.0.values().any(is)
    }
}

impl<W: Followed> FromIterator<Possible<W>> for Worlds<W> {
    fn from_iter<I: IntoIterator<Item = Possible<W>>>(all: I) -> Self {
        let mut worlds = Self::default();
        all.into_iter().for_each(|possible| worlds.add(possible));
        worlds
    }
}

/// One world that explains what was told, and the etags that it has shown so far.
struct Possible<W: Followed> {
    state: W::State,
    shown: SmallVec<[u8; 16]>,
    /// Whether a read may yet show a version from long before the call.
    may_be_older: bool,
}

impl<W: Followed> Clone for Possible<W> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            shown: self.shown.clone(),
            may_be_older: self.may_be_older,
        }
    }
}

impl<W: Followed> Possible<W> {
    fn foreign_left(&self) -> u8 {
        W::foreign_left(&self.state)
    }

    fn has_landed(&self) -> bool {
        W::has_landed(&self.state)
    }

    /// Of everything but how many foreign writes are left.
    fn digest(&self) -> u64 {
        let mut hasher = AHasher::default();
        W::hash_all_but_foreign_left(&self.state, &mut hasher);
        (&self.shown, self.may_be_older).hash(&mut hasher);
        hasher.finish()
    }

    /// An etag as the client sees it: the first, second, … that it was shown.
    fn name(&mut self, etag: u8) -> u8 {
        let known = self.shown.iter().position(|shown| *shown == etag);
        let index = known.unwrap_or_else(|| {
            self.shown.push(etag);
            self.shown.len() - 1
        });
        u8::try_from(index).unwrap()
    }

    /// What the client is told, in names of its own.
    fn rename(&mut self, event: Event<u8, u8>) -> Event<u8, u8> {
        let mut version = |version: Version<u8, u8>| Version {
            etag: self.name(version.etag),
            ..version
        };
        match event {
            Event::Read(ReadEnd::Found(found)) => Event::Read(ReadEnd::Found(version(found))),
            Event::Write(WriteEnd::Acknowledged { version: found, whole }) => {
                let version = version(found);
                Event::Write(WriteEnd::Acknowledged { version, whole })
            }
            Event::Write(WriteEnd::Conflict(Some(etag))) => Event::Write(WriteEnd::Conflict(Some(self.name(etag)))),
            other => other,
        }
    }
}

fn digest(what: &impl Hash) -> u64 {
    let mut hasher = AHasher::default();
    what.hash(&mut hasher);
    hasher.finish()
}

/// What the client notices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Notice {
    Told(Event<u8, u8>),
    Sent,
    Tick,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Different states of knowledge of a client.
    known: usize,
    /// How many of them ended indeterminate.
    ends: usize,
    /// What was told when somebody could have known.
    pub(super) knowable: Option<String>,
}

/// Shows how many indeterminate ends were judged, under the name of each exploration, and what somebody could have known.
pub(super) fn explain(all: impl IntoIterator<Item = (String, Judged)>) {
    let mut sum = Judged::default();
    for (name, judged) in all {
        show(&format!(
            "{:>8} states of knowledge, {:>8} indeterminate ends  {name}",
            judged.known, judged.ends
        ));
        sum.known += judged.known;
        sum.ends += judged.ends;
        if let Some(told) = judged.knowable {
            let words = format!("{name}\n{told}");
            show(&words);
            sum.knowable.get_or_insert(words);
        }
    }
    show(&format!(
        "{} states of knowledge, {} indeterminate ends",
        sum.known, sum.ends
    ));
    if let Some(told) = sum.knowable {
        panic!("somebody could have known: {told}");
    }
    assert!(sum.ends > 0, "nothing ended indeterminate");
}

/// Judges every indeterminate end in this world, which has [`MORE`] foreign writes than runs. What its worlds do not
/// explain, those of `richer` may, of which there are many more.
pub(super) fn judge<W: Followed>(world: W, richer: Option<Around<W>>) -> Judged {
    let around = Around { world, long_ago: false };
    let mut judge = Judge {
        around: &around,
        richer: richer.as_ref(),
        visited: BTreeSet::new(),
        told: Vec::new(),
        judged: Judged::default(),
    };
    for (known, worlds) in around.starts() {
        judge.told.push(Told::new(known, String::new()));
        judge.follow(worlds);
        judge.told.pop();
    }
    judge.judged
}

/// A client and everything around it.
pub(super) struct Around<W> {
    pub(super) world: W,
    /// Whether a read may show a version from long before the call.
    pub(super) long_ago: bool,
}

/// What may be noticed next, by its digest: in words, and the worlds in which it is.
type Next<W> = BTreeMap<u64, (String, Worlds<W>)>;

impl<W: Followed> Around<W> {
    /// The worlds in which a call may begin, by what the client knows then.
    fn starts(&self) -> BTreeMap<u64, Worlds<W>> {
        let mut starts: BTreeMap<u64, Worlds<W>> = BTreeMap::new();
        for state in self.world.beginnings() {
            let mut possible = Possible {
                shown: SmallVec::new(),
                state,
                may_be_older: self.long_ago,
            };
            let base = W::base(&possible.state);
            if let Some(base) = &base {
                possible.name(base.etag);
            }
            let known = digest(&base.map(|base| base.values));
            starts.entry(known).or_default().add(possible);
        }
        starts
    }

    fn next(&self, worlds: Worlds<W>) -> Next<W> {
        let mut next = Next::new();
        for possible in self.unnoticed(worlds) {
            for (before, step) in self.telling_ways(&possible) {
                let mut after = Possible::clone(&before);
                let Some(notice) = self.notice(&mut after, step) else {
                    continue;
                };
                let words = || self.world.words(&before.state, &after.state, step);
                let (_, worlds) = next
                    .entry(digest(&notice))
                    .or_insert_with(|| (words(), Worlds::default()));
                worlds.add(after);
            }
        }
        next
    }

    /// What the client may be told next, and the worlds in which it is.
    fn telling_ways<'p>(&self, possible: &'p Possible<W>) -> Vec<(Cow<'p, Possible<W>>, W::Step)> {
        let mut steps = Vec::new();
        self.world.ways(&possible.state, &mut steps);
        let told = steps
            .into_iter()
            .filter(|step| !matches!(W::means(*step), Means::Unnoticed | Means::Alike));
        let mut ways: Vec<_> = told.map(|step| (Cow::Borrowed(possible), step)).collect();
        if possible.may_be_older {
            for (state, step) in self.world.long_ago(&possible.state) {
                let older = Possible {
                    state,
                    may_be_older: false,
                    ..possible.clone()
                };
                ways.push((Cow::Owned(older), step));
            }
        }
        ways
    }

    /// What the client notices of a step; it is told and acts on it.
    fn notice(&self, possible: &mut Possible<W>, step: W::Step) -> Option<Notice> {
        let happened = self.world.happen(&mut possible.state, step);
        W::forget(&mut possible.state);
        let Some(event) = happened else {
            return match W::means(step) {
                Means::Sent => Some(Notice::Sent),
                Means::Tick => Some(Notice::Tick),
                Means::Told | Means::Unnoticed | Means::Alike => None,
            };
        };
        let told = possible.rename(event.clone());
        self.world.tell(&mut possible.state, event);
        W::forget(&mut possible.state);
        Some(Notice::Told(told))
    }

    /// All worlds that may come of these before the client notices anything. Those with the most foreign writes left
    /// come first, so that each is met in its best form.
    fn unnoticed(&self, worlds: Worlds<W>) -> Vec<Possible<W>> {
        let most = usize::from(self.world.foreign());
        let mut open: Vec<Vec<_>> = vec![Vec::new(); most + 1];
        for (digest, possible) in worlds.0 {
            open[usize::from(possible.foreign_left())].push((digest, possible));
        }
        let (mut met, mut all, mut steps) = (BTreeSet::new(), Vec::new(), Vec::new());
        for left in (0..=most).rev() {
            while let Some((digest, possible)) = open[left].pop() {
                if !met.insert(digest) {
                    continue;
                }
                steps.clear();
                self.world.ways(&possible.state, &mut steps);
                let over = W::end(&possible.state).is_some();
                for step in &steps {
                    // Once the call is over, nobody notices that time passes.
                    let means = W::means(*step);
                    if means != Means::Unnoticed && !(means == Means::Tick && over) {
                        continue;
                    }
                    let mut after = possible.clone();
                    self.world.happen(&mut after.state, *step);
                    W::forget(&mut after.state);
                    let digest = after.digest();
                    if !met.contains(&digest) {
                        open[usize::from(after.foreign_left())].push((digest, after));
                    }
                }
                all.push(possible);
            }
        }
        all
    }

    /// What happened in none of these worlds, of an edit that ended so: nothing, if nobody could have known.
    fn missing(&self, worlds: Worlds<W>, may_still_land: bool) -> Option<&'static str> {
        if !worlds.any(|possible| !possible.has_landed()) {
            return Some("it did not take effect");
        }
        if worlds.any(Possible::has_landed) {
            return None;
        }
        let later = may_still_land && self.unnoticed(worlds).iter().any(Possible::has_landed);
        (!later).then_some("it took effect")
    }
}

/// What a client has noticed.
struct Told<W: Followed> {
    /// Its digest; first comes what the client knew at the beginning.
    notice: u64,
    words: String,
    /// What may come after it in the richer worlds, once that was asked for. What was gone on with is taken out.
    richer: Option<Next<W>>,
}

impl<W: Followed> Told<W> {
    fn new(notice: u64, words: String) -> Self {
        Self {
            notice,
            words,
            richer: None,
        }
    }
}

struct Judge<'a, W: Followed> {
    around: &'a Around<W>,
    richer: Option<&'a Around<W>>,
    visited: BTreeSet<u64>,
    /// What was noticed on the way here.
    told: Vec<Told<W>>,
    judged: Judged,
}

impl<W: Followed> Judge<'_, W> {
    /// Follows everything that the client may be told next in any of these worlds that is a run.
    fn follow(&mut self, worlds: Worlds<W>) {
        if self.judged.knowable.is_some() || !self.visited.insert(worlds.digest()) {
            return;
        }
        self.judged.known += 1;
        for (notice, (words, worlds)) in self.around.next(worlds) {
            if !worlds.any(|possible| W::is_run(&possible.state)) {
                continue;
            }
            self.told.push(Told::new(notice, words));
            match worlds.0.values().next().map(|possible| W::end(&possible.state)) {
                Some(None) => self.follow(worlds),
                Some(Some(Ended::Indeterminate { may_still_land })) => self.end(worlds, may_still_land),
                _ => {}
            }
            self.told.pop();
        }
    }

    fn end(&mut self, worlds: Worlds<W>, may_still_land: bool) {
        self.judged.ends += 1;
        let mut missing = self.around.missing(worlds, may_still_land);
        if let (Some(richer), Some(_)) = (self.richer, missing) {
            missing = richer.missing(self.in_richer(richer, self.told.len() - 1), may_still_land);
        }
        if let Some(missing) = missing {
            let told: Vec<_> = self.told[1..].iter().map(|told| told.words.as_str()).collect();
            self.judged.knowable = Some(format!(
                "   {}\n   KNOWABLE: in no world that explains this, {missing}.\n",
                told.join("\n   ")
            ));
        }
    }

    /// The richer worlds in which everything was noticed that was, up to this.
    fn in_richer(&mut self, richer: &Around<W>, last: usize) -> Worlds<W> {
        let notice = self.told[last].notice;
        if last == 0 {
            return richer.starts().remove(&notice).unwrap_or_default();
        }
        if self.told[last - 1].richer.is_none() {
            let worlds = self.in_richer(richer, last - 1);
            self.told[last - 1].richer = Some(richer.next(worlds));
        }
        let next = self.told[last - 1]
            .richer
            .as_mut()
            .and_then(|next| next.remove(&notice));
        next.map(|(_, worlds)| worlds).unwrap_or_default()
    }
}
