//! Licences and seats.

use serde_json::{Value, json};

use super::bed::{Bed, user};
use crate::sandbox::STUDENT_SKU;

fn adding(sku: &str) -> Value {
    json!({ "addLicenses": [{ "skuId": sku, "disabledPlans": [] }], "removeLicenses": [] })
}

#[tokio::test]
async fn a_licence_takes_a_seat_and_makes_a_mailbox() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let path = format!("/users/{id}/assignLicense");
    let sku = STUDENT_SKU.to_string();
    let answer = bed.post(&path, &adding(&sku)).await;
    assert_eq!((answer.status, answer.body["id"].as_str()), (200, Some(id.as_str())));
    assert_eq!(answer.body["mail"], "ada@students.example.edu");
    assert!(answer.body.get("assignedLicenses").is_none());
    // A second assignment changes nothing.
    assert_eq!(bed.post(&path, &adding(&sku)).await.status, 200);
    let state = bed.sandbox.state();
    assert_eq!(state.skus[0].consumed, 1);
    assert_eq!(state.users[0].licenses, [STUDENT_SKU]);
    let details = bed.get(&format!("/users/{id}/licenseDetails")).await;
    assert_eq!(details.body["value"][0]["skuPartNumber"], "STANDARDWOFFPACK_STUDENT");
    let removal = json!({ "addLicenses": [], "removeLicenses": [sku] });
    assert_eq!(bed.post(&path, &removal).await.status, 200);
    assert_eq!(bed.sandbox.state().skus[0].consumed, 0);
    assert_eq!(bed.post(&path, &removal).await.status, 400);
}

#[tokio::test]
async fn bad_assignments_are_refused_in_the_clouds_words() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let path = format!("/users/{id}/assignLicense");
    let sku = STUDENT_SKU.to_string();
    let unknown = "00000000-0000-0000-0000-000000000001";
    let answer = bed.post(&path, &adding(unknown)).await;
    let text = format!("License {unknown} does not correspond to a valid company License.");
    assert_eq!((answer.status, answer.message()), (400, text.as_str()));
    let answer = bed.post(&path, &adding("student")).await;
    assert!(answer.message().contains("'Edm.Guid'"));
    let answer = bed.post(&path, &json!({ "addLicenses": [{ "skuId": sku }] })).await;
    assert!(answer.message().contains("removeLicenses"));
    bed.sandbox.set_seats(STUDENT_SKU, 0);
    let answer = bed.post(&path, &adding(&sku)).await;
    let text = format!("Subscription with SKU {sku} does not have any available licenses.");
    assert_eq!((answer.status, answer.code(), answer.message()), (400, "Request_BadRequest", text.as_str()));
    let answer = bed.post(&format!("/users/{unknown}/assignLicense"), &adding(&sku)).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_licence_needs_a_place_of_use() {
    let bed = Bed::new().await;
    let mut ada = user("ada");
    ada.as_object_mut().unwrap().remove("usageLocation");
    let id = bed.post("/users", &ada).await.body["id"].as_str().unwrap().to_owned();
    let path = format!("/users/{id}/assignLicense");
    let answer = bed.post(&path, &adding(&STUDENT_SKU.to_string())).await;
    assert_eq!(answer.message(), "License assignment cannot be done for user with invalid usage location.");
}

#[tokio::test]
async fn deleting_frees_the_seat_and_restoring_takes_it_again() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let path = format!("/users/{id}/assignLicense");
    bed.post(&path, &adding(&STUDENT_SKU.to_string())).await;
    bed.delete(&format!("/users/{id}")).await;
    assert_eq!(bed.sandbox.state().skus[0].consumed, 0);
    bed.post(&format!("/directory/deletedItems/{id}/restore"), &json!({})).await;
    assert_eq!(bed.sandbox.state().skus[0].consumed, 1);
}

#[tokio::test]
async fn the_subscriptions_tell_their_seats() {
    let bed = Bed::new().await;
    bed.sandbox.set_seats(STUDENT_SKU, 7);
    let answer = bed.get("/subscribedSkus").await;
    let sku = &answer.body["value"][0];
    assert_eq!(sku["skuId"], STUDENT_SKU.to_string());
    assert_eq!(sku["prepaidUnits"]["enabled"], 7);
    assert_eq!((&sku["consumedUnits"], &sku["appliesTo"]), (&json!(0), &json!("User")));
    let answer = bed.get("/subscribedSkus?$select=skuId,consumedUnits").await;
    assert_eq!(answer.body["value"][0].as_object().unwrap().len(), 2);
    assert_eq!(answer.header("x-ms-resource-unit"), "2");
}
