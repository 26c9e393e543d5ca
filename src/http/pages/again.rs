//! Asking for a further mail, on the page that follows a signup: how often, and when the next time is.

use super::view;
use crate::{
    domain::{Stage, Timestamp},
    signup::{Again, Status},
    texts::Language,
};

/// The part of the page that offers a further mail, or says that no more are possible.
pub(super) struct Further {
    /// The end of the address its button sends to.
    pub action: &'static str,
    /// The text that says what the button is for.
    pub ask: String,
    /// The button; `None` when the limit is reached.
    pub submit: Option<String>,
    /// The number of mails that are left, and the time until the next is possible.
    pub limits: Vec<String>,
    /// The seconds until it may be pressed; `None` when it may be pressed now.
    pub opens_in: Option<u64>,
}

/// The further mail that is offered at this stage.
pub(super) fn further(t: &Language, status: &Status, now: Timestamp) -> Option<Further> {
    let again = status.again?;
    let opens_in = Some(again.from.since(now).as_millis().div_ceil(1000)).filter(|seconds| *seconds > 0);
    let opens_in = opens_in.and_then(|seconds| u64::try_from(seconds).ok());
    let is_code = status.stage == Stage::AwaitingConfirmation;
    let action = if is_code { "code/again" } else { "password" };
    if status.stage == Stage::NeedsAttention {
        // The mail that was refused: the mail server decides how often it is tried.
        let (ask, submit) = (t.text("code-again"), Some(t.text("code-again-submit")));
        return Some(Further {
            action,
            ask,
            submit,
            limits: soon(t, &again, now).into_iter().collect(),
            opens_in,
        });
    }
    if again.left == 0 {
        let ask = t.text(if is_code { "code-too-often" } else { "again-password-none" });
        return Some(Further { action, ask, submit: None, limits: Vec::new(), opens_in: None });
    }
    let (ask, submit) = if is_code {
        ("code-again", "code-again-submit")
    } else {
        ("again-password", "again-password-submit")
    };
    let ask = if status.undelivered { "again-undelivered" } else { ask };
    let limits = [Some(left(t, &again)), soon(t, &again, now)].into_iter().flatten().collect();
    Some(Further { action, ask: t.text(ask), submit: Some(t.text(submit)), limits, opens_in })
}

fn left(t: &Language, again: &Again) -> String {
    let left = again.left.to_string();
    match again.until {
        None => t.text_with("again-left", &[("left", &left)]),
        Some(until) => t.text_with("again-left-until", &[("left", &left), ("date", &view::date(t, until))]),
    }
}

/// The time until it is possible, if it is not yet.
fn soon(t: &Language, again: &Again, now: Timestamp) -> Option<String> {
    match again.from.since(now).as_secs().div_ceil(60) {
        0 => None,
        minutes @ 1..120 => Some(t.text_with("again-minutes", &[("minutes", &minutes.to_string())])),
        minutes => Some(t.text_with("again-hours", &[("hours", &minutes.div_ceil(60).to_string())])),
    }
}
