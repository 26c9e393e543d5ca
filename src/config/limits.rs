//! `[limits]`: how often what may be done.

use std::{num::NonZeroU32, str::FromStr, time::Duration};

use super::section::{Section, Takes};

/// How often what may be done; `None` where it does not matter.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Forms that a network sends.
    pub submissions_per_network: Option<Rate>,
    /// Forms that are sent for an address.
    pub submissions_per_email: Option<Rate>,
    /// Forms that all send together.
    pub submissions_in_total: Option<Rate>,
    /// Codes and links that a network tries or has sent again.
    pub codes_per_network: Option<Rate>,
    /// Requests of a network, whatever they ask for.
    pub pages_per_network: Option<Rate>,
}

/// So much at once; what was used comes back evenly within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How much at once.
    pub burst: NonZeroU32,
    /// How long it takes until all of it may be used again.
    pub per: Duration,
}

/// A limit as it is written: `20/1h` or `off`.
struct Written(Option<Rate>);

const LIMIT: Takes = Takes("a number and a time up to a week", "\"20/1h\", or \"off\"");
const LONGEST: Duration = Duration::from_hours(7 * 24);

impl Limits {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let mut read = |name| section.parse(name, LIMIT).map(|Written(rate)| rate);
        let submissions_per_network = read("submissions_per_network");
        let submissions_per_email = read("submissions_per_email");
        let submissions_in_total = read("submissions_in_total");
        let codes_per_network = read("codes_per_network");
        let pages_per_network = read("pages_per_network");
        Some(Self {
            submissions_per_network: submissions_per_network?,
            submissions_per_email: submissions_per_email?,
            submissions_in_total: submissions_in_total?,
            codes_per_network: codes_per_network?,
            pages_per_network: pages_per_network?,
        })
    }
}

impl FromStr for Written {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "off" {
            return Ok(Self(None));
        }
        let (burst, per) = text.split_once('/').ok_or(())?;
        let burst = burst.trim().parse().map_err(|_| ())?;
        let per = humantime::parse_duration(per.trim()).map_err(|_| ())?;
        let fits = (Duration::from_secs(1)..=LONGEST).contains(&per);
        if fits { Ok(Self(Some(Rate { burst, per }))) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_and_a_time_or_off() {
        let read =
            |text: &str| text.parse::<Written>().map(|Written(rate)| rate.map(|r| (r.burst.get(), r.per)));
        assert_eq!(read("20/1h"), Ok(Some((20, Duration::from_hours(1)))));
        assert_eq!(read("600 / 1m 30s"), Ok(Some((600, Duration::from_secs(90)))));
        assert_eq!(read("off"), Ok(None));
        for wrong in
            ["", "20", "0/1h", "-1/1h", "20/", "20/h", "/1h", "20/0s", "20/8d", "5000000000/1h", "OFF"]
        {
            assert_eq!(read(wrong), Err(()), "{wrong}");
        }
    }
}
