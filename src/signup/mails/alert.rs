//! The mails to admins. They name a signup by its id alone.

use askama::Template;

use super::{Content, Frame, Mails, isolate::Isolated};
use crate::{
    domain::Locale,
    signup::alerts::{Ending, News, Refused, SeatsLeft},
    store::Untold,
};

/// The most signups that are named; the rest is counted.
const NAMED: usize = 20;

/// The content of an alert.
struct Alert {
    subject: String,
    intro: String,
    lines: Vec<Isolated>,
    more: Option<String>,
    advice: Vec<Advice>,
}

/// A piece of advice: a sentence, and a command if there is one.
struct Advice {
    text: String,
    command: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "mail/alert.txt", escape = "none")]
struct AlertText<'a> {
    frame: &'a Frame<'a>,
    alert: &'a Alert,
}

#[derive(Template)]
#[template(path = "mail/alert.html")]
struct AlertHtml<'a> {
    frame: &'a Frame<'a>,
    alert: &'a Alert,
}

impl Mails<'_> {
    /// The mail to admins.
    pub(in crate::signup) fn alert(&self, language: &Locale, news: &News) -> Result<Content, askama::Error> {
        let frame = &self.frame(language);
        let alert = &match news {
            News::Attention(signups) => Alert::of_attention(frame, signups),
            News::Seats(left) if left.iter().all(|left| left.count.free == 0) => {
                Alert::of_no_seats(frame, left, self.config.seats.closes_signups())
            }
            News::Seats(left) => Alert::of_few_seats(frame, left, self.config.seats.warn_below),
            News::Certificates(endings) => Alert::of_certificates(frame, endings),
            News::Refused(tenants) => Alert::of_refusals(frame, tenants),
        };
        let (text, html) = (AlertText { frame, alert }.render()?, AlertHtml { frame, alert }.render()?);
        Ok(Content { subject: alert.subject.clone(), text, html })
    }
}

impl Alert {
    fn of_attention(frame: &Frame<'_>, signups: &[Untold]) -> Self {
        let count = signups.len().to_string();
        let line = |signup: &Untold| Isolated::alone(format!("{}  {}", signup.id, signup.reason));
        let more = signups.len().saturating_sub(NAMED);
        Self {
            subject: frame
                .t
                .text_with("mail-alert-attention-subject", &[("count", &count), ("site", frame.site)]),
            intro: frame.t.text_with("mail-alert-attention-intro", &[("count", &count)]),
            lines: signups.iter().take(NAMED).map(line).collect(),
            more: (more > 0).then(|| frame.t.text_with("mail-alert-more", &[("count", &more.to_string())])),
            advice: vec![
                Advice::with(frame, "mail-alert-attention-show", "accountcreator signups show ID"),
                Advice::with(frame, "mail-alert-attention-retry", "accountcreator signups retry --all"),
            ],
        }
    }

    fn of_few_seats(frame: &Frame<'_>, left: &[SeatsLeft], warn_below: u32) -> Self {
        Self {
            subject: frame.subject("mail-alert-seats-low-subject"),
            intro: frame.t.text_with("mail-alert-seats-low-intro", &[("count", &warn_below.to_string())]),
            lines: left.iter().map(|left| line_of_seats(frame, left)).collect(),
            more: None,
            advice: vec![Advice::alone(frame, "mail-alert-seats-buy")],
        }
    }

    fn of_no_seats(frame: &Frame<'_>, left: &[SeatsLeft], closes: bool) -> Self {
        let then = if closes { "mail-alert-seats-none-close" } else { "mail-alert-seats-none-queue" };
        Self {
            subject: frame.subject("mail-alert-seats-none-subject"),
            intro: frame.t.text("mail-alert-seats-none-intro"),
            lines: left.iter().map(|left| line_of_seats(frame, left)).collect(),
            more: None,
            advice: vec![Advice::alone(frame, then), Advice::alone(frame, "mail-alert-seats-buy")],
        }
    }

    fn of_certificates(frame: &Frame<'_>, endings: &[Ending]) -> Self {
        let line = |ending: &Ending| {
            let id =
                if ending.is_over() { "mail-alert-certificate-ended" } else { "mail-alert-certificate-ends" };
            let date = ending.not_after.to_string();
            let facts = [
                ("tenant", ending.tenant.as_str()),
                ("thumbprint", ending.thumbprint.as_str()),
                ("date", date.as_str()),
            ];
            frame.with(id, &facts)
        };
        Self {
            subject: frame.subject("mail-alert-certificate-subject"),
            intro: frame.t.text("mail-alert-certificate-intro"),
            lines: endings.iter().map(line).collect(),
            more: None,
            advice: vec![Advice::with(frame, "mail-alert-certificate-renew", "accountcreator cert rotate")],
        }
    }

    /// The remedies are in English, as in the log and on the command line.
    fn of_refusals(frame: &Frame<'_>, tenants: &[Refused]) -> Self {
        let line = |Refused { tenant, code, remedy }: &Refused| {
            Isolated::alone(format!("{tenant}  {code}: {remedy}"))
        };
        Self {
            subject: frame.subject("mail-alert-refused-subject"),
            intro: frame.t.text("mail-alert-refused-intro"),
            lines: tenants.iter().map(line).collect(),
            more: None,
            advice: vec![Advice::with(frame, "mail-alert-refused-check", "accountcreator doctor")],
        }
    }
}

fn line_of_seats(frame: &Frame<'_>, SeatsLeft { tenant, count }: &SeatsLeft) -> Isolated {
    let (free, total) = (count.free.to_string(), count.total.to_string());
    let names = [("tenant", tenant.as_str()), ("product", count.product.as_str())];
    if count.total == 0 {
        return Isolated::of(frame.t, "mail-alert-seats-unknown", &names, &[]);
    }
    Isolated::of(frame.t, "mail-alert-seats-line", &names, &[("free", &free), ("total", &total)])
}

impl Advice {
    fn alone(frame: &Frame<'_>, id: &str) -> Self {
        Self { text: frame.t.text(id), command: None }
    }

    fn with(frame: &Frame<'_>, id: &str, command: &'static str) -> Self {
        Self { command: Some(command), ..Self::alone(frame, id) }
    }
}
