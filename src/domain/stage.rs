//! The stage of a signup, the reason for which it waits, and the reason for which it needs a person.

use std::{fmt, str::FromStr};

use super::{IdError, step::stored_as};

/// The stage of a signup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The address is not confirmed yet (only where confirmation is on).
    AwaitingConfirmation,
    /// Accepted; nothing that the tenant could have taken was sent for it.
    Queued,
    /// The user may exist in the tenant; licences or groups may be missing.
    Provisioning,
    /// The account is complete; the mail is to be accepted by the mail server.
    Delivering,
    /// The mail server has the mail; name and password are wiped.
    Done,
    /// The person has asked for a new password: it is to be set in the tenant, then mailed.
    Resetting,
    /// Retrying won't help until a person has acted.
    NeedsAttention,
    /// Closed before it was confirmed: the owner of the address confirmed another request, or refused this one. Its
    /// personal data is wiped.
    Voided,
    /// All personal data is gone.
    Erased,
}

stored_as!(
    Stage,
    "no such stage",
    AwaitingConfirmation = "awaiting_confirmation",
    Queued = "queued",
    Provisioning = "provisioning",
    Delivering = "delivering",
    Done = "done",
    Resetting = "resetting",
    NeedsAttention = "needs_attention",
    Voided = "voided",
    Erased = "erased",
);

impl Stage {
    /// Returns whether the worker has nothing more to do.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::NeedsAttention | Self::Voided | Self::Erased)
    }
}

/// The reason for which an operation continues later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// No licence of a kind is free.
    NoSeats,
    /// The tenant asks for a pause.
    Throttled,
    /// The tenant does not answer, or not as it should.
    TenantUnavailable,
    /// A change that was just written cannot be read yet.
    TenantLag,
    /// The mail server does not take the mail now.
    MailUnavailable,
    /// An earlier request for the same address is answered first.
    EarlierRequest,
    /// The tenant does not accept the application, its certificate or its token.
    ApplicationRefused,
    /// The application lacks a permission.
    PermissionMissing,
}

stored_as!(
    Waiting,
    "no such reason to wait",
    NoSeats = "no_seats",
    Throttled = "throttled",
    TenantUnavailable = "tenant_unavailable",
    TenantLag = "tenant_lag",
    MailUnavailable = "mail_unavailable",
    EarlierRequest = "earlier_request",
    ApplicationRefused = "application_refused",
    PermissionMissing = "permission_missing",
);

impl Waiting {
    /// The reason for which a person is asked once it was tried for as long as `signup.give_up_after` says.
    #[must_use]
    pub const fn given_up(self) -> Attention {
        match self {
            Self::ApplicationRefused => Attention::IdentityRefused,
            Self::PermissionMissing => Attention::Forbidden,
            Self::NoSeats
            | Self::Throttled
            | Self::TenantUnavailable
            | Self::TenantLag
            | Self::MailUnavailable
            | Self::EarlierRequest => Attention::GaveUp,
        }
    }

    /// The remedy for an admin during the wait, where waiting alone seldom helps.
    #[must_use]
    pub const fn remedy(self) -> Option<&'static str> {
        match self {
            Self::ApplicationRefused | Self::PermissionMissing => Some(self.given_up().remedy()),
            _ => None,
        }
    }
}

/// The reason for which a signup needs a person, and what that person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attention {
    /// The tenant does not accept the certificate or knows no such application.
    IdentityRefused,
    /// A permission is missing.
    Forbidden,
    /// The tenant, or a group, holds as many objects as it may.
    QuotaExceeded,
    /// The SKU is not one of the tenant's.
    LicenceUnknown,
    /// The SKU is for the organisation as a whole and not for users.
    LicenceUnassignable,
    /// Two of the licences contain services that exclude each other.
    LicenceConflict,
    /// A licence needs a service that is in no licence of the profile.
    LicenceDependency,
    /// The mail address that a licence gives belongs to another object.
    AddressTaken,
    /// The usage location is missing or not allowed.
    UsageLocation,
    /// The group does not exist or takes no members by Graph.
    GroupRefused,
    /// The domain is not one of the tenant's verified domains.
    DomainUnverified,
    /// The domain is federated: another directory keeps its users.
    DomainFederated,
    /// The tenant refuses the user for another reason.
    UserRefused,
    /// A user has the name, and it cannot be determined whether it is this signup's own.
    NameInDoubt,
    /// The tenant refuses every password it is given.
    PasswordRefused,
    /// The user is gone from the tenant.
    UserGone,
    /// The mail server refuses the recipient.
    RecipientRefused,
    /// The configuration has no such profile any more.
    ProfileGone,
    /// The sealed password cannot be opened: the secret key has changed.
    PasswordUnreadable,
    /// It was tried for as long as `signup.give_up_after` says.
    GaveUp,
}

stored_as!(
    Attention,
    "no such reason for attention",
    IdentityRefused = "identity_refused",
    Forbidden = "forbidden",
    QuotaExceeded = "quota_exceeded",
    LicenceUnknown = "licence_unknown",
    LicenceUnassignable = "licence_unassignable",
    LicenceConflict = "licence_conflict",
    LicenceDependency = "licence_dependency",
    AddressTaken = "address_taken",
    UsageLocation = "usage_location",
    GroupRefused = "group_refused",
    DomainUnverified = "domain_unverified",
    DomainFederated = "domain_federated",
    UserRefused = "user_refused",
    NameInDoubt = "name_in_doubt",
    PasswordRefused = "password_refused",
    UserGone = "user_gone",
    RecipientRefused = "recipient_refused",
    ProfileGone = "profile_gone",
    PasswordUnreadable = "password_unreadable",
    GaveUp = "gave_up",
);

impl Attention {
    /// The remedy for an admin, as one sentence. `accountcreator signups retry` comes after.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::IdentityRefused => {
                "register the configured certificate with the app registration and check tenant and client id"
            }
            Self::Forbidden => {
                "grant the app User.ReadWrite.All, LicenseAssignment.ReadWrite.All and GroupMember.ReadWrite.All, with admin consent; where it has them, a group of the profile takes no members, as dynamic and role-assignable ones do; a new password needs User-PasswordProfile.ReadWrite.All, and a user without an administrator's role"
            }
            Self::QuotaExceeded => {
                "raise the tenant's directory quota with Microsoft, or delete users and groups for good, also those in deletedItems; where the error is of a group, make room in it"
            }
            Self::LicenceUnassignable => {
                "take the SKU out of the profile's licences: it is for the organisation and not for users"
            }
            Self::LicenceConflict => {
                "take one of the licences out of the profile: two contain services that exclude each other, as Exchange Online Plan 1 and 2; a group of the profile may give one of them"
            }
            Self::LicenceDependency => {
                "add the licence with the service that is missing to the profile: an add-on was given without its base"
            }
            Self::AddressTaken => {
                "free the mail address in the tenant: another mailbox, group, contact or deleted user has the one that the licence gives"
            }
            Self::LicenceUnknown => "correct the profile's licences: the tenant has no such SKU",
            Self::UsageLocation => {
                "set the profile's usage_location to a country in which the licence may be used"
            }
            Self::GroupRefused => {
                "correct the profile's groups: one does not exist, or is dynamic or synchronised, or role-assignable"
            }
            Self::DomainUnverified => {
                "verify the domain in the tenant; if the profile's was wrong, correct it and run `accountcreator signups erase ID --allow-again`, so that the person can sign up again"
            }
            Self::DomainFederated => {
                "take a managed domain for the profile, such as the tenant's onmicrosoft.com domain, or convert this one to managed: users of a federated domain are made in the directory that signs them in; then erase the signup, so that the person can sign up again"
            }
            Self::UserRefused => {
                "compare the profile's attributes with what the tenant allows; the last error names the property and Graph's request id"
            }
            Self::NameInDoubt => {
                "look at the user of this name in the tenant: if it was created for this signup, write `accountcreator:` and the signup's id into its marker attribute (extensionAttribute15 unless configured otherwise), if it is somebody else's, `accountcreator:other`"
            }
            Self::PasswordRefused => "raise signup.password_length, or look at the tenant's banned passwords",
            Self::UserGone => {
                "restore the user in the tenant, or run `accountcreator signups erase ID --allow-again`, so that the person can sign up again"
            }
            Self::RecipientRefused => "check with the mail server why it refuses the address",
            Self::ProfileGone => {
                "bring the profile back under its old name, or run `accountcreator signups erase ID --allow-again`, so that the person can sign up again"
            }
            Self::PasswordUnreadable => {
                "give the secret_key of that time as secret_key_previous and run `accountcreator signups retry ID`, or set a new password in the tenant, tell it to the person, and run `accountcreator signups erase ID`"
            }
            Self::GaveUp => "look at the last error, mend its cause",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_read_back() {
        for stage in Stage::ALL {
            assert_eq!(stage.as_str().parse(), Ok(*stage));
        }
        for waiting in Waiting::ALL {
            assert_eq!(waiting.as_str().parse(), Ok(*waiting));
        }
        for attention in Attention::ALL {
            assert_eq!(attention.as_str().parse(), Ok(*attention));
            assert!(!attention.remedy().is_empty());
        }
        assert!("lost".parse::<Stage>().is_err());
    }
}
