//! The kinds of values that keys take, as their readers know them: for remedies and for the reference.

use std::{fmt, ops::RangeInclusive, time::Duration};

use super::section::Takes;

/// The kind of value that a key takes.
#[derive(Clone)]
pub(super) enum Kind {
    Flag,
    Number(RangeInclusive<i64>),
    Duration(RangeInclusive<Duration>),
    Choice(Vec<&'static str>),
    Text(Takes),
    List(Takes),
    /// A secret, and the key that takes its file instead.
    Secret(&'static str),
    Tables,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("true or false"),
            Self::Number(range) => write!(f, "a whole number from {} to {}", range.start(), range.end()),
            Self::Duration(range) => {
                write!(f, "a duration from {} to {}", written(*range.start()), written(*range.end()))
            }
            Self::Choice(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                write!(f, "one of {}", words.join(", "))
            }
            Self::Text(takes) => f.write_str(takes.0),
            Self::List(takes) => write!(f, "a list, each item {}", takes.0),
            Self::Secret(file) => write!(f, "a secret, or its file as `{file}`"),
            Self::Tables => f.write_str("a list of tables"),
        }
    }
}

/// The duration as one would write it: 90 days, and not two months, 29 days and two hours.
fn written(duration: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match duration.as_secs() {
        seconds if seconds >= DAY && seconds.is_multiple_of(DAY) => format!("{}d", seconds / DAY),
        _ => humantime::format_duration(duration).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_a_duration_are_round() {
        let kind = |least, most| Kind::Duration(least..=most).to_string();
        let (second, hour) = (Duration::from_secs(1), Duration::from_hours(1));
        assert_eq!(kind(Duration::ZERO, second * 90), "a duration from 0s to 1m 30s");
        assert_eq!(kind(hour, hour * 24 * 90), "a duration from 1h to 90d");
    }
}
