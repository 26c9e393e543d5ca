//! From the form to the mail.

use anyhow::{Result, ensure};

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.look("form").await?;
    visitor.fill_in(&student).await?;
    let preview = visitor.texts("#preview").await?.concat();
    visitor.look("form-filled").await?;

    visitor.stage.freeze().await?;
    visitor.press(SUBMIT).await?;
    visitor.wait_for_heading("status-title-working").await?;
    ensure!(visitor.has(".correct + .hint").await?, "the page does not say what a wrong address leads to");
    visitor.look("working").await?;
    visitor.stage.thaw().await?;

    // By itself, with scripts and without.
    visitor.wait_for_heading("status-title-done").await?;
    visitor.look("done").await?;
    ensure!(!visitor.has(".correct").await?, "the address can be corrected though the account is there");
    if visitor.setting.script {
        let announced = visitor.texts("[role=status]").await?.concat();
        ensure!(!announced.is_empty(), "screen readers are not told that the account is ready");
    }
    let account = visitor.stage.only_account(&student, 1).await?;
    // But for the number of a namesake.
    let username = account.user_principal_name.split('@').next().unwrap_or_default();
    let username = username.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('.');
    ensure!(!visitor.setting.script || preview.contains(username), "{preview:?} foretells no {username}");
    let mail = visitor.stage.mail(&student, 1).await?;
    let page = visitor.texts("main").await?.concat();
    for text in [page, mail.text] {
        ensure!(text.contains(&account.user_principal_name), "page and mail tell the username");
    }

    // Reloaded, and on another device.
    visitor.reload().await?;
    visitor.wait_for_heading("status-title-done").await
}
