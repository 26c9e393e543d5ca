//! Names: the same rules wherever one enters, and people with one name.

use accountcreator::domain::Stage;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Setup, Student, TestApp};

const PHISHING: [(&str, &str); 6] = [
    ("Konto gesperrt: https://evil.example/login?id=1", "looks like a web address"),
    ("=cmd|'/c calc'!A1", "remove signs"),
    ("IT Helpdesk", "not allowed in names here"),
    ("\u{115F}\u{3164}", "fill in this field as well"),
    ("Max 365", "remove the digits"),
    ("Max\u{3164}Muster", "Remove it."),
];

#[tokio::test]
async fn a_name_that_carries_a_message_is_refused_wherever_it_enters() {
    let app = TestApp::start().await;
    for (name, sentence) in PHISHING {
        let student = Student::new(1, "Ada", name);
        let page = app.sign_up(&student).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(page.texts("#last_name-error").concat().contains(sentence), "{name}: {}", page.body);

        let mut browser = app.browser();
        browser.open("/en").await;
        let preview = browser
            .post("/en/preview", &[("first_name", name), ("last_name", "Lovelace"), ("email", "")])
            .await;
        let is_said = preview.body.contains(sentence) || sentence.starts_with("fill in");
        assert!(is_said && !preview.body.contains("will probably be"), "{name}: {}", preview.body);

        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({
            "firstName": name, "lastName": "Lovelace", "email": student.email, "consent": "1",
        });
        let v2 =
            http.post(format!("http://{}/api/v2/signups", app.address)).json(&body).send().await.unwrap();
        assert_eq!(v2.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let v2 = v2.text().await.unwrap();
        assert!(v2.contains("firstName") && v2.contains(sentence), "{name}: {v2}");
        let body = json!({ "firstName": name, "lastName": "Lovelace", "email": student.email });
        let v1 = http
            .post(format!("http://{}/api/v1/account_creation", app.address))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(v1.status(), StatusCode::BAD_REQUEST, "{name}");
        assert!(v1.text().await.unwrap().contains(sentence), "{name}");
    }
    app.settle().await;
    assert!(app.all_signups().await.is_empty() && app.sandbox.mails().is_empty());
}

#[tokio::test]
async fn names_of_the_world_are_welcome() {
    let app = TestApp::start().await;
    let names = [
        ("Patrick", "O'Brien"),
        ("Jeanne", "d'Arc"),
        ("Henry", "Tudor VIII"),
        ("Max", "Null"),
        ("小明", "王"),
        ("Nguyễn Thị", "Hoa"),
        ("J.R.", "Smith, 3rd"),
    ];
    for (number, (first, last)) in (0..).zip(names) {
        let student = Student::new(number, first, last);
        let mut browser = app.browser();
        let form = browser.open("/en").await;
        let mut page = browser.submit(&form, &student.fields()).await;
        if let Some(first) = page.value_of("#choices input", "value") {
            page =
                browser.submit(&page, &[student.fields(), vec![("username", first.as_str())]].concat()).await;
        }
        assert_eq!(page.status, StatusCode::OK, "{first} {last}: {}", page.body);
    }
    app.settle().await;
    let mut shown: Vec<_> = app.users().into_iter().map(|user| user.display_name).collect();
    let mut expected = names.map(|(first, last)| match last {
        "王" => format!("{last}{first}"),
        _ => format!("{first} {last}"),
    });
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn people_with_one_name_are_told_what_to_write() {
    let app = TestApp::start().await;
    let form = app.browser().open("/en").await;
    assert!(form.texts("#name-hint").concat().contains("write it in both fields"));
    assert!(form.has("#first_name[required]") && form.has("#last_name[required]"));
    let page = app.sign_up(&Student::new(1, "Sukarno", "")).await;
    assert!(
        page.texts("#last_name-error")
            .concat()
            .contains("If you have only one name, write it in both fields")
    );
    assert!(!page.has("#first_name-error"));
}

#[tokio::test]
async fn one_name_is_enough_where_the_operator_allows_it() {
    let profile = r#"attributes = { givenName = "{first_name}", surname = "{last_name}" }"#.to_owned();
    let setup = Setup { signup: "one_name = \"allow\"".to_owned(), profile, ..Setup::default() };
    let app = TestApp::with(setup).await;
    let form = app.browser().open("/en").await;
    assert!(form.texts("#name-hint").concat().contains("leave the other field empty"));
    assert!(!form.has("#first_name[required], #last_name[required]"));
    let students = [Student::new(1, "", "Sukarno"), Student::new(2, "Suharto", "")];
    for student in &students {
        assert_eq!(app.sign_up(student).await.status, StatusCode::OK);
    }
    app.settle().await;
    assert_eq!(app.stages().await, [Stage::Done, Stage::Done]);
    let sandbox = app.sandbox.state();
    for (student, name) in students.iter().zip(["Sukarno", "Suharto"]) {
        let user = app.assert_one_account(student);
        assert_eq!(user.user_principal_name, format!("{}@students.example.edu", name.to_lowercase()));
        assert_eq!(user.display_name, name);
        let empty = if student.first.is_empty() { "givenName" } else { "surname" };
        let value = sandbox.user(&user.user_principal_name).unwrap().properties.get(empty).cloned();
        assert!(value.is_none_or(|value| value.is_null()), "nothing is sent for an empty part");
        let mail = app.sandbox.mails_to(&student.email).pop().unwrap();
        assert!(mail.text.starts_with(&format!("Hello {name},")), "{}", mail.text);
    }
    let neither = app.sign_up(&Student::new(3, " ", "")).await;
    assert_eq!(neither.texts(".summary li"), ["Enter your first name.", "Enter your family name."]);
}

#[tokio::test]
async fn a_name_with_several_spellings_has_usernames_to_pick_from() {
    let app = TestApp::start().await;
    let student = Student::new(1, "محمد", "الأحمد");
    let with = |username: &'static str| [student.fields(), vec![("username", username)]].concat();
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    assert!(form.has("#username[hidden]") && !form.has("#choices input"));
    let usernames = ["mohammed.alahmed", "muhammad.elahmad", "mohamed.alahmed"];
    // Without an address that is admitted, the domain is not known.
    let elsewhere = Student { email: "someone@elsewhere.example".to_owned(), ..student.clone() };
    let page = browser.submit(&form, &elsewhere.fields()).await;
    assert_eq!(page.texts("#choices label"), usernames);
    let page = browser.submit(&form, &student.fields()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let domain = "@students.example.edu";
    assert_eq!(page.texts("#choices label"), usernames.map(|name| format!("{name}{domain}")));
    assert_eq!(page.texts(".summary li"), ["Choose one of the usernames."]);
    assert!(page.has(".summary a[href='#username']") && !page.has("#username[hidden], #choices [checked]"));
    assert_eq!(page.value_of("#first_name", "value").as_deref(), Some("محمد"));
    assert!(page.has("#consent_terms[checked]"));
    assert!(app.all_signups().await.is_empty());

    // Nothing but one of those is taken.
    let page = browser.submit(&page, &with("rector@students.example.edu")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.submit(&page, &with(usernames[1])).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("muhammad.elahmad@students.example.edu"), "{}", page.body);
    app.settle().await;
    assert_eq!(app.assert_one_account(&student).user_principal_name, format!("{}{domain}", usernames[1]));

    // Somebody else who picks the same gets a number.
    let other = Student::new(2, "محمد", "الأحمد");
    let page = browser.submit(&form, &[other.fields(), vec![("username", usernames[1])]].concat()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    app.settle().await;
    let second = app.assert_one_account(&other).user_principal_name;
    assert_eq!(second, format!("muhammad.elahmad.2{domain}"));
}

#[tokio::test]
async fn the_operator_decides_who_picks() {
    let choosing =
        |choice: &str| Setup { signup: format!("username_choice = \"{choice}\""), ..Setup::default() };
    let app = TestApp::with(choosing("always")).await;
    let ada = Student::new(1, "Ada", "Lovelace");
    let page = app.sign_up(&ada).await;
    let domain = "@students.example.edu";
    let usernames = ["ada.lovelace", "lovelace.ada", "a.lovelace"].map(|name| format!("{name}{domain}"));
    assert_eq!(page.texts("#choices label"), usernames);
    let app = TestApp::with(choosing("never")).await;
    let student = Student::new(1, "محمد", "الأحمد");
    assert_eq!(app.sign_up(&student).await.status, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.assert_one_account(&student).user_principal_name, format!("mohammed.alahmed{domain}"));
}

#[tokio::test]
async fn a_username_may_be_made_of_the_address() {
    let profile = "username = \"{first_initial}.{student_id}\"".to_owned();
    let app = TestApp::with(Setup { profile, ..Setup::default() }).await;
    let student = Student::new(7, "Ada", "Lovelace");
    assert_eq!(app.sign_up(&student).await.status, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.assert_one_account(&student).user_principal_name, "a.000007@students.example.edu");
}
