//! `accountcreator profiles test`

use std::{collections::BTreeMap, path::Path, process::ExitCode};

use serde::Serialize;

use super::{args::ProfilesCommand, configured, say::say};
use crate::{
    config::Config,
    domain::{AdmittedEmail, Email, Facts, PersonName, PrincipalName, UsernameFacts},
};

/// The account that an address would get.
#[derive(Serialize)]
struct Answer {
    profile: String,
    tenant: String,
    principal_name: String,
    licences: Vec<String>,
    groups: Vec<String>,
    usage_location: Option<String>,
    attributes: BTreeMap<&'static str, String>,
}

pub(super) fn run(file: Option<&Path>, command: &ProfilesCommand) -> anyhow::Result<ExitCode> {
    let ProfilesCommand::Test { email, first_name, last_name, json } = command;
    let config = configured::load(file)?;
    let name = config.signup.names.parse(first_name, last_name).map_err(|(first, last)| {
        let (option, error) = first.map_or(("--last-name", last), |error| ("--first-name", Some(error)));
        let why = error.map(|error| error.to_string()).unwrap_or_default();
        anyhow::anyhow!("{option} is no name that is accepted: {why}")
    })?;
    let Some(admission) = config.profiles.admit(email) else {
        if *json {
            say!("null");
        } else {
            say!("no profile admits this address; the profiles are asked in this order:");
            config.profiles.iter().for_each(|profile| say!("  {}: {}", profile.name, profile.rule.as_str()));
        }
        return Ok(ExitCode::FAILURE);
    };
    let answer = answer(&config, &admission, email, &name)?;
    if *json {
        say!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        show(&answer);
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(
    config: &Config,
    admission: &AdmittedEmail<'_, '_>,
    email: &Email,
    name: &PersonName,
) -> anyhow::Result<Answer> {
    let profile = admission.profile;
    let username_facts = UsernameFacts { name, captures: Some(&admission.captures) };
    let username = profile.username.render(&username_facts, &config.signup.usernames.reserved)?;
    let principal = PrincipalName { username, domain: profile.domain.clone() };
    let facts =
        Facts { name, email, captures: &admission.captures, principal: &principal, random: "(random)" };
    Ok(Answer {
        profile: profile.name.to_string(),
        tenant: profile.tenant.to_string(),
        licences: profile.licences.iter().map(ToString::to_string).collect(),
        groups: profile.groups.iter().map(ToString::to_string).collect(),
        usage_location: profile.usage_location.map(|country| country.to_string()),
        attributes: profile
            .attributes
            .iter()
            .map(|attribute| (attribute.name, attribute.render(&facts)))
            .collect(),
        principal_name: principal.to_string(),
    })
}

fn show(answer: &Answer) {
    let list = |items: &[String]| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
    say!("profile         {}", answer.profile);
    say!("tenant          {}", answer.tenant);
    say!("principal name  {} (numbered if it is taken)", answer.principal_name);
    say!("licences        {}", list(&answer.licences));
    say!("groups          {}", list(&answer.groups));
    say!("usage location  {}", answer.usage_location.as_deref().unwrap_or("none"));
    say!("attributes{}", if answer.attributes.is_empty() { "      none" } else { "" });
    for (name, value) in &answer.attributes {
        say!("  {name} = {value}");
    }
}
