//! Bad input gets a clear sentence in the visitor's language and a 4xx, and goes no further.

use accountcreator::domain::Stage;

use crate::support::{
    Browser, Log, Page, Setup, Student, TestApp,
    hostile::{self, MARK, assert_untouched},
};

const FORM: &str = "application/x-www-form-urlencoded";
const LANGUAGES: [&str; 2] = ["en", "de"];

/// The page is an error of the visitor's, says so in one sentence at least, and in this language.
fn assert_refused(page: &Page, language: &str, status: u16, case: &str) {
    assert_eq!(page.status.as_u16(), status, "{case}: {}", page.body);
    assert_eq!(page.value_of("html", "lang").as_deref(), Some(language), "{case}");
    let sentences = page.texts("main .summary li, main .summary p, main p.lead, main .fault");
    let is_sentence = |text: &String| text.contains(' ') && text.ends_with('.');
    assert!(sentences.iter().any(is_sentence), "{case}: {sentences:?}");
    let german = ["auch", "das", "der", "die", "ist", "und", "ein", "bitte", "nicht", "einer"];
    let words = sentences.concat().to_lowercase();
    let german = words.split(|c: char| !c.is_alphabetic()).any(|word| german.contains(&word));
    assert_eq!(german, language == "de", "{case}: {sentences:?}");
    assert!(!page.has("main script, main img, main b b, main h1 b"), "{case}: {}", page.body);
}

/// A form's body with one value changed, its signs percent-encoded.
fn body(page: &Page, name: &str, value: &[u8]) -> Vec<u8> {
    let token = page.value_of("input[name=form]", "value").unwrap();
    let student = Student::new(1, MARK, MARK);
    let mut fields = student.fields();
    fields.push(("form", &token));
    let mut body = Vec::new();
    for (field, usual) in fields {
        let value = if field == name { value } else { usual.as_bytes() };
        body.extend_from_slice(format!("{field}=").as_bytes());
        body.extend(value.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()));
        body.push(b'&');
    }
    body
}

#[tokio::test]
async fn no_value_of_a_field_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    let (emails, names) = (hostile::emails(), hostile::names());
    let fields = [
        ("email", emails.as_slice()),
        ("first_name", names.as_slice()),
        ("last_name", names.as_slice()),
        ("consent_terms", &[Vec::new(), b"no".to_vec()]),
        ("consent_microsoft", &[b"off".to_vec()]),
    ];
    for language in LANGUAGES {
        let mut browser = app.browser();
        let form = browser.open(&format!("/{language}")).await;
        for (name, values) in fields {
            for value in values {
                let case = format!("{name}={:.60}", String::from_utf8_lossy(value).escape_debug());
                let page = browser.post_raw(&format!("/{language}"), FORM, body(&form, name, value)).await;
                assert_refused(&page, language, 422, &case);
                assert_eq!(page.value_of(".summary a", "href"), Some(format!("#{name}")), "{case}");
                assert!(page.has(&format!("#{name}[aria-invalid=true]")), "{case}");
                assert!(page.body.len() < 20_000, "{case}: what came is not sent back whole");
            }
        }
    }
    assert_untouched(&app, &log).await;
}

#[tokio::test]
async fn no_body_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    for language in LANGUAGES {
        let (mut browser, path) = (app.browser(), format!("/{language}"));
        let form = browser.open(&path).await;
        let usual = body(&form, "", b"");
        let doubled = |field: &str| [usual.as_slice(), format!("{field}={MARK}").as_bytes()].concat();
        let without = |field: &str| {
            let parts = usual.split(|byte| *byte == b'&');
            parts.filter(|part| !part.starts_with(field.as_bytes())).collect::<Vec<_>>().join(&b'&')
        };
        let large = |size: usize| [usual.as_slice(), b"first_name=", &vec![b'x'; size]].concat();
        let cases: Vec<(&str, &str, Vec<u8>, u16)> = vec![
            ("nothing", FORM, Vec::new(), 403),
            ("noise", FORM, b"&&&===;;;%%%ZebraQMark".to_vec(), 403),
            ("bytes that are no text", FORM, vec![0xFF, 0x00, 0xC0, 0x80], 403),
            ("a body of JSON in disguise", FORM, br#"{"email":"ZebraQMark"}"#.to_vec(), 403),
            ("no token", FORM, without("form"), 403),
            ("no email", FORM, without("email"), 422),
            ("no first name", FORM, without("first_name"), 422),
            ("no last name", FORM, without("last_name"), 422),
            ("no consent", FORM, without("consent_terms"), 422),
            ("two emails", FORM, doubled("email"), 400),
            ("two first names", FORM, doubled("first_name"), 400),
            ("two last names", FORM, doubled("last_name"), 400),
            ("two tokens", FORM, doubled("form"), 400),
            ("two consents", FORM, doubled("consent_terms"), 400),
            ("70 kB", FORM, large(70_000), 413),
            ("10 MB", FORM, large(10 * 1024 * 1024), 413),
            ("JSON", "application/json", br#"{"email":"ZebraQMark"}"#.to_vec(), 415),
            (
                "a file upload",
                "multipart/form-data; boundary=x",
                b"--x\r\n\r\nZebraQMark\r\n--x--".to_vec(),
                415,
            ),
            ("plain text", "text/plain", usual.clone(), 415),
            ("XML", "text/xml", b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>".to_vec(), 415),
            ("no type", "", usual.clone(), 415),
        ];
        for (case, kind, body, status) in cases {
            let page = browser.post_raw(&path, kind, body).await;
            assert_refused(&page, language, status, case);
        }
    }
    assert_untouched(&app, &log).await;
}

#[tokio::test]
async fn no_forged_or_borrowed_form_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    let student = Student::new(1, MARK, MARK);
    for language in LANGUAGES {
        let path = format!("/{language}");
        let (mut browser, mut stranger) = (app.browser(), app.browser());
        let form = browser.open(&path).await;
        let token = form.value_of("input[name=form]", "value").unwrap();
        let changed = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
        for forged in ["", MARK, &changed, &"A".repeat(54), &"ä".repeat(27), &"x".repeat(5000)] {
            let mut fields = student.fields();
            fields.push(("form", forged));
            assert_refused(&browser.post(&path, &fields).await, language, 403, forged);
        }
        stranger.open(&path).await;
        assert_refused(
            &stranger.submit_only(&form, &student.fields()).await,
            language,
            403,
            "another browser's",
        );
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1", MARK] {
            let mut lured = browser.clone().on_the_site(origin);
            let page = lured.submit_only(&form, &student.fields()).await;
            assert_refused(&page, language, 403, origin);
            assert_eq!(page.texts("main form").len(), 0, "the page of another site gets no form");
        }
    }
    assert_untouched(&app, &log).await;
}

async fn status_of(browser: &mut Browser, path: &str, language: &str) {
    assert_refused(&browser.open(path).await, language, 404, path);
}

#[tokio::test]
async fn no_address_that_was_made_up_opens_anything() {
    let log = Log::capture();
    let app = TestApp::start().await;
    let (mut browser, long) = (app.browser(), "A".repeat(5000));
    let tokens = [
        "x",
        MARK,
        &"A".repeat(42),
        &"A".repeat(44),
        &long,
        "%00",
        "%FF%FE",
        "..%2f..%2fetc",
        "%3Cscript%3E",
        "' or 1=1",
    ];
    for language in LANGUAGES {
        for token in tokens {
            for path in ["signups", "confirm"] {
                status_of(&mut browser, &format!("/{language}/{path}/{token}"), language).await;
            }
            for path in [
                format!("signups/{token}/code"),
                format!("signups/{token}/code/again"),
                format!("confirm/{token}"),
            ] {
                let page = browser.post(&format!("/{language}/{path}"), &[("code", "123456")]).await;
                assert_refused(&page, language, 404, &path);
            }
        }
        // Of the right form, but nobody signed it.
        let forged = "A".repeat(43);
        status_of(&mut browser, &format!("/{language}/signups/{forged}"), language).await;
        assert_refused(
            &browser.open(&format!("/{language}/confirm/{forged}")).await,
            language,
            410,
            "a link",
        );
        assert_refused(
            &browser.post(&format!("/{language}/confirm/{forged}"), &[]).await,
            language,
            410,
            "a button",
        );
        status_of(&mut browser, &format!("/{language}/{MARK}"), language).await;
    }
    assert_untouched(&app, &log).await;
}

#[tokio::test]
async fn a_code_that_is_none_is_refused_in_words() {
    let log = Log::capture();
    let setup = Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let student = Student::new(1, "Ada", "Lovelace");
    let page = app.sign_up(&student).await;
    let mut browser = app.browser();
    let huge = "1".repeat(10_000);
    for language in LANGUAGES {
        let path = page.path.replace("/en/", &format!("/{language}/"));
        for code in ["", MARK, "12\0", "١٢٣٤٥٦", "<b>1</b>", "-12345", huge.as_str()] {
            let refused = browser.post(&format!("{path}/code"), &[("code", code)]).await;
            assert_refused(&refused, language, 422, code);
            assert!(refused.has("#code[aria-invalid=true]"), "{code}");
        }
        let doubled =
            browser.post_raw(&format!("{path}/code"), FORM, b"code=123456&code=654321".to_vec()).await;
        assert_refused(&doubled, language, 400, "two codes");
        let json = browser.post_raw(&format!("{path}/code"), "application/json", b"{}".to_vec()).await;
        assert_refused(&json, language, 415, "JSON");
        let mut lured = browser.clone().on_the_site("https://evil.example");
        let foreign = lured.post(&format!("{path}/code"), &[("code", "123456")]).await;
        assert_refused(&foreign, language, 403, "another site");
    }
    assert_eq!(app.stages().await, [Stage::AwaitingConfirmation]);
    assert_eq!(browser.open(&page.path).await.status.as_u16(), 200);
    log.assert_without(&[MARK, "123456", "654321"]);
}
