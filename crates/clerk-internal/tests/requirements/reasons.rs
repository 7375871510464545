//! At least one request for every reason that can occur, and why there is none for each that cannot.

use std::sync::Arc;

use clerk_core::url::Origin;
use clerk_errors::{MachineTokenVerificationCode as Code, TokenVerificationReason as Token};
use clerk_internal::path::OrganizationSync;
use clerk_internal::state::{AuthErrorReason as Found, Reason, RefreshProblem, RefreshRefusal};
use clerk_internal::{AuthenticateOptions, CallFailure, RequestState};
use clerk_testing::mint::{HandshakeTokenBuilder, M2mTokenBuilder, TestKey};
use clerk_tokens::{AcceptsToken, TokenType};

use super::asking::{Ask, OLD_UAT, UAT, expired, handshake, header, names, page_of, token_of};
use super::scripted::{ScriptedClerk, ScriptedKeys};
use super::support::{LIVE, NOW, PARTY, TEST, bare, engine, keyed};
use super::syncing::satellite;

enum Row {
    /// A request of this outcome.
    Occurs(&'static str, Box<RequestState>),
    /// Why there is none.
    Never(&'static str),
}

use Row::{Never, Occurs};

fn occurs(status: &'static str, state: RequestState) -> Row {
    Occurs(status, Box::new(state))
}

const HANDSHAKE: &str = "handshake";
const SIGNED_OUT: &str = "signed-out";
const UNAVAILABLE: &str = "unavailable";

fn live(ask: &Ask) -> RequestState {
    ask.of(&engine(keyed(LIVE)))
}

fn test(ask: &Ask) -> RequestState {
    ask.of(&engine(keyed(TEST)))
}

fn with(options: AuthenticateOptions, ask: &Ask) -> RequestState {
    ask.of(&engine(options))
}

fn by_cookie(token: &str) -> Ask {
    Ask::page("/")
        .cookie("__session", token)
        .cookie("__client_uat", OLD_UAT)
}

fn good() -> Ask {
    Ask::page("/").signed_in_by(&token_of(LIVE).mint())
}

fn ahead(claim: &str) -> String {
    token_of(LIVE).claim(claim, NOW / 1000 + 60).mint()
}

/// What was found about a request.
fn found(reason: Found) -> Row {
    match reason {
        Found::ClientUatButNoSessionToken => {
            occurs(HANDSHAKE, live(&Ask::page("/").cookie("__client_uat", UAT)))
        }
        Found::DevBrowserMissing => occurs(HANDSHAKE, test(&Ask::page("/"))),
        Found::DevBrowserSync => occurs(HANDSHAKE, test(&Ask::page("/?__clerk_db_jwt=dvb_1"))),
        Found::PrimaryRespondsToSyncing => occurs(
            HANDSHAKE,
            test(&Ask::page("/?__clerk_redirect_url=http://localhost/")),
        ),
        Found::PrimaryDomainCrossOriginSync => occurs(
            HANDSHAKE,
            live(&good().header("referer", "https://satellite.example/")),
        ),
        Found::SatelliteNeedsSyncing => {
            occurs(HANDSHAKE, Ask::page("/").of(&satellite(LIVE, true)))
        }
        Found::SessionTokenAndUatMissing => occurs(SIGNED_OUT, live(&Ask::page("/"))),
        Found::SessionTokenMissing => occurs(
            SIGNED_OUT,
            live(&Ask::page("/").cookie("__clerk_handshake", &handshake(["__client_uat=0"]))),
        ),
        Found::SessionTokenExpired => {
            Never("it is the stem of the reasons that say why an expired token was not refreshed")
        }
        Found::SessionTokenIatBeforeClientUat => occurs(
            HANDSHAKE,
            live(
                &Ask::page("/")
                    .cookie("__session", &token_of(LIVE).mint())
                    .cookie("__client_uat", "1774000001"),
            ),
        ),
        Found::SessionTokenNbf => occurs(HANDSHAKE, live(&by_cookie(&ahead("nbf")))),
        Found::SessionTokenIatInTheFuture => occurs(HANDSHAKE, live(&by_cookie(&ahead("iat")))),
        Found::SessionTokenButNoClientUat => occurs(
            HANDSHAKE,
            live(&Ask::page("/").cookie("__session", &token_of(LIVE).mint())),
        ),
        Found::ActiveOrganizationMismatch => {
            let sync = OrganizationSync::new(["/orgs/:slug"], [""; 0]).unwrap();
            let page = Ask::page("/orgs/acme").signed_in_by(&token_of(LIVE).mint());
            occurs(
                HANDSHAKE,
                with(keyed(LIVE).organization_sync(Arc::new(sync)), &page),
            )
        }
        Found::TokenTypeMismatch => {
            let token = M2mTokenBuilder::new("mch_1").issued_at_ms(NOW).mint();
            occurs(SIGNED_OUT, live(&Ask::page("/").bearer(&token)))
        }
        Found::UnexpectedError => {
            let failure = CallFailure::outage("no connection");
            let (engine, _) = ScriptedClerk::payload(Err(failure)).serve(keyed(LIVE));
            let page = Ask::page("/").cookie("__clerk_handshake_nonce", "n0nce");
            occurs(UNAVAILABLE, page.of(&engine))
        }
        other => panic!("a new reason, {other}, needs a row"),
    }
}

/// A page with an expired session, and what Clerk says to refreshing it.
fn refreshed(answer: Result<Vec<String>, CallFailure>) -> RequestState {
    let (engine, _) = ScriptedClerk::refresh(answer).serve(keyed(LIVE));
    stale().of(&engine)
}

fn stale() -> Ask {
    by_cookie(&expired(LIVE).mint()).cookie(names(LIVE).refresh(), "r3fr3sh")
}

/// Why an expired session token was not refreshed.
fn not_refreshed(problem: RefreshProblem) -> Row {
    match problem {
        RefreshProblem::NonEligibleNonGet => occurs(SIGNED_OUT, live(&stale().method("POST"))),
        RefreshProblem::NonEligibleNoRefreshCookie => {
            occurs(HANDSHAKE, live(&by_cookie(&expired(LIVE).mint())))
        }
        RefreshProblem::NonEligibleHeader => Never(
            "a token of the header has no refresh cookie that belongs to it, and that is what is said",
        ),
        RefreshProblem::MissingApiClient => occurs(HANDSHAKE, live(&stale())),
        RefreshProblem::ExpiredSessionTokenMissingSidClaim => {
            let (engine, _) = ScriptedClerk::default().serve(keyed(LIVE));
            let token = expired(LIVE).claim("sid", "").mint();
            let page = by_cookie(&token).cookie(names(LIVE).refresh(), "r3fr3sh");
            occurs(HANDSHAKE, page.of(&engine))
        }
        RefreshProblem::FetchError => occurs(
            HANDSHAKE,
            refreshed(Err(CallFailure::outage("no connection"))),
        ),
        RefreshProblem::UnexpectedBapiError => {
            occurs(HANDSHAKE, refreshed(Err(CallFailure::answer(500, "no"))))
        }
        RefreshProblem::UnexpectedSdkError => occurs(HANDSHAKE, refreshed(Ok(Vec::new()))),
        RefreshProblem::InvalidSessionToken => occurs(
            HANDSHAKE,
            refreshed(Ok(vec!["__session=garbage".to_owned()])),
        ),
        other => panic!("a new problem, {other}, needs a row"),
    }
}

/// A session token that failed verification.
fn token(reason: Token) -> Row {
    let bearer = |token: String| Ask::page("/").bearer(&token);
    let session = || token_of(LIVE);
    let by_source = |reason| {
        let keys = ScriptedKeys::failing(reason);
        bearer(session().mint()).of(&keys.serve(bare(LIVE)))
    };
    match reason {
        Token::TokenExpired => {
            // Of a session token it becomes a reason of its own; this is a handshake's.
            let answer = HandshakeTokenBuilder::new(["__client_uat=0"])
                .issued_at_ms(NOW - 90_000_000)
                .mint();
            let page = page_of(TEST, "/").cookie("__clerk_handshake", &answer);
            occurs(SIGNED_OUT, test(&page))
        }
        Token::TokenInvalid => occurs(SIGNED_OUT, live(&bearer("garbage".to_owned()))),
        Token::TokenInvalidAlgorithm => occurs(
            SIGNED_OUT,
            live(&bearer(session().header("alg", "none").mint())),
        ),
        Token::TokenInvalidAuthorizedParties => occurs(
            SIGNED_OUT,
            with(
                keyed(LIVE).authorized_parties(["https://b.example"]),
                &bearer(session().mint()),
            ),
        ),
        Token::TokenInvalidIssuer => occurs(
            SIGNED_OUT,
            with(
                keyed(LIVE).issuer(["https://b.example"]),
                &bearer(session().mint()),
            ),
        ),
        Token::TokenInvalidSignature => occurs(
            SIGNED_OUT,
            live(&bearer(session().key(TestKey::SECOND).mint())),
        ),
        Token::TokenNotActiveYet => {
            Never("of a session token it is session-token-nbf, and nothing else has its nbf judged")
        }
        Token::TokenIatInTheFuture => Never(
            "of a session token it is session-token-iat-in-the-future, and nothing else has its iat judged",
        ),
        Token::TokenVerificationFailed => occurs(
            SIGNED_OUT,
            with(
                keyed(LIVE).audience(["https://b.example"]),
                &bearer(session().claim("aud", "https://a.example").mint()),
            ),
        ),
        Token::SecretKeyInvalid => occurs(UNAVAILABLE, by_source(reason)),
        // What a source of keys says is passed on as it is.
        Token::LocalJwkMissing
        | Token::RemoteJwkFailedToLoad
        | Token::RemoteJwkInvalid
        | Token::RemoteJwkMissing
        | Token::JwkKidMismatch => occurs(SIGNED_OUT, by_source(reason)),
        Token::JwkFailedToResolve => {
            occurs(SIGNED_OUT, with(bare(LIVE), &bearer(session().mint())))
        }
        other => panic!("a new reason, {other}, needs a row"),
    }
}

/// A machine token that failed verification.
fn machine(code: Code) -> Row {
    let options = || keyed(LIVE).accepts(AcceptsToken::Any);
    let ask = |status| {
        let failure = CallFailure::answer(status, "no");
        let (engine, _) = ScriptedClerk::machine(Err(failure)).serve(options());
        Ask::page("/").bearer("ak_1").of(&engine)
    };
    match code {
        Code::TokenInvalid => occurs(SIGNED_OUT, ask(404)),
        Code::SecretKeyInvalid => occurs(UNAVAILABLE, ask(401)),
        Code::UnexpectedError => occurs(SIGNED_OUT, ask(422)),
        Code::TokenVerificationFailed => {
            let token = M2mTokenBuilder::new("mch_1")
                .issued_at_ms(NOW)
                .key(TestKey::SECOND)
                .mint();
            occurs(SIGNED_OUT, with(options(), &Ask::page("/").bearer(&token)))
        }
        other => panic!("a new code, {other}, needs a row"),
    }
}

fn check(reason: &Reason, row: Row) {
    match row {
        Never(why) => assert!(!why.is_empty()),
        Occurs(status, state) => {
            assert_eq!((state.status(), state.reason()), (status, Some(reason)));
            assert_eq!(
                header(&state, "x-clerk-auth-reason").as_deref(),
                Some(&*reason.as_str())
            );
        }
    }
}

// covers: STA-10
#[test]
fn every_reason_that_can_occur_has_a_request() {
    for reason in Found::ALL {
        check(&Reason::from(*reason), found(*reason));
    }
    for problem in RefreshProblem::ALL {
        check(&Reason::NotRefreshed(*problem), not_refreshed(*problem));
    }
    for reason in Token::ALL {
        check(&Reason::from(*reason), token(*reason));
    }
    for code in Code::ALL {
        check(&Reason::from(*code), machine(*code));
    }
    let refusal = RefreshRefusal::new("resource_not_found").unwrap();
    let failure = CallFailure::answer(404, "no").with_code("resource_not_found");
    check(
        &Reason::RefreshRefused(refusal),
        occurs(HANDSHAKE, refreshed(Err(failure))),
    );
    let only_keys = keyed(LIVE).accepts(AcceptsToken::One(TokenType::ApiKey));
    check(
        &Reason::NoTokenInHeader,
        occurs(SIGNED_OUT, with(only_keys, &Ask::page("/"))),
    );
}

// covers: STA-10
#[test]
fn a_state_is_signed_in_or_has_one_of_these_reasons() {
    let mut known: Vec<String> = Vec::new();
    known.extend(Found::ALL.iter().map(ToString::to_string));
    known.extend(Token::ALL.iter().map(ToString::to_string));
    known.extend(Code::ALL.iter().map(ToString::to_string));
    for problem in RefreshProblem::ALL {
        known.push(Reason::NotRefreshed(*problem).to_string());
    }
    known.push(Reason::NoTokenInHeader.to_string());
    let parties = keyed(LIVE)
        .authorized_parties([PARTY])
        .public_origin(Origin::parse("https://app.example.com").unwrap());
    for ask in [
        good(),
        Ask::call("/"),
        Ask::page("/").bearer("x"),
        by_cookie(&expired(LIVE).mint()),
        stale(),
        by_cookie("x"),
        Ask::page("/").cookie("__clerk_handshake", "x"),
    ] {
        let state = with(parties.clone(), &ask);
        match state.reason() {
            None => assert!(state.is_authenticated()),
            Some(reason) => assert!(known.contains(&reason.to_string()), "{reason}"),
        }
    }
}
