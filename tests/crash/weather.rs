//! What goes wrong at the tenant and at the mail server, and how often.

use serde_json::{Value, json};

/// Nothing goes wrong.
pub fn calm() -> Value {
    json!({})
}

/// Nothing goes wrong, but everything takes its time: kills cut it off.
pub fn breezy() -> Value {
    json!({"latency_ms": 100, "smtp_latency_ms": 30, "lag_ms": 300})
}

/// Everything goes wrong now and then: before the effect, after it, and in between.
pub fn stormy() -> Value {
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
