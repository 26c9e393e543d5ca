//! Groups, their members and their owners.
//!
//! <https://learn.microsoft.com/graph/api/resources/group>

use std::borrow::Cow;

use serde_json::Value;
use uuid::Uuid;

use super::entity::{
    Action, Entity, Item, Items, Kind, LONG, Link, LinkChange, Object, Property, Request, Scope, Storage,
    TEXTS,
};
use super::errors::GraphError;
use super::filter::Filter;
use super::users::{USERS, find};
use crate::sandbox::directory::{Directory, Group, Key};
use crate::sandbox::operation::Operation as O;
use Action::{AddLink, Get, List, ListLinks, RemoveLink};
use Kind::{Array, Flag, Name, Text};

/// The permissions that change the members of groups.
const MEMBER_WRITERS: &[&str] =
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];

pub(super) static GROUPS: Entity = Entity {
    filterable: true,
    is_directory_object: true,
    read: &[
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "GroupMember.ReadBasic.All",
        "Group.ReadBasic.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    write: &["Group.ReadWrite.All", "Directory.ReadWrite.All"],
    storage: &Groups,
    ..Entity::new(
        "group",
        "groups",
        &PROPERTIES,
        &[
            Request::new("GET", "/groups", O::ListGroups, List),
            Request::new("GET", "/groups/{id}", O::GetGroup, Get),
            Request::new("GET", "/groups/{id}/members", O::ListMembers, ListLinks(&MEMBERS)).cost(3),
            Request::new("GET", "/groups/{id}/members/{form}", O::ListMembers, ListLinks(&MEMBERS)).cost(3),
            // No group contains groups, so that these members are the same.
            Request::new("GET", "/groups/{id}/transitiveMembers", O::ListMembers, ListLinks(&MEMBERS))
                .cost(3),
            Request::new("GET", "/groups/{id}/transitiveMembers/{form}", O::ListMembers, ListLinks(&MEMBERS))
                .cost(3),
            Request::new("POST", "/groups/{id}/members/$ref", O::AddMember, AddLink(&MEMBERS_CHANGE))
                .allowed(MEMBER_WRITERS),
            Request::new(
                "DELETE",
                "/groups/{id}/members/{id}/$ref",
                O::RemoveMember,
                RemoveLink(&MEMBERS_CHANGE),
            )
            .allowed(MEMBER_WRITERS),
            Request::new("GET", "/groups/{id}/owners", O::ListOwners, ListLinks(&OWNERS)),
            Request::new("GET", "/groups/{id}/owners/{form}", O::ListOwners, ListLinks(&OWNERS)),
            Request::new("POST", "/groups/{id}/owners/$ref", O::AddOwner, AddLink(&OWNERS_CHANGE)),
            Request::new(
                "DELETE",
                "/groups/{id}/owners/{id}/$ref",
                O::RemoveOwner,
                RemoveLink(&OWNERS_CHANGE),
            ),
            Request::new("GET", "/users/{id}/memberOf", O::MemberOf, ListLinks(&MEMBER_OF)),
            Request::new("GET", "/users/{id}/memberOf/{form}", O::MemberOf, ListLinks(&MEMBER_OF)),
            Request::new("GET", "/users/{id}/transitiveMemberOf", O::MemberOf, ListLinks(&MEMBER_OF)),
            Request::new("GET", "/users/{id}/transitiveMemberOf/{form}", O::MemberOf, ListLinks(&MEMBER_OF)),
        ],
    )
};

const PROPERTIES: [Property; 42] = [
    Property::selectable("allowExternalSenders", Flag),
    Property::selectable("assignedLabels", Array),
    Property::selectable("assignedLicenses", Array).read_only(),
    Property::selectable("autoSubscribeNewMembers", Flag),
    Property::shown("classification", Text(LONG)),
    Property::shown("createdDateTime", Text(64)).read_only(),
    Property::shown("deletedDateTime", Text(64)).read_only(),
    Property::shown("description", Text(1024)),
    Property::shown("displayName", Name(256)).required(),
    Property::shown("expirationDateTime", Text(64)).read_only(),
    Property::shown("groupTypes", TEXTS),
    Property::selectable("hasMembersWithLicenseErrors", Flag).read_only(),
    Property::selectable("hideFromAddressLists", Flag),
    Property::selectable("hideFromOutlookClients", Flag),
    Property::shown("id", Text(64)).read_only(),
    Property::shown("isAssignableToRole", Flag),
    Property::selectable("isSubscribedByMail", Flag),
    Property::selectable("licenseProcessingState", Kind::Object).read_only(),
    Property::shown("mail", Text(LONG)).read_only(),
    Property::shown("mailEnabled", Flag).required(),
    Property::shown("mailNickname", Name(64)).required(),
    Property::shown("membershipRule", Text(3072)),
    Property::shown("membershipRuleProcessingState", Kind::Choice(&["On", "Paused"])),
    Property::shown("onPremisesDomainName", Text(LONG)).read_only(),
    Property::shown("onPremisesLastSyncDateTime", Text(64)).read_only(),
    Property::shown("onPremisesNetBiosName", Text(LONG)).read_only(),
    Property::shown("onPremisesProvisioningErrors", Array).read_only(),
    Property::shown("onPremisesSamAccountName", Text(LONG)).read_only(),
    Property::shown("onPremisesSecurityIdentifier", Text(LONG)).read_only(),
    Property::shown("onPremisesSyncEnabled", Flag).read_only(),
    Property::shown("preferredDataLocation", Text(64)),
    Property::shown("preferredLanguage", Text(64)),
    Property::shown("proxyAddresses", Array).read_only(),
    Property::shown("renewedDateTime", Text(64)).read_only(),
    Property::shown("resourceBehaviorOptions", TEXTS),
    Property::shown("resourceProvisioningOptions", TEXTS),
    Property::shown("securityEnabled", Flag).required(),
    Property::shown("securityIdentifier", Text(LONG)).read_only(),
    Property::shown("theme", Text(64)),
    Property::selectable("uniqueName", Text(128)),
    Property::selectable("unseenCount", Kind::Number).read_only(),
    Property::shown("visibility", Kind::Choice(&["Private", "Public", "HiddenMembership"])),
];

impl Object for Group {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.properties.get(name).map(Cow::Borrowed)
    }
}

struct Groups;

impl Storage for Groups {
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        Box::new(scope.directory.groups.iter().map(|group| Item::Stored(group)))
    }

    fn find<'a>(&self, scope: Scope<'a>, key: &str) -> Option<Item<'a>> {
        scope.directory.group(key).map(|group| Item::Stored(group))
    }
}

static MEMBERS: Link = Link {
    name: "members",
    from: &GROUPS,
    to: &USERS,
    list: |scope, group| users(scope, scope.directory.group(group).map_or(&[], |group| &group.members)),
};

static MEMBERS_CHANGE: LinkChange = LinkChange {
    link: &MEMBERS,
    check: check_members,
    add: |directory, group, user| directory.join(user, group),
    remove: |directory, group, user| Ok(directory.leave(user, group)),
};

static OWNERS: Link = Link {
    name: "owners",
    from: &GROUPS,
    to: &USERS,
    list: |scope, group| users(scope, scope.directory.group(group).map_or(&[], |group| &group.owners)),
};

static OWNERS_CHANGE: LinkChange =
    LinkChange { link: &OWNERS, check: |_| Ok(()), add: add_owner, remove: remove_owner };

static MEMBER_OF: Link = Link {
    name: "memberOf",
    from: &USERS,
    to: &GROUPS,
    list: |scope, user| {
        let joined = find(scope.world, scope.directory, user).map_or(&[][..], |user| &user.groups);
        let groups = scope.directory.groups.iter().filter(|group| joined.contains(&group.id));
        Box::new(groups.map(|group| Item::Stored(group)))
    },
};

fn users<'a>(scope: Scope<'a>, ids: &'a [Uuid]) -> Items<'a> {
    let now = scope.world.clock.now_ms();
    let users = ids.iter().filter_map(move |id| scope.directory.user(&Key::Id(*id), now));
    Box::new(users.map(|user| Item::Stored(user)))
}

/// Refuses changes of members that a rule, a directory on premises or the administrators of roles decide about.
fn check_members(group: &Item<'_>) -> Result<(), GraphError> {
    let is_true = |name: &str| group.get(name).is_some_and(|value| *value == Value::Bool(true));
    let is_dynamic = group.get("membershipRule").is_some_and(|rule| rule.is_string());
    if is_dynamic || is_true("isAssignableToRole") {
        return Err(GraphError::denied());
    }
    if is_true("onPremisesSyncEnabled") {
        return Err(GraphError::bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    Ok(())
}

fn add_owner(directory: &mut Directory, group: Uuid, user: Uuid) -> bool {
    let group = directory.group_mut(group).filter(|group| !group.owners.contains(&user));
    group.map(|group| group.owners.push(user)).is_some()
}

/// Removes an owner, unless it is the last one.
fn remove_owner(directory: &mut Directory, group: Uuid, user: Uuid) -> Result<bool, GraphError> {
    let Some(group) = directory.group_mut(group).filter(|group| group.owners.contains(&user)) else {
        return Ok(false);
    };
    if group.owners.len() == 1 {
        return Err(GraphError::bad_request(
            "The group must have at least one owner, hence this owner cannot be removed.",
        ));
    }
    group.owners.retain(|owner| *owner != user);
    Ok(true)
}
