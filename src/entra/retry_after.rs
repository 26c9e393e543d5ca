//! The `Retry-After` header (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

use super::lenient;
use crate::domain::Timestamp;

/// The longest pause that is believed.
const LONGEST: Duration = Duration::from_secs(3600);

/// The time to wait from `now` on: the header holds seconds, which Microsoft writes with a fraction at times, or an
/// HTTP date. `None` when it holds neither.
pub(crate) fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let wait = lenient::seconds(value).or_else(|| until(value.trim(), now))?;
    Some(wait.min(LONGEST))
}

fn until(date: &str, now: Timestamp) -> Option<Duration> {
    http_date(date).map(|date| date.since(now))
}

/// The moment an HTTP date names (RFC 9110, section 5.6.7).
pub(crate) fn http_date(date: &str) -> Option<Timestamp> {
    let date = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(Timestamp::from_millis(date.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("17", Some(17))]
    #[case(" 0 ", Some(0))]
    #[case("Sun, 22 Nov 2026 10:15:30 GMT", Some(30))]
    #[case("Sun, 22 Nov 2026 10:00:00 GMT", Some(0))]
    #[case("31536000", Some(3600))]
    #[case("Wed, 22 Nov 2028 10:15:30 GMT", Some(3600))]
    #[case("-5", None)]
    #[case("soon", None)]
    #[case("", None)]
    #[case(".5", None)]
    #[case("1e3", None)]
    #[case("inf", None)]
    #[case("99999999999999999999999", Some(3600))]
    fn seconds_and_dates_are_read_and_capped(#[case] value: &str, #[case] seconds: Option<u64>) {
        let now = Timestamp::from_millis(1_795_342_500_000);
        assert_eq!(parse(value, now), seconds.map(Duration::from_secs), "{value:?}");
    }

    #[test]
    fn fractions_of_a_second_are_read() {
        let now = Timestamp::from_millis(1_795_342_500_000);
        assert_eq!(parse("2.542", now), Some(Duration::from_millis(2542)));
    }
}
