//! Calls about machine tokens as they go over the wire.

use std::sync::Arc;

use clerk_core::MachineSecretKey;
use clerk_http::testing::{Reply, ScriptedTransport};
use clerk_http::{ApiClient, SharedTransport};
use clerk_tokens::AcceptsToken;
use http::StatusCode;
use serde_json::{Value, json};

use super::support::{LIVE, SECRET, bearer, builder, keyed};

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
