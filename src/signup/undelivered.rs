//! A mail that came back: support has the bounce, and the status page informs the person.

use crate::{
    audit::{self, Act},
    domain::{MailKind, MailReference, RequestedBy, SignupId, Stage, Timestamp},
    store::{SentMail, Signup, Store, StoreError},
};

/// The outcome of marking a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// It is marked now.
    Now(SignupId),
    /// It was marked before, at this time.
    Before(SignupId, Timestamp),
}

/// The reason for which a mail was not marked; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum UndeliveredError {
    /// No signup has the reference, or it has had no such mail.
    #[error(
        "no mail has the reference {0}: compare it with the last line of the mail, or with its header \
         X-Accountcreator-Reference"
    )]
    Unknown(MailReference),
    /// The ids of several signups begin alike.
    #[error(
        "the reference fits several signups: {}; `accountcreator signups show ID` shows the mails of one",
        listed(.0)
    )]
    Several(Vec<SignupId>),
    /// There is no address any more.
    #[error("the address of this mail was erased: no mail is sent to it any more")]
    Erased,
    /// The request was closed.
    #[error("the request of this mail is closed: no mail is sent for it any more")]
    Closed,
    /// The account is being created or exists.
    #[error("the address was confirmed after this mail was sent: see `accountcreator signups show {0}`")]
    Confirmed(SignupId),
    /// Another mail followed.
    #[error("a later mail, {0}, has been sent since; if that one came back as well, give its reference")]
    Later(MailReference),
    /// Another mail follows.
    #[error("a further mail was to be sent since: see `accountcreator signups show {0}`")]
    FurtherMail(SignupId),
    /// The signup has changed at the same moment.
    #[error("the signup has changed at the same moment; try again")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(ids: &[SignupId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The signups that have had the mail with a reference, each with all its mails in the order in which they went out.
///
/// # Errors
/// [`StoreError`].
pub async fn signups_of_mail(
    store: &Store,
    reference: &MailReference,
) -> Result<Vec<(Signup, Vec<SentMail>)>, StoreError> {
    let mut found = Vec::new();
    for signup in store.signups_by_reference(reference).await? {
        let mails = SentMail::all(&signup, &store.events(signup.id).await?);
        if mails.iter().any(|sent| sent.mail.reference() == *reference) {
            found.push((signup, mails));
        }
    }
    Ok(found)
}

/// Marks a mail as come back, where it is the last one of its signup. The next mail to the person clears the mark.
///
/// # Errors
/// [`UndeliveredError`]; nothing has changed then.
pub async fn mark_undelivered(
    store: &Store,
    reference: &MailReference,
    by: RequestedBy<'_>,
    now: Timestamp,
) -> Result<Marked, UndeliveredError> {
    let found = signups_of_mail(store, reference).await?;
    let (signup, mails) = match &found[..] {
        [] => return Err(UndeliveredError::Unknown(*reference)),
        [(signup, mails)] => (signup, mails),
        several => return Err(UndeliveredError::Several(several.iter().map(|(one, _)| one.id).collect())),
    };
    ensure_last(signup, mails, reference)?;
    if let Some(since) = signup.undelivered_at {
        return Ok(Marked::Before(signup.id, since));
    }
    if !store.mark_undelivered(signup, reference, by, now).await? {
        return Err(UndeliveredError::Changed);
    }
    audit::of_signup(by.requester, Act::MailUndelivered, signup.id, &reference.label());
    Ok(Marked::Now(signup.id))
}

/// Checks that the mail is the last one of its signup, and that another can be sent to its address.
fn ensure_last(
    signup: &Signup,
    mails: &[SentMail],
    reference: &MailReference,
) -> Result<(), UndeliveredError> {
    let is_code = signup.mail(MailKind::Code).reference() == *reference;
    let last = mails.last().map(|sent| sent.mail.reference());
    match signup.stage {
        Stage::Voided => Err(UndeliveredError::Closed),
        _ if signup.email.is_none() => Err(UndeliveredError::Erased),
        _ if let Some(last) = last.filter(|last| last != reference) => Err(UndeliveredError::Later(last)),
        Stage::AwaitingConfirmation if signup.due_at.is_none() => Ok(()),
        _ if is_code && signup.stage != Stage::AwaitingConfirmation => {
            Err(UndeliveredError::Confirmed(signup.id))
        }
        Stage::Done => Ok(()),
        _ => Err(UndeliveredError::FurtherMail(signup.id)),
    }
}
