//! A signup as programs see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{Stage, Timestamp, Waiting},
    signup::{Progress, ProgressState, ProgressStep, Status},
};

/// How far a signup is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct Signup {
    stage: SignupStage,
    /// What is done for it, in this order.
    steps: Vec<Step>,
    /// Why it takes longer, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    waiting: Option<WaitingFor>,
    /// The account's name, from when it is chosen. Until the account is created it may get another number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "ada.lovelace@students.example.edu")]
    username: Option<String>,
    /// Where one signs in.
    #[schema(format = "uri-reference")]
    sign_in_url: String,
    /// Where the mail goes, made unreadable for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "s•••@example.edu")]
    mail_to: Option<String>,
    /// Whether the last mail came back, so that the person has to ask for another one on the page or to write to support.
    undelivered: bool,
    /// When the request came in.
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when the mailed code holds, while one is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    confirm_until: Option<String>,
    /// Until when this can be read, if nothing changes any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    open_until: Option<String>,
    /// The page for the person.
    #[schema(format = "uri-reference")]
    page: String,
}

/// Where a signup stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SignupStage {
    /// The person has to enter the mailed code on the page.
    AwaitingConfirmation,
    /// It is to be carried out.
    Queued,
    /// The account is being created.
    Provisioning,
    /// The account has all it is to have, and the password is being mailed.
    Delivering,
    /// The password is mailed.
    Done,
    /// One of the site's people has to look at it.
    NeedsAttention,
    /// A new password is being set.
    Resetting,
    /// Closed before it was confirmed: the owner of the address confirmed another request, or refused this one.
    Voided,
    /// The personal data of the request were deleted, as the person asked.
    Erased,
}

/// One step and how far it is.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Step {
    step: ProgressStep,
    state: ProgressState,
}

/// What a signup waits for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WaitingFor {
    /// A licence that is free.
    NoSeats,
    /// Microsoft asks to slow down.
    Throttled,
    /// Microsoft does not answer as it should.
    TenantUnavailable,
    /// Microsoft does not know the new account everywhere yet.
    TenantLag,
    /// The mail server does not take the mail yet.
    MailUnavailable,
}

impl Signup {
    pub(super) fn of(status: &Status, page: String) -> Self {
        let time = |at: Timestamp| at.to_string();
        Self {
            stage: SignupStage::of(status.stage),
            steps: status.progress.iter().map(Step::of).collect(),
            waiting: status.waiting.filter(|_| !status.stage.is_settled()).and_then(WaitingFor::of),
            username: status.principal.clone(),
            sign_in_url: status.sign_in_url.clone(),
            mail_to: status.masked_email.clone(),
            undelivered: status.undelivered,
            created_at: time(status.created_at),
            confirm_until: status.confirm_until.map(time),
            open_until: status.open_until.map(time),
            page,
        }
    }
}

impl SignupStage {
    const fn of(stage: Stage) -> Self {
        match stage {
            Stage::AwaitingConfirmation => Self::AwaitingConfirmation,
            Stage::Queued => Self::Queued,
            Stage::Provisioning => Self::Provisioning,
            Stage::Resetting => Self::Resetting,
            Stage::Delivering => Self::Delivering,
            Stage::Done => Self::Done,
            Stage::Erased => Self::Erased,
            Stage::NeedsAttention => Self::NeedsAttention,
            Stage::Voided => Self::Voided,
        }
    }
}

impl Step {
    const fn of(progress: &Progress) -> Self {
        Self { step: progress.step, state: progress.state }
    }
}

impl WaitingFor {
    const fn of(waiting: Waiting) -> Option<Self> {
        Some(match waiting {
            Waiting::NoSeats => Self::NoSeats,
            Waiting::Throttled => Self::Throttled,
            Waiting::TenantUnavailable | Waiting::ApplicationRefused | Waiting::PermissionMissing => {
                Self::TenantUnavailable
            }
            Waiting::TenantLag => Self::TenantLag,
            Waiting::MailUnavailable => Self::MailUnavailable,
            // The existence of an earlier request is disclosed to no one but the owner of the address.
            Waiting::EarlierRequest => return None,
        })
    }
}
