//! The properties that the app registration in Entra must have, and the two ways to it: a script and a page of
//! instructions.

use anyhow::Context;
use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::{Host, Url};

use super::answers::NO_CLIENT_ID;
use crate::{
    cli::{exchange::Exchange, manifest, needs},
    config::{Cloud, Config, Identity, Tenant},
    domain::TenantAlias,
    entra::Certificate,
    graph::{GRAPH_APP_ID, Permission},
};

/// The app role of those who may look after signups, as a token names it.
const ADMIN_ROLE: &str = "Admin";
/// Its id: the same each time, so that it is made once.
const ADMIN_ROLE_ID: &str = "5d7d5a3c-3f0e-4d6c-9c55-1f2b8e0c7a41";
const ADMIN_ROLE_PURPOSE: &str = "Look after signups on the pages for admins";

/// The texts of both ways.
pub(super) struct Registration {
    pub(super) script: String,
    pub(super) portal: String,
    /// The script for Exchange Online, where mails leave by it.
    pub(super) exchange: Option<String>,
}

/// The script, ready for `az`.
#[derive(Template)]
#[template(path = "setup/entra-setup.sh", escape = "none")]
struct Script<'a> {
    app: &'a App,
    application: Value,
    permissions: &'a Value,
    add_role: String,
    add_redirect: String,
    has_exchange: bool,
}

/// The steps in the portal.
#[derive(Template)]
#[template(path = "setup/entra-portal.md", escape = "none")]
struct Portal<'a> {
    app: &'a App,
    exchange: Option<&'a Exchange<'a>>,
    required_access: String,
}

/// The script for PowerShell.
#[derive(Template)]
#[template(path = "setup/exchange-setup.ps1", escape = "none")]
struct ExchangeScript<'a> {
    app: &'a App,
    exchange: &'a Exchange<'a>,
}

/// The registration's values.
///
/// <https://learn.microsoft.com/graph/api/resources/application>
struct App {
    cloud: &'static str,
    graph: &'static str,
    portal: &'static str,
    tenant: String,
    name: String,
    client_id: String,
    /// The address to which the sign-in of admins returns, if Entra takes such an address.
    redirect: String,
    permissions: Vec<Permission>,
    role: &'static str,
    role_purpose: &'static str,
    /// The one in use and, while they change, the next.
    certificates: Vec<Upload>,
    dir: String,
}

/// A certificate that the registration has to have.
struct Upload {
    thumbprint: String,
    thumbprint_base64: String,
    /// The JMESPath expression that adds it.
    addition: String,
    /// Its file, for those who upload it by hand.
    file: String,
}

impl Registration {
    /// Of this tenant's application.
    pub(super) fn of(config: &Config, alias: &TenantAlias, dir: &str) -> anyhow::Result<Self> {
        let tenant = config.tenants.get(alias).with_context(|| format!("there is no tenant {alias}"))?;
        let certificates = tenant.identities().map(|(_, identity)| Upload::of(identity));
        let certificates = certificates.collect::<anyhow::Result<Vec<_>>>()?;
        let needs = needs::of(config, alias);
        let required = serde_json::to_value([manifest::resource(&needs)])?;
        let app = App::of(config, tenant, certificates, &needs, dir);
        let exchange = Exchange::of(config).filter(|exchange| exchange.is_scoped && exchange.alias == alias);
        let script = Script {
            application: json!({ "displayName": app.name, "signInAudience": "AzureADMyOrg" }),
            permissions: &required,
            add_role: addition("appRoles", "appRoles", &role()),
            add_redirect: format!(
                "{{web: {}}}",
                addition("redirectUris", "web.redirectUris", &json!(app.redirect))
            ),
            has_exchange: exchange.is_some(),
            app: &app,
        };
        let portal = Portal {
            required_access: serde_json::to_string_pretty(&required)?,
            exchange: exchange.as_ref(),
            app: &app,
        };
        Ok(Self {
            script: script.render()? + "\n",
            portal: portal.render()? + "\n",
            exchange: exchange
                .map(|exchange| ExchangeScript { app: &app, exchange: &exchange }.render())
                .transpose()?
                .map(|script| with_byte_order_mark(script + "\n")),
        })
    }
}

/// Windows PowerShell reads a script without this mark in the machine's code page, unless it is ASCII.
fn with_byte_order_mark(script: String) -> String {
    if script.is_ascii() { script } else { format!("\u{feff}{script}") }
}

impl App {
    fn of(
        config: &Config,
        tenant: &Tenant,
        certificates: Vec<Upload>,
        needs: &[needs::Need],
        dir: &str,
    ) -> Self {
        let (cloud, portal) = places(tenant.cloud);
        let known = tenant.client_id != NO_CLIENT_ID;
        let redirect = config.sign_in_redirect();
        Self {
            cloud,
            portal,
            graph: tenant.cloud.graph(),
            tenant: tenant.tenant_id.clone(),
            name: name(config),
            client_id: if known { tenant.client_id.clone() } else { String::new() },
            redirect: if is_taken(&redirect) { redirect } else { String::new() },
            permissions: needs.iter().map(|need| need.permission).collect(),
            role: ADMIN_ROLE,
            role_purpose: ADMIN_ROLE_PURPOSE,
            certificates,
            dir: dir.to_owned(),
        }
    }

    /// The filter (OData) that finds it, ready for an address.
    fn filter(&self) -> String {
        let (property, value) =
            if self.client_id.is_empty() { ("displayName", &self.name) } else { ("appId", &self.client_id) };
        format!("{property}%20eq%20'{}'", utf8_percent_encode(value, NON_ALPHANUMERIC))
    }

    /// The ids of the permissions, sorted as the script compares them.
    fn needed(&self) -> String {
        let mut ids: Vec<&str> = self.permissions.iter().map(|permission| permission.app_role()).collect();
        ids.sort_unstable();
        ids.join(" ")
    }

    const fn graph_app(&self) -> &'static str {
        GRAPH_APP_ID
    }
}

impl Upload {
    fn of(identity: &Identity) -> anyhow::Result<Self> {
        let certificate = Certificate::of(identity.key_pem.expose_secret(), &identity.certificate_pem)?;
        let key = key_credential(identity, &certificate)?;
        Ok(Self {
            thumbprint: certificate.sha1().to_owned(),
            thumbprint_base64: base64_of(certificate.sha1()),
            addition: addition("keyCredentials", "keyCredentials", &key),
            file: identity.certificate_path.display().to_string(),
        })
    }
}

/// The cloud's name for `az`, and its admin center.
///
/// <https://learn.microsoft.com/cli/azure/manage-clouds-azure-cli>, <https://learn.microsoft.com/entra/fundamentals/faq>.
/// The Department of Defense shares both with the rest of the government; only its Graph is another one.
const fn places(cloud: Cloud) -> (&'static str, &'static str) {
    match cloud {
        Cloud::Global => ("AzureCloud", "https://entra.microsoft.com"),
        Cloud::UsGovL4 | Cloud::UsGovL5 => ("AzureUSGovernment", "https://entra.microsoft.us"),
        Cloud::China => ("AzureChinaCloud", "https://entra.microsoftonline.cn"),
    }
}

/// A tenant may have several instances of this service, each at an address of its own.
fn name(config: &Config) -> String {
    let url: Option<Url> = config.public_url().parse().ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.map_or_else(|| "accountcreator".to_owned(), |host| format!("accountcreator {host}"))
}

/// Returns whether Entra takes the address: `https`, or this very machine.
///
/// <https://learn.microsoft.com/entra/identity-platform/reply-url>
fn is_taken(redirect: &str) -> bool {
    let Ok(url) = redirect.parse::<Url>() else { return false };
    url.scheme() == "https" || matches!(url.host(), Some(Host::Domain("localhost")))
}

/// <https://learn.microsoft.com/graph/api/resources/approle>
fn role() -> Value {
    json!({
        "id": ADMIN_ROLE_ID,
        "allowedMemberTypes": ["User"],
        "displayName": ADMIN_ROLE,
        "description": ADMIN_ROLE_PURPOSE,
        "value": ADMIN_ROLE,
        "isEnabled": true,
    })
}

/// <https://learn.microsoft.com/graph/api/resources/keycredential>
fn key_credential(identity: &Identity, certificate: &Certificate) -> anyhow::Result<Value> {
    let block = pem::parse(&identity.certificate_pem).context("the certificate cannot be read")?;
    Ok(json!({
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "displayName": certificate.subject(),
        "startDateTime": certificate.not_before().to_string(),
        "endDateTime": certificate.not_after().to_string(),
        "key": STANDARD.encode(block.contents()),
    }))
}

/// The JMESPath expression that makes a body of what a list has, and one entry more.
fn addition(name: &str, list: &str, entry: &Value) -> String {
    // Within a literal a backtick would end it.
    format!("{{{name}: [{list}, `[{}]`][]}}", entry.to_string().replace('`', "\\u0060"))
}

/// A thumbprint's digits as base64: Graph shows either.
fn base64_of(hex: &str) -> String {
    let digits: Vec<u8> =
        hex.bytes().filter_map(|digit| char::from(digit).to_digit(16)?.try_into().ok()).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    STANDARD.encode(bytes)
}

mod filters {
    //! The filters that the templates use.

    use crate::cli::exchange::quoted_for_powershell;

    /// A word of the shell, whatever is in it.
    #[askama::filter_fn]
    pub(super) fn sh(text: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(format!("'{}'", text.to_string().replace('\'', r"'\''")))
    }

    /// A word of PowerShell, whatever is in it. For PowerShell a typographic quote is a quote, too.
    #[askama::filter_fn]
    pub(super) fn ps(text: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(quoted_for_powershell(&text.to_string()))
    }
}
