//! Corrects the address of a request that was just sent: it is withdrawn once another has taken its place.

use super::Signups;
use crate::{
    audit::{self, Act},
    domain::{Email, PersonName, Requester, SignupId, Stage, StatusToken, Username},
    store::{Signup, StoreError},
};

impl Signups {
    /// Returns the typed values of a signup whose address can still be corrected, and its username without a number.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn to_correct(
        &self,
        token: &StatusToken,
    ) -> Result<Option<(Email, PersonName, Option<Username>)>, StoreError> {
        let signup = self.opened(token).await?.filter(is_correctable);
        Ok(signup.and_then(|signup| Some((signup.email?, signup.name?, signup.username_base))))
    }

    /// Withdraws a request that waits for its confirmation; any other continues. The request that takes its place is
    /// already recorded, so a failure is only logged: the former request expires by itself.
    pub async fn withdraw(&self, id: SignupId) {
        match self.0.store.withdraw(id).await {
            Ok(true) => audit::of_signup(&Requester::Visitor, Act::SignupWithdrawn, id, &""),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(signup = %id, error = &error as &dyn std::error::Error, "a corrected request could not be withdrawn; it expires unless it is confirmed");
            }
        }
    }
}

/// Returns whether the address can still be corrected: until the account exists. A request that already runs continues,
/// but another one can be sent.
pub(super) fn is_correctable(signup: &Signup) -> bool {
    match signup.stage {
        Stage::AwaitingConfirmation => true,
        Stage::Queued | Stage::Provisioning => signup.object_id.is_none(),
        _ => false,
    }
}
