//! `accountcreator sandbox`

use std::{net::SocketAddr, path::Path, process::ExitCode};

use anyhow::Context;

use super::{
    args::SandboxArgs,
    identity::Identity,
    say::{say, say_aside},
    shutdown,
};
use crate::config;
use crate::sandbox::{MailboxLimits, Options, Sandbox, SmtpOptions, Tenant, TlsIdentity, Xoauth2};

pub(super) async fn run(args: &SandboxArgs) -> anyhow::Result<ExitCode> {
    let stop = shutdown::on_signal()?;
    let tenant = tenant(args)?;
    let xoauth2 = if args.require_xoauth2 { Xoauth2::Required } else { Xoauth2::Offered };
    let options = Options {
        listen: args.listen,
        tls: tls(args)?,
        smtp_listen: args.smtp_listen,
        smtp: SmtpOptions { xoauth2, ..SmtpOptions::default() },
        mailbox_limits: (!args.no_mailbox_limits).then(MailboxLimits::default),
        tenant,
        refuse_assertion_reuse: args.refuse_assertion_reuse,
        allow_permanent_deletion: args.allow_permanent_deletion,
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.context("the sandbox cannot be started")?;
    say!("state        {}/sandbox/", sandbox.http_url());
    say!("inbox        {}/sandbox/inbox", sandbox.http_url());
    say!("authority    {}", sandbox.http_url());
    say!("graph_url    {}", sandbox.graph_url());
    say!("tenant_id    {}", args.tenant_id);
    say!("client_id    {}", args.client_id);
    say!("smtp         {}", sandbox.smtp_addr());
    warn_if_reachable(&[args.listen, args.smtp_listen]);
    say!("Ctrl-C ends it.");
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Warns where other machines reach the simulated tenant.
pub(super) fn warn_if_reachable(listen: &[SocketAddr]) {
    if let Some(warning) = warning(listen) {
        say_aside!("{warning}");
    }
}

/// The warning for these addresses; `None` where they are this machine's alone.
fn warning(listen: &[SocketAddr]) -> Option<&'static str> {
    listen.iter().any(|address| !address.ip().to_canonical().is_loopback()).then_some(
        "warning: there is no login: everybody who reaches the port can read the inbox and the simulated directory\n  \
         listen on 127.0.0.1, or use it with invented people and in a network you trust",
    )
}

/// The certificate that HTTPS is spoken with, if it is.
fn tls(args: &SandboxArgs) -> anyhow::Result<Option<TlsIdentity>> {
    if let (Some(certificate), Some(key)) = (&args.tls_certificate, &args.tls_key) {
        return Ok(Some(TlsIdentity { certificate_pem: read(certificate)?, key_pem: read(key)? }));
    }
    if !args.https {
        return Ok(None);
    }
    let (identity, authority) = TlsIdentity::generate([args.listen.ip().to_string()])?;
    let file = &args.ca_file;
    std::fs::write(file, authority).with_context(|| format!("cannot write {}", file.display()))?;
    say!("ca_file      {}", file.display());
    Ok(Some(identity))
}

fn tenant(args: &SandboxArgs) -> anyhow::Result<Tenant> {
    let certificates = if args.certificate.is_empty() {
        vec![made_identity(&args.identity)?]
    } else {
        args.certificate.iter().map(|file| read(file)).collect::<anyhow::Result<_>>()?
    };
    let mut tenant = Tenant {
        certificates,
        tenant_id: args.tenant_id,
        client_id: args.client_id,
        refused_at_creation: args.refuse_at_creation.clone(),
        exchange_roles: args.exchange_role.clone(),
        ..Tenant::default()
    };
    tenant.granted.extend(args.grant.iter().cloned());
    tenant.mailboxes.extend(args.mailbox.iter().cloned());
    if let Some(seats) = args.seats {
        tenant.skus.iter_mut().for_each(|sku| sku.enabled = seats);
    }
    Ok(tenant)
}

/// The certificate of the directory's identity; key and certificate are made if there is no certificate.
fn made_identity(directory: &Path) -> anyhow::Result<String> {
    let (key, certificate) = (directory.join("sandbox-key.pem"), directory.join("sandbox-certificate.pem"));
    if !certificate.exists() {
        Identity::passing("sandbox")?.write(&key, &certificate)?;
    }
    say!("key          {}", key.display());
    say!("certificate  {}", certificate.display());
    read(&certificate)
}

fn read(file: &Path) -> anyhow::Result<String> {
    config::read_text(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_warning_is_given_where_other_machines_reach_it() {
        let warns = |listen: &[&str]| {
            let listen: Vec<_> = listen.iter().map(|address| address.parse().unwrap()).collect();
            warning(&listen).is_some()
        };
        assert!(!warns(&["127.0.0.1:8365", "[::1]:8325"]) && !warns(&["[::ffff:127.0.0.1]:1"]));
        assert!(warns(&["0.0.0.0:8365", "127.0.0.1:8325"]) && warns(&["127.0.0.1:8365", "[::]:8325"]));
        assert!(warns(&["192.0.2.1:8080"]));
    }
}
