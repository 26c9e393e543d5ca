//! `graph.dry_run`: nothing is sent; what would be done is logged, and every answer is the ordinary one.

use super::{CurrentUser, Error, ErrorKind, FoundUser, Item, ItemResult, Namesakes};
use crate::domain::{ObjectId, SignupId};

/// The user's id is the signup's, so that repeating gives the same user.
pub(super) fn create_user(signup: SignupId) -> Result<ObjectId, Error> {
    tracing::info!(%signup, "dry run: the user would be created");
    signup.to_string().parse().map_err(|error| Error::new(ErrorKind::UserRefused, "dry_run").caused_by(error))
}

/// Nobody is there.
pub(super) fn find_user() -> Option<FoundUser> {
    tracing::info!("dry run: the tenant would be asked for the user");
    None
}

/// It exists, under whatever name.
pub(super) fn current_user(user: ObjectId) -> CurrentUser {
    tracing::info!(%user, "dry run: the tenant would be asked for the user's name");
    CurrentUser { principal: None }
}

/// Every password is taken.
pub(super) fn reset_password(user: ObjectId) {
    tracing::info!(%user, "dry run: a new password would be set");
}

/// Every attribute is taken.
pub(super) fn complete_user(user: ObjectId) {
    tracing::info!(%user, "dry run: the user's extension attributes would be written");
}

/// Every name is free.
pub(super) fn namesakes() -> Namesakes {
    tracing::info!("dry run: the tenant would be asked for taken names");
    Namesakes::default()
}

/// Everything is given.
pub(super) fn entitle(user: ObjectId, items: &[Item]) -> Vec<ItemResult> {
    tracing::info!(%user, items = items.len(), "dry run: licences and groups would be given");
    items.iter().map(|item| ItemResult { item: *item, result: Ok(()) }).collect()
}
