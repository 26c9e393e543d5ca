//! `[tenants.<alias>]`: the directories in which accounts are created, and how this program authenticates there.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use crate::domain::{AssertionKind, UpnDomain};

use super::{
    section::{Section, Takes},
    worker::Graph,
};

/// One directory of Entra.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The cloud that the directory is in.
    pub cloud: Cloud,
    /// Its id, or one of its domains.
    pub tenant_id: String,
    /// The app registration's application id.
    pub client_id: String,
    /// The address of the token endpoint.
    pub token_url: String,
    /// The audience of an assertion: the token endpoint.
    pub assertion_audience: String,
    /// The scope of a token: everything the app was granted on Graph.
    pub scope: String,
    /// Graph with its version, such as `https://graph.microsoft.com/v1.0`.
    pub graph_url: String,
    /// The certificate by which the app authenticates.
    pub identity: Identity,
    /// The certificate that replaces it once Entra does not accept it any more.
    pub next_identity: Option<Identity>,
    /// The way in which assertions are signed.
    pub assertion: AssertionKind,
    /// The extension attribute (1 to 15) that marks a user as made for a signup.
    pub marker_attribute: u8,
    /// The address at which people sign in, as mails show it.
    pub sign_in_url: String,
    /// Authorities trusted in addition to the system's, PEM.
    pub ca_pem: Option<String>,
    /// True if a person may have a new password set on the status page.
    pub reset_passwords: bool,
}

/// A certificate of the app registration and its private key.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The file of the certificate.
    pub certificate_path: PathBuf,
    /// The certificate, PEM.
    pub certificate_pem: String,
    /// The file of the private key.
    pub key_path: PathBuf,
    /// The private key, PEM.
    pub key_pem: SecretString,
}

/// A cloud of Microsoft's.
///
/// Hosts: <https://learn.microsoft.com/graph/deployments>.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The one for everyone.
    #[default]
    Global,
    /// US Government, level 4.
    UsGovL4,
    /// US Government, level 5 (Department of Defense).
    UsGovL5,
    /// China, run by 21Vianet.
    China,
}

impl Cloud {
    const CHOICES: [(&'static str, Self); 4] = [
        ("global", Self::Global),
        ("us-gov-l4", Self::UsGovL4),
        ("us-gov-l5", Self::UsGovL5),
        ("china", Self::China),
    ];

    const fn authority(self) -> &'static str {
        match self {
            Self::Global => "https://login.microsoftonline.com",
            Self::UsGovL4 | Self::UsGovL5 => "https://login.microsoftonline.us",
            Self::China => "https://login.partner.microsoftonline.cn",
        }
    }

    const fn sign_in(self) -> &'static str {
        match self {
            Self::Global => "https://www.microsoft365.com",
            Self::UsGovL4 => "https://portal.office365.us",
            Self::UsGovL5 => "https://portal.apps.mil",
            Self::China => "https://portal.partner.microsoftonline.cn",
        }
    }

    /// The host that takes mails of Exchange Online's mailboxes over SMTP.
    #[must_use]
    pub const fn smtp_host(self) -> &'static str {
        match self {
            Self::Global => "smtp.office365.com",
            Self::UsGovL4 => "smtp.office365.us",
            Self::UsGovL5 => "outlook-dod.office365.us",
            Self::China => "smtp.partner.outlook.cn",
        }
    }

    /// The scope of tokens for Exchange Online.
    #[must_use]
    pub const fn exchange_scope(self) -> &'static str {
        match self {
            Self::Global => "https://outlook.office365.com/.default",
            Self::UsGovL4 => "https://outlook.office365.us/.default",
            Self::UsGovL5 => "https://outlook-dod.office365.us/.default",
            Self::China => "https://partner.outlook.cn/.default",
        }
    }

    /// Its Graph, without a version.
    #[must_use]
    pub const fn graph(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::UsGovL4 => "https://graph.microsoft.us",
            Self::UsGovL5 => "https://dod-graph.microsoft.us",
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }
}

const TENANT_ID: Takes =
    Takes("the directory's id or one of its domains", "\"6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11\"");
const CLIENT_ID: Takes =
    Takes("the application (client) id of the app registration", "\"0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77\"");
const CERTIFICATE: Takes =
    Takes("the path of the certificate's PEM file", "\"/etc/accountcreator/certificate.pem\"");
const KEY: Takes = Takes("the path of the private key's PEM file", "\"/etc/accountcreator/key.pem\"");
const NEXT_CERTIFICATE: Takes =
    Takes("the path of the next certificate's PEM file", "\"/etc/accountcreator/certificate-2.pem\"");
const NEXT_KEY: Takes =
    Takes("the path of the next private key's PEM file", "\"/etc/accountcreator/key-2.pem\"");
const ASSERTIONS: [(&str, AssertionKind); 2] =
    [("ps256-sha256", AssertionKind::Ps256Sha256), ("rs256-sha1", AssertionKind::Rs256Sha1)];
const AUTHORITY: Takes = Takes("the address of the token service", "\"https://login.microsoftonline.com\"");
const SIGN_IN_URL: Takes = Takes("the address where people sign in", "\"https://www.microsoft365.com\"");
const GRAPH_URL: Takes = Takes("the address of Graph", "\"https://graph.microsoft.com/v1.0\"");

/// A directory in an address: its id, or a domain of it. `common` and the like name no directory.
struct DirectoryName(String);

impl std::str::FromStr for DirectoryName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let id = || Uuid::try_parse(text).map(|id| id.to_string()).ok();
        let domain = || text.parse::<UpnDomain>().map(|domain| domain.to_string()).ok();
        id().or_else(domain).map(Self).ok_or(())
    }
}

impl Tenant {
    /// Reads a tenant; `[graph]` gives the values that it leaves out.
    pub(super) fn read(section: &mut Section<'_>, graph: Option<&Graph>) -> Option<Self> {
        let cloud = section.choice("cloud", &Cloud::CHOICES).unwrap_or_default();
        let tenant_id = section.parse("tenant_id", TENANT_ID).map(|DirectoryName(name)| name);
        let client_id = section.parse("client_id", CLIENT_ID).map(|id: Uuid| id.to_string());
        let identity = Identity::read(section, ("certificate_path", CERTIFICATE), ("key_path", KEY));
        let next_identity = Identity::read_next(section);
        let assertion = section.choice("assertion", &ASSERTIONS).unwrap_or_default();
        let marker = section.number("marker_attribute", 1..=15);
        let authority = section.service_address("authority", AUTHORITY);
        let graph_url = section.service_address("graph_url", GRAPH_URL);
        let sign_in_url = section.web_address("sign_in_url", SIGN_IN_URL);
        let ca_pem = section.authorities("ca_file").map(|(_, pem)| pem);
        let reset_passwords = section.flag("reset_passwords").unwrap_or_default();

        let authority = authority.as_ref().map_or(cloud.authority(), Url::as_str).trim_end_matches('/');
        let graph_url = graph_url.or_else(|| cloud.graph().parse().ok())?;
        let tenant_id = tenant_id?;
        let token_url = format!("{authority}/{tenant_id}/oauth2/v2.0/token");
        Some(Self {
            cloud,
            tenant_id,
            client_id: client_id?,
            assertion_audience: token_url.clone(),
            token_url,
            scope: format!("{}/.default", graph_url.origin().ascii_serialization()),
            graph_url: with_version(&graph_url),
            identity: identity?,
            next_identity,
            assertion,
            marker_attribute: marker.or(graph.map(|graph| graph.marker_attribute))?,
            sign_in_url: sign_in_url.map_or_else(|| cloud.sign_in().to_owned(), String::from),
            ca_pem,
            reset_passwords,
        })
    }
}

impl Tenant {
    /// The certificates of the app, the one in use first, each with the name of its role.
    pub fn identities(&self) -> impl Iterator<Item = (&'static str, &Identity)> {
        [("current", &self.identity)].into_iter().chain(self.next_identity.iter().map(|next| ("next", next)))
    }
}

impl Identity {
    fn read(
        section: &mut Section<'_>,
        (certificate, a_certificate): (&'static str, Takes),
        (key, a_key): (&'static str, Takes),
    ) -> Option<Self> {
        let certificate = section.certificates(certificate, a_certificate);
        let key = section.private_key(key, a_key);
        let ((certificate_path, certificate_pem), (key_path, key_pem)) = (certificate?, key?);
        Some(Self { certificate_path, certificate_pem, key_path, key_pem })
    }

    /// Neither of its two keys is required; each requires the other.
    fn read_next(section: &mut Section<'_>) -> Option<Self> {
        const CERTIFICATE: &str = "next_certificate_path";
        const KEY: &str = "next_key_path";
        if section.has(CERTIFICATE) || section.has(KEY) {
            return Self::read(section, (CERTIFICATE, NEXT_CERTIFICATE), (KEY, NEXT_KEY));
        }
        for name in [CERTIFICATE, KEY] {
            section.take(name);
        }
        None
    }
}

/// An address without a path gets Graph's version.
fn with_version(graph: &Url) -> String {
    let text = graph.as_str().trim_end_matches('/');
    if graph.path() == "/" { format!("{text}/v1.0") } else { text.to_owned() }
}
