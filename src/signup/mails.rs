//! The content of the mails, in the language of the signup.
//!
//! Addresses read from left to right in every script. In a sentence of a script that reads from the right they are
//! isolated: by markup in HTML, by isolating marks in text. The values that are copied from a mail (username, password
//! and code) are not part of a sentence and have no such marks.

mod alert;
mod isolate;
mod samples;

use std::time::Duration;

use askama::Template;

use self::isolate::Isolated;
pub use self::samples::{Sample, SampleError, samples};
use crate::{
    config::Config,
    domain::{
        ConfirmationCode, ConfirmationLink, Locale, MailKind, MailReference, Password, PersonName, SecretKey,
        SignInName,
    },
    store::Signup,
    texts::{Language, Texts},
};

/// Renders mails.
pub(super) struct Mails<'a> {
    pub(super) texts: Texts,
    pub(super) config: &'a Config,
}

/// A rendered mail.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The parts that every mail has.
struct Frame<'a> {
    t: &'a Language,
    site: &'a str,
    support: &'a str,
    /// The mail's reference, which a mail to admins does not have.
    reference: Option<MailReference>,
}

#[derive(Template)]
#[template(path = "mail/password.txt", escape = "none")]
struct PasswordText<'a> {
    frame: &'a Frame<'a>,
    greeting: &'a str,
    username: &'a str,
    domain: &'a str,
    password: &'a str,
    sign_in_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail/password.html")]
struct PasswordHtml<'a> {
    frame: &'a Frame<'a>,
    greeting: &'a str,
    username: &'a str,
    domain: &'a str,
    password: &'a str,
    sign_in_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail/renewed.txt", escape = "none")]
struct RenewedText<'a> {
    frame: &'a Frame<'a>,
    username: &'a str,
    domain: &'a str,
    password: &'a str,
    sign_in_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail/renewed.html")]
struct RenewedHtml<'a> {
    frame: &'a Frame<'a>,
    username: &'a str,
    domain: &'a str,
    password: &'a str,
    sign_in_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail/reminder.txt", escape = "none")]
struct ReminderText<'a> {
    frame: &'a Frame<'a>,
    principal: Option<(&'a str, &'a str)>,
    sign_in_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail/reminder.html")]
struct ReminderHtml<'a> {
    frame: &'a Frame<'a>,
    principal: Option<(&'a str, &'a str)>,
    sign_in_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail/gone.txt", escape = "none")]
struct GoneText<'a> {
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "mail/gone.html")]
struct GoneHtml<'a> {
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "mail/notice.txt", escape = "none")]
struct NoticeText<'a> {
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "mail/notice.html")]
struct NoticeHtml<'a> {
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "mail/code.txt", escape = "none")]
struct CodeText<'a> {
    frame: &'a Frame<'a>,
    who: &'a Isolated,
    code: &'a str,
    link: &'a str,
    validity: &'a str,
}

#[derive(Template)]
#[template(path = "mail/code.html")]
struct CodeHtml<'a> {
    frame: &'a Frame<'a>,
    who: &'a Isolated,
    code: &'a str,
    link: &'a str,
    validity: &'a str,
}

impl<'a> Mails<'a> {
    /// The mail with the password.
    pub(super) fn password(
        &self,
        signup: &Signup,
        principal: &SignInName,
        password: &Password,
    ) -> Result<Content, askama::Error> {
        let frame = self.frame_of(signup, MailKind::Password);
        let first = signup.name.as_ref().map_or("", PersonName::greeting);
        let greeting = frame.t.text_with("mail-greeting", &[("name", first)]);
        let (username, domain) = principal.parts();
        let (greeting, password, frame) = (greeting.as_str(), password.expose(), &frame);
        let sign_in_url = self.sign_in_url(signup);
        Ok(Content {
            subject: frame.subject("mail-password-subject"),
            text: PasswordText { frame, greeting, username, domain, password, sign_in_url }.render()?,
            html: PasswordHtml { frame, greeting, username, domain, password, sign_in_url }.render()?,
        })
    }

    /// The mail with a new password for an account that had one already. The person's name is not known any more.
    pub(super) fn renewed(
        &self,
        signup: &Signup,
        principal: &SignInName,
        password: &Password,
    ) -> Result<Content, askama::Error> {
        let frame = &self.frame_of(signup, MailKind::Password);
        let (username, domain) = principal.parts();
        let (password, sign_in_url) = (password.expose(), self.sign_in_url(signup));
        Ok(Content {
            subject: frame.subject("mail-renewed-subject"),
            text: RenewedText { frame, username, domain, password, sign_in_url }.render()?,
            html: RenewedHtml { frame, username, domain, password, sign_in_url }.render()?,
        })
    }

    /// The mail to the owner of an address for which a further request came.
    pub(super) fn reminder(
        &self,
        request: &Signup,
        original: &Signup,
        principal: Option<&SignInName>,
    ) -> Result<Content, askama::Error> {
        let frame = &self.frame_of(request, MailKind::Reminder);
        let principal = principal.map(SignInName::parts);
        // Neither the name nor the tenant of an imported account is known.
        let sign_in_url = self.sign_in_url(if principal.is_some() { original } else { request });
        Ok(Content {
            subject: frame.subject("mail-reminder-subject"),
            text: ReminderText { frame, principal, sign_in_url }.render()?,
            html: ReminderHtml { frame, principal, sign_in_url }.render()?,
        })
    }

    /// The same where the account of the address is no longer in the tenant.
    pub(super) fn account_gone(&self, request: &Signup) -> Result<Content, askama::Error> {
        let frame = &self.frame_of(request, MailKind::Reminder);
        Ok(Content {
            subject: frame.subject("mail-gone-subject"),
            text: GoneText { frame }.render()?,
            html: GoneHtml { frame }.render()?,
        })
    }

    /// The mail to the owner of an address whose data were erased here, for which a request came.
    pub(super) fn notice(&self, request: &Signup) -> Result<Content, askama::Error> {
        let frame = &self.frame_of(request, MailKind::Notice);
        Ok(Content {
            subject: frame.subject("mail-notice-subject"),
            text: NoticeText { frame }.render()?,
            html: NoticeHtml { frame }.render()?,
        })
    }

    /// The mail with the code and the link that confirm an address. It names the person and the username, so that the
    /// owner of the address can see whose request it is.
    pub(super) fn code(&self, signup: &Signup, key: &SecretKey) -> Result<Content, askama::Error> {
        let frame = &self.frame_of(signup, MailKind::Code);
        let code = &ConfirmationCode::of(signup.id, signup.confirm_round, key).expose();
        let link = ConfirmationLink::of(signup.id, signup.confirm_round, key).encoded();
        let link = &format!("{}/{}/confirm/{link}", self.config.public_url(), frame.t.locale());
        let validity = &validity(frame.t, self.config.signup.confirm_within);
        let who = &frame.who(signup);
        Ok(Content {
            subject: match self.config.mail.code_in_subject {
                true => frame.t.text_with("mail-code-subject", &[("site", frame.site), ("code", code)]),
                false => frame.subject("mail-code-subject-only"),
            },
            text: CodeText { frame, who, code, link, validity }.render()?,
            html: CodeHtml { frame, who, code, link, validity }.render()?,
        })
    }

    fn frame(&self, locale: &Locale) -> Frame<'_> {
        Frame {
            t: self.texts.language(locale),
            site: &self.config.site.name,
            support: self.config.support_email.as_str(),
            reference: None,
        }
    }

    fn frame_of(&self, signup: &Signup, kind: MailKind) -> Frame<'_> {
        Frame { reference: Some(signup.mail(kind).reference()), ..self.frame(&signup.locale) }
    }

    fn sign_in_url(&self, signup: &Signup) -> &'a str {
        self.config.tenants.get(&signup.tenant).map_or("", |tenant| tenant.sign_in_url.as_str())
    }
}

/// The time for which code and link are valid, in words.
fn validity(t: &Language, within: Duration) -> String {
    match within.as_secs() / 60 {
        minutes @ 0..120 => t.text_with("mail-code-minutes", &[("minutes", &minutes.to_string())]),
        minutes => t.text_with("mail-code-hours", &[("hours", &(minutes / 60).to_string())]),
    }
}

impl Frame<'_> {
    fn subject(&self, id: &str) -> String {
        self.t.text_with(id, &[("site", self.site)])
    }

    /// A sentence with addresses in it.
    fn with(&self, id: &str, addresses: &[(&str, &str)]) -> Isolated {
        Isolated::of(self.t, id, addresses, &[])
    }

    /// The person and the username that a request is for.
    fn who(&self, signup: &Signup) -> Isolated {
        let name = signup.name.as_ref().map(PersonName::display).unwrap_or_default();
        let username = signup.shown_username.as_ref().map_or("", |username| username.as_str());
        let principal = format!("{username}@{}", signup.domain);
        Isolated::with_names(self.t, "mail-code-who", &[("name", &name)], &[("username", &principal)], &[])
    }

    /// The reference by which support finds the mail.
    fn reference(&self) -> Option<Isolated> {
        let reference = self.reference?.to_string();
        Some(Isolated::of(self.t, "mail-reference", &[("reference", &reference)], &[]))
    }

    fn footer(&self) -> Isolated {
        Isolated::of(self.t, "mail-footer", &[("support", self.support)], &[("site", self.site)])
    }
}
