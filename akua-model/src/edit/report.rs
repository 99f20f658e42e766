//! The three-way merge: base, ours, theirs, field by field.

use super::event::{FieldState, Token, Version, Wanted};
use super::rules::Rule;
use crate::value::Shown;

/// Compares every wanted field. `holds` tells whether a rule is in force.
pub(super) fn merge<E: Token, V: Token>(
    base: Option<&Version<E, V>>,
    wanted: &[Wanted<V>],
    theirs: &Version<E, V>,
    holds: impl Fn(Rule) -> bool,
) -> Vec<FieldState> {
    wanted
        .iter()
        .map(|wanted| match shown_at(&theirs.values, wanted.field) {
            Shown::Unreadable => FieldState::Unseen,
            Shown::Absent if !holds(Rule::AbsentIsNotUnseen) => FieldState::Free,
            Shown::Is(theirs) if *theirs == wanted.value => FieldState::Done,
            theirs if base.is_some_and(|base| shown_at(&base.values, wanted.field) == theirs) => FieldState::Free,
            _ if !holds(Rule::ForeignValueConflicts) => FieldState::Free,
            Shown::Absent | Shown::Is(_) => FieldState::Conflicting,
        })
        .collect()
}

/// What is shown of a field.
fn shown_at<V>(values: &[Shown<V>], field: usize) -> Shown<&V> {
    values.get(field).map_or(Shown::Unreadable, Shown::as_ref)
}

/// What an answer to a write makes of the fields that it was to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    /// Wanted fields that show neither ours nor what they are known to have held before.
    pub(super) adjusted: Vec<usize>,
    /// Wanted fields that still show what they held before.
    pub(super) not_taken: Vec<usize>,
    /// Whether there was something to change that can be read, and all of it shows what it held before, or what it may
    /// have held.
    pub(super) changed_nothing: bool,
    /// Whether there was, and none of it has come to show the wanted value.
    pub(super) took_nothing: bool,
}

/// Compares what an answer shows with what was wanted, and with `before`, the values of the version that guarded the
/// write. What can't be read says nothing. Of a field that those values leave open, the wanted value may have been there
/// before, and so may any other one.
pub(super) fn judge<E, V: Eq>(before: &[Shown<V>], wanted: &[Wanted<V>], answer: &Version<E, V>) -> Judgement {
    let mut judgement = Judgement::default();
    let (mut to_change, mut changed, mut taken) = (0, 0, 0);
    for wanted in wanted {
        let now = shown_at(&answer.values, wanted.field);
        if !now.is_readable() {
            continue;
        }
        let was = shown_at(before, wanted.field);
        let is_ours = now == Shown::Is(&wanted.value);
        let is_old = was == now;
        let was_ours = was == Shown::Is(&wanted.value);
        if was.is_readable() && !was_ours {
            to_change += 1;
            changed += u32::from(!is_old);
            taken += u32::from(is_ours);
        } else if !was_ours && !is_ours {
            to_change += 1;
        }
        if !is_ours {
            let list = if is_old {
                &mut judgement.not_taken
            } else {
                &mut judgement.adjusted
            };
            list.push(wanted.field);
        }
    }
    judgement.changed_nothing = to_change > 0 && changed == 0;
    judgement.took_nothing = to_change > 0 && taken == 0;
    judgement
}

/// Whether `version` shows every wanted value: a field that can't be read is never shown.
pub(super) fn shows_all<E, V: Eq>(version: &Version<E, V>, wanted: &[Wanted<V>]) -> bool {
    wanted
        .iter()
        .all(|wanted| shown_at(&version.values, wanted.field) == Shown::Is(&wanted.value))
}

/// Whether `values` leave some wanted field open.
pub(super) fn hides_some<V>(values: &[Shown<V>], wanted: &[Wanted<V>]) -> bool {
    wanted
        .iter()
        .any(|wanted| !shown_at(values, wanted.field).is_readable())
}

/// Whether some wanted field that can be read shows another value, or that there is none.
pub(super) fn shows_other<E, V: Eq>(version: &Version<E, V>, wanted: &[Wanted<V>]) -> bool {
    wanted.iter().any(|wanted| {
        let shown = shown_at(&version.values, wanted.field);
        shown.is_readable() && shown != Shown::Is(&wanted.value)
    })
}
