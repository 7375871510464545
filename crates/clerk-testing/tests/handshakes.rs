//! Handshakes, refreshes and satellites of the offline Clerk.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::time::Duration;

use clerk_testing::server::{OfflineClerk, OfflineClerkBuilder};
use serde_json::{Value, json};
use support::{Browser, ORIGIN, backend, claims, send, wait};

const PAGE: &str = "http%3A%2F%2Flocalhost%3A3000%2Fpage%3Fa%3D1";

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
