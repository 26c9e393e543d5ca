//! Something is down: the page tells, and all goes on by itself once it is up again.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{student::Student, visitor::Visitor};

pub async fn go(visitor: &mut Visitor<'_>) -> Result<()> {
    let down = json!([{"kind": "status", "status": 503}]);
    let busy = json!([{"kind": "status", "status": 429, "retry_after": 1}]);
    let cut = json!([{"kind": "reset_before"}]);
    held_up(visitor, "tenant-down", &json!({"token": down, "any_graph": down}), "status-wait-tenant").await?;
    held_up(visitor, "tenant-busy", &json!({"any_graph": busy}), "status-wait-throttled").await?;
    // A missing permission, which an admin grants.
    let forbidden = json!([{"kind": "status", "status": 403}]);
    held_up(visitor, "tenant-forbids", &json!({"create_user": forbidden}), "status-wait-tenant").await?;
    // A connection may be open already.
    let dead = json!({"smtp_connect": cut, "smtp_mail": cut});
    held_up(visitor, "mail-down", &dead, "status-wait-mail").await?;
    refused(visitor).await
}

/// What time mends.
async fn held_up(visitor: &mut Visitor<'_>, state: &str, faults: &Value, notice: &str) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    visitor.stage.set_faults(&json!({"operations": faults})).await?;
    visitor.sign_up(&student).await?;
    visitor.wait_for_text(".notice", notice).await?;
    visitor.look(state).await?;
    visitor.stage.calm().await?;
    visitor.follow(&student, 1).await
}

/// What a person has to mend.
async fn refused(visitor: &mut Visitor<'_>) -> Result<()> {
    let student = Student::another(visitor.setting.language);
    let refusal = json!([{"kind": "status", "status": 403, "code": "Directory_QuotaExceeded"}]);
    visitor.stage.set_faults(&json!({"operations": {"create_user": refusal}})).await?;
    visitor.sign_up(&student).await?;
    visitor.wait_for_heading("status-title-attention").await?;
    visitor.look("attention").await?;
    visitor.stage.calm().await
}
