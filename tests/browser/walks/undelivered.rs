//! Mails come back and support marks them: the page tells so, and a new mail is asked for there.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::confirmation::AGAIN;
use crate::{student::Student, visitor::Visitor};

const CONFIRM: &str = "form[action$='/code'] button";
const NEW_PASSWORD: &str = "form[action$='/password'] button";

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    came_back(visitor, &student, 1).await?;
    ensure!(!visitor.has("#code").await?, "a code is asked for that nobody has");
    visitor.look("code").await?;

    visitor.server.record.age(Duration::from_mins(2)).await?;
    visitor.press(AGAIN).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    let code = visitor.stage.mail(&student, 2).await?.code()?;
    visitor.write("code", &code).await?;
    visitor.press(CONFIRM).await?;
    visitor.follow(&student, 3).await?;

    visitor.server.record.age(Duration::from_mins(10)).await?;
    came_back(visitor, &student, 3).await?;
    ensure!(!visitor.has("main a.button").await?, "a person without a password is sent to the sign-in page");
    visitor.look("password").await?;
    visitor.press(NEW_PASSWORD).await?;
    visitor.follow(&student, 4).await
}

/// Support marks the mail of this number by its last line, and the page is read again.
async fn came_back(visitor: &Visitor<'_>, student: &Student, number: usize) -> Result<()> {
    let mail = visitor.stage.mail(student, number).await?;
    let reference = mail.text.split_whitespace().rfind(|word| word.contains('-'));
    let reference = reference.context("the mail has no reference")?;
    // In the language made for tests, a bracket follows.
    visitor.stage.mark_undelivered(reference.trim_matches(|c: char| !c.is_ascii_alphanumeric())).await?;
    visitor.reload().await?;
    visitor.wait_for_heading("status-title-undelivered").await
}
