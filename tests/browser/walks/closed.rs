//! While no licence is free: the page says so in place of the form, in every language, and who helps.

use anyhow::{Result, ensure};

use crate::{
    rig::wait::until,
    stage::PATIENCE,
    visitor::{SUBMIT, Visitor},
};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    // A server that has just started takes signups until it has counted the seats.
    let title = visitor.wording.text("closed-title")?;
    until("the form is closed", PATIENCE, || async {
        visitor.open("").await.ok()?;
        visitor.texts("main h1").await.ok()?.iter().any(|heading| heading == title).then_some(())
    })
    .await?;
    visitor.wait_for_text("main .lead", "closed-lead").await?;
    visitor.look("closed").await?;
    ensure!(!visitor.has(SUBMIT).await?, "there is a form that nobody can send");
    ensure!(visitor.has("main a[href^='mailto:']").await?, "nobody to ask");

    // In another language it is closed as well.
    let current = visitor.setting.language;
    visitor.press("nav summary").await?;
    visitor.look("languages").await?;
    visitor.press(&format!("nav a:not([lang={current}])")).await?;
    let switched = format!("return document.documentElement.lang !== '{current}'");
    until("the language is another one", PATIENCE, || async {
        visitor.tab.ask::<bool>(&switched).await.ok()?.then_some(())
    })
    .await?;
    ensure!(!visitor.has(SUBMIT).await?, "in another language the form is open");
    Ok(())
}
