//! Creating and finding users.

use rstest::rstest;

use super::*;
use crate::graph::{CreateError, ErrorKind, MarkerMethod, NewUser, Owner, marker::employee_id_of};

fn created() -> ResponseTemplate {
    ResponseTemplate::new(201).insert_header("request-id", "3a7c").set_body_json(
        json!({ "@odata.context": "c", "id": USER, "userPrincipalName": "anna.lee@example.edu" }),
    )
}

async fn create(
    answer: ResponseTemplate,
    attributes: &[(&'static str, String)],
) -> Result<String, CreateError> {
    let tenant = Tenant::start().await;
    tenant.answers("POST", "/v1.0/users", answer).await;
    create_in(&tenant, "anna.lee", attributes).await
}

async fn create_in(
    tenant: &Tenant,
    local: &str,
    attributes: &[(&'static str, String)],
) -> Result<String, CreateError> {
    let (principal, password) = (principal(local), password());
    let user = NewUser {
        signup: signup(),
        principal: &principal,
        password: &password,
        display_name: "Anna Lee",
        usage_location: Some("de".parse().unwrap()),
        attributes,
    };
    tenant.graph.create_user(&user).await.map(|id| id.to_string())
}

async fn kind(answer: ResponseTemplate) -> ErrorKind {
    match create(answer, &[]).await {
        Err(CreateError::Other(error)) => error.kind,
        other => panic!("no refusal of the common kind: {other:?}"),
    }
}

#[tokio::test]
async fn a_user_is_created_with_exactly_what_the_profile_lists() {
    let tenant = Tenant::start().await;
    tenant.answers("POST", "/v1.0/users", created()).await;
    let attributes = [
        ("department", "Physics".to_owned()),
        ("extensionAttribute3", "st123456".to_owned()),
        ("extensionAttribute15", "not the marker".to_owned()),
        ("jobTitle", String::new()),
    ];
    assert_eq!(create_in(&tenant, "anna.lee", &attributes).await.unwrap(), USER);
    let calls = tenant.calls().await;
    assert_eq!(calls[0].headers["content-type"], "application/json");
    assert_eq!(
        calls[0].body_json::<Value>().unwrap(),
        json!({
            "accountEnabled": true,
            "displayName": "Anna Lee",
            "mailNickname": "anna.lee",
            "userPrincipalName": "anna.lee@example.edu",
            "passwordProfile": { "password": password().expose(), "forceChangePasswordNextSignIn": true },
            "usageLocation": "DE",
            "department": "Physics",
            "onPremisesExtensionAttributes": {
                "extensionAttribute15": format!("accountcreator:{}", signup()),
                "extensionAttribute3": "st123456",
            },
        })
    );
}

#[tokio::test]
async fn a_profile_may_name_the_display_name_and_hard_nicknames_are_eased() {
    let tenant = Tenant::start().await;
    tenant.answers("POST", "/v1.0/users", created()).await;
    create_in(&tenant, "o'neill#x!", &[("displayName", "st1".to_owned())]).await.unwrap();
    create_in(&tenant, "!!", &[]).await.unwrap();
    let calls = tenant.calls().await;
    let body = String::from_utf8_lossy(&calls[0].body);
    assert_eq!(body.matches("displayName").count(), 1);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["displayName"], &body["mailNickname"]), (&json!("st1"), &json!("oneillx")));
    assert_eq!(calls[1].body_json::<Value>().unwrap()["mailNickname"], json!(signup().to_string()));
}

#[tokio::test]
async fn a_taken_name_is_told_in_each_of_its_wordings() {
    let sentence = "Another object with the same value for property userPrincipalName already exists.";
    let conflict = |status: u16, target: &str| {
        ResponseTemplate::new(status).set_body_json(json!({ "error": {
            "code": "Request_BadRequest", "message": "Another object with the same value exists.",
            "details": [
                { "code": "ObjectConflict", "message": "m", "target": target },
                { "code": "ConflictingObjects", "message": "m", "target": "User_6ea91a8d" },
            ],
        } }))
    };
    for answer in [
        bad_request(sentence),
        bad_request(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ),
        conflict(400, "userPrincipalName"),
        conflict(409, "userPrincipalName"),
        refusal(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "A conflicting object is present in the directory.",
        ),
    ] {
        assert!(matches!(create(answer, &[]).await, Err(CreateError::NameTaken)));
    }
    // The name makes the first mail address: another name helps, though no user has this one.
    assert!(matches!(create(conflict(400, "proxyAddresses"), &[]).await, Err(CreateError::AddressTaken)));
    // Unless the profile sets an address: then no other name would help.
    let mail = [("mail", "a@example.edu".to_owned())];
    let Err(CreateError::Other(error)) = create(conflict(400, "proxyAddresses"), &mail).await else {
        panic!("another name would not help");
    };
    assert_eq!(error.kind, ErrorKind::UserRefused);
}

#[tokio::test]
async fn a_refused_password_is_told() {
    let complex = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    for message in [complex, "The password contains a banned word."] {
        assert!(matches!(create(bad_request(message), &[]).await, Err(CreateError::PasswordRefused)));
    }
}

#[rstest]
#[case(
    bad_request(
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."
    ),
    ErrorKind::DomainUnverified
)]
#[case(bad_request("Property userPrincipalName is invalid."), ErrorKind::UserRefused)]
#[case(
    bad_request("SourceAnchor is a required property for creation of a federated user."),
    ErrorKind::DomainFederated
)]
#[case(
    refusal(
        403,
        "Directory_QuotaExceeded",
        "The directory object quota limit for the Tenant has been exceeded."
    ),
    ErrorKind::QuotaExceeded
)]
#[case(
    refusal(
        409,
        "Directory_ConcurrencyViolation",
        "Error due to concurrent requests being made to the tenant."
    ),
    ErrorKind::Busy
)]
#[case(
    bad_request("Invalid value specified for property 'mailNickname' of resource 'User'."),
    ErrorKind::UserRefused
)]
#[case(bad_request("One or more property values specified are invalid"), ErrorKind::Lag)]
#[case(
    refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    ErrorKind::Forbidden
)]
#[case(refusal(404, "Request_ResourceNotFound", "Resource 'x' does not exist."), ErrorKind::Lag)]
#[case(refusal(429, "TooManyRequests", "Please retry again later."), ErrorKind::Throttled)]
#[case(refusal(429, "UnknownError", ""), ErrorKind::Throttled)]
#[case(refusal(500, "InternalServerError", "x"), ErrorKind::Unclear)]
#[case(refusal(503, "serviceNotAvailable", "x"), ErrorKind::Unclear)]
#[case(refusal(504, "UnknownError", ""), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(429).set_body_string("slow down"), ErrorKind::Throttled)]
#[case(ResponseTemplate::new(400).set_body_string("<html>proxy</html>"), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(403), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(302).insert_header("location", "/elsewhere"), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(201).set_body_string("{\"id\":\"6ea9"), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(201).set_body_json(json!({ "id": "no guid" })), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(201), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(200).set_body_string("<html>sign in to the network</html>"), ErrorKind::Unclear)]
#[tokio::test]
async fn every_answer_has_its_kind(#[case] answer: ResponseTemplate, #[case] expected: ErrorKind) {
    assert_eq!(kind(answer).await, expected);
}

#[tokio::test]
async fn an_error_carries_what_a_support_case_needs() {
    let pause =
        refusal(429, "TooManyRequests", "Please retry again later.").insert_header("Retry-After", "7");
    let Err(CreateError::Other(error)) = create(pause, &[]).await else { panic!("a refusal") };
    assert_eq!((error.status, error.code.as_str()), (Some(429), "TooManyRequests"));
    assert_eq!(error.request_id.as_deref(), Some("3a7c"));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error.to_string(), "the tenant asks for a pause (TooManyRequests)");
}

/// The name of the property and the id of the request are what an admin needs; nothing of the person is shown.
#[tokio::test]
async fn a_refused_property_is_named() {
    let sentence = "Invalid value specified for property 'mailNickname' of resource 'User'.";
    let refused = |message: &str, details: Value| {
        ResponseTemplate::new(400).set_body_json(json!({ "error": {
            "code": "Request_BadRequest", "message": message, "details": details,
            "innerError": { "date": "2026-11-22T10:15:00", "request-id": "5b1e-42", "client-request-id": "c" },
        } }))
    };
    let detail = |code: &str, target: &str| json!({ "code": code, "message": "m", "target": target });
    for (answer, target) in [
        (refused(sentence, Value::Null), " of mailNickname"),
        (refused("No.", json!([detail("InvalidValue", "jobTitle")])), " of jobTitle"),
        (refused("No.", json!([detail("ConflictingObjects", "User_6ea91a8d")])), ""),
        (refused("No.", json!([detail("InvalidValue", "anna.lee@example.edu")])), ""),
        (refused("Invalid property 'Anna Lee'.", json!([])), ""),
    ] {
        let Err(CreateError::Other(error)) = create(answer, &[]).await else { panic!("a refusal") };
        assert_eq!(error.kind, ErrorKind::UserRefused);
        assert_eq!(error.detail(), format!("Request_BadRequest{target} (400), request-id 5b1e-42"));
    }
}

/// A `null` in place of a text or a list is no reason to miss the refusal.
#[tokio::test]
async fn an_error_is_read_though_parts_of_it_are_odd() {
    let body = json!({ "error": { "code": "Authorization_RequestDenied", "message": null, "details": null,
        "innerError": null } });
    assert_eq!(kind(ResponseTemplate::new(403).set_body_json(body)).await, ErrorKind::Forbidden);
}

/// A refusal of one user says nothing of the others.
#[tokio::test]
async fn a_user_that_may_not_be_seen_or_changed_is_refused_alone() {
    let tenant = Tenant::start().await;
    let denied =
        refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    tenant.answers("GET", "/v1.0/users/anna.lee@example.edu", denied.clone()).await;
    let error = tenant.graph.find_user(&principal("anna.lee")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TargetForbidden);
    tenant.answers("PATCH", &format!("/v1.0/users/{USER}"), denied).await;
    let reset = tenant.graph.reset_password(USER.parse().unwrap(), &password()).await;
    let Err(crate::graph::ResetError::Other(error)) = reset else { panic!("a refusal") };
    assert_eq!(error.kind, ErrorKind::TargetForbidden);
}

#[tokio::test]
async fn a_found_user_tells_whose_it_is() {
    let tenant = Tenant::start().await;
    let user = |marker: Value| {
        ResponseTemplate::new(200)
            .set_body_json(json!({ "id": USER, "onPremisesExtensionAttributes": marker }))
    };
    let ours = json!({ "extensionAttribute1": null, "extensionAttribute15": format!("accountcreator:{}", signup()) });
    tenant.answers("GET", "/v1.0/users/ours@example.edu", user(ours)).await;
    tenant
        .answers("GET", "/v1.0/users/theirs@example.edu", user(json!({ "extensionAttribute15": null })))
        .await;
    tenant.answers("GET", "/v1.0/users/bare@example.edu", user(Value::Null)).await;
    let gone = refusal(
        404,
        "Request_ResourceNotFound",
        "Resource 'gone@example.edu' does not exist or one of its queried reference-property objects are not present.",
    );
    tenant.answers("GET", "/v1.0/users/gone@example.edu", gone).await;
    let is_ours = async |local: &str| {
        tenant.graph.find_user(&principal(local)).await.unwrap().map(|found| found.is_of(signup()))
    };
    assert_eq!(is_ours("ours").await, Some(true));
    assert_eq!(is_ours("theirs").await, Some(false));
    assert_eq!(is_ours("bare").await, Some(false));
    assert_eq!(is_ours("gone").await, None);
    let other = SignupId::from_bytes([8; 16]);
    assert!(!tenant.graph.find_user(&principal("ours")).await.unwrap().unwrap().is_of(other));
    // A 404 that Graph did not write says nothing about the user.
    tenant
        .answers("GET", "/v1.0/users/lost@example.edu", ResponseTemplate::new(404).set_body_string("nginx"))
        .await;
    assert_eq!(tenant.graph.find_user(&principal("lost")).await.unwrap_err().kind, ErrorKind::Unclear);
    let query = tenant.calls().await[0].url.query().unwrap().to_owned();
    assert_eq!(query, "%24select=id%2CcreatedDateTime%2CemployeeId%2ConPremisesExtensionAttributes");
}

#[tokio::test]
async fn a_user_is_its_signups_by_either_marker_and_nobodys_by_its_name() {
    let (own, other) = (signup(), SignupId::from_bytes([8; 16]));
    let extension =
        |value: String| json!({ "onPremisesExtensionAttributes": { "extensionAttribute15": value } });
    let employee = |value: String| json!({ "employeeId": value });
    for (properties, owner) in [
        (extension(format!("accountcreator:{own}")), Owner::ThisSignup),
        (employee(employee_id_of(own)), Owner::ThisSignup),
        (employee(employee_id_of(own).to_uppercase()), Owner::ThisSignup),
        (extension(format!("accountcreator:{other}")), Owner::AnotherSignup),
        (extension("accountcreator:other".to_owned()), Owner::AnotherSignup),
        (employee(employee_id_of(other)), Owner::AnotherSignup),
        (extension("room 4711".to_owned()), Owner::Unmarked),
        (employee("4711".to_owned()), Owner::Unmarked),
        (json!({}), Owner::Unmarked),
    ] {
        let tenant = Tenant::start().await;
        let mut body = json!({ "id": USER, "createdDateTime": "2026-11-22T10:00:00Z" });
        body.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
        let answer = ResponseTemplate::new(200).insert_header("date", "Sun, 22 Nov 2026 10:00:30 GMT");
        tenant.answers("GET", "/v1.0/users/anna.lee@example.edu", answer.set_body_json(body)).await;
        let found = tenant.graph.find_user(&principal("anna.lee")).await.unwrap().unwrap();
        assert_eq!(found.owner(own), owner, "{properties}");
        assert_eq!(found.age, Some(Duration::from_secs(30)), "by the tenant's clock alone");
    }
}

#[tokio::test]
async fn a_refused_marker_is_told_in_each_of_its_wordings_and_the_next_method_follows() {
    let detail = |target: &str| {
        ResponseTemplate::new(400).set_body_json(json!({ "error": {
            "code": "Request_BadRequest", "message": "One of the values is not allowed.",
            "details": [{ "code": "InvalidValue", "message": "m", "target": target }],
        } }))
    };
    for answer in [
        bad_request("Invalid value specified for property onPremisesExtensionAttributes"),
        bad_request(
            "Invalid value specified for property 'onPremisesExtensionAttributes' of resource 'User'.",
        ),
        bad_request("Property 'extensionAttribute15' is read-only and cannot be set."),
        detail("onPremisesExtensionAttributes"),
        detail("onPremisesExtensionAttributes/extensionAttribute15"),
    ] {
        match create(answer, &[]).await {
            Err(CreateError::MarkerRefused { property, .. }) => assert_eq!(property, "extensionAttribute15"),
            other => panic!("no refused marker: {other:?}"),
        }
    }
    // A value of the profile's own is at fault.
    let of_profile = [("extensionAttribute3", "x".to_owned())];
    let answer =
        bad_request("Invalid value specified for property 'extensionAttribute3' of resource 'User'.");
    assert!(matches!(create(answer, &of_profile).await, Err(CreateError::Other(_))));
}

#[tokio::test]
async fn a_refused_marker_is_recognised_although_another_answer_has_told_of_it_first() {
    let tenant = Tenant::start().await;
    let graph = tenant.graph.clone();
    graph.refuses_markers(["extensionAttribute15"]);
    let told_meanwhile = move |_: &Request| {
        graph.refuses_markers(["employeeId"]);
        bad_request("Invalid value specified for property 'employeeId' of resource 'User'.")
    };
    Mock::given(method("POST"))
        .and(path("/v1.0/users"))
        .respond_with(told_meanwhile)
        .mount(&tenant.server)
        .await;
    let refused = create_in(&tenant, "anna.lee", &[]).await;
    assert!(
        matches!(&refused, Err(CreateError::MarkerRefused { property, .. }) if property == "employeeId"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_a_tenant_refuses_is_left_out_and_brought_afterwards() {
    let tenant = Tenant::start().await;
    tenant.answers("POST", "/v1.0/users", created()).await;
    tenant.answers("PATCH", &format!("/v1.0/users/{USER}"), ResponseTemplate::new(204)).await;
    let attributes = [("extensionAttribute3", "st123456".to_owned())];
    let graph = &tenant.graph;
    assert!(!graph.completes_users(&attributes), "the POST has all");

    graph.refuses_markers(["extensionAttribute14", "extensionAttribute15"]);
    assert_eq!(graph.marker_method(), MarkerMethod::EmployeeId);
    assert!(graph.completes_users(&attributes) && !graph.completes_users(&[]));
    create_in(&tenant, "anna.lee", &attributes).await.unwrap();
    graph.refuses_markers(["employeeId"]);
    assert_eq!(graph.marker_method(), MarkerMethod::ExtensionAttributeAfterwards);
    assert!(graph.completes_users(&[]));
    create_in(&tenant, "anna.lee", &attributes).await.unwrap();
    graph.complete_user(USER.parse().unwrap(), signup(), &attributes).await.unwrap();

    let bodies: Vec<Value> = tenant.calls().await.iter().map(|call| call.body_json().unwrap()).collect();
    assert_eq!(bodies[0]["employeeId"], json!(employee_id_of(signup())));
    assert_eq!(bodies[1].get("employeeId"), None);
    for body in &bodies[..2] {
        assert_eq!(body.get("onPremisesExtensionAttributes"), None);
    }
    let extensions = json!({
        "extensionAttribute15": format!("accountcreator:{}", signup()), "extensionAttribute3": "st123456",
    });
    assert_eq!(bodies[2], json!({ "onPremisesExtensionAttributes": extensions }));
}
