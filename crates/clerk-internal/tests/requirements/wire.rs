//! Calls about machine tokens as they go over the wire.

use std::sync::Arc;

use clerk_core::MachineSecretKey;
use clerk_http::testing::{Reply, ScriptedTransport};
use clerk_http::{ApiClient, SharedTransport};
use clerk_internal::SessionAuth;
use clerk_tokens::AcceptsToken;
use http::StatusCode;
use serde_json::{Value, json};

use super::support::{LIVE, SECRET, bearer, block_on, builder, keyed, session};

const MACHINE_SECRET: &str = "ak_machine";

fn sent(token: &str, machine_key: bool) -> http::Request<Value> {
    let answer = json!({"id": "x_1", "subject": "user_1"}).to_string();
    let transport = ScriptedTransport::new([Reply::json(StatusCode::OK, answer)]);
    let client = ApiClient::builder(SharedTransport::new(transport.clone()))
        .secret_key(SECRET)
        .build()
        .unwrap();
    let mut options = keyed(LIVE).accepts(AcceptsToken::Any);
    if machine_key {
        options = options.machine_secret_key(MachineSecretKey::new(MACHINE_SECRET).unwrap());
    }
    let engine = builder(options).calls(Arc::new(client)).build().unwrap();
    let state = bearer(&engine, token);
    assert!(state.is_authenticated(), "{state:?}");
    let mut requests = transport.take_requests();
    assert_eq!(requests.len(), 1);
    let (parts, body) = requests.remove(0).into_parts();
    http::Request::from_parts(parts, serde_json::from_slice(&body).unwrap())
}

// covers: TOK-20, TOK-21, TOK-22, TOK-23
#[test]
fn opaque_tokens_are_posted_to_their_unversioned_addresses_with_the_right_key() {
    for (token, url, parameter, machine_key, key) in [
        ("mt_1", "m2m_tokens/verify", "token", true, MACHINE_SECRET),
        ("mt_1", "m2m_tokens/verify", "token", false, SECRET),
        (
            "oat_1",
            "oauth_applications/access_tokens/verify",
            "access_token",
            true,
            SECRET,
        ),
        ("ak_1", "api_keys/verify", "secret", true, SECRET),
    ] {
        let request = sent(token, machine_key);
        assert_eq!(request.method(), "POST");
        assert_eq!(
            request.uri().to_string(),
            format!("https://api.clerk.com/{url}")
        );
        assert_eq!(request.body(), &json!({ parameter: token }));
        let headers = request.headers();
        assert_eq!(headers["authorization"], format!("Bearer {key}"));
        assert_eq!(headers["clerk-api-version"], "2026-05-12");
        assert_eq!(headers["content-type"], "application/json");
        assert!(headers.contains_key("user-agent"));
    }
}

// covers: AUTH-35, AUTH-36
#[test]
fn a_session_token_is_the_requests_own_or_a_fresh_one_and_errors_are_passed_on() {
    let fresh = || Reply::json(StatusCode::OK, r#"{"jwt":"fr3sh"}"#);
    let refused = Reply::json(StatusCode::NOT_FOUND, r#"{"errors":[{"code":"nope"}]}"#);
    let transport = ScriptedTransport::new([fresh(), fresh(), fresh(), refused]);
    let client = ApiClient::builder(SharedTransport::new(transport.clone()))
        .secret_key("sk_test_other")
        .build()
        .unwrap();
    let engine = builder(keyed(LIVE))
        .calls(Arc::new(client))
        .build()
        .unwrap();
    let token = session().mint();
    let auth = bearer(&engine, &token).to_auth();
    let auth = auth.as_session().unwrap();
    let ask = |template: Option<&str>, seconds| {
        let answer = block_on(engine.session_token(auth, template, seconds));
        answer.map(|token| token.unwrap().expose().to_owned())
    };
    assert_eq!(ask(None, None).unwrap(), token);
    assert_eq!(ask(Some(""), None).unwrap(), token);
    assert_eq!(transport.sent(), 0);

    assert_eq!(ask(Some("my api"), None).unwrap(), "fr3sh");
    assert_eq!(ask(None, Some(60)).unwrap(), "fr3sh");
    assert_eq!(ask(Some("t"), Some(60)).unwrap(), "fr3sh");
    let failure = ask(Some("unknown"), None).unwrap_err();
    assert_eq!(
        (failure.status, failure.code.as_deref()),
        (Some(404), Some("nope"))
    );

    let base = "https://api.clerk.com/v1/sessions/sess_1/tokens";
    let lifetime = r#"{"expires_in_seconds":60}"#;
    let wanted = [
        (format!("{base}/my%20api"), ""),
        (base.to_owned(), lifetime),
        (format!("{base}/t"), lifetime),
        (format!("{base}/unknown"), ""),
    ];
    let requests = transport.take_requests();
    assert_eq!(requests.len(), wanted.len());
    for (request, (url, body)) in requests.iter().zip(wanted) {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri().to_string(), url);
        assert_eq!(request.body(), body.as_bytes());
        // The key is that of the request's settings.
        assert_eq!(
            request.headers()["authorization"],
            format!("Bearer {SECRET}")
        );
    }

    // A token that names no session.
    let payload = json!({"sub": "user_1"});
    let nameless = clerk_testing::mint::TestKey::FIRST.sign(&json!({"alg": "RS256"}), &payload);
    let claims = clerk_tokens::decode_jwt(&nameless).unwrap();
    let nobody = SessionAuth::new(claims.unverified_claims().clone(), nameless.as_str());
    let answer = block_on(engine.session_token(&nobody, Some("t"), None)).unwrap();
    assert!(answer.is_none());
    assert_eq!(transport.left(), 0);
}
