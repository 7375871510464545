//! What a proxy is made from.

use clerk_core::Config;
use clerk_errors::ConfigErrorKind as Kind;
use clerk_proxy::{FrontendProxy, FrontendProxyBuilder};

use crate::support::{PUBLISHABLE_KEY, SECRET_KEY, Upstream, error_code, get, run};

fn from(variables: &[(&str, &str)]) -> FrontendProxyBuilder {
    let config = Config::from_lookup(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    FrontendProxy::builder().config(config.unwrap())
}

const KEYS: [(&str, &str); 2] = [
    ("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
    ("CLERK_SECRET_KEY", SECRET_KEY),
];

// covers: PXY-1, PXY-19
#[test]
fn settings_and_where_they_come_from() {
    run(async {
        let upstream = Upstream::ok().await;
        let fapi = format!("http://{}/", upstream.address);
        for (variable, path, url) in [
            (None, "/__clerk", "http://app.example.com/__clerk"),
            (Some("/auth"), "/auth", "http://app.example.com/auth"),
            (
                Some("https://app.example.org/auth/"),
                "/auth",
                "https://app.example.org/auth",
            ),
        ] {
            let mut variables = KEYS.to_vec();
            variables.push(("CLERK_FAPI_URL", &fapi));
            variables.extend(variable.map(|value| ("CLERK_PROXY_URL", value)));
            let proxy = from(&variables).build().unwrap();
            assert_eq!(proxy.path().as_str(), path);
            assert_eq!(proxy.handle(get(&format!("{path}/v1"))).await.status(), 200);
            assert_eq!(upstream.last().one("clerk-proxy-url"), url);
            assert_eq!(upstream.last().one("clerk-secret-key"), SECRET_KEY);
            // What the code says goes before what the environment says.
            let proxy = from(&variables)
                .path("/own")
                .secret_key("sk_test_own")
                .build()
                .unwrap();
            assert_eq!(proxy.handle(get("/own/v1")).await.status(), 200);
            assert_eq!(upstream.last().one("clerk-secret-key"), "sk_test_own");
        }
    });
    let whole_server = from(&[
        KEYS[0],
        KEYS[1],
        ("CLERK_PROXY_URL", "https://clerk.example.org"),
    ]);
    assert_eq!(whole_server.build().unwrap_err().kind(), Kind::Conflict);
}

// covers: PXY-4, PXY-3
#[test]
fn without_keys_every_request_is_answered_with_500() {
    run(async {
        for (variables, missing) in [
            (&KEYS[..1], "CLERK_SECRET_KEY"),
            (&KEYS[1..], "CLERK_PUBLISHABLE_KEY"),
            (&[], "CLERK_PUBLISHABLE_KEY"),
        ] {
            let error = from(variables).build().unwrap_err();
            assert!(error.is_missing() && error.setting() == missing, "{error}");
            let proxy = from(variables).build_or_refuse();
            let answer = proxy.handle(get("/__clerk/v1")).await;
            assert_eq!(
                error_code(answer).await,
                (500, "proxy_configuration_error".to_owned())
            );
        }
        let bad_path = from(&KEYS).path("//evil.example").build_or_refuse();
        assert_eq!(
            error_code(bad_path.handle(get("/__clerk/v1")).await)
                .await
                .0,
            500
        );
    });
}

// covers: PXY-6
#[test]
fn frontend_api_urls_that_cannot_be_used_are_refused() {
    run(async {
        for url in [
            "nonsense",
            "ftp://a.example",
            "https://user:s3cr3t@a.example",
            "https://a.example?b",
            "https://a.example#b",
            "http://a.example",
        ] {
            assert!(from(&KEYS).fapi_url(url).build().is_err(), "{url}");
            let answer = from(&KEYS)
                .fapi_url(url)
                .build_or_refuse()
                .handle(get("/__clerk/v1"))
                .await;
            assert_eq!(
                error_code(answer).await,
                (500, "proxy_configuration_error".to_owned())
            );
        }
    });
}

// covers: PXY-6, KEY-15
#[test]
fn the_secret_stays_secret() {
    let plain = "http://a.example";
    assert_eq!(
        from(&KEYS).fapi_url(plain).build().unwrap_err().kind(),
        Kind::Unsafe
    );
    assert!(
        from(&KEYS)
            .fapi_url(plain)
            .allow_plain_http()
            .build()
            .is_ok()
    );
    let live = [
        ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
        ("CLERK_SECRET_KEY", "sk_live_s3cr3t"),
    ];
    let error = from(&live)
        .fapi_url(plain)
        .allow_plain_http()
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unsafe);
    // A live and a test key never work together.
    let mixed = [KEYS[0], live[1]];
    let mixed = Config::from_lookup(|name| {
        let found = mixed.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    assert_eq!(mixed.unwrap_err().kind(), Kind::Conflict);
    let mixed = from(&KEYS).secret_key("sk_live_s3cr3t");
    assert_eq!(mixed.build().unwrap_err().kind(), Kind::Conflict);

    let proxy = from(&KEYS).build().unwrap();
    let builder = from(&KEYS).secret_key("sk_test_s3cr3t");
    let shown = format!(
        "{proxy:?} {:?} {:?} {builder:?}",
        proxy.service(),
        proxy.layer()
    );
    assert!(!shown.contains("s3cr3t"), "{shown}");
}
