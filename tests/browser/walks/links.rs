//! The address is confirmed by the mailed link, in time and too late.

use std::time::Duration;

use anyhow::Result;

use super::confirmation::AGAIN;
use crate::{student::Student, visitor::Visitor};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    in_time(visitor).await?;
    too_late(visitor).await
}

/// Opening the link changes nothing, its button does, and later the link leads to the signup.
async fn in_time(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    let status = visitor.address().await?;
    let link = visitor.stage.mail(&student, 1).await?.link()?;
    visitor.open(&link).await?;
    visitor.wait_for_heading("link-title").await?;
    visitor.look("link").await?;
    visitor.open(&status).await?;
    visitor.wait_for_heading("status-title-confirm").await?;

    visitor.open(&link).await?;
    visitor.press("main form button").await?;
    visitor.wait_for_address(&status).await?;
    visitor.follow(&student, 2).await?;
    visitor.open(&link).await?;
    visitor.wait_for_address(&status).await?;
    visitor.wait_for_heading("status-title-done").await
}

/// A link that is too old leads to where a new one is to be had; one that leads nowhere says so.
async fn too_late(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    let status = visitor.address().await?;
    let old = visitor.stage.mail(&student, 1).await?.link()?;
    visitor.server.record.age(2 * DAY).await?;
    visitor.open(&old).await?;
    visitor.wait_for_text(".notice", "error-code-expired").await?;
    visitor.look("link-expired").await?;
    visitor.press(AGAIN).await?;
    visitor.wait_for_text(".notice", "code-sent").await?;
    visitor.open(&visitor.stage.mail(&student, 2).await?.link()?).await?;
    visitor.press("main form button").await?;
    visitor.follow(&student, 3).await?;

    visitor.server.record.age(15 * DAY).await?;
    visitor.open(&status).await?;
    visitor.wait_for_heading("error-not-found-title").await?;
    visitor.look_refused("status-expired", 404).await?;
    visitor.server.record.clear().await?;
    visitor.open(&old).await?;
    visitor.wait_for_heading("link-gone-title").await?;
    visitor.look_refused("link-gone", 410).await
}
