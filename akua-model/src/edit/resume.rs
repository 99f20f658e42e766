//! Between a resume token and the edit that it belongs to.

use std::collections::BTreeMap;

use super::clock::{Clock, SinceBoot};
use super::contract::Contract;
use super::event::Version;
use super::machine::{Epoch, Hint};
use super::step::Options;
use super::token::{Content, Evidence, ResumeToken, body_digest, frozen, hex, salted};
use super::value::FieldValue;
use crate::api;
use crate::error::Error;
use crate::etag::{Etag, IfMatch};
use crate::kind::ResourceKind;
use crate::named::with_article;
use crate::resource::{Assignment, Patch, Resource};
use crate::secret::Secrets;
use crate::validation::length_message;
use crate::value::{Shown, Value};
use sha2::{Digest, Sha256};

const FIELD: &str = "resume-token";

/// How an earlier write is to be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResumeMode {
    /// Send the same bytes again where they can't land twice: the write may land now.
    Finish,
    /// Only read. No write is ever sent.
    Look,
}

/// What a token held, checked.
pub(super) struct Resumed<R: Resource> {
    pub(super) id: R::Id,
    pub(super) if_match: IfMatch,
    pub(super) key: Option<u128>,
    pub(super) patch: R::Patch,
    pub(super) base: Version<Etag, FieldValue>,
}

/// The token of a write that is about to be sent for the first time.
pub(super) fn seal(
    (kind, id): (ResourceKind, &str),
    if_match: &IfMatch,
    assignments: &[Assignment<'_>],
    epoch: &Epoch<Etag, FieldValue>,
    options: &Options,
    clock: Clock,
) -> ResumeToken {
    let salt = hex(
        &Sha256::new()
            .chain_update("salt")
            .chain_update(clock.entropy.to_be_bytes())
            .finalize(),
        16,
    );
    let values = frozen(assignments, &salt);
    let seen = |name: &str| {
        let index = kind.fields().iter().position(|field| field.name == name)?;
        match epoch.before.get(index)? {
            Shown::Unreadable => None,
            Shown::Absent => Some(None),
            Shown::Is(value) => Some(Some(value.as_str().to_owned())),
        }
    };
    let mut base = BTreeMap::new();
    base.extend(values.iter().filter_map(|(name, _)| Some((name.clone(), seen(name)?))));
    ResumeToken(Content {
        origin: options.origin.clone(),
        context: options.context.as_ref().map(|context| context.as_str().to_owned()),
        kind: kind.name().to_owned(),
        id: id.to_owned(),
        if_match: if_match.as_str().to_owned(),
        key: epoch.key.map(key_text),
        first_sent: clock.unix_ms,
        first_sent_since_boot: clock.since_boot.map(SinceBoot::to_token),
        evidence: Evidence::default(),
        base,
        body: body_digest(&values),
        values,
        salt,
    })
}

/// Reads a token back for this service, context and kind of resource.
pub(super) fn open<R: Resource>(
    token: &ResumeToken,
    secrets: &Secrets,
    options: &Options,
) -> Result<Resumed<R>, Error> {
    let Opened {
        if_match,
        key,
        base,
        plain,
    } = opened(R::KIND, token, secrets, options)?;
    let damaged = |_: Error| Error::invalid(FIELD, "is damaged (its id is none)");
    Ok(Resumed {
        id: token.id().parse().map_err(damaged)?,
        if_match,
        key,
        patch: R::Patch::from_texts(&plain)?,
        base,
    })
}

/// What a token of any kind held, checked.
struct Opened<'a> {
    if_match: IfMatch,
    key: Option<u128>,
    base: Version<Etag, FieldValue>,
    /// What was written, secrets as they were given again.
    plain: Vec<(&'a str, &'a str)>,
}

fn opened<'a>(
    wanted: ResourceKind,
    token: &'a ResumeToken,
    secrets: &'a Secrets,
    options: &Options,
) -> Result<Opened<'a>, Error> {
    let refuse = |message: String| Error::invalid(FIELD, message);
    let Content {
        origin,
        context,
        kind,
        if_match,
        key,
        values,
        base,
        salt,
        body,
        ..
    } = &token.0;
    if *origin != options.origin {
        return Err(refuse(format!(
            "is for the service {origin} (this client talks to {})",
            options.origin
        )));
    }
    if context.as_deref() != options.context.as_ref().map(|context| context.as_str()) {
        return Err(refuse(
            "was made in another workspace context (resolve it in the same one)".to_owned(),
        ));
    }
    if kind != wanted.name() {
        return Err(refuse(format!(
            "is for {}, not for {}",
            with_article(kind),
            with_article(wanted.name())
        )));
    }
    if *body != body_digest(values) {
        return Err(refuse("is damaged (its body does not fit its digest)".to_owned()));
    }
    check_secrets(secrets)?;
    let mut plain = Vec::with_capacity(values.len());
    for (name, value) in values {
        let is_secret = wanted
            .fields()
            .iter()
            .any(|field| field.name == name && field.is_secret());
        let value = match (is_secret, secrets.get(name)) {
            (false, _) => value.as_str(),
            (true, Some(secret)) if salted(salt, secret.expose()) == *value => secret.expose(),
            (true, Some(_)) => return Err(Error::invalid(name, "is another one than was written (give the same)")),
            (true, None) => {
                return Err(Error::invalid(
                    name,
                    "is needed again (a resume token holds only its hash)",
                ));
            }
        };
        plain.push((name.as_str(), value));
    }
    let shown = |name: &str| match base.get(name) {
        None => Shown::Unreadable,
        Some(None) => Shown::Absent,
        Some(Some(text)) => Shown::Is(FieldValue::from(Value::Text(text))),
    };
    Ok(Opened {
        if_match: IfMatch::try_from(if_match.as_str())?,
        key: key
            .as_deref()
            .map(|key| u128::from_str_radix(key, 16))
            .transpose()
            .map_err(|_| refuse("is damaged (its key is none)".to_owned()))?,
        base: Version {
            etag: Etag::from(if_match.as_str()),
            values: wanted.fields().iter().map(|field| shown(field.name)).collect(),
        },
        plain,
    })
}

/// A secret that is not needed does no harm, one that no kind has or that could not have been written is a mistake.
fn check_secrets(secrets: &Secrets) -> Result<(), Error> {
    for (name, secret) in secrets.iter() {
        let field = api::secret_fields().find(|field| field.name == name);
        let Some(field) = field else {
            return Err(Error::invalid(name, "is no secret of any kind of resource"));
        };
        if !field.limit.allows(secret.expose()) {
            return Err(Error::invalid(name, length_message(secret.expose(), field.limit)));
        }
    }
    Ok(())
}

/// So many etags of a kind are kept in a token: what is certain takes one.
const MOST_ETAGS: usize = 4;

/// Writes down what a call has heard of the etag since the write was sent.
pub(super) fn remember(token: &mut ResumeToken, epoch: &Epoch<Etag, FieldValue>) {
    let last = |etags: &mut dyn Iterator<Item = &Etag>| {
        let mut texts: Vec<String> = etags.map(|etag| etag.as_str().to_owned()).collect();
        texts.drain(..texts.len().saturating_sub(MOST_ETAGS));
        texts
    };
    let hints = epoch.hints.iter().map(|hint| &hint.etag);
    let is_shown = |etag: &&Etag| !epoch.believed.contains(etag);
    token.0.evidence = Evidence {
        named: last(&mut hints.chain(&epoch.believed)),
        confirmed: last(&mut epoch.named.iter().filter(is_shown)),
        read: last(&mut epoch.read.iter()),
    };
}

/// Takes up what earlier calls have heard, under the contract of this one.
pub(super) fn recall(token: &ResumeToken, epoch: &mut Epoch<Etag, FieldValue>, contract: &Contract) {
    let Evidence { named, confirmed, read } = &token.0.evidence;
    let etag = |text: &String| Etag::from(text.as_str());
    let is_other = |etag: &Etag| !epoch.is_guarded_by(etag);
    let hints = named.iter().map(etag).filter(is_other);
    let mut current: Vec<Etag> = confirmed.iter().map(etag).filter(is_other).collect();
    let shown: Vec<Etag> = read.iter().map(etag).filter(is_other).collect();
    if contract.conflicts_name_current_etag {
        let believed: Vec<Etag> = hints.collect();
        current.extend(believed.iter().cloned());
        epoch.believed = believed;
    } else {
        let (since, proves) = (0, false);
        epoch.hints = hints.map(|etag| Hint { etag, since, proves }).collect();
    }
    epoch.moved = contract.reads_linearizable && !shown.is_empty();
    epoch.named = current;
    epoch.read = shown;
}

impl ResumeToken {
    /// Whether the write may still land, by what calls have heard since it was sent and what `contract` makes of that.
    /// `false` only if that is proven.
    #[must_use]
    pub fn may_still_land(&self, contract: &Contract) -> bool {
        let Evidence { named, confirmed, read } = &self.0.evidence;
        let other = |etags: &[String]| etags.iter().any(|etag| *etag != self.0.if_match);
        let moved = other(confirmed)
            || (contract.conflicts_name_current_etag && other(named))
            || (contract.reads_linearizable && other(read));
        !(contract.etag_never_repeats && moved)
    }
}

/// A key as it stands on the wire: 32 hexadecimal digits.
pub(super) fn key_text(key: u128) -> String {
    format!("{key:032x}")
}
