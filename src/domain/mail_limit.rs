//! Limits on the mails that one address gets.

use std::time::Duration;

use super::Timestamp;

/// A limit: the most mails to one address within any span of a given length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimit {
    /// The number of mails.
    pub mails: u32,
    /// The length of the span.
    pub within: Duration,
}

/// All limits on the mails that one address gets; without any, mails are neither limited nor counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailLimits(Vec<MailLimit>);

impl MailLimits {
    /// The longest span that a limit can have. Mails are counted no longer than this.
    pub const MAX_SPAN: Duration = Duration::from_hours(7 * 24);

    /// These limits, which all hold.
    #[must_use]
    pub const fn new(limits: Vec<MailLimit>) -> Self {
        Self(limits)
    }

    /// Returns whether there are no limits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of newest mails that [`Self::next`] needs to know.
    #[must_use]
    pub fn counted(&self) -> u32 {
        self.0.iter().map(|limit| limit.mails).max().unwrap_or(0)
    }

    /// The time from which the next mail may be sent, given the times of the newest ones, the newest first; `None`
    /// when it may be sent now.
    #[must_use]
    pub fn next(&self, sent: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        let free_from = |limit: &MailLimit| {
            let last_counted = usize::try_from(limit.mails).ok()?.checked_sub(1)?;
            sent.get(last_counted).map(|sent| sent.plus(limit.within))
        };
        self.0.iter().filter_map(free_from).max().filter(|from| *from > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).plus(Duration::from_mins(minutes))
    }

    fn limits() -> MailLimits {
        let limit = |mails, within| MailLimit { mails, within };
        MailLimits::new(vec![limit(2, HOUR), limit(3, HOUR * 24)])
    }

    #[test]
    fn each_span_has_its_limit_and_the_longest_wait_counts() {
        assert_eq!(limits().next(&[], at(0)), None);
        assert_eq!(limits().next(&[at(0)], at(0)), None);
        assert_eq!(limits().next(&[at(10), at(0)], at(10)), Some(at(60)));
        assert_eq!(limits().next(&[at(10), at(0)], at(59)), Some(at(60)));
        assert_eq!(limits().next(&[at(10), at(0)], at(60)), None, "the span has just passed");
        assert_eq!(limits().next(&[at(60), at(10), at(0)], at(90)), Some(at(24 * 60)));
        assert_eq!(limits().next(&[at(60), at(10), at(0)], at(24 * 60)), None);
    }

    #[test]
    fn without_limits_every_mail_may_be_sent() {
        let none = MailLimits::default();
        assert!(none.is_empty() && none.counted() == 0);
        assert_eq!(none.next(&[at(0); 1000], at(0)), None);
        assert_eq!(limits().counted(), 3);
    }
}
