//! The view of a signup that its visitor gets: the words and the marks.

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
pub(super) const fn title(status: &Status) -> &'static str {
    match status.stage {
        _ if status.gone => "status-title-gone",
        _ if status.undelivered => "status-title-undelivered",
        _ if status.renewing => "status-title-renewing",
        Stage::AwaitingConfirmation => "status-title-confirm",
        Stage::Queued | Stage::Provisioning | Stage::Resetting | Stage::Delivering => "status-title-working",
        Stage::Done => "status-title-done",
        Stage::NeedsAttention => "status-title-attention",
        Stage::Voided => "status-title-voided",
        Stage::Erased => "status-title-erased",
    }
}

/// The sentences under the heading. `email` is the address, in full or masked.
pub(super) fn lead(t: &Language, status: &Status, email: &str, support: &str) -> String {
    let id = match status.stage {
        _ if status.gone => "status-lead-gone",
        _ if status.undelivered => "status-lead-undelivered",
        _ if status.renewing => "status-lead-renewing",
        Stage::AwaitingConfirmation if status.mail_withheld => "status-lead-withheld",
        Stage::AwaitingConfirmation => "status-lead-confirm",
        Stage::Queued | Stage::Provisioning | Stage::Resetting | Stage::Delivering => match status.waiting {
            Some(_) => "status-lead-waiting",
            None => "status-lead-working",
        },
        Stage::Done => "status-lead-done",
        Stage::NeedsAttention => "status-lead-attention",
        Stage::Voided => "status-lead-voided",
        Stage::Erased => "status-lead-erased",
    };
    t.text_with(id, &[("email", email), ("support", support)])
}

/// The steps in words and marks.
pub(super) fn rows(t: &Language, status: &Status) -> Vec<Row> {
    let is_persons_turn = |progress: &Progress| {
        progress.step == ProgressStep::ConfirmAddress
            && status.stage == Stage::AwaitingConfirmation
            && matches!(progress.state, ProgressState::Waiting | ProgressState::Running)
    };
    let row = |progress: &Progress| {
        // Nothing is at work until the person acts: the mark does not move.
        let (state, mark) = match is_persons_turn(progress) {
            true => ("status-state-yours", "yours"),
            false => state(progress.state),
        };
        Row { name: t.text(step(progress.step)), state: t.text(state), mark }
    };
    status.progress.iter().map(row).collect()
}

const fn step(step: ProgressStep) -> &'static str {
    match step {
        ProgressStep::ConfirmAddress => "status-step-confirm",
        ProgressStep::CreateAccount => "status-step-create",
        ProgressStep::GrantAccess => "status-step-access",
        ProgressStep::SetPassword => "status-step-reset",
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

/// The label of the username: until the account is there, the name is not quite certain.
pub(super) const fn username(status: &Status) -> &'static str {
    match status.stage {
        Stage::Queued | Stage::Provisioning => "status-username-soon",
        _ => "status-username",
    }
}

/// A day, as it is written in the language.
pub(super) fn date(t: &Language, at: Timestamp) -> String {
    let (year, month, day) = at.date();
    let (year, month, day) = (year.to_string(), month.to_string(), day.to_string());
    t.text_with("page-date", &[("year", &year), ("month", &month), ("day", &day)])
}

/// The time since `at`, in whole minutes, hours or days.
pub(super) fn age(t: &Language, at: Timestamp, now: Timestamp) -> String {
    let minutes = now.since(at).as_secs() / 60;
    let (id, unit, count) = match minutes {
        0..60 => ("age-minutes", "minutes", minutes.max(1)),
        60..1440 => ("age-hours", "hours", minutes / 60),
        _ => ("age-days", "days", minutes / 1440),
    };
    t.text_with(id, &[(unit, &count.to_string())])
}

/// The reason why it takes longer.
pub(super) const fn wait(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::NoSeats => "status-wait-seats",
        Waiting::Throttled => "status-wait-throttled",
        // A fault of the application concerns only the operator.
        Waiting::TenantUnavailable | Waiting::ApplicationRefused | Waiting::PermissionMissing => {
            "status-wait-tenant"
        }
        Waiting::TenantLag => "status-wait-lag",
        Waiting::MailUnavailable => "status-wait-mail",
        Waiting::EarlierRequest => "status-wait-earlier",
    }
}

/// The sentence above the code's field once the code's time is over.
pub(super) fn code_over(until: Option<Timestamp>, now: Timestamp) -> Option<&'static str> {
    until.is_some_and(|until| until <= now).then_some("error-code-expired")
}

/// The version that the script compares to see whether the page has changed. A new username changes it too, and so does
/// a button that may be pressed now.
pub(super) fn version(status: &Status, is_closed: bool) -> String {
    let mut version = status.stage.to_string();
    if status.gone {
        version.push_str(".gone");
    } else if let Some(principal) = &status.principal {
        version.push('.');
        version.push_str(principal);
    }
    if status.undelivered {
        version.push_str(".undelivered");
    }
    for progress in &status.progress {
        version.push('.');
        version.push_str(state(progress.state).1);
    }
    if is_closed {
        version.push_str(".closed");
    }
    if let Some(waiting) = status.waiting {
        version.push('.');
        version.push_str(wait(waiting));
    }
    version
}

/// The sentence under the code's field, with the time that is left.
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

    use std::{collections::BTreeSet, time::Duration};

    use super::*;
    use crate::texts::Texts;

    #[test]
    fn days_are_written_as_the_language_writes_them() {
        let texts = Texts::embedded().unwrap();
        let written = |tag: &str, text: &str| {
            let seconds = text.parse::<jiff::Timestamp>().unwrap().as_second();
            date(texts.language(&tag.parse().unwrap()), Timestamp::from_millis(seconds * 1000))
        };
        for (tag, expected) in [
            ("en", "6\u{a0}December 2026"),
            ("de", "6.\u{a0}Dezember 2026"),
            ("fr", "6\u{a0}décembre 2026"),
            ("es", "6\u{a0}de\u{a0}diciembre de 2026"),
            ("it", "6\u{a0}dicembre 2026"),
            ("pl", "6\u{a0}grudnia 2026\u{a0}r."),
            ("tr", "6\u{a0}Aralık 2026"),
            ("uk", "6\u{a0}грудня 2026\u{a0}р."),
            ("zh-Hans", "2026年12月6日"),
            ("ar", "6\u{a0}ديسمبر 2026"),
        ] {
            assert_eq!(written(tag, "2026-12-06T23:59:59Z"), expected);
        }
        assert_eq!(written("fr", "2027-01-01T00:00:00Z"), "1er\u{a0}janvier 2027");
        assert_eq!(written("it", "2027-05-01T00:00:00Z"), "1º\u{a0}maggio 2027");
        let day_in = &|tag: &str, month: u8| written(tag, &format!("2026-{month:02}-15T00:00:00Z"));
        let tags: Vec<_> = texts.languages().map(|t| t.locale().to_string()).collect();
        let months: BTreeSet<_> =
            tags.iter().flat_map(|tag| (1..=12).map(move |month| (tag, day_in(tag, month)))).collect();
        assert_eq!(months.len(), 12 * tags.len());
    }

    #[test]
    fn the_time_that_is_left_is_told_in_words_that_fit() {
        let texts = Texts::embedded().unwrap();
        let t = texts.language(&"en".parse().unwrap());
        let now = Timestamp::from_millis(1_795_000_000_000);
        let hint = |seconds| code_hint(t, Some(now.plus(Duration::from_secs(seconds))), now);
        assert!(hint(30).contains("one more minute."), "{}", hint(30));
        assert!(hint(61).contains("2\u{a0}more minutes"), "{}", hint(61));
        assert!(hint(119 * 60).contains("119\u{a0}more minutes"), "{}", hint(119 * 60));
        assert!(hint(24 * 60 * 60 - 1).contains("24\u{a0}more hours"), "{}", hint(24 * 60 * 60 - 1));
        assert!(hint(0).starts_with("Six digits. "), "{}", hint(0));
        assert_eq!(code_over(Some(now), now), Some("error-code-expired"));
        assert_eq!(code_over(Some(now.plus(Duration::from_secs(1))), now), None);
        assert_eq!(code_over(None, now), None);
    }
}
