//! Waiting for the outcome of a signup.

use std::time::Duration;

use tokio::sync::broadcast::{self, error::RecvError};

use super::{Signups, StoreError};
use crate::{
    domain::{SignupId, Stage, StatusToken, Subject},
    engine::Notice,
};

/// A worker of another process sends no notice: the record is read again after this time, which doubles.
const FIRST_LOOK: Duration = Duration::from_millis(500);
const LAST_LOOK: Duration = Duration::from_secs(4);

impl Signups {
    /// Waits until nothing more happens to a signup by itself, until `within` has passed or until the worker has ended.
    /// Returns whether nothing more happens to it. The record is read when a run of the signup has ended, and a few
    /// more times.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outcome(&self, token: &StatusToken, within: Duration) -> Result<bool, StoreError> {
        let Some(id) = token.verify(&self.0.key) else { return Ok(false) };
        let (mut notices, end) = (self.0.engine.notices(), self.0.clock.now().plus(within));
        let mut pause = FIRST_LOOK;
        loop {
            let now = self.0.clock.now();
            let rests = self.rests(id).await?;
            if rests || now >= end {
                return Ok(rests);
            }
            let look = now.plus(pause).min(end);
            pause = (pause * 2).min(LAST_LOOK);
            tokio::select! {
                is_end = news_of(id, &mut notices) => if is_end { return self.rests(id).await; },
                () = self.0.clock.sleep_until(look) => {}
            }
        }
    }

    /// Returns whether nothing more happens to the signup by itself.
    async fn rests(&self, id: SignupId) -> Result<bool, StoreError> {
        let stage = self.0.store.signup(id).await?.map(|signup| signup.stage);
        Ok(stage.is_none_or(|stage| stage.is_settled() || stage == Stage::AwaitingConfirmation))
    }
}

/// Waits until a run of this signup has ended, or so many have ended that it may be among them. Returns true when the
/// worker has ended.
async fn news_of(id: SignupId, notices: &mut broadcast::Receiver<Notice>) -> bool {
    loop {
        match notices.recv().await {
            Ok(Notice::RunEnded(ended)) if ended != Subject::Signup(id) => {}
            Ok(Notice::RunEnded(_)) | Err(RecvError::Lagged(_)) => return false,
            Ok(Notice::WorkerEnded) => return true,
            // This cannot happen while the engine exists.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
