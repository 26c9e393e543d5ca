//! While an operator has closed signups: what was typed is kept, and a page takes the place of the form.

use anyhow::{Result, ensure};

use crate::{
    rig::wait::until,
    stage::PATIENCE,
    student::Student,
    visitor::{SUBMIT, Visitor},
};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    switch(visitor, false).await?;
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    switch(visitor, true).await?;
    visitor.press(SUBMIT).await?;
    visitor.wait_for_text(".summary p", "error-closed-kept").await?;
    let email = "document.getElementById('email').value";
    visitor.wait_until("what was typed is there", email, &student.email).await?;
    visitor.look_refused("kept", 409).await?;

    visitor.open("").await?;
    visitor.wait_for_heading("closed-off-title").await?;
    visitor.wait_for_text("main .lead", "closed-off-lead").await?;
    visitor.look("closed").await?;
    ensure!(!visitor.has(SUBMIT).await?, "there is a form that nobody can send");
    ensure!(visitor.has("main a[href^='mailto:']").await?, "nobody to ask");

    switch(visitor, false).await?;
    visitor.open("").await?;
    ensure!(visitor.has(SUBMIT).await?, "the form is not back");
    Ok(())
}

/// Closes or opens signups, and waits until the server follows.
async fn switch(visitor: &Visitor<'_>, closed: bool) -> Result<()> {
    visitor.stage.switch_signups(closed).await?;
    let page = format!("{}/{}", visitor.server.home, visitor.setting.language);
    let http = reqwest::Client::builder().no_proxy().build()?;
    until("the server follows the switch", PATIENCE, || async {
        let page = http.get(&page).send().await.ok()?.text().await.ok()?;
        (page.contains("id=\"signup\"") != closed).then_some(())
    })
    .await
}
