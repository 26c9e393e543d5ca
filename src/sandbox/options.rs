//! The options that a sandbox starts with: addresses, the tenant's contents, the mail server's behaviour.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use uuid::{Uuid, uuid};

use super::faults::Faults;
use super::mailboxes::MailboxLimits;

/// Microsoft's id of "Office 365 A1 for students".
pub const STUDENT_SKU: Uuid = uuid!("314c4481-f395-4525-be8b-2ec4bb1e9d91");

/// The options of a sandbox. The default listens on free ports of the loopback address.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of the token endpoint, Graph and the pages.
    pub listen: SocketAddr,
    /// The certificate of that address: with one, it speaks HTTPS, which MSAL requires.
    pub tls: Option<TlsIdentity>,
    /// The address of the mail server.
    pub smtp_listen: SocketAddr,
    /// The options of the mail server.
    pub smtp: SmtpOptions,
    /// The tenant's contents at the start.
    pub tenant: Tenant,
    /// The seed of the random generator: with one, ids and chances repeat themselves.
    pub seed: Option<u64>,
    /// The time for which access tokens are valid.
    pub token_lifetime: Duration,
    /// The limits of sending from a mailbox by Graph; unlimited unless set.
    pub mailbox_limits: Option<MailboxLimits>,
    /// Refuses an assertion that was presented before. Entra accepts it, and Microsoft's libraries present one again
    /// while it is valid.
    pub refuse_assertion_reuse: bool,
    /// Lets an application delete users for good. The documentation says that only a person may.
    pub allow_permanent_deletion: bool,
    /// The faults at the start.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: free_port,
            tls: None,
            smtp_listen: free_port,
            smtp: SmtpOptions::default(),
            tenant: Tenant::default(),
            seed: None,
            token_lifetime: Duration::from_secs(3599),
            mailbox_limits: Some(MailboxLimits::default()),
            refuse_assertion_reuse: false,
            allow_permanent_deletion: false,
            faults: Faults::default(),
        }
    }
}

/// The options of the mail server.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// The login that `AUTH PLAIN` and `AUTH LOGIN` accept. With it, mail is refused before a login.
    pub login: Option<Login>,
    /// The use of `AUTH XOAUTH2`, with the tokens that this tenant issues for Exchange.
    pub xoauth2: Xoauth2,
    /// A certificate: with one, `STARTTLS` is offered.
    pub tls: Option<TlsIdentity>,
    /// A second address where TLS starts at once (RFC 8314). Needs a certificate.
    pub implicit_tls_listen: Option<SocketAddr>,
    /// The largest mail that is taken, in bytes.
    pub size_limit: usize,
}

impl SmtpOptions {
    /// Returns whether mail is refused before a login.
    pub(super) fn requires_login(&self) -> bool {
        self.login.is_some() || self.xoauth2 == Xoauth2::Required
    }
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self {
            login: None,
            xoauth2: Xoauth2::Offered,
            tls: None,
            implicit_tls_listen: None,
            size_limit: 10 * 1024 * 1024,
        }
    }
}

/// The mail server's treatment of logins with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Xoauth2 {
    /// They are not supported.
    Off,
    /// They are accepted.
    Offered,
    /// They are accepted, and mail is refused before a login.
    Required,
}

/// A user name and a password of the mail server.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// A server's certificate chain and key, as PEM. [`TlsIdentity::generate`] makes one.
#[derive(Clone, Debug)]
pub struct TlsIdentity {
    /// The certificate, and those between it and the authority.
    pub certificate_pem: String,
    /// The private key.
    pub key_pem: String,
}

/// The tenant's contents at the start.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The directory's id.
    pub tenant_id: Uuid,
    /// The registered application.
    pub client_id: Uuid,
    /// The organisation's display name.
    pub display_name: String,
    /// The application's certificates, as PEM. More can be registered later.
    pub certificates: Vec<String>,
    /// The application permissions that were consented to, by name.
    pub granted: Vec<String>,
    /// The verified domains; the first is the default one.
    pub domains: Vec<String>,
    /// Domains that were added and whose ownership is not proven yet.
    pub unverified_domains: Vec<String>,
    /// Those of the domains whose users another directory keeps and signs in.
    pub federated_domains: Vec<String>,
    /// The addresses of shared mailboxes, which may send as each other. Users with a licence have mailboxes of their
    /// own.
    pub mailboxes: Vec<String>,
    /// The roles that Exchange gave to the application (RBAC for Applications), by name, such as
    /// `Application Mail.Send` and `Application SMTP.SendAsApp`. Their scope is the shared mailboxes.
    pub exchange_roles: Vec<String>,
    /// The subscriptions.
    pub skus: Vec<Sku>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The users who exist at the start, created a year before.
    pub users: Vec<ExistingUser>,
    /// The properties, extension attributes among them, that `POST /users` refuses although `PATCH` takes them, as some
    /// tenants do.
    pub refused_at_creation: Vec<String>,
    /// The policies that can be read.
    pub policies: Policies,
}

/// Policies of the directory.
#[derive(Clone, Debug)]
pub struct Policies {
    /// True if owners of an address of a verified domain may join and take free subscriptions.
    pub self_sign_up: bool,
    /// True if security defaults are on.
    pub security_defaults: bool,
    /// The pattern by which groups are named, such as `GRP_[GroupName]`.
    pub group_naming: Option<String>,
}

impl Default for Policies {
    fn default() -> Self {
        Self { self_sign_up: false, security_defaults: true, group_naming: None }
    }
}

/// A subscription with its seats.
#[derive(Clone, Debug)]
pub struct Sku {
    /// Microsoft's id of the product.
    pub sku_id: Uuid,
    /// Microsoft's name of the product.
    pub part_number: String,
    /// The seats that were bought.
    pub enabled: u32,
}

/// A group of users.
#[derive(Clone, Debug)]
pub struct Group {
    /// The object id.
    pub id: Uuid,
    /// The name.
    pub display_name: String,
    /// The kind, by who decides about its members.
    pub kind: GroupKind,
}

/// The kind of a group, by who decides about its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// Every client that may write to it.
    Assigned,
    /// A rule of the directory.
    Dynamic,
    /// A directory on premises.
    Synced,
    /// Those who may give admin roles, which the application may not.
    RoleAssignable,
}

/// A user who exists at the start.
#[derive(Clone, Debug)]
pub struct ExistingUser {
    /// The sign-in name.
    pub user_principal_name: String,
    /// The name.
    pub display_name: String,
    /// The password.
    pub password: String,
}

/// A mail as its sender would send it, for people to look at. The code that starts the sandbox provides it.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The mail's title, the same in all its languages.
    pub title: String,
    /// The tag of its language.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
}

impl Tenant {
    /// The object id of the application's service principal.
    pub(super) fn service_principal_id(&self) -> Uuid {
        Uuid::from_u128(self.client_id.as_u128() ^ 1)
    }
}

impl Default for Tenant {
    fn default() -> Self {
        let group = |id, name: &str| Group { id, display_name: name.to_owned(), kind: GroupKind::Assigned };
        Self {
            tenant_id: uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000001"),
            client_id: uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000002"),
            display_name: "Example University".to_owned(),
            certificates: Vec::new(),
            granted: [
                "User.ReadWrite.All",
                "User-PasswordProfile.ReadWrite.All",
                "LicenseAssignment.ReadWrite.All",
                "GroupMember.ReadWrite.All",
                "Organization.Read.All",
                "Domain.Read.All",
            ]
            .map(str::to_owned)
            .to_vec(),
            domains: vec!["students.example.edu".to_owned()],
            unverified_domains: Vec::new(),
            federated_domains: Vec::new(),
            mailboxes: ["accounts@example.edu", "bounces@example.edu", "accounts@students.example.edu"]
                .map(str::to_owned)
                .to_vec(),
            exchange_roles: Vec::new(),
            skus: vec![Sku {
                sku_id: STUDENT_SKU,
                part_number: "STANDARDWOFFPACK_STUDENT".to_owned(),
                enabled: 1_000_000,
            }],
            groups: vec![
                group(uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000011"), "All students"),
                group(uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000012"), "Computer science"),
            ],
            users: Vec::new(),
            refused_at_creation: Vec::new(),
            policies: Policies::default(),
        }
    }
}
