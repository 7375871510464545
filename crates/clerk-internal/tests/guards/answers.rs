//! What those who are turned away are told.

use clerk_internal::guard::{Guard, Rejection, RejectionKind};
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Level, Reverification};
use serde_json::{Value, json};

use crate::support::{
    API_KEY, BAD_API_KEY, PAGE, TEST, caller, engine, m2m, oauth, options, proceed, session,
};
use clerk_internal::guard::Gate;

fn rejected(guard: &Guard, token: &str, headers: &[(&str, &str)]) -> Rejection {
    guard.check(&caller(token, headers)).unwrap_err()
}

fn header(rejection: &Rejection, name: &str) -> String {
    let value = rejection.headers().get(name).cloned();
    value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

const SIGN_IN: &str = "https://accounts.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Freports%3Fyear%3D2030";

// covers: MW-52
#[test]
fn a_page_is_what_a_person_is_going_to_look_at() {
    let cases: [(&[(&str, &str)], u16); 9] = [
        (&[], 401),
        (&[("accept", "*/*")], 401),
        (&[("accept", "application/json")], 401),
        (&[("sec-fetch-dest", "empty")], 401),
        (&[("sec-fetch-dest", "image")], 401),
        (&[("sec-fetch-dest", "document")], 307),
        (&[("sec-fetch-dest", "iframe")], 307),
        (&[("accept", "application/xml, TEXT/HTML;q=0.9")], 307),
        (&[("sec-fetch-dest", "empty"), ("accept", "text/html")], 307),
    ];
    for (headers, status) in cases {
        let rejection = rejected(&Guard::new(), "", headers);
        assert_eq!(rejection.status().as_u16(), status, "{headers:?}");
    }
}

// covers: MW-50, MW-53
#[test]
fn the_unauthenticated_are_sent_to_sign_in_or_told_what_is_accepted() {
    let guard = Guard::new();
    let page = rejected(&guard, "", &[PAGE]);
    assert_eq!(page.status(), 307);
    assert_eq!(header(&page, "location"), SIGN_IN);
    assert_eq!(header(&page, "cache-control"), "no-store");
    assert_eq!(
        (page.body().as_str(), header(&page, "content-type").as_str()),
        ("", "")
    );

    let api = rejected(&guard, "", &[]);
    assert_eq!(api.status(), 401);
    assert_eq!(header(&api, "www-authenticate"), "Bearer");
    assert_eq!(header(&api, "content-type"), "application/json");
    let body: Value = serde_json::from_str(&api.body()).unwrap();
    assert_eq!(body["errors"][0]["code"], "unauthenticated");

    let forged = session().key(clerk_testing::mint::TestKey::ALL[1]).mint();
    let bad = rejected(&guard, &forged, &[]);
    assert_eq!(
        header(&bad, "www-authenticate"),
        "Bearer error=\"invalid_token\""
    );

    let elsewhere = guard.unauthenticated_url("/welcome");
    for headers in [&[PAGE] as &[(&str, &str)], &[]] {
        let rejection = rejected(&elsewhere, "", headers);
        assert_eq!(
            (
                rejection.status().as_u16(),
                header(&rejection, "location").as_str()
            ),
            (307, "/welcome")
        );
    }
}

// covers: MW-50
#[test]
fn a_posted_page_is_not_posted_again_to_the_sign_in_page() {
    let auth = proceed(&crate::support::gate(), "POST", &[PAGE]);
    let rejection = Guard::new().check(&auth).unwrap_err();
    assert_eq!(
        (
            rejection.status().as_u16(),
            header(&rejection, "location").as_str()
        ),
        (303, SIGN_IN)
    );
}

// covers: MW-50
#[test]
fn a_pending_session_is_sent_to_its_tasks_with_the_browser_of_development() {
    let gate = Gate::new(engine(
        options(TEST).sign_in_url("https://sign.in.example/in".to_owned()),
    ));
    let bearer = format!(
        "Bearer {}",
        session()
            .issuer("https://foo-bar-13.clerk.accounts.dev")
            .pending()
            .mint()
    );
    let headers = [
        ("authorization", bearer.as_str()),
        ("cookie", "__clerk_db_jwt=dvb_1"),
        ("accept", "text/html"),
    ];
    let rejection = Guard::new()
        .check(&proceed(&gate, "GET", &headers))
        .unwrap_err();
    let location = header(&rejection, "location");
    assert!(
        location.starts_with("https://sign.in.example/in/tasks?redirect_url="),
        "{location}"
    );
    assert!(location.ends_with("&__clerk_db_jwt=dvb_1"), "{location}");
    assert!(!format!("{rejection:?}").contains("dvb_1"));
}

// covers: MW-34
#[test]
fn machines_are_told_nothing_but_where_tokens_come_from() {
    let cases = [
        (
            Guard::machine().accepts(TokenType::ApiKey),
            BAD_API_KEY,
            "Bearer error=\"invalid_token\"",
        ),
        (Guard::new().accepts(TokenType::ApiKey), "", "Bearer"),
        (Guard::new().accepts(TokenType::M2m), API_KEY, "Bearer"),
        (
            Guard::new().accepts(TokenType::OAuth),
            "",
            "Bearer resource_metadata=\"https://clerk.example.com/.well-known/oauth-protected-resource\"",
        ),
    ];
    for (guard, token, challenge) in cases {
        for headers in [&[] as &[(&str, &str)], &[PAGE]] {
            let rejection = rejected(&guard, token, headers);
            assert_eq!(rejection.status(), 401, "{guard:?}");
            assert_eq!(header(&rejection, "www-authenticate"), challenge);
            assert_eq!(rejection.body(), "");
        }
    }
}

// covers: MW-51, MW-53
#[test]
fn the_unauthorized_are_refused_or_redirected_if_they_are_users() {
    let token = session().mint();
    let guard = Guard::new().role("org:owner");
    let api = rejected(&guard, &token, &[]);
    assert_eq!(
        (api.status().as_u16(), api.kind()),
        (403, RejectionKind::Unauthorized)
    );
    let body: Value = serde_json::from_str(&api.body()).unwrap();
    assert_eq!(body["errors"][0]["code"], "unauthorized");
    let page = rejected(&guard, &token, &[PAGE]);
    assert_eq!(page.status(), 403);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert!(page.body().starts_with("<!doctype html>"));

    let elsewhere = guard
        .accepts(TokenType::ALL.to_vec())
        .unauthorized_url("/upgrade");
    let user = rejected(&elsewhere, &token, &[]);
    assert_eq!(
        (user.status().as_u16(), header(&user, "location").as_str()),
        (307, "/upgrade")
    );
    for machine in [API_KEY, &m2m()] {
        assert_eq!(rejected(&elsewhere, machine, &[]).status(), 403);
    }
    // What is not even accepted is no user who may not.
    let users = Guard::new().unauthorized_url("/upgrade");
    assert_eq!(rejected(&users, API_KEY, &[]).status(), 401);
}

#[test]
fn a_missing_scope_is_named() {
    let guard = Guard::machine()
        .scope("reports:write")
        .scope("reports:read");
    let rejection = rejected(&guard, &oauth(), &[]);
    assert_eq!(
        (
            rejection.status().as_u16(),
            header(&rejection, "www-authenticate").as_str()
        ),
        (
            403,
            "Bearer error=\"insufficient_scope\", scope=\"reports:write reports:read\""
        )
    );
    let odd = Guard::machine().scope("a\" b\r\n");
    assert_eq!(
        header(&rejected(&odd, API_KEY, &[]), "www-authenticate"),
        "Bearer error=\"insufficient_scope\""
    );
}

// covers: MW-53
#[test]
fn only_a_verification_that_is_all_that_is_missing_is_asked_for() {
    let token = session().mint();
    let stale = Reverification::custom(Level::FirstFactor, 5);
    let rejection = rejected(
        &Guard::new().role("org:admin").reverification(stale),
        &token,
        &[],
    );
    assert_eq!(rejection.status(), 403);
    assert_eq!(rejection.missing_reverification(), Some(stale));
    assert_eq!(header(&rejection, "content-type"), "application/json");
    let body: Value = serde_json::from_str(&rejection.body()).unwrap();
    assert_eq!(
        body,
        json!({"clerk_error": {"type": "forbidden", "reason": "reverification-error",
            "metadata": {"reverification": {"level": "first_factor", "afterMinutes": 5}}}})
    );
    let more = rejected(
        &Guard::new().role("org:owner").reverification(stale),
        &token,
        &[],
    );
    assert_eq!(more.missing_reverification(), None);
    assert!(!more.body().contains("clerk_error"));
}

// covers: MW-53
#[test]
fn a_hidden_route_is_not_found() {
    let guard = Guard::new().role("org:owner").hidden();
    for token in ["", API_KEY, &session().mint()] {
        for headers in [&[PAGE] as &[(&str, &str)], &[]] {
            let rejection = rejected(&guard, token, headers);
            assert_eq!(rejection.status(), 404);
            assert_eq!(header(&rejection, "www-authenticate"), "");
            assert_eq!(header(&rejection, "location"), "");
        }
    }
}

// covers: MW-4
#[test]
fn a_route_without_the_middleware_is_told_so() {
    let rejection = Rejection::no_middleware();
    assert_eq!(
        (rejection.kind(), rejection.status().as_u16()),
        (RejectionKind::NoMiddleware, 500)
    );
    assert!(rejection.to_string().contains("no Clerk middleware"));
    assert!(!rejection.body().contains("Clerk"));
}
