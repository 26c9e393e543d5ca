//! The page that follows a signup, under an address that cannot be guessed.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::{
    super::{
        error::Error,
        limits::TooMany,
        sender::Sender,
        state::{Lang, Shared, Web},
    },
    Capability,
    again::{self, Further},
    frame::Frame,
    page, see_other, sign_in,
    view::{self, Row},
};
use crate::{
    domain::{Stage, StatusToken},
    signup::Status,
    texts::Language,
};

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    t: &'a Language,
    frame: Frame<'a>,
    status: &'a Status,
    title: String,
    lead: String,
    rows: Vec<Row>,
    wait: Option<&'static str>,
    version: String,
    code_hint: String,
    username_label: &'static str,
    further: Option<Further>,
    /// The inbox of the demo, where this is one.
    demo_inbox: Option<&'a str>,
    /// The seconds until the button for a new password may be pressed, where it may not be pressed yet.
    opens_in: Option<u64>,
    /// The day until which the page can be opened.
    expires: Option<String>,
    /// A fault with the code that was typed.
    fault: Option<String>,
    /// The outcome of asking for another mail, or the reason why one is needed.
    notice: Option<String>,
    /// True if the browser that sent the signup may correct its address.
    corrects: bool,
    /// The address that the button "Sign in" leads to.
    sign_in_link: String,
}

impl StatusPage<'_> {
    fn is_confirming(&self) -> bool {
        self.status.stage == Stage::AwaitingConfirmation
    }

    /// Returns whether nothing more comes of the request, so that the page leads back to the form.
    fn is_closed(&self) -> bool {
        matches!(self.status.stage, Stage::Voided | Stage::Erased)
    }

    /// The name to sign in with, in two parts: a narrow page breaks it at the `@`.
    fn principal(&self) -> Option<(&str, &str)> {
        self.status.principal.as_deref()?.split_once('@')
    }

    /// Returns whether the account is ready to be signed in to.
    fn is_ready(&self) -> bool {
        is_ready(self.status)
    }

    /// Returns whether the page will change by itself.
    fn is_live(&self) -> bool {
        !self.status.stage.is_settled() || self.status.checking
    }

    /// The seconds after which the page reloads itself without script; not while a code is being typed into it.
    fn refresh_seconds(&self) -> Option<u64> {
        match (self.is_live() && !self.is_confirming(), self.wait) {
            (false, _) => self.opens_in,
            (true, _) if self.status.checking => Some(5),
            (true, None) => Some(2),
            (true, Some(_)) => Some(20),
        }
    }
}

fn is_ready(status: &Status) -> bool {
    status.stage == Stage::Done && !status.gone && !status.undelivered
}

/// The remarks that a visitor gets in addition to the progress of the signup.
#[derive(Default)]
pub(super) struct Remarks {
    pub fault: Option<String>,
    pub notice: Option<String>,
    /// The browser of the request, as the sender of a signup.
    pub sender: Sender,
}

/// The address of a signup's page.
pub(super) fn address(web: &Web, lang: Lang, token: &StatusToken) -> String {
    web.path(&path(web.tag(lang), token))
}

/// The same without the base path of the site, in the language of this tag.
pub(in crate::http) fn path(tag: &str, token: &StatusToken) -> String {
    format!("/{tag}{}", rest(token))
}

fn rest(token: &StatusToken) -> String {
    format!("/signups/{}", token.encoded())
}

/// Shows the progress of the signup.
pub(in crate::http) async fn show(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
    sender: Sender,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let notice = match query.as_deref() {
        Some("mail=sent") => Some("code-sent"),
        Some("mail=later") => Some("code-too-soon"),
        Some("mail=never") => Some("code-too-often"),
        Some("mail=withheld") => Some("code-withheld"),
        _ => None,
    };
    let notice = notice.map(|id| web.language(lang).text(id));
    show_with(&web, lang, &token, StatusCode::OK, Remarks { fault: None, notice, sender }).await
}

/// Shows the progress of the signup to a visitor who has asked for too much.
pub(super) async fn show_refused(
    web: &Web,
    lang: Lang,
    token: &StatusToken,
    sender: Sender,
    refused: TooMany,
) -> Result<Response, Error> {
    let error = Error::from(refused);
    let minutes = error.minutes().to_string();
    let notice = web.language(lang).text_with("error-too-many-text", &[("minutes", &minutes)]);
    let remarks = Remarks { fault: None, notice: Some(notice), sender };
    Ok(error.shown_in(show_with(web, lang, token, StatusCode::TOO_MANY_REQUESTS, remarks).await?))
}

/// Shows the progress of the signup, with remarks on what the visitor just did.
pub(super) async fn show_with(
    web: &Web,
    lang: Lang,
    token: &StatusToken,
    code: StatusCode,
    remarks: Remarks,
) -> Result<Response, Error> {
    let status = web.site.signups.status(token).await?.ok_or(Error::NotFound)?;
    page(code, &render(web, lang, token, &status, remarks))
}

fn render<'a>(
    web: &'a Web,
    lang: Lang,
    token: &StatusToken,
    status: &'a Status,
    remarks: Remarks,
) -> StatusPage<'a> {
    let t = web.language(lang);
    let title = t.text(view::title(status));
    let (until, now) = (status.confirm_until, web.site.clock.now());
    let Remarks { fault, notice, sender } = remarks;
    let is_sender = sender.has_sent(token, &web.site.key);
    let email = match &status.email {
        Some(email) if is_sender => email.as_str(),
        // Absent only once the data of the request are erased.
        _ => status.masked_email.as_deref().unwrap_or_default(),
    };
    let further = again::further(t, status, now);
    let opens_in =
        further.as_ref().filter(|_| status.stage == Stage::Done).and_then(|further| further.opens_in);
    let username = status.principal.as_deref().unwrap_or_default();
    let frame = Frame::new(web, lang, &title, rest(token));
    StatusPage {
        t,
        frame: if fault.is_some() { frame.with_faults() } else { frame },
        status,
        title,
        lead: view::lead(t, status, email, web.config().support_email.as_str()),
        corrects: is_sender && status.correctable,
        sign_in_link: sign_in::link(&status.sign_in_url, username),
        rows: view::rows(t, status),
        wait: status.waiting.filter(|_| !status.stage.is_settled()).map(view::wait),
        version: view::version(status, opens_in.is_some()),
        code_hint: view::code_hint(t, until, now),
        username_label: view::username(status),
        demo_inbox: web.config().site.demo_inbox.as_deref(),
        opens_in,
        further,
        expires: status.open_until.map(|until| view::date(t, until)),
        // The fault of an old code says the same.
        notice: notice.or_else(|| {
            view::code_over(until, now)
                .filter(|_| fault.is_none() && !status.mail_withheld)
                .map(|id| t.text(id))
        }),
        fault,
    }
}

/// Redirects to the page when an address of its forms is opened.
pub(in crate::http) async fn back(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
) -> Response {
    see_other(&address(&web, lang, &token))
}

#[cfg(test)]
mod tests;
