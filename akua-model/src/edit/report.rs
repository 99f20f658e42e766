//! The three-way merge: base, ours, theirs, field by field.

use serde::{Deserialize, Serialize};

use super::event::{Token, Version, Wanted};
use super::rules::Rule;

/// What a three-way comparison says of one field of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldState {
    /// The other version already has our value.
    Done,
    /// The other version left the value that our change was made against: ours can be written.
    Free,
    /// The other version has a third value.
    Conflicting,
    /// Nobody can read this field, so nobody can tell.
    Unseen,
}

/// Compares every wanted field. `holds` tells whether a rule is in force.
pub(super) fn merge<E: Token, V: Token>(
    base: Option<&Version<E, V>>,
    wanted: &[Wanted<V>],
    theirs: &Version<E, V>,
    holds: impl Fn(Rule) -> bool,
) -> Vec<FieldState> {
    let at = |version: &Version<E, V>, field: usize| version.values.get(field).cloned().flatten();
    wanted
        .iter()
        .map(|wanted| match at(theirs, wanted.field) {
            None => FieldState::Unseen,
            Some(theirs) if theirs == wanted.value => FieldState::Done,
            theirs if base.is_some_and(|base| at(base, wanted.field) == theirs) => FieldState::Free,
            Some(_) if !holds(Rule::ForeignValueConflicts) => FieldState::Free,
            Some(_) => FieldState::Conflicting,
        })
        .collect()
}

/// What an answer to a write shows of the fields that it was to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// Wanted fields that show neither ours nor what they held before.
    pub(super) adjusted: Vec<usize>,
    /// Wanted fields that still show what they held before.
    pub(super) not_taken: Vec<usize>,
    /// Whether there was something to change that can be read, and all of it still shows what it held before.
    pub(super) changed_nothing: bool,
    /// Whether there was, and none of it shows the wanted value.
    pub(super) took_nothing: bool,
}

/// Compares what an answer shows with what was wanted, and with `before`, the values of the version that guarded the
/// write. What can't be read says nothing.
pub(super) fn judge<E, V: Eq>(before: &[Option<V>], wanted: &[Wanted<V>], answer: &Version<E, V>) -> Shown {
    let mut shown = Shown::default();
    let (mut to_change, mut changed, mut taken) = (0, 0, 0);
    for wanted in wanted {
        let Some(now) = answer.values.get(wanted.field).and_then(Option::as_ref) else {
            continue;
        };
        let was = before.get(wanted.field).and_then(Option::as_ref);
        let is_ours = *now == wanted.value;
        let is_old = was == Some(now);
        if was.is_some_and(|was| *was != wanted.value) {
            to_change += 1;
            changed += u32::from(!is_old);
            taken += u32::from(is_ours);
        }
        if !is_ours {
            let list = if is_old {
                &mut shown.not_taken
            } else {
                &mut shown.adjusted
            };
            list.push(wanted.field);
        }
    }
    shown.changed_nothing = to_change > 0 && changed == 0;
    shown.took_nothing = to_change > 0 && taken == 0;
    shown
}

/// Whether `version` shows every wanted value: a field that can't be read is never shown.
pub(super) fn shows_all<E, V: Eq>(version: &Version<E, V>, wanted: &[Wanted<V>]) -> bool {
    wanted.iter().all(|wanted| {
        version
            .values
            .get(wanted.field)
            .is_some_and(|value| value.as_ref() == Some(&wanted.value))
    })
}

/// Whether some wanted field that can be read shows another value.
pub(super) fn shows_other<E, V: Eq>(version: &Version<E, V>, wanted: &[Wanted<V>]) -> bool {
    wanted.iter().any(|wanted| {
        let shown = version.values.get(wanted.field).and_then(Option::as_ref);
        shown.is_some_and(|value| *value != wanted.value)
    })
}
