//! The Frontend API of the offline Clerk: browsers, sign-ups and sign-ins, handshakes, refreshes.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::time::Duration;

use clerk_testing::server::{OfflineClerk, OfflineClerkBuilder};
use serde_json::{Value, json};
use support::{Answer, backend, claims, send, wait};

const ORIGIN: &str = "http://localhost:3000";
const PAGE: &str = "http%3A%2F%2Flocalhost%3A3000%2Fpage%3Fa%3D1";

/// A browser: knows its dev browser token or its `__client` cookie.
struct Browser<'a> {
    offline: &'a OfflineClerk,
    live: bool,
    token: String,
}

impl<'a> Browser<'a> {
    fn new(offline: &'a OfflineClerk) -> Self {
        let token = send(
            "POST",
            &format!("{}/v1/dev_browser", offline.frontend_url()),
            &[],
            b"",
        )
        .ok();
        Self {
            offline,
            live: false,
            token: token["id"].as_str().unwrap().to_owned(),
        }
    }

    /// A call as the browser library makes it: POST with `_method`, a form body, the origin of the page.
    fn call(&self, method: &str, path: &str, form: &str) -> Answer {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut url = format!(
            "{}/v1{path}{joint}__clerk_api_version=2026-08-20",
            self.offline.frontend_url()
        );
        if !self.live {
            url.push_str(&format!("&__clerk_db_jwt={}", self.token));
        }
        let wire = match method {
            "GET" | "POST" => method,
            other => {
                url.push_str(&format!("&_method={other}"));
                "POST"
            }
        };
        let cookie = format!("__client={}", self.token);
        let headers = [
            ("origin", ORIGIN),
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", cookie.as_str()),
        ];
        send(wire, &url, &headers, form.as_bytes())
    }

    fn sign_in(&self, form: &str) -> Value {
        self.call("POST", "/client/sign_ins", form).ok()["response"].clone()
    }
}

fn start(settings: impl FnOnce(OfflineClerkBuilder) -> OfflineClerkBuilder) -> OfflineClerk {
    wait(settings(OfflineClerk::builder()).start()).unwrap()
}

/// The value of a query parameter of a URL.
fn query(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn cookie<'c>(cookies: &'c [String], name: &str) -> Option<&'c str> {
    cookies
        .iter()
        .rev()
        .find_map(|cookie| cookie.split_once('=').filter(|(own, _)| *own == name))
        .map(|(_, rest)| rest.split_once(';').map_or(rest, |(value, _)| value))
}

/// The cookies that a handshake's nonce stands for.
fn payload(offline: &OfflineClerk, nonce: &str) -> Vec<String> {
    let path = format!("/v1/clients/handshake_payload?nonce={nonce}");
    let answer = backend(offline, "GET", &path, &Value::Null).ok();
    answer["directives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

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
fn a_development_handshake_carries_the_session_by_nonce_and_by_token() {
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
            .member(&ada, "org:admin", ["org:reports:read"])
            .into_future(),
    );
    let browser = Browser::new(&offline);
    let path = format!("/client/handshake?redirect_url={PAGE}&suffixed_cookies=true");

    let signed_out = browser.call("GET", &format!("{path}&format=nonce"), "");
    assert_eq!(signed_out.status, 307);
    let location = signed_out.header("location").unwrap().to_owned();
    assert!(
        location.starts_with("http://localhost:3000/page?a=1&__clerk_handshake_nonce="),
        "{location}"
    );
    let nonce = query(&location, "__clerk_handshake_nonce").unwrap();
    let cookies = payload(&offline, &nonce);
    assert_eq!(cookie(&cookies, "__client_uat"), Some("0"));
    assert_eq!(cookie(&cookies, "__session"), Some(""));
    assert_eq!(
        cookie(&cookies, "__clerk_db_jwt"),
        Some(browser.token.as_str())
    );
    let used = backend(
        &offline,
        "GET",
        &format!("/v1/clients/handshake_payload?nonce={nonce}"),
        &Value::Null,
    );
    assert_eq!(used.status, 404, "a nonce works once");

    browser.sign_in("identifier=ada%40example.com&password=correct+horse");
    let answer = browser.call(
        "GET",
        &format!("{path}&format=nonce&organization_id={}", org.slug),
        "",
    );
    let nonce = query(
        answer.header("location").unwrap(),
        "__clerk_handshake_nonce",
    )
    .unwrap();
    let cookies = payload(&offline, &nonce);
    let suffix = clerk_core::CookieSuffix::for_key_text(offline.publishable_key().as_str());
    let token = cookie(&cookies, "__session").unwrap();
    assert_eq!(
        cookie(&cookies, &format!("__session_{suffix}")),
        Some(token)
    );
    assert!(cookie(&cookies, &format!("__refresh_{suffix}")).is_some());
    let read = claims(token);
    assert_eq!(
        (&read["sub"], &read["azp"], &read["o"]["id"]),
        (&json!(ada.id), &json!(ORIGIN), &json!(org.id))
    );
    let since: i64 = cookie(&cookies, "__client_uat").unwrap().parse().unwrap();
    assert!((1..=read["iat"].as_i64().unwrap()).contains(&since));

    let personal = browser.call("GET", &format!("{path}&organization_id="), "");
    let token = query(personal.header("location").unwrap(), "__clerk_handshake").unwrap();
    let handshake = claims(&token)["handshake"].clone();
    let cookies: Vec<String> = serde_json::from_value(handshake).unwrap();
    assert_eq!(
        claims(cookie(&cookies, "__session").unwrap()).get("o"),
        None
    );
    assert_eq!(
        browser
            .call("GET", &format!("{path}&format=other"), "")
            .status,
        422
    );

    let stranger = send(
        "GET",
        &format!("{}/v1{path}&format=nonce", offline.frontend_url()),
        &[],
        b"",
    );
    let nonce = query(
        stranger.header("location").unwrap(),
        "__clerk_handshake_nonce",
    )
    .unwrap();
    let fresh = payload(&offline, &nonce);
    assert!(
        cookie(&fresh, "__clerk_db_jwt")
            .unwrap()
            .starts_with("dvb_"),
        "a cold visit gets a dev browser"
    );

    let late = browser.call("GET", &format!("{path}&format=nonce"), "");
    let nonce = query(late.header("location").unwrap(), "__clerk_handshake_nonce").unwrap();
    offline.clock().advance(Duration::from_secs(60));
    let path = format!("/v1/clients/handshake_payload?nonce={nonce}");
    assert_eq!(
        backend(&offline, "GET", &path, &Value::Null).status,
        404,
        "a nonce lives a minute"
    );
}

#[test]
fn a_live_shaped_handshake_travels_in_cookies_and_deletes_them() {
    let offline = start(OfflineClerkBuilder::live_shaped);
    assert!(offline.publishable_key().instance_type().is_production());
    let dev = send(
        "POST",
        &format!("{}/v1/dev_browser", offline.frontend_url()),
        &[],
        b"",
    );
    assert_eq!(dev.status, 404);
    let ada = wait(
        offline
            .create_user("ada@example.com")
            .password("correct horse")
            .into_future(),
    );
    let url = format!("{}/v1/client/sign_ins", offline.frontend_url());
    let form = "identifier=ada%40example.com&password=correct+horse";
    let signed_in = send(
        "POST",
        &url,
        &[("content-type", "application/x-www-form-urlencoded")],
        form.as_bytes(),
    );
    let client = signed_in.set_cookies()[0].to_owned();
    assert!(
        client.starts_with("__client=") && client.contains("HttpOnly"),
        "{client}"
    );
    let suffix = clerk_core::CookieSuffix::for_key_text(offline.publishable_key().as_str());
    for name in [
        "__client_uat=".to_owned(),
        format!("__client_uat_{suffix}="),
    ] {
        let since = signed_in.set_cookies().into_iter().find_map(|cookie| {
            cookie
                .strip_prefix(&name)?
                .split(';')
                .next()?
                .parse::<i64>()
                .ok()
        });
        assert!(
            since.unwrap() > 0,
            "the library leaves {name} to the Frontend API here"
        );
    }
    let token = client["__client=".len()..]
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let browser = Browser {
        offline: &offline,
        live: true,
        token,
    };
    for (format, name) in [
        ("nonce", "__clerk_handshake_nonce"),
        ("token", "__clerk_handshake"),
    ] {
        let path =
            format!("/client/handshake?redirect_url={PAGE}&suffixed_cookies=true&format={format}");
        let answer = browser.call("GET", &path, "");
        assert_eq!(
            answer.header("location"),
            Some("http://localhost:3000/page?a=1"),
            "the URL stays clean"
        );
        let carrier: Vec<String> = answer
            .set_cookies()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let value = cookie(&carrier, name).unwrap();
        let cookies = match format {
            "nonce" => payload(&offline, value),
            _ => serde_json::from_value(claims(value)["handshake"].clone()).unwrap(),
        };
        assert_eq!(
            claims(cookie(&cookies, "__session").unwrap())["sub"],
            ada.id
        );
        assert_eq!(
            cookie(&cookies, name),
            Some(""),
            "deleted, or it would be sent for ever"
        );
        assert_eq!(cookie(&cookies, "__clerk_db_jwt"), None);
    }
}

// covers: TEST-21
#[test]
fn test_21_refreshes_need_the_session_its_token_and_its_refresh_token() {
    let offline = wait(OfflineClerk::start());
    wait(
        offline
            .create_user("ada@example.com")
            .password("correct horse")
            .into_future(),
    );
    let browser = Browser::new(&offline);
    browser.sign_in("identifier=ada%40example.com&password=correct+horse");
    let path = format!("/client/handshake?redirect_url={PAGE}&suffixed_cookies=true&format=nonce");
    let answer = browser.call("GET", &path, "");
    let cookies = payload(
        &offline,
        &query(
            answer.header("location").unwrap(),
            "__clerk_handshake_nonce",
        )
        .unwrap(),
    );
    let suffix = clerk_core::CookieSuffix::for_key_text(offline.publishable_key().as_str());
    let expired = cookie(&cookies, "__session").unwrap();
    let refresh_token = cookie(&cookies, &format!("__refresh_{suffix}")).unwrap();
    let id = claims(expired)["sid"].as_str().unwrap().to_owned();
    offline.clock().advance(Duration::from_secs(61));
    let refresh = |id: &str, expired: &str, refresh_token: &str| {
        let body = json!({
            "format": "cookie",
            "expired_token": expired,
            "refresh_token": refresh_token,
            "request_origin": ORIGIN,
            "request_headers": {"host": ["localhost:3000"]},
        });
        backend(
            &offline,
            "POST",
            &format!("/v1/sessions/{id}/refresh?suffixed_cookies=true"),
            &body,
        )
    };
    let forged = format!("{}AAAA", &expired[..expired.len() - 4]);
    assert_eq!(refresh(&id, &forged, refresh_token).status, 401);
    assert_eq!(refresh(&id, expired, "refresh_other").status, 401);
    assert_eq!(refresh("sess_other", expired, refresh_token).status, 404);
    let renewed = refresh(&id, expired, refresh_token).ok();
    assert_eq!(renewed["object"], "cookies");
    let cookies: Vec<String> = serde_json::from_value(renewed["cookies"].clone()).unwrap();
    let token = claims(cookie(&cookies, "__session").unwrap());
    assert_eq!(
        token["exp"].as_i64().unwrap() - claims(expired)["exp"].as_i64().unwrap(),
        61
    );
    assert_eq!(
        refresh(&id, expired, refresh_token).status,
        401,
        "a refresh token works once"
    );
    backend(
        &offline,
        "POST",
        &format!("/v1/sessions/{id}/revoke"),
        &Value::Null,
    )
    .ok();
    let next = cookie(&cookies, &format!("__refresh_{suffix}")).unwrap();
    assert_eq!(refresh(&id, expired, next).status, 404, "revoked");
    assert_eq!(
        offline.request_count(&format!("/v1/sessions/{id}/refresh")),
        5
    );
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

#[test]
fn satellites_take_the_primary_domains_client_over() {
    let offline = start(OfflineClerkBuilder::live_shaped);
    let url = format!("{}/v1/client", offline.frontend_url());
    let primary = send("POST", &url, &[], b"");
    let token = primary.set_cookies()[0]["__client=".len()..]
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let cookie = format!("__client={token}");
    let url = format!(
        "{}/v1/client/sync?link_domain=localhost&redirect_url={PAGE}",
        offline.frontend_url()
    );
    let answer = send("GET", &url, &[("cookie", &cookie)], b"");
    let link = answer.header("location").unwrap().to_owned();
    assert!(link.starts_with(&offline.frontend_url()), "{link}");
    let linked = send("GET", &link, &[], b"");
    assert_eq!(
        linked.header("location"),
        Some("http://localhost:3000/page?a=1&__clerk_synced=true")
    );
    assert!(linked.set_cookies()[0].starts_with(&cookie));
    assert_eq!(
        send("GET", &link, &[], b"").status,
        404,
        "a link works once"
    );
}
