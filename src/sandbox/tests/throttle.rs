//! Throttling.

use std::time::Duration;

use super::bed::{Bed, user};
use crate::sandbox::{Faults, Limits};

fn limits(writes: u32, retry_after: bool) -> Faults {
    Faults { throttle: Some(Limits { writes, retry_after, ..Limits::default() }), ..Faults::default() }
}

#[tokio::test]
async fn too_many_writes_are_refused_until_the_window_is_over() {
    let bed = Bed::with_faults(limits(5, true)).await;
    for name in ["a", "b", "c"] {
        assert_eq!(bed.post("/users", &user(name)).await.header("x-ms-throttle-limit-percentage"), "");
    }
    let fourth = bed.post("/users", &user("d")).await;
    assert_eq!(fourth.header("x-ms-throttle-limit-percentage"), "0.8");
    bed.create("e").await;
    let refused = bed.post("/users", &user("f")).await;
    assert_eq!((refused.status, refused.code()), (429, "TooManyRequests"));
    assert_eq!(refused.message(), "Please retry again later.");
    assert_eq!(refused.body["error"]["innerError"]["status"], "429");
    assert!((1..=150).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
    // Reading has its own limit.
    assert_eq!(bed.get("/users").await.status, 200);
    bed.sandbox.advance(Duration::from_secs(151));
    assert_eq!(bed.post("/users", &user("f")).await.status, 201);
}

#[tokio::test]
async fn the_time_to_come_back_may_be_left_out() {
    let bed = Bed::with_faults(limits(0, false)).await;
    // The first request of a window opens it.
    bed.post("/users", &user("a")).await;
    let refused = bed.post("/users", &user("b")).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, ""));
}
