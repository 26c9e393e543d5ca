//! Graph's application permissions that the application may be granted, and the purpose of each.
//!
//! Source: <https://learn.microsoft.com/graph/permissions-reference>.

/// Graph's own application id, the same in every tenant and cloud.
pub const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// An application permission of Graph's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Create users and look them up.
    Users,
    /// Assign licences.
    Licences,
    /// Add members to groups.
    Groups,
    /// Set a new password.
    Passwords,
    /// Count the seats of licences.
    Seats,
    /// Send mail as any user of the tenant.
    Mail,
    /// Look a domain up; for a diagnosis only.
    Domains,
    /// Read the tenant's policies; for a diagnosis only.
    Policies,
}

impl Permission {
    /// Those that the service may need.
    pub const WORKING: [Self; 6] =
        [Self::Users, Self::Licences, Self::Groups, Self::Passwords, Self::Seats, Self::Mail];

    /// Those that let a diagnosis report more; it works without them.
    pub const READING: [Self; 3] = [Self::Seats, Self::Domains, Self::Policies];

    /// The name in the portal and in the `roles` of a token.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "User.ReadWrite.All",
            Self::Licences => "LicenseAssignment.ReadWrite.All",
            Self::Groups => "GroupMember.ReadWrite.All",
            Self::Passwords => "User-PasswordProfile.ReadWrite.All",
            Self::Seats => "Organization.Read.All",
            Self::Mail => "Mail.Send",
            Self::Domains => "Domain.Read.All",
            Self::Policies => "Policy.Read.All",
        }
    }

    /// The id of its app role, the same in every tenant.
    #[must_use]
    pub const fn app_role(self) -> &'static str {
        match self {
            Self::Users => "741f803b-c850-494e-b5df-cde7c675a1ca",
            Self::Licences => "5facf0c1-8979-4e95-abcf-ff3d079771c0",
            Self::Groups => "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
            Self::Passwords => "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7",
            Self::Seats => "498476ce-e0fe-48b0-b801-37ba7e2685c6",
            Self::Mail => "b633e1c5-b582-4048-a93e-9f11b44c7e96",
            Self::Domains => "dbb9058a-0e50-45d7-ae91-66909b5d4664",
            Self::Policies => "246dd0d5-5bd0-4def-940b-0421030a5b68",
        }
    }

    /// The purpose of the permission.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Users => "create the user, look up names that are taken",
            Self::Licences => "assign the licences",
            Self::Groups => "add the groups",
            Self::Passwords => "set a new password for whom no mail has reached",
            Self::Seats => "count the free seats of licences",
            Self::Mail => "send mails, from any mailbox of the tenant",
            Self::Domains => "check that the domain is verified",
            Self::Policies => "check that nobody can join past this service",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_share_a_name_or_an_id() {
        let all = [Permission::WORKING.as_slice(), &[Permission::Domains, Permission::Policies]].concat();
        for (place, one) in all.iter().enumerate() {
            assert!(one.app_role().parse::<uuid::Uuid>().is_ok());
            for other in &all[place + 1..] {
                assert!(one.name() != other.name() && one.app_role() != other.app_role());
            }
        }
    }
}
