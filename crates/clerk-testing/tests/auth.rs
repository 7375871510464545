//! Ready auth objects.
#![cfg(feature = "auth")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

use clerk_internal::{Auth, PendingSessions};
use clerk_testing::auth;
use clerk_testing::mint::TestOrg;
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Feature, Permission, Role};
use serde_json::json;

// covers: TEST-23
#[test]
fn a_user_is_whom_the_test_says() {
    let acme = TestOrg::new("org_acme")
        .role("org:admin")
        .permissions(["org:reports:read"]);
    let ada = auth::user("user_ada")
        .session_id("sess_1")
        .org(acme)
        .feature("u:drafts")
        .claim("tier", "gold")
        .auth();
    let session = ada.as_session().unwrap();
    assert_eq!(
        (
            session.user_id(),
            session.session_id(),
            session.org().unwrap().id()
        ),
        ("user_ada", "sess_1", "org_acme")
    );
    for (condition, expected) in [
        (ada.has(Role::new("org:admin")), true),
        (ada.has(Role::new("org:member")), false),
        (ada.has(Permission::new("org:reports:read")), true),
        (ada.has(Permission::new("org:reports:write")), false),
        (ada.has(Feature::new("u:drafts")), true),
    ] {
        assert_eq!(condition, expected);
    }
    assert!(session.claims().as_json().contains(r#""tier":"gold""#));
}

// covers: TEST-23
#[test]
fn pending_users_and_nobody_are_nobody() {
    let pending = auth::user("user_ada").pending();
    assert!(!pending.auth().is_authenticated());
    assert!(
        pending
            .auth_with(PendingSessions::SignedIn)
            .is_authenticated()
    );
    assert!(!auth::nobody().is_authenticated());
    assert_eq!(auth::nobody().user_id(), None);
}

// covers: TEST-23
#[test]
fn machines_of_every_kind() {
    let key = auth::api_key("user_ada")
        .scopes(["reports"])
        .claim("tier", "gold")
        .auth();
    let Auth::ApiKey(own) = &key else {
        panic!("{key:?}");
    };
    assert!(own.has_scope("reports") && !own.has_scope("other"));
    assert_eq!(own.user_id(), Some("user_ada"));
    assert_eq!(own.claims().unwrap()["tier"], json!("gold"));
    assert!(!key.has(Role::new("org:admin")));

    let machine = auth::machine("mch_1")
        .scopes(["mch_2"])
        .claim("a", 1)
        .claim("b", 2)
        .auth();
    let Auth::M2m(own) = &machine else {
        panic!("{machine:?}");
    };
    assert_eq!(
        (own.machine_id(), own.scopes()),
        ("mch_1", &["mch_2".to_owned()][..])
    );

    assert_eq!(own.claims().unwrap()["b"], json!(2));

    let oauth = auth::oauth("user_ada", "client_1").scopes(["email"]).auth();
    let Auth::OAuth(own) = &oauth else {
        panic!("{oauth:?}");
    };
    assert_eq!((own.user_id(), own.client_id()), ("user_ada", "client_1"));

    for (auth, kind) in [
        (key, TokenType::ApiKey),
        (machine, TokenType::M2m),
        (oauth, TokenType::OAuth),
    ] {
        assert_eq!(auth.token_type(), Some(kind));
        assert!(auth.is_authenticated());
    }
}
