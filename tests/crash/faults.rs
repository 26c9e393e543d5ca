//! Faults of the tenant and of the mail server.

use serde_json::{Value, json};

/// No faults.
pub fn none() -> Value {
    json!({})
}

/// Everything takes time, so that kills interrupt it.
pub fn latency() -> Value {
    json!({"latency_ms": 100, "smtp_latency_ms": 30, "lag_ms": 300})
}

/// Requests and mails fail now and then: before their effect, after it, and in the middle of the answer.
pub fn failures() -> Value {
    let after_the_effect = [
        json!({"kind": "reset_after", "probability": 0.05}),
        json!({"kind": "status_after", "status": 503, "probability": 0.04}),
        json!({"kind": "half_body", "probability": 0.03}),
        json!({"kind": "garbage", "probability": 0.03}),
        json!({"kind": "hang_after", "probability": 0.01}),
    ];
    let refusals = [
        json!({"kind": "status", "status": 429, "retry_after": 1, "probability": 0.01}),
        json!({"kind": "status", "status": 429, "probability": 0.03}),
        json!({"kind": "status", "status": 503, "probability": 0.04}),
        json!({"kind": "reset_before", "probability": 0.03}),
    ];
    let anything = [refusals.as_slice(), &after_the_effect].concat();
    json!({
        "latency_ms": 100,
        "smtp_latency_ms": 30,
        "lag_ms": 300,
        "operations": {
            "token": [
                {"kind": "status", "status": 503, "probability": 0.1},
                {"kind": "reset_after", "probability": 0.05},
            ],
            "create_user": anything,
            "batch": anything,
            "get_user": anything,
            "list_users": anything,
            "assign_license": refusals[1..3],
            "add_member": refusals[1..3],
            "smtp_connect": [{"kind": "reset_before", "probability": 0.03}],
            "smtp_rcpt": [{"kind": "status", "status": 450, "probability": 0.03}],
            "smtp_data": [
                {"kind": "status", "status": 451, "probability": 0.03},
                {"kind": "reset_before", "probability": 0.03},
                {"kind": "reset_after", "probability": 0.06},
            ],
        },
    })
}
