//! What holds for any request at all, whatever is set and whatever Clerk answers.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[cfg(feature = "tracing")]
mod recorder;
mod requests;
mod setups;

use std::collections::BTreeSet;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use clerk_core::url::{Url, form};
use clerk_internal::request::{ForwardedHeaders, RequestView};
use clerk_internal::{Authenticator, Decision, PendingSessions, RequestState};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use requests::{Asked, any_request, navigation};
use setups::{Answers, Setup, answers, setup};

fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// What every secret of these tests holds: a mark, or the start that all JWTs have in common.
const MARKS: [&str; 2] = ["s3cr3t", "eyJ"];

fn is_secret(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

fn no_secret_in(what: &str, text: &str) -> Result<(), TestCaseError> {
    prop_assert!(!is_secret(text), "{what}: {text}");
    let pem = clerk_testing::mint::TestKey::FIRST.public_pem();
    prop_assert!(
        !text.contains(pem.lines().nth(1).unwrap()),
        "{what}: {text}"
    );
    Ok(())
}

/// Runs a request, and keeps what is told on the way.
fn run(engine: &Authenticator, asked: &Asked) -> (RequestState, Vec<String>) {
    let mut state = None;
    let authenticate = || {
        state = Some(asked.with_view(|view| block_on(engine.authenticate(view))));
    };
    #[cfg(feature = "tracing")]
    let told = recorder::told_by(authenticate);
    #[cfg(not(feature = "tracing"))]
    let told = {
        let mut authenticate = authenticate;
        authenticate();
        Vec::new()
    };
    (state.unwrap(), told)
}

/// The hosts that are the application's own under the settings, told without asking the engine where it can be.
fn own_hosts(setup: &Setup, view: RequestView<'_>) -> Vec<String> {
    let host = |url: Url| url.host().to_owned();
    let asked = view
        .authority()
        .and_then(|authority| Url::parse(&format!("https://{authority}/")).ok())
        .map(host);
    let mut own: Vec<String> = match (&setup.forwarded, setup.public_origin) {
        (_, Some(origin)) => return Url::parse(origin).map(host).into_iter().collect(),
        (ForwardedHeaders::Trust, None) => view.public_url(&setup.forwarded).map(host),
        (ForwardedHeaders::Ignore, None) => None,
        (ForwardedHeaders::Hosts(_), None) => Some("app.example.com".to_owned()),
        (other, None) => panic!("{other:?} needs a line"),
    }
    .into_iter()
    .collect();
    own.extend(asked);
    own
}

/// Redirects lead to known hosts; states keep their promises.
fn leads_nowhere_else(
    setup: &Setup,
    asked: &Asked,
    state: &RequestState,
) -> Result<(), TestCaseError> {
    if let Some(location) = state.location() {
        let location = Url::parse(location.to_str().unwrap()).unwrap();
        let host = location.host().to_owned();
        let own = asked.with_view(|view| own_hosts(setup, view));
        let is_known = setup.hosts().contains(&host.as_str())
            || own.contains(&host)
            || (!setup.is_live && location.is_loopback());
        prop_assert!(is_known, "{location} in {setup:?}");
    }
    match state {
        RequestState::Handshake(_) => {
            prop_assert!(state.location().is_some());
            prop_assert_eq!(asked.method, "GET");
        }
        RequestState::Unavailable(_) => prop_assert!(state.location().is_none()),
        RequestState::SignedIn(_) | RequestState::SignedOut(_) => {
            // In development only, where the handshake came back by the URL.
            prop_assert!(state.location().is_none() || !setup.is_live);
        }
    }
    Ok(())
}

/// What is told of a request holds no token, no cookie's value, no key.
fn tells_no_secret(
    engine: &Authenticator,
    asked: &Asked,
    state: &RequestState,
    told: &[String],
) -> Result<(), TestCaseError> {
    for line in told {
        no_secret_in("told", line)?;
    }
    for (name, value) in state.headers() {
        if name != "location" && name != "set-cookie" {
            no_secret_in(name.as_str(), value.to_str().unwrap())?;
        } else if is_secret(value.to_str().unwrap()) {
            prop_assert!(value.is_sensitive(), "{name}");
        }
    }
    no_secret_in("Debug", &format!("{state:?} {:?}", state.headers()))?;
    no_secret_in("message", state.message())?;
    if let Some(reason) = state.reason() {
        no_secret_in("reason", &format!("{reason} {reason:?}"))?;
    }
    for pending in [PendingSessions::SignedIn, PendingSessions::SignedOut] {
        let auth = state.auth_with(pending);
        no_secret_in("auth", &format!("{auth:?}"))?;
        no_secret_in("JSON", &serde_json::to_string(auth).unwrap())?;
    }
    asked.with_view(|view| {
        no_secret_in("view and engine", &format!("{view:?} {engine:?}"))?;
        if let Decision::Needs(need) = engine.decide(view) {
            no_secret_in("need", &format!("{need:?}"))?;
        }
        Ok(())
    })
}

/// The names of a URL's query parameters that hold secrets.
fn secret_parameters(url: &str) -> BTreeSet<String> {
    let Ok(url) = Url::parse(url) else {
        return BTreeSet::new();
    };
    form::pairs(url.query().unwrap_or_default())
        .filter(|(_, value)| is_secret(value))
        .map(|(name, _)| name.into_owned())
        .collect()
}

/// `Location` and `Set-Cookie` carry secrets only where that is what they are for.
fn hands_secrets_to_their_places_only(
    setup: &Setup,
    asked: &Asked,
    clerk: &Answers,
    state: &RequestState,
) -> Result<(), TestCaseError> {
    // HS-31, REF-3, and the answer that came in the request itself: cookies are set as Clerk said.
    for cookie in state.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        let is_counter = cookie.starts_with("__clerk_redirect_count=");
        let by_call = clerk.directives.iter().flatten().any(|said| said == cookie);
        let by_token = cookie.starts_with("__session=") && cookie.ends_with("; Path=/");
        prop_assert!(is_counter || by_call || by_token, "{cookie}");
        prop_assert!(is_counter || !matches!(state, RequestState::Handshake(_)));
    }
    let Some(location) = state.location() else {
        return Ok(());
    };
    let location = location.to_str().unwrap();
    let named = secret_parameters(location);
    if matches!(state, RequestState::Handshake(_)) {
        // HS-21, REQ-36: the session's token, in development the browser's, and the page's own URL.
        for name in &named {
            let may = match name.as_str() {
                "__session" => setup.session_in_url,
                "__clerk_db_jwt" => !setup.is_live,
                "redirect_url" | "__clerk_redirect_url" => is_secret(&asked.target),
                _ => false,
            };
            prop_assert!(may, "{name} in {location}");
        }
    } else {
        // HS-34: the clean URL.
        prop_assert!(!is_secret(location), "{location}");
    }
    Ok(())
}

fn check(setup: &Setup, asked: &Asked, clerk: &Answers) -> Result<Option<String>, TestCaseError> {
    let Some(engine) = setup.engine(clerk.clone()) else {
        return Ok(None);
    };
    let (state, told) = run(&engine, asked);
    leads_nowhere_else(setup, asked, &state)?;
    tells_no_secret(&engine, asked, &state, &told)?;
    hands_secrets_to_their_places_only(setup, asked, clerk, &state)?;
    // Without I/O the same holds.
    let local = asked.with_view(|view| engine.authenticate_local(view));
    leads_nowhere_else(setup, asked, &local)?;
    tells_no_secret(&engine, asked, &local, &[])?;
    let reason = state.reason().map(ToString::to_string);
    Ok(Some(format!(
        "{} {}",
        state.status(),
        reason.unwrap_or_default()
    )))
}

const CASES: u32 = 600;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

// covers: CTX-5, CTX-6, CTX-7, JWT-6, HS-39, REQ-4, REQ-36, COK-9, HIST-6, HIST-46, HIST-54
#[test]
fn no_request_panics_leads_astray_or_tells_secrets() {
    let config = config(CASES);
    TestRunner::new(config)
        .run(
            &(setup(), any_request(), answers()),
            |(setup, asked, clerk)| check(&setup, &asked, &clerk).map(drop),
        )
        .unwrap();
}

// covers: KEY-15, STA-5, HS-21, HS-31, REF-3, REQ-36, REQ-52
#[test]
fn no_navigation_leads_astray_or_tells_secrets_and_all_kinds_of_outcome_are_among_them() {
    let config = config(CASES);
    let outcomes = std::cell::RefCell::new(BTreeSet::new());
    TestRunner::new(config)
        .run(
            &(setup(), navigation(), answers()),
            |(setup, asked, clerk)| {
                outcomes.borrow_mut().extend(check(&setup, &asked, &clerk)?);
                Ok(())
            },
        )
        .unwrap();
    // The property means little if the requests are all alike.
    let outcomes = outcomes.into_inner();
    for status in ["signed-in", "signed-out", "handshake", "unavailable"] {
        assert!(
            outcomes.iter().any(|outcome| outcome.starts_with(status)),
            "{status} is missing in {outcomes:?}"
        );
    }
    assert!(outcomes.len() >= 10, "{outcomes:?}");
}

// covers: CTX-7
#[test]
fn headers_that_are_not_believed_cannot_change_where_a_redirect_leads() {
    let policies = prop::sample::select(vec![
        ForwardedHeaders::Ignore,
        ForwardedHeaders::hosts(["app.example.com", "other.example.com"]),
        ForwardedHeaders::hosts([""; 0]),
    ]);
    let input = (setup(), policies, navigation(), answers());
    TestRunner::new(config(CASES / 4))
        .run(&input, |(mut setup, policy, asked, clerk)| {
            setup.forwarded = policy;
            let asked = asked
                .sooner("x-forwarded-host", "evil.example")
                .sooner("x-forwarded-proto", "https");
            check(&setup, &asked, &clerk)?;
            let Some(engine) = setup.engine(clerk) else {
                return Ok(());
            };
            let (state, _) = run(&engine, &asked);
            let Some(location) = state.location() else {
                return Ok(());
            };
            let url = Url::parse(location.to_str().unwrap()).unwrap();
            for (name, back) in form::pairs(url.query().unwrap_or_default()) {
                if name == "redirect_url" {
                    let back = Url::parse(&back).unwrap();
                    prop_assert_eq!(back.host(), "app.example.com");
                }
            }
            Ok(())
        })
        .unwrap();
}
