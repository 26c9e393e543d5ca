//! OData's query options: what to select, how many, from where on.
//!
//! <https://learn.microsoft.com/graph/query-parameters>

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;

/// How many objects a page has unless `$top` says otherwise.
const PAGE: usize = 100;
/// The most that `$top` may ask for.
const MOST: usize = 999;

/// The options of a request, parsed.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub select: Option<Vec<String>>,
    pub filter: Option<String>,
    pub order_by: Option<String>,
    pub top: Option<usize>,
    pub count: bool,
    /// How many objects the pages before this one had.
    pub skip_token: usize,
}

impl Query {
    /// Reads the options that this tenant knows; others are refused, as they would change the answer.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, GraphError> {
        let mut query = Self::default();
        for (name, value) in pairs {
            let name = name.strip_prefix('$').unwrap_or(name);
            match name {
                "select" => query.select = Some(list(value)),
                "filter" => query.filter = Some(value.clone()),
                "orderby" => query.order_by = Some(value.clone()),
                "top" => query.top = Some(top(value)?),
                "count" => query.count = value.eq_ignore_ascii_case("true"),
                "skiptoken" => query.skip_token = value.parse().map_err(|_| skip_token())?,
                "skip" => {
                    let text = "'$skip' is not supported by the service.";
                    return Err(GraphError::bad_request(text));
                }
                "expand" | "search" => {
                    let text = format!("'${name}' is not supported by this tenant.");
                    return Err(GraphError::unsupported_query(text));
                }
                _ => {}
            }
        }
        Ok(query)
    }
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

fn top(value: &str) -> Result<usize, GraphError> {
    let invalid = || {
        let text = format!("Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive.");
        GraphError::bad_request(text)
    };
    value.parse().ok().filter(|top| (1..=MOST).contains(top)).ok_or_else(invalid)
}

fn skip_token() -> GraphError {
    GraphError::bad_request(
        "The specified page token value has expired and can no longer be included in your request.",
    )
}

/// One page of a collection, with a link to the next one where there is more.
pub(super) fn page(
    call: &Call<'_>,
    query: &Query,
    context: &str,
    objects: impl Iterator<Item = Value>,
) -> Answer {
    let size = query.top.unwrap_or(PAGE);
    let mut objects = objects.skip(query.skip_token);
    let value: Vec<Value> = objects.by_ref().take(size).collect();
    let mut body = json!({ "@odata.context": call.context(context) });
    if query.count {
        let count = query.skip_token + value.len();
        let rest = objects.by_ref().count();
        body["@odata.count"] = json!(count + rest);
        if rest > 0 {
            body["@odata.nextLink"] = json!(call.next_link(query.skip_token + size));
        }
    } else if objects.next().is_some() {
        body["@odata.nextLink"] = json!(call.next_link(query.skip_token + size));
    }
    body["value"] = Value::Array(value);
    Answer::ok(body)
}

/// The selected ones of an object's properties; all of them where nothing is selected.
pub(super) fn pick(object: Value, select: Option<&[String]>) -> Value {
    let (Value::Object(object), Some(select)) = (&object, select) else {
        return object;
    };
    let is_selected = |name: &str| select.iter().any(|s| s.eq_ignore_ascii_case(name) || s == "*");
    let picked: Map<String, Value> = object
        .iter()
        .filter(|(name, _)| name.starts_with('@') || is_selected(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(picked)
}
