//! Reads from the OpenAPI document what the page shows of it.

use serde_json::{Map, Value};

/// The operations of one version.
pub(super) struct Group {
    pub name: String,
    pub text: String,
    pub operations: Vec<Operation>,
}

/// One operation.
pub(super) struct Operation {
    pub anchor: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub paragraphs: Vec<String>,
    pub parameters: Vec<Parameter>,
    pub body: Option<Type>,
    pub example: String,
    pub answers: Vec<Answer>,
}

/// A header or a part of the address.
pub(super) struct Parameter {
    pub name: String,
    pub place: String,
    pub required: bool,
    pub text: String,
}

/// One status.
pub(super) struct Answer {
    pub status: String,
    pub text: String,
    pub body: Option<Type>,
    pub headers: Vec<(String, String)>,
}

/// A type, in words; one that has a table of its own leads there.
pub(super) struct Type {
    pub words: String,
    pub schema: Option<String>,
}

/// The table of a type.
pub(super) struct Schema {
    pub name: String,
    pub text: String,
    pub properties: Vec<Property>,
    pub values: Vec<String>,
}

/// One line of it.
pub(super) struct Property {
    pub name: String,
    pub kind: Type,
    pub required: bool,
    pub text: String,
}

const COMPONENTS: &str = "#/components/schemas/";

/// A text member; empty when it is missing.
pub(super) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The operations by their tags; `at` makes an address complete.
pub(super) fn groups(document: &Value, at: impl Fn(&str) -> String) -> Vec<Group> {
    let of_tag = |tag: &Value| {
        let name = text(tag, "name");
        let all = members(&document["paths"])
            .flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)));
        let own = all.filter(|(_, _, operation)| items(&operation["tags"]).contains(&tag["name"]));
        let operations =
            own.map(|(path, method, value)| operation(document, path, method, value, &at)).collect();
        Group { text: text(tag, "description"), name, operations }
    };
    items(&document["tags"]).iter().map(of_tag).collect()
}

fn operation(
    document: &Value,
    path: &str,
    method: &str,
    value: &Value,
    at: &impl Fn(&str) -> String,
) -> Operation {
    let body = &value["requestBody"]["content"]["application/json"]["schema"];
    let words = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let anchor: String = format!("{method}{path}").chars().map(words).collect();
    let summary = text(value, "summary");
    let description = text(value, "description");
    // The first line of a description is the summary once more.
    let paragraphs = description.strip_prefix(&summary).unwrap_or(&description);
    Operation {
        anchor: anchor.trim_end_matches('-').to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        paragraphs: paragraphs
            .split("\n\n")
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect(),
        summary,
        parameters: items(&value["parameters"]).iter().map(parameter).collect(),
        body: (!body.is_null()).then(|| kind(body)),
        example: example(document, &at(path), body),
        answers: members(&value["responses"]).map(|(status, answer)| self::answer(status, answer)).collect(),
    }
}

fn parameter(value: &Value) -> Parameter {
    Parameter {
        name: text(value, "name"),
        place: text(value, "in"),
        required: value["required"] == true,
        text: text(value, "description"),
    }
}

fn answer(status: &str, value: &Value) -> Answer {
    let body = members(&value["content"]).next().map(|(_, content)| kind(&content["schema"]));
    let headers =
        members(&value["headers"]).map(|(name, header)| (name.clone(), text(header, "description")));
    Answer { status: status.to_owned(), text: text(value, "description"), body, headers: headers.collect() }
}

/// The command that calls the operation by hand.
fn example(document: &Value, address: &str, body: &Value) -> String {
    let Some(name) = body["$ref"].as_str().and_then(|link| link.strip_prefix(COMPONENTS)) else {
        return format!("curl {address}");
    };
    let schema = &document["components"]["schemas"][name];
    let fields: Vec<String> = items(&schema["required"])
        .iter()
        .filter_map(Value::as_str)
        .map(|field| format!("\"{field}\": {}", sample(&schema["properties"][field])))
        .collect();
    format!("curl {address} \\\n  --json '{{{}}}'", fields.join(", "))
}

fn sample(schema: &Value) -> &Value {
    match &schema["example"] {
        Value::Null => &schema["examples"][0],
        example => example,
    }
}

/// All types that have a table.
pub(super) fn schemas(document: &Value) -> Vec<Schema> {
    let of = |(name, schema): (&String, &Value)| Schema {
        name: name.clone(),
        text: text(schema, "description"),
        properties: properties(schema),
        values: items(&schema["enum"]).iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    members(&document["components"]["schemas"]).map(of).collect()
}

fn properties(schema: &Value) -> Vec<Property> {
    let required = items(&schema["required"]);
    let of = |(name, property): (&String, &Value)| Property {
        name: name.clone(),
        kind: kind(property),
        required: required.iter().any(|one| one == name),
        text: text(property, "description"),
    };
    members(&schema["properties"]).map(of).collect()
}

fn kind(schema: &Value) -> Type {
    if let Some(link) = schema["$ref"].as_str() {
        let name = link.strip_prefix(COMPONENTS).unwrap_or(link).to_owned();
        return Type { words: name.clone(), schema: Some(name) };
    }
    if let Some(one) =
        items(&schema["oneOf"]).iter().chain(items(&schema["allOf"])).find(|one| one["type"] != "null")
    {
        return kind(one);
    }
    let name = schema["type"].as_str().unwrap_or("string");
    match name {
        "array" => {
            let Type { words, schema } = kind(&schema["items"]);
            Type { words: format!("list of {words}"), schema }
        }
        "object" if schema["additionalProperties"].is_object() => {
            let Type { words, schema } = kind(&schema["additionalProperties"]);
            Type { words: format!("object of {words}"), schema }
        }
        _ => Type { words: [name, &limits(schema)].concat(), schema: None },
    }
}

/// The constraints on a value in addition to its type.
fn limits(schema: &Value) -> String {
    let mut limits: Vec<String> = Vec::new();
    if let Some(format) = schema["format"].as_str().filter(|format| *format != "int32") {
        limits.push(format.to_owned());
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        limits.push(format!("at most {most} characters"));
    }
    if limits.is_empty() { String::new() } else { format!(" ({})", limits.join(", ")) }
}
