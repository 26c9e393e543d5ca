//! Another language for a form that is being filled in.

use axum::{
    http::{StatusCode, header},
    response::Response,
};

use super::{
    super::{
        error::Error,
        form_token, language,
        state::{Lang, Web},
        visitor::Visitor,
    },
    draft::Draft,
    form::{FormPage, renew},
    page,
};

/// The form in the language of the address with what was typed until then, not checked yet.
///
/// It is the answer to the POST itself: to redirect to it, what was typed would have to be kept here or to be part of
/// an address. Loading it again asks the browser's usual question and does no harm; going back finds the form as it was
/// in the language before.
pub(super) fn switch(
    web: &Web,
    lang: Lang,
    visitor: Visitor,
    works: bool,
    draft: &Draft,
) -> Result<Response, Error> {
    let site = &web.site;
    let shown = form_token::check(&draft.token, &site.key, site.clock.now(), visitor.secret.as_ref());
    let (token, cookie) = match shown {
        Ok(_) => (draft.token.clone(), None),
        Err(_) => {
            let (token, cookie) = renew(web, visitor);
            (token, Some(cookie))
        }
    };
    let mut response = page(StatusCode::OK, &FormPage::new(web, lang, works, draft, &token))?;
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, language::remember(web, lang, visitor.secure));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::http::testing::{Answer, Browser};

    async fn switch_to(browser: &mut Browser, tag: &str, form: &Answer, typed: &[(&str, &str)]) -> Answer {
        let entry = format!("nav input[lang={tag}]");
        assert_eq!(form.attribute(&entry, "form"), form.attribute("form", "id"));
        let token = form.attribute("input[name=form]", "value");
        let name = form.attribute(&entry, "name");
        let value = form.attribute(&entry, "value");
        let mut fields = vec![("form", token.as_str()), (name.as_str(), value.as_str())];
        fields.extend_from_slice(typed);
        browser.post(&form.attribute(&entry, "formaction"), &fields).await
    }

    #[tokio::test]
    async fn what_was_typed_stays_in_another_language() {
        let mut browser = Browser::new().await;
        let form = browser.get("/en").await;
        let typed = [
            ("email", "half@"),
            ("first_name", "<Ada>"),
            ("last_name", ""),
            ("consent_terms", "yes"),
            ("website", "https://spam.example"),
        ];
        let german = switch_to(&mut browser, "de", &form, &typed).await;
        let lang = browser.web.langs().find(|lang| browser.web.tag(*lang) == "de").unwrap();
        german.assert_sound(&browser.web, lang);
        assert_eq!((german.status, german.header("cache-control").as_str()), (200, "no-store"));
        assert!(german.all(".summary, .fault").is_empty(), "nothing was looked at yet");
        assert!(!german.one("title").starts_with("Fehler"));
        assert_eq!(german.attribute("#email", "value"), "half@");
        assert_eq!(german.attribute("#first_name", "value"), "<Ada>");
        assert_eq!(german.all("#consent_terms[checked]").len(), 1);
        assert_eq!(german.all("#consent_microsoft[checked]").len(), 0);
        assert_eq!(german.attribute("input[name=website]", "value"), "", "not even a program's word");
        let token = |page: &Answer| page.attribute("input[name=form]", "value");
        assert_eq!(token(&german), token(&form));
        assert_eq!(browser.get("/").await.header("location"), "/de", "the choice is remembered");

        let arabic = switch_to(&mut browser, "ar", &german, &typed).await;
        assert_eq!(arabic.attribute("html", "dir"), "rtl");
        assert_eq!(browser.sign_up(&[("form", &token(&arabic))]).await.status, 303);
    }

    #[tokio::test]
    async fn a_form_that_is_not_ours_or_too_old_loses_nothing_either() {
        let mut browser = Browser::new().await;
        let form = browser.get("/en").await;
        browser.forget_cookies();
        let german = switch_to(&mut browser, "de", &form, &[("first_name", "Ada")]).await;
        assert_eq!((german.status, german.attribute("#first_name", "value").as_str()), (200, "Ada"));
        assert_eq!(german.headers.get_all("set-cookie").iter().count(), 2);
        let token = german.attribute("input[name=form]", "value");
        assert_eq!(browser.sign_up(&[("form", &token)]).await.status, 303, "the token was renewed");
    }

    #[tokio::test]
    async fn the_enter_key_sends_the_form_and_switches_nothing() {
        let form = Browser::new().await.get("/en").await;
        let first = "input[type=submit], button[type=submit], button:not([type])";
        assert_eq!(
            form.attribute(first, "form"),
            "signup",
            "the first submit button is the one of the Enter key"
        );
        assert_eq!(form.attribute(first, "name"), "");
        assert_eq!(form.attribute(first, "formaction"), "");
        assert_eq!(form.attribute(first, "tabindex"), "-1");
        assert_eq!(form.attribute(first, "aria-hidden"), "true");
        assert!(form.all(&format!("header {first}, [hidden]")).len() > 1);
    }
}
