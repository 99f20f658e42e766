//! Launches and creates that are answered as if they had been done, and are not.

use serde_json::Value;

use super::World;
use super::asked::Outcome;
use crate::create::Create;
use crate::fault::Fault;
use crate::kind::table;
use crate::launch::Launch;
use crate::log::Effect;
use crate::route::Route;
use crate::wire::{Answer, WireRequest};

impl World {
    /// A launch or a create that is answered as if it had been done, with an operation or a resource that is nowhere. Anything
    /// else is carried out.
    pub(super) fn start_pretended(
        &mut self,
        seq: u64,
        request: &WireRequest,
        fault: Option<&Fault>,
    ) -> (Effect, Answer) {
        let method = request.method.as_str();
        let route = Route::parse(Some(method), request.path());
        let starts = route.is_some_and(|route| route.launch(method).is_some() || route.create(method).is_some());
        if !starts {
            return self.call(seq, request, fault);
        }
        let outcome = self.never_done(seq, |world| Ok(world.call(seq, request, fault)));
        outcome.unwrap_or_else(|refusal| (Effect::default(), refusal.answer(&self.contract)))
    }

    /// What a launch or a create would be answered, with ids that are nowhere. Nothing is left of it.
    pub(super) fn never_done(&mut self, seq: u64, start: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let before = (
            self.store.clone(),
            self.operations.clone(),
            self.promised_keys.clone(),
            self.sight.clone(),
        );
        let (effect, mut answer) = start(self)?;
        let made = match &effect {
            Effect::Accepted(acceptance) => {
                let is_new = acceptance.launch != Launch::CancelOperation;
                is_new.then_some(None)
            }
            Effect::Created(creation) => Some(Some(creation.create)),
            _ => return Ok((effect, answer)),
        };
        (self.store, self.operations, self.promised_keys, self.sight) = before;
        if let (Value::Object(mut shown), Some(create)) = (answer.json(), made) {
            let operation = format!("op_nowhere_{seq}");
            let (id, owner) = match create {
                None => (operation, None),
                Some(create) => {
                    let made = format!("{}_nowhere_{seq}", table(create.kind()).prefix);
                    match create {
                        Create::CreateCluster => (operation, Some(made)),
                        Create::ImportCluster | Create::CreateWorkspace | Create::CreateWorkerBootstrap => (made, None),
                    }
                }
            };
            shown.insert("id".to_owned(), id.into());
            if let Some(owner) = owner {
                shown.insert("owner_id".to_owned(), owner.into());
            }
            answer.body = Value::Object(shown).to_string().into_bytes();
        }
        Ok((Effect::default(), answer))
    }
}
