//! Where nothing is, where nobody may send from, and where the record cannot be reached: each page says what to do.

use anyhow::{Result, ensure};
use sqlx::Connection;

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    visitor.open("/nowhere").await?;
    visitor.wait_for_heading("error-not-found-title").await?;
    visitor.look_refused("not-found", 404).await?;
    visitor.press("main .button").await?;
    visitor.wait_for_heading("form-title").await?;

    restored(visitor).await?;
    without_cookie(visitor).await?;
    // The server is patient with its record: ten seconds, so not in every language.
    if visitor.setting.language == "en" { not_recorded(visitor).await } else { Ok(()) }
}

/// The browser was closed and restores its tabs: the cookies without a lifetime are gone, and the form can be sent.
async fn restored(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    for cookie in visitor.tab.driver.get_all_cookies().await? {
        if cookie.expiry.is_none() {
            visitor.tab.driver.delete_cookie(cookie.name).await?;
        }
    }
    visitor.press(SUBMIT).await?;
    visitor.follow(&student, 1).await
}

/// The browser has lost its cookie: the form comes back with all that was typed, and can be sent then.
async fn without_cookie(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    visitor.tab.driver.delete_all_cookies().await?;
    visitor.press(SUBMIT).await?;
    visitor.expect_focus("section.summary").await?;
    visitor.wait_for_text(".summary p", "error-form-foreign").await?;
    visitor.look_refused("form-foreign", 403).await?;
    visitor.press(SUBMIT).await?;
    visitor.follow(&student, 1).await
}

/// The record takes nothing: nothing is promised, nothing typed is lost.
async fn not_recorded(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    let seized = visitor.server.record.seize().await?;
    visitor.press(SUBMIT).await?;
    visitor.wait_for_text(".summary p", "error-not-recorded").await?;
    visitor.look_refused("not-recorded", 503).await?;
    seized.close().await?;
    let kept: String = visitor.tab.ask("return document.getElementById('email').value").await?;
    ensure!(kept == student.email, "the address is lost");
    visitor.press(SUBMIT).await?;
    visitor.follow(&student, 1).await
}
