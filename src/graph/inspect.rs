//! Looking at the tenant for a diagnosis. Nothing is changed, so all of it is done in a dry run too.
//!
//! Source: <https://learn.microsoft.com/graph/api/domain-get>, <https://learn.microsoft.com/graph/api/group-get>
//! and <https://learn.microsoft.com/graph/api/subscribedsku-list>.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use super::{Error, Graph, classify::About};
use crate::{
    domain::{GroupId, SkuId, Timestamp, UpnDomain},
    entra::{Call, Operation, lenient},
};

/// A group as the tenant describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFacts {
    /// Its name.
    pub name: String,
    /// The reason why no one can be added to it, if that is so.
    pub obstacle: Option<Obstacle>,
}

/// The reason why no one can be added to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A rule decides who is in it.
    Dynamic,
    /// It is kept in a directory on premises.
    Synced,
    /// It can be given admin roles, which takes a permission of its own.
    RoleAssignable,
    /// A distribution list or a mail-enabled security group: Exchange keeps those.
    MailEnabled,
}

/// A domain as the tenant describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DomainFacts {
    /// True if the tenant has shown that the domain is its own.
    pub is_verified: bool,
    /// True if another directory keeps the domain's users and signs them in.
    pub is_federated: bool,
}

/// A product the tenant has bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub sku: SkuId,
    /// Microsoft's name of it.
    pub part_number: String,
    /// True if licences of it can be assigned at present.
    pub is_active: bool,
    /// The number of seats.
    pub seats: i64,
    /// The number of assigned seats.
    pub consumed: i64,
}

impl Subscription {
    /// The number of free seats.
    #[must_use]
    pub const fn free(&self) -> i64 {
        let free = self.seats - self.consumed;
        if free < 0 { 0 } else { free }
    }
}

/// Ways into the tenant by Microsoft's own pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelfSignUp {
    /// Owners of an address of a verified domain join.
    pub joins: bool,
    /// They take free subscriptions, which makes a user of them.
    pub subscribes: bool,
}

/// The rule by which groups are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupNaming {
    /// Such as `GRP_[GroupName]`.
    pub pattern: String,
    /// The number of blocked words.
    pub blocked: usize,
}

impl SelfSignUp {
    /// Returns whether people can sign up.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.joins || self.subscribes
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizationPolicy {
    allow_email_verified_users_to_join_organization: Option<bool>,
    allowed_to_sign_up_email_based_subscriptions: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecurityDefaults {
    is_enabled: Option<bool>,
}

#[derive(Deserialize)]
struct GroupSetting {
    #[serde(default)]
    values: Vec<SettingValue>,
}

#[derive(Deserialize)]
struct SettingValue {
    name: String,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DomainBody {
    is_verified: bool,
    authentication_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupBody {
    display_name: Option<String>,
    #[serde(default)]
    group_types: Vec<String>,
    mail_enabled: Option<bool>,
    on_premises_sync_enabled: Option<bool>,
    is_assignable_to_role: Option<bool>,
}

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SkuBody {
    sku_id: String,
    sku_part_number: String,
    capability_status: String,
    #[serde(deserialize_with = "lenient::integer")]
    consumed_units: i64,
    prepaid_units: PrepaidUnits,
}

#[derive(Deserialize)]
struct PrepaidUnits {
    #[serde(default, deserialize_with = "lenient::integer_or_zero")]
    enabled: i64,
    /// Of a subscription that has ended a short while ago: these still work.
    #[serde(default, deserialize_with = "lenient::integer_or_zero")]
    warning: i64,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    roles: BTreeSet<String>,
}

impl Graph {
    /// The time of the token endpoint, from the `Date` of whatever it answers (RFC 9110, section 6.6.1).
    ///
    /// # Errors
    /// [`Error`] when it gives no answer.
    pub async fn time_of_tenant(&self) -> Result<Option<Timestamp>, Error> {
        Ok(self.http().service.tokens.time_of_endpoint().await?)
    }

    /// The permissions the application is granted, by name: the `roles` of its token. `None` when they cannot be
    /// read there, for tokens are Graph's to read: what is read here serves a diagnosis only.
    ///
    /// # Errors
    /// [`Error`] when there is no token.
    pub async fn granted(&self) -> Result<Option<BTreeSet<String>>, Error> {
        let token = self.http().service.tokens.get().await?;
        Ok(roles(token.secret()))
    }

    /// A domain (`GET /domains/{id}`); `None` when it is not one of the tenant's.
    ///
    /// # Errors
    /// [`Error`]
    pub async fn domain(&self, domain: &UpnDomain) -> Result<Option<DomainFacts>, Error> {
        const FACTS: &str = "isVerified,authenticationType";
        let found = self.look::<DomainBody>(&["domains", &domain.to_string()], FACTS).await?;
        Ok(found.map(|domain| DomainFacts {
            is_verified: domain.is_verified,
            is_federated: domain
                .authentication_type
                .is_some_and(|kind| kind.eq_ignore_ascii_case("Federated")),
        }))
    }

    /// A group (`GET /groups/{id}`), if it exists.
    ///
    /// # Errors
    /// [`Error`]
    pub async fn group(&self, id: GroupId) -> Result<Option<GroupFacts>, Error> {
        const FACTS: &str = "displayName,groupTypes,mailEnabled,onPremisesSyncEnabled,isAssignableToRole";
        let found = self.look::<GroupBody>(&["groups", &id.to_string()], FACTS).await?;
        Ok(found.map(|group| GroupFacts {
            obstacle: group.obstacle(),
            name: group.display_name.unwrap_or_default(),
        }))
    }

    /// The subscriptions that the tenant has bought (`GET /subscribedSkus`).
    ///
    /// # Errors
    /// [`Error`]
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        const FACTS: &str = "skuId,skuPartNumber,capabilityStatus,consumedUnits,prepaidUnits";
        let page = self.look::<Page<SkuBody>>(&["subscribedSkus"], FACTS).await?;
        let bodies = page.map(|page| page.value).unwrap_or_default();
        Ok(bodies.into_iter().filter_map(SkuBody::read).collect())
    }

    /// Returns whether people join the tenant by Microsoft's own pages (`GET /policies/authorizationPolicy`).
    ///
    /// # Errors
    /// [`Error`]
    pub async fn self_sign_up(&self) -> Result<SelfSignUp, Error> {
        const FACTS: &str =
            "allowEmailVerifiedUsersToJoinOrganization,allowedToSignUpEmailBasedSubscriptions";
        let policy = self.look::<AuthorizationPolicy>(&["policies", "authorizationPolicy"], FACTS).await?;
        Ok(SelfSignUp {
            joins: policy.as_ref().and_then(|p| p.allow_email_verified_users_to_join_organization)
                == Some(true),
            subscribes: policy.and_then(|p| p.allowed_to_sign_up_email_based_subscriptions) == Some(true),
        })
    }

    /// Returns whether security defaults are on (`GET /policies/identitySecurityDefaultsEnforcementPolicy`).
    ///
    /// # Errors
    /// [`Error`]
    pub async fn security_defaults(&self) -> Result<bool, Error> {
        let path = ["policies", "identitySecurityDefaultsEnforcementPolicy"];
        let policy = self.look::<SecurityDefaults>(&path, "isEnabled").await?;
        Ok(policy.and_then(|policy| policy.is_enabled) == Some(true))
    }

    /// The rule by which groups are named, if there is one (`GET /groupSettings`, from the template Group.Unified).
    ///
    /// # Errors
    /// [`Error`]
    pub async fn group_naming(&self) -> Result<Option<GroupNaming>, Error> {
        let page = self.look::<Page<GroupSetting>>(&["groupSettings"], "values").await?;
        let values: Vec<SettingValue> =
            page.map(|page| page.value).unwrap_or_default().into_iter().flat_map(|one| one.values).collect();
        let value = |name: &str| {
            values
                .iter()
                .find(|one| one.name == name)
                .and_then(|one| one.value.as_deref())
                .unwrap_or_default()
        };
        let words = value("CustomBlockedWordsList").split(',').filter(|word| !word.trim().is_empty());
        let naming = GroupNaming {
            pattern: value("PrefixSuffixNamingRequirement").to_owned(),
            blocked: words.count(),
        };
        Ok((!naming.pattern.is_empty() || naming.blocked > 0).then_some(naming))
    }

    /// An object, if it exists.
    async fn look<T: DeserializeOwned>(&self, path: &[&str], select: &str) -> Result<Option<T>, Error> {
        let mut url = self.http().url(path);
        url.query_pairs_mut().append_pair("$select", select);
        let reply = self.http().call(&Call::get(Operation::Inspect, url)).await?;
        if reply.status.is_success() {
            return reply.read().map(Some);
        }
        match reply.graph_error() {
            Some(_) if reply.status == StatusCode::NOT_FOUND => Ok(None),
            error => Err(reply.refusal(About::User, error.as_ref())),
        }
    }
}

impl GroupBody {
    fn obstacle(&self) -> Option<Obstacle> {
        let is = |kind: &str| self.group_types.iter().any(|one| one.eq_ignore_ascii_case(kind));
        if self.on_premises_sync_enabled == Some(true) {
            Some(Obstacle::Synced)
        } else if is("DynamicMembership") {
            Some(Obstacle::Dynamic)
        } else if self.is_assignable_to_role == Some(true) {
            Some(Obstacle::RoleAssignable)
        } else if self.mail_enabled == Some(true) && !is("Unified") {
            Some(Obstacle::MailEnabled)
        } else {
            None
        }
    }
}

impl SkuBody {
    fn read(self) -> Option<Subscription> {
        Some(Subscription {
            sku: self.sku_id.parse().ok()?,
            is_active: matches!(self.capability_status.as_str(), "Enabled" | "Warning"),
            part_number: self.sku_part_number,
            seats: self.prepaid_units.enabled + self.prepaid_units.warning,
            consumed: self.consumed_units,
        })
    }
}

/// The `roles` claim of a token in the form of a JWT (RFC 7519).
fn roles(token: &str) -> Option<BTreeSet<String>> {
    let claims = token.split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(claims.roles)
}
