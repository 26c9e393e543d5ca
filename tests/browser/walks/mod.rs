//! The ways through the pages.

mod api;
mod closed;
mod confirmation;
mod corrected;
mod keyboard;
mod languages;
mod links;
mod lost;
mod mistakes;
mod outages;
mod picked;
mod requests;
mod resend;
mod sign_up;
mod slowed;
mod switched;
mod twice;
mod undelivered;

use anyhow::Result;

use crate::{
    setting::{Device, Setting},
    stage::{Server, Stage},
    visitor::Visitor,
};

/// A way through the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// From the form to the mail.
    SignUp,
    /// Sent twice, gone back to, sent again.
    Twice,
    /// Filled in wrongly.
    Mistakes,
    /// In another language halfway.
    Languages,
    /// Confirmed by the code, after some failures.
    Confirmation,
    /// Confirmed by the link, in time and too late.
    Links,
    /// With a mistyped address, which is corrected.
    Corrected,
    /// Chosen among several requests for one address, and refused.
    Requests,
    /// With a username picked from several.
    Picked,
    /// Once more, since the mail is lost.
    Resend,
    /// While mails come back.
    Undelivered,
    /// While the tenant or the mail server is down.
    Outages,
    /// Where nothing is, or no longer.
    Lost,
    /// While no licence is free.
    Closed,
    /// Beyond the total limit.
    Slowed,
    /// While an operator has closed signups.
    Switched,
    /// Without a mouse.
    Keyboard,
    /// Through the description of the API.
    Api,
}

impl Walk {
    pub const ALL: [Self; 18] = [
        Self::SignUp,
        Self::Twice,
        Self::Mistakes,
        Self::Languages,
        Self::Confirmation,
        Self::Links,
        Self::Corrected,
        Self::Requests,
        Self::Picked,
        Self::Resend,
        Self::Undelivered,
        Self::Outages,
        Self::Lost,
        Self::Closed,
        Self::Slowed,
        Self::Switched,
        Self::Keyboard,
        Self::Api,
    ];

    /// What pictures and reports call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Twice => "twice",
            Self::Mistakes => "mistakes",
            Self::Languages => "languages",
            Self::Confirmation => "confirmation",
            Self::Links => "links",
            Self::Corrected => "corrected",
            Self::Requests => "requests",
            Self::Picked => "picked",
            Self::Resend => "resend",
            Self::Undelivered => "undelivered",
            Self::Outages => "outages",
            Self::Lost => "lost",
            Self::Closed => "closed",
            Self::Slowed => "slowed",
            Self::Switched => "switched",
            Self::Keyboard => "keyboard",
            Self::Api => "api",
        }
    }

    /// Whether it makes sense there: phones have no Tab key, and the API is described in English alone.
    pub fn suits(self, setting: Setting) -> bool {
        match self {
            Self::Keyboard => setting.device == Device::Desktop,
            Self::Api => setting.language == "en",
            _ => true,
        }
    }

    /// The server it is walked on.
    pub const fn server(self, stage: &Stage) -> &Server {
        match self {
            Self::Confirmation
            | Self::Links
            | Self::Corrected
            | Self::Requests
            | Self::Undelivered
            | Self::Keyboard => &stage.confirming,
            Self::Picked => &stage.picking,
            Self::Closed => &stage.closed,
            Self::Slowed | Self::Switched => &stage.slowed,
            _ => &stage.open,
        }
    }

    /// Walks it.
    pub async fn go(self, visitor: &mut Visitor<'_>) -> Result<()> {
        match self {
            Self::SignUp => sign_up::go(visitor).await,
            Self::Twice => twice::go(visitor).await,
            Self::Mistakes => mistakes::go(visitor).await,
            Self::Languages => languages::go(visitor).await,
            Self::Confirmation => confirmation::go(visitor).await,
            Self::Links => links::go(visitor).await,
            Self::Corrected => corrected::go(visitor).await,
            Self::Requests => requests::go(visitor).await,
            Self::Picked => picked::go(visitor).await,
            Self::Resend => resend::go(visitor).await,
            Self::Undelivered => undelivered::go(visitor).await,
            Self::Outages => outages::go(visitor).await,
            Self::Lost => lost::go(visitor).await,
            Self::Closed => closed::go(visitor).await,
            Self::Slowed => slowed::go(visitor).await,
            Self::Switched => switched::go(visitor).await,
            Self::Keyboard => keyboard::go(visitor).await,
            Self::Api => api::go(visitor).await,
        }
    }
}
