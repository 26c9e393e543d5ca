//! The mail with the password is lost: a new one is asked for, and comes.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::{student::Student, visitor::Visitor};

const AGAIN: &str = "form[action$='/password'] button";
const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.follow(&student, 1).await?;
    visitor.server.record.age(TEN_MINUTES).await?;
    visitor.reload().await?;
    visitor.look("offered").await?;

    visitor.stage.freeze().await?;
    visitor.press(AGAIN).await?;
    visitor.wait_for_heading("status-title-renewing").await?;
    visitor.look("renewing").await?;
    visitor.stage.thaw().await?;
    visitor.wait_for_heading("status-title-done").await?;
    visitor.look("renewed").await?;

    visitor.follow(&student, 2).await?;
    let first = visitor.stage.mail(&student, 1).await?;
    let second = visitor.stage.mail(&student, 2).await?;
    ensure!(first.text != second.text, "the second mail has the first one's password");
    Ok(())
}
