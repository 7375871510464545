//! What a satellite application has to say about itself, judged when the engine is built.

#![allow(clippy::unwrap_used, reason = "tests")]

use clerk_core::{Clock, Domain, ProxyUrl, PublishableKey, SecretKey};
use clerk_errors::ConfigErrorKind;
use clerk_internal::{AuthenticateOptions, Authenticator};

const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

/// What building an engine for a satellite says: nothing, or what is wrong with which setting.
fn build(
    key: &str,
    secret: &str,
    sign_in_url: Option<&str>,
    domain: Option<&str>,
    proxy_url: Option<&str>,
    is_satellite: bool,
) -> Option<(ConfigErrorKind, String)> {
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(key).unwrap())
        .secret_key(SecretKey::new(secret).unwrap())
        .is_satellite(is_satellite)
        .sign_in_url(sign_in_url.map(str::to_owned))
        .domain(domain.map(|domain| Domain::parse(domain).unwrap()))
        .proxy_url(proxy_url.map(|proxy| ProxyUrl::parse(proxy).unwrap()));
    let built = Authenticator::builder(options)
        .clock(Clock::fixed(0))
        .build();
    built
        .err()
        .map(|error| (error.kind(), error.setting().to_owned()))
}

// covers: KEY-43, REQ-3, REQ-4, REQ-5, MW-14
#[test]
fn key_43_a_satellite_needs_a_place_and_in_development_a_sign_in_page() {
    use ConfigErrorKind::{Conflict, Malformed, Missing};

    let primary = Some("https://primary.example/sign-in");
    let here = Some("satellite.example");
    let proxy = Some("https://satellite.example/__clerk");
    let sign_in = |kind| Some((kind, "the sign-in URL".to_owned()));
    let place = Some((Missing, "the domain".to_owned()));
    let live = |sign_in_url, domain, proxy_url| {
        build(LIVE, "sk_live_x", sign_in_url, domain, proxy_url, true)
    };
    let test = |sign_in_url, domain, proxy_url| {
        build(TEST, "sk_test_x", sign_in_url, domain, proxy_url, true)
    };

    assert_eq!(live(None, here, None), None);
    assert_eq!(live(None, None, proxy), None);
    assert_eq!(live(None, None, None), place);
    assert_eq!(test(primary, here, None), None);
    assert_eq!(test(primary, None, None), place);
    assert_eq!(test(None, here, None), sign_in(Missing));
    assert_eq!(test(Some("/sign-in"), here, None), sign_in(Malformed));
    assert_eq!(
        test(Some("https://satellite.example/sign-in"), here, None),
        sign_in(Conflict)
    );
    // None of this is asked of a primary application.
    assert_eq!(build(TEST, "sk_test_x", None, None, None, false), None);
}
