//! From the form to the mail.

use anyhow::{Result, ensure};

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

/// Height of the box in which the username appears.
const OUTCOME_HEIGHT: &str = "return document.querySelector('.outcome').getBoundingClientRect().height";

/// The most that the header may take, with a name of the site as long as in this test.
const HEADER_HEIGHT: f64 = 80.0;

/// The first field is seen without scrolling, with room for what the browser itself shows, and the header is low.
async fn expect_field_in_first_view(visitor: &Visitor<'_>) -> Result<()> {
    let script = "const box = (one) => document.querySelector(one).getBoundingClientRect();
        scrollTo(0, 0); return [box('header').height, box('#email').bottom, innerHeight]";
    let [header, field, window]: [f64; 3] = visitor.tab.ask(script).await?;
    ensure!(header <= HEADER_HEIGHT, "the header is {header} px high");
    ensure!(field <= window * 0.75, "the first field ends at {field} px of {window} px");
    Ok(())
}

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.look("form").await?;
    expect_field_in_first_view(visitor).await?;
    let empty: f64 = visitor.tab.ask(OUTCOME_HEIGHT).await?;
    visitor.fill_in(&student).await?;
    let filled: f64 = visitor.tab.ask(OUTCOME_HEIGHT).await?;
    ensure!((filled - empty).abs() < 1.0, "the box for the username grows from {empty} px to {filled} px");
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
    ensure!(visitor.has(".success svg").await?, "no mark says that all is done");
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
