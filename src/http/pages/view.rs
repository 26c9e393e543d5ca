//! How a signup looks to its visitor: which words, which marks.

use crate::{
    domain::{Stage, Timestamp, Waiting},
    signup::{Progress, ProgressState, ProgressStep, Status},
    texts::Language,
};

/// One line of the list of steps.
pub(super) struct Row {
    pub name: String,
    pub state: String,
    /// For the style sheet: the shape of the mark.
    pub mark: &'static str,
}

/// The headline.
pub(super) const fn title(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingConfirmation => "status-title-confirm",
        Stage::Queued | Stage::Provisioning | Stage::Delivering => "status-title-working",
        Stage::Done => "status-title-done",
        Stage::NeedsAttention => "status-title-attention",
        Stage::Erased => "status-title-erased",
    }
}

/// The sentences under the headline; with the masked address where it is known.
pub(super) fn lead(t: &Language, status: &Status, support: &str) -> String {
    let (plain, with_email) = match status.stage {
        Stage::AwaitingConfirmation => ("status-lead-confirm", "status-lead-confirm-to"),
        Stage::Queued | Stage::Provisioning | Stage::Delivering if status.waiting.is_some() => {
            ("status-lead-waiting", "status-lead-waiting-to")
        }
        Stage::Queued | Stage::Provisioning | Stage::Delivering => {
            ("status-lead-working", "status-lead-working-to")
        }
        Stage::Done => ("status-lead-done", "status-lead-done-to"),
        Stage::NeedsAttention => return t.text_with("status-lead-attention", &[("support", support)]),
        Stage::Erased => return t.text("status-lead-erased"),
    };
    match &status.masked_email {
        Some(email) => t.text_with(with_email, &[("email", email)]),
        None => t.text(plain),
    }
}

/// The steps in words and marks.
pub(super) fn rows(t: &Language, status: &Status) -> Vec<Row> {
    let row = |progress: &Progress| {
        let (state, mark) = state(progress.state);
        Row { name: t.text(step(progress.step)), state: t.text(state), mark }
    };
    status.progress.iter().map(row).collect()
}

const fn step(step: ProgressStep) -> &'static str {
    match step {
        ProgressStep::ConfirmAddress => "status-step-confirm",
        ProgressStep::CreateAccount => "status-step-create",
        ProgressStep::GrantAccess => "status-step-access",
        ProgressStep::SendMail => "status-step-mail",
    }
}

const fn state(state: ProgressState) -> (&'static str, &'static str) {
    match state {
        ProgressState::Waiting => ("status-state-waiting", "waiting"),
        ProgressState::Running => ("status-state-running", "running"),
        ProgressState::Done => ("status-state-done", "done"),
        ProgressState::Stuck => ("status-state-stuck", "stuck"),
    }
}

/// Why it takes longer.
pub(super) const fn wait(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::NoSeats => "status-wait-seats",
        Waiting::Throttled => "status-wait-throttled",
        Waiting::TenantUnavailable => "status-wait-tenant",
        Waiting::TenantLag => "status-wait-lag",
        Waiting::MailUnavailable => "status-wait-mail",
        Waiting::EarlierRequest => "status-wait-earlier",
    }
}

/// What is said above the code's field once the code's time is over.
pub(super) fn code_over(until: Option<Timestamp>, now: Timestamp) -> Option<&'static str> {
    until.is_some_and(|until| until <= now).then_some("error-code-expired")
}

/// What the script compares to see whether the page has changed.
pub(super) fn version(status: &Status) -> String {
    let mut version = status.stage.to_string();
    for progress in &status.progress {
        version.push('.');
        version.push_str(state(progress.state).1);
    }
    if let Some(waiting) = status.waiting {
        version.push('.');
        version.push_str(waiting.as_str());
    }
    version
}

/// What is said under the code's field, with the time that is left.
pub(super) fn code_hint(t: &Language, until: Option<Timestamp>, now: Timestamp) -> String {
    match until.map(|until| until.since(now).as_secs().div_ceil(60)) {
        None | Some(0) => t.text("code-hint"),
        Some(minutes @ 1..120) => t.text_with("code-hint-minutes", &[("minutes", &minutes.to_string())]),
        Some(minutes) => t.text_with("code-hint-hours", &[("hours", &(minutes / 60).to_string())]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::texts::Texts;

    #[test]
    fn the_time_that_is_left_is_told_in_words_that_fit() {
        let texts = Texts::embedded().unwrap();
        let t = texts.language(&"en".parse().unwrap());
        let now = Timestamp::from_millis(1_795_000_000_000);
        let hint = |seconds| code_hint(t, Some(now.plus(Duration::from_secs(seconds))), now);
        assert!(hint(30).contains("one more minute."), "{}", hint(30));
        assert!(hint(61).contains("2 more minutes"), "{}", hint(61));
        assert!(hint(119 * 60).contains("119 more minutes"), "{}", hint(119 * 60));
        assert!(hint(24 * 60 * 60 - 1).contains("24 more hours"), "{}", hint(24 * 60 * 60 - 1));
        assert!(hint(0).starts_with("Six digits. "), "{}", hint(0));
        assert_eq!(code_over(Some(now), now), Some("error-code-expired"));
        assert_eq!(code_over(Some(now.plus(Duration::from_secs(1))), now), None);
        assert_eq!(code_over(None, now), None);
    }
}
