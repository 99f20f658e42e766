//! The look at what is listed, before a launch ends without an operation of its own.

use std::time::Duration;

use super::clock::{Clock, Start};
use super::event::{Budget, Wait};
use super::launch::Launch;
use super::launch_kind::{LaunchTarget, Listing};
use super::launch_step::{LaunchCall, LaunchInput, LaunchStep};
use super::launch_token::LaunchToken;
use super::policy::millis;
use super::receipt;
use super::trace::{Heard, Next, TraceStep, Why};
use crate::api::{Cluster, Operation, WorkerBootstrap, Workspace};
use crate::etag::WorkspaceContext;
use crate::http::{Method, Request, Response};
use crate::page_query::PageQuery;
use crate::request;

/// How many resources are listed on a page, and how many pages are asked for at most.
const PAGE: u64 = 100;
const MOST_PAGES: u32 = 10;

impl Launch {
    /// Asks for the next page of a list that goes on, as long as there is time.
    pub(super) fn list_on(&mut self, input: &LaunchInput, clock: Clock) -> Option<LaunchStep> {
        let LaunchInput::Answered(response) = input else {
            return None;
        };
        if self.asked != Some(LaunchCall::List) || self.kind.listing() != Listing::Namesakes {
            return None;
        }
        let now = self.start.get_or_insert_with(|| Start::of(&clock)).now(&clock);
        let is_over = now.cancelled || now.ms >= millis(self.machine.policy.deadline);
        let cursor = receipt::next_page(response).filter(|_| !is_over && self.pages < MOST_PAGES)?;
        self.cursor = Some(cursor);
        let request = self.request(&LaunchCall::List).ok()?;
        self.keep_listed(response);
        self.trace.push(TraceStep {
            at: clock.elapsed,
            heard: Heard::Answer {
                method: Method::Get,
                status: response.status,
                etag: None,
            },
            why: if self.looks_first {
                Why::NotListedYet
            } else {
                Why::Namesakes
            },
            next: Next::Namesakes { wait: Duration::ZERO },
        });
        let wait = Wait {
            ms: 0,
            budget: if self.looks_first { Budget::Free } else { Budget::Settle },
            new_credentials: false,
        };
        Some(self.send(LaunchCall::List, request, wait, None))
    }

    /// Keeps what a list shows: before the first sending what was there before, afterwards what may be ours.
    pub(super) fn keep_listed(&mut self, response: &Response) {
        if self.looks_first {
            self.baseline.extend(receipt::ids(response));
        } else {
            let found = self.listed(response);
            self.candidates.extend(found);
        }
    }

    /// What a list shows that may be ours.
    pub(super) fn listed(&self, response: &Response) -> Vec<String> {
        if response.status != 200 {
            return Vec::new();
        }
        let Some(new) = &self.new else {
            return receipt::candidates(self.kind, &self.id, response);
        };
        let skew = i64::try_from(millis(self.machine.contract.clock_skew)).unwrap_or(i64::MAX);
        let first_sent = self.token.as_ref().map_or(i64::MIN, LaunchToken::first_sent);
        receipt::namesakes(new, &self.baseline, first_sent.saturating_sub(skew), response)
    }

    /// Asks for a list of what may be ours.
    pub(super) fn list(&self, context: Option<&WorkspaceContext>) -> Request {
        match self.kind.listing() {
            Listing::Operations(owner) => {
                // Those of a bootstrap are its cluster's, as far as anything is documented.
                let id = self.id.split_once('/').map_or(&*self.id, |(cluster, _)| cluster);
                request::list::<Operation>(&PageQuery::default().owner(&owner, id), context)
            }
            Listing::Namesakes | Listing::Nothing => {
                let mut query = PageQuery::default();
                (query.limit, query.cursor) = (Some(PAGE), self.cursor.clone());
                match self.kind.target() {
                    LaunchTarget::Workspace => request::list::<Workspace>(&query, context),
                    LaunchTarget::WorkerBootstrap => {
                        request::list::<WorkerBootstrap>(&query.only("cluster_id", &*self.id), context)
                    }
                    LaunchTarget::Cluster | LaunchTarget::Operation => request::list::<Cluster>(&query, context),
                }
            }
        }
    }
}
