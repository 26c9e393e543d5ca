//! The description of the API, and whether an answer keeps to it.

use serde_json::{Value, json};

use super::api::Answer;

/// What the site says of its API (OpenAPI 3.1).
pub struct Contract(Value);

impl Contract {
    pub fn new(document: Value) -> Self {
        assert_eq!(document["openapi"], "3.1.0");
        Self(document)
    }

    /// The answer's status, type, headers and body are as described.
    pub fn check(&self, method: &str, path: &str, answer: &Answer) {
        let case = format!("{method} {path}: {} {}", answer.status, answer.body);
        let path = path.split('?').next().unwrap();
        let Some(item) = self.item(path) else {
            assert!([403, 404, 405, 429].contains(&answer.status), "{case} is not described");
            return self.check_error(path, answer, &case);
        };
        let Some(operation) = item.get(method.replace("HEAD", "GET").to_lowercase()) else {
            assert!([403, 405, 429].contains(&answer.status), "{case} is not described");
            assert!(answer.status != 405 || answer.headers.contains_key("allow"), "{case}");
            return self.check_error(path, answer, &case);
        };
        let described = &operation["responses"][answer.status.to_string()];
        assert!(!described.is_null(), "{case} is not described");
        let Some(contents) = described["content"].as_object() else {
            assert!(answer.body.is_empty() && answer.header("content-type").is_empty(), "{case}");
            return;
        };
        let content = contents.get(&answer.header("content-type"));
        let content = content.unwrap_or_else(|| panic!("{case} has another type than {contents:?}"));
        self.check_body(&content["schema"], answer, &case);
        for (name, _) in described["headers"].as_object().into_iter().flatten() {
            let may_be_missing = name.starts_with("RateLimit");
            assert!(may_be_missing || answer.headers.contains_key(name), "{case} lacks {name}");
        }
    }

    /// What is described at this address, with or without a slash at its end.
    fn item(&self, path: &str) -> Option<&Value> {
        let parts =
            |path: &'_ str| path.trim_end_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
        let asked = parts(path);
        let fits = |template: &str| {
            let template = parts(template);
            let pairs = || template.iter().zip(&asked);
            template.len() == asked.len() && pairs().all(|(one, other)| one == other || one.starts_with('{'))
        };
        let paths = self.0["paths"].as_object().unwrap();
        paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item)
    }

    /// Errors of addresses and methods that are not described have the shape that all others of their version have.
    fn check_error(&self, path: &str, answer: &Answer, case: &str) {
        let has_first = self.item("/api/v1/").is_some();
        let is_first = matches!(path, "/api" | "/api/") || has_first && path.starts_with("/api/v1");
        let (kind, name) =
            if is_first { ("application/json", "Message") } else { ("application/problem+json", "Problem") };
        assert_eq!(answer.header("content-type"), kind, "{case}");
        self.check_body(&json!({ "$ref": format!("#/components/schemas/{name}") }), answer, case);
    }

    fn check_body(&self, schema: &Value, answer: &Answer, case: &str) {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let faults: Vec<_> = validator.iter_errors(&answer.json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{case} is not as described: {faults:?}");
    }
}
