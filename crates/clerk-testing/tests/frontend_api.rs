//! The Frontend API of the offline Clerk: browsers, sign-ups and sign-ins, handshakes, refreshes.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::time::Duration;

use clerk_testing::server::OfflineClerk;
use serde_json::json;
use support::{Browser, ORIGIN, backend, claims, send, wait};

// covers: TEST-8
#[test]
fn test_8_sign_up_with_the_fixed_code_then_sign_out_and_in_again() {
    let offline = wait(OfflineClerk::start());
    let browser = Browser::new(&offline);
    let form = "email_address=ada%2Bclerk_test%40example.com&password=correct+horse&first_name=Ada";
    let sign_up = browser.call("POST", "/client/sign_ups", form).ok();
    assert_eq!(sign_up["response"]["status"], "missing_requirements");
    assert_eq!(
        sign_up["response"]["unverified_fields"],
        json!(["email_address"])
    );
    assert_eq!(
        sign_up["client"]["sign_up"]["id"],
        sign_up["response"]["id"]
    );
    let path = format!(
        "/client/sign_ups/{}",
        sign_up["response"]["id"].as_str().unwrap()
    );
    browser
        .call(
            "POST",
            &format!("{path}/prepare_verification"),
            "strategy=email_code",
        )
        .ok();
    let wrong = browser.call(
        "POST",
        &format!("{path}/attempt_verification"),
        "strategy=email_code&code=111111",
    );
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (422, "form_code_incorrect")
    );
    let done = browser
        .call(
            "POST",
            &format!("{path}/attempt_verification"),
            "strategy=email_code&code=424242",
        )
        .ok();
    assert_eq!(done["response"]["status"], "complete");
    let session = &done["client"]["sessions"][0];
    assert_eq!(session["id"], done["response"]["created_session_id"]);
    assert_eq!(session["user"]["first_name"], "Ada");
    assert!(session["user"].get("private_metadata").is_none());
    let token = claims(session["last_active_token"]["jwt"].as_str().unwrap());
    assert_eq!(
        (&token["azp"], &token["sub"]),
        (&json!(ORIGIN), &done["response"]["created_user_id"])
    );
    let again = browser.call("POST", "/client/sign_ins", "identifier=ada%40example.com");
    assert_eq!(again.code(), "session_exists");

    let id = session["id"].as_str().unwrap();
    let fresh = browser
        .call(
            "POST",
            &format!("/client/sessions/{id}/tokens"),
            "organization_id=",
        )
        .ok();
    assert!(fresh["jwt"].is_string(), "unwrapped");
    let renamed = browser.call("PATCH", "/me", "first_name=Augusta").ok();
    assert_eq!(renamed["response"]["first_name"], "Augusta");

    let out = browser.call("DELETE", "/client/sessions", "").ok();
    assert_eq!(out["response"]["sessions"], json!([]));
    assert_eq!(
        browser
            .call("POST", &format!("/client/sessions/{id}/tokens"), "")
            .status,
        401
    );

    let nobody = browser.call(
        "POST",
        "/client/sign_ins",
        "identifier=nobody%40example.com",
    );
    assert_eq!(
        (nobody.status, nobody.code().as_str()),
        (422, "form_identifier_not_found")
    );
    let form = "identifier=ada%2Bclerk_test%40example.com";
    let wrong = browser.call(
        "POST",
        "/client/sign_ins",
        &format!("{form}&password=wrong"),
    );
    assert_eq!(wrong.code(), "form_password_incorrect");
    let sign_in = browser.sign_in(form);
    assert_eq!(sign_in["status"], "needs_first_factor");
    let path = format!("/client/sign_ins/{}", sign_in["id"].as_str().unwrap());
    browser
        .call(
            "POST",
            &format!("{path}/prepare_first_factor"),
            "strategy=email_code",
        )
        .ok();
    let done = browser
        .call(
            "POST",
            &format!("{path}/attempt_first_factor"),
            "strategy=email_code&code=424242",
        )
        .ok();
    assert_eq!(done["response"]["status"], "complete");
    browser.call("DELETE", "/client/sessions", "").ok();
    assert_eq!(
        browser.sign_in(&format!("{form}&password=correct+horse"))["status"],
        "complete"
    );
}

#[test]
fn tickets_sign_in_once_and_actors_show() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(offline.create_user("ada@example.com").into_future());
    let browser = Browser::new(&offline);
    let ticket = backend(
        &offline,
        "POST",
        "/v1/sign_in_tokens",
        &json!({"user_id": ada.id}),
    )
    .ok();
    let form = format!(
        "strategy=ticket&ticket={}",
        ticket["token"].as_str().unwrap()
    );
    assert_eq!(browser.sign_in(&form)["status"], "complete");
    browser.call("DELETE", "/client/sessions", "").ok();
    assert_eq!(
        browser.call("POST", "/client/sign_ins", &form).code(),
        "ticket_invalid_code"
    );

    let actor =
        json!({"user_id": ada.id, "actor": {"sub": "user_support"}, "expires_in_seconds": 60});
    let ticket = backend(&offline, "POST", "/v1/actor_tokens", &actor).ok();
    let form = format!(
        "strategy=ticket&ticket={}",
        ticket["token"].as_str().unwrap()
    );
    let done = browser.call("POST", "/client/sign_ins", &form).ok();
    let token = done["client"]["sessions"][0]["last_active_token"]["jwt"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(claims(&token)["act"], json!({"sub": "user_support"}));

    let late = backend(
        &offline,
        "POST",
        "/v1/sign_in_tokens",
        &json!({"user_id": ada.id, "expires_in_seconds": 5}),
    )
    .ok();
    offline.clock().advance(Duration::from_secs(5));
    let other = Browser::new(&offline);
    let form = format!("strategy=ticket&ticket={}", late["token"].as_str().unwrap());
    assert_eq!(
        other.call("POST", "/client/sign_ins", &form).code(),
        "ticket_invalid_code"
    );
}

#[test]
fn blocked_addresses_and_compromised_passwords_are_refused() {
    let offline = wait(OfflineClerk::start());
    backend(
        &offline,
        "POST",
        "/v1/blocklist_identifiers",
        &json!({"identifier": "*@evil.example"}),
    )
    .ok();
    backend(
        &offline,
        "PATCH",
        "/v1/instance/restrictions",
        &json!({"blocklist": true}),
    )
    .ok();
    let browser = Browser::new(&offline);
    let blocked = browser.call("POST", "/client/sign_ups", "email_address=x%40evil.example");
    assert_eq!(
        (blocked.status, blocked.code().as_str()),
        (403, "not_allowed_access")
    );
    let ada = wait(
        offline
            .create_user("ada@example.com")
            .password("correct horse")
            .into_future(),
    );
    backend(
        &offline,
        "POST",
        &format!("/v1/users/{}/password/set_compromised", ada.id),
        &json!({}),
    )
    .ok();
    let form = "identifier=ada%40example.com&password=correct+horse";
    assert_eq!(browser.call("POST", "/client/sign_ins", form).status, 422);
    backend(
        &offline,
        "POST",
        &format!("/v1/users/{}/password/unset_compromised", ada.id),
        &json!({}),
    )
    .ok();
    assert_eq!(browser.sign_in(form)["status"], "complete");
}

#[test]
fn the_browser_without_a_token_is_told_to_get_one_and_cors_lets_pages_read() {
    let offline = wait(OfflineClerk::start());
    let url = format!(
        "{}/v1/client/sign_ins?__clerk_db_jwt=dvb_unknown",
        offline.frontend_url()
    );
    let answer = send("POST", &url, &[("origin", ORIGIN)], b"");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "dev_browser_unauthenticated")
    );
    for (name, value) in [
        ("access-control-allow-origin", ORIGIN),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(
        answer
            .header("access-control-expose-headers")
            .unwrap()
            .contains("Clerk-Db-Jwt")
    );
    let preflight = send(
        "OPTIONS",
        &url,
        &[
            ("origin", ORIGIN),
            ("access-control-request-headers", "x-a"),
        ],
        b"",
    );
    assert_eq!(
        (
            preflight.status,
            preflight.header("access-control-allow-headers")
        ),
        (204, Some("x-a"))
    );
    let empty = send(
        "GET",
        &format!("{}/v1/client", offline.frontend_url()),
        &[],
        b"",
    )
    .ok();
    assert_eq!(empty, json!({"response": null, "client": null}));
    let browser = Browser::new(&offline);
    let environment = browser.call("PATCH", "/environment", "").ok();
    assert_eq!(
        environment["user_settings"]["attributes"]["email_address"]["enabled"],
        true
    );
}

#[test]
fn organizations_are_switched_and_created_in_the_browser() {
    let offline = wait(OfflineClerk::start());
    let ada = wait(
        offline
            .create_user("ada@example.com")
            .password("correct horse")
            .into_future(),
    );
    let org = wait(
        offline
            .create_org("Acme")
            .member(&ada, "org:member", ["org:reports:read"])
            .into_future(),
    );
    let other = wait(offline.create_org("Other").into_future());
    let browser = Browser::new(&offline);
    let sign_in = browser.sign_in("identifier=ada%40example.com&password=correct+horse");
    let path = format!(
        "/client/sessions/{}",
        sign_in["created_session_id"].as_str().unwrap()
    );
    let touched = browser
        .call(
            "POST",
            &format!("{path}/touch"),
            &format!("active_organization_id={}", org.id),
        )
        .ok();
    assert_eq!(touched["response"]["last_active_organization_id"], org.id);
    let token = claims(
        touched["response"]["last_active_token"]["jwt"]
            .as_str()
            .unwrap(),
    );
    assert_eq!(token["o"]["id"], org.id);
    let refused = browser.call(
        "POST",
        &format!("{path}/touch"),
        &format!("active_organization_id={}", other.id),
    );
    assert_eq!(refused.status, 404);
    let listed = browser.call("GET", "/me/organization_memberships", "").ok();
    assert_eq!(listed["response"]["data"][0]["organization"]["id"], org.id);
    assert!(
        listed["response"]["data"][0]["organization"]
            .get("private_metadata")
            .is_none()
    );
    let created = browser.call("POST", "/organizations", "name=Mine").ok();
    assert_eq!(created["response"]["name"], "Mine");
    let removed = browser.call("POST", &format!("{path}/remove"), "").ok();
    assert_eq!(
        (
            &removed["response"]["status"],
            &removed["client"]["sessions"]
        ),
        (&json!("removed"), &json!([]))
    );
}
