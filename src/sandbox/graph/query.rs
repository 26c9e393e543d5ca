//! OData's query options: what to select, how many, from where on.
//!
//! <https://learn.microsoft.com/graph/query-parameters>

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::filter::Filter;
use crate::sandbox::operation::Operation;

/// How many objects a page has unless `$top` says otherwise.
const PAGE: usize = 100;
/// The most that `$top` may ask for.
const MOST: usize = 999;

/// The options of a request, parsed.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub select: Option<Vec<String>>,
    pub filter: Option<Filter>,
    pub order_by: Option<Order>,
    pub top: Option<usize>,
    /// True if the number of all objects is asked for; Graph ignores that without `ConsistencyLevel: eventual`.
    pub count: bool,
    /// True if advanced queries are answered: they need that header and the count.
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>
    pub advanced: bool,
    /// How many objects the pages before this one had.
    pub skip_token: usize,
}

/// A property to sort by.
#[derive(Debug)]
pub(super) struct Order {
    pub property: String,
    pub descending: bool,
}

impl Order {
    fn parse(text: &str) -> Self {
        let (property, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), "asc"));
        Self { property: property.to_owned(), descending: direction.trim().eq_ignore_ascii_case("desc") }
    }

    /// Sorts by a property's value, without regard to case.
    pub fn sort<T>(&self, objects: &mut [T], value: impl Fn(&T) -> Value) {
        objects.sort_by_key(|object| value(object).as_str().map(str::to_lowercase));
        if self.descending {
            objects.reverse();
        }
    }
}

impl Query {
    /// Reads the options that this tenant knows; others are refused, as they would change the answer.
    pub fn parse(call: &Call<'_>) -> Result<Self, GraphError> {
        let mut query = Self::default();
        for (name, value) in &call.query {
            let name = name.strip_prefix('$').unwrap_or(name);
            match name {
                "select" => query.select = Some(list(value)),
                "filter" => query.filter = Some(Filter::parse(value)?),
                "orderby" => query.order_by = Some(Order::parse(value)),
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
        query.count = call.eventual && (query.count || call.route.operation == Operation::CountUsers);
        query.advanced = query.count;
        query.check_advanced()?;
        Ok(query)
    }

    /// Reads the options of a collection that can neither be filtered nor sorted.
    pub fn plain(call: &Call<'_>) -> Result<Self, GraphError> {
        let query = Self::parse(call)?;
        if query.filter.is_some() || query.order_by.is_some() {
            let text = "'$filter' and '$orderby' are not supported by this tenant for this collection.";
            return Err(GraphError::unsupported_query(text));
        }
        Ok(query)
    }

    fn check_advanced(&self) -> Result<(), GraphError> {
        if self.advanced {
            return Ok(());
        }
        if self.filter.as_ref().is_some_and(Filter::is_advanced) {
            return Err(GraphError::unsupported_query(
                "Unsupported Query. Advanced queries need the header 'ConsistencyLevel: eventual' and '$count=true'.",
            ));
        }
        if self.filter.is_some() && self.order_by.is_some() {
            return Err(GraphError::unsupported_query("Sorting not supported for current query."));
        }
        Ok(())
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

/// The page of a collection of JSON objects that the options ask for. `of` names their type.
pub(super) fn collection(
    call: &Call<'_>,
    query: &Query,
    (context, of): (&str, &str),
    objects: impl Iterator<Item = Value>,
) -> Result<Answer, GraphError> {
    let mut objects: Vec<Value> = objects.collect();
    let named = query.filter.iter().flat_map(Filter::properties);
    for name in named.chain(query.order_by.iter().map(|order| order.property.as_str())) {
        if objects.first().is_some_and(|object| member(object, name).is_none()) {
            let text = format!("Could not find a property named '{name}' on type 'microsoft.graph.{of}'.");
            return Err(GraphError::malformed(text));
        }
    }
    let value = |object: &Value, name: &str| member(object, name).cloned().unwrap_or_default();
    if let Some(filter) = &query.filter {
        objects.retain(|object| filter.matches(&|name| value(object, name)));
    }
    if let Some(order) = &query.order_by {
        order.sort(&mut objects, |object| value(object, &order.property));
    }
    let objects = objects.into_iter().map(|object| pick(object, query.select.as_deref()));
    Ok(page(call, query, context, objects))
}

/// A property of an object, whatever the case of its name; `a/b` reaches into an object.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('/').try_fold(object, |object, name| {
        let mut members = object.as_object()?.iter();
        members.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
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
