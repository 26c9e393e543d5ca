//! The address is confirmed by the mailed code, after everything that can go wrong with it.

use std::time::Duration;

use anyhow::Result;

use crate::{student::Student, visitor::Visitor};

const CONFIRM: &str = "form[action$='/code'] button";
/// Asks for another code.
pub const AGAIN: &str = "form[action$='/code/again'] button";

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    visitor.look("code").await?;
    let first = visitor.stage.mail(&student, 1).await?.code()?;

    for (typed, state) in [("123", "no-code"), (wrong(&first).as_str(), "wrong-code")] {
        visitor.write("code", typed).await?;
        visitor.press(CONFIRM).await?;
        visitor.wait_until("the code comes back empty", "document.getElementById('code').value", "").await?;
        visitor.expect_focus("code").await?;
        visitor.expect_error_title().await?;
        visitor.look_refused(state, 422).await?;
    }

    visitor.press(AGAIN).await?;
    visitor.wait_for_text(".notice", "code-too-soon").await?;
    visitor.look("again-too-soon").await?;
    visitor.server.record.age(Duration::from_secs(2 * 60)).await?;
    visitor.press(AGAIN).await?;
    visitor.wait_for_text(".notice", "code-sent").await?;
    visitor.look("again").await?;

    let second = visitor.stage.mail(&student, 2).await?.code()?;
    visitor.write("code", &second).await?;
    visitor.press(CONFIRM).await?;
    visitor.follow(&student, 3).await
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '7' { '8' } else { '7' }).collect()
}
