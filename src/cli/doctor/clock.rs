//! The machine's clock beside Entra's: an assertion holds for ten minutes only.

use std::time::Duration;

use super::finding::{Area, Finding, told};
use crate::{domain::Clock, graph::Graph};

const NOTICEABLE: Duration = Duration::from_mins(1);
/// The greatest difference that Entra tolerates.
const TOO_FAR: Duration = Duration::from_mins(5);

const REMEDY: &str = "let the machine keep its time by NTP: `timedatectl set-ntp true`";

pub(super) async fn check(graph: &Graph, clock: &Clock) -> Finding {
    let theirs = match graph.time_of_tenant().await {
        Ok(Some(theirs)) => theirs,
        Ok(None) => {
            let what = "the token endpoint does not tell the time";
            return Finding::skipped(Area::Clock, what, "check the machine's time by hand");
        }
        Err(error) => {
            let remedy = "mend what the check of the token names";
            return Finding::skipped(Area::Clock, told(&error), remedy);
        }
    };
    let ours = clock.now();
    let (ahead, behind) = (ours.since(theirs), theirs.since(ours));
    let (apart, direction) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    let what = format!("this machine is {} s {direction} the token endpoint", apart.as_secs());
    if apart > TOO_FAR {
        Finding::failure(Area::Clock, what, REMEDY)
    } else if apart > NOTICEABLE {
        Finding::warning(Area::Clock, what, REMEDY)
    } else {
        Finding::ok(Area::Clock, what)
    }
}
