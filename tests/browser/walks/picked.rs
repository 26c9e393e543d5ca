//! A username picked from several: with scripts while the form is filled in, without them once it comes back.

use anyhow::{Result, ensure};

use crate::{
    student::Student,
    visitor::{SUBMIT, Visitor},
};

const CHOICES: &str = "#choices input";
const OFFERED: &str = "String(document.querySelectorAll('#choices input').length > 1)";
/// What can be read beside each button is what it stands for.
const LABELLED: &str = "String([...document.querySelectorAll('#choices label')].every(
    (label) => label.textContent.trim() === label.querySelector('input').value))";
const WITH_DOMAIN: &str = "String(document.querySelector('#choices label')?.textContent.includes('@'))";

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.open("").await?;
    ensure!(!visitor.has(CHOICES).await?, "there is something to pick before a name is typed");
    visitor.write("first_name", student.first_name).await?;
    visitor.write("last_name", student.last_name).await?;
    if visitor.setting.script {
        visitor.wait_until("there are usernames to pick", OFFERED, "true").await?;
        visitor.wait_until("each is labelled without a domain", LABELLED, "true").await?;
    }
    visitor.write("email", &student.email).await?;
    for consent in ["#consent_microsoft", "#consent_terms"] {
        visitor.press(consent).await?;
    }
    if visitor.setting.script {
        visitor.wait_until("the usernames have their domain", WITH_DOMAIN, "true").await?;
        visitor.look("offered").await?;
    } else {
        visitor.press(SUBMIT).await?;
        visitor.wait_until("there are usernames to pick", OFFERED, "true").await?;
        visitor.wait_for_text(".summary a", "error-username-choose").await?;
        visitor.look_refused("offered", 422).await?;
    }
    visitor.wait_until("each username is labelled", LABELLED, "true").await?;
    let picked = visitor.find("#choices label:nth-child(2) bdi").await?.text().await?;
    visitor.press("#choices label:nth-child(2) input").await?;
    visitor.press(SUBMIT).await?;
    visitor.wait_for_heading("status-title-done").await?;
    let account = visitor.stage.only_account(&student, 1).await?;
    // A namesake of an earlier walk may have it already.
    let (name, domain) = picked.split_once('@').unwrap_or((&picked, ""));
    let found = &account.user_principal_name;
    ensure!(found.starts_with(name) && found.ends_with(domain), "{found} was not picked, {picked} was");
    Ok(())
}
