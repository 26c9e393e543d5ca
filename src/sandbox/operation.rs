//! The names of what the tenant can be asked to do. Faults and the request log speak of these.

use serde::{Deserialize, Serialize};

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// One thing the tenant can be asked to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operation { $($(#[$doc])* $name,)+ }

        impl Operation {
            /// All of them, in the order of their description.
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
    /// `POST /users/{id}/sendMail`: the effect is that the mail lies in the inbox.
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
    /// A Graph request that leads nowhere.
    Unknown = "unknown",
    /// A client connects to the mail server.
    SmtpConnect = "smtp_connect",
    /// `AUTH`
    SmtpAuth = "smtp_auth",
    /// The check of a token of `AUTH XOAUTH2`, for another server too: with a fault, any token is refused.
    SmtpToken = "smtp_token",
    /// `MAIL FROM`
    SmtpMail = "smtp_mail",
    /// `RCPT TO`
    SmtpRcpt = "smtp_rcpt",
    /// The end of a mail's data: the effect is that it lies in the inbox.
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

    /// Whether [`Operation::AnyGraph`] stands for this one.
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
