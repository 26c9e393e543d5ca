//! The mail with the password is lost: a new one is asked for, and comes.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{student::Student, visitor::Visitor};

const AGAIN: &str = "form[action$='/password'] button";
const DISABLED: &str = "form[action$='/password'] button:disabled";
/// Unfolds the reset.
const UNFOLD: &str = "details.reset summary";
const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.follow(&student, 1).await?;
    signing_in_comes_first(visitor, &student).await?;

    visitor.press(UNFOLD).await?;
    ensure!(visitor.has(DISABLED).await?, "the password can be replaced while its mail is still on the way");
    ensure!(visitor.texts(".reset .hint").await?.len() == 2, "the page does not say when it is possible");
    visitor.look("too-soon").await?;
    visitor.server.record.age(TEN_MINUTES).await?;
    visitor.reload().await?;
    visitor.press(UNFOLD).await?;
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
    unchanged(visitor).await?;
    deleted_and_restored(visitor).await
}

/// The account is read and is as it was: a page with a script stays untouched.
async fn unchanged(visitor: &Visitor<'_>) -> Result<()> {
    visitor.server.record.age(TEN_MINUTES).await?;
    visitor.reload().await?;
    if visitor.setting.script {
        visitor.press(UNFOLD).await?;
        let is_live = "String('live' in document.querySelector('main').dataset)";
        visitor.wait_until("the account has been read", is_live, "false").await?;
        ensure!(visitor.has("details.reset[open]").await?, "what was unfolded is folded again");
        let focus = visitor.focus().await?;
        ensure!(focus.kind == "summary", "the focus has moved to {}", focus.kind);
        ensure!(visitor.texts("#announcer").await?.concat().is_empty(), "what has not changed is announced");
    }
    Ok(())
}

/// The account is deleted in the tenant, then restored: the page that is viewed learns it within seconds.
async fn deleted_and_restored(visitor: &mut Visitor<'_>) -> Result<()> {
    let not_found = json!([{"kind": "status", "status": 404}]);
    visitor.stage.set_faults(&json!({"operations": {"get_user": not_found}})).await?;
    visitor.server.record.age(TEN_MINUTES).await?;
    visitor.reload().await?;
    visitor.wait_for_heading("status-title-gone").await?;
    ensure!(!visitor.has("main :is(.button, .copy, form)").await?, "an account that is gone is offered");
    said(visitor, "status-title-gone").await?;
    visitor.look("gone").await?;
    visitor.stage.calm().await?;
    visitor.server.record.age(TEN_MINUTES).await?;
    visitor.reload().await?;
    visitor.wait_for_heading("status-title-done").await?;
    said(visitor, "status-title-done").await
}

/// With a script the change was announced.
async fn said(visitor: &Visitor<'_>, id: &str) -> Result<()> {
    if visitor.setting.script {
        let said = visitor.texts("#announcer").await?.concat();
        ensure!(said.contains(visitor.wording.text(id)?), "{said:?} was announced");
    }
    Ok(())
}

/// The one button in sight leads to the sign-in page, with the username filled in.
async fn signing_in_comes_first(visitor: &Visitor<'_>, student: &Student) -> Result<()> {
    let buttons: Vec<(String, String)> = visitor
        .tab
        .ask(
            "return [...document.querySelectorAll('main :is(button, .button)')]
                .filter((one) => one.checkVisibility())
                .map((one) => [one.textContent, one.href ?? ''])",
        )
        .await?;
    let account = visitor.stage.only_account(student, 1).await?;
    let username = account.user_principal_name.replace('@', "%40");
    let link = format!("https://www.microsoft365.com/login?login_hint={username}");
    let expected = [(visitor.wording.text("status-sign-in-submit")?.to_owned(), link)];
    ensure!(buttons == expected, "{buttons:?} are the buttons, not {expected:?}");
    Ok(())
}
