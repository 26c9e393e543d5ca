//! The language is changed with a half-filled form, and once more on the way.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

/// A language nobody starts with.
const OTHER: &str = "fr";
/// Opens the list of languages.
const MENU: &str = "header summary";

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    let typed = entries(visitor).await?;
    visitor.press(MENU).await?;
    visitor.look("menu").await?;
    if visitor.setting.script {
        closes_by_itself(visitor).await?;
    }
    visitor.press(&format!("header [lang='{OTHER}']")).await?;
    expect_language(visitor, OTHER).await?;
    ensure!(!visitor.has(".summary").await?, "changing the language is no fault");
    let kept = entries(visitor).await?;
    ensure!(kept == typed, "{kept:?} is kept of {typed:?}");
    visitor.look("switched").await?;

    // Remembered, for whoever comes back by the bare address.
    visitor.open(&visitor.server.home).await?;
    expect_language(visitor, OTHER).await?;

    visitor.fill_in(&student).await?;
    visitor.press(SUBMIT).await?;
    visitor.stage.mail(&student, 1).await?;
    expect_language(visitor, OTHER).await?;
    visitor.press(MENU).await?;
    visitor.press(&format!("header [lang='{}']", visitor.setting.language)).await?;
    expect_language(visitor, visitor.setting.language).await?;
    visitor.follow(&student, 1).await
}

/// The open menu closes on Escape, which gives the focus back, and on a press outside; it is left open.
async fn closes_by_itself(visitor: &Visitor<'_>) -> Result<()> {
    let is_open = "document.querySelector('header details').open.toString()";
    visitor.strike(Key::Escape).await?;
    visitor.wait_until("Escape closes the menu", is_open, "false").await?;
    visitor.expect_focus("summary").await?;
    visitor.press(MENU).await?;
    visitor.wait_until("the menu opens", is_open, "true").await?;
    visitor.press("#about-title").await?;
    visitor.wait_until("a press outside closes the menu", is_open, "false").await?;
    visitor.press(MENU).await?;
    visitor.wait_until("the menu opens again", is_open, "true").await
}

/// What is in the fields.
async fn entries(visitor: &Visitor<'_>) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('#signup fieldset input')].map((field) => field.type === 'checkbox'
        ? String(field.checked) : field.value)";
    visitor.tab.ask(script).await
}

async fn expect_language(visitor: &Visitor<'_>, language: &str) -> Result<()> {
    visitor.wait_until("the page is in the language", "document.documentElement.lang", language).await
}
