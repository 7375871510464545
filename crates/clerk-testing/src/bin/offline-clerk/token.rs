//! `token`: a session token of a user, from any instance.

use std::time::Duration;

use clerk_http::ApiClient;
use serde_json::{Value, json};

use crate::Failure;
use crate::api::{client, get, post, segment, text};
use crate::args::Args;

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    args.allow(&["create-user", "template", "refresh", "live"])?;
    let user = args.name(0, "the user's id or e-mail address")?;
    let client = client(args)?;
    let user = user_id(&client, user, args.flag("create-user")).await?;
    let session = post(
        &client,
        "create_session",
        "/sessions",
        &json!({"user_id": user}),
    )
    .await?;
    let mut path = format!("/sessions/{}/tokens", segment(text(&session, "id")?)?);
    if let Some(template) = args.option("template") {
        path.push('/');
        path.push_str(segment(template)?);
    }
    loop {
        let token = post(&client, "create_session_token", &path, &json!({})).await?;
        let jwt = text(&token, "jwt")?;
        println!("{jwt}");
        if !args.flag("refresh") {
            return Ok(());
        }
        tokio::time::sleep(pause(jwt)).await;
    }
}

/// Ten seconds less than the token lives, at least one.
fn pause(jwt: &str) -> Duration {
    let claims: Option<Value> = jwt
        .split('.')
        .nth(1)
        .and_then(|payload| base64_simd::URL_SAFE_NO_PAD.decode_to_vec(payload).ok())
        .and_then(|payload| serde_json::from_slice(&payload).ok());
    let member = |name: &str| claims.as_ref()?.get(name)?.as_u64();
    let lifetime = member("exp")
        .zip(member("iat"))
        .map_or(60, |(exp, iat)| exp.saturating_sub(iat));
    Duration::from_secs(lifetime.saturating_sub(10).max(1))
}

async fn user_id(client: &ApiClient, user: &str, create: bool) -> Result<String, Failure> {
    if !user.contains('@') {
        return Ok(segment(user)?.to_owned());
    }
    let found = get(client, "list_users", "/users", &[("email_address", user)]).await?;
    if let Some(user) = found.get(0) {
        return Ok(text(user, "id")?.to_owned());
    }
    if !create {
        return Err(format!("nobody has the address {user} (--create-user makes somebody)").into());
    }
    let body = json!({"email_address": [user], "skip_password_requirement": true});
    let created = post(client, "create_user", "/users", &body).await?;
    Ok(text(&created, "id")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_renewed_before_they_expire() {
        for (claims, seconds) in [
            (r#"{"iat":100,"exp":160}"#, 50),
            (r#"{"iat":100,"exp":105}"#, 1),
            ("{}", 50),
            ("x", 50),
        ] {
            let jwt = format!(
                "a.{}.c",
                base64_simd::URL_SAFE_NO_PAD.encode_to_string(claims)
            );
            assert_eq!(pause(&jwt), Duration::from_secs(seconds), "{claims}");
        }
    }
}
