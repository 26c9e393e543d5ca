//! From the form to the account without a mouse: everything is reached by Tab, in order, and can be seen.

use anyhow::{Result, bail, ensure};
use thirtyfour::Key;

use crate::{student::Student, visitor::Visitor};

/// More presses of Tab than any page needs.
const MOST_TABS: usize = 60;

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.strike(Key::Tab).await?;
    visitor.expect_focus("a.skip").await?;
    visitor.look("skip-link").await?;

    visitor.strike(Key::Enter).await?;
    for (field, text) in [
        ("email", student.email.as_str()),
        ("first_name", student.first_name),
        ("last_name", student.last_name),
    ] {
        tab_to(visitor, field).await?;
        visitor.tab.driver.action_chain().send_keys(text).perform().await?;
    }
    for consent in ["consent_microsoft", "consent_terms"] {
        tab_to(visitor, consent).await?;
        visitor.strike(Key::Space).await?;
        ensure!(visitor.find(&format!("#{consent}")).await?.is_selected().await?, "Space ticks {consent}");
    }
    // Enter sends the form from any field; scripts play no part in that.
    if visitor.setting.script {
        tab_to(visitor, "button").await?;
        visitor.look("focus-on-submit").await?;
    }
    visitor.strike(Key::Enter).await?;

    visitor.wait_for_heading("status-title-confirm").await?;
    let code = visitor.stage.mail(&student, 1).await?.code()?;
    tab_to(visitor, "code").await?;
    visitor.tab.driver.action_chain().send_keys(code).perform().await?;
    visitor.strike(Key::Enter).await?;
    visitor.follow(&student, 2).await?;
    through_the_whole_page(visitor).await
}

/// Presses Tab until the focus is there; on the way it is never out of sight.
async fn tab_to(visitor: &Visitor<'_>, wanted: &str) -> Result<()> {
    for _ in 0..MOST_TABS {
        visitor.strike(Key::Tab).await?;
        let focus = visitor.focus().await?;
        ensure!(focus.shown && focus.marked, "the focus cannot be seen: {focus:?}");
        if focus.at == wanted || focus.kind == wanted {
            return Ok(());
        }
    }
    bail!("Tab does not lead to {wanted}")
}

/// Everything on the page has its turn, and the way ends.
async fn through_the_whole_page(visitor: &Visitor<'_>) -> Result<()> {
    visitor.reload().await?;
    for stops in 0..MOST_TABS {
        visitor.strike(Key::Tab).await?;
        let focus = visitor.focus().await?;
        if focus.kind == "body" {
            ensure!(stops > 3, "Tab leads to {stops} places only");
            return Ok(());
        }
        ensure!(focus.shown && focus.marked, "the focus cannot be seen: {focus:?}");
    }
    bail!("Tab never leads out of the page")
}
