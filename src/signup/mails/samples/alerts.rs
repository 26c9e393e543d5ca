//! Samples of news for admins, invented like the person.

use super::{NOW, Person};
use crate::{
    domain::{Attention, SignupId, SkuId},
    signup::{
        SeatCount,
        alerts::{Ending, News, Refused, SeatsLeft},
    },
    store::Untold,
};

pub(super) fn signups() -> News {
    let reasons = [Attention::Forbidden, Attention::GroupRefused, Attention::RecipientRefused];
    let untold = |(number, reason)| Untold { id: SignupId::from_bytes([number; 16]), reason, since: NOW };
    News::Attention((1..).zip(reasons).map(untold).collect())
}

pub(super) fn seats(person: &Person, free: i64) -> News {
    // Office 365 A1 for students.
    let sku = "314c4481-f395-4525-be8b-2ec4bb1e9d91".parse::<SkuId>();
    let product = "STANDARDWOFFPACK_STUDENT".to_owned();
    let count = sku.map(|sku| SeatCount { sku, product, free, total: 500 });
    let left = count.map(|count| SeatsLeft { tenant: person.tenant.clone(), count });
    News::Seats(left.into_iter().collect())
}

pub(super) fn certificates(person: &Person) -> News {
    let thumbprint = "58F1C0E2D7A94B3C6E5F8091A2B3C4D5E6F70819".to_owned();
    News::Certificates(vec![Ending {
        tenant: person.tenant.clone(),
        thumbprint,
        not_after: NOW,
        days_left: 0,
    }])
}

pub(super) fn refusals(person: &Person) -> News {
    let remedy = "register the configured certificate with the app registration";
    News::Refused(vec![Refused { tenant: person.tenant.clone(), code: "AADSTS700027".to_owned(), remedy }])
}
