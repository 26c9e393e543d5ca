//! The rule for addresses as people may type it, and a look at what it admits.

use super::answers::items;
use crate::domain::{Email, EmailRule};

/// The part before the `@` where only domains are given. These characters have no special meaning for mail servers.
const LOCAL_PART: &str = "[a-z0-9._-]+";

/// The regular expression: the typed one, or that of the domains.
pub(super) fn expression(answer: &str) -> String {
    if answer.contains('@') {
        return answer.to_owned();
    }
    let domains: Vec<String> =
        items(answer).map(|domain| domain.to_ascii_lowercase().replace('.', r"\.")).collect();
    match domains.as_slice() {
        [only] => format!("{LOCAL_PART}@{only}"),
        several => format!("{LOCAL_PART}@(?:{})", several.join("|")),
    }
}

/// The reason why an answer without an `@` is not a list of domains.
pub(super) fn refusal(answer: &str) -> Option<String> {
    let wrong = if answer.contains('@') { None } else { items(answer).find(|item| !is_domain(item)) };
    wrong.map(|item| format!("`{item}` is no domain, and without an @ it is no expression for addresses"))
}

fn is_domain(text: &str) -> bool {
    Email::parse(&format!("name@{text}")).is_ok()
}

/// Addresses, and whether the rule admits them: the examples, and those that someone else could own.
pub(super) fn preview(rule: &EmailRule, answer: &str, example: Option<&str>) -> Vec<String> {
    let domains = if answer.contains('@') { Vec::new() } else { items(answer).collect() };
    let typical: Vec<String> = match example {
        Some(example) => vec![example.to_owned()],
        None => domains.iter().map(|domain| format!("name@{domain}")).collect(),
    };
    let near = typical.first().into_iter().flat_map(|address| {
        let (name, domain) = address.split_once('@').unwrap_or((address, ""));
        [
            format!("{name}@sub.{domain}"),
            format!("{name}@{domain}.example.net"),
            format!("other-{name}@{domain}"),
        ]
    });
    // Every address of a domain is admitted.
    let near = near.take(if domains.is_empty() { 3 } else { 2 });
    let near: Vec<String> = near.collect();
    let emails = typical.iter().chain(&near).filter_map(|address| Email::parse(address).ok());
    emails.map(|email| line(rule, &email)).collect()
}

fn line(rule: &EmailRule, email: &Email) -> String {
    let address = email.as_str();
    match rule.captures(email) {
        None => format!("refuses  {address}"),
        Some(captures) if captures.is_empty() => format!("admits   {address}"),
        Some(captures) => {
            let named: Vec<String> =
                captures.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("admits   {address}  ({})", named.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_become_an_expression_that_admits_them_alone() {
        let rule: EmailRule = expression("Stud.Example.edu, example.org").parse().expect("a rule");
        assert_eq!(rule.as_str(), r"[a-z0-9._-]+@(?:stud\.example\.edu|example\.org)");
        let admits = |text| rule.captures(&Email::parse(text).expect("an address")).is_some();
        assert!(admits("a.b@stud.example.edu") && admits("x@EXAMPLE.org"));
        assert!(!admits("o'brien@example.org") && !admits("x+news@example.org"));
        assert!(!admits("x@studxexample.edu") && !admits("x@a.example.org") && !admits("x@example.org.net"));
    }

    #[test]
    fn what_is_neither_domain_nor_expression_is_refused() {
        assert_eq!(refusal("stud.example.edu example.org"), None);
        assert_eq!(refusal(r"st\d+@x\.de"), None);
        for wrong in [".*", "example", "*.example.edu", "a_b.example.edu"] {
            assert!(refusal(wrong).is_some_and(|problem| problem.contains(wrong)), "{wrong}");
        }
    }

    #[test]
    fn the_preview_shows_who_is_let_in_and_who_is_not() {
        let answer = r"(?P<id>st\d+)@x\.de";
        let lines = preview(&answer.parse().expect("a rule"), answer, Some("st12@x.de"));
        assert_eq!(
            lines,
            [
                "admits   st12@x.de  (id = st12)",
                "refuses  st12@sub.x.de",
                "refuses  st12@x.de.example.net",
                "refuses  other-st12@x.de"
            ]
        );
    }
}
