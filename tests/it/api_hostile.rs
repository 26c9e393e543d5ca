//! Bad input sent as JSON: a clear sentence in the language asked for, a 4xx, and nothing comes of it.

use serde_json::{Value, json};

use crate::support::{
    Api, Log, Student, TestApp,
    api::{Answer, account, but, consenting},
    hostile::{self, MARK, assert_untouched},
};

const JSON: &str = "application/json";
const LANGUAGES: [&str; 2] = ["en", "de"];
const V1: &str = "/api/v1/account_creation";
const V1_EMAIL: &str = "/api/v1/email-verification";
const V2: &str = "/api/v2/signups";

fn student() -> Student {
    Student::new(1, MARK, MARK)
}

/// A body with one value given as it is, whether it is text or not.
fn body(usual: &Value, name: &str, value: &[u8]) -> Vec<u8> {
    let value = match std::str::from_utf8(value) {
        Ok(text) => json!(text).to_string().into_bytes(),
        Err(_) => [b"\"", value, b"\""].concat(),
    };
    let others = usual.as_object().unwrap().iter().filter(|(other, _)| *other != name);
    let others: String = others.map(|(name, value)| format!(",\"{name}\":{value}")).collect();
    [b"{\"", name.as_bytes(), b"\":", &value, others.as_bytes(), b"}"].concat()
}

/// It is a sentence, in this language.
fn assert_said(text: &str, language: &str, case: &str) {
    assert!(text.contains(' ') && text.ends_with('.'), "{case}: {text}");
    let words = text.to_lowercase();
    let german = [
        "auch", "das", "der", "die", "ist", "und", "ein", "bitte", "nicht", "einer", "diese", "kein", "muss",
    ];
    let german = words.split(|c: char| !c.is_alphabetic()).any(|word| german.contains(&word));
    assert_eq!(german, language == "de", "{case}: {text}");
}

/// What is said of this field.
fn said_of<'a>(answer: &'a Answer, field: &str) -> &'a str {
    match (answer.status, answer.json["errors"]["json"].is_object()) {
        (422, true) => answer.text(&format!("/errors/json/{field}/0")),
        (422, false) => {
            let errors = answer.json["errors"].as_array().unwrap();
            let of_field = |error: &&Value| error["pointer"] == format!("#/{field}");
            let error =
                errors.iter().find(of_field).unwrap_or_else(|| panic!("no {field} in {}", answer.body));
            error["detail"].as_str().unwrap()
        }
        (400, _) => answer.json["message"].as_str().or(answer.json["detail"].as_str()).unwrap(),
        _ => panic!("{}", answer.body),
    }
}

#[tokio::test]
async fn no_value_of_a_field_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    for language in LANGUAGES {
        let api = Api::of(&app).await.speaking(language);
        let (first, second) = (account(&student()), consenting(&student()));
        let (emails, names) = (hostile::emails(), hostile::names());
        for (field, values) in [("email", &emails), ("firstName", &names), ("lastName", &names)] {
            for value in values {
                let case = format!("{field}={:.60}", String::from_utf8_lossy(value).escape_debug());
                let is_text = std::str::from_utf8(value).is_ok();
                for (path, usual) in [(V1, &first), (V2, &second)] {
                    let answer = api.send("POST", path, JSON, body(usual, field, value)).await;
                    let unusable = answer.status == 400 && path == V1;
                    let expected = if is_text && !unusable { 422 } else { 400 };
                    assert_eq!(answer.status, expected, "{case}: {}", answer.body);
                    assert_said(said_of(&answer, field), language, &case);
                    assert!(
                        answer.body.len() < 1000 && !answer.body.contains(MARK),
                        "{case}: {}",
                        answer.body
                    );
                }
            }
        }
        for value in &emails {
            let answer = api.send("POST", V1_EMAIL, JSON, body(&json!({}), "email", value)).await;
            let case = String::from_utf8_lossy(value);
            match answer.status {
                200 => {
                    assert_eq!(answer.json["valid"], false, "{case}");
                    assert_said(answer.text("/reason"), language, &case);
                }
                _ => assert_said(said_of(&answer, "email"), language, &case),
            }
        }
    }
    assert_untouched(&app, &log).await;
}

#[tokio::test]
async fn no_other_kind_of_value_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    let kinds =
        [json!(null), json!(1), json!(true), json!([MARK]), json!({ MARK: MARK }), json!([]), json!(1.5e300)];
    for language in LANGUAGES {
        let api = Api::of(&app).await.speaking(language);
        for (path, usual) in [(V1, account(&student())), (V2, consenting(&student()))] {
            for name in usual.as_object().unwrap().keys() {
                for kind in &kinds {
                    let answer = api.post(path, &but(usual.clone(), name, kind.clone())).await;
                    assert_eq!(answer.status, 422, "{name}={kind}: {}", answer.body);
                    assert_said(said_of(&answer, name), language, &kind.to_string());
                }
                let mut without = usual.clone();
                without.as_object_mut().unwrap().remove(name);
                assert_said(said_of(&api.post(path, &without).await, name), language, name);
            }
            let unknown = api.post(path, &but(usual.clone(), "voucher", json!(MARK))).await;
            assert_eq!(unknown.status, 422);
            assert_said(said_of(&unknown, "voucher"), language, "an unknown field");
            let nothing = api.post(path, &json!({})).await;
            let named = usual.as_object().unwrap().keys().filter(|name| !said_of(&nothing, name).is_empty());
            assert_eq!(named.count(), usual.as_object().unwrap().len(), "every fault is named at once");
        }
    }
    assert_untouched(&app, &log).await;
}

#[tokio::test]
async fn no_body_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    let many: String = (0..5000).map(|number| format!(",\"x{number}\":1")).collect();
    for language in LANGUAGES {
        let api = Api::of(&app).await.speaking(language);
        for path in [V1, V1_EMAIL, V2] {
            let usual = consenting(&student()).to_string().into_bytes();
            let large = |size: usize| [b"{\"email\":\"".as_slice(), &vec![b'x'; size], b"\"}"].concat();
            let cases: Vec<(&str, &str, Vec<u8>, u16)> = vec![
                ("nothing", JSON, Vec::new(), 400),
                ("half of it", JSON, usual[..usual.len() / 2].to_vec(), 400),
                ("two of it", JSON, [usual.clone(), usual.clone()].concat(), 400),
                ("bytes that are no text", JSON, vec![0xFF, 0x00, 0xC0, 0x80], 400),
                ("a form in disguise", JSON, b"email=ZebraQMark".to_vec(), 400),
                ("a half of a pair", JSON, br#"{"email":"\ud800ZebraQMark"}"#.to_vec(), 400),
                ("a list", JSON, b"[\"ZebraQMark\"]".to_vec(), 422),
                ("a text", JSON, b"\"ZebraQMark\"".to_vec(), 422),
                ("nothing at all", JSON, b"null".to_vec(), 422),
                ("a number", JSON, b"1e400".to_vec(), 400),
                ("many fields", JSON, [b"{\"ZebraQMark\":1", many.as_bytes(), b"}"].concat(), 422),
                ("depth", JSON, deep.clone().into_bytes(), 413),
                ("less depth", JSON, deep.as_bytes()[99_000..101_000].to_vec(), 400),
                ("70 kB", JSON, large(70_000), 413),
                ("10 MB", JSON, large(10 * 1024 * 1024), 413),
                ("a form", "application/x-www-form-urlencoded", b"email=ZebraQMark".to_vec(), 415),
                ("plain text", "text/plain", usual.clone(), 415),
                ("a file upload", "multipart/form-data; boundary=x", usual.clone(), 415),
                ("a kind of JSON", "application/vnd.api+json", usual.clone(), 415),
                ("no type", "", usual.clone(), 415),
            ];
            for (case, kind, body, status) in cases {
                let answer = api.send("POST", path, kind, body).await;
                assert_eq!(answer.status, status, "{case}: {}", answer.body);
                assert!(answer.body.len() < 2000, "{case}: what came is not sent back whole");
                if let Some(said) = answer.json["message"].as_str().or(answer.json["detail"].as_str()) {
                    assert_said(said, language, case);
                }
            }
        }
    }
    assert_untouched(&app, &log).await;
}

#[tokio::test]
async fn no_page_of_another_site_gets_through() {
    let log = Log::capture();
    let app = TestApp::start().await;
    for language in LANGUAGES {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let api = Api::of(&app).await.speaking(language).with(name, value);
            for (path, body) in [(V1, account(&student())), (V2, consenting(&student()))] {
                let answer = api.post(path, &body).await;
                assert_eq!(answer.status, 403, "{value}");
                assert!(answer.header("access-control-allow-origin").is_empty());
                let said = answer.json["message"].as_str().or(answer.json["detail"].as_str()).unwrap();
                assert_said(said, language, value);
            }
        }
    }
    assert_untouched(&app, &log).await;
}
