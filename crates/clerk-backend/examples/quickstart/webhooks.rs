//! Webhooks: what happened at Clerk, told to the application.

use std::sync::PoisonError;
use std::time::Duration;

use clerk_backend::api::users::CreateUser;

use super::http_client::send;
use super::{AnyError, Report, Stage};

pub(super) async fn show(stage: &mut Stage, report: &mut Report) -> Result<(), AnyError> {
    report.title("POST /webhooks");
    let url = stage.app.url("/webhooks");
    let accepted = stage.offline.add_webhook_endpoint(&url);
    report.check(
        "the application is registered as an endpoint",
        accepted,
        &url,
    );
    let bob = CreateUser::new().email_address(["bob@example.com"]);
    stage.clerk.users().create(bob).await?;
    let events = arrived(stage).await;
    let found = events.join(", ");
    report.check(
        "a new user is told, signed, and verified",
        events.iter().any(|event| event == "user.created"),
        found,
    );
    let now = stage.offline.clock().now_ms().div_euclid(1000).to_string();
    let forged = [
        ("svix-id", "msg_1"),
        ("svix-timestamp", now.as_str()),
        ("svix-signature", "v1,AAAA"),
    ];
    let body = r#"{"type":"user.deleted","data":{"id":"user_1","deleted":true}}"#;
    let answer = send("POST", &url, &forged, body).await?;
    report.answer("a forged event is refused", 400, "signature", &answer);
    Ok(())
}

/// What webhooks told the application, once there is something; nothing after a while.
async fn arrived(stage: &Stage) -> Vec<String> {
    for _ in 0..500 {
        let events = stage
            .app
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if !events.is_empty() {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Vec::new()
}
