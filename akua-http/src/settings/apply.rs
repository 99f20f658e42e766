//! What a setting does to a client's builder and to the options of a call.

use std::time::Duration;

use akua_model::edit::{Contract, Guarantee};
use akua_model::{Traceparent, WorkspaceContext};

use super::{CallOptions, Setting, Value};
use crate::config::ClientBuilder;
use crate::error::Error;
use crate::transport::ProxyUrl;

impl ClientBuilder {
    /// Sets what is declared as a client's; what is only checked when the client is built is so here too.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) or [`Configuration`](crate::ErrorKind::Configuration) naming the
    /// setting, if it is not a client's or can't be this. Nothing is set then.
    pub fn set(&mut self, setting: &Setting, value: Value<'_>) -> Result<(), Error> {
        match setting.name {
            "use_env" => self.from_env = value.flag(setting)?,
            "base_url" => self.base_url = Some(value.text(setting)?.to_owned()),
            "token" => self.set_token(value.text(setting)?),
            "context" => self.context = Some(WorkspaceContext::try_from(value.text(setting)?)?),
            "timeout" => self.timeout = Some(value.time(setting)?),
            "connect_timeout" => self.wire.connect_timeout = value.time(setting)?,
            "read_timeout" => self.wire.read_timeout = value.time(setting)?,
            "max_response_bytes" => {
                self.wire.max_response_bytes = usize::try_from(value.count(setting)?).unwrap_or(usize::MAX)
            }
            "user_agent_suffix" => self.wire.user_agent_suffix = Some(value.text(setting)?.to_owned()),
            "extra_root_certificates" => self.wire.extra_root_certificates.push(value.pem(setting)?.to_owned()),
            "client_certificate" => self.certificate().set_chain_pem(value.pem(setting)?),
            "client_key" => self.certificate().set_key_pem(value.pem(setting)?),
            "proxy" => self.set_proxy(Some(ProxyUrl::parse(value.text(setting)?)?)),
            "no_proxy" => {
                if value.flag(setting)? {
                    self.set_proxy(None);
                }
            }
            "allow_insecure_http" => self.allow_insecure_http = value.flag(setting)?,
            "retry_attempts" => self.retry.attempts = value.small(setting)?,
            "retry_base" => self.retry.base = value.time(setting)?,
            "retry_cap" => self.retry.cap = value.time(setting)?,
            "retry_budget" => self.retry_budget = Some(value.small(setting)?),
            _ => return promise(&mut self.contract, setting, value),
        }
        Ok(())
    }
}

/// Sets one of the things that a server guarantees.
fn promise(contract: &mut Contract, setting: &Setting, value: Value<'_>) -> Result<(), Error> {
    let mut guarantees = contract.guarantees().into_iter();
    match guarantees.find(|(name, _)| *name == setting.name) {
        Some((_, Guarantee::Flag(holds))) => *holds = value.flag(setting)?,
        Some((_, Guarantee::Time(time))) => *time = value.time(setting)?,
        None => {
            return Err(Error::invalid_input(
                setting.name,
                "is a setting of calls, not of a client",
            ));
        }
    }
    Ok(())
}

impl CallOptions {
    /// Sets what is declared as a call's.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the setting, if it is not a call's or can't be this. Nothing
    /// is set then.
    pub fn set(&mut self, setting: &Setting, value: Value<'_>) -> Result<(), Error> {
        match setting.name {
            "timeout" => self.timeout = Some(value.time(setting)?),
            "context" => self.context = Some(WorkspaceContext::try_from(value.text(setting)?)?),
            "traceparent" => self.traceparent = Some(Traceparent::try_from(value.text(setting)?)?),
            "page_size" => self.page = self.page.clone().limit(value.count(setting)?)?,
            "cursor" => self.page = self.page.clone().cursor(value.text(setting)?),
            "owner_type" => self.page = self.page.clone().only("owner_type", value.text(setting)?),
            "owner_id" => self.page = self.page.clone().only("owner_id", value.text(setting)?),
            "cluster_id" => self.page = self.page.clone().only("cluster_id", value.text(setting)?),
            "on_conflict" => self.policy.on_conflict = value.text(setting)?.parse()?,
            "overwrite_unseen" => self.policy.overwrite_unseen = value.flag(setting)?,
            "max_attempts" => self.policy.max_attempts = value.small(setting)?,
            "max_versions" => self.policy.max_versions = value.small(setting)?,
            "settle_reserve" => self.policy.settle_reserve = value.time(setting)?,
            "backoff" => self.policy.backoff = value.time(setting)?,
            "backoff_limit" => self.policy.backoff_limit = value.time(setting)?,
            _ => {
                return Err(Error::invalid_input(
                    setting.name,
                    "is a setting of a client, not of calls",
                ));
            }
        }
        Ok(())
    }
}

impl<'a> Value<'a> {
    fn text(self, setting: &Setting) -> Result<&'a str, Error> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(setting.takes_no("text")),
        }
    }

    fn pem(self, setting: &Setting) -> Result<&'a [u8], Error> {
        match self {
            Self::Text(text) => Ok(text.as_bytes()),
            Self::Pem(bytes) => Ok(bytes),
            _ => Err(setting.takes_no("text")),
        }
    }

    fn flag(self, setting: &Setting) -> Result<bool, Error> {
        match self {
            Self::Flag(flag) => Ok(flag),
            _ => Err(setting.takes_no("flag")),
        }
    }

    fn time(self, setting: &Setting) -> Result<Duration, Error> {
        match self {
            Self::Time(Duration::ZERO) if !setting.may_be_zero => {
                Err(Error::invalid_input(setting.name, "is 0 (give a time above 0)"))
            }
            Self::Time(time) => Ok(time),
            _ => Err(setting.takes_no("time")),
        }
    }

    fn count(self, setting: &Setting) -> Result<u64, Error> {
        match self {
            Self::Count(0) if !setting.may_be_zero => Err(Error::invalid_input(setting.name, "is 0 (give 1 or more)")),
            Self::Count(count) => Ok(count),
            _ => Err(setting.takes_no("number")),
        }
    }

    fn small(self, setting: &Setting) -> Result<u32, Error> {
        let count = self.count(setting)?;
        u32::try_from(count).map_err(|_| {
            let problem = format!("is {count} (give {} or less)", u32::MAX);
            Error::invalid_input(setting.name, problem)
        })
    }
}

impl Setting {
    fn takes_no(&self, given: &str) -> Error {
        Error::invalid_input(self.name, format!("takes no {given}"))
    }
}
