//! The page that follows a signup, under an address nobody can guess.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::{
    super::{
        error::Error,
        web::{Lang, Shared, Web},
    },
    Capability,
    frame::Frame,
    page, see_other,
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
    /// A fault with the code that was typed.
    fault: Option<String>,
    /// What came of asking for another mail.
    notice: Option<&'static str>,
}

impl StatusPage<'_> {
    fn is_confirming(&self) -> bool {
        self.status.stage == Stage::AwaitingConfirmation
    }

    /// What to sign in with, in two parts: a narrow page breaks it at the `@`.
    fn principal(&self) -> Option<(&str, &str)> {
        self.status.principal.as_deref()?.split_once('@')
    }

    /// Whether the page will change by itself.
    fn is_live(&self) -> bool {
        !self.status.stage.is_settled()
    }

    /// Without script the page loads itself again; not while a code is being typed into it.
    fn refresh_seconds(&self) -> Option<u32> {
        match (self.is_live() && !self.is_confirming(), self.wait) {
            (false, _) => None,
            (true, None) => Some(2),
            (true, Some(_)) => Some(20),
        }
    }
}

/// What a visitor is told besides how far the signup is.
#[derive(Default)]
pub(super) struct Remarks {
    pub fault: Option<String>,
    pub notice: Option<&'static str>,
}

/// The address of a signup's page.
pub(super) fn address(tag: &str, token: &StatusToken) -> String {
    format!("/{tag}{}", rest(token))
}

fn rest(token: &StatusToken) -> String {
    format!("/signups/{}", token.encoded())
}

/// Shows how far the signup is.
pub(in crate::http) async fn show(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let notice = match query.as_deref() {
        Some("mail=sent") => Some("code-sent"),
        Some("mail=later") => Some("code-too-soon"),
        Some("mail=never") => Some("code-too-often"),
        _ => None,
    };
    show_with(&web, lang, &token, StatusCode::OK, Remarks { fault: None, notice }).await
}

/// Shows how far the signup is, with remarks on what the visitor just did.
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
    let title = t.text(view::title(status.stage));
    let frame = Frame::new(web, lang, &title, rest(token));
    StatusPage {
        t,
        frame: if remarks.fault.is_some() { frame.with_faults() } else { frame },
        status,
        title,
        lead: view::lead(t, status, web.settings.support.as_str()),
        rows: view::rows(t, status),
        wait: status.waiting.filter(|_| !status.stage.is_settled()).map(view::wait),
        version: view::version(status),
        code_hint: view::code_hint(t, status.confirm_until, web.site.clock.now()),
        fault: remarks.fault,
        notice: remarks.notice,
    }
}

/// The addresses of the page's forms lead back to it when they are opened.
pub(in crate::http) async fn back(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
) -> Response {
    see_other(&address(web.tag(lang), &token))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::{
        domain::{Entropy, SignupId, Waiting},
        http::testing::{self, Answer, Browser},
        signup::{Progress, ProgressState, ProgressStep},
    };

    fn sample(web: &Web, stage: Stage, waiting: Option<Waiting>) -> Status {
        let state = match stage {
            Stage::AwaitingConfirmation => ProgressState::Waiting,
            Stage::Done => ProgressState::Done,
            Stage::NeedsAttention => ProgressState::Stuck,
            _ => ProgressState::Running,
        };
        let steps = [
            ProgressStep::ConfirmAddress,
            ProgressStep::CreateAccount,
            ProgressStep::GrantAccess,
            ProgressStep::SendMail,
        ];
        let now = web.site.clock.now();
        Status {
            stage,
            progress: steps.map(|step| Progress { step, state }).to_vec(),
            waiting,
            masked_email: (stage != Stage::Erased).then(|| "s•••@example.edu".to_owned()),
            principal: (stage == Stage::Done).then(|| "ada.lovelace@students.example.edu".to_owned()),
            confirm_until: (stage == Stage::AwaitingConfirmation)
                .then(|| now.plus(Duration::from_secs(30 * 60))),
            locale: "en".parse().unwrap(),
            created_at: now,
        }
    }

    fn show_sample(web: &Web, lang: Lang, status: &Status, remarks: Remarks) -> Answer {
        let token = StatusToken::of(SignupId::random(&Entropy::seeded(1)), &web.site.key);
        let answer = Answer::of(render(web, lang, &token, status, remarks).render().unwrap());
        answer.assert_sound(web, lang);
        answer
    }

    #[test]
    fn every_stage_renders_in_every_language() {
        let web = testing::web();
        for lang in web.langs() {
            for stage in Stage::ALL {
                let answer = show_sample(&web, lang, &sample(&web, *stage, None), Remarks::default());
                let live = !answer.attribute("main", "data-live").is_empty();
                assert_eq!(live, !stage.is_settled(), "{stage}");
                assert_eq!(answer.all("script").len(), usize::from(live));
                assert_eq!(answer.all("#code").len(), usize::from(*stage == Stage::AwaitingConfirmation));
                assert_eq!(answer.all(".steps li").len(), 4);
            }
            for waiting in Waiting::ALL {
                let status = sample(&web, Stage::Provisioning, Some(*waiting));
                let answer = show_sample(&web, lang, &status, Remarks::default());
                assert!(!answer.one(".notice").is_empty());
            }
        }
    }

    #[test]
    fn it_says_what_matters_at_each_stage() {
        let web = testing::web();
        let show = |stage| show_sample(&web, Lang(0), &sample(&web, stage, None), Remarks::default());
        let working = show(Stage::Queued);
        assert!(working.one(".lead").contains("s•••@example.edu"));
        assert_eq!(working.all(".state"), ["in progress"; 4]);
        assert!(working.text.contains(r#"<noscript><meta http-equiv="refresh" content="2"></noscript>"#));
        let done = show(Stage::Done);
        assert_eq!(done.one("dd bdi"), "ada.lovelace@students.example.edu");
        assert!(!done.text.contains("http-equiv"));
        let confirming = show(Stage::AwaitingConfirmation);
        assert!(confirming.one("#code-hint").contains("30 more minutes"));
        assert!(!confirming.text.contains("http-equiv"), "nothing reloads while a code is typed");
        assert!(show(Stage::NeedsAttention).one(".lead").contains("help@example.edu"));
    }

    #[test]
    fn a_wrong_code_is_told_at_its_field() {
        let web = testing::web();
        let status = sample(&web, Stage::AwaitingConfirmation, None);
        let remarks = Remarks { fault: Some("That is not the code.".to_owned()), notice: None };
        let answer = show_sample(&web, Lang(0), &status, remarks);
        assert!(answer.one("title").starts_with("Error: "));
        assert_eq!(answer.attribute("#code", "aria-describedby"), "code-hint code-error");
        assert_eq!(answer.one("#code-error"), "Error: That is not the code.");
    }

    #[tokio::test]
    async fn the_page_is_for_who_has_its_address() {
        let mut browser = Browser::new();
        let address = browser.sign_up(&[]).await.header("location");
        let page = browser.get(&address).await;
        assert_eq!((page.status, page.header("cache-control").as_str()), (200, "no-store"));
        assert_eq!(page.attribute("nav li:nth-child(2) a", "href"), address.replace("/en/", "/de/"));
        assert_eq!(browser.get(&address.replace("/en/", "/de/")).await.status, 200);

        let last = if address.ends_with('A') { "B" } else { "A" };
        let forged = format!("{}{last}", &address[..address.len() - 1]);
        for wrong in [forged.as_str(), &address[..address.len() - 1], "/en/signups/x", "/en/signups/%FF"] {
            assert_eq!(browser.get(wrong).await.status, 404, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_code_is_asked_for_checked_and_sent_again() {
        let mut browser = Browser::at(testing::site(true));
        let address = browser.sign_up(&[]).await.header("location");
        assert_eq!(browser.get(&address).await.one("h1"), "Confirm your address");
        let (code, again) = (format!("{address}/code"), format!("{address}/code/again"));
        assert_eq!(browser.get(&code).await.header("location"), address);
        assert_eq!(browser.get(&again).await.header("location"), address);

        let wrong = browser.post(&code, &[("code", "12 34")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.one("#code-error").contains("six digits"));

        let sent = browser.post(&again, &[]).await;
        assert_eq!((sent.status, sent.header("location")), (303, format!("{address}?mail=sent")));
        let page = browser.get(&sent.header("location")).await;
        assert!(page.one(".notice").starts_with("A new mail is on its way"));
    }
}
