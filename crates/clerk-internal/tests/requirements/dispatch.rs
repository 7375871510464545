//! Which path a request takes, by what it presents and what is accepted.

use clerk_core::MachineSecretKey;
use clerk_errors::ConfigErrorKind;
use clerk_internal::{AuthenticateOptions, CallFailure, RequestState};
use clerk_testing::mint::{M2mTokenBuilder, OAuthTokenBuilder, TemplateTokenBuilder, TestKey};
use clerk_tokens::AcceptsToken::{self, Any, AnyOf, One};
use clerk_tokens::TokenType::{self, ApiKey, M2m, OAuth, Session};

use super::asking::{Ask, UAT, expired, handshake, token_of, verdict};
use super::scripted::{ScriptedClerk, ScriptedKeys};
use super::support::{LIVE, NOW, TEST, bare, builder, engine, key, keyed, session};

/// What is made of a token: `verified` where that happened, else status, type and reason.
fn outcome(accepts: &AcceptsToken, token: Option<&str>) -> String {
    let clerk = ScriptedClerk::default();
    let (engine, clerk) = clerk.serve(keyed(LIVE).accepts(accepts.clone()));
    let mut ask = Ask::call("/");
    if let Some(token) = token {
        ask = ask.bearer(token);
    }
    let state = ask.of(&engine);
    if state.is_authenticated() {
        assert_eq!(state.token(), token);
        return "verified".to_owned();
    }
    // HIST-32: what is refused for its kind costs nothing.
    assert!(clerk.asked().is_empty());
    assert_eq!(state.status(), "signed-out");
    let token_type = state.token_type().map_or("none", TokenType::as_str);
    format!("{token_type}: {}", state.reason().unwrap())
}

fn m2m() -> String {
    M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint()
}

fn oauth() -> String {
    OAuthTokenBuilder::new("user_1").issued_at_ms(NOW).mint()
}

fn template() -> String {
    TemplateTokenBuilder::new("user_1").issued_at_ms(NOW).mint()
}

/// The forms of the setting: sessions, one machine type, a list with sessions, a list without, any.
fn forms() -> [AcceptsToken; 5] {
    [
        One(Session),
        One(ApiKey),
        AnyOf(vec![Session, ApiKey]),
        AnyOf(vec![ApiKey, M2m]),
        Any,
    ]
}

/// One row of the table: what five forms make of a token.
fn check(name: &str, token: Option<&str>, expected: [&str; 5]) {
    for (accepts, expected) in forms().into_iter().zip(expected) {
        assert_eq!(outcome(&accepts, token), expected, "{name} {accepts:?}");
    }
}

const INVALID: &str = "none: token-type-mismatch";
const KEY_MISMATCH: &str = "api_key: token-type-mismatch";
const SESSION_MISMATCH: &str = "session_token: token-type-mismatch";

// covers: ACC-1, REQ-14, REQ-15, OPT-6, HIST-31
#[test]
fn hist_31_acc_1_nothing_presented() {
    let cookies = "session_token: session-token-and-uat-missing";
    let no_key = "api_key: No token in header";
    check(
        "nothing",
        None,
        [cookies, no_key, cookies, INVALID, cookies],
    );
    for (wanted, name) in [
        (ApiKey, "api_key"),
        (M2m, "m2m_token"),
        (OAuth, "oauth_token"),
    ] {
        let expected = format!("{name}: No token in header");
        assert_eq!(outcome(&One(wanted), None), expected);
    }
    // Unless said otherwise, sessions are accepted.
    let state = Ask::call("/").of(&engine(keyed(LIVE)));
    assert_eq!(state.token_type(), Some(Session));
    assert_eq!(state.message(), "");
}

// covers: ACC-2, REQ-12, HIST-44
#[test]
fn hist_44_acc_2_a_session_token() {
    let token = session().mint();
    let verified = "verified";
    check(
        "session",
        Some(&token),
        [verified, KEY_MISMATCH, verified, INVALID, verified],
    );
}

// covers: ACC-3, REQ-11, REQ-13, REQ-27, HIST-44
#[test]
fn hist_44_acc_3_a_machine_token_of_an_accepted_type() {
    let (m2m, oauth) = (m2m(), oauth());
    for (token, token_type) in [
        ("ak_1", ApiKey),
        ("mt_1", M2m),
        ("oat_1", OAuth),
        (&m2m, M2m),
        (&oauth, OAuth),
    ] {
        for accepts in [
            One(token_type),
            AnyOf(vec![token_type]),
            AnyOf(vec![Session, token_type]),
            Any,
        ] {
            let found = outcome(&accepts, Some(token));
            assert_eq!(found, "verified", "{token} {accepts:?}");
        }
    }
}

// covers: ACC-4, REQ-10, REQ-25, HIST-32
#[test]
fn hist_32_acc_4_an_opaque_machine_token_of_another_type() {
    let undecodable = "session_token: token-invalid";
    let verified = "verified";
    for token in ["oat_1", "mt_1"] {
        let last = if token == "mt_1" { verified } else { INVALID };
        let expected = [undecodable, KEY_MISMATCH, INVALID, last, verified];
        check(token, Some(token), expected);
    }
}

// covers: ACC-5, REQ-10, REQ-20, REQ-25, HIST-32
#[test]
fn hist_32_acc_5_a_machine_jwt_of_another_type() {
    let verified = "verified";
    for (token, last) in [(oauth(), INVALID), (m2m(), verified)] {
        let expected = [SESSION_MISMATCH, KEY_MISMATCH, INVALID, last, verified];
        check("machine", Some(&token), expected);
    }
}

// covers: ACC-6, REQ-20, REQ-29, CHG-4, HIST-61
#[test]
fn acc_6_hist_61_a_template_token() {
    check(
        "template",
        Some(&template()),
        [
            SESSION_MISMATCH,
            KEY_MISMATCH,
            SESSION_MISMATCH,
            INVALID,
            SESSION_MISMATCH,
        ],
    );
}

// covers: ACC-7, REQ-24
#[test]
fn acc_7_garbage() {
    let undecodable = "session_token: token-invalid";
    for garbage in ["abc", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30.x", "AK_1", "sk_1"] {
        let expected = [undecodable, KEY_MISMATCH, undecodable, INVALID, undecodable];
        check(garbage, Some(garbage), expected);
    }
}

// covers: REQ-10, REQ-28, STA-6, HIST-32
#[test]
fn hist_32_req_10_what_is_not_on_the_list_is_refused_before_a_key_is_fetched() {
    let (oauth, m2m) = (oauth(), m2m());
    for (accepts, token) in [
        (AnyOf(vec![Session]), m2m.as_str()),
        (AnyOf(vec![Session]), &oauth),
        (AnyOf(vec![Session, ApiKey]), "mt_1"),
        (AnyOf(vec![M2m]), "ak_1"),
        (AnyOf(vec![]), "ak_1"),
    ] {
        let keys = ScriptedKeys::at_hand();
        let engine = keys.serve(bare(LIVE).accepts(accepts.clone()));
        let state = Ask::page("/")
            .signed_in_by(&session().mint())
            .bearer(token)
            .of(&engine);
        assert_eq!(verdict(&state), "signed-out token-type-mismatch");
        assert_eq!(state.token_type(), None, "{accepts:?}");
        assert_eq!(keys.counts(), (0, 0, 0));
    }
}

// covers: REQ-1, REQ-2, REQ-6, OPT-1, OPT-2
#[test]
fn req_1_req_2_req_6_what_has_to_be_set_is_known_when_the_engine_is_built() {
    let publishable = || clerk_core::PublishableKey::parse(LIVE).unwrap();
    let secret = || clerk_core::SecretKey::new("sk_live_x").unwrap();
    let machine = || MachineSecretKey::new("ak_machine").unwrap();
    let none = AuthenticateOptions::new;
    let problem = |options: AuthenticateOptions| {
        let error = builder(options).build().err()?;
        assert_eq!(error.kind(), ConfigErrorKind::Missing);
        Some(error.setting().to_owned())
    };
    let missing = |what: &str| Some(what.to_owned());

    assert_eq!(
        problem(none().secret_key(secret())),
        missing("the publishable key")
    );
    assert_eq!(
        problem(none().publishable_key(publishable())),
        missing("the secret key")
    );
    let both = none().publishable_key(publishable()).secret_key(secret());
    assert_eq!(problem(both), None);
    // Every form but M2M alone needs the secret key.
    for accepts in [One(ApiKey), One(OAuth), Any, AnyOf(vec![M2m])] {
        let options = none()
            .publishable_key(publishable())
            .machine_secret_key(machine())
            .accepts(accepts.clone());
        assert_eq!(problem(options), missing("the secret key"), "{accepts:?}");
    }
    let m2m = || none().accepts(One(M2m));
    assert_eq!(problem(m2m()), missing("the machine secret key"));
    assert_eq!(problem(m2m().machine_secret_key(machine())), None);
    assert_eq!(problem(m2m().secret_key(secret())), None);
    // A publishable key that is no key does not get as far as the options.
    assert!(clerk_core::PublishableKey::parse("pk_live_x").is_err());
    // The same is asked of the options of one request.
    let engine = engine(keyed(LIVE));
    let ask = Ask::call("/");
    let answer = ask.with_view(|view| {
        super::support::block_on(
            engine.authenticate_with(view, none().secret_key(None).jwt_key(None)),
        )
    });
    assert_eq!(answer.err().unwrap().setting(), "the secret key");
}

// covers: REQ-2
#[test]
fn req_2_with_a_key_at_hand_a_secret_key_is_needed_for_calls_only() {
    let options = || {
        AuthenticateOptions::new()
            .publishable_key(clerk_core::PublishableKey::parse(LIVE).unwrap())
            .jwt_key(key())
            .allow_test_keys(true)
    };
    let engine = engine(options().accepts(Any));
    let token = session().mint();
    let m2m = m2m();
    for token in [token.as_str(), &m2m] {
        assert!(Ask::call("/").bearer(token).of(&engine).is_authenticated());
    }
    let page = Ask::page("/").signed_in_by(&token);
    assert_eq!(page.verdict(&engine), "signed-in user_1");
    let active = Ask::page("/").cookie("__client_uat", UAT);
    assert_eq!(active.of(&engine).status(), "handshake");
    // What would take a call is refused, and nobody calls without a key.
    let (engine, clerk) = ScriptedClerk::default().serve(options().accepts(Any));
    let opaque = Ask::call("/").bearer("ak_1");
    assert_eq!(opaque.verdict(&engine), "signed-out unexpected-error");
    assert!(clerk.asked().is_empty());
}

// covers: REQ-20
#[test]
fn req_20_a_machine_or_template_token_in_the_header_is_a_mismatch_without_words() {
    for token in [m2m(), oauth(), template()] {
        let keys = ScriptedKeys::at_hand();
        let state = Ask::page("/").bearer(&token).of(&keys.serve(bare(LIVE)));
        assert_eq!(verdict(&state), "signed-out token-type-mismatch");
        assert_eq!(state.token_type(), Some(Session));
        assert_eq!(state.message(), "");
        assert_eq!(keys.counts(), (0, 0, 0));
    }
    // An opaque one is not even a token here.
    let state = Ask::page("/").bearer("mt_1").of(&engine(keyed(LIVE)));
    assert_eq!(verdict(&state), "signed-out token-invalid");
    assert!(state.message().contains("token-carrier=header"));
}

// covers: REQ-21, REQ-29
#[test]
fn req_21_a_header_token_that_verifies_is_signed_in_without_headers() {
    let token = session().mint();
    for accepts in [One(Session), Any, AnyOf(vec![ApiKey, Session])] {
        for ask in [Ask::page("/"), Ask::call("/").method("POST")] {
            let state = ask
                .bearer(&token)
                .of(&engine(keyed(LIVE).accepts(accepts.clone())));
            assert_eq!(verdict(&state), "signed-in user_1");
            assert_eq!(state.token(), Some(token.as_str()));
            assert!(state.headers().is_empty());
            assert_eq!((state.reason(), state.message()), (None, ""));
        }
    }
}

// covers: REQ-22, REQ-29
#[test]
fn req_22_a_header_token_that_fails_is_judged_as_one_of_the_header() {
    let early = session().claim("nbf", NOW / 1000 + 60).mint();
    let future = session().issued_at_ms(NOW + 60_000).claim("nbf", 0).mint();
    let forged = session().key(TestKey::SECOND).mint();
    let foreign = session().authorized_party("https://other.example").mint();
    for (token, page, call) in [
        (
            expired(LIVE).mint(),
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
            "signed-out session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            early,
            "handshake session-token-nbf",
            "signed-out session-token-nbf",
        ),
        (
            future,
            "handshake session-token-iat-in-the-future",
            "signed-out session-token-iat-in-the-future",
        ),
        (
            forged,
            "signed-out token-invalid-signature",
            "signed-out token-invalid-signature",
        ),
        (
            foreign,
            "signed-out token-invalid-authorized-parties",
            "signed-out token-invalid-authorized-parties",
        ),
    ] {
        for accepts in [One(Session), Any, AnyOf(vec![Session])] {
            let options = keyed(LIVE)
                .accepts(accepts)
                .authorized_parties(["https://app.example.com"]);
            let engine = engine(options);
            for (ask, expected) in [(Ask::page("/"), page), (Ask::call("/"), call)] {
                let state = ask.bearer(&token).of(&engine);
                assert_eq!(verdict(&state), expected);
                assert!(state.message().contains("token-carrier=header"));
            }
        }
    }
}

// covers: REQ-23
#[test]
fn req_23_with_a_header_token_nothing_else_plays_a_part() {
    use clerk_internal::path::OrganizationSync;

    let sync = OrganizationSync::new(["/orgs/:slug"], ["/me"]).unwrap();
    let options = keyed(TEST)
        .is_satellite(true)
        .satellite_auto_sync(true)
        .domain(clerk_core::Domain::parse("satellite.example").unwrap())
        .sign_in_url("https://primary.example/sign-in".to_owned())
        .organization_sync(std::sync::Arc::new(sync));
    let (engine, clerk) = ScriptedClerk::default().serve(options);
    let token = token_of(TEST).without_party();
    let other = clerk_testing::mint::SessionTokenBuilder::new("user_2")
        .issued_at_ms(NOW)
        .mint();
    let answer = handshake([format!("__session={other}; Path=/")]);
    let target = format!(
        "/orgs/acme?__clerk_synced=false&__clerk_db_jwt=dvb&__clerk_redirect_url=http://localhost/&__clerk_handshake_nonce=n&__clerk_handshake={answer}"
    );
    let page = Ask::page(&target)
        .header("referer", "https://other.example/")
        .signed_in_by(&other);
    assert_eq!(
        page.clone().bearer(&token).verdict(&engine),
        "signed-in user_1"
    );
    assert!(clerk.asked().is_empty());
    // Nor does a good cookie help a bad header.
    let bad = session().key(TestKey::SECOND).mint();
    assert_eq!(
        page.bearer(&bad).verdict(&engine),
        "signed-out token-invalid-signature"
    );
    assert!(clerk.asked().is_empty());
}

/// A token that names no party it was made for.
trait WithoutParty {
    fn without_party(self) -> String;
}

impl WithoutParty for clerk_testing::mint::SessionTokenBuilder {
    fn without_party(self) -> String {
        self.claim("azp", serde_json::Value::Null).mint()
    }
}

// covers: REQ-24, REQ-25
#[test]
fn req_24_req_25_one_machine_type_takes_no_other_token() {
    let (session, m2m, oauth) = (session().mint(), m2m(), oauth());
    let tokens = [
        (session.as_str(), Session),
        ("garbage", Session),
        ("ak_1", ApiKey),
        ("mt_1", M2m),
        (&m2m, M2m),
        ("oat_1", OAuth),
        (&oauth, OAuth),
    ];
    for wanted in [ApiKey, M2m, OAuth] {
        for (token, token_type) in tokens {
            let expected = if token_type == wanted {
                "verified".to_owned()
            } else {
                format!("{wanted}: token-type-mismatch")
            };
            assert_eq!(outcome(&One(wanted), Some(token)), expected, "{token}");
        }
    }
}

// covers: REQ-26
#[test]
fn req_26_a_machine_token_that_fails_is_signed_out_with_code_and_message() {
    let forged = M2mTokenBuilder::new("mch_1")
        .issued_at_ms(NOW)
        .key(TestKey::SECOND)
        .mint();
    let unknown = ScriptedClerk::machine(Err(CallFailure::answer(404, "no")));
    let refused = ScriptedClerk::machine(Err(CallFailure::answer(422, "no")));
    for (clerk, token, token_type, code) in [
        (unknown, "ak_1", ApiKey, "token-invalid"),
        (refused, "oat_1", OAuth, "unexpected-error"),
        (
            ScriptedClerk::default(),
            forged.as_str(),
            M2m,
            "token-verification-failed",
        ),
    ] {
        let (engine, _) = clerk.serve(keyed(LIVE).accepts(Any));
        for accepts in [One(token_type), Any, AnyOf(vec![token_type])] {
            let ask = Ask::page("/").bearer(token);
            let state = ask
                .with_view(|view| {
                    let options = AuthenticateOptions::new().accepts(accepts);
                    super::support::block_on(engine.authenticate_with(view, options))
                })
                .unwrap();
            assert!(matches!(state, RequestState::SignedOut(_)));
            assert_eq!(verdict(&state), format!("signed-out {code}"));
            assert_eq!(state.token_type(), Some(token_type));
            assert!(state.message().contains(code), "{}", state.message());
            assert_eq!(state.auth().token_type(), Some(token_type));
        }
    }
}
