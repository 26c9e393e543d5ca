//! Through the description of the API: a long page of names and code, which people read on phones too.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::{rig::wait::until, setting::Device, stage::PATIENCE, visitor::Visitor};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    visitor.open(&format!("{}/api/redoc", visitor.server.home)).await?;
    visitor.look("page").await?;
    if visitor.setting.device == Device::Desktop {
        visitor.strike(Key::Tab).await?;
        visitor.expect_focus("a.skip").await?;
    }

    // From the contents to an operation, from there to a type: what was asked for comes into sight.
    visitor.press("nav a[href='#post-api-v2-signups']").await?;
    in_sight(visitor, "#post-api-v2-signups h3").await?;
    visitor.press("#post-api-v2-signups a[href='#schema-NewSignup']").await?;
    in_sight(visitor, "#schema-NewSignup h3").await?;

    // What programs get is linked, and so is the way back to the form.
    let document: bool = visitor.has("main a[href$='/api/openapi.json']").await?;
    ensure!(document, "the page does not lead to what programs get");
    visitor.press("header .brand").await?;
    visitor.wait_for_heading("form-title").await
}

async fn in_sight(visitor: &Visitor<'_>, selector: &str) -> Result<()> {
    let script = "const { top, bottom } = document.querySelector(arguments[0]).getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight";
    until(selector, PATIENCE, || async {
        visitor.tab.ask_about::<bool>(script, &selector).await.ok()?.then_some(())
    })
    .await
}
