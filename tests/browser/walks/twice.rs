//! The form is sent twice in one moment, gone back to, and sent once more: it stays one signup.

use anyhow::{Result, ensure};

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    let button = visitor.find(SUBMIT).await?;
    button.scroll_into_view().await?;
    visitor.tab.driver.action_chain().double_click_element(&button).perform().await?;
    visitor.wait_for_heading("status-title-done").await?;
    visitor.stage.only_account(&student, 1).await?;
    let status = visitor.address().await?;

    visitor.tab.driver.back().await?;
    visitor.wait_for_heading("form-title").await?;
    let typed: String = visitor.tab.ask("return document.getElementById('email').value").await?;
    ensure!(typed == student.email, "going back finds {typed:?} in place of the address");
    visitor.look("form-back").await?;
    let sleeping: bool = visitor
        .tab
        .ask_about("return document.querySelector(arguments[0]).ariaDisabled === 'true'", &SUBMIT)
        .await?;
    ensure!(!sleeping, "the button still waits for what was sent before");

    visitor.press(SUBMIT).await?;
    visitor.wait_for_heading("status-title-done").await?;
    ensure!(visitor.address().await? == status, "the same form leads to another signup");
    visitor.stage.only_account(&student, 1).await?;

    visitor.tab.driver.back().await?;
    visitor.wait_for_heading("form-title").await?;
    visitor.tab.driver.forward().await?;
    visitor.wait_for_heading("status-title-done").await
}
