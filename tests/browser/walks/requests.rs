//! Several requests for one address: the limit on mails, the list behind a link, and refusing.

use anyhow::{Result, ensure};

use crate::{student::Student, visitor::Visitor};

/// The mails that an address gets in an hour here.
const MAILS: usize = 4;

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    one_is_chosen(visitor).await?;
    all_are_refused(visitor).await
}

/// The owner's request gets no mail of its own, but is on the list that an earlier mail's link shows.
async fn one_is_chosen(visitor: &mut Visitor<'_>) -> Result<()> {
    let owner = Student::another(visitor.setting.language);
    let stranger = Student { first_name: "Eve", last_name: "Adams", ..like(&owner) };
    for mail in 1..=MAILS {
        visitor.sign_up(&stranger).await?;
        visitor.wait_for_heading("status-title-confirm").await?;
        visitor.stage.mail(&owner, mail).await?;
    }
    let theirs = visitor.address().await?;
    visitor.sign_up(&owner).await?;
    visitor.wait_for_text(".lead", "status-lead-withheld").await?;
    visitor.look("withheld").await?;
    let mine = visitor.address().await?;

    let link = visitor.stage.mail(&owner, 1).await?.link()?;
    visitor.open(&link).await?;
    visitor.wait_for_heading("link-list-title").await?;
    let names = visitor.texts("main li h2").await?;
    ensure!(names.len() == MAILS + 1, "{names:?}");
    ensure!(names[0] == format!("{} {}", owner.first_name, owner.last_name), "{names:?}");
    visitor.look("list").await?;
    visitor.press("main li:first-child button").await?;
    visitor.wait_for_address(&mine).await?;
    visitor.follow(&owner, MAILS + 1).await?;
    visitor.open(&theirs).await?;
    visitor.wait_for_heading("status-title-voided").await?;
    visitor.look("closed").await
}

/// The owner refuses, and the page of the request says so.
async fn all_are_refused(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.sign_up(&student).await?;
    visitor.wait_for_heading("status-title-confirm").await?;
    let status = visitor.address().await?;
    let link = visitor.stage.mail(&student, 1).await?.link()?;
    visitor.open(&link).await?;
    visitor.wait_for_heading("link-title").await?;
    visitor.press("form[action$='/refuse'] button").await?;
    visitor.wait_for_heading("link-refused-title").await?;
    visitor.look_refused("refused", 410).await?;
    visitor.open(&status).await?;
    visitor.wait_for_heading("status-title-voided").await
}

/// Somebody who types the address of this student.
fn like(student: &Student) -> Student {
    Student { id: student.id.clone(), email: student.email.clone(), ..*student }
}
