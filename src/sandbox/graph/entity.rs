//! An entity of Graph: one table of its properties and requests, from which the operations follow.

use std::borrow::Cow;

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::filter::Filter;
use crate::sandbox::directory::{Directory, Properties};
use crate::sandbox::operation::Operation;
use crate::sandbox::world::World;

/// The description of an entity.
pub(super) struct Entity {
    /// The type below `microsoft.graph`, such as `user`.
    pub name: &'static str,
    /// The name of the collection in `@odata.context`, such as `users`.
    pub collection: &'static str,
    pub properties: &'static [Property],
    /// True if lists take `$filter` and `$orderby`.
    pub filterable: bool,
    /// True if references name it below `/directoryObjects`.
    pub is_directory_object: bool,
    /// The application permissions each of which allows reading.
    pub read: &'static [&'static str],
    /// The application permissions each of which allows writing.
    pub write: &'static [&'static str],
    /// The entity of the first key of the path, where the objects are parts of objects of another entity.
    pub parent: Option<&'static Entity>,
    pub storage: &'static dyn Storage,
    pub requests: &'static [Request],
}

impl Entity {
    /// An entity without requests, whose objects are records of the directory.
    pub const fn new(
        name: &'static str,
        collection: &'static str,
        properties: &'static [Property],
        requests: &'static [Request],
    ) -> Self {
        Self {
            name,
            collection,
            properties,
            filterable: false,
            is_directory_object: false,
            read: &[],
            write: &[],
            parent: None,
            storage: &Records,
            requests,
        }
    }

    /// The type as error messages name it: `User`.
    pub fn resource(&self) -> String {
        let (first, rest) = self.name.split_at(1);
        first.to_ascii_uppercase() + rest
    }

    /// The property of a name, whose case does not matter in queries.
    pub fn known(&self, name: &str) -> Result<&'static Property, GraphError> {
        let found = self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let text =
                format!("Could not find a property named '{name}' on type 'microsoft.graph.{}'.", self.name);
            GraphError::malformed(text)
        })
    }

    /// The selected properties of an object, the default ones where nothing is selected.
    pub fn view(&self, object: &dyn Object, select: Option<&[&Property]>) -> Properties {
        let mut view = match select {
            Some(properties) => properties.iter().map(|property| property.member(object)).collect(),
            None => shown(self.properties, |name| object.get(name)),
        };
        if let Some(kind) = object.get("@odata.type") {
            view.insert("@odata.type".to_owned(), kind.into_owned());
        }
        view
    }

    /// Checks the properties of a new object.
    pub fn check_new(&self, world: &World, body: &Properties) -> Result<Properties, GraphError> {
        let is_missing =
            |property: &&Property| property.is_required && body.get(property.name).is_none_or(Value::is_null);
        if let Some(property) = self.properties.iter().find(is_missing) {
            return Err(GraphError::required(&self.resource(), property.name));
        }
        self.check(world, body)
    }

    /// Checks the properties of a new object or of a change, and returns them without annotations.
    pub fn check(&self, world: &World, body: &Properties) -> Result<Properties, GraphError> {
        let mut checked = Properties::new();
        for (name, value) in body {
            if name == "@odata.type" {
                continue;
            }
            let property = self.properties.iter().find(|property| property.name == name);
            let property = property.ok_or_else(|| GraphError::unknown_property(self.name, name))?;
            if property.access == Access::Read {
                return Err(GraphError::read_only(name));
            }
            if value.is_null() && property.is_required {
                return Err(GraphError::invalid_value(&self.resource(), name));
            }
            Checker { world, entity: self, property: name }.check(property.kind, value)?;
            checked.insert(name.clone(), value.clone());
        }
        Ok(checked)
    }

    /// Returns whether the roles allow a change of these properties: each one needs a permission that writes the
    /// entity, or the one that its own row names.
    fn may_change(&self, roles: &[String], changed: &[&str]) -> bool {
        let has = |name: &&str| roles.iter().any(|role| role == name);
        let may_write = self.write.iter().any(has);
        if changed.is_empty() {
            return may_write;
        }
        changed.iter().all(|name| {
            let property = self.properties.iter().find(|property| property.name == *name);
            match property.map_or(Writer::Any, |property| property.writer) {
                Writer::Any => may_write,
                Writer::Also(permission) => may_write || has(&permission),
                Writer::Only(permission) => has(&permission),
            }
        })
    }
}

/// A property of an entity, or of an object inside of one.
#[derive(Clone, Copy)]
pub(super) struct Property {
    pub name: &'static str,
    kind: Kind,
    shown: Shown,
    access: Access,
    writer: Writer,
    is_required: bool,
}

/// The condition under which answers that select nothing have a property.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Always,
    WhenSet,
    Never,
}

#[derive(Clone, Copy, PartialEq)]
enum Access {
    ReadWrite,
    Read,
    Write,
}

/// The application permission that changes a property.
#[derive(Clone, Copy)]
enum Writer {
    /// Any permission that writes the entity.
    Any,
    /// This permission, as well as those that write the entity.
    Also(&'static str),
    /// Only this permission.
    Only(&'static str),
}

/// The type of a property's value.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Text of at most this many characters.
    Text(usize),
    /// Text of one to this many characters.
    Name(usize),
    /// Text that meets a condition.
    Pattern(fn(&str) -> bool),
    /// One of these texts.
    Choice(&'static [&'static str]),
    Guid,
    Flag,
    Number,
    /// A list of texts that meet a condition.
    Texts(fn(&str) -> bool),
    /// A list that is kept as it comes.
    Array,
    /// A list that meets a condition.
    ArrayWhere(fn(&[Value]) -> bool),
    /// An object that is kept as it comes.
    Object,
    /// An object of these properties.
    Complex(&'static [Property]),
    /// Any value that a check of its own accepts.
    Checked(fn(&World, &Value) -> Result<(), GraphError>),
}

/// The length where the documentation names no other.
pub(super) const LONG: usize = 2048;

/// A list of any texts.
pub(super) const TEXTS: Kind = Kind::Texts(|_| true);

impl Property {
    const fn new(name: &'static str, kind: Kind, shown: Shown) -> Self {
        let (access, writer) = (Access::ReadWrite, Writer::Any);
        Self { name, kind, shown, access, writer, is_required: false }
    }

    /// A property of every answer.
    pub const fn shown(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, Shown::Always)
    }

    /// A property of answers that select it, and of the others where it has a value.
    pub const fn when_set(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, Shown::WhenSet)
    }

    /// A property of answers that select it.
    pub const fn selectable(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, Shown::Never)
    }

    /// Makes it read-only: only the directory sets it.
    pub const fn read_only(mut self) -> Self {
        self.access = Access::Read;
        self
    }

    /// Makes it write-only: no answer contains its value.
    pub const fn write_only(mut self) -> Self {
        self.access = Access::Write;
        self
    }

    /// Makes it required: a new object needs it, and it is never null.
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Lets this permission change it too.
    pub const fn also_written_with(mut self, permission: &'static str) -> Self {
        self.writer = Writer::Also(permission);
        self
    }

    /// Lets only this permission change it.
    pub const fn only_written_with(mut self, permission: &'static str) -> Self {
        self.writer = Writer::Only(permission);
        self
    }

    /// The value of an object's property.
    pub fn value(&self, object: &dyn Object) -> Value {
        self.shown_value(object.get(self.name))
    }

    fn member(&self, object: &dyn Object) -> (String, Value) {
        (self.name.to_owned(), self.value(object))
    }

    fn shown_value(&self, stored: Option<Cow<'_, Value>>) -> Value {
        if self.access == Access::Write {
            return Value::Null;
        }
        match (self.kind, stored.filter(|value| !value.is_null())) {
            (Kind::Complex(properties), stored) => {
                let set = stored.as_deref().and_then(Value::as_object);
                Value::Object(shown(properties, |name| set?.get(name).map(Cow::Borrowed)))
            }
            (_, Some(value)) => value.into_owned(),
            (Kind::Texts(_) | Kind::Array | Kind::ArrayWhere(_), None) => json!([]),
            (_, None) => Value::Null,
        }
    }
}

/// The properties that an answer has where nothing is selected.
fn shown<'a>(properties: &[Property], get: impl Fn(&'static str) -> Option<Cow<'a, Value>>) -> Properties {
    let mut view = Properties::new();
    for property in properties.iter().filter(|property| property.shown != Shown::Never) {
        let stored = get(property.name);
        let is_set = stored.as_ref().is_some_and(|value| !value.is_null());
        if is_set || property.shown == Shown::Always {
            view.insert(property.name.to_owned(), property.shown_value(stored));
        }
    }
    view
}

/// A check of the value of a property of an entity.
struct Checker<'a> {
    world: &'a World,
    entity: &'a Entity,
    property: &'a str,
}

impl Checker<'_> {
    fn check(&self, kind: Kind, value: &Value) -> Result<(), GraphError> {
        match kind {
            Kind::Checked(check) => return check(self.world, value),
            Kind::ArrayWhere(is_valid) => self.valid(value.as_array().is_some_and(|list| is_valid(list)))?,
            _ if value.is_null() => return Ok(()),
            Kind::Object => {}
            Kind::Array => self.valid(value.is_array())?,
            Kind::Complex(properties) => self.complex(properties, value)?,
            Kind::Flag => expect(value.is_boolean(), "Edm.Boolean")?,
            Kind::Number => expect(value.is_i64(), "Edm.Int32")?,
            Kind::Guid => drop(guid(value)?),
            Kind::Texts(is_valid) => self.valid(texts(value)?.into_iter().all(is_valid))?,
            Kind::Pattern(is_valid) => self.valid(is_valid(text(value)?))?,
            Kind::Choice(choices) => self.valid(choices.contains(&text(value)?))?,
            Kind::Text(longest) => self.valid(text(value)?.chars().count() <= longest)?,
            Kind::Name(longest) => self.valid((1..=longest).contains(&text(value)?.chars().count()))?,
        }
        Ok(())
    }

    fn complex(&self, properties: &[Property], value: &Value) -> Result<(), GraphError> {
        let members = value.as_object();
        let members =
            members.ok_or_else(|| GraphError::invalid_value(&self.entity.resource(), self.property))?;
        for (name, value) in members.iter().filter(|(name, _)| *name != "@odata.type") {
            let property = properties.iter().find(|property| property.name == name);
            let property = property.ok_or_else(|| GraphError::unknown_property(self.entity.name, name))?;
            self.check(property.kind, value)?;
        }
        Ok(())
    }

    fn valid(&self, is_valid: bool) -> Result<(), GraphError> {
        let invalid = || GraphError::invalid_value(&self.entity.resource(), self.property);
        if is_valid { Ok(()) } else { Err(invalid()) }
    }
}

fn expect(is_expected: bool, edm: &str) -> Result<(), GraphError> {
    if is_expected { Ok(()) } else { Err(GraphError::wrong_type(edm)) }
}

/// The text of a value, or the error that it is not a text.
pub(super) fn text(value: &Value) -> Result<&str, GraphError> {
    value.as_str().ok_or_else(|| GraphError::wrong_type("Edm.String"))
}

fn texts(value: &Value) -> Result<Vec<&str>, GraphError> {
    let list = value.as_array().ok_or_else(|| GraphError::wrong_type("Collection(Edm.String)"))?;
    list.iter().map(text).collect()
}

/// The id that a value holds, or the error that it is not an id.
pub(super) fn guid(value: &Value) -> Result<Uuid, GraphError> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| GraphError::wrong_type("Edm.Guid"))
}

/// Puts the properties of a change into an object. Parts of objects that are not named stay as they are.
pub(super) fn merge(properties: &mut Properties, change: Properties) {
    for (name, value) in change {
        match (properties.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
            (_, value) => {
                properties.insert(name, value);
            }
        }
    }
}

/// An object as requests read it.
pub(super) trait Object {
    /// A property's value by its exact name; absent where it has its default.
    fn get(&self, name: &str) -> Option<Cow<'_, Value>>;
}

impl Object for Properties {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.get(name).map(Cow::Borrowed)
    }
}

/// An object that is stored in the directory, or one that is made from it for a request.
pub(super) enum Item<'a> {
    Stored(&'a dyn Object),
    Made(Box<dyn Object + 'a>),
}

impl Item<'_> {
    pub fn id(&self) -> String {
        self.get("id").and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Object for Item<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        match self {
            Self::Stored(object) => object.get(name),
            Self::Made(object) => object.get(name),
        }
    }
}

pub(super) type Items<'a> = Box<dyn Iterator<Item = Item<'a>> + 'a>;

/// The data that a request reads.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub world: &'a World,
    pub directory: &'a Directory,
    pub call: &'a Call<'a>,
    pub entity: &'static Entity,
    /// The id of the object that the objects are parts of; empty where they are not.
    pub parent: &'a str,
}

impl<'a> Scope<'a> {
    /// The object that a key names.
    pub fn find(self, key: &str) -> Result<Item<'a>, GraphError> {
        self.entity.storage.find(self, key).ok_or_else(|| GraphError::not_found(key))
    }
}

/// The data that a request changes.
pub(super) struct Change<'a> {
    pub world: &'a World,
    pub directory: &'a mut Directory,
    pub entity: &'static Entity,
    /// The id of the object that the objects are parts of; empty where they are not.
    pub parent: &'a str,
}

impl<'a> Change<'a> {
    fn records(self) -> &'a mut Vec<Properties> {
        self.directory.records.of_mut(self.entity.collection, self.parent)
    }
}

/// The storage of an entity's objects. The default, for which the table alone is sufficient, is records of the
/// directory.
pub(super) trait Storage: Sync {
    /// The objects, in their order. Those that cannot match the filter may be left out.
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        let records = scope.directory.records.of(scope.entity.collection, scope.parent);
        Box::new(records.iter().map(|record| Item::Stored(record)))
    }

    /// The object that a key names; the only one for an empty key.
    fn find<'a>(&self, scope: Scope<'a>, key: &str) -> Option<Item<'a>> {
        let mut objects = self.list(scope, None);
        objects.find(|object| key.is_empty() || object.id().eq_ignore_ascii_case(key))
    }

    /// Adds an object of checked properties.
    fn insert<'a>(&self, change: Change<'a>, mut properties: Properties) -> Result<Item<'a>, GraphError> {
        properties.insert("id".to_owned(), json!(change.world.random.uuid()));
        let records = change.records();
        records.push(properties);
        Ok(Item::Stored(&records[records.len() - 1]))
    }

    /// Changes checked properties of an object.
    fn update(&self, change: Change<'_>, key: &str, properties: Properties) -> Result<(), GraphError> {
        let record = change.records().iter_mut().find(|record| is_named(record, key));
        merge(record.ok_or_else(|| GraphError::not_found(key))?, properties);
        Ok(())
    }

    /// Removes an object.
    fn remove(&self, change: Change<'_>, key: &str) -> Result<(), GraphError> {
        let records = change.records();
        let place = records.iter().position(|record| is_named(record, key));
        records.remove(place.ok_or_else(|| GraphError::not_found(key))?);
        Ok(())
    }
}

fn is_named(record: &Properties, key: &str) -> bool {
    record.get("id").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(key))
}

/// Records of the directory.
struct Records;

impl Storage for Records {}

/// Objects that are made of other state for each request, as JSON.
pub(super) struct Made(pub fn(Scope<'_>) -> Vec<Value>);

impl Storage for Made {
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        Box::new((self.0)(scope).into_iter().filter_map(|object| match object {
            Value::Object(object) => Some(Item::Made(Box::new(object))),
            _ => None,
        }))
    }
}

/// A request that Graph answers.
pub(super) struct Request {
    pub method: &'static str,
    /// The path below `/v1.0`, with its keys in braces.
    pub path: &'static str,
    pub operation: Operation,
    pub action: Action,
    /// The permissions each of which allows it, where they are not those of the entity.
    allowed: Option<&'static [&'static str]>,
    /// The resource units it costs. <https://learn.microsoft.com/graph/throttling-limits#resource-unit-costs>
    pub cost: u32,
}

/// The action of a request.
#[derive(Clone, Copy)]
pub(super) enum Action {
    List,
    Count,
    Get,
    Create,
    Update,
    Delete,
    ListLinks(&'static Link),
    AddLink(&'static LinkChange),
    RemoveLink(&'static LinkChange),
    /// An action that no table describes.
    Run(fn(&World, &Call<'_>) -> Result<Answer, GraphError>),
    /// Performs other requests.
    Batch,
}

/// References from the objects of one entity to those of another, such as the members of groups.
pub(super) struct Link {
    pub name: &'static str,
    pub from: &'static Entity,
    pub to: &'static Entity,
    /// The objects that an object, by its id, refers to.
    pub list: for<'a> fn(Scope<'a>, id: &str) -> Items<'a>,
}

/// The functions that change references.
pub(super) struct LinkChange {
    pub link: &'static Link,
    /// Refuses changes of the references of an object.
    pub check: fn(&Item<'_>) -> Result<(), GraphError>,
    /// Adds a reference; false if it is there already.
    pub add: fn(&mut Directory, from: Uuid, to: Uuid) -> bool,
    /// Removes a reference; false if it does not exist.
    pub remove: fn(&mut Directory, from: Uuid, to: Uuid) -> Result<bool, GraphError>,
}

impl Request {
    pub const fn new(method: &'static str, path: &'static str, operation: Operation, action: Action) -> Self {
        Self { method, path, operation, action, allowed: None, cost: 1 }
    }

    /// Sets the permissions each of which allows it.
    pub const fn allowed(mut self, permissions: &'static [&'static str]) -> Self {
        self.allowed = Some(permissions);
        self
    }

    pub const fn cost(mut self, units: u32) -> Self {
        self.cost = units;
        self
    }
}

/// A request and the entity that it is about.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub entity: &'static Entity,
    pub request: &'static Request,
}

impl Target {
    /// Returns whether the roles allow the request, where an update changes these properties.
    pub fn allows(self, roles: &[String], changed: &[&str]) -> bool {
        if matches!(self.request.action, Action::Update) {
            return self.entity.may_change(roles, changed);
        }
        let entity = if self.request.method == "GET" { self.entity.read } else { self.entity.write };
        let allowed = self.request.allowed.unwrap_or(entity);
        allowed.iter().any(|name| roles.iter().any(|role| role == name))
    }
}
