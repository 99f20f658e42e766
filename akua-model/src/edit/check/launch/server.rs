//! The server: one resource with all its past, the operations on it, and the keys it remembers. It knows nothing of the
//! machine's rules.

use super::setting::{Kind, Truth};
use crate::edit::check::domain::Few;

/// What state the resource is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Is {
    Running,
    Suspended,
    Deleting,
}

/// The resource at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) etag: u8,
    pub(super) is: Is,
    pub(super) reconciling: bool,
}

/// One write on its way. Copies of one epoch are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) epoch: u8,
    /// Whether it was issued anew after a crash.
    pub(super) anew: bool,
    pub(super) guard: Option<u8>,
    pub(super) key: Option<u8>,
    /// When the epoch was first sent.
    pub(super) since: i16,
}

/// A key that is remembered, with the request that it came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Known {
    pub(super) key: u8,
    since: i16,
}

/// How the server ends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    /// 202 with the operation that it has started.
    Accepted,
    /// 202 with the operation that an earlier copy has started.
    Again,
    /// 409, while this was the etag.
    Conflict(u8),
    /// 422: the operation to be cancelled has ended.
    TooLate,
    /// 404.
    NotFound,
}

/// What somebody else does, or the server of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Foreign {
    /// The same as the client, and it is carried out at once.
    Same,
    /// The same begins, and shows that it has.
    Begin,
    /// What the client's write would do is undone.
    Undo,
    /// The etag moves, nothing else.
    Touch,
    /// It is deleted.
    Delete,
    /// There is another one under its id, which begins as the first one did.
    Recreate,
    /// The operation that is to be cancelled ends.
    End,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Server {
    pub(super) now: Moment,
    /// What a stale read may show: other versions than the current one, in a fixed order.
    pub(super) past: Few<Moment>,
    pub(super) gone: bool,
    /// How often there was another one under its id.
    pub(super) lives: u8,
    /// The operations of ours that run, and whether each has shown in the resource.
    pub(super) running: Few<bool>,
    /// Whether any operation can be listed.
    pub(super) listed: bool,
    /// Whether the operation to be cancelled has ended.
    pub(super) ended: bool,
    pub(super) keys: Few<Known>,
}

const FIRST: Moment = Moment {
    etag: 1,
    is: Is::Running,
    reconciling: false,
};

impl Server {
    /// A server whose resource went through these states.
    pub(super) fn new(past: &[Is], truth: &Truth) -> Self {
        let mut server = Self {
            now: FIRST,
            past: Few::new(),
            gone: false,
            lives: 0,
            running: Few::new(),
            listed: false,
            ended: false,
            keys: Few::new(),
        };
        let mut states = past.iter();
        if let Some(first) = states.next() {
            server.now = Moment { is: *first, ..FIRST };
            server.now.etag = etag_of(&server.now, 1, truth);
        }
        states.for_each(|is| server.put(*is, false, truth));
        server
    }

    fn put(&mut self, is: Is, reconciling: bool, truth: &Truth) {
        let next = Moment {
            etag: self.now.etag + 1,
            is,
            reconciling,
        };
        let etag = etag_of(&next, next.etag, truth);
        self.replace(Moment { etag, ..next }, truth);
    }

    fn replace(&mut self, next: Moment, truth: &Truth) {
        let before = std::mem::replace(&mut self.now, next);
        if !truth.contract.reads_linearizable && before != next {
            self.past.push(before);
            self.past.sort_unstable();
            self.past.dedup();
            self.past.retain(|past| *past != next);
        }
    }

    /// Whether what `kind` is to bring about is so.
    pub(super) fn holds(&self, kind: Kind) -> bool {
        match kind {
            Kind::Suspend => !self.gone && self.now.is == Is::Suspended && !self.now.reconciling,
            Kind::Delete => self.gone || self.now.is == Is::Deleting,
            Kind::Refresh | Kind::Cancel | Kind::Create | Kind::CreateBare | Kind::Import => false,
        }
    }

    /// How a request will be answered if it arrives now. `wrong` if it is refused for a reason that has nothing to do with
    /// the etag.
    pub(super) fn answer(&self, request: &Request, wrong: bool, kind: Kind) -> Answer {
        // The first one is still being carried out, or what it has made is gone again.
        if wrong && kind.is_create() {
            return Answer::Conflict(self.now.etag);
        }
        if self.keys.iter().any(|known| Some(known.key) == request.key) {
            return Answer::Again;
        }
        if self.gone {
            return Answer::NotFound;
        }
        if wrong || request.guard.is_some_and(|guard| guard != self.now.etag) {
            return Answer::Conflict(self.now.etag);
        }
        if kind == Kind::Cancel && self.ended {
            return Answer::TooLate;
        }
        Answer::Accepted
    }

    /// Takes a request in: key, `if-match` and the start of the operation are one step.
    pub(super) fn receive(&mut self, request: &Request, wrong: bool, kind: Kind, truth: &Truth) -> Answer {
        let answer = self.answer(request, wrong, kind);
        if answer != Answer::Accepted {
            return answer;
        }
        if let (Some(key), false) = (request.key, truth.replays(kind).is_zero()) {
            let since = request.since;
            self.keys.push(Known { key, since });
        }
        self.listed = true;
        let shows = truth.contract.accept_moves_etag;
        match kind {
            Kind::Suspend if shows => self.put(self.now.is, true, truth),
            Kind::Delete if shows => self.put(Is::Deleting, false, truth),
            _ => {}
        }
        if matches!(kind, Kind::Suspend | Kind::Delete) && self.running.len() < 2 {
            self.running.push(shows);
        }
        answer
    }

    /// An operation of ours ends.
    pub(super) fn finish(&mut self, succeeds: bool, kind: Kind, truth: &Truth) {
        let Some(shows) = self.running.pop() else { return };
        match (kind, succeeds) {
            (Kind::Delete, true) => self.gone = true,
            (_, true) => self.put(Is::Suspended, false, truth),
            (_, false) if shows => self.put(Is::Running, false, truth),
            (_, false) => {}
        }
        if self.gone {
            self.running.clear();
        }
    }

    pub(super) fn is_over(known: &Known, clock: u64, kind: Kind, truth: &Truth) -> bool {
        let age = i64::try_from(clock).unwrap() - i64::from(known.since);
        age >= i64::try_from(truth.replays(kind).as_millis()).unwrap()
    }

    pub(super) fn meddle(&mut self, foreign: Foreign, kind: Kind, truth: &Truth) {
        match foreign {
            Foreign::Same => {
                self.listed = true;
                match kind {
                    Kind::Delete => self.gone = true,
                    Kind::Suspend => self.put(Is::Suspended, false, truth),
                    Kind::Refresh | Kind::Cancel | Kind::Create | Kind::CreateBare | Kind::Import => {}
                }
            }
            Foreign::Begin => {
                self.listed = true;
                match kind {
                    Kind::Delete => self.put(Is::Deleting, false, truth),
                    _ => self.put(self.now.is, true, truth),
                }
            }
            Foreign::Undo => self.put(Is::Running, false, truth),
            Foreign::Touch => self.put(self.now.is, self.now.reconciling, truth),
            Foreign::Delete => self.gone = true,
            Foreign::Recreate => {
                (self.gone, self.lives) = (false, self.lives + 1);
                // Where etags never repeat, it goes on from the last one.
                let etag = etag_of(&FIRST, self.now.etag + 1, truth);
                self.replace(Moment { etag, ..FIRST }, truth);
            }
            Foreign::End => self.ended = true,
        }
        if self.gone {
            self.running.clear();
        }
    }

    /// Everything that somebody else could do now and that changes something. `slowly`: also what others begin and what
    /// does not come to its end.
    pub(super) fn chances(&self, kind: Kind, truth: &Truth, slowly: bool) -> Vec<Foreign> {
        let mut all = Vec::new();
        if self.gone {
            if !truth.contract.ids_never_reused {
                all.push(Foreign::Recreate);
            }
            return all;
        }
        if kind.is_create() {
            // One like it: whether there is one or two makes no difference.
            if !self.listed {
                all.push(Foreign::Same);
            }
            return all;
        }
        let guarded = matches!(kind, Kind::Suspend | Kind::Delete);
        all.push(Foreign::Same);
        if guarded && slowly && !self.now.reconciling && self.now.is != Is::Deleting {
            all.push(Foreign::Begin);
        }
        if guarded && (self.now.is != Is::Running || slowly && self.now.reconciling) {
            all.push(Foreign::Undo);
        }
        if guarded && truth.contract.etag_never_repeats {
            all.push(Foreign::Touch);
        }
        if kind != Kind::Delete {
            all.push(Foreign::Delete);
        }
        if kind == Kind::Cancel && !self.ended {
            all.push(Foreign::End);
        }
        all
    }
}

/// Where etags repeat, they are digests of what is shown.
fn etag_of(moment: &Moment, counted: u8, truth: &Truth) -> u8 {
    if truth.contract.etag_never_repeats {
        return counted;
    }
    100 + 2 * (moment.is as u8) + u8::from(moment.reconciling)
}
