//! The username as it will probably be, while the form is filled in.

use axum::extract::State;
use serde::Deserialize;

use super::super::{
    body::Form,
    refusal::FieldError,
    state::{Lang, Shared, Web},
};
use crate::domain::{Email, NameError};

/// The fields as they are typed at this moment.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::http) struct Typed {
    email: String,
    first_name: String,
    last_name: String,
}

/// A line with one sentence on the username that the names would give, empty as long as that cannot be said; where
/// there are several to pick from, it asks for one and they follow in a line each. The names come in the body, so that
/// they are in no URL and no log. The record is not asked, so no one learns who has an account.
pub(in crate::http) async fn username(
    State(web): State<Shared>,
    lang: Lang,
    Form(typed): Form<Typed>,
) -> String {
    let email = Email::parse(&typed.email).ok();
    sentence(&web, lang, email.as_ref(), &typed.first_name, &typed.last_name)
}

fn sentence(web: &Web, lang: Lang, email: Option<&Email>, first: &str, last: &str) -> String {
    let t = web.language(lang);
    let fault = match web.site.signups.names().parse(first, last) {
        Ok(name) => match web.site.signups.preview(email, &name) {
            Ok(None) => return String::new(),
            Ok(Some(preview)) => {
                return match &preview.shown()[..] {
                    [username] => t.text_with("form-preview", &[("username", username)]),
                    several => format!("{}\n{}", t.text("form-username-choice"), several.join("\n")),
                };
            }
            Err(error) => FieldError::of_request(&error),
        },
        // An incomplete name is no fault yet.
        Err(
            (Some(NameError::Empty | NameError::OneName), _)
            | (_, Some(NameError::Empty | NameError::OneName)),
        ) => None,
        Err((first, last)) => first.map(FieldError::of_first_name).or(last.map(FieldError::of_last_name)),
    };
    fault.map(|fault| fault.say(t, web.config().support_email.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::http::testing::{Browser, House, STUDENT};

    async fn preview(browser: &mut Browser, email: &str, first: &str, last: &str) -> String {
        let fields = [("email", email), ("first_name", first), ("last_name", last)];
        let answer = browser.post("/en/preview", &fields).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (200, "no-store"));
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        answer.text
    }

    #[tokio::test]
    async fn it_tells_what_the_names_give() {
        let mut browser = Browser::at(House::with(r#"reserved_names = ["grace.hopper"]"#).await);
        for (email, first, last, said) in [
            ("", "Ada", "Lovelace", "will probably be ada.lovelace, "),
            ("someone@elsewhere.example", "Ada", "Lovelace", "will probably be ada.lovelace, "),
            (STUDENT, "Jörg", "Weiß", "will probably be joerg.weiss@students.example.edu, "),
            ("", "Grace", "Hopper", "is reserved"),
            ("", "\u{44c}", "\u{44c}", "No username can be made"),
            ("", "Ada", "Love\u{202e}lace", "family name has a character"),
            ("", "Ada", "<b>", "remove signs such as"),
            ("", "Ada", "evil.example", "looks like a web address"),
        ] {
            let text = preview(&mut browser, email, first, last).await;
            assert!(text.contains(said), "{first} {last}: {text}");
        }
        for (first, last) in [("", ""), ("Ada", ""), ("", "Lovelace"), ("\u{202e}", " ")] {
            assert_eq!(preview(&mut browser, STUDENT, first, last).await, "", "{first} {last}");
        }
    }

    #[tokio::test]
    async fn it_tells_those_to_pick_from_in_a_line_each() {
        let mut browser = Browser::new().await;
        let text = preview(&mut browser, STUDENT, "محمد", "Lovelace").await;
        let expected =
            ["mohammed", "muhammad", "mohamed"].map(|name| format!("\n{name}.lovelace@students.example.edu"));
        assert_eq!(text, format!("Which username do you want?{}", expected.concat()));
        let mut browser = Browser::at(House::with("username_choice = \"never\"").await);
        assert!(
            preview(&mut browser, "", "محمد", "Lovelace")
                .await
                .contains("will probably be mohammed.lovelace, ")
        );
    }

    #[tokio::test]
    async fn it_is_the_username_that_comes_and_tells_nothing_of_others() {
        let mut browser = Browser::new().await;
        let before = preview(&mut browser, STUDENT, "Ada", "Lovelace").await;
        browser.sign_up(&[]).await;
        assert_eq!(preview(&mut browser, STUDENT, "Ada", "Lovelace").await, before);
        browser.house.worker.close_the_store().await;
        assert_eq!(preview(&mut browser, STUDENT, "Ada", "Lovelace").await, before, "no record is asked");
    }

    #[tokio::test]
    async fn it_answers_our_own_pages_alone() {
        let mut browser = Browser::new().await;
        let foreign = browser.with("sec-fetch-site", "cross-site").post("/en/preview", &[]).await;
        assert_eq!(foreign.status, 403);
        assert_eq!(browser.get("/en/preview?first_name=Ada").await.status, 405);
    }
}
