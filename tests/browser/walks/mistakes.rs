//! The form is filled in wrongly: the browser says so, and so does the server.

use anyhow::{Result, ensure};

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    nothing(visitor).await?;
    somebody_elses_address(visitor).await
}

/// Nothing is filled in.
async fn nothing(visitor: &mut Visitor<'_>) -> Result<()> {
    visitor.open("").await?;
    visitor.press(SUBMIT).await?;
    visitor.expect_focus("email").await?;
    ensure!(!visitor.has(".summary").await?, "the browser has sent an empty form");

    visitor.skip_native_checks().await?;
    visitor.press(SUBMIT).await?;
    visitor.expect_focus("section.summary").await?;
    visitor.expect_error_title().await?;
    visitor.look_refused("nothing", 422).await?;

    let fields: Vec<String> = visitor
        .tab
        .ask("return [...document.querySelectorAll('.summary a')].map((link) => link.hash)")
        .await?;
    ensure!(fields.len() == 5, "the summary leads to {fields:?}");
    for field in fields {
        visitor.press(&format!(".summary a[href='{field}']")).await?;
        visitor.expect_focus(field.trim_start_matches('#')).await?;
        let label: [f64; 2] = visitor
            .tab
            .ask_about(
                "const field = document.querySelector(arguments[0]);
                const { top, bottom } = field.closest('.field').getBoundingClientRect();
                return [top, bottom]",
                &field,
            )
            .await?;
        let height: f64 = visitor.tab.ask("return innerHeight").await?;
        ensure!(
            label[0] >= 0.0 && label[1] <= height,
            "{field}: label and field are at {label:?} of {height} px"
        );
        let described: String = visitor
            .tab
            .ask_about("return document.querySelector(arguments[0]).getAttribute('aria-describedby')", &field)
            .await?;
        let fault = format!("{}-error", field.trim_start_matches('#'));
        ensure!(described.split(' ').any(|id| id == fault), "{field} is described by {described:?}");
    }
    Ok(())
}

/// One thing is wrong, and what was typed is kept; once it is right, all is well. The browser's own check lets the
/// full-width sign of East Asian keyboards through.
async fn somebody_elses_address(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    visitor.fill_in(&student).await?;
    visitor.write("email", "somebody@elsewhere.example").await?;
    visitor.skip_native_checks().await?;
    visitor.press(SUBMIT).await?;
    visitor.expect_focus("section.summary").await?;
    visitor.expect_error_title().await?;
    visitor.look_refused("not-admitted", 422).await?;

    let faulty: Vec<String> = visitor
        .tab
        .ask("return [...document.querySelectorAll('[aria-invalid=true]')].map((field) => field.id)")
        .await?;
    ensure!(faulty == ["email"], "these are marked as wrong: {faulty:?}");
    let kept: [String; 3] = visitor
        .tab
        .ask("return ['email', 'first_name', 'last_name'].map((id) => document.getElementById(id).value)")
        .await?;
    ensure!(kept == ["somebody@elsewhere.example", student.first_name, student.last_name], "kept: {kept:?}");
    visitor.write("email", &student.email.replace('@', "＠")).await?;
    visitor.press(SUBMIT).await?;
    visitor.follow(&student, 1).await
}
