//! The server: one resource with all its past, and the keys it remembers. It knows nothing of the machine's rules.

use super::domain::{Etags, FIELDS, Few, KUBECONFIG, NAME, NONE, OLD, OURS, THIRD, Truth};
use super::network::Request;
use super::setting::Setting;

/// The etag of a version from long before the call, where etags are counted.
const LONG_AGO: u8 = 0;

/// The resource at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) etag: u8,
    pub(super) values: [u8; 3],
}

/// A key that is remembered, with the request that it came with and how that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Remembered {
    pub(super) key: u8,
    pub(super) epoch: u8,
    /// When it was first sent.
    pub(super) since: i16,
    pub(super) answer: Answer,
}

/// How the server ends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    /// 200 with this version.
    Ok(Moment),
    /// 409, while this was the etag.
    Conflict(u8),
    /// 409 because the key belongs to another request.
    KeyTaken,
    /// 404.
    Gone,
}

/// What a server does with a write that it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Takes {
    /// All of it.
    All,
    /// Nothing, though it answers 200.
    Nothing,
    /// Nothing but the etag, which moves.
    NothingButMoves,
    /// Everything but the first field that can be read and would change.
    AllButOne,
    /// Another value of that field than the one that was sent.
    Another,
}

/// What a request did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) answer: Answer,
    /// What was there before, if the write landed.
    pub(super) before: Option<Moment>,
}

/// What somebody else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Foreign {
    Set(usize, u8),
    /// Back to what everything was at first.
    Reset,
    /// Exactly what the client wants.
    SetOurs,
    /// The server's own doing: the etag moves, nothing else.
    Reconcile,
    Delete,
    /// A backup of this moment is put back.
    Restore(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Server {
    /// The current version.
    pub(super) now: Moment,
    /// What a stale read may show, or a backup put back: other versions than the current one, in a fixed order.
    pub(super) past: Few<Moment>,
    pub(super) gone: bool,
    pub(super) keys: Few<Remembered>,
}

impl Server {
    /// A server whose resource went through these contents.
    pub(super) fn new(contents: &[[u8; 3]], truth: &Truth) -> Self {
        let first = Moment {
            etag: etag_of_content(&contents[0], truth),
            values: contents[0],
        };
        let mut server = Self {
            now: first,
            past: Few::new(),
            gone: false,
            keys: Few::new(),
        };
        for content in &contents[1..] {
            server.write(*content, truth);
        }
        server
    }

    /// Puts new values in place and moves the etag as this server does.
    fn write(&mut self, values: [u8; 3], truth: &Truth) {
        let now = self.now;
        let readable = (0..KUBECONFIG).any(|field| values[field] != now.values[field]);
        let hidden = values[KUBECONFIG] != now.values[KUBECONFIG];
        let idle = !readable && !hidden;
        let moves = readable || (hidden && truth.contract.etag_covers_write_only) || (idle && truth.idle_write_moves);
        let etag = match truth.etags {
            Etags::OfContent => etag_of_content(&values, truth),
            Etags::Counted | Etags::Restored if moves => now.etag + 1,
            Etags::Counted | Etags::Restored => now.etag,
        };
        self.put(Moment { etag, values }, truth);
    }

    fn put(&mut self, moment: Moment, truth: &Truth) {
        let before = std::mem::replace(&mut self.now, moment);
        // Only what can still be shown is kept, so that pasts of which nobody can tell the difference are equal.
        let restored = truth.etags == Etags::Restored;
        let shown = |mut moment: Moment| {
            if !restored && !truth.contract.etag_covers_write_only {
                moment.values[KUBECONFIG] = OLD;
            }
            moment
        };
        if restored || !truth.contract.reads_linearizable {
            let now = shown(self.now);
            self.past.push(shown(before));
            self.past.sort_unstable();
            self.past.dedup();
            self.past.retain(|past| *past != now);
        }
    }

    /// Gives it one more version that was current long ago, and says where it stands among the past ones. `None` if
    /// it can't be told from another.
    pub(super) fn had_long_ago(&mut self, values: [u8; 3], truth: &Truth) -> Option<usize> {
        let etag = match truth.etags {
            Etags::OfContent => etag_of_content(&values, truth),
            Etags::Counted | Etags::Restored => LONG_AGO,
        };
        let moment = Moment { etag, values };
        if moment == self.now || self.past.contains(&moment) {
            return None;
        }
        self.past.push(moment);
        self.past.sort_unstable();
        self.past.iter().position(|past| *past == moment)
    }

    /// How a request will be answered if it arrives now, or `None` if it will take effect. `slug_taken` if it is
    /// refused for a reason that has nothing to do with the etag.
    pub(super) fn refusal(&self, request: &Request, slug_taken: bool, truth: &Truth) -> Option<Answer> {
        let contract = &truth.contract;
        if self.gone {
            return Some(Answer::Gone);
        }
        if let Some(known) = self.known(request.key) {
            let same = known.epoch == request.epoch;
            match known.answer {
                _ if !same && contract.key_checked_before_if_match => return Some(Answer::KeyTaken),
                Answer::Ok(_) if same && contract.key_checked_before_if_match => return Some(known.answer),
                Answer::Conflict(_) if same => return Some(known.answer),
                _ => {}
            }
        }
        (slug_taken || request.if_match != self.now.etag).then_some(Answer::Conflict(self.now.etag))
    }

    fn known(&self, key: Option<u8>) -> Option<&Remembered> {
        self.keys.iter().find(|known| Some(known.key) == key)
    }

    /// Whether a refusal that this request meets now will be remembered.
    pub(super) fn would_remember(&self, request: &Request, truth: &Truth) -> bool {
        let contract = &truth.contract;
        let keeps = contract.stores_rejections_per_key && !contract.key_retention.is_zero();
        keeps && !self.gone && request.key.is_some() && self.known(request.key).is_none()
    }

    /// Takes a request in: keys, `if-match` and the write are one step.
    pub(super) fn receive(&mut self, request: &Request, slug_taken: bool, takes: Takes, truth: &Truth) -> Effect {
        let contract = &truth.contract;
        if let Some(answer) = self.refusal(request, slug_taken, truth) {
            if matches!(answer, Answer::Conflict(_)) && self.would_remember(request, truth) {
                self.remember(request, answer, truth);
            }
            return Effect { answer, before: None };
        }
        let before = self.now;
        let landed = !matches!(takes, Takes::Nothing | Takes::NothingButMoves);
        match takes {
            Takes::Nothing => {}
            Takes::NothingButMoves => self.put(
                Moment {
                    etag: before.etag + 1,
                    ..before
                },
                truth,
            ),
            Takes::All | Takes::AllButOne | Takes::Another => self.write(taken(request, takes, &before), truth),
        }
        let answer = Answer::Ok(self.now);
        if contract.key_checked_before_if_match {
            self.remember(request, answer, truth);
        }
        Effect {
            answer,
            before: landed.then_some(before),
        }
    }

    fn remember(&mut self, request: &Request, answer: Answer, truth: &Truth) {
        let known = self.known(request.key).is_some();
        if let (Some(key), false) = (request.key, known || truth.contract.key_retention.is_zero()) {
            self.keys.push(Remembered {
                key,
                epoch: request.epoch,
                since: request.since,
                answer,
            });
        }
    }

    pub(super) fn is_over(known: &Remembered, clock: u64, truth: &Truth) -> bool {
        let age = i64::try_from(clock).unwrap() - i64::from(known.since);
        age >= i64::try_from(truth.contract.key_retention.as_millis()).unwrap()
    }

    pub(super) fn meddle(&mut self, foreign: Foreign, setting: &Setting) {
        let now = self.now;
        let truth = &setting.truth;
        match foreign {
            Foreign::Set(field, value) => {
                let mut values = now.values;
                values[field] = value;
                self.write(values, truth);
            }
            Foreign::Reset => self.write([OLD; 3], truth),
            Foreign::SetOurs => self.write(ours(setting, now.values), truth),
            Foreign::Reconcile => {
                let etag = now.etag + 1;
                self.put(Moment { etag, ..now }, truth);
            }
            Foreign::Delete => self.gone = true,
            Foreign::Restore(index) => self.put(self.past[index], truth),
        }
    }

    /// Everything that somebody else could do now and that changes something.
    pub(super) fn chances(&self, setting: &Setting) -> Vec<Foreign> {
        if self.gone {
            return Vec::new();
        }
        let now = self.now.values;
        let mut all = Vec::new();
        for (field, held) in now.into_iter().enumerate() {
            let values: &[u8] = match setting.patch[field] {
                Some(_) if field == NAME && setting.may_be_absent() => &[OLD, OURS, THIRD, NONE],
                Some(_) => &[OLD, OURS, THIRD],
                None if setting.plays(field) => &[OLD, OURS],
                None => &[],
            };
            for &value in values.iter().filter(|value| **value != held) {
                all.push(Foreign::Set(field, value));
            }
        }
        let differing = |target: [u8; 3]| (0..FIELDS.len()).filter(|field| target[*field] != now[*field]).count();
        if differing([OLD; 3]) > 1 {
            all.push(Foreign::Reset);
        }
        if differing(ours(setting, now)) > 1 {
            all.push(Foreign::SetOurs);
        }
        match setting.truth.etags {
            Etags::OfContent => {}
            Etags::Counted => all.push(Foreign::Reconcile),
            Etags::Restored => all.extend((0..self.past.len()).map(Foreign::Restore)),
        }
        all.push(Foreign::Delete);
        all
    }
}

/// The first wanted field that can be read and would change.
fn first_change(request: &Request, now: &Moment) -> Option<usize> {
    (NAME..KUBECONFIG).find(|field| request.patch[*field].is_some_and(|wanted| wanted != now.values[*field]))
}

/// The values after a write that is taken so.
fn taken(request: &Request, takes: Takes, now: &Moment) -> [u8; 3] {
    let first = first_change(request, now);
    std::array::from_fn(|field| match (request.patch[field], takes) {
        (Some(_), Takes::AllButOne) if first == Some(field) => now.values[field],
        (Some(_), Takes::Another) if first == Some(field) => THIRD,
        (wanted, _) => wanted.unwrap_or(now.values[field]),
    })
}

/// Whether an answer that leaves the name out shows what became of the write.
pub(super) fn shows_without_name(request: &Request, now: &Moment) -> bool {
    let rest = Request {
        patch: [None, request.patch[1], None],
        ..*request
    };
    first_change(&rest, now).is_some()
}

/// In which ways a server may take this write that it accepts, other than all of it. What nobody could notice is left
/// out: a write of which nothing that can be read would change.
pub(super) fn odd_ways(request: &Request, now: &Moment, truth: &Truth) -> Vec<Takes> {
    let Some(first) = first_change(request, now) else {
        return Vec::new();
    };
    let mut ways = vec![Takes::Nothing];
    if truth.etags != Etags::OfContent {
        ways.push(Takes::NothingButMoves);
    }
    if taken(request, Takes::AllButOne, now) != now.values {
        ways.push(Takes::AllButOne);
    }
    if now.values[first] != THIRD {
        ways.push(Takes::Another);
    }
    ways
}

fn ours(setting: &Setting, mut values: [u8; 3]) -> [u8; 3] {
    for (value, wanted) in values.iter_mut().zip(setting.patch) {
        *value = wanted.unwrap_or(*value);
    }
    values
}

fn etag_of_content(values: &[u8; 3], truth: &Truth) -> u8 {
    match truth.etags {
        Etags::Counted | Etags::Restored => 1,
        Etags::OfContent => {
            let hidden = if truth.contract.etag_covers_write_only {
                values[KUBECONFIG]
            } else {
                0
            };
            let name = if values[NAME] == NONE { 27 } else { values[NAME] };
            100 + name + 3 * values[1] + 9 * hidden
        }
    }
}
