//! The free seats of licences as they were last counted, and the signups that are not taken for want of them.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;

use super::Signups;
use crate::domain::{Profile, SkuId, TenantAlias};

/// The seats of one licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatCount {
    /// The licence.
    pub sku: SkuId,
    /// Microsoft's name of it.
    pub product: String,
    /// The number of free seats.
    pub free: i64,
    /// The number of all seats.
    pub total: i64,
}

/// The last counts, by tenant. Clones share them; a licence that was never counted is not known to be short.
#[derive(Debug, Clone, Default)]
pub struct Seats(Arc<ArcSwap<Counted>>);

type Counted = BTreeMap<TenantAlias, Vec<SeatCount>>;

impl Seats {
    /// Sets the counts of the tenant's seats; `None` where they can no longer be counted.
    pub fn set(&self, tenant: &TenantAlias, counts: Option<&[SeatCount]>) {
        self.0.rcu(|before| {
            let mut counted = Counted::clone(before);
            match counts {
                Some(counts) => counted.insert(tenant.clone(), counts.to_vec()),
                None => counted.remove(tenant),
            };
            counted
        });
    }

    /// Returns whether one of the profile's licences is known to have no free seat.
    fn are_short_for(&self, profile: &Profile) -> bool {
        let counted = self.0.load();
        let Some(counts) = counted.get(&profile.tenant) else { return false };
        counts.iter().any(|count| count.free == 0 && profile.licences.contains(&count.sku))
    }
}

impl Signups {
    /// The seat counts of the signups, for the task that updates them.
    #[must_use]
    pub fn seats(&self) -> &Seats {
        &self.0.seats
    }

    /// Returns whether no profile takes signups now, because each lacks seats and is not to wait for them.
    #[must_use]
    pub fn lack_seats(&self) -> bool {
        self.0.config.seats.closes_signups()
            && self.profiles().iter().all(|profile| self.is_closed_for(profile))
    }

    /// Returns whether signups of this profile are not taken now.
    pub(super) fn is_closed_for(&self, profile: &Profile) -> bool {
        self.0.config.seats.closes_signups() && self.0.seats.are_short_for(profile)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const STUDENTS: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";
    const STAFF: &str = "94763226-9b3c-4e75-a931-5c89701abe66";

    fn profile(tenant: &str, licences: &[&str]) -> Profile {
        Profile {
            name: "some".parse().unwrap(),
            rule: "st[0-9]{6}@example\\.edu".parse().unwrap(),
            tenant: tenant.parse().unwrap(),
            domain: "students.example.edu".parse().unwrap(),
            licences: licences.iter().map(|sku| sku.parse().unwrap()).collect(),
            groups: Vec::new(),
            usage_location: None,
            attributes: Vec::new(),
            username: "{first}.{last}".parse().unwrap(),
        }
    }

    fn count(sku: &str, free: i64) -> SeatCount {
        SeatCount { sku: sku.parse().unwrap(), product: "A1".to_owned(), free, total: 10 }
    }

    #[test]
    fn only_what_is_counted_is_short() {
        let (seats, main) = (Seats::default(), "main".parse().unwrap());
        let (students, both, none, elsewhere) = (
            profile("main", &[STUDENTS]),
            profile("main", &[STAFF, STUDENTS]),
            profile("main", &[]),
            profile("other", &[STUDENTS]),
        );
        let short = |seats: &Seats| [&students, &both, &none, &elsewhere].map(|one| seats.are_short_for(one));
        assert_eq!(short(&seats), [false; 4]);
        seats.clone().set(&main, Some(&[count(STUDENTS, 1), count(STAFF, 0)]));
        assert_eq!(short(&seats), [false, true, false, false]);
        seats.set(&main, Some(&[count(STUDENTS, 0), count(STAFF, 0)]));
        assert_eq!(short(&seats), [true, true, false, false]);
        seats.set(&main, None);
        assert_eq!(short(&seats), [false; 4]);
    }
}
