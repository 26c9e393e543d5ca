#![allow(clippy::unwrap_used)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;
use crate::{config::NetworkFactors, domain::Timestamp};

const FACTORS: NetworkFactors = NetworkFactors { ipv4_24: 8, ipv6_56: 4, ipv6_48: 16 };

fn rate(burst: u32, seconds: u64) -> Rate {
    Rate { burst: burst.try_into().unwrap(), per: Duration::from_secs(seconds) }
}

fn clock() -> Clock {
    Clock::manual(Timestamp::from_millis(1_795_000_000_000))
}

/// A limiter as the limits by network have it.
fn limiter(burst: u32, seconds: u64) -> (NetworkLimiter, Clock) {
    let clock = clock();
    let rate = rate(burst, seconds);
    (NetworkLimiter::new(|size| FACTORS.apply(rate, size), None, &clock), clock)
}

/// A limiter whose networks have no limit that matters, but all together have one.
fn in_total(burst: u32, share: u32, seconds: u64) -> (NetworkLimiter, Clock) {
    let clock = clock();
    let limiter = NetworkLimiter::new(|_| rate(share, seconds), Some(rate(burst, seconds)), &clock);
    (limiter, clock)
}

fn network(address: &str) -> Option<Network> {
    Some(Network::of(address.parse().unwrap()))
}

fn ipv6(bits: u64) -> Option<Network> {
    Some(Network::of(IpAddr::V6(Ipv6Addr::from_bits(u128::from(bits) << 64))))
}

fn ipv4(bits: u32) -> Option<Network> {
    Some(Network::of(IpAddr::V4(Ipv4Addr::from_bits(bits))))
}

/// The number of requests that are let through before the first that is not, and what refuses that one.
fn until_refused(limiter: &NetworkLimiter, mut next: impl FnMut(u64) -> Option<Network>) -> (u64, Exhausted) {
    let refusal = |count| limiter.take(next(count)).err().map(|exhausted| (count, exhausted));
    (0..100_000).find_map(refusal).expect("there is a limit")
}

fn largest_table(limiter: &NetworkLimiter) -> usize {
    limiter.state().networks.iter().map(HashMap::len).max().unwrap()
}

#[test]
fn tokens_come_back_evenly() {
    let (limiter, clock) = limiter(3, 60);
    let (one, other) = (network("192.0.2.1"), network("198.51.100.1"));
    for left in [2, 1, 0] {
        assert_eq!(limiter.take(one), Ok(left));
    }
    let refused =
        |seconds| Err(Exhausted { size: Some(NetworkSize::Ipv4Address), wait: Duration::from_secs(seconds) });
    assert_eq!(limiter.take(one), refused(20));
    assert_eq!(limiter.take(other), Ok(2), "another network has all of its own");
    clock.advance(Duration::from_millis(19_999));
    assert_eq!(limiter.take(one).unwrap_err().wait, Duration::from_millis(1));
    clock.advance(Duration::from_millis(1));
    assert_eq!(limiter.take(one), Ok(0));
    assert_eq!(limiter.take(one), refused(20));
    clock.advance(Duration::from_secs(60));
    assert_eq!((0..4).filter(|_| limiter.take(one).is_ok()).count(), 3);
}

#[test]
fn larger_networks_have_more_and_are_limited_as_well() {
    let (limiter, _) = limiter(3, 3600);
    let (count, refused) = until_refused(&limiter, |_| network("2001:db8:0:101::1"));
    assert_eq!((count, refused.size), (3, Some(NetworkSize::Ipv6Slash64)));
    let (count, refused) = until_refused(&limiter, |count| ipv6(0x2001_0DB8_0000_0102 + count % 200));
    assert_eq!((count, refused.size), (9, Some(NetworkSize::Ipv6Slash56)), "four times three for the /56");
    let (count, refused) = until_refused(&limiter, |count| ipv6(0x2001_0DB8_0000_0200 + (count << 8)));
    assert_eq!((count, refused.size), (36, Some(NetworkSize::Ipv6Slash48)), "16 times three for the /48");
    assert_eq!(limiter.take(network("2001:db8:1:101::1")), Ok(2), "another /48");

    let (count, refused) = until_refused(&limiter, |count| ipv4(0xC000_0200 | (count % 256) as u32));
    assert_eq!((count, refused.size), (24, Some(NetworkSize::Ipv4Slash24)), "eight times three for the /24");
    assert_eq!(limiter.take(network("192.0.3.1")), Ok(2), "another /24");
}

#[test]
fn a_refused_request_takes_nothing_at_any_size() {
    let (limiter, _) = limiter(2, 3600);
    until_refused(&limiter, |_| network("2001:db8::1"));
    for _ in 0..100 {
        limiter.take(network("2001:db8::1")).unwrap_err();
    }
    let (count, _) = until_refused(&limiter, |count| ipv6(0x2001_0DB8_0000_0001 + count));
    assert_eq!(count, 6, "the /56 has eight, of which two are used");
    let (total, _) = in_total(10, 2, 3600);
    until_refused(&total, |_| network("192.0.2.1"));
    for _ in 0..100 {
        total.take(network("192.0.2.1")).unwrap_err();
    }
    let (count, refused) = until_refused(&total, |count| ipv4((count as u32) << 8));
    assert_eq!((count, refused.size), (8, None), "all together have ten, of which two are used");
    assert_eq!(total.take(network("198.51.100.1")).unwrap_err().size, None);
}

/// The flood that made 0.1.0 forget the limits of a refused network.
#[test]
fn a_flood_of_networks_does_not_make_a_used_limit_forgotten() {
    let (limiter, clock) = limiter(1200, 3600);
    let attacker = network("2001:db8:0:ffff::1");
    until_refused(&limiter, |_| attacker);
    for count in 0..70_000 {
        let _ = limiter.take(ipv6(0x2001_0DB8_0000_0000 + count % 0xFF00));
    }
    assert!(limiter.take(attacker).is_err(), "within its own /48");
    clock.advance(Duration::from_hours(2));
    let victim = network("2001:db8:0:ffff::1");
    until_refused(&limiter, |_| victim);
    for count in 0..100_000 {
        let _ = limiter.take(ipv6(0x2A00_0000_0000_0000 + (count << 16)));
        let _ = limiter.take(ipv4((count as u32).wrapping_mul(2_654_435_761)));
    }
    assert!(limiter.take(victim).is_err(), "from 200,000 other networks");
    clock.advance(SWEEP_FULL_EVERY);
    assert!(limiter.take(victim).is_err(), "a sweep of the full table forgets only what is not used");
}

#[test]
fn memory_is_bounded_and_given_back() {
    let (limiter, clock) = limiter(2, 3600);
    let mut largest = 0;
    for count in 0..1_000_000_u64 {
        let _ = limiter.take(ipv6(count.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        if count % 1000 == 0 {
            largest = largest.max(largest_table(&limiter));
        }
    }
    assert!(largest <= MAX_NETWORKS && largest > MAX_NETWORKS - 1000, "{largest}");
    clock.advance(Duration::from_hours(2));
    assert_eq!(limiter.take(network("192.0.2.1")), Ok(1));
    let state = limiter.state();
    assert_eq!(state.networks.iter().map(HashMap::len).sum::<usize>(), 2, "full buckets are removed");
    assert!(state.networks.iter().all(|networks| networks.capacity() < 100));
}

#[test]
fn with_a_full_table_providers_are_limited_apart() {
    let (limiter, _) = limiter(2, 3600);
    for count in 0..200_000_u64 {
        let _ = limiter.take(ipv6(0x2001_0DB8_0000_0000 + (count << 16)));
    }
    let (count, refused) =
        until_refused(&limiter, |count| ipv6(0x2001_0DB8_0000_0000 + ((200_000 + count) << 16)));
    assert_eq!((count, refused.size), (0, Some(NetworkSize::Ipv6Slash48)), "the attacker's further networks");
    // By chance, one of 1024 providers shares a bucket with the attacker's.
    let others = (0..100).filter(|provider| limiter.take(ipv6((0x2A00 + provider) << 48)).is_ok()).count();
    assert!(others >= 95, "{others} of 100 other providers are let through");
    let (count, _) = until_refused(&limiter, |count| ipv6(0x2B00_0000_0000_0000 + count));
    assert!(count <= 32, "a provider that comes late has the limit of a /48: {count}");
    assert_eq!(limiter.take(network("192.0.2.1")), Ok(1), "IPv4 has a table of its own");
}

#[test]
fn half_is_used_when_any_size_has_used_half() {
    let (limiter, clock) = in_total(8, 4, 8);
    let (one, other) = (network("192.0.2.1"), network("198.51.100.1"));
    assert!(!limiter.is_half_used(one));
    for _ in 0..3 {
        limiter.take(one).unwrap();
    }
    assert!(limiter.is_half_used(one) && !limiter.is_half_used(other));
    limiter.take(other).unwrap();
    assert!(!limiter.is_half_used(other) && !limiter.is_half_used(None), "exactly half");
    limiter.take(None).unwrap();
    assert!(limiter.is_half_used(other) && limiter.is_half_used(None), "all together have used half");
    clock.advance(Duration::from_secs(8));
    assert!(!limiter.is_half_used(one));
}

proptest! {
    /// Over any time, no network of any size gets more than its burst and what came back.
    #[test]
    fn no_size_exceeds_its_rate(
        burst in 1_u32..20,
        per in 1_u64..2000,
        requests in prop::collection::vec((0_u64..8, 0_u64..3, 0_u64..3, 0_u64..5_000), 1..400),
    ) {
        let (limiter, clock) = limiter(burst, per);
        let mut let_through = HashMap::<NetworkPrefix, u64>::new();
        let mut passed = 0_u64;
        for (host, home, site, pause) in requests {
            clock.advance(Duration::from_millis(pause));
            passed += pause;
            let network = ipv6(0x2001_0DB8_0000_0000 + (site << 16) + (home << 8) + host).unwrap();
            match limiter.take(Some(network)) {
                Ok(_) => network.prefixes().for_each(|prefix| *let_through.entry(prefix).or_default() += 1),
                Err(exhausted) => {
                    prop_assert!(exhausted.wait > Duration::ZERO);
                    prop_assert!(exhausted.wait <= Duration::from_secs(per));
                }
            }
        }
        for (prefix, count) in let_through {
            let tokens = u64::from(FACTORS.apply(rate(burst, per), prefix.size).burst.get());
            prop_assert!(count <= tokens + passed * tokens / (per * 1000) + 1, "{:?}: {}", prefix, count);
        }
    }

    /// A network is let through as long as it keeps to its own limit, whatever networks of other /48s do.
    #[test]
    fn other_networks_are_unaffected(
        burst in 1_u32..5,
        flood in prop::collection::vec(any::<u64>(), 0..300),
    ) {
        let (limiter, _) = limiter(burst, 3600);
        let quiet = network("2001:db8:1:2::1");
        for (count, bits) in flood.iter().enumerate() {
            let _ = limiter.take(ipv6(bits | (1 << 63)));
            if count % 50 == 0 && count / 50 < burst as usize {
                prop_assert!(limiter.take(quiet).is_ok());
            }
        }
    }
}
