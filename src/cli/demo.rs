//! `accountcreator demo`: everything in one process, nothing to install, nothing left behind.

use std::{net::SocketAddr, path::Path, process::ExitCode};

use anyhow::Context;
use tokio::net::TcpListener;

use super::{args::DemoArgs, identity::Identity, logging, sandbox::warn_if_reachable, say::say, shutdown};
use crate::{
    app::{self, Parts},
    config,
    domain::{Entropy, SecretKey},
    sandbox::{Options, Preview, Sandbox, Tenant},
    signup::Sample,
};

pub(super) async fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let stop = shutdown::on_signal()?;
    let directory = tempfile::tempdir().context("no directory for the demo's database can be made")?;
    let identity = Identity::passing("demo")?;
    identity.write(&directory.path().join("key.pem"), &directory.path().join("certificate.pem"))?;
    let listener = TcpListener::bind(args.listen).await.with_context(|| {
        format!("cannot listen on {}; `demo --listen` names another address", args.listen)
    })?;
    let address = listener.local_addr()?;
    let sandbox = start_sandbox(address, &identity).await?;
    let mut config = config::from_toml(&settings(args, address, &sandbox, directory.path()))
        .map_err(|faults| anyhow::anyhow!("the demo's own configuration is at fault: {faults}"))?;
    config.site.demo_inbox = Some(format!("{}/sandbox/inbox", sandbox.http_url()));
    logging::start(&config.log)?;
    sandbox.show_previews(app::sample_mails(&config)?.into_iter().map(preview).collect());
    let app = app::build(config, Parts::system()).await?;
    announce(address, &sandbox);
    warn_if_reachable(&[address]);
    app.run(listener, stop).await;
    sandbox.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// On the next port, so that the address can be guessed; on any free one if that is taken.
async fn start_sandbox(address: SocketAddr, identity: &Identity) -> anyhow::Result<Sandbox> {
    let tenant = || Tenant { certificates: vec![identity.certificate.clone()], ..Tenant::default() };
    let options = |port| Options {
        listen: SocketAddr::new(address.ip(), port),
        smtp_listen: SocketAddr::new(address.ip(), 0),
        tenant: tenant(),
        ..Options::default()
    };
    if let Some(next) = address.port().checked_add(1)
        && let Ok(sandbox) = Sandbox::start(options(next)).await
    {
        return Ok(sandbox);
    }
    Sandbox::start(options(0)).await.context("the simulated tenant cannot be started")
}

fn settings(args: &DemoArgs, address: SocketAddr, sandbox: &Sandbox, directory: &Path) -> String {
    let tenant = Tenant::default();
    let domain = &tenant.domains[0];
    let directory = directory.display();
    let licences: Vec<String> = tenant.skus.iter().take(1).map(|sku| sku.sku_id.to_string()).collect();
    let groups: Vec<String> = tenant.groups.iter().map(|group| group.id.to_string()).collect();
    let smtp = sandbox.smtp_addr();
    format!(
        r#"
secret_key = "{secret}"
support_email = "support@{domain}"

[server]
listen = "{address}"
public_url = "http://{address}"

[site]
name = "Example University"
email_example = "st123456@{domain}"

# The same few addresses are tried again and again.
[limits]
mails_per_address = []

[database]
url = "sqlite://{directory}/demo.db"
migrate_on_start = true

[tenants.demo]
tenant_id = "{tenant_id}"
client_id = "{client_id}"
authority = "{authority}"
graph_url = "{graph_url}"
sign_in_url = "{authority}/sandbox/"
reset_passwords = true
certificate_path = "{directory}/certificate.pem"
key_path = "{directory}/key.pem"

[[profiles]]
name = "students"
email = 'st[0-9]{{6}}@{rule_domain}'
tenant = "demo"
domain = "{domain}"
usage_location = "DE"
licences = {licences:?}
groups = {groups:?}

[mail]
from = "Example University <accounts@{domain}>"

[mail.smtp]
host = "{smtp_host}"
port = {smtp_port}
security = "plain"

[signup]
confirm_email = {confirm_email}

[log]
filter = "warn"
"#,
        secret = SecretKey::random(&Entropy::system()),
        tenant_id = tenant.tenant_id,
        client_id = tenant.client_id,
        authority = sandbox.http_url(),
        graph_url = sandbox.graph_url(),
        rule_domain = domain.replace('.', r"\."),
        smtp_host = smtp.ip(),
        smtp_port = smtp.port(),
        confirm_email = args.confirm_email,
    )
}

fn preview(mail: Sample) -> Preview {
    let Sample { title, language, subject, text, html } = mail;
    Preview { title: title.to_owned(), language, subject, text, html }
}

fn announce(address: SocketAddr, sandbox: &Sandbox) {
    let domain = &Tenant::default().domains[0];
    say!("accountcreator demo\n");
    say!("  signup page       http://{address}/");
    say!("  mail inbox        {}/sandbox/inbox", sandbox.http_url());
    say!("  mail previews     {}/sandbox/previews", sandbox.http_url());
    say!("  simulated tenant  {}/sandbox/\n", sandbox.http_url());
    say!("Sign up with any address like st123456@{domain}. Ctrl-C ends the demo and removes its data.");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser;

    use super::*;
    use crate::cli::args::{Args, Command};

    #[tokio::test]
    async fn addresses_are_confirmed_unless_it_is_told_otherwise() {
        let (sandbox, directory) =
            (Sandbox::start(Options::default()).await.unwrap(), tempfile::tempdir().unwrap());
        let path = |name| directory.path().join(name);
        Identity::passing("demo").unwrap().write(&path("key.pem"), &path("certificate.pem")).unwrap();
        for (flag, confirms) in [(None, true), (Some("--confirm-email=false"), false)] {
            let args = Args::parse_from(["accountcreator", "demo"].into_iter().chain(flag));
            let Command::Demo(args) = args.command else { panic!("{args:?}") };
            let text = settings(&args, args.listen, &sandbox, directory.path());
            assert_eq!(config::from_toml(&text).unwrap().signup.confirm_email, confirms, "{flag:?}");
        }
    }
}
