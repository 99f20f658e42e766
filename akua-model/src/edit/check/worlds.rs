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
use stateright::Model;

use super::breach::Ended;
use super::domain::{LONG, Truth};
use super::explore::show;
use super::model::World;
use super::setting::{Setting, claiming, documented, policy};
use super::state::State;
use super::steps::{Gate, Reading, Step};
use super::story;
use super::sweep::letters;
use crate::edit::event::{Event, ReadEnd, Version, WriteEnd};

/// How many more foreign writes worlds get than runs.
const MORE: u8 = 2;

/// Different worlds, each by its digest. Of those that differ only in how many foreign writes are left, the one with
/// the most stands for all: whatever may happen in the others may happen there.
#[derive(Clone, Debug, Default)]
struct Worlds(BTreeMap<u64, Possible>);

impl Worlds {
    fn add(&mut self, possible: Possible) {
        let left = possible.state.foreign_left;
        match self.0.entry(possible.digest()) {
            Entry::Vacant(entry) => {
                entry.insert(possible);
            }
            Entry::Occupied(mut entry) if entry.get().state.foreign_left < left => {
                entry.insert(possible);
            }
            Entry::Occupied(_) => {}
        }
    }

    fn digest(&self) -> u64 {
        let known = self
            .0
            .iter()
            .map(|(digest, possible)| (digest, possible.state.foreign_left));
        digest(&known.collect::<Vec<_>>())
    }

    fn any(&self, is: impl Fn(&Possible) -> bool) -> bool {
        self.0.values().any(is)
    }
}

impl FromIterator<Possible> for Worlds {
    fn from_iter<I: IntoIterator<Item = Possible>>(all: I) -> Self {
        let mut worlds = Self::default();
        all.into_iter().for_each(|possible| worlds.add(possible));
        worlds
    }
}

/// One world that explains what was told, and the etags that it has shown so far.
#[derive(Clone, Debug)]
struct Possible {
    state: State,
    shown: SmallVec<[u8; 16]>,
    /// Whether a read may yet show a version from long before the call.
    may_be_older: bool,
}

impl Possible {
    /// Whether it also is one of the runs that are judged.
    fn is_run(&self) -> bool {
        self.state.foreign_left >= MORE
    }

    /// Of everything but how many foreign writes are left.
    fn digest(&self) -> u64 {
        let mut hasher = AHasher::default();
        self.state.hash_all_but_foreign_left(&mut hasher);
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
struct Judged {
    /// Different states of knowledge of a client.
    known: usize,
    /// How many of them ended indeterminate.
    ends: usize,
    /// What was told when somebody could have known.
    knowable: Option<String>,
}

/// Judges every indeterminate end of the settings, and shows how many there were and what somebody could have known.
pub(super) fn explain<'a>(settings: impl IntoIterator<Item = (&'a str, Setting)>) {
    let mut sum = Judged::default();
    for (name, setting) in settings {
        let judged = judge(&setting);
        show(&format!(
            "{:>8} states of knowledge, {:>8} indeterminate ends  {name}: {}",
            judged.known,
            judged.ends,
            letters(&setting.belief)
        ));
        sum.known += judged.known;
        sum.ends += judged.ends;
        if let Some(told) = judged.knowable {
            let words = format!("{setting:?}\n{told}");
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
}

/// A client that believes less than is true says "nobody could know" where somebody could: so this can fail.
pub(super) fn can_be_told() {
    let truth = claiming(documented(), |contract| {
        contract.key_checked_before_if_match = true;
        contract.key_retention = LONG;
    });
    let setting = Setting {
        truth: Truth::of(truth),
        policy: policy(2, 1),
        ..Setting::new(documented())
    };
    assert!(judge(&setting).knowable.is_some());
}

/// Judges every indeterminate end of `setting`. Versions from long ago explain more and take longer: they are looked at
/// where somebody could have known without them.
fn judge(setting: &Setting) -> Judged {
    let judged = judge_with(setting, false);
    if judged.knowable.is_none() {
        return judged;
    }
    judge_with(setting, true)
}

fn judge_with(setting: &Setting, long_ago: bool) -> Judged {
    let mut setting = setting.clone();
    setting.foreign += MORE;
    let world = World::remembering(setting);
    let mut judge = Judge {
        world: &world,
        visited: BTreeSet::new(),
        told: Vec::new(),
        judged: Judged::default(),
    };
    let start = world.init_states().into_iter().map(|state| {
        let mut possible = Possible {
            shown: SmallVec::new(),
            state,
            may_be_older: long_ago,
        };
        let base = possible.state.client.as_ref().and_then(|client| client.base().cloned());
        if let Some(base) = &base {
            possible.name(base.etag);
        }
        (digest(&base.map(|base| base.values)), possible)
    });
    let mut starts: BTreeMap<u64, Worlds> = BTreeMap::new();
    for (known, possible) in start {
        starts.entry(known).or_default().add(possible);
    }
    for worlds in starts.into_values() {
        judge.follow(worlds);
    }
    judge.judged
}

struct Judge<'a> {
    world: &'a World,
    visited: BTreeSet<u64>,
    /// What was told on the way here, in words.
    told: Vec<String>,
    judged: Judged,
}

impl Judge<'_> {
    /// Follows everything that the client may be told next in any of these worlds that is a run.
    fn follow(&mut self, worlds: Worlds) {
        if self.judged.knowable.is_some() || !self.visited.insert(worlds.digest()) {
            return;
        }
        self.judged.known += 1;
        let mut next: BTreeMap<u64, (String, Worlds)> = BTreeMap::new();
        for possible in self.unnoticed(worlds) {
            for (before, step) in self.telling_ways(&possible) {
                let mut after = Possible::clone(&before);
                let Some(notice) = self.notice(&mut after, step) else {
                    continue;
                };
                let words = || story::happening(&before.state, &after.state, step);
                let (_, worlds) = next
                    .entry(digest(&notice))
                    .or_insert_with(|| (words(), Worlds::default()));
                worlds.add(after);
            }
        }
        for (words, worlds) in next.into_values() {
            if !worlds.any(Possible::is_run) {
                continue;
            }
            self.told.push(words);
            match worlds.0.values().next().map(|possible| &possible.state.end) {
                Some(None) => self.follow(worlds),
                Some(Some(Ended::Indeterminate { may_still_land })) => {
                    let may_still_land = *may_still_land;
                    self.end(worlds, may_still_land);
                }
                _ => {}
            }
            self.told.pop();
        }
    }

    /// What the client may be told next, and the worlds in which it is. A read may show one version from long ago, of
    /// which nobody knew before: that takes a foreign write too.
    fn telling_ways<'p>(&self, possible: &'p Possible) -> Vec<(Cow<'p, Possible>, Step)> {
        let mut steps = Vec::new();
        self.world.ways(&possible.state, &mut steps);
        let reads = steps.contains(&Step::Read(Reading::Lost));
        let told = steps.into_iter().filter(|step| telling(*step));
        let mut ways: Vec<_> = told.map(|step| (Cow::Borrowed(possible), step)).collect();
        let setting = &self.world.setting;
        if reads
            && possible.may_be_older
            && possible.state.foreign_left > 0
            && !setting.truth.contract.reads_linearizable
        {
            for values in setting.contents() {
                let mut older = possible.clone();
                older.may_be_older = false;
                older.state.foreign_left -= 1;
                if let Some(index) = older.state.server.had_long_ago(values, &setting.truth) {
                    for omits in setting.omissions() {
                        let stale = Reading::Stale { index, omits: *omits };
                        ways.push((Cow::Owned(older.clone()), Step::Read(stale)));
                    }
                }
            }
        }
        ways
    }

    /// What the client notices of a step; it is told and acts on it.
    fn notice(&self, possible: &mut Possible, step: Step) -> Option<Notice> {
        let happened = self.world.happen(&mut possible.state, step);
        possible.state.forget_what_only_promises_need();
        let Some(event) = happened else {
            return match step {
                Step::Send => Some(Notice::Sent),
                Step::Tick => Some(Notice::Tick),
                _ => None,
            };
        };
        let told = rename(event.clone(), possible);
        self.world.tell(&mut possible.state, event);
        possible.state.forget_what_only_promises_need();
        Some(Notice::Told(told))
    }

    /// All worlds that may come of these before the client notices anything. Those with the most foreign writes left
    /// come first, so that each is met in its best form.
    fn unnoticed(&self, worlds: Worlds) -> Vec<Possible> {
        let most = usize::from(self.world.setting.foreign);
        let mut open: Vec<Vec<_>> = vec![Vec::new(); most + 1];
        for (digest, possible) in worlds.0 {
            open[usize::from(possible.state.foreign_left)].push((digest, possible));
        }
        let (mut met, mut all, mut steps) = (BTreeSet::new(), Vec::new(), Vec::new());
        for left in (0..=most).rev() {
            while let Some((digest, possible)) = open[left].pop() {
                if !met.insert(digest) {
                    continue;
                }
                steps.clear();
                self.world.ways(&possible.state, &mut steps);
                let over = possible.state.end.is_some();
                for step in steps.iter().filter(|step| goes_unnoticed(**step, over)) {
                    let mut after = possible.clone();
                    self.world.happen(&mut after.state, *step);
                    after.state.forget_what_only_promises_need();
                    let digest = after.digest();
                    if !met.contains(&digest) {
                        open[usize::from(after.state.foreign_left)].push((digest, after));
                    }
                }
                all.push(possible);
            }
        }
        all
    }

    fn end(&mut self, worlds: Worlds, may_still_land: bool) {
        self.judged.ends += 1;
        let has_landed = |possible: &Possible| possible.state.has_landed();
        let not = worlds.any(|possible| !has_landed(possible));
        let already = worlds.any(has_landed);
        let later = may_still_land && !already && {
            let open = worlds.0.into_values().filter(|possible| !has_landed(possible));
            self.unnoticed(open.collect()).iter().any(has_landed)
        };
        if !not || !(already || later) {
            let what = if not {
                "it took effect"
            } else {
                "it did not take effect"
            };
            let told = self.told.join("\n   ");
            self.judged.knowable = Some(format!(
                "   {told}\n   KNOWABLE: in no world that explains this, {what}.\n"
            ));
        }
    }
}

/// The steps of which a client notices nothing, or nothing any more.
fn goes_unnoticed(step: Step, over: bool) -> bool {
    match step {
        Step::Foreign(_) | Step::Arrive { .. } | Step::Repeat(_) | Step::Forget(_) => true,
        Step::Tick => over,
        _ => false,
    }
}

/// The steps by which a client is told something here: those that differ only in the reason that is given are left
/// out.
fn telling(step: Step) -> bool {
    match step {
        Step::Stopped(gate) => matches!(gate, Gate::Refused | Gate::Conflict | Gate::Broken),
        Step::Read(reading) => matches!(
            reading,
            Reading::Current { .. } | Reading::Stale { .. } | Reading::Refused | Reading::Lost
        ),
        Step::Foreign(_) | Step::Arrive { .. } | Step::Repeat(_) | Step::Forget(_) | Step::Cancel => false,
        _ => true,
    }
}

fn rename(event: Event<u8, u8>, possible: &mut Possible) -> Event<u8, u8> {
    let version = |possible: &mut Possible, version: Version<u8, u8>| Version {
        etag: possible.name(version.etag),
        ..version
    };
    match event {
        Event::Read(ReadEnd::Found(found)) => Event::Read(ReadEnd::Found(version(possible, found))),
        Event::Write(WriteEnd::Acknowledged { version: found, whole }) => {
            let version = version(possible, found);
            Event::Write(WriteEnd::Acknowledged { version, whole })
        }
        Event::Write(WriteEnd::Conflict(Some(etag))) => Event::Write(WriteEnd::Conflict(Some(possible.name(etag)))),
        other => other,
    }
}
