//! The operations that follow from the table of an entity.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::{Action, Change, Entity, Item, Link, LinkChange, Property, Scope, Target};
use super::errors::GraphError;
use super::query::{Query, page};
use crate::sandbox::directory::Directory;
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// Does what a request asks for.
pub(super) fn run(world: &World, target: Target, call: &Call<'_>) -> Result<Answer, GraphError> {
    let operation = Operations { world, call, entity: target.entity };
    match target.request.action {
        Action::List => operation.list(),
        Action::Count => operation.count(),
        Action::Get => operation.get(),
        Action::Create => operation.create(),
        Action::Update => operation.update(),
        Action::Delete => operation.delete(),
        Action::ListLinks(link) => list_links(world, call, link),
        Action::AddLink(change) => add_link(world, call, change),
        Action::RemoveLink(change) => remove_link(world, call, change),
        Action::Run(run) => run(world, call),
        Action::Batch => Err(GraphError::malformed("Batch requests cannot contain batch requests.")),
    }
}

struct Operations<'a> {
    world: &'a World,
    call: &'a Call<'a>,
    entity: &'static Entity,
}

impl Operations<'_> {
    /// The id of the object that the path names first, where the objects are parts of another one.
    fn parent(&self, directory: &Directory) -> Result<String, GraphError> {
        let parent = self.entity.parent.map(|entity| named(self.world, self.call, entity, directory));
        Ok(parent.transpose()?.map(|object| object.id()).unwrap_or_default())
    }

    /// The key of the object itself; empty where the path names the only one.
    fn key(&self) -> &str {
        self.call.key(usize::from(self.entity.parent.is_some()))
    }

    fn scope<'a>(&'a self, directory: &'a Directory, parent: &'a str) -> Scope<'a> {
        Scope { world: self.world, directory, call: self.call, entity: self.entity, parent }
    }

    fn change<'a>(&'a self, directory: &'a mut Directory, parent: &'a str) -> Change<'a> {
        Change { world: self.world, directory, entity: self.entity, parent }
    }

    fn list(&self) -> Result<Answer, GraphError> {
        let query = query(self.entity, self.call)?;
        let directory = lock(&self.world.directory);
        let parent = self.parent(&directory)?;
        let objects = self.entity.storage.list(self.scope(&directory, &parent), query.filter.as_ref());
        let views = query.apply(objects).into_iter().map(|object| view(self.entity, &object, &query));
        let context = self.entity.collection.to_owned() + &selection(query.select.as_deref());
        Ok(page(self.call, &query, &context, views))
    }

    fn count(&self) -> Result<Answer, GraphError> {
        if !self.call.eventual {
            return Err(GraphError::malformed(
                "$count is not currently supported without the ConsistencyLevel header.",
            ));
        }
        let query = query(self.entity, self.call)?;
        let directory = lock(&self.world.directory);
        let parent = self.parent(&directory)?;
        let objects = self.entity.storage.list(self.scope(&directory, &parent), query.filter.as_ref());
        Ok(Answer::ok(json!(query.apply(objects).len())))
    }

    fn get(&self) -> Result<Answer, GraphError> {
        let query = query(self.entity, self.call)?;
        let directory = lock(&self.world.directory);
        let parent = self.parent(&directory)?;
        let object = self.scope(&directory, &parent).find(self.key())?;
        Ok(Answer::ok(entity_body(self.call, self.entity, &object, query.select.as_deref())))
    }

    fn create(&self) -> Result<Answer, GraphError> {
        let properties = self.entity.check_new(self.world, self.call.object()?)?;
        let mut directory = lock(&self.world.directory);
        let parent = self.parent(&directory)?;
        let object = self.entity.storage.insert(self.change(&mut directory, &parent), properties)?;
        let body = entity_body(self.call, self.entity, &object, None);
        let id = object.id();
        let location = if self.entity.is_directory_object {
            let (tenant, class) = (self.world.tenant.tenant_id, self.entity.resource());
            format!(
                "https://graph.microsoft.com/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.{class}"
            )
        } else {
            format!("{}{}/{id}", self.call.base, self.call.path)
        };
        Ok(Answer::new(StatusCode::CREATED, Some(body)).header("location", location))
    }

    fn update(&self) -> Result<Answer, GraphError> {
        let properties = self.entity.check(self.world, self.call.object()?)?;
        let mut directory = lock(&self.world.directory);
        let parent = self.parent(&directory)?;
        self.entity.storage.update(self.change(&mut directory, &parent), self.key(), properties)?;
        Ok(Answer::no_content())
    }

    fn delete(&self) -> Result<Answer, GraphError> {
        let mut directory = lock(&self.world.directory);
        let parent = self.parent(&directory)?;
        self.entity.storage.remove(self.change(&mut directory, &parent), self.key())?;
        Ok(Answer::no_content())
    }
}

/// The options of a request, with the properties that they name.
fn query(entity: &'static Entity, call: &Call<'_>) -> Result<Query, GraphError> {
    let query = Query::parse(call, entity)?;
    if !entity.filterable && (query.filter.is_some() || query.order_by.is_some()) {
        let text = "'$filter' and '$orderby' are not supported by this tenant for this collection.";
        return Err(GraphError::unsupported_query(text));
    }
    Ok(query)
}

fn view(entity: &Entity, object: &Item<'_>, query: &Query) -> Value {
    Value::Object(entity.view(object, query.select.as_deref()))
}

/// The selected properties, as they are written in `@odata.context`.
fn selection(select: Option<&[&Property]>) -> String {
    let Some(select) = select else { return String::new() };
    let names: Vec<&str> = select.iter().map(|property| property.name).collect();
    format!("({})", names.join(","))
}

/// An object as the answer to a request for it.
pub(super) fn entity_body(
    call: &Call<'_>,
    entity: &Entity,
    object: &Item<'_>,
    select: Option<&[&Property]>,
) -> Value {
    let mut body = entity.view(object, select);
    let context = format!("{}{}/$entity", entity.collection, selection(select));
    body.insert("@odata.context".to_owned(), json!(call.context(&context)));
    Value::Object(body)
}

/// The object of an entity that the first key of the path names.
pub(super) fn named<'a>(
    world: &'a World,
    call: &'a Call<'a>,
    entity: &'static Entity,
    directory: &'a Directory,
) -> Result<Item<'a>, GraphError> {
    Scope { world, directory, call, entity, parent: "" }.find(call.key(0))
}

/// The references of an object, with `/$ref` as links, or cast to a type: objects of other types are left out.
fn list_links(world: &World, call: &Call<'_>, link: &Link) -> Result<Answer, GraphError> {
    let query = Query::parse(call, link.to)?;
    if !query.advanced && (query.filter.is_some() || query.order_by.is_some()) {
        return Err(GraphError::unsupported_query(
            "The specified filter to the reference property query is currently not supported.",
        ));
    }
    let directory = lock(&world.directory);
    let from = named(world, call, link.from, &directory)?.id();
    let scope = Scope { world, directory: &directory, call, entity: link.to, parent: "" };
    let objects = query.apply((link.list)(scope, &from)).into_iter();
    let form = call.key(1);
    if form == "$ref" {
        let class = link.to.resource();
        let links = objects.map(|object| {
            let address =
                format!("{}/directoryObjects/{}/Microsoft.DirectoryServices.{class}", call.base, object.id());
            json!({ "@odata.id": address })
        });
        return Ok(page(call, &query, "Collection($ref)", links));
    }
    let cast = cast(form)?;
    let is_right = cast.is_none_or(|(name, _)| name == link.to.name);
    if call.path.contains("/transitiveMembers") && !is_right && !query.advanced {
        return Err(GraphError::unsupported_query("Invalid search request."));
    }
    let views = objects.filter(|_| is_right).map(|object| {
        let mut view = view(link.to, &object, &query);
        if cast.is_none() {
            view["@odata.type"] = json!(format!("#microsoft.graph.{}", link.to.name));
        }
        view
    });
    Ok(page(call, &query, cast.map_or("directoryObjects", |(_, collection)| collection), views))
}

/// The types of directory objects, with their collections.
const CASTS: [(&str, &str); 8] = [
    ("user", "users"),
    ("group", "groups"),
    ("device", "devices"),
    ("orgContact", "contacts"),
    ("servicePrincipal", "servicePrincipals"),
    ("application", "applications"),
    ("administrativeUnit", "administrativeUnits"),
    ("directoryRole", "directoryRoles"),
];

/// The type that the last segment of a path, such as `microsoft.graph.user`, casts to; nothing where it is empty.
fn cast(segment: &str) -> Result<Option<(&'static str, &'static str)>, GraphError> {
    if segment.is_empty() {
        return Ok(None);
    }
    let name = segment.strip_prefix("microsoft.").unwrap_or(segment).strip_prefix("graph.");
    let found = name.and_then(|name| CASTS.into_iter().find(|(known, _)| *known == name));
    found.map(Some).ok_or_else(|| GraphError::no_segment(segment))
}

/// The id of the object whose references a request may change.
fn changeable(
    world: &World,
    call: &Call<'_>,
    change: &LinkChange,
    directory: &Directory,
) -> Result<Uuid, GraphError> {
    let from = named(world, call, change.link.from, directory)?;
    (change.check)(&from)?;
    from.id().parse().map_err(|_| GraphError::not_found(call.key(0)))
}

fn add_link(world: &World, call: &Call<'_>, change: &LinkChange) -> Result<Answer, GraphError> {
    let to = reference(call.object()?)?;
    let mut directory = lock(&world.directory);
    let from = changeable(world, call, change, &directory)?;
    let scope = Scope { world, directory: &directory, call, entity: change.link.to, parent: "" };
    drop(scope.find(&to.to_string())?);
    if (change.add)(&mut directory, from, to) {
        return Ok(Answer::no_content());
    }
    Err(GraphError::bad_request(format!(
        "One or more added object references already exist for the following modified properties: '{}'.",
        change.link.name
    )))
}

fn remove_link(world: &World, call: &Call<'_>, change: &LinkChange) -> Result<Answer, GraphError> {
    let missing = || GraphError::not_found(call.key(1));
    let mut directory = lock(&world.directory);
    let from = changeable(world, call, change, &directory)?;
    let to = call.key(1).parse().map_err(|_| missing())?;
    if (change.remove)(&mut directory, from, to)? { Ok(Answer::no_content()) } else { Err(missing()) }
}

/// The id at the end of `{"@odata.id": "https://…/v1.0/directoryObjects/{id}"}`.
fn reference(body: &Map<String, Value>) -> Result<Uuid, GraphError> {
    let link = body.get("@odata.id").and_then(Value::as_str);
    let link = link.filter(|_| body.len() == 1).ok_or_else(|| {
        GraphError::malformed("Expected a single '@odata.id' property in the request payload.")
    })?;
    let parse = || {
        let (_, path) = link.split_once("://")?.1.split_once("/v1.0/")?;
        let (collection, id) = path.split_once('/')?;
        let known = matches!(collection, "directoryObjects" | "users");
        id.parse().ok().filter(|_| known)
    };
    parse()
        .ok_or_else(|| GraphError::bad_request(format!("Invalid object identifier in reference '{link}'.")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::super::answer::Ids;
    use super::super::call::Body;
    use super::super::entity::{Kind, Request};
    use super::super::users::USERS;
    use super::*;
    use crate::sandbox::operation::Operation as O;
    use crate::sandbox::{ExistingUser, Options};

    const OWNER: &str = "ada@students.example.edu";

    /// An entity that is only a table.
    static NOTES: Entity = Entity {
        filterable: true,
        parent: Some(&USERS),
        ..Entity::new(
            "note",
            "notes",
            &[
                Property::shown("id", Kind::Guid).read_only(),
                Property::shown("labels", Kind::Texts(|label| label.len() < 9)),
                Property::when_set("page", Kind::Number),
                Property::shown("place", Kind::Complex(&PLACE)),
                Property::selectable("secret", Kind::Text(8)).write_only(),
                Property::shown("title", Kind::Name(8)).required(),
            ],
            &[
                Request::new("GET", "/users/{id}/notes", O::Unknown, Action::List),
                Request::new("POST", "/users/{id}/notes", O::Unknown, Action::Create),
                Request::new("GET", "/users/{id}/notes/{id}", O::Unknown, Action::Get),
                Request::new("PATCH", "/users/{id}/notes/{id}", O::Unknown, Action::Update),
                Request::new("DELETE", "/users/{id}/notes/{id}", O::Unknown, Action::Delete),
            ],
        )
    };

    const PLACE: [Property; 2] =
        [Property::shown("room", Kind::Text(8)), Property::when_set("floor", Kind::Number)];

    fn world() -> World {
        let mut options = Options::default();
        for name in [OWNER, "bob@students.example.edu"] {
            options.tenant.users.push(ExistingUser {
                user_principal_name: name.to_owned(),
                display_name: "Ada".to_owned(),
                password: "x".to_owned(),
            });
        }
        World::new(options).unwrap()
    }

    /// Performs a request of the entity for keys, query options and a body; returns the status and the body.
    fn ask(world: &World, place: usize, keys: &[&str], query: &[(&str, &str)], body: Value) -> (u16, Value) {
        let call = Call {
            base: "http://host/v1.0",
            path: "/users/x/notes".to_owned(),
            keys: keys.iter().map(ToString::to_string).collect(),
            query: query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            eventual: false,
            body: Body::Json(body),
            ids: Ids::new(world, None),
            connection: 1,
            at_once: 1,
        };
        let target = Target { entity: &NOTES, request: &NOTES.requests[place] };
        let answer = run(world, target, &call).unwrap_or_else(|error| error.answer(&call.ids));
        (answer.status.as_u16(), answer.body.unwrap_or_default())
    }

    fn create(world: &World, owner: &str, body: Value) -> (u16, Value) {
        ask(world, 1, &[owner], &[], body)
    }

    #[test]
    fn a_table_alone_is_created_read_changed_and_deleted() {
        let world = world();
        let body = json!({ "title": "one", "secret": "x", "place": { "room": "5" } });
        let (status, created) = create(&world, OWNER, body);
        let id = created["id"].as_str().unwrap();
        let expected = json!({
            "@odata.context": "http://host/v1.0/$metadata#notes/$entity",
            "id": id, "labels": [], "place": { "room": "5" }, "title": "one",
        });
        assert_eq!((status, &created), (201, &expected));
        let change = json!({ "labels": ["a"], "page": 7, "place": { "floor": 2 }, "title": "two" });
        assert_eq!(ask(&world, 3, &[OWNER, id], &[], change).0, 204);
        let (_, read) = ask(&world, 2, &[OWNER, &id.to_uppercase()], &[], Value::Null);
        let expected = json!({
            "@odata.context": "http://host/v1.0/$metadata#notes/$entity",
            "id": id, "labels": ["a"], "page": 7, "place": { "floor": 2, "room": "5" }, "title": "two",
        });
        assert_eq!(read, expected);
        let (_, selected) = ask(&world, 2, &[OWNER, id], &[("$select", "TITLE,secret")], Value::Null);
        assert_eq!(selected["@odata.context"], "http://host/v1.0/$metadata#notes(title,secret)/$entity");
        assert_eq!((&selected["secret"], selected.as_object().unwrap().len()), (&Value::Null, 3));
        assert_eq!(ask(&world, 2, &["bob@students.example.edu", id], &[], Value::Null).0, 404);
        assert_eq!(ask(&world, 4, &[OWNER, id], &[], Value::Null).0, 204);
        for request in [2, 3, 4] {
            assert_eq!(ask(&world, request, &[OWNER, id], &[], json!({})).0, 404);
        }
    }

    #[test]
    fn a_table_refuses_what_it_does_not_allow() {
        let world = world();
        for (body, message) in [
            (json!({}), "A value is required for property 'title' of resource 'Note'."),
            (json!({ "title": "" }), "Invalid value specified for property 'title' of resource 'Note'."),
            (json!({ "title": "ninechars" }), "property 'title'"),
            (json!({ "title": 1 }), "'Edm.String'"),
            (json!({ "title": "x", "page": "1" }), "'Edm.Int32'"),
            (json!({ "title": "x", "labels": ["ninechars"] }), "property 'labels'"),
            (json!({ "title": "x", "place": { "room": "ninechars" } }), "property 'place'"),
            (json!({ "title": "x", "place": { "wall": 1 } }), "The property 'wall' does not exist"),
            (json!({ "title": "x", "id": "1" }), "Property 'id' is read-only and cannot be set."),
            (json!({ "title": "x", "colour": 1 }), "on type 'microsoft.graph.note'."),
        ] {
            let (status, answer) = create(&world, OWNER, body);
            assert_eq!(status, 400);
            assert!(answer["error"]["message"].as_str().unwrap().contains(message), "{message}: {answer}");
        }
        assert_eq!(create(&world, "nobody@students.example.edu", json!({ "title": "x" })).0, 404);
        let (status, answer) = ask(&world, 0, &[OWNER], &[("$select", "colour")], Value::Null);
        assert_eq!((status, &answer["error"]["code"]), (400, &json!("BadRequest")));
        assert_eq!(ask(&world, 0, &[OWNER], &[], Value::Null).1["value"], json!([]));
    }

    #[test]
    fn a_table_is_filtered_sorted_and_paged() {
        let world = world();
        for (title, page) in [("b", 1), ("a", 2), ("c", 2)] {
            create(&world, OWNER, json!({ "title": title, "page": page, "place": { "room": title } }));
        }
        let titles = |query: &[(&str, &str)]| {
            let (_, answer) = ask(&world, 0, &[OWNER], query, Value::Null);
            let values = answer["value"].as_array().unwrap().iter();
            values.map(|note| note["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>().concat()
        };
        assert_eq!(titles(&[]), "bac");
        assert_eq!(titles(&[("$orderby", "Title desc")]), "cba");
        assert_eq!(titles(&[("$filter", "startswith(Title,'A') or place/room eq 'c'")]), "ac");
        let (_, page) = ask(&world, 0, &[OWNER], &[("$top", "2")], Value::Null);
        assert_eq!(page["@odata.nextLink"], "http://host/v1.0/users/x/notes?$top=2&$skiptoken=2");
        assert_eq!(titles(&[("$top", "2"), ("$skiptoken", "2")]), "c");
        let other = ask(&world, 0, &["bob@students.example.edu"], &[], Value::Null);
        assert_eq!(other.1["value"], json!([]), "the notes of another user");
    }
}
