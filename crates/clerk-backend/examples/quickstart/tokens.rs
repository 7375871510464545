//! A user through the Backend API, and what the application says to tokens of hers.

use std::time::Duration;

use clerk_backend::api::users::CreateUser;

use super::http_client::{get, send};
use super::{AnyError, EMAIL, PASSWORD, Report, Stage};

/// Creates the user; her id.
pub(super) async fn create_user(stage: &Stage, report: &mut Report) -> Result<String, AnyError> {
    report.title("The Backend API");
    let user = CreateUser::new()
        .email_address([EMAIL])
        .password(PASSWORD)
        .first_name("Ada");
    let ada = stage.clerk.users().create(user).await?;
    report.check("users().create(..)", ada.id.starts_with("user_"), &ada.id);
    let found = stage.clerk.users().get(&ada.id).await?;
    let name = found.first_name.unwrap_or_default();
    report.check("users().get(..)", name == "Ada", &name);
    let nobody = stage.clerk.users().get("user_nobody").await;
    let (is_right, found) = match &nobody {
        Ok(_) => (false, "somebody".to_owned()),
        Err(error) => (error.is_not_found(), error.to_string()),
    };
    report.check(
        "users().get(..) of nobody is an error that says so",
        is_right,
        found,
    );
    Ok(ada.id)
}

pub(super) async fn show(stage: &Stage, report: &mut Report) -> Result<(), AnyError> {
    report.title("GET /me, as a script calls it");
    let me = stage.app.url("/me");
    let hello = format!("hello {}", stage.ada);
    let ada = stage.offline.create_user(EMAIL).await;
    let session = stage.offline.session(&ada);
    // What the browser library sends with a script's request: a token made for pages of this application.
    let token = session.token_for(&stage.app.origin);

    let answer = send("GET", &me, &[], "").await?;
    report.answer("nobody", 401, "dev-browser-missing", &answer);
    let answer = get(&me, &token).await?;
    report.answer("with a session token", 200, &hello, &answer);
    let answer = get(&me, &altered(&token)).await?;
    report.answer("altered", 401, "token-invalid-signature", &answer);
    let answer = get(&me, &session.token_for("https://evil.example")).await?;
    report.answer(
        "made for pages of another application",
        401,
        "token-invalid-authorized-parties",
        &answer,
    );
    stage.offline.clock().advance(Duration::from_secs(66));
    let answer = get(&me, &token).await?;
    report.answer("a minute later", 401, "token-expired", &answer);

    let org = stage
        .offline
        .create_org("Acme")
        .member(&ada, "org:member", ["org:reports:read"])
        .await;
    let inside = stage.offline.session(&ada).org(&org);
    let answer = get(&me, &inside.token_for(&stage.app.origin)).await?;
    report.answer(
        "in an organization, with a permission there",
        200,
        "may read reports",
        &answer,
    );

    let sessions = stage.clerk.sessions();
    sessions.revoke(session.id()).await?;
    let refused = sessions.create_token(session.id()).await.err();
    let found = refused
        .as_ref()
        .map_or("a token".to_owned(), ToString::to_string);
    report.check(
        "a revoked session gets no further token",
        refused.is_some(),
        found,
    );
    Ok(())
}

/// The token with another signature.
fn altered(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signed}.{first}{}", signature.get(1..).unwrap_or_default())
}
