//! OData's query options: what to select, how many, from where on.
//!
//! <https://learn.microsoft.com/graph/query-parameters>

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::entity::{Entity, Item, Items, Property};
use super::errors::GraphError;
use super::filter::Filter;

/// The number of objects on a page unless `$top` sets another.
const PAGE: usize = 100;
/// The largest `$top`.
const MAX_PAGE: usize = 999;

/// The options of a request, with the properties of the entity that they name.
pub(super) struct Query {
    pub entity: &'static Entity,
    pub select: Option<Vec<&'static Property>>,
    pub filter: Option<Filter>,
    pub order_by: Option<Order>,
    pub top: Option<usize>,
    /// True if the number of all objects is asked for; Graph ignores that without `ConsistencyLevel: eventual`.
    pub count: bool,
    /// True if advanced queries are answered: they need that header and the count.
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>
    pub advanced: bool,
    /// The number of objects on the pages before this one.
    pub skip_token: usize,
}

/// A property to sort by.
pub(super) struct Order {
    property: String,
    descending: bool,
}

impl Order {
    fn parse(text: &str, entity: &Entity) -> Result<Self, GraphError> {
        let (property, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), "asc"));
        let descending = direction.trim().eq_ignore_ascii_case("desc");
        Ok(Self { property: exact(entity, property)?, descending })
    }
}

impl Query {
    /// Reads the options that this tenant knows; refuses `$skip`, `$expand` and `$search`, as they would change the
    /// answer.
    pub fn parse(call: &Call<'_>, entity: &'static Entity) -> Result<Self, GraphError> {
        let mut query = Self {
            entity,
            select: None,
            filter: None,
            order_by: None,
            top: None,
            count: false,
            advanced: false,
            skip_token: 0,
        };
        for (name, value) in &call.query {
            let name = name.strip_prefix('$').unwrap_or(name);
            match name {
                "select" => query.select = selected(value, entity)?,
                "filter" => {
                    let mut filter = Filter::parse(value)?;
                    filter.resolve(&|name| exact(entity, name))?;
                    query.filter = Some(filter);
                }
                "orderby" => query.order_by = Some(Order::parse(value, entity)?),
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
        query.count &= call.eventual;
        query.advanced = query.count || (call.eventual && call.path.ends_with("/$count"));
        query.check_advanced()?;
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

    /// The objects that match the filter, in the order that is asked for.
    pub fn apply<'a>(&self, objects: Items<'a>) -> Vec<Item<'a>> {
        let matches = |object: &Item<'_>| {
            self.filter.as_ref().is_none_or(|filter| filter.matches(&|name| value(self.entity, object, name)))
        };
        let mut objects: Vec<Item<'a>> = objects.filter(matches).collect();
        if let Some(order) = &self.order_by {
            objects.sort_by_cached_key(|object| {
                value(self.entity, object, &order.property).as_str().map(str::to_lowercase)
            });
            if order.descending {
                objects.reverse();
            }
        }
        objects
    }
}

/// The exact name of a property; in `a/b`, of its first part.
fn exact(entity: &Entity, name: &str) -> Result<String, GraphError> {
    let (outer, inner) = name.split_once('/').unwrap_or((name, ""));
    let outer = entity.known(outer)?.name;
    Ok(if inner.is_empty() { outer.to_owned() } else { format!("{outer}/{inner}") })
}

/// The value of a property by its exact name; `a/b` reaches into an object.
fn value(entity: &Entity, object: &Item<'_>, name: &str) -> Value {
    let (outer, inner) = name.split_once('/').unwrap_or((name, ""));
    let property = entity.properties.iter().find(|property| property.name == outer);
    let value = property.map(|property| property.value(object)).unwrap_or_default();
    if inner.is_empty() {
        return value;
    }
    let mut members = value.as_object().into_iter().flatten();
    let found = members.find(|(name, _)| name.eq_ignore_ascii_case(inner));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The properties that are selected; absent where the list is empty or contains `*`.
fn selected(value: &str, entity: &'static Entity) -> Result<Option<Vec<&'static Property>>, GraphError> {
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<&str> = names.collect();
    if names.is_empty() || names.contains(&"*") {
        return Ok(None);
    }
    names.into_iter().map(|name| entity.known(name)).collect::<Result<_, _>>().map(Some)
}

fn top(value: &str) -> Result<usize, GraphError> {
    let invalid = || {
        let text = format!("Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive.");
        GraphError::bad_request(text)
    };
    value.parse().ok().filter(|top| (1..=MAX_PAGE).contains(top)).ok_or_else(invalid)
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
