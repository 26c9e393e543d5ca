//! `$filter` expressions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::filter::Filter;

fn matches(filter: &str) -> bool {
    let object = json!({
        "name": "Ada's",
        "enabled": true,
        "mails": ["a@x", "b@x"],
        "nothing": null,
        "id": "5a4db0e5-7e4a-4c0e-9b5e-000000000001",
    });
    let get = |name: &str| object.get(name).cloned().unwrap_or(Value::Null);
    Filter::parse(filter).unwrap().matches(&get)
}

#[test]
fn expressions_mean_what_they_say() {
    for filter in [
        "name eq 'ADA''S'",
        "enabled eq true",
        "nothing eq null",
        "name ne 'x'",
        "not(name eq 'x')",
        "not startswith(name,'x')",
        "mails/any(m:m eq 'B@x')",
        "id eq 5a4db0e5-7e4a-4c0e-9b5e-000000000001",
        "name eq 'x' or enabled eq true and nothing eq null",
        "name in ('x', 'ada''s')",
        "endswith(name,'S')",
    ] {
        assert!(matches(filter), "{filter}");
    }
    for filter in ["name eq 'x'", "enabled eq false", "mails/any(m:m eq 'c@x')", "(name eq 'x')"] {
        assert!(!matches(filter), "{filter}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused() {
    let deep = "(".repeat(100_000);
    for filter in [
        "",
        "name",
        "name eq",
        "name eq 'x",
        "eq 'x'",
        "name eq 'x' and",
        ")",
        "mails/any(m:n eq 'x')",
        &deep,
    ] {
        assert!(Filter::parse(filter).is_err(), "{}", &filter[..filter.len().min(20)]);
    }
}
