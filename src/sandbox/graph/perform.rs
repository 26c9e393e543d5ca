//! One request with a valid token: limits, faults and permissions.

use serde_json::Value;

use super::answer::Answer;
use super::call::{Body, Call};
use super::entity::Target;
use super::errors::GraphError;
use super::operations::run;
use crate::sandbox::exchange::{Outcome, struck};
use crate::sandbox::lock;
use crate::sandbox::mailboxes::{self, Protocol};
use crate::sandbox::operation::Operation;
use crate::sandbox::throttle::Verdict;
use crate::sandbox::world::World;

/// Performs a request, on its own or inside a batch: it is throttled, struck by a fault, or carried out.
pub(super) fn single(world: &World, roles: &[String], target: Target, call: &Call<'_>) -> Outcome<Answer> {
    let units = units(target, call);
    let share = match admit(world, target, units) {
        Verdict::Pass(share) => share,
        Verdict::Refuse(seconds) => {
            return Outcome::Answered(GraphError::throttled(seconds).answer(&call.ids));
        }
    };
    let effect = || {
        let answer = permitted(world, roles, target, call).and_then(|()| run(world, target, call));
        let answer = answer.unwrap_or_else(|error| error.answer(&call.ids));
        match share {
            Some(share) => answer.header("x-ms-throttle-limit-percentage", format!("{share:.1}")),
            None => answer,
        }
    };
    let operation = target.request.operation;
    let refuse = |fault: &_| GraphError::fault(fault, operation).answer(&call.ids);
    let outcome = struck(world.fault(operation), effect, refuse);
    outcome.map(|answer| answer.header("x-ms-resource-unit", units.to_string()))
}

/// The resource units of a request.
fn units(target: Target, call: &Call<'_>) -> u32 {
    let selects = call.query.iter().any(|(name, _)| name.trim_start_matches('$') == "select");
    target.request.cost.saturating_sub(u32::from(selects)).max(1)
}

fn admit(world: &World, target: Target, units: u32) -> Verdict {
    let Some(limits) = lock(&world.faults).throttle else {
        return Verdict::Pass(None);
    };
    // Mail is not written into the directory.
    let write = target.request.method != "GET" && target.request.operation != Operation::SendMail;
    lock(&world.throttle).admit(&limits, world.clock.now_ms(), units, write)
}

fn permitted(world: &World, roles: &[String], target: Target, call: &Call<'_>) -> Result<(), GraphError> {
    if target.request.operation == Operation::SendMail {
        let allowed = mailboxes::may_use(world, roles, Protocol::Graph, call.key(0));
        return if allowed { Ok(()) } else { Err(GraphError::access_denied()) };
    }
    let changed: Vec<&str> = match &call.body {
        Body::Json(Value::Object(body)) => body.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    if target.allows(roles, &changed) { Ok(()) } else { Err(GraphError::denied()) }
}
