//! The sentences of the form on what is kept, and for how long: they follow `[privacy]`.

use std::time::Duration;

use crate::{config::Config, texts::Language};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// The sentences in the order of a person's questions: the account, its end, what else there is.
pub(super) fn sentences(t: &Language, config: &Config) -> Vec<String> {
    let privacy = &config.privacy;
    // The time runs from the end of the last code.
    let unconfirmed = privacy.keep_unconfirmed.map(|keep| keep + config.signup.confirm_within);
    let sentence = |keep: Option<Duration>, limited: &str, unlimited: &str| match keep {
        Some(keep) => t.text_with(limited, &[("after", &after(t, keep))]),
        None => t.text(unlimited),
    };
    vec![
        t.text("form-kept-password"),
        sentence(privacy.keep_finished, "form-kept-address", "form-kept-address-for-good"),
        sentence(privacy.keep_tombstones, "form-kept-code", "form-kept-code-for-good"),
        sentence(unconfirmed, "form-kept-unconfirmed", "form-kept-unconfirmed-for-good"),
        sentence(privacy.keep_duplicates, "form-kept-further", "form-kept-further-for-good"),
        sentence(privacy.keep_events, "form-kept-steps", "form-kept-steps-for-good"),
    ]
}

/// "After 30 days": whole years, else whole days, else hours; a part of a day or an hour counts as a whole one.
fn after(t: &Language, time: Duration) -> String {
    let seconds = time.as_secs();
    let (id, unit, count) = match seconds {
        YEAR.. if seconds.is_multiple_of(YEAR) => ("form-kept-years", "years", seconds / YEAR),
        DAY.. => ("form-kept-days", "days", seconds.div_ceil(DAY)),
        _ => ("form-kept-hours", "hours", seconds.div_ceil(HOUR)),
    };
    t.text_with(id, &[(unit, &count.to_string())])
}
