//! Waiting for what becomes of a signup.

use std::time::Duration;

use tokio::sync::broadcast::{self, error::RecvError};

use super::{Signups, StoreError};
use crate::domain::{SignupId, Stage, StatusToken};

/// How many turns may end before someone who waits has looked; with more, it just looks.
const TURNS: usize = 256;
/// A worker elsewhere tells nothing: the record is read again after this time, which doubles.
const FIRST_LOOK: Duration = Duration::from_millis(500);
const LAST_LOOK: Duration = Duration::from_secs(4);

/// What the worker tells those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// A turn with this signup is over.
    TurnOver(SignupId),
    /// The worker ends: nothing more happens in this process.
    End,
}

/// Where it is told.
pub(super) fn turns() -> broadcast::Sender<Told> {
    broadcast::Sender::new(TURNS)
}

impl Signups {
    /// Waits until nothing more happens to a signup by itself, but no longer than this, nor than the worker works; says
    /// whether that is so.
    /// The record is read when the signup's worker tells that its turn is over, and a few times besides.
    ///
    /// # Errors
    /// What the database says.
    pub async fn outcome(&self, token: &StatusToken, within: Duration) -> Result<bool, StoreError> {
        let Some(id) = token.verify(&self.0.key) else { return Ok(false) };
        let (mut turns, end) = (self.0.turned.subscribe(), self.0.clock.now().plus(within));
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
                is_end = news_of(id, &mut turns) => if is_end { return self.rests(id).await; },
                () = self.0.clock.sleep_until(look) => {}
            }
        }
    }

    /// Whether nothing more happens to the signup by itself.
    async fn rests(&self, id: SignupId) -> Result<bool, StoreError> {
        let stage = self.0.store.signup(id).await?.map(|signup| signup.stage);
        Ok(stage.is_none_or(|stage| stage.is_settled() || stage == Stage::AwaitingConfirmation))
    }
}

/// Until a turn with this signup is over, or so many have ended that it may be among them; true when the worker ends.
async fn news_of(id: SignupId, turns: &mut broadcast::Receiver<Told>) -> bool {
    loop {
        match turns.recv().await {
            Ok(Told::TurnOver(ended)) if ended != id => {}
            Ok(Told::TurnOver(_)) | Err(RecvError::Lagged(_)) => return false,
            Ok(Told::End) => return true,
            // Not while the operations are there.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
