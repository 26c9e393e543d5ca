//! The news for admins, each under a name by which it is reported once.

use crate::{
    domain::{TenantAlias, Timestamp},
    engine::Refusal,
    signup::SeatCount,
    store::Untold,
};

/// The content of one mail.
#[derive(Debug, Clone)]
pub(in crate::signup) enum News {
    Attention(Vec<Untold>),
    /// Licences that all have no free seat, or that all have some.
    Seats(Vec<SeatsLeft>),
    Certificates(Vec<Ending>),
    Refused(Vec<Refused>),
}

/// A tenant that refuses the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::signup) struct Refused {
    /// The tenant's alias.
    pub(in crate::signup) tenant: TenantAlias,
    /// The error's code.
    pub(in crate::signup) code: String,
    /// The remedy for an admin.
    pub(in crate::signup) remedy: &'static str,
}

impl From<(TenantAlias, Refusal)> for Refused {
    fn from((tenant, refusal): (TenantAlias, Refusal)) -> Self {
        Self { tenant, code: refusal.code, remedy: refusal.remedy }
    }
}

/// A licence with few or no free seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatsLeft {
    /// The tenant that has it.
    pub tenant: TenantAlias,
    /// The licence and its seats.
    pub count: SeatCount,
}

/// A certificate that ends soon, or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The tenant that it belongs to.
    pub tenant: TenantAlias,
    /// SHA-1, as Entra's portal lists it.
    pub thumbprint: String,
    /// The end of its validity.
    pub not_after: Timestamp,
    /// The whole days left; negative once it has ended.
    pub days_left: i64,
}

impl News {
    pub(super) const fn is_empty(&self) -> bool {
        match self {
            Self::Attention(signups) => signups.is_empty(),
            Self::Seats(left) => left.is_empty(),
            Self::Certificates(endings) => endings.is_empty(),
            Self::Refused(tenants) => tenants.is_empty(),
        }
    }

    /// The signups that are reported.
    pub(super) fn signups(&self) -> &[Untold] {
        if let Self::Attention(signups) = self { signups } else { &[] }
    }

    /// The names of everything else that is reported.
    pub(super) fn subjects(&self) -> Vec<String> {
        match self {
            Self::Attention(_) => Vec::new(),
            Self::Seats(left) => left.iter().map(SeatsLeft::subject).collect(),
            Self::Certificates(endings) => endings.iter().map(Ending::subject).collect(),
            Self::Refused(tenants) => tenants.iter().map(|refused| refused.tenant.to_string()).collect(),
        }
    }
}

impl SeatsLeft {
    pub(super) fn subject(&self) -> String {
        Self::subject_of(&self.tenant, &self.count)
    }

    pub(super) fn subject_of(tenant: &TenantAlias, count: &SeatCount) -> String {
        format!("{tenant}/{}", count.sku)
    }
}

impl Ending {
    /// The days before an end at which it is reported, and reported again.
    const AHEAD: [i64; 2] = [30, 7];

    /// Returns whether a certificate with so many days left is to be reported.
    #[must_use]
    pub const fn is_near(days_left: i64) -> bool {
        days_left < Self::AHEAD[0]
    }

    /// Returns whether it has ended.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.days_left < 0
    }

    /// The name under which it is reported, another one with each threshold.
    pub(super) fn subject(&self) -> String {
        let threshold = match self.days_left {
            ..0 => 0,
            days if days < Self::AHEAD[1] => Self::AHEAD[1],
            _ => Self::AHEAD[0],
        };
        format!("{}/{}/{threshold}", self.tenant, self.thumbprint)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_end_is_told_at_each_threshold() {
        let ending = |days_left| Ending {
            tenant: "main".parse().unwrap(),
            thumbprint: "AB12".to_owned(),
            not_after: Timestamp::from_millis(0),
            days_left,
        };
        let names: BTreeSet<String> = (-40..30).map(|days| ending(days).subject()).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["main/AB12/0", "main/AB12/30", "main/AB12/7"]);
        assert!(Ending::is_near(29) && !Ending::is_near(30));
        assert!(ending(-1).is_over() && !ending(0).is_over());
    }
}
