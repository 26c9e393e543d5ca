//! `[seats]`: the watch on free seats of licences, and the consequences when few or no seats are left.

use std::time::Duration;

use super::section::Section;

/// The watch on free seats of licences, and the consequences when few or no seats are left.
#[derive(Debug, Clone, Copy)]
pub struct Seats {
    /// True if free seats are counted.
    pub watch: bool,
    /// The time between two counts.
    pub check_every: Duration,
    /// The number of free seats below which admins are notified.
    pub warn_below: u32,
    /// The handling of signups while no seat is free.
    pub when_none: WhenNone,
}

/// The handling of signups while no seat is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenNone {
    /// They are taken, and wait for a seat.
    Queue,
    /// They are not taken.
    Close,
}

impl Seats {
    /// Returns whether this number of free seats needs no mail to the admins.
    #[must_use]
    pub fn are_enough(&self, free: i64) -> bool {
        free >= i64::from(self.warn_below.max(1))
    }

    /// Returns whether signups that no seat is free for are refused.
    #[must_use]
    pub fn closes_signups(&self) -> bool {
        self.when_none == WhenNone::Close
    }

    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let watch = section.flag("watch");
        let check_every = section.duration("check_every", Duration::from_mins(1)..=Duration::from_hours(24));
        let warn_below = section.number("warn_below", 0..=1_000_000);
        let when_none =
            section.choice("when_none", &[("queue", WhenNone::Queue), ("close", WhenNone::Close)]);
        if when_none == Some(WhenNone::Close) && watch == Some(false) {
            let problem = "\"close\" has no effect while nobody counts the seats";
            section.fault("when_none", problem, "write seats.watch = true, or \"queue\"");
        }
        Some(Self {
            watch: watch?,
            check_every: check_every?,
            warn_below: warn_below?,
            when_none: when_none?,
        })
    }
}
