//! What a middleware does with a request.

use clerk_errors::ConfigErrorKind;
use clerk_internal::guard::{Gate, Guard, Passage, RejectionKind};
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, RequestState};
use clerk_testing::mint::TestKey;
use clerk_tokens::TokenType;

use crate::support::{
    API_KEY, LIVE, PAGE, TEST, block_on, caller, engine, enter, gate, key, m2m, options, proceed,
    session,
};

// covers: MW-1
#[test]
fn everybody_passes_with_every_kind_of_token() {
    let (token, m2m) = (session().mint(), m2m());
    for (token, status, kind) in [
        ("", "signed-out", TokenType::Session),
        ("garbage", "signed-out", TokenType::Session),
        (&token, "signed-in", TokenType::Session),
        (API_KEY, "signed-in", TokenType::ApiKey),
        ("ak_bad", "signed-out", TokenType::ApiKey),
        ("ak_outage", "unavailable", TokenType::ApiKey),
        (&m2m, "signed-in", TokenType::M2m),
    ] {
        let auth = caller(token, &[]);
        assert_eq!(
            (auth.state().status(), auth.state().token_type()),
            (status, Some(kind)),
            "{token}"
        );
    }
    // Kinds that the options name are left alone.
    let only_m2m = Gate::new(engine(options(LIVE).accepts(TokenType::M2m)));
    let bearer = format!("Bearer {token}");
    assert_eq!(
        proceed(&only_m2m, "GET", &[("authorization", &bearer)])
            .state()
            .status(),
        "signed-out"
    );
}

// covers: MW-2, MW-30
#[test]
fn a_location_is_answered_whatever_the_state() {
    let handshake = enter(
        &gate(),
        "GET",
        &[PAGE, ("cookie", "__client_uat=1774000000")],
    );
    let Passage::Answer(answer) = handshake else {
        panic!("{handshake:?}")
    };
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(
        answer.headers()["x-clerk-auth-reason"],
        "client-uat-but-no-session-token"
    );
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .contains("/v1/client/handshake?")
    );
    assert!(answer.body().is_empty());
    assert!(answer.headers().get_all("set-cookie").iter().count() >= 1);

    // In development a handshake comes back in the query: signed in, and sent on to the clean URL.
    let token = session()
        .issuer("https://foo-bar-13.clerk.accounts.dev")
        .mint();
    let payload = clerk_testing::mint::HandshakeTokenBuilder::new([
        format!("__session={token}; Path=/"),
        "__client_uat=1774000000; Path=/".to_owned(),
    ])
    .issued_at_ms(crate::support::NOW)
    .mint();
    let gate = Gate::new(engine(options(TEST)));
    let request = http::Request::get(format!("/reports?__clerk_handshake={payload}"))
        .header("host", "localhost:3000")
        .header(PAGE.0, PAGE.1)
        .body(())
        .unwrap();
    let passage = block_on(gate.enter(RequestView::from(&request)));
    let Passage::Answer(answer) = passage else {
        panic!("{passage:?}")
    };
    assert_eq!(answer.status(), 307);
    assert_eq!(
        answer.headers()["location"],
        "http://localhost:3000/reports"
    );
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
}

// covers: MW-2
#[test]
fn headers_are_added_to_what_the_response_has() {
    let auth = caller("", &[]);
    let mut headers = http::HeaderMap::new();
    headers.append("set-cookie", "a=b".parse().unwrap());
    headers.append("x-clerk-auth-status", "mine".parse().unwrap());
    auth.append_headers(&mut headers);
    let values: Vec<_> = headers.get_all("x-clerk-auth-status").iter().collect();
    assert_eq!(values, ["mine", "signed-out"]);
    assert_eq!(headers["set-cookie"], "a=b");
}

// covers: MW-12, HIST-63
#[test]
fn what_no_url_can_be_made_of_is_a_bad_request() {
    let status = |target: &str, host: &[u8]| {
        let pairs: &[(&str, &[u8])] = &[("host", host)];
        let (authority, path) = match target.strip_prefix("http://") {
            Some(rest) => rest
                .split_once('/')
                .map(|(authority, _)| (Some(authority), "/"))
                .unwrap(),
            None => (None, target),
        };
        let view = RequestView::from_pieces("GET", "http", authority, path, &pairs);
        match block_on(gate().enter(view)) {
            Passage::Answer(answer) => (answer.status().as_u16(), answer.into_body()),
            Passage::Proceed(_) => (200, String::new()),
        }
    };
    for (target, host, expected) in [
        ("/", "app.example.com", 200),
        ("/", "app.example.com:8080", 200),
        ("/", "my_service:8080", 200),
        ("/", "[::1]:8080", 200),
        ("/", "", 200),
        ("//evil.example", "app.example.com", 200),
        ("/", "a b", 400),
        ("/", "user:pass@app.example.com", 400),
        ("/", "app.example.com/x", 400),
        ("/", "app.example.com, evil.example", 400),
        ("/", "caf\u{e9}.example", 400),
        ("/", "a\u{0}", 400),
        ("http://user:pass@app.example.com/", "app.example.com", 400),
    ] {
        assert_eq!(
            status(target, host.as_bytes()),
            (expected, String::new()),
            "{target} {host:?}"
        );
    }
    assert_eq!(status("/", b"\xff\xfe").0, 400);
}

// covers: MW-13
#[test]
fn repeated_headers_are_joined_and_the_scheme_is_that_of_the_connection() {
    let location = |gate: &Gate, headers: &[(&str, &str)]| {
        let mut request = http::Request::get("/a")
            .header("host", "app.example.com")
            .header(PAGE.0, PAGE.1);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match block_on(gate.enter(RequestView::from(&request.body(()).unwrap()))) {
            Passage::Proceed(auth) => {
                let rejection = Guard::new().check(&auth).unwrap_err();
                rejection.location().unwrap().to_str().unwrap().to_owned()
            }
            Passage::Answer(answer) => panic!("{answer:?}"),
        }
    };
    let plain = location(&gate(), &[]);
    assert!(
        plain.ends_with("redirect_url=http%3A%2F%2Fapp.example.com%2Fa"),
        "{plain}"
    );
    let tls = location(&gate().serves_tls(true), &[]);
    assert!(
        tls.ends_with("redirect_url=https%3A%2F%2Fapp.example.com%2Fa"),
        "{tls}"
    );
    let two = [
        ("x-forwarded-host", "first.example"),
        ("x-forwarded-host", "second.example"),
    ];
    let joined = location(&gate(), &two);
    assert!(
        joined.ends_with("redirect_url=http%3A%2F%2Ffirst.example%2Fa"),
        "{joined}"
    );
}

// covers: MW-5, MW-10, MW-22, HIST-64, HIST-66
#[test]
fn options_hold_for_all_requests_or_are_chosen_by_the_request() {
    let other_key = session().key(TestKey::ALL[1]).mint();
    let bearer = format!("Bearer {other_key}");
    let signed_in = |gate: &Gate, extra: &[(&str, &str)]| {
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(extra);
        proceed(gate, "GET", &headers).session().is_some()
    };
    assert!(!signed_in(&gate(), &[]));
    // The keys that were given are the ones that count.
    let given = Gate::new(engine(options(LIVE).jwt_key(key(TestKey::ALL[1]))));
    assert!(signed_in(&given, &[]));
    assert!(signed_in(
        &Gate::new(
            engine(options(LIVE))
                .with_options(options(LIVE).jwt_key(key(TestKey::ALL[1])))
                .unwrap()
        ),
        &[]
    ));

    let chosen = gate().options_by_request(|view| {
        let mut options = AuthenticateOptions::new();
        if view.path() == "/reports" {
            options = options
                .jwt_key(key(TestKey::ALL[1]))
                .accepts(TokenType::Session);
        }
        options
    });
    assert!(
        chosen
            .enter_now(RequestView::from(&crate::support::request("GET", &[])))
            .is_none()
    );
    assert!(signed_in(&chosen, &[]));
    // What is chosen for the request goes before, what it leaves out is as before.
    let strict =
        Gate::new(engine(options(LIVE)).with_authorized_parties(["https://other.example"]));
    let named = session().authorized_party("https://app.example.com").mint();
    let named = format!("Bearer {named}");
    assert!(
        proceed(&strict, "GET", &[("authorization", &named)])
            .session()
            .is_none()
    );
    let relaxed = strict.options_by_request(|_| {
        AuthenticateOptions::new().authorized_parties(["https://app.example.com"])
    });
    assert!(
        proceed(&relaxed, "GET", &[("authorization", &named)])
            .session()
            .is_some()
    );
}

// covers: MW-17
#[test]
fn options_that_cannot_be_used_are_told_to_whoever_asks() {
    // A satellite needs a domain or a proxy.
    let gate = gate().options_by_request(|_| AuthenticateOptions::new().is_satellite(true));
    let auth = proceed(
        &gate,
        "GET",
        &[("authorization", &format!("Bearer {}", session().mint()))],
    );
    assert!(auth.session().is_none());
    let rejection = Guard::new().check(&auth).unwrap_err();
    assert_eq!(
        (rejection.kind(), rejection.status().as_u16()),
        (RejectionKind::Misconfigured, 500)
    );
    assert_eq!(
        auth.optional_session().unwrap_err().kind(),
        RejectionKind::Misconfigured
    );
}

// covers: MW-14
#[test]
fn a_satellite_is_checked_when_the_engine_is_built() {
    let build = |options: AuthenticateOptions| {
        clerk_internal::Authenticator::builder(options)
            .build()
            .map(drop)
    };
    let satellite = |key: &str| options(key).is_satellite(true);
    let domain = clerk_core::Domain::parse("sat.example").unwrap();
    assert!(build(satellite(LIVE)).unwrap_err().is_missing());
    assert!(build(satellite(LIVE).domain(domain.clone())).is_ok());
    assert!(
        build(satellite(TEST).domain(domain.clone()))
            .unwrap_err()
            .is_missing()
    );
    let relative = satellite(TEST)
        .domain(domain.clone())
        .sign_in_url("/sign-in".to_owned());
    assert_eq!(
        build(relative).unwrap_err().kind(),
        ConfigErrorKind::Malformed
    );
    let own = satellite(TEST)
        .domain(domain.clone())
        .sign_in_url("https://sat.example/in".to_owned());
    assert_eq!(build(own).unwrap_err().kind(), ConfigErrorKind::Conflict);
    assert!(
        build(
            satellite(TEST)
                .domain(domain)
                .sign_in_url("https://primary.example/in".to_owned())
        )
        .is_ok()
    );
}

// covers: MW-11
#[test]
fn a_second_gate_of_the_same_client_has_nothing_to_do() {
    let engine = engine(options(LIVE));
    let first = Gate::new(engine.clone());
    let seen = proceed(&first, "GET", &[]);
    assert!(first.clone().has_seen(&seen));
    assert!(Gate::new(engine.clone()).has_seen(&seen));
    let other_options =
        Gate::new(engine.clone()).options_by_request(|_| AuthenticateOptions::new());
    assert!(!other_options.has_seen(&seen));
    assert!(!Gate::new(engine.with_authorized_parties(["https://a.example"])).has_seen(&seen));
    assert!(!gate().has_seen(&seen));
}

// covers: MW-20
#[test]
fn what_is_known_is_known_at_once() {
    let gate = gate();
    let bearer = format!("Bearer {}", session().mint());
    let request = crate::support::request("GET", &[("authorization", &bearer)]);
    let Some(Passage::Proceed(auth)) = gate.enter_now(RequestView::from(&request)) else {
        panic!()
    };
    assert!(matches!(auth.state(), RequestState::SignedIn(_)));
    let request = crate::support::request("GET", &[("authorization", "Bearer ak_good")]);
    assert!(gate.enter_now(RequestView::from(&request)).is_none());
}

// covers: HIST-1
#[test]
fn copies_of_internal_headers_say_nothing() {
    let token = session().mint();
    let headers = [
        ("x-clerk-auth-status", "signed-in"),
        ("x-clerk-auth-token", token.as_str()),
        ("x-clerk-auth-signature", "00"),
        ("x-clerk-auth-reason", "none"),
        ("x-clerk-auth-message", "none"),
        ("x-clerk-user-id", "user_1"),
    ];
    let auth = caller("", &headers);
    assert_eq!(auth.user_id(), None);
    assert_eq!(Guard::new().check(&auth).unwrap_err().status(), 401);
}
