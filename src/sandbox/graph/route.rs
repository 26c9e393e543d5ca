//! Maps a method and a path to a request of an entity and the keys in the path.

use std::sync::LazyLock;

use axum::http::Method;

use super::entities::{ENTITIES, UNSERVED};
use super::entity::Target;
use super::errors::GraphError;
use crate::sandbox::urlencoded::decode;

/// A path of Graph with a method.
struct Route {
    method: &'static str,
    /// The path with its keys in braces.
    path: &'static str,
    parts: Vec<&'static str>,
    /// The request that is served; absent where the tenant does not serve it.
    target: Option<Target>,
}

impl Route {
    fn new(method: &'static str, path: &'static str, target: Option<Target>) -> Self {
        Self { method, path, parts: path.split('/').skip(1).collect(), target }
    }

    /// The keys of a path that matches.
    fn keys(&self, method: &str, segments: &[String]) -> Option<Vec<String>> {
        if self.method != method || self.parts.len() != segments.len() {
            return None;
        }
        let fits = |(part, segment): (&&str, &String)| {
            key(part).map_or_else(|| is_same(part, segment), |around| inside(around, segment).is_some())
        };
        if !self.parts.iter().zip(segments).all(fits) {
            return None;
        }
        let keys = self.parts.iter().zip(segments).filter_map(|(part, segment)| inside(key(part)?, segment));
        Some(keys.map(str::to_owned).collect())
    }
}

/// The text before and after a key in braces; nothing where the part has no key.
fn key(part: &str) -> Option<(&str, &str)> {
    Some((part.split_once('{')?.0, part.rsplit_once('}')?.1))
}

/// The key of a segment, between the texts around it.
fn inside<'a>((before, after): (&str, &str), segment: &'a str) -> Option<&'a str> {
    let key = segment.strip_prefix(before)?.strip_suffix(after)?;
    (!key.is_empty()).then_some(key)
}

/// Returns whether a segment is a part of a path: actions and types may be written with or without their namespace.
fn is_same(part: &str, segment: &str) -> bool {
    part == segment
        || segment.strip_prefix("microsoft.graph.") == Some(part)
        || part.strip_prefix("microsoft.") == Some(segment)
}

/// All routes; those with a name come before those with a key in its place.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let served = ENTITIES.into_iter().flat_map(|entity| {
        entity
            .requests
            .iter()
            .map(move |request| Route::new(request.method, request.path, Some(Target { entity, request })))
    });
    let unserved = UNSERVED.lines().filter_map(|line| line.trim().split_once(' '));
    let unserved = unserved.map(|(method, path)| Route::new(method, path, None));
    let mut routes: Vec<Route> = served.chain(unserved).collect();
    let is_key = |part: &&str| part.starts_with('{');
    routes.sort_by_key(|route| route.parts.iter().map(is_key).collect::<Vec<_>>());
    routes
});

/// Finds the request of a path below `/v1.0`, and the keys in the path.
pub(super) fn route(method: &Method, path: &str) -> Result<(Target, Vec<String>), GraphError> {
    let segments = segments(path);
    let found = ROUTES.iter().find_map(|route| Some((route, route.keys(method.as_str(), &segments)?)));
    match found {
        Some((Route { target: Some(target), .. }, keys)) => Ok((*target, keys)),
        Some((route, _)) => Err(GraphError::unserved(method.as_str(), route.path)),
        None => Err(GraphError::no_segment(segments.first().map_or("", String::as_str))),
    }
}

/// The decoded segments; `users('x')` counts as two, as in OData.
fn segments(path: &str) -> Vec<String> {
    let mut segments = Vec::with_capacity(5);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let segment = decode(segment);
        match segment.strip_suffix("')").and_then(|rest| rest.split_once("('")) {
            Some((name, key)) => {
                segments.push(name.to_owned());
                segments.push(key.replace("''", "'"));
            }
            None => segments.push(segment),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use axum::http::{Method, StatusCode};

    use super::{UNSERVED, route};

    #[test]
    fn each_unserved_request_is_named_and_none_that_is_served() {
        let requests = UNSERVED.lines().filter_map(|line| line.trim().split_once(' '));
        let mut count = 0;
        for (method, template) in requests {
            let path = template.replace(['{', '}'], "");
            let error = route(&method.parse::<Method>().unwrap(), &path).err().unwrap();
            assert_eq!(error.status, StatusCode::NOT_IMPLEMENTED, "{method} {template}");
            count += 1;
        }
        assert!(count > 100, "{count}");
        for (method, path) in [
            (Method::GET, "/users"),
            (Method::POST, "/users"),
            (Method::GET, "/users/x"),
            (Method::GET, "/users/$count"),
            (Method::PATCH, "/users/x"),
            (Method::DELETE, "/users/x"),
            (Method::GET, "/groups/x"),
            (Method::GET, "/groups/x/members"),
            (Method::GET, "/groups/x/transitiveMembers"),
            (Method::GET, "/groups/x/owners/graph.user"),
            (Method::POST, "/groups/x/owners/$ref"),
            (Method::DELETE, "/groups/x/owners/y/$ref"),
            (Method::GET, "/users/x/transitiveMemberOf"),
            (Method::DELETE, "/groups/x/members/y/$ref"),
            (Method::GET, "/directory/deletedItems/microsoft.graph.user"),
            (Method::DELETE, "/directory/deletedItems/x"),
            (Method::GET, "/servicePrincipals/x/appRoleAssignments"),
            (Method::POST, "/$batch"),
            (Method::GET, "/applications"),
            (Method::POST, "/applications"),
            (Method::PATCH, "/applications/x"),
            (Method::POST, "/servicePrincipals"),
            (Method::POST, "/servicePrincipals/x/appRoleAssignedTo"),
        ] {
            assert!(route(&method, path).is_ok(), "{method} {path}");
        }
        let (_, keys) = route(&Method::GET, "/users('o''neil')/memberOf/graph.group").ok().unwrap();
        assert_eq!(keys, ["o'neil", "graph.group"]);
        assert_eq!(route(&Method::GET, "/planets").err().unwrap().status, StatusCode::BAD_REQUEST);
    }
}
