//! The licences of new accounts: bought, active, with free seats.

use std::collections::BTreeSet;

use super::{
    finding::{Area, Finding},
    tenant::unseen,
};
use crate::{
    domain::{Profile, SkuId},
    graph::{Graph, Permission, Subscription},
};

pub(super) async fn check(graph: &Graph, profiles: &[&Profile]) -> Vec<Finding> {
    let skus: BTreeSet<SkuId> = profiles.iter().flat_map(|profile| profile.licences.clone()).collect();
    if skus.is_empty() {
        return Vec::new();
    }
    match graph.subscriptions().await {
        Ok(bought) => skus.iter().map(|sku| judge(*sku, &bought, &places(*sku, profiles))).collect(),
        Err(error) => vec![unseen(Area::Licence, "the tenant's licences", &error, Permission::Seats)],
    }
}

/// The countries in which the profiles use a licence; no licence is given without a country.
fn places(sku: SkuId, profiles: &[&Profile]) -> String {
    let using = profiles.iter().filter(|profile| profile.licences.contains(&sku));
    let places: BTreeSet<String> =
        using.filter_map(|profile| profile.usage_location).map(|country| country.to_string()).collect();
    places.into_iter().collect::<Vec<_>>().join(", ")
}

fn judge(sku: SkuId, bought: &[Subscription], places: &str) -> Finding {
    let Some(subscription) = bought.iter().find(|subscription| subscription.sku == sku) else {
        let known: Vec<String> =
            bought.iter().map(|one| format!("{} ({})", one.part_number, one.sku)).collect();
        return Finding::failure(
            Area::Licence,
            format!("the tenant has no licence {sku}"),
            format!("correct the profile's licences; the tenant has: {}", known.join(", ")),
        );
    };
    let Subscription { part_number, seats, .. } = subscription;
    let free = subscription.free();
    if !subscription.is_active {
        let what = format!("{part_number} cannot be assigned: the subscription is not active");
        return Finding::failure(Area::Licence, what, "renew it in the admin center, or take another");
    }
    if *seats == 0 {
        let what = format!("{part_number} ({sku}) has no seats at all");
        let remedy = "correct the profile's licences, or buy seats of it; signups wait until then";
        return Finding::failure(Area::Licence, what, remedy);
    }
    if free == 0 {
        let what = format!("{part_number} has no free seat: all {seats} are assigned");
        return Finding::failure(
            Area::Licence,
            what,
            "buy seats, or take some back; signups wait until then",
        );
    }
    Finding::ok(Area::Licence, format!("{part_number} has {free} of {seats} seats free, for use in {places}"))
}

#[cfg(test)]
mod tests {
    use super::{super::finding::Verdict, *};

    #[test]
    fn seats_that_are_all_taken_fail() {
        let sku: SkuId = "314c4481-f395-4525-be8b-2ec4bb1e9d91".parse().expect("a GUID");
        for (consumed, verdict) in [(9, Verdict::Ok), (10, Verdict::Failure), (12, Verdict::Failure)] {
            let part_number = "A1".to_owned();
            let bought = [Subscription { sku, part_number, is_active: true, seats: 10, consumed }];
            assert_eq!(judge(sku, &bought, "DE").verdict, verdict);
        }
    }
}
