//! `[[profiles]]`: who may sign up, and what their accounts get.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    Attribute, AttributeError, Country, EmailRule, GroupId, Profile, ProfileName, SkuId, TenantAlias,
    UpnDomain, UsernameTemplate, UsernameTemplateError,
};

use super::{
    section::{Section, Takes},
    tenant::Tenant,
    words::{closest, in_ascii, quoted},
};

/// The tenants of the configuration by name; `None` for one with faults.
pub(super) type Tenants = BTreeMap<String, Option<Tenant>>;

const NAME: Takes = Takes("a name of letters, digits, hyphens and underscores", "\"students\"");
const EMAIL: Takes = Takes("a regular expression for whole addresses", r"'st\d{6}@stud\.example\.edu'");
const TENANT: Takes = Takes("the alias of a tenant", "\"main\"");
const DOMAIN: Takes = Takes("a domain of at most 48 characters", "\"stud.example.edu\"");
const LICENCE: Takes = Takes("a SKU id (a GUID)", "\"314c4481-f395-4525-be8b-2ec4bb1e9d91\"");
const GROUP: Takes = Takes("a group's object id (a GUID)", "\"6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11\"");
const COUNTRY: Takes = Takes("a country's two letters (ISO 3166-1)", "\"DE\"");
const USERNAME: Takes = Takes(
    "a template of {first}, {last}, {first_initial}, {last_initial}, the named groups of `email`, small letters, digits and . - _",
    "\"{first}.{last}\"",
);

/// Reads one profile. `names` are those of the profiles before it.
pub(super) fn read(
    section: &mut Section<'_>,
    tenants: &Tenants,
    names: &mut BTreeSet<ProfileName>,
) -> Option<Profile> {
    let name = read_name(section, names);
    let rule = read_rule(section);
    let tenant = section.parse("tenant", TENANT);
    let known = tenant.as_ref().is_none_or(|alias: &TenantAlias| tenants.contains_key(alias.as_str()));
    if let (Some(alias), false) = (&tenant, known) {
        let meant = closest(alias.as_str(), tenants.keys().map(String::as_str));
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"));
        let problem = format!("there is no tenant {}", quoted(alias.as_str()));
        section.fault(
            "tenant",
            problem,
            format!("write a section [tenants.{alias}], or another alias{meant}"),
        );
    }
    let domain = section.parse::<UpnDomain>("domain", DOMAIN);
    let licences = section.list::<SkuId>("licences", LICENCE).unwrap_or_default();
    let groups = section.list::<GroupId>("groups", GROUP).unwrap_or_default();
    let given_location = section.has("usage_location");
    let usage_location = section.maybe::<Country>("usage_location", COUNTRY);
    if !licences.is_empty() && !given_location {
        let remedy = "write the country in which the licences are used, such as \"DE\"";
        section.fault("usage_location", "is missing, but licences need it", remedy);
    }
    let username = read_username(section, rule.as_ref());
    let tenant_of = tenant.as_ref().and_then(|alias| tenants.get(alias.as_str())?.as_ref());
    let marker = tenant_of.map(|tenant| tenant.marker_attribute);
    let attributes = section.section("attributes", |all| Some(read_attributes(all, rule.as_ref(), marker)));
    Some(Profile {
        name: name?,
        rule: rule?,
        tenant: tenant?,
        domain: domain?,
        licences,
        groups,
        usage_location,
        attributes: attributes?,
        username,
    })
}

fn read_name(section: &mut Section<'_>, names: &mut BTreeSet<ProfileName>) -> Option<ProfileName> {
    let name = section.parse::<ProfileName>("name", NAME)?;
    if !names.insert(name.clone()) {
        section.fault("name", "another profile has this name", "write a name of its own");
    }
    Some(name)
}

fn read_rule(section: &mut Section<'_>) -> Option<EmailRule> {
    section.require("email", EMAIL);
    let text = section.text("email", EMAIL)?;
    match text.parse() {
        Ok(rule) => Some(rule),
        Err(error) => {
            let ascii = rule_in_ascii(&text).filter(|ascii| ascii.parse::<EmailRule>().is_ok());
            let remedy = match ascii {
                Some(ascii) => format!("write '{ascii}'"),
                None => format!("write {}, such as {}", EMAIL.0, EMAIL.1),
            };
            section.fault("email", error.to_string(), remedy);
            None
        }
    }
}

/// The rule with the labels of its domain in ASCII: `stud@münchen\.example` is `stud@xn--mnchen-3ya\.example`.
fn rule_in_ascii(rule: &str) -> Option<String> {
    let (before, domain) = rule.split_at(rule.rfind('@')? + 1);
    let label = |label: &str| in_ascii(label).unwrap_or_else(|| label.to_owned());
    let is_label = |c: char| c.is_alphanumeric() || c == '-';
    let mut ascii = before.to_owned();
    for part in domain.split_inclusive(|c| !is_label(c)) {
        let (name, end) = part.split_at(part.find(|c| !is_label(c)).unwrap_or(part.len()));
        ascii.push_str(&label(name));
        ascii.push_str(end);
    }
    Some(ascii)
}

fn read_username(section: &mut Section<'_>, rule: Option<&EmailRule>) -> UsernameTemplate {
    let (Some(text), Some(rule)) = (section.text("username", USERNAME), rule) else {
        return UsernameTemplate::default();
    };
    UsernameTemplate::parse(&text, rule).unwrap_or_else(|error| {
        let remedy = match &error {
            UsernameTemplateError::Malformed => format!("write {}, such as {}", USERNAME.0, USERNAME.1),
            UsernameTemplateError::UnknownField(_) => {
                let fields = UsernameTemplate::FIELDS.iter().copied().chain(rule.group_names());
                let fields: Vec<_> = fields.map(|field| format!("{{{field}}}")).collect();
                format!("write one of {}", fields.join(", "))
            }
            UsernameTemplateError::FieldAndGroup(field) => rename_group(field),
        };
        section.fault("username", error.to_string(), remedy);
        UsernameTemplate::default()
    })
}

fn read_attributes(
    section: &mut Section<'_>,
    rule: Option<&EmailRule>,
    marker: Option<u8>,
) -> Vec<Attribute> {
    let marker = marker.map(|number| format!("extensionAttribute{number}"));
    let mut attributes: Vec<Attribute> = Vec::new();
    for (name, value) in section.entries() {
        let Some(rule) = rule else { continue };
        match Attribute::parse(&name, &value, rule) {
            Err(error) => {
                let remedy = match &error {
                    AttributeError::FieldAndGroup(field) => rename_group(field),
                    _ => remedy_of_attribute(&name, rule),
                };
                section.fault(&name, error.to_string(), remedy);
            }
            Ok(attribute) if marker.as_deref() == Some(attribute.name) => section.fault(
                &name,
                "marks the accounts of this tenant",
                "take another attribute, or set the tenant's marker_attribute",
            ),
            Ok(attribute) if attributes.iter().any(|other| other.name == attribute.name) => {
                section.fault(&name, "stands there twice", "remove one");
            }
            Ok(attribute) => attributes.push(attribute),
        }
    }
    attributes
}

fn rename_group(group: &str) -> String {
    format!(
        "rename the group in `email`, such as to `(?P<email_{group}>…)`; its field is then `{{email_{group}}}`"
    )
}

fn remedy_of_attribute(name: &str, rule: &EmailRule) -> String {
    let names = Attribute::ALLOWED.iter().map(|(allowed, _)| *allowed);
    if !names.clone().any(|allowed| allowed.eq_ignore_ascii_case(name)) {
        return match closest(name, names.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("write one of {}", names.collect::<Vec<_>>().join(", ")),
        };
    }
    let fields = Attribute::FIELDS.iter().copied().chain(rule.group_names());
    let fields: Vec<_> = fields.map(|field| format!("{{{field}}}")).collect();
    format!("write a text, which may use {}", fields.join(", "))
}
