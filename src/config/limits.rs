//! `[limits]`: rate limits.

use std::{num::NonZeroU32, str::FromStr, time::Duration};

use super::section::{Section, Takes};
use crate::domain::{MailLimit, MailLimits, NetworkSize};

/// Rate limits; `None` where a limit is off.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Forms that a network sends.
    pub submissions_per_network: Option<Rate>,
    /// Mails that an address gets.
    pub mails_per_address: MailLimits,
    /// Forms of all networks together that need neither proof of work nor a confirmed address.
    pub submissions_in_total: Option<Rate>,
    /// The percentage of that which one small network may use.
    pub network_share: u32,
    /// Codes and links that a network tries or has sent again.
    pub codes_per_network: Option<Rate>,
    /// Requests of a network, whatever they ask for.
    pub pages_per_network: Option<Rate>,
    /// The percentage of the server's connections that one small network may hold at a time.
    pub connection_share: usize,
    /// The factors by which larger networks have more than small ones.
    pub factors: NetworkFactors,
}

/// The factors by which larger networks have more than an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone, Copy)]
pub struct NetworkFactors {
    /// An IPv4 /24.
    pub ipv4_24: u32,
    /// An IPv6 /56.
    pub ipv6_56: u32,
    /// An IPv6 /48.
    pub ipv6_48: u32,
}

/// A rate: an amount at once, which becomes available again evenly over a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The amount that may be used at once.
    pub burst: NonZeroU32,
    /// The time until all of it may be used again.
    pub per: Duration,
}

/// A limit as it is written: `20/1h` or `off`.
#[derive(PartialEq)]
struct Written(Option<Rate>);

const MAIL_LIMIT: Takes = Takes("a number of mails and a time up to a week", "\"4/1h\"");
const LIMIT: Takes = Takes("a number and a time up to a week", "\"20/1h\", or \"off\"");
const LONGEST: Duration = MailLimits::MAX_SPAN;

impl Limits {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let mut read = |name| section.parse(name, LIMIT).map(|Written(rate)| rate);
        let submissions_per_network = read("submissions_per_network");
        let submissions_in_total = read("submissions_in_total");
        let codes_per_network = read("codes_per_network");
        let pages_per_network = read("pages_per_network");
        let network_share = section.number("network_share", 1..=100);
        let connection_share = section.number("connection_share", 1..=100);
        let factors = NetworkFactors::read(section);
        // Has no effect any more; configurations of 0.1.0 have it.
        section.maybe::<Written>("submissions_per_email", LIMIT);
        let mails_per_address = section.list::<Written>("mails_per_address", MAIL_LIMIT);
        Some(Self {
            submissions_per_network: submissions_per_network?,
            mails_per_address: mail_limits(mails_per_address?),
            submissions_in_total: submissions_in_total?,
            network_share: network_share?,
            codes_per_network: codes_per_network?,
            pages_per_network: pages_per_network?,
            connection_share: connection_share?,
            factors: factors?,
        })
    }

    /// The part of `total` that a network of this size may use: larger ones have two and four shares.
    #[must_use]
    pub fn share(&self, total: Rate, size: NetworkSize) -> Rate {
        let shares = match size {
            NetworkSize::Ipv4Address | NetworkSize::Ipv6Slash64 => 1,
            NetworkSize::Ipv6Slash56 => 2,
            NetworkSize::Ipv4Slash24 | NetworkSize::Ipv6Slash48 => 4,
        };
        let percent = u64::from(self.network_share) * shares;
        total.with_burst(u64::from(total.burst.get()) * percent.min(100) / 100)
    }
}

impl NetworkFactors {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        let ipv4_24 = section.number("ipv4_24_factor", 1..=256);
        let ipv6_56 = section.number("ipv6_56_factor", 1..=256);
        let ipv6_48 = section.number("ipv6_48_factor", 1..=65_536);
        Some(Self { ipv4_24: ipv4_24?, ipv6_56: ipv6_56?, ipv6_48: ipv6_48? })
    }

    /// The rate for a network of this size, where a small one has `rate`.
    #[must_use]
    pub fn apply(&self, rate: Rate, size: NetworkSize) -> Rate {
        let factor = match size {
            NetworkSize::Ipv4Address | NetworkSize::Ipv6Slash64 => 1,
            NetworkSize::Ipv4Slash24 => self.ipv4_24,
            NetworkSize::Ipv6Slash56 => self.ipv6_56,
            NetworkSize::Ipv6Slash48 => self.ipv6_48,
        };
        rate.with_burst(u64::from(rate.burst.get()) * u64::from(factor))
    }
}

impl Rate {
    /// The same period with another burst, of at least one.
    fn with_burst(self, burst: u64) -> Self {
        let burst = u32::try_from(burst).unwrap_or(u32::MAX);
        Self { burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN), per: self.per }
    }
}

fn mail_limits(written: Vec<Written>) -> MailLimits {
    let limit = |Rate { burst, per }| MailLimit { mails: burst.get(), within: per };
    MailLimits::new(written.into_iter().filter_map(|Written(rate)| rate.map(limit)).collect())
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
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rate(burst: u32) -> Rate {
        Rate { burst: NonZeroU32::new(burst).unwrap(), per: Duration::from_hours(1) }
    }

    #[test]
    fn larger_networks_have_more_and_never_none_or_all() {
        let factors = NetworkFactors { ipv4_24: 8, ipv6_56: 4, ipv6_48: 16 };
        let bursts = |rate| NetworkSize::ALL.map(|size| factors.apply(rate, size).burst.get());
        assert_eq!(bursts(rate(600)), [600, 4800, 600, 2400, 9600]);
        assert_eq!(bursts(rate(u32::MAX)), [u32::MAX; 5]);
        let limits = |network_share| Limits {
            submissions_per_network: None,
            mails_per_address: MailLimits::default(),
            submissions_in_total: None,
            network_share,
            codes_per_network: None,
            pages_per_network: None,
            connection_share: 100,
            factors,
        };
        let shares = |percent, total| {
            NetworkSize::ALL.map(|size| limits(percent).share(rate(total), size).burst.get())
        };
        assert_eq!(shares(10, 600), [60, 240, 60, 120, 240]);
        assert_eq!(shares(100, 600), [600; 5], "no share is more than the whole");
        assert_eq!(shares(1, 4), [1; 5], "the smallest share is one");
    }

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
