//! The Backend API of the offline Clerk, over loopback.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::time::Duration;

use clerk_testing::server::OfflineClerk;
use serde_json::{Value, json};
use support::{backend, backend_as, claims, wait};

const NONE: Value = Value::Null;

// covers: TEST-9, TEST-21
#[test]
fn test_9_from_a_user_over_a_session_to_a_token_that_the_key_set_verifies() {
    let offline = wait(OfflineClerk::start());
    let user = backend(
        &offline,
        "POST",
        "/v1/users",
        &json!({"email_address": ["ada@example.com"]}),
    )
    .ok();
    let session = backend(
        &offline,
        "POST",
        "/v1/sessions",
        &json!({"user_id": user["id"]}),
    )
    .ok();
    let path = format!("/v1/sessions/{}/tokens", session["id"].as_str().unwrap());
    let token = backend(&offline, "POST", &path, &NONE).ok();
    let token = token["jwt"].as_str().unwrap();
    let keys = backend(&offline, "GET", "/v1/jwks", &NONE).ok();
    let frontend_keys = support::send(
        "GET",
        &format!("{}/.well-known/jwks.json", offline.frontend_url()),
        &[],
        b"",
    )
    .ok();
    assert_eq!(keys, frontend_keys);
    let verified = clerk_tokens::TokenVerifier::new(
        clerk_tokens::VerifyingKey::from_pem(clerk_testing::mint::TestKey::FIRST.public_pem())
            .unwrap(),
    )
    .allow_test_keys()
    .verify(token)
    .unwrap();
    assert_eq!(verified.user_id(), user["id"].as_str().unwrap());
    let claims = claims(token);
    assert_eq!(claims["sid"], session["id"]);
    assert_eq!(claims["iss"], offline.issuer());
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        60
    );
    assert_eq!(offline.request_count("/v1/jwks"), 1);
}

#[test]
fn users_are_filtered_ordered_and_paged() {
    let offline = wait(OfflineClerk::start());
    offline.clock().freeze();
    for (name, email) in [
        ("Carl", "c@example.com"),
        ("Ada", "a@example.com"),
        ("Bea", "b@example.org"),
    ] {
        let body = json!({"email_address": [email], "first_name": name, "external_id": format!("x-{name}")});
        backend(&offline, "POST", "/v1/users", &body).ok();
        offline.clock().advance(Duration::from_secs(1));
    }
    let names = |query: &str| -> Vec<String> {
        let list = backend(&offline, "GET", &format!("/v1/users{query}"), &NONE).ok();
        list.as_array()
            .unwrap()
            .iter()
            .map(|user| user["first_name"].as_str().unwrap().to_owned())
            .collect()
    };
    for (query, expected) in [
        ("", vec!["Bea", "Ada", "Carl"]),
        ("?order_by=created_at", vec!["Carl", "Ada", "Bea"]),
        ("?order_by=%2Bfirst_name", vec!["Ada", "Bea", "Carl"]),
        ("?order_by=-email_address", vec!["Carl", "Bea", "Ada"]),
        ("?limit=2", vec!["Bea", "Ada"]),
        ("?limit=2&offset=2", vec!["Carl"]),
        ("?email_address=A%40example.com", vec!["Ada"]),
        (
            "?email_address=a%40example.com&email_address=c%40example.com",
            vec!["Ada", "Carl"],
        ),
        ("?external_id=x-Bea", vec!["Bea"]),
        ("?query=example.com", vec!["Ada", "Carl"]),
        ("?query=B%40EX", vec!["Bea"]),
        ("?name_query=carl", vec!["Carl"]),
        ("?email_address_query=org", vec!["Bea"]),
        ("?query=no.body", vec![]),
        ("?banned=true", vec![]),
    ] {
        assert_eq!(names(query), expected, "{query}");
    }
    let count = backend(&offline, "GET", "/v1/users/count?query=example.com", &NONE).ok();
    assert_eq!(count, json!({"object": "total_count", "total_count": 2}));
    for query in [
        "?limit=0",
        "?limit=501",
        "?limit=x",
        "?order_by=shoe_size",
        "?offset=-1",
    ] {
        let answer = backend(&offline, "GET", &format!("/v1/users{query}"), &NONE);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (422, "form_param_format_invalid"),
            "{query}"
        );
    }
}

#[test]
fn a_users_life() {
    let offline = wait(OfflineClerk::start());
    let call = |method: &str, path: &str, body: Value| backend(&offline, method, path, &body);
    let user = call(
        "POST",
        "/v1/users",
        json!({"email_address": ["Ada@Example.com"], "password": "correct horse", "public_metadata": {"a": {"b": 1}}}),
    )
    .ok();
    let id = user["id"].as_str().unwrap();
    let path = format!("/v1/users/{id}");
    assert_eq!(
        user["email_addresses"][0]["email_address"],
        "ada@example.com"
    );
    assert_eq!(user["password_enabled"], true);

    let taken = call(
        "POST",
        "/v1/users",
        json!({"email_address": ["ADA@example.com"]}),
    );
    assert_eq!(
        (taken.status, taken.code().as_str()),
        (422, "form_identifier_exists")
    );
    assert_eq!(
        taken.json()["errors"][0]["meta"]["param_name"],
        "email_address"
    );
    let short = call(
        "POST",
        "/v1/users",
        json!({"username": "x", "password": "short"}),
    );
    assert_eq!(short.code(), "form_password_length_too_short");
    assert_eq!(
        call("POST", "/v1/users", json!({})).code(),
        "form_data_missing"
    );

    assert_eq!(
        call(
            "PATCH",
            &path,
            json!({"first_name": "Ada", "username": "ada"})
        )
        .ok()["first_name"],
        "Ada"
    );
    let cleared = call("PATCH", &path, json!({"username": null})).ok();
    assert_eq!(
        (&cleared["username"], &cleared["first_name"]),
        (&Value::Null, &json!("Ada"))
    );
    let metadata = json!({"public_metadata": {"a": {"c": 2}}, "private_metadata": {"p": true}});
    let merged = call("PATCH", &format!("{path}/metadata"), metadata).ok();
    assert_eq!(merged["public_metadata"], json!({"a": {"b": 1, "c": 2}}));
    let replaced = call(
        "PUT",
        &format!("{path}/metadata"),
        json!({"public_metadata": {"z": 1}}),
    )
    .ok();
    assert_eq!(replaced["public_metadata"], json!({"z": 1}));

    let verify = format!("{path}/verify_password");
    assert_eq!(
        call("POST", &verify, json!({"password": "correct horse"})).ok(),
        json!({"verified": true})
    );
    assert_eq!(
        call("POST", &verify, json!({"password": "wrong"})).code(),
        "incorrect_password"
    );

    let session = call("POST", "/v1/sessions", json!({"user_id": id})).ok();
    let session_path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(
        call("POST", &format!("{path}/ban"), NONE).ok()["banned"],
        true
    );
    assert_eq!(call("GET", &session_path, NONE).ok()["status"], "revoked");
    assert_eq!(
        call("POST", &format!("{session_path}/tokens"), NONE).status,
        404
    );
    assert_eq!(
        call("POST", "/v1/sessions", json!({"user_id": id})).code(),
        "user_banned"
    );
    assert_eq!(
        call("POST", &format!("{path}/unban"), NONE).ok()["banned"],
        false
    );
    assert_eq!(
        call("POST", &format!("{path}/lock"), NONE).ok()["locked"],
        true
    );
    assert_eq!(
        call("POST", "/v1/sessions", json!({"user_id": id})).code(),
        "user_locked"
    );
    assert_eq!(
        call("POST", &format!("{path}/unlock"), NONE).ok()["locked"],
        false
    );

    let email = call(
        "POST",
        "/v1/email_addresses",
        json!({"user_id": id, "email_address": "second@example.com", "verified": true, "primary": true}),
    )
    .ok();
    assert_eq!(
        call("GET", &path, NONE).ok()["primary_email_address_id"],
        email["id"]
    );
    let email_path = format!("/v1/email_addresses/{}", email["id"].as_str().unwrap());
    assert_eq!(call("DELETE", &email_path, NONE).ok()["deleted"], true);
    assert_eq!(call("GET", &email_path, NONE).code(), "resource_not_found");

    assert_eq!(
        call("DELETE", &path, NONE).ok(),
        json!({"object": "user", "id": id, "deleted": true})
    );
    let gone = call("GET", &path, NONE);
    assert_eq!(
        (gone.status, gone.code().as_str()),
        (404, "resource_not_found")
    );
    assert!(!gone.json()["clerk_trace_id"].as_str().unwrap().is_empty());
}

#[test]
fn organizations_roles_and_their_claims() {
    let offline = wait(OfflineClerk::start());
    let call = |method: &str, path: &str, body: Value| backend(&offline, method, path, &body);
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let bob = wait(offline.create_user("bob@example.com").into_future());
    let org = call(
        "POST",
        "/v1/organizations",
        json!({"name": "Acme Inc", "created_by": ada.id}),
    )
    .ok();
    let path = format!("/v1/organizations/{}", org["id"].as_str().unwrap());
    assert_eq!(
        (&org["slug"], &org["members_count"]),
        (&json!("acme-inc"), &json!(1))
    );
    assert_eq!(
        call("GET", "/v1/organizations/acme-inc", NONE).ok()["id"],
        org["id"]
    );

    let permission = call(
        "POST",
        "/v1/organization_permissions",
        json!({"name": "Read", "key": "org:reports:read"}),
    )
    .ok();
    let role = json!({"name": "Reader", "key": "org:reader", "permissions": [permission["id"]]});
    let role = call("POST", "/v1/organization_roles", role).ok();
    assert_eq!(role["permissions"][0]["key"], "org:reports:read");
    assert_eq!(
        call(
            "POST",
            "/v1/organization_roles",
            json!({"name": "x", "key": "reader"})
        )
        .status,
        422
    );

    let member = json!({"user_id": bob.id, "role": "org:reader"});
    let member = call("POST", &format!("{path}/memberships"), member).ok();
    assert_eq!(member["permissions"], json!(["org:reports:read"]));
    assert_eq!(member["public_user_data"]["identifier"], "bob@example.com");
    let again = call(
        "POST",
        &format!("{path}/memberships"),
        json!({"user_id": bob.id, "role": "org:member"}),
    );
    assert_eq!(again.code(), "already_a_member_in_organization");
    let listed = call("GET", &format!("{path}/memberships?role=org:reader"), NONE).ok();
    assert_eq!(
        (listed["total_count"].as_i64(), &listed["data"][0]["id"]),
        (Some(1), &member["id"])
    );
    let of_user = call(
        "GET",
        &format!("/v1/users/{}/organization_memberships", bob.id),
        NONE,
    )
    .ok();
    assert_eq!(of_user["data"][0]["organization"]["id"], org["id"]);

    let session = offline
        .session(&bob)
        .org(&wait(offline.create_org("Other").into_future()));
    assert_eq!(claims(&session.token()).get("o"), None, "no member there");
    let made = wait(
        offline
            .create_org("Third")
            .member(&bob, "org:member", ["org:reports:read"])
            .into_future(),
    );
    let claims = claims(&offline.session(&bob).org(&made).token());
    assert_eq!(claims["o"]["rol"], "member");
    assert_eq!(
        (&claims["o"]["per"], &claims["fea"]),
        (&json!("read"), &json!("o:reports"))
    );

    let invitation = call(
        "POST",
        &format!("{path}/invitations"),
        json!({"email_address": "new@example.com", "role": "org:member"}),
    )
    .ok();
    let invitation_path = format!("{path}/invitations/{}", invitation["id"].as_str().unwrap());
    assert_eq!(
        call("POST", &format!("{invitation_path}/revoke"), json!({})).ok()["status"],
        "revoked"
    );
    assert_eq!(
        call("POST", &format!("{invitation_path}/revoke"), json!({})).status,
        400
    );
    call("DELETE", &format!("{path}/memberships/{}", bob.id), NONE).ok();
    assert_eq!(call("DELETE", &path, NONE).ok()["deleted"], true);
    assert_eq!(call("GET", &path, NONE).status, 404);
}

#[test]
fn machines_keys_and_their_tokens() {
    let offline = wait(OfflineClerk::start());
    let call = |method: &str, path: &str, body: Value| backend(&offline, method, path, &body);
    let machine = call("POST", "/v1/machines", json!({"name": "worker"})).ok();
    let key = machine["secret_key"].as_str().unwrap();
    let refused = call("POST", "/m2m_tokens", json!({}));
    assert_eq!(
        refused.status, 401,
        "the instance's key makes no machine tokens"
    );
    for format in ["opaque", "jwt"] {
        let body =
            json!({"token_format": format, "claims": {"k": 1}, "seconds_until_expiration": 100});
        let made = backend_as(&offline, key, "POST", "/m2m_tokens", &body);
        assert_eq!(made.status, 201);
        let token = made.ok();
        let verified = call(
            "POST",
            "/v1/m2m_tokens/verify",
            json!({"token": token["token"]}),
        )
        .ok();
        assert_eq!(
            (&verified["id"], &verified["subject"]),
            (&token["id"], &machine["id"])
        );
        let text = token["token"].as_str().unwrap();
        if format == "jwt" {
            assert_eq!(claims(text)["k"], 1);
        } else {
            assert!(text.starts_with("mt_"));
        }
        let path = format!("/m2m_tokens/{}/revoke", token["id"].as_str().unwrap());
        assert_eq!(
            call("POST", &path, json!({"revocation_reason": "test"})).ok()["revoked"],
            true
        );
        assert_eq!(
            call("POST", "/m2m_tokens/verify", json!({"token": text})).status,
            404
        );
    }
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let key = call(
        "POST",
        "/api_keys",
        json!({"name": "ci", "subject": ada.id, "scopes": ["read"], "seconds_until_expiration": 60}),
    )
    .ok();
    let verify = || call("POST", "/api_keys/verify", json!({"secret": key["secret"]}));
    assert_eq!(verify().ok()["subject"], ada.id);
    assert!(verify().ok().get("secret").is_none());
    offline.clock().advance(Duration::from_secs(61));
    assert_eq!(verify().status, 404);
    let listed =
        |query: &str| call("GET", &format!("/api_keys?subject={}{query}", ada.id), NONE).ok();
    assert_eq!(listed("")["total_count"], 0);
    assert_eq!(listed("&include_invalid=true")["data"][0]["expired"], true);

    let body = json!({"user_id": ada.id, "scopes": ["profile"]});
    let token = support::control(&offline, "POST", "/oauth_access_tokens", &body).ok();
    let path = "/oauth_applications/access_tokens/verify";
    let verified = call("POST", path, json!({"access_token": token["token"]})).ok();
    assert_eq!(
        (&verified["subject"], &verified["scopes"]),
        (&json!(ada.id), &json!(["profile"]))
    );
    assert_eq!(
        call("POST", path, json!({"access_token": "oat_unknown"})).status,
        404
    );
}

#[test]
fn templates_fill_shortcodes_and_large_claims_warn() {
    let offline = wait(
        OfflineClerk::builder()
            .session_claim("tier", "{{user.public_metadata.tier || 'free'}}")
            .feature("u:drafts")
            .start(),
    )
    .unwrap();
    let ada = wait(
        offline
            .create_user("ada@example.com")
            .public_metadata("tier", "gold")
            .into_future(),
    );
    let session = offline.session(&ada);
    let token = claims(&session.token());
    assert_eq!(
        (&token["tier"], &token["fea"]),
        (&json!("gold"), &json!("u:drafts"))
    );
    let template = json!({"name": "db", "claims": {"mail": "{{user.primary_email_address}}"}, "lifetime": 120});
    backend(&offline, "POST", "/v1/jwt_templates", &template).ok();
    let path = format!("/v1/sessions/{}/tokens/db", session.id());
    let token = backend(&offline, "POST", &path, &NONE).ok();
    let token = claims(token["jwt"].as_str().unwrap());
    assert_eq!(token["mail"], "ada@example.com");
    assert_eq!(
        token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(),
        120
    );
    assert!(offline.warnings().is_empty());
    let large = json!({"name": "large", "claims": {"text": "x".repeat(1_300)}});
    backend(&offline, "POST", "/v1/jwt_templates", &large).ok();
    backend(
        &offline,
        "POST",
        &format!("/v1/sessions/{}/tokens/large", session.id()),
        &NONE,
    )
    .ok();
    assert_eq!(offline.warnings().len(), 1);
    let reserved = json!({"name": "bad", "claims": {"sub": "somebody"}});
    assert_eq!(
        backend(&offline, "POST", "/v1/jwt_templates", &reserved).status,
        422
    );
}

#[test]
fn callers_without_the_secret_key_are_refused_and_unknown_routes_are_not_found() {
    let offline = wait(OfflineClerk::start());
    let url = format!("{}/v1/users", offline.backend_url());
    assert_eq!(support::send("GET", &url, &[], b"").status, 401);
    assert_eq!(
        backend_as(&offline, "sk_test_other", "GET", "/v1/users", &NONE).code(),
        "clerk_key_invalid"
    );
    let unknown = backend(&offline, "GET", "/v1/no_such_thing", &NONE);
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (404, "resource_not_found")
    );
    assert!(
        offline
            .requests()
            .iter()
            .any(|request| request.path == "/v1/no_such_thing" && request.status == 404)
    );
    assert_eq!(
        backend(&offline, "GET", "/users", &NONE).status,
        404,
        "only some collections go without /v1"
    );
    let url = format!("{}/v1/users", offline.backend_url());
    let bearer = format!("Bearer {}", offline.secret_key());
    let broken = support::send("POST", &url, &[("authorization", &bearer)], b"{\"a\":");
    assert_eq!(broken.status, 400);
}

#[test]
fn the_rate_limit_answers_429_with_retry_after() {
    let offline = wait(OfflineClerk::builder().rate_limit(2).start()).unwrap();
    offline.clock().freeze();
    let status = || backend(&offline, "GET", "/v1/jwks", &NONE).status;
    assert_eq!((status(), status()), (200, 200));
    let limited = backend(&offline, "GET", "/v1/jwks", &NONE);
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("10"))
    );
    offline.clock().advance(Duration::from_secs(10));
    assert_eq!(status(), 200);
}
