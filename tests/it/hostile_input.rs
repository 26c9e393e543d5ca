//! Bad input gets a clear sentence in the visitor's language and a 4xx, and goes no further.

use accountcreator::domain::Stage;

use crate::support::{Browser, Log, Page, Setup, Student, TestApp};

/// Stands in all that is sent, and nowhere afterwards.
const MARK: &str = "Zebra7Mark";
const FORM: &str = "application/x-www-form-urlencoded";
const LANGUAGES: [&str; 2] = ["en", "de"];

/// The page is an error of the visitor's, says so in one sentence at least, and in this language.
fn assert_refused(page: &Page, language: &str, status: u16, case: &str) {
    assert_eq!(page.status.as_u16(), status, "{case}: {}", page.body);
    assert_eq!(page.value_of("html", "lang").as_deref(), Some(language), "{case}");
    let sentences = page.texts("main .summary li, main .summary p, main p.lead, main .fault");
    let is_sentence = |text: &String| text.contains(' ') && text.ends_with('.');
    assert!(sentences.iter().any(is_sentence), "{case}: {sentences:?}");
    let german = ["das", "der", "die", "ist", "und", "ein", "bitte", "nicht", "einer"];
    let words = sentences.concat().to_lowercase();
    let german = words.split(|c: char| !c.is_alphabetic()).any(|word| german.contains(&word));
    assert_eq!(german, language == "de", "{case}: {sentences:?}");
    assert!(!page.has("main script, main img, main b b, main h1 b"), "{case}: {}", page.body);
}

/// Nothing was recorded, sent to the tenant, mailed or logged.
async fn assert_untouched(app: &TestApp, log: &Log) {
    app.settle().await;
    assert!(app.all_signups().await.is_empty());
    assert!(app.sandbox.requests().is_empty() && app.sandbox.mails().is_empty());
    log.assert_without(&[MARK, "zebra", "example.edu"]);
    assert!(log.text().contains("a request was"), "the log is there to be looked at");
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
    let huge = format!("{MARK}{}", "x".repeat(10_000));
    let long_email = format!("{huge}@stud.example.edu");
    let emails: &[&[u8]] = &[
        b"",
        b" \t\r\n ",
        b"Zebra7Mark",
        b"Zebra7Mark@",
        b"@stud.example.edu",
        b"zebra7mark@stud.example.edu",
        b"st000001@stud.example.edu.zebra7mark.example",
        b"st000001@studXexample.edu",
        b"st000001@stud.example.edu,zebra7mark@example.org",
        b"st000001@stud.example.edu\r\nBcc: zebra7mark@example.org",
        b"st000001@stud.example.edu\nZebra7Mark",
        b"st000001\0@stud.example.edu",
        b"st000001@stud.example.edu\0Zebra7Mark",
        b"<script>alert('Zebra7Mark')</script>@stud.example.edu",
        b"\"Zebra7Mark <st000001@stud.example.edu>\"@example.org",
        b"Zebra7Mark <st000001@stud.example.edu>",
        b"st000001%00@stud.example.edu",
        "st000001@stud.example.edu\u{202e}Zebra7Mark".as_bytes(),
        "ｓｔ000001@stud.example.edu".as_bytes(),
        "st000001@stud.exаmple.edu".as_bytes(),
        "\u{1F600}@stud.example.edu".as_bytes(),
        b"\xFF\xFE\xC3\x28@stud.example.edu",
        long_email.as_bytes(),
    ];
    let long_name = format!("{MARK}{}", "x".repeat(60));
    let names: &[&[u8]] = &[
        b"",
        b"  \t ",
        b"...",
        b"12345",
        b"Zebra7Mark\0",
        b"Zebra7Mark\r\nBcc: a@example.org",
        b"Zebra7Mark\x1b[31m",
        b"Zebra7Mark\x7f",
        b"<b>Zebra7Mark</b>",
        b"Zebra7Mark<img src=x onerror=alert(1)>",
        "Zebra7Mark\u{202e}gpj.exe".as_bytes(),
        "\u{2067}Zebra7Mark\u{2069}".as_bytes(),
        "Zebra7Mark\u{200b}".as_bytes(),
        "Zebra7Mark\u{feff}".as_bytes(),
        "Zebra7\u{2028}Mark".as_bytes(),
        "Zebra7\u{85}Mark".as_bytes(),
        "\u{1F600}\u{1F680}".as_bytes(),
        "Zebra7Mark \u{1F600}".as_bytes(),
        "Zebra7Mark\u{2764}\u{fe0f}".as_bytes(),
        b"Zebra7Mark\xFF\xFE",
        b"\xC3\x28",
        b"\xED\xA0\x80Zebra7Mark",
        long_name.as_bytes(),
        huge.as_bytes(),
    ];
    let fields = [
        ("email", emails),
        ("first_name", names),
        ("last_name", names),
        ("consent_terms", &[b"", b"no"]),
        ("consent_microsoft", &[b"off"]),
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
            ("noise", FORM, b"&&&===;;;%%%Zebra7Mark".to_vec(), 403),
            ("bytes that are no text", FORM, vec![0xFF, 0x00, 0xC0, 0x80], 403),
            ("a body of JSON in disguise", FORM, br#"{"email":"Zebra7Mark"}"#.to_vec(), 403),
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
            ("JSON", "application/json", br#"{"email":"Zebra7Mark"}"#.to_vec(), 415),
            (
                "a file upload",
                "multipart/form-data; boundary=x",
                b"--x\r\n\r\nZebra7Mark\r\n--x--".to_vec(),
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
