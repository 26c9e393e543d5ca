//! The address is mistyped: only the browser that sent it shows it in full, and corrects it.

use anyhow::{Result, ensure};

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

const CONFIRM: &str = "form[action$='/code'] button";
const WRONG_ADDRESS: &str = ".correct button";

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let language = visitor.setting.language;
    let (mistyped, meant) = (Student::another(language), Student::another(language));
    visitor.sign_up(&mistyped).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    expect_address(visitor, &mistyped, true).await?;
    visitor.look("sender").await?;
    let first = visitor.address().await?;
    in_another_browser(visitor, &mistyped).await?;

    visitor.press(WRONG_ADDRESS).await?;
    visitor.wait_for_heading("form-title").await?;
    visitor.expect_focus("email").await?;
    let kept: [String; 3] = visitor
        .tab
        .ask("return ['email', 'first_name', 'last_name'].map((id) => document.getElementById(id).value)")
        .await?;
    let typed = [mistyped.email.as_str(), mistyped.first_name, mistyped.last_name];
    ensure!(kept == typed, "{kept:?} is kept of {typed:?}");
    let consents: Vec<bool> = visitor
        .tab
        .ask("return [...document.querySelectorAll('.consent input')].map((box) => box.checked)")
        .await?;
    ensure!(consents == [true, true], "the consents are lost");
    let place = visitor.address().await?;
    ensure!(place == format!("{first}/correct"), "the address of the form is {place}");
    visitor.look("form").await?;

    visitor.write("email", &meant.email).await?;
    visitor.press(SUBMIT).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    expect_address(visitor, &meant, true).await?;
    let code = visitor.stage.mail(&meant, 1).await?.code()?;
    visitor.write("code", &code).await?;
    visitor.press(CONFIRM).await?;
    visitor.follow(&meant, 2).await?;
    expect_address(visitor, &meant, false).await?;
    visitor.look("done").await?;

    visitor.open(&first).await?;
    visitor.wait_for_heading("error-not-found-title").await?;
    visitor.look_refused("withdrawn", 404).await
}

/// An error unless the page shows the whole address, and whether it can be corrected is as expected.
async fn expect_address(visitor: &Visitor<'_>, student: &Student, correctable: bool) -> Result<()> {
    let lead = visitor.texts("main .lead").await?.concat();
    ensure!(lead.contains(&student.email), "the sender reads {lead:?}");
    ensure!(
        visitor.has(WRONG_ADDRESS).await? == correctable,
        "the address can be corrected: {}",
        !correctable
    );
    Ok(())
}

/// The same page, opened by a browser without the sender's cookie.
async fn in_another_browser(visitor: &mut Visitor<'_>, student: &Student) -> Result<()> {
    let cookies = visitor.tab.driver.get_all_cookies().await?;
    visitor.tab.driver.delete_all_cookies().await?;
    visitor.reload().await?;
    let page: String = visitor.tab.ask("return document.documentElement.outerHTML").await?;
    ensure!(!page.contains(&student.email), "another browser is shown the address");
    let lead = visitor.texts("main .lead").await?.concat();
    ensure!(lead.contains("•••@"), "another browser reads {lead:?}");
    ensure!(!visitor.has(WRONG_ADDRESS).await?, "another browser can correct the address");
    visitor.look("other-browser").await?;
    for cookie in cookies {
        visitor.tab.driver.add_cookie(cookie).await?;
    }
    visitor.reload().await?;
    expect_address(visitor, student, true).await
}
