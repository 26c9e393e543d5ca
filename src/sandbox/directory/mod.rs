//! The directory: users, groups, seats and other objects, and what keeps them consistent.
//!
//! It knows nothing of HTTP; `graph` checks values and permissions.

mod application;
mod group;
mod records;
mod snapshot;
mod user;

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

pub(super) use application::{Application, Credential};
pub(super) use group::Group;
pub(super) use records::Properties;
use records::Records;
pub use snapshot::{ApplicationState, GroupState, SkuState, State, UserState};
pub(super) use user::{Key, License, User};

use super::StartError;
use super::entra::certificate::Certificate;
use super::options::Tenant;
use super::random::Random;

/// Everything in the tenant that requests can change.
#[derive(Debug, Default)]
pub(super) struct Directory {
    users: HashMap<Uuid, User>,
    /// Sign-in names in lower case, in their order, so that a prefix is a range.
    by_name: BTreeMap<String, Uuid>,
    /// Mail addresses in lower case.
    by_mail: HashMap<String, Uuid>,
    deleted: HashMap<Uuid, User>,
    pub groups: Vec<Group>,
    pub skus: Vec<Sku>,
    /// The first is the one that the tenant is configured with.
    pub applications: Vec<Application>,
    /// The roles that Exchange gave to the application, for the shared mailboxes.
    pub exchange_roles: Vec<String>,
    /// All other objects.
    pub records: Records,
}

/// A subscription and its seats.
#[derive(Debug)]
pub(super) struct Sku {
    pub id: Uuid,
    pub part_number: String,
    pub enabled: u32,
    pub consumed: u32,
}

/// The unique property that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Name(Uuid),
    Mail(Uuid),
}

impl Directory {
    /// The directory as the tenant is configured.
    pub fn new(tenant: &Tenant, random: &Random, now_ms: i64) -> Result<Self, StartError> {
        let groups = tenant.groups.iter().map(|group| Group::existing(group, now_ms));
        let skus = tenant.skus.iter().map(|sku| Sku {
            id: sku.sku_id,
            part_number: sku.part_number.clone(),
            enabled: sku.enabled,
            consumed: 0,
        });
        let mut directory = Self {
            groups: groups.collect(),
            skus: skus.collect(),
            applications: vec![Self::configured_application(tenant, random, now_ms)?],
            exchange_roles: tenant.exchange_roles.clone(),
            records: Records::configured(tenant),
            ..Self::default()
        };
        for existing in &tenant.users {
            let user = User::existing(existing, random.uuid(), now_ms);
            directory.insert(user).map_err(|_| StartError::SameName)?;
        }
        Ok(directory)
    }

    fn configured_application(
        tenant: &Tenant,
        random: &Random,
        now_ms: i64,
    ) -> Result<Application, StartError> {
        let name = ("displayName".to_owned(), "Account creation".into());
        let mut application =
            Application::new(random.uuid(), tenant.client_id, now_ms, [name].into_iter().collect());
        for pem in &tenant.certificates {
            application.add_certificate(random.uuid(), Certificate::from_pem(pem)?);
        }
        application.principal = Some(tenant.service_principal_id());
        application.granted.clone_from(&tenant.granted);
        Ok(application)
    }

    /// The app registration with a client id.
    pub fn application(&self, app_id: Uuid) -> Option<&Application> {
        self.applications.iter().find(|application| application.app_id == app_id)
    }

    /// The app registration with a client id, to change it.
    pub fn application_mut(&mut self, app_id: Uuid) -> Option<&mut Application> {
        self.applications.iter_mut().find(|application| application.app_id == app_id)
    }

    /// Adds a user, whose sign-in name and mail address no other user may have.
    pub fn insert(&mut self, user: User) -> Result<&User, Taken> {
        self.check_free(&user)?;
        self.by_name.insert(user.name_key(), user.id);
        if let Some(mail) = user.mail_key() {
            self.by_mail.insert(mail, user.id);
        }
        Ok(self.users.entry(user.id).insert_entry(user).into_mut())
    }

    /// Replaces a user by the changed one.
    pub fn replace(&mut self, user: User) -> Result<(), Taken> {
        self.check_free(&user)?;
        if let Some(old) = self.users.remove(&user.id) {
            self.forget_keys(&old);
        }
        self.insert(user).map(drop)
    }

    fn check_free(&self, user: &User) -> Result<(), Taken> {
        if let Some(other) = self.by_name.get(&user.name_key()).filter(|id| **id != user.id) {
            return Err(Taken::Name(*other));
        }
        let mail = user.mail_key().and_then(|mail| self.by_mail.get(&mail));
        match mail.filter(|id| **id != user.id) {
            Some(other) => Err(Taken::Mail(*other)),
            None => Ok(()),
        }
    }

    fn forget_keys(&mut self, user: &User) {
        self.by_name.remove(&user.name_key());
        if let Some(mail) = user.mail_key() {
            self.by_mail.remove(&mail);
        }
    }

    /// A user as requests find it: not before its replication lag is over.
    pub fn user(&self, key: &Key, now_ms: i64) -> Option<&User> {
        let id = match key {
            Key::Id(id) => id,
            Key::Name(name) => self.by_name.get(name)?,
        };
        self.users.get(id).filter(|user| user.visible_at_ms <= now_ms)
    }

    /// A user by the sign-in name, even during the replication lag: sign-in is another service.
    pub fn user_by_name(&self, name: &str) -> Option<&User> {
        self.users.get(self.by_name.get(&name.to_ascii_lowercase())?)
    }

    /// The users that requests find, ordered by sign-in name, from those that start with a prefix.
    pub fn users_from(&self, prefix: String, now_ms: i64) -> impl Iterator<Item = &User> {
        self.by_name
            .range(prefix.clone()..)
            .take_while(move |(name, _)| name.starts_with(&prefix))
            .filter_map(|(_, id)| self.users.get(id))
            .filter(move |user| user.visible_at_ms <= now_ms)
    }

    /// A group by its id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        let id: Uuid = id.parse().ok()?;
        self.groups.iter().find(|group| group.id == id)
    }

    /// A group by its id, to change it.
    pub fn group_mut(&mut self, id: Uuid) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.id == id)
    }

    /// Makes a user a member of a group; false if the user is one already.
    pub fn join(&mut self, user: Uuid, group: Uuid) -> bool {
        let Some(member) = self.users.get_mut(&user) else {
            return false;
        };
        if member.groups.contains(&group) {
            return false;
        }
        member.groups.push(group);
        if let Some(group) = self.groups.iter_mut().find(|g| g.id == group) {
            group.members.push(user);
        }
        true
    }

    /// Removes a member of a group; false if the user is not one.
    pub fn leave(&mut self, user: Uuid, group: Uuid) -> bool {
        let Some(member) = self.users.get_mut(&user) else {
            return false;
        };
        let before = member.groups.len();
        member.groups.retain(|id| *id != group);
        let left = member.groups.len() < before;
        if let Some(group) = self.groups.iter_mut().find(|g| g.id == group) {
            group.members.retain(|id| *id != user);
        }
        left
    }

    /// Changes a user's licences; the caller has checked that there are seats.
    pub fn license(&mut self, user: Uuid, add: &[License], remove: &[Uuid]) {
        let Some(holder) = self.users.get_mut(&user) else {
            return;
        };
        let before: Vec<Uuid> = holder.licenses.iter().map(|l| l.sku).collect();
        holder
            .licenses
            .retain(|held| !remove.contains(&held.sku) && !add.iter().any(|license| license.sku == held.sku));
        holder.licenses.extend(add.iter().cloned());
        let after: Vec<Uuid> = holder.licenses.iter().map(|l| l.sku).collect();
        // The first licence creates the mailbox, and with it the address.
        let mail = (before.is_empty() && !after.is_empty() && holder.mail_key().is_none())
            .then(|| holder.make_mailbox());
        for sku in &mut self.skus {
            sku.consumed -= u32::from(before.contains(&sku.id));
            sku.consumed += u32::from(after.contains(&sku.id));
        }
        if let Some(mail) = mail {
            self.by_mail.entry(mail).or_insert(user);
        }
    }

    /// Moves a user to the deleted ones. Its seats become free; false if there is no such user.
    pub fn delete(&mut self, id: Uuid, now_ms: i64) -> bool {
        let Some(mut user) = self.users.remove(&id) else {
            return false;
        };
        self.forget_keys(&user);
        for sku in &mut self.skus {
            sku.consumed -= u32::from(user.licenses.iter().any(|license| license.sku == sku.id));
        }
        for group in &mut self.groups {
            group.members.retain(|member| *member != id);
            group.owners.retain(|owner| *owner != id);
        }
        user.deleted_ms = Some(now_ms);
        self.deleted.insert(id, user);
        true
    }

    /// A deleted user.
    pub fn deleted(&self, id: &str) -> Option<&User> {
        self.deleted.get(&id.parse().ok()?)
    }

    /// All deleted users.
    pub fn all_deleted(&self) -> impl Iterator<Item = &User> {
        self.deleted.values()
    }

    /// Restores a deleted user, under its old sign-in name or a new one.
    pub fn restore(&mut self, id: Uuid, new_name: Option<&str>) -> Result<(), Taken> {
        let Some(mut user) = self.deleted.get(&id).cloned() else {
            return Ok(());
        };
        if let Some(name) = new_name {
            user.rename(name);
        }
        user.deleted_ms = None;
        let groups = std::mem::take(&mut user.groups);
        let licenses = std::mem::take(&mut user.licenses);
        self.insert(user)?;
        self.deleted.remove(&id);
        for group in groups {
            self.join(id, group);
        }
        self.license(id, &licenses, &[]);
        Ok(())
    }

    /// Removes a deleted user for good; false if there is no such user.
    pub fn purge(&mut self, id: &str) -> bool {
        id.parse().is_ok_and(|id: Uuid| self.deleted.remove(&id).is_some())
    }
}
