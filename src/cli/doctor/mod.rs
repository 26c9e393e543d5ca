//! `accountcreator doctor`: looks at everything a signup needs, from this machine and as this application.
//!
//! Nothing is changed anywhere; with `--send-to` one mail is sent.

mod certificate;
mod clock;
mod database;
mod domains;
mod exchange;
mod finding;
mod groups;
mod licences;
mod mail;
mod marker;
mod permissions;
mod policies;
mod proxies;
mod settings;
mod tenant;
mod token;

use std::{path::Path, process::ExitCode};

use super::{
    args::DoctorArgs,
    configured,
    say::{say, say_on},
    table,
};
use crate::{app::Parts, config::Config, domain::Email};
use finding::{Finding, Verdict};

pub(super) async fn run(file: Option<&Path>, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let findings = examine(&config, args.send_to.as_ref(), &Parts::system()).await;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        show(&findings);
    }
    Ok(if findings.iter().any(Finding::is_failure) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(config: &Config, send_to: Option<&Email>, parts: &Parts) -> Vec<Finding> {
    let (database, tenants, mail, proxies) = tokio::join!(
        database::check(config, parts),
        tenant::check_all(config, parts),
        mail::check(config, send_to, parts),
        proxies::check(config)
    );
    [settings::check(config), database, tenants, mail, proxies].concat()
}

fn show(findings: &[Finding]) {
    let row = |finding: &Finding| {
        let tenant = finding.tenant.as_deref().unwrap_or("-");
        [finding.verdict.as_str(), finding.area.as_str(), tenant, &finding.what].map(str::to_owned).to_vec()
    };
    let rows: Vec<_> = findings.iter().map(row).collect();
    say_on!("{}", table::render(&["VERDICT", "AREA", "TENANT", "FINDING"], &rows));
    let to_do: Vec<&Finding> = findings.iter().filter(|finding| finding.remedy.is_some()).collect();
    if !to_do.is_empty() {
        say!("\nwhat to do:");
    }
    for finding in to_do {
        let remedy = finding.remedy.as_deref().unwrap_or_default();
        say!("  {} ({}): {}\n      {remedy}", finding.area.as_str(), finding.verdict.as_str(), finding.what);
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (failures, warnings) = (count(Verdict::Failure), count(Verdict::Warning));
    let skipped = count(Verdict::Skipped);
    say!("\nfailures: {failures}, warnings: {warnings}, not looked at: {skipped}");
}
