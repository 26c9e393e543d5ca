//! The names of the tenant's operations, which faults and the request log use, and of the permissions that allow them.

use serde::{Deserialize, Serialize};

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// One operation of the tenant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operation { $($(#[$doc])* $name,)+ }

        impl Operation {
            /// All operations, in the order of their description.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name, as faults and the request log write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

operations! {
    /// Any Graph operation that has no fault of its own; for setting faults only.
    AnyGraph = "any_graph",
    /// `POST /{tenant}/oauth2/v2.0/token`
    Token = "token",
    /// `GET /{tenant}/v2.0/.well-known/openid-configuration`
    Discovery = "discovery",
    /// `GET /{tenant}/discovery/v2.0/keys`
    Keys = "keys",
    /// `POST /users`
    CreateUser = "create_user",
    /// `GET /users/{id}`
    GetUser = "get_user",
    /// `GET /users`
    ListUsers = "list_users",
    /// `GET /users/$count`
    CountUsers = "count_users",
    /// `PATCH /users/{id}`
    UpdateUser = "update_user",
    /// `DELETE /users/{id}`
    DeleteUser = "delete_user",
    /// `POST /users/{id}/assignLicense`
    AssignLicense = "assign_license",
    /// `GET /users/{id}/licenseDetails`
    LicenseDetails = "license_details",
    /// `POST /users/{id}/revokeSignInSessions`
    RevokeSessions = "revoke_sessions",
    /// `POST /users/{id}/sendMail`: the effect is that the mail is in the inbox.
    SendMail = "send_mail",
    /// `GET /users/{id}/memberOf`
    MemberOf = "member_of",
    /// `GET /groups`
    ListGroups = "list_groups",
    /// `GET /groups/{id}`
    GetGroup = "get_group",
    /// `GET /groups/{id}/members`
    ListMembers = "list_members",
    /// `POST /groups/{id}/members/$ref`
    AddMember = "add_member",
    /// `DELETE /groups/{id}/members/{id}/$ref`
    RemoveMember = "remove_member",
    /// `GET /groups/{id}/owners`
    ListOwners = "list_owners",
    /// `POST /groups/{id}/owners/$ref`
    AddOwner = "add_owner",
    /// `DELETE /groups/{id}/owners/{id}/$ref`
    RemoveOwner = "remove_owner",
    /// `POST /$batch`
    Batch = "batch",
    /// `GET /subscribedSkus`
    ListSkus = "list_skus",
    /// `GET /domains` and `GET /domains/{name}`
    ListDomains = "list_domains",
    /// `GET /organization`
    GetOrganization = "get_organization",
    /// `GET /applications`
    ListApplications = "list_applications",
    /// `GET /applications/{id}`
    GetApplication = "get_application",
    /// `POST /applications`
    CreateApplication = "create_application",
    /// `PATCH /applications/{id}`
    UpdateApplication = "update_application",
    /// `POST /servicePrincipals`
    CreateServicePrincipal = "create_service_principal",
    /// `POST /servicePrincipals/{id}/appRoleAssignedTo`
    GrantAppRole = "grant_app_role",
    /// `GET /policies/authorizationPolicy` and `GET /policies/identitySecurityDefaultsEnforcementPolicy`
    GetPolicy = "get_policy",
    /// `GET /groupSettings`
    ListGroupSettings = "list_group_settings",
    /// `GET /servicePrincipals`
    ListServicePrincipals = "list_service_principals",
    /// `GET /servicePrincipals/{id}/appRoleAssignments`
    ListAppRoles = "list_app_roles",
    /// `GET /directory/deletedItems/microsoft.graph.user`
    ListDeleted = "list_deleted",
    /// `GET /directory/deletedItems/{id}`
    GetDeleted = "get_deleted",
    /// `POST /directory/deletedItems/{id}/restore`
    RestoreDeleted = "restore_deleted",
    /// `DELETE /directory/deletedItems/{id}`
    PurgeDeleted = "purge_deleted",
    /// A Graph request that the tenant does not serve.
    Unknown = "unknown",
    /// A client connects to the mail server.
    SmtpConnect = "smtp_connect",
    /// `AUTH`
    SmtpAuth = "smtp_auth",
    /// The check of a token of `AUTH XOAUTH2`, also on behalf of another server: with a fault, any token is refused.
    SmtpToken = "smtp_token",
    /// `MAIL FROM`
    SmtpMail = "smtp_mail",
    /// `RCPT TO`
    SmtpRcpt = "smtp_rcpt",
    /// The end of a mail's data: the effect is that the mail is in the inbox.
    SmtpData = "smtp_data",
}

impl Operation {
    /// Checks a fault's `code` for this operation; returns the problem, if any.
    pub(super) fn code_problem(self, code: &str) -> Option<&'static str> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_smtp = self.name().starts_with("smtp_");
        let is_enhanced = || code.split('.').count() == 3 && code.split('.').all(is_number);
        match self {
            Self::Token | Self::Discovery | Self::Keys => (!is_number(code.trim_start_matches("AADSTS")))
                .then_some("code must be one of Entra's numbers, such as \"AADSTS700016\""),
            _ if is_smtp => (!code.is_empty() && !is_enhanced())
                .then_some("code must be an enhanced status code of three numbers, such as \"5.7.3\""),
            _ => code.is_empty().then_some("code must not be empty"),
        }
    }

    /// Returns whether [`Operation::AnyGraph`] includes this one.
    pub(super) fn is_graph(self) -> bool {
        !matches!(
            self,
            Self::Token
                | Self::Discovery
                | Self::Keys
                | Self::SmtpConnect
                | Self::SmtpAuth
                | Self::SmtpToken
                | Self::SmtpMail
                | Self::SmtpRcpt
                | Self::SmtpData
        )
    }
}

/// Graph's application permissions and the ids of their app roles, which are the same in every tenant.
///
/// <https://learn.microsoft.com/graph/permissions-reference>
pub(super) const APP_ROLES: [(&str, &str); 23] = [
    ("User.ReadWrite.All", "741f803b-c850-494e-b5df-cde7c675a1ca"),
    ("User.ReadBasic.All", "97235f07-e226-4f63-ace3-39588e11d3a1"),
    ("User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
    ("User-PasswordProfile.ReadWrite.All", "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7"),
    ("User.EnableDisableAccount.All", "3011c876-62b7-4ada-afa2-506cbbecc68c"),
    ("User.DeleteRestore.All", "eccc023d-eccf-4e7b-9683-8813ab36cecc"),
    ("User.RevokeSessions.All", "77f3a031-c388-4f99-b373-dc68676a979e"),
    ("LicenseAssignment.ReadWrite.All", "5facf0c1-8979-4e95-abcf-ff3d079771c0"),
    ("Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"),
    ("Domain.Read.All", "dbb9058a-0e50-45d7-ae91-66909b5d4664"),
    ("GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6"),
    ("GroupMember.ReadWrite.All", "dbaae8cf-10b5-4b86-a4a1-f871c94c6695"),
    ("Group.Create", "bf7b1a76-6e77-406b-b258-bf5c7720e98f"),
    ("Group.ReadWrite.All", "62a82d76-70ea-41e2-9197-370581804d09"),
    ("Group.ReadBasic.All", "07d67222-3a10-4d3b-9ddc-b8aa43198a00"),
    ("GroupMember.ReadBasic.All", "8222c640-cae5-4860-8d11-b32cfad95e03"),
    ("Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
    ("Application.ReadWrite.All", "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"),
    ("AppRoleAssignment.ReadWrite.All", "06b708a9-e830-4db3-a914-8e69da51d44f"),
    ("Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
    ("Directory.ReadWrite.All", "19dbc75e-c2e2-444c-a770-ec69d8559fc7"),
    ("Policy.Read.All", "246dd0d5-5bd0-4def-940b-0421030a5b68"),
    ("Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
];
