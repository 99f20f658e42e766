//! What is claimed of a server and is not true must do harm, and what is true and not claimed must not: so the client
//! relies on its contract, and on nothing else.

use super::domain::{LONG, OURS, SHORT, Truth};
use super::explore::{Broken, everything, nearest, show};
use super::golden::{Golden, golden};
use super::setting::{Setting, claiming, documented, policy};
use crate::edit::contract::Contract;

/// Something that a contract may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    EtagNeverRepeats,
    KeyCheckedBeforeIfMatch,
    KeyRetention,
    StoresRejectionsPerKey,
    ReadsLinearizable,
    EtagCoversWriteOnly,
    NoHiddenRetries,
    AnswersShowWrittenVersion,
    ConflictsNameCurrentEtag,
}

impl Claim {
    const ALL: [Self; 9] = [
        Self::EtagNeverRepeats,
        Self::KeyCheckedBeforeIfMatch,
        Self::KeyRetention,
        Self::StoresRejectionsPerKey,
        Self::ReadsLinearizable,
        Self::EtagCoversWriteOnly,
        Self::NoHiddenRetries,
        Self::AnswersShowWrittenVersion,
        Self::ConflictsNameCurrentEtag,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::EtagNeverRepeats => "etags never repeat",
            Self::KeyCheckedBeforeIfMatch => "keys are checked first",
            Self::KeyRetention => "keys are remembered until the end",
            Self::StoresRejectionsPerKey => "refusals are remembered per key",
            Self::ReadsLinearizable => "reads are linearizable",
            Self::EtagCoversWriteOnly => "etags cover write-only fields",
            Self::NoHiddenRetries => "nothing repeats requests on the way",
            Self::AnswersShowWrittenVersion => "answers show the written version",
            Self::ConflictsNameCurrentEtag => "conflicts name the current etag",
        }
    }

    fn set(self, contract: &mut Contract, holds: bool) {
        match self {
            Self::EtagNeverRepeats => contract.etag_never_repeats = holds,
            Self::KeyCheckedBeforeIfMatch => contract.key_checked_before_if_match = holds,
            Self::KeyRetention => contract.key_retention = if holds { LONG } else { SHORT },
            Self::StoresRejectionsPerKey => contract.stores_rejections_per_key = holds,
            Self::ReadsLinearizable => contract.reads_linearizable = holds,
            Self::EtagCoversWriteOnly => contract.etag_covers_write_only = holds,
            Self::NoHiddenRetries => contract.hidden_retries = !holds,
            Self::AnswersShowWrittenVersion => contract.answers_show_written_version = holds,
            Self::ConflictsNameCurrentEtag => contract.conflicts_name_current_etag = holds,
        }
    }

    /// The contract around which believing this falsely does harm.
    fn around(self) -> Contract {
        claiming(documented(), |contract| match self {
            Self::StoresRejectionsPerKey => {
                contract.key_checked_before_if_match = true;
                contract.key_retention = LONG;
            }
            Self::KeyCheckedBeforeIfMatch => {
                contract.conflicts_name_current_etag = true;
                contract.key_retention = LONG;
            }
            Self::KeyRetention => {
                contract.conflicts_name_current_etag = true;
                contract.key_checked_before_if_match = true;
            }
            _ => {}
        })
    }

    fn golden(self) -> Golden {
        match self {
            Self::EtagNeverRepeats => golden!("falsely_etag_never_repeats.txt"),
            Self::KeyCheckedBeforeIfMatch => golden!("falsely_key_checked_before_if_match.txt"),
            Self::KeyRetention => golden!("falsely_key_retention.txt"),
            Self::StoresRejectionsPerKey => golden!("falsely_stores_rejections_per_key.txt"),
            Self::ReadsLinearizable => golden!("falsely_reads_linearizable.txt"),
            Self::EtagCoversWriteOnly => golden!("falsely_etag_covers_write_only.txt"),
            Self::NoHiddenRetries => golden!("falsely_no_hidden_retries.txt"),
            Self::AnswersShowWrittenVersion => golden!("falsely_answers_show_written_version.txt"),
            Self::ConflictsNameCurrentEtag => golden!("falsely_conflicts_name_current_etag.txt"),
        }
    }
}

const TABLE: &str = "\
# Each claim made falsely

The client believes what the server does not keep. The shortest way to a broken promise is kept as a story.

| claim | broken promise | events |
| --- | --- | --- |
";

/// Checks both, one claim at a time.
pub(super) fn are_relied_upon() {
    what_is_falsely_claimed_does_harm();
    what_is_true_and_not_claimed_does_no_harm();
}

fn what_is_falsely_claimed_does_harm() {
    let mut same = true;
    let mut table = String::from(TABLE);
    for claim in Claim::ALL {
        let contract = |holds| claiming(claim.around(), |contract| claim.set(contract, holds));
        let mut setting = Setting {
            truth: Truth::of(contract(false)),
            foreign: 1,
            duplicates: u8::from(claim == Claim::NoHiddenRetries),
            oddities: u8::from(matches!(
                claim,
                Claim::AnswersShowWrittenVersion | Claim::ConflictsNameCurrentEtag
            )),
            ..Setting::new(contract(true))
        };
        if claim == Claim::EtagCoversWriteOnly {
            setting.patch = [None, None, Some(OURS)];
        }
        let Some(Broken { breach, length, story }) = nearest(&setting).broken else {
            panic!("{claim:?} may be claimed falsely");
        };
        same &= claim
            .golden()
            .is(&format!("Falsely claimed: {}.\n\n{story}", claim.words()));
        let (promise, story) = (breach.words(), claim.golden().name());
        table += &format!("| {} | {promise} | [{length}]({story}) |\n", claim.words());
    }
    show(&table);
    same &= golden!("contracts.md").is(&table);
    assert!(same, "counterexamples have changed; see above");
}

/// What a server does beyond its contract, one thing at a time and all at once.
fn what_is_true_and_not_claimed_does_no_harm() {
    let whole = claiming(documented(), |contract| {
        Claim::ALL.iter().for_each(|claim| claim.set(contract, true))
    });
    let mut beliefs = vec![(whole, "everything, nothing claimed", Contract::weakest())];
    for claim in Claim::ALL {
        beliefs.push((
            whole,
            claim.words(),
            claiming(whole, |contract| claim.set(contract, false)),
        ));
    }
    for (truth, unclaimed, belief) in beliefs {
        for patch in [[Some(OURS), None, None], [Some(OURS), None, Some(OURS)]] {
            let setting = Setting {
                truth: Truth::of(truth),
                policy: policy(2, 2),
                foreign: 1,
                patch,
                ..Setting::new(belief)
            };
            let found = everything(&setting);
            show(&format!("not claimed: {unclaimed}: {} states", found.states));
            assert!(found.broken.is_none(), "{unclaimed}: {:?}", found.broken);
        }
    }
}
