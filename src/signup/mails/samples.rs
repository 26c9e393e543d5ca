//! Every mail in every language, about an invented person: for the demo to show and for tests to read.

mod alerts;

use super::{Content, Mails};
use crate::{
    config::Config,
    domain::{
        Consent, Email, Entropy, Locale, Password, PasswordLength, PersonName, PrincipalName, ProfileName,
        SecretKey, SignInName, SignupId, Stage, StepKind, TenantAlias, Timestamp, Username,
    },
    store::Signup,
    texts::Texts,
};

/// 2026-11-22T10:15:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_342_500_000);

/// A mail as it would be sent.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The kind of mail, in English.
    pub title: &'static str,
    /// The tag of its language.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
}

type Render = fn(&Mails<'_>, &Person, &Signup) -> Result<Content, askama::Error>;

/// The error that samples cannot be made: a defect of a template.
#[derive(Debug, thiserror::Error)]
#[error("a mail cannot be rendered")]
pub struct SampleError(#[from] askama::Error);

/// All mails, those of one kind together, in the words and by the templates of real ones.
///
/// # Errors
/// [`SampleError`].
pub fn samples(texts: &Texts, config: &Config) -> Result<Vec<Sample>, SampleError> {
    let mails = Mails { texts: texts.clone(), config };
    let Some(person) = Person::invented(config) else { return Ok(Vec::new()) };
    let kinds: [(&'static str, Render); 11] = [
        ("Password", |mails, person, signup| mails.password(signup, &person.principal(), &person.password)),
        ("New password", |mails, person, signup| {
            mails.renewed(signup, &person.principal(), &person.password)
        }),
        ("Confirmation code", |mails, person, signup| mails.code(signup, &person.key)),
        ("Reminder", |mails, person, signup| mails.reminder(signup, signup, Some(&person.principal()))),
        ("Reminder: no account", |mails, _, signup| mails.account_gone(signup)),
        ("Erased before", |mails, _, signup| mails.notice(signup)),
        ("To admins: signups", |mails, _, signup| mails.alert(&signup.locale, &alerts::signups())),
        ("To admins: few seats", |mails, person, signup| {
            mails.alert(&signup.locale, &alerts::seats(person, 12))
        }),
        ("To admins: no seats", |mails, person, signup| {
            mails.alert(&signup.locale, &alerts::seats(person, 0))
        }),
        ("To admins: certificate", |mails, person, signup| {
            mails.alert(&signup.locale, &alerts::certificates(person))
        }),
        ("To admins: application refused", |mails, person, signup| {
            mails.alert(&signup.locale, &alerts::refusals(person))
        }),
    ];
    let mut samples = Vec::new();
    for (title, render) in kinds {
        for language in texts.languages() {
            let signup = person.signup(language.locale());
            let Content { subject, text, html } = render(&mails, &person, &signup)?;
            samples.push(Sample { title, language: language.locale().to_string(), subject, text, html });
        }
    }
    Ok(samples)
}

/// A person who does not exist, in the first profile.
struct Person {
    principal: PrincipalName,
    profile: ProfileName,
    tenant: TenantAlias,
    email: Email,
    name: PersonName,
    password: Password,
    key: SecretKey,
}

impl Person {
    /// Makes a person of plain values that parse, if there is a profile.
    fn invented(config: &Config) -> Option<Self> {
        let profile = config.profiles.iter().next()?;
        let entropy = Entropy::seeded(1);
        let username = Username::from_text("ada.lovelace").ok()?;
        Some(Self {
            principal: PrincipalName { username, domain: profile.domain.clone() },
            profile: profile.name.clone(),
            tenant: profile.tenant.clone(),
            email: Email::parse("ada@example.edu").ok()?,
            name: PersonName::parse("Ada", "Lovelace").ok()?,
            password: Password::generate(&entropy, PasswordLength::default()),
            key: SecretKey::new("a key for samples, which nothing real is sealed with").ok()?,
        })
    }

    fn principal(&self) -> SignInName {
        self.principal.clone().into()
    }

    fn signup(&self, locale: &Locale) -> Signup {
        let username = Some(self.principal.username.clone());
        Signup {
            id: SignupId::from_bytes([7; 16]),
            stage: Stage::Delivering,
            step: Some(StepKind::SendPassword),
            in_doubt: false,
            is_further: false,
            may_have_user: false,
            duplicate_of: None,
            email: Some(self.email.clone()),
            name: Some(self.name.clone()),
            locale: locale.clone(),
            profile: self.profile.clone(),
            tenant: self.tenant.clone(),
            domain: self.principal.domain.clone(),
            username: username.clone(),
            username_base: username.clone(),
            shown_username: username,
            object_id: None,
            renamed_to: None,
            gone_at: None,
            sealed: None,
            password_changes: 0,
            attempts: 0,
            waiting: None,
            attention: None,
            last_error: None,
            confirm_round: 1,
            confirm_until: Some(NOW),
            wrong_codes: 0,
            consent: Consent { text_version: String::new(), given_at: NOW },
            created_at: NOW,
            updated_at: NOW,
            due_at: None,
            delivered_at: None,
            done_at: None,
            resets: 0,
            trying_since: NOW,
            declined_at: None,
            undelivered_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use scraper::{Html, Selector};

    use super::*;
    use crate::config;

    const PASSWORD_MAILS: [&str; 2] = ["Password", "New password"];

    fn samples() -> (Texts, Config, Vec<Sample>) {
        let config = config::testing::config();
        let texts = Texts::embedded().unwrap();
        let samples = super::samples(&texts, &config).unwrap();
        (texts, config, samples)
    }

    /// The texts of the selected elements, as a reader of the HTML sees and copies them.
    fn seen(html: &str, selector: &str) -> Vec<String> {
        let page = Html::parse_document(html);
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).map(|e| e.text().collect()).collect()
    }

    #[test]
    fn every_mail_has_every_language_and_no_two_say_the_same() {
        let (texts, _, samples) = samples();
        assert_eq!(samples.len(), 11 * texts.languages().count());
        let subjects: BTreeSet<_> = samples.iter().map(|mail| &mail.subject).collect();
        assert_eq!(subjects.len(), samples.len());
    }

    #[test]
    fn both_parts_say_what_is_needed() {
        let (_, config, samples) = samples();
        let person = Person::invented(&config).unwrap();
        let principal = person.principal.to_string();
        let code =
            crate::domain::ConfirmationCode::of(SignupId::from_bytes([7; 16]), 1, &person.key).expose();
        for mail in samples {
            let body = seen(&mail.html, "body").concat();
            let sign_in = "https://www.microsoft365.com";
            let mut facts = vec!["help@example.edu", "Example University"];
            facts.extend(match mail.title {
                title if PASSWORD_MAILS.contains(&title) => {
                    vec![principal.as_str(), person.password.expose(), sign_in]
                }
                "Reminder" => vec![principal.as_str(), sign_in],
                "Reminder: no account" | "Erased before" => Vec::new(),
                "To admins: signups" => vec![
                    "01010101-0101-0101-0101-010101010101  forbidden",
                    "accountcreator signups show ID",
                    "accountcreator signups retry --all",
                ],
                "To admins: few seats" => vec!["main", "STANDARDWOFFPACK_STUDENT", "12", "500", "20"],
                "To admins: no seats" => vec!["main", "STANDARDWOFFPACK_STUDENT", "0", "500"],
                "To admins: certificate" => {
                    vec!["main", "58F1C0E2D7A94B3C6E5F8091A2B3C4D5E6F70819", "2026-11-22T", "cert rotate"]
                }
                "To admins: application refused" => {
                    vec![
                        "main",
                        "AADSTS700027",
                        "register the configured certificate",
                        "accountcreator doctor",
                    ]
                }
                _ => vec![code.as_str(), "https://accounts.example.edu/"],
            });
            let reference = match mail.title {
                title if PASSWORD_MAILS.contains(&title) => Some("0W3GE1R7-P1"),
                "Confirmation code" => Some("0W3GE1R7-C1"),
                "Reminder" | "Reminder: no account" => Some("0W3GE1R7-R1"),
                "Erased before" => Some("0W3GE1R7-N1"),
                _ => None,
            };
            assert_eq!(mail.text.contains("0W3GE1R7"), reference.is_some(), "{}", mail.title);
            facts.extend(reference);
            for fact in facts {
                assert!(
                    mail.text.contains(fact),
                    "{fact} in the text of {} in {}",
                    mail.title,
                    mail.language
                );
                assert!(body.contains(fact), "{fact} in the HTML of {} in {}", mail.title, mail.language);
            }
            assert_eq!(mail.text.contains(person.password.expose()), PASSWORD_MAILS.contains(&mail.title));
            assert!(!mail.subject.contains(person.password.expose()) && !mail.subject.contains("{"));
        }
    }

    #[test]
    fn admins_are_told_of_nobody() {
        for mail in samples().2.iter().filter(|mail| mail.title.starts_with("To admins")) {
            for personal in ["Ada", "Lovelace", "ada@example.edu", "ada.lovelace"] {
                assert!(!mail.text.contains(personal) && !mail.html.contains(personal), "{}", mail.text);
            }
        }
    }

    #[test]
    fn of_many_signups_some_are_named_and_the_rest_is_counted() {
        let (texts, config, _) = samples();
        let mails = Mails { texts, config: &config };
        let many = (0..25).map(|number| crate::store::Untold {
            id: SignupId::from_bytes([number; 16]),
            reason: crate::domain::Attention::GaveUp,
            since: NOW,
        });
        let news = crate::signup::alerts::News::Attention(many.collect());
        let mail = mails.alert(&"en".parse().unwrap(), &news).unwrap();
        assert!(mail.subject.starts_with("25 signups need attention"), "{}", mail.subject);
        assert_eq!(mail.text.matches("gave_up").count(), 20);
        assert!(mail.text.contains("\n\nAnd 5 more.\n"), "{}", mail.text);
        assert!(mail.html.contains("<p>And 5 more.</p>"), "{}", mail.html);
    }

    #[test]
    fn what_is_copied_stands_alone() {
        let (_, config, samples) = samples();
        let person = Person::invented(&config).unwrap();
        let principal = person.principal.to_string();
        for mail in samples.iter().filter(|mail| PASSWORD_MAILS.contains(&mail.title)) {
            let lines: Vec<_> = mail.text.lines().filter(|line| line.starts_with("    ")).collect();
            let alone = [principal.as_str(), person.password.expose(), "https://www.microsoft365.com"];
            assert_eq!(lines.iter().map(|line| line.trim()).collect::<Vec<_>>(), alone, "{}", mail.language);
            assert_eq!(seen(&mail.html, ".value"), alone[..2], "{}", mail.language);
            let is_invisible =
                |c: char| ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
            assert!(!lines.concat().contains(is_invisible));
        }
    }

    #[test]
    fn nothing_is_loaded_and_the_markup_is_sound() {
        let (texts, _, samples) = samples();
        for mail in samples {
            let page = Html::parse_document(&mail.html);
            assert!(page.errors.is_empty(), "{:?} in {}", page.errors, mail.html);
            let loading =
                Selector::parse("img, link, script, iframe, object, video, form, [src], [background]")
                    .unwrap();
            assert_eq!(page.select(&loading).count(), 0, "{}", mail.html);
            for loading in ["url(", "@import", "{{", "{ $", "{%", "\u{fdd0}", "\u{fdd1}"] {
                assert!(
                    !mail.html.contains(loading) && !mail.text.contains(loading),
                    "{loading}: {}",
                    mail.text
                );
            }
            let t = texts.language(&mail.language.parse().unwrap());
            let root = page.root_element().value();
            assert_eq!((root.attr("lang"), root.attr("dir")), (Some(mail.language.as_str()), Some(t.dir())));
            assert!(mail.html.contains("name=\"color-scheme\" content=\"light dark\""));
            assert!(
                seen(&mail.html, "p, li, .label").iter().all(|text| !text.trim().is_empty()),
                "{}",
                mail.html
            );
        }
    }

    /// The limit of RFC 5322, section 2.1.1, matters to programs that forward a mail unchanged.
    #[test]
    fn no_line_is_too_long_and_no_gap_too_wide() {
        for mail in samples().2 {
            for line in mail.text.lines().chain(mail.html.lines()) {
                assert!(line.len() <= 998, "{line}");
            }
            assert!(!mail.text.contains("\n\n\n") && !mail.text.contains('\r'), "{}", mail.text);
            assert!(mail.text.lines().all(|line| line == "-- " || line == line.trim_end()), "{}", mail.text);
            assert!(!mail.subject.is_empty() && mail.subject.chars().count() <= 78, "{}", mail.subject);
        }
    }
}
