//! `[privacy]`: the retention periods.

use std::{str::FromStr, time::Duration};

use super::{
    Signup,
    section::{Section, Takes},
};

/// The retention periods; `None` to keep something for good.
#[derive(Debug, Clone, Copy)]
pub struct Privacy {
    /// Steps and events of finished signups.
    pub keep_events: Option<Duration>,
    /// Signups that no one confirms, after their code has run out.
    pub keep_unconfirmed: Option<Duration>,
    /// Finished further requests for an address.
    pub keep_duplicates: Option<Duration>,
    /// Finished signups.
    pub keep_finished: Option<Duration>,
    /// Tombstones of erased addresses.
    pub keep_tombstones: Option<Duration>,
}

/// A time as it is written: `30d` or `off`.
struct Written(Option<Duration>);

const KEEP: Takes = Takes("a time from an hour to ten years", "\"30d\", or \"off\" to keep it for good");
const SHORTEST: Duration = Duration::from_hours(1);
const LONGEST: Duration = Duration::from_hours(3653 * 24);

impl Privacy {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let mut read = |name| section.parse(name, KEEP).map(|Written(keep)| keep);
        let keep_events = read("keep_events");
        let keep_unconfirmed = read("keep_unconfirmed");
        let keep_duplicates = read("keep_duplicates");
        let keep_finished = read("keep_finished");
        let keep_tombstones = read("keep_tombstones");
        Some(Self {
            keep_events: keep_events?,
            keep_unconfirmed: keep_unconfirmed?,
            keep_duplicates: keep_duplicates?,
            keep_finished: keep_finished?,
            keep_tombstones: keep_tombstones?,
        })
    }

    /// A signup must be kept as long as its page, which says until when that is. Otherwise the page of a further
    /// request would end before the first one's, too, and show its sender that the address has an account.
    pub(super) fn check(self, root: &mut Section<'_>, signup: &Signup) {
        for (key, keep) in [
            ("privacy.keep_unconfirmed", self.keep_unconfirmed),
            ("privacy.keep_duplicates", self.keep_duplicates),
            ("privacy.keep_finished", self.keep_finished),
        ] {
            if keep.is_some_and(|keep| keep < signup.status_page_for) {
                let remedy = "write a longer time, or a shorter signup.status_page_for";
                root.fault(key, "ends before the status page does", remedy);
            }
        }
    }
}

impl FromStr for Written {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "off" {
            return Ok(Self(None));
        }
        let keep = humantime::parse_duration(text).map_err(|_| ())?;
        if (SHORTEST..=LONGEST).contains(&keep) { Ok(Self(Some(keep))) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_keep_is_a_duration_or_off() {
        let read = |text: &str| text.parse::<Written>().map(|Written(keep)| keep);
        assert_eq!(read("30d"), Ok(Some(Duration::from_hours(30 * 24))));
        assert_eq!(read("1h"), Ok(Some(SHORTEST)));
        assert_eq!(read("10y"), Ok(Some(Duration::from_secs(315_576_000))));
        assert_eq!(read("off"), Ok(None));
        for wrong in ["", "0s", "59m", "11y", "-1d", "30", "OFF", "never"] {
            assert_eq!(read(wrong), Err(()), "{wrong}");
        }
    }
}
