use clerk_tokens::authz::Role;
use clerk_tokens::{SessionClaims, decode_jwt};
use serde_json::{Value, json};

use super::*;
use crate::machine::read_answer;

fn claims(claims: &Value) -> SessionClaims {
    let payload = base64(&claims.to_string());
    let token = format!("e30.{payload}.AA");
    decode_jwt(&token).unwrap().unverified_claims().clone()
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            encoded.push(char::from(
                ALPHABET[(bits >> (18 - 6 * index)) as usize & 63],
            ));
        }
    }
    encoded
}

fn session(extra: &Value) -> Auth {
    let mut all = json!({"sub": "user_1", "sid": "sess_1"});
    for (name, value) in extra.as_object().unwrap() {
        all[name] = value.clone();
    }
    Auth::Session(SessionAuth::new(claims(&all), "t0k3n"))
}

fn machine(token_type: MachineTokenType, subject: &str) -> Auth {
    let answer = json!({"id": "x_1", "subject": subject, "name": "key", "client_id": "client_1", "scopes": ["read"], "claims": {"a": 1}});
    Auth::machine("t0k3n", read_answer(token_type, &answer, 0).unwrap())
}

// covers: AUTH-1, AUTH-2, AUTH-3, AUTH-4, AUTH-5, AUTH-6, AUTH-7, AUTH-8, AUTH-9, AUTH-41, HIST-26, HIST-87
#[test]
fn hist_26_87_objects_serialize_as_clerks_pages_read_them_without_tokens() {
    let v2 = session(
        &json!({"v": 2, "sts": "active", "fva": [1, -1], "act": {"sub": "user_2"}, "fea": "o:a", "o": {"id": "org_1", "slg": "acme", "rol": "admin", "per": "read", "fpm": "1"}}),
    );
    let cases = [
        (
            v2.clone(),
            json!({
                "tokenType": "session_token", "isAuthenticated": true, "sessionId": "sess_1", "sessionStatus": "active",
                "userId": "user_1", "actor": {"sub": "user_2"}, "orgId": "org_1", "orgRole": "org:admin", "orgSlug": "acme",
                "orgPermissions": ["org:a:read"], "factorVerificationAge": [1.0, -1.0],
                "sessionClaims": serde_json::from_str::<Value>(v2.as_session().unwrap().claims().as_json()).unwrap(),
            }),
        ),
        (
            Auth::signed_out(),
            json!({
                "tokenType": "session_token", "isAuthenticated": false, "sessionId": null, "sessionStatus": null,
                "userId": null, "actor": null, "orgId": null, "orgRole": null, "orgSlug": null, "orgPermissions": null,
                "factorVerificationAge": null, "sessionClaims": null,
            }),
        ),
        (
            machine(MachineTokenType::ApiKey, "org_1"),
            json!({
                "tokenType": "api_key", "isAuthenticated": true, "id": "x_1", "subject": "org_1", "name": "key",
                "claims": {"a": 1}, "scopes": ["read"], "userId": null, "orgId": "org_1",
            }),
        ),
        (
            machine(MachineTokenType::M2m, "mch_1"),
            json!({
                "tokenType": "m2m_token", "isAuthenticated": true, "id": "x_1", "subject": "mch_1", "claims": {"a": 1},
                "scopes": ["read"], "machineId": "mch_1",
            }),
        ),
        (
            machine(MachineTokenType::OAuth, "user_1"),
            json!({
                "tokenType": "oauth_token", "isAuthenticated": true, "id": "x_1", "subject": "user_1", "scopes": ["read"],
                "userId": "user_1", "clientId": "client_1",
            }),
        ),
        (
            Auth::nobody_of(TokenType::ApiKey),
            json!({
                "tokenType": "api_key", "isAuthenticated": false, "id": null, "subject": null, "name": null, "claims": null,
                "scopes": null, "userId": null, "orgId": null,
            }),
        ),
        (
            Auth::nobody_of(TokenType::M2m),
            json!({
                "tokenType": "m2m_token", "isAuthenticated": false, "id": null, "subject": null, "claims": null,
                "scopes": null, "machineId": null,
            }),
        ),
        (
            Auth::nobody_of(TokenType::OAuth),
            json!({
                "tokenType": "oauth_token", "isAuthenticated": false, "id": null, "subject": null, "scopes": null,
                "userId": null, "clientId": null,
            }),
        ),
        (
            Auth::Invalid,
            json!({"tokenType": null, "isAuthenticated": false}),
        ),
    ];
    for (auth, expected) in cases {
        assert_eq!(serde_json::to_value(&auth).unwrap(), expected);
        assert_eq!(expected["isAuthenticated"], auth.is_authenticated());
        assert!(!format!("{auth:?}").contains("t0k3n"));
        assert!(!serde_json::to_string(&auth).unwrap().contains("t0k3n"));
    }
    assert_eq!(
        serde_json::to_value(Auth::PENDING).unwrap()["sessionStatus"],
        "pending"
    );
}

// covers: AUTH-10
#[test]
fn tokens_are_handed_out_and_only_sessions_hold_anything() {
    let role = || Role::new("admin");
    let with_role = session(&json!({"org_id": "org_1", "org_role": "org:admin"}));
    assert!(with_role.has(role()));
    assert_eq!(with_role.token(), Some("t0k3n"));
    for (auth, token) in [
        (machine(MachineTokenType::ApiKey, "user_1"), Some("t0k3n")),
        (machine(MachineTokenType::M2m, "mch_1"), Some("t0k3n")),
        (machine(MachineTokenType::OAuth, "user_1"), Some("t0k3n")),
        (Auth::signed_out(), None),
        (Auth::nobody_of(TokenType::M2m), None),
        (Auth::Invalid, None),
    ] {
        assert!(!auth.has(role()));
        assert_eq!(auth.token(), token);
    }
}

// covers: AUTH-12, AUTH-13, AUTH-27
#[test]
fn claims_of_a_wrong_type_are_absent_and_break_nothing() {
    let odd = session(
        &json!({"sid": 7, "act": "user_2", "fva": "x", "sts": 1, "v": 2, "fea": "noscope,o:a", "o": {"id": "org_1", "rol": 5, "per": "read", "fpm": "1"}}),
    );
    let session = odd.as_session().unwrap();
    assert_eq!(session.session_id(), "");
    assert!(session.actor().is_none() && !session.is_pending());
    assert_eq!(session.org().unwrap().role(), None);
    assert!(serde_json::to_value(&odd).is_ok());
}

// covers: AUTH-45
#[test]
fn handlers_get_what_they_accept_or_nobody() {
    let user = session(&json!({}));
    let key = machine(MachineTokenType::ApiKey, "user_1");
    let shown = |auth: &Auth, accepts: AcceptsToken| {
        let auth = auth.for_accepted(&accepts);
        (auth.token_type(), auth.is_authenticated())
    };
    for (auth, accepts, expected) in [
        (
            &user,
            AcceptsToken::default(),
            (Some(TokenType::Session), true),
        ),
        (&user, AcceptsToken::Any, (Some(TokenType::Session), true)),
        (
            &user,
            TokenType::ApiKey.into(),
            (Some(TokenType::ApiKey), false),
        ),
        (&user, [TokenType::ApiKey].into(), (None, false)),
        (
            &key,
            AcceptsToken::default(),
            (Some(TokenType::Session), false),
        ),
        (
            &key,
            [TokenType::Session, TokenType::ApiKey].into(),
            (Some(TokenType::ApiKey), true),
        ),
        (
            &key,
            TokenType::ApiKey.into(),
            (Some(TokenType::ApiKey), true),
        ),
        (&Auth::Invalid, AcceptsToken::Any, (None, false)),
        (
            &Auth::Invalid,
            AcceptsToken::default(),
            (Some(TokenType::Session), false),
        ),
    ] {
        assert_eq!(shown(auth, accepts), expected, "{auth:?}");
    }
}

// covers: AUTH-42, HIST-85
#[test]
fn hist_85_private_metadata_is_removed_at_the_top_and_everywhere_in_the_raw_copy() {
    let mut user = json!({
        "id": "u", "privateMetadata": {"a": 1}, "private_metadata": {"a": 1}, "nested": {"privateMetadata": 1},
        "_raw": {"private_metadata": {"a": 1}, "list": [{"private_metadata": 1, "b": {"privateMetadata": 1, "c": 2}}]},
    });
    strip_private_metadata(&mut user);
    assert_eq!(
        user,
        json!({"id": "u", "nested": {"privateMetadata": 1}, "_raw": {"list": [{"b": {"c": 2}}]}})
    );
    let mut other = json!([1]);
    strip_private_metadata(&mut other);
    assert_eq!(other, json!([1]));
}
