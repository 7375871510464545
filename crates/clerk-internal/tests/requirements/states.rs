//! What a state says, and what a framework does with it.

use clerk_core::{Domain, ProxyUrl};
use clerk_internal::{Auth, AuthenticateOptions, MachineTokenType, RequestState};
use clerk_tokens::{AcceptsToken, TokenType};

use super::asking::{Ask, UAT, header, headers, page_of, token_of, verdict};
use super::scripted::ScriptedClerk;
use super::support::{LIVE, TEST, engine, keyed};

fn configured() -> AuthenticateOptions {
    keyed(LIVE)
        .proxy_url(ProxyUrl::parse("/__clerk").unwrap())
        .domain(Domain::parse("app.example.com").unwrap())
        .sign_in_url("https://primary.example/in".to_owned())
        .sign_up_url("/up".to_owned())
        .after_sign_in_url("/in-after".to_owned())
        .after_sign_up_url("/up-after".to_owned())
}

/// What a state repeats of the settings.
fn echo(state: &RequestState) -> [Option<&str>; 7] {
    [
        state
            .publishable_key()
            .map(clerk_core::PublishableKey::as_str),
        state.proxy_url(),
        state.domain(),
        state.sign_in_url(),
        state.sign_up_url(),
        state.after_sign_in_url(),
        state.after_sign_up_url(),
    ]
}

fn signed_in(options: AuthenticateOptions) -> RequestState {
    Ask::page("/")
        .bearer(&token_of(LIVE).mint())
        .of(&engine(options))
}

fn signed_out(options: AuthenticateOptions) -> RequestState {
    Ask::page("/").bearer("garbage").of(&engine(options))
}

fn handshake(options: AuthenticateOptions) -> RequestState {
    Ask::page("/")
        .cookie("__client_uat", UAT)
        .of(&engine(options))
}

fn unavailable(options: AuthenticateOptions) -> RequestState {
    let failure = clerk_internal::CallFailure::outage("no connection");
    let (engine, _) =
        ScriptedClerk::machine(Err(failure)).serve(options.accepts(AcceptsToken::Any));
    Ask::page("/").bearer("ak_1").of(&engine)
}

// covers: STA-1, STA-8, OPT-14, OPT-16
#[test]
fn sta_1_sta_8_every_state_repeats_the_settings_it_came_from() {
    let states = [
        (signed_in as fn(_) -> _, "signed-in", true),
        (signed_out, "signed-out", false),
        (handshake, "handshake", false),
        (unavailable, "unavailable", false),
    ];
    for (make, status, is_authenticated) in states {
        let state = make(configured());
        assert_eq!(state.status(), status);
        assert_eq!(state.is_authenticated(), is_authenticated);
        assert_eq!(state.auth().is_authenticated(), is_authenticated);
        assert_eq!(
            echo(&state),
            [
                Some(LIVE),
                // A relative proxy is told by its whole address.
                Some("https://app.example.com/__clerk"),
                Some("app.example.com"),
                Some("https://primary.example/in"),
                Some("/up"),
                Some("/in-after"),
                Some("/up-after"),
            ]
        );
        assert!(!state.is_satellite());
        assert!(make(configured().is_satellite(true)).is_satellite());
        // What is not set is absent.
        assert_eq!(
            echo(&make(keyed(LIVE))),
            [Some(LIVE), None, None, None, None, None, None]
        );
        // The reduced form for looking at: nothing in it is secret.
        assert_eq!(state.reason().is_none(), is_authenticated);
        assert_eq!(state.token().is_some(), is_authenticated);
    }
}

// covers: STA-2
#[test]
fn sta_2_signed_in_has_a_token_and_no_headers_that_say_why_not() {
    let state = signed_in(configured());
    assert!(matches!(state, RequestState::SignedIn(_)));
    assert_eq!((state.reason(), state.message()), (None, ""));
    assert!(state.token().unwrap().starts_with("eyJ"));
    assert_eq!(state.token_type(), Some(TokenType::Session));
    assert!(matches!(state.auth(), Auth::Session(_)));
    // Also where it has headers.
    let token = token_of(TEST).mint();
    let (engine, _) =
        ScriptedClerk::payload(Ok(vec![format!("__session={token}; Path=/")])).serve(keyed(TEST));
    let state = page_of(TEST, "/?__clerk_handshake_nonce=n").of(&engine);
    assert!(state.is_authenticated());
    assert!(!state.headers().is_empty());
    for name in [
        "x-clerk-auth-status",
        "x-clerk-auth-reason",
        "x-clerk-auth-message",
    ] {
        assert_eq!(header(&state, name), None);
    }
}

// covers: STA-3
#[test]
fn sta_3_signed_out_says_why_and_has_nobody_of_the_wanted_kind() {
    let state = signed_out(configured());
    assert_eq!(verdict(&state), "signed-out token-invalid");
    assert_eq!(state.token(), None);
    assert!(matches!(state.auth(), Auth::SignedOut(nobody) if !nobody.is_pending()));
    assert_eq!(header(&state, "x-clerk-auth-status").unwrap(), "signed-out");
    assert_eq!(
        header(&state, "x-clerk-auth-reason").unwrap(),
        "token-invalid"
    );
    assert_eq!(
        header(&state, "x-clerk-auth-message").unwrap(),
        state.message()
    );
    assert_eq!(state.location(), None);

    // A message that is empty makes no header.
    let state = Ask::page("/").of(&engine(keyed(LIVE)));
    assert_eq!(state.message(), "");
    assert_eq!(header(&state, "x-clerk-auth-message"), None);

    for (wanted, machine) in [
        (TokenType::ApiKey, MachineTokenType::ApiKey),
        (TokenType::M2m, MachineTokenType::M2m),
        (TokenType::OAuth, MachineTokenType::OAuth),
    ] {
        let state = signed_out(keyed(LIVE).accepts(AcceptsToken::One(wanted)));
        assert_eq!(state.token_type(), Some(wanted));
        assert!(matches!(state.auth(), Auth::UnauthenticatedMachine(found) if *found == machine));
    }
}

// covers: STA-4
#[test]
fn sta_4_a_handshake_always_leads_somewhere_and_has_nobody() {
    for (key, ask) in [
        (LIVE, Ask::page("/").cookie("__client_uat", UAT)),
        (TEST, Ask::page("/")),
        (
            TEST,
            page_of(TEST, "/?__clerk_redirect_url=http://localhost/"),
        ),
    ] {
        let state = ask.of(&engine(keyed(key)));
        assert!(matches!(state, RequestState::Handshake(_)));
        assert!(state.location().is_some());
        assert_eq!(state.token_type(), Some(TokenType::Session));
        assert!(!state.auth().is_authenticated());
        assert_eq!((state.auth().user_id(), state.token()), (None, None));
        assert!(matches!(state.auth(), Auth::Invalid));
        assert_eq!(header(&state, "x-clerk-auth-status").unwrap(), "handshake");
    }
}

// covers: STA-6
#[test]
fn sta_6_a_token_that_is_not_accepted_gets_no_settings_back() {
    let options = configured()
        .is_satellite(true)
        .accepts([TokenType::ApiKey, TokenType::M2m]);
    let state = Ask::page("/")
        .bearer(&token_of(LIVE).mint())
        .of(&engine(options));
    assert_eq!(verdict(&state), "signed-out token-type-mismatch");
    assert_eq!((state.token_type(), state.message()), (None, ""));
    assert_eq!(echo(&state), [None; 7]);
    assert!(!state.is_satellite());
    assert!(matches!(state.auth(), Auth::Invalid));
    assert_eq!(state.auth().token_type(), None);
    assert_eq!(
        header(&state, "x-clerk-auth-reason").unwrap(),
        "token-type-mismatch"
    );
    assert_eq!(header(&state, "x-clerk-auth-status").unwrap(), "signed-out");
    assert_eq!(header(&state, "x-clerk-auth-message"), None);
}

// covers: STA-9
#[test]
fn sta_9_headers_are_appended_and_a_location_answers_307_whatever_the_state() {
    /// What the documentation of [`RequestState`] asks of a server.
    fn apply(state: &RequestState, answer: &mut http::Response<()>) {
        for (name, value) in state.headers() {
            answer.headers_mut().append(name, value.clone());
        }
        if state.location().is_some() {
            *answer.status_mut() = http::StatusCode::TEMPORARY_REDIRECT;
        }
    }
    let cookies = vec![
        format!("__session={}; Path=/", token_of(TEST).mint()),
        "__client_uat=1774000000; Path=/".to_owned(),
    ];
    let signed_out = vec!["__client_uat=0; Path=/".to_owned()];
    for (directives, status) in [(&cookies, "signed-in"), (&signed_out, "signed-out")] {
        let (engine, _) = ScriptedClerk::payload(Ok(directives.clone())).serve(keyed(TEST));
        let state = page_of(TEST, "/?__clerk_handshake_nonce=n").of(&engine);
        assert_eq!(state.status(), status);
        let mut answer = http::Response::builder()
            .header("set-cookie", "own=1")
            .body(())
            .unwrap();
        apply(&state, &mut answer);
        assert_eq!(answer.status(), 307);
        let set: Vec<&[u8]> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(http::HeaderValue::as_bytes)
            .collect();
        let mut wanted = vec!["own=1"];
        wanted.extend(directives.iter().map(String::as_str));
        let wanted: Vec<&[u8]> = wanted.into_iter().map(str::as_bytes).collect();
        assert_eq!(set, wanted);
    }
    // A handshake is never without a location; what cannot be redirected is no handshake.
    for target in ["/", "//evil.example", "/\\x", "*", "", "/%zz"] {
        for ask in [Ask::page(target), Ask::call(target)] {
            let state = ask.cookie("__client_uat", UAT).of(&engine(keyed(LIVE)));
            let is_handshake = matches!(state, RequestState::Handshake(_));
            assert_eq!(is_handshake, state.location().is_some(), "{target}");
        }
    }
}

// covers: STA-2, STA-3
#[test]
fn cookies_and_locations_are_marked_so_that_logs_can_leave_them_out() {
    let token = token_of(TEST).mint();
    let (engine, _) =
        ScriptedClerk::payload(Ok(vec![format!("__session={token}; Path=/")])).serve(keyed(TEST));
    let state = page_of(TEST, "/?__clerk_handshake_nonce=n").of(&engine);
    for name in ["set-cookie", "location"] {
        for value in state.headers().get_all(name) {
            assert!(value.is_sensitive(), "{name}");
        }
    }
    assert_eq!(headers(&state, "set-cookie").len(), 1);
}

// covers: VEC-34
#[test]
fn vec_34_a_garbage_bearer_token() {
    let state = Ask::page("/a/b")
        .cookie("__client_uat", "1700000000")
        .bearer("abc")
        .of(&engine(keyed(LIVE)));
    assert_eq!(verdict(&state), "signed-out token-invalid");
    let message = header(&state, "x-clerk-auth-message").unwrap();
    assert!(message.ends_with("(reason=token-invalid, token-carrier=header)"));
}

// covers: VEC-35
#[test]
fn vec_35_no_credentials_where_an_api_key_is_wanted() {
    let options = keyed(LIVE).accepts(AcceptsToken::One(TokenType::ApiKey));
    let state = Ask::page("/a/b").of(&engine(options));
    assert_eq!(verdict(&state), "signed-out No token in header");
    assert_eq!(state.token_type(), Some(TokenType::ApiKey));
    assert_eq!(
        header(&state, "x-clerk-auth-reason").unwrap(),
        "No token in header"
    );
    assert_eq!(header(&state, "x-clerk-auth-message"), None);
}
