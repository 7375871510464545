//! Who is let through, and why not.

use clerk_internal::PendingSessions;
use clerk_internal::guard::{Guard, RejectionKind};
use clerk_internal::path::RouteMatcher;
use clerk_tokens::TokenType;
use clerk_tokens::authz::{Feature, Level, Reverification};

use crate::support::{
    API_KEY, BAD_API_KEY, NOW, PAGE, UNKNOWN_API_KEY, caller, m2m, oauth, session,
};

/// The status a caller with this token gets; 200 is let through.
fn status(guard: &Guard, token: &str) -> u16 {
    match guard.check(&caller(token, &[])) {
        Ok(_) => 200,
        Err(rejection) => rejection.status().as_u16(),
    }
}

// covers: MW-40, MW-41, MW-43, MW-44
#[test]
fn a_guard_accepts_the_kinds_of_token_it_names() {
    let (session, m2m, oauth) = (session().mint(), m2m(), oauth());
    let everything = [
        TokenType::Session,
        TokenType::ApiKey,
        TokenType::M2m,
        TokenType::OAuth,
    ];
    let either = [TokenType::Session, TokenType::ApiKey];
    let guards = [
        // In this order: nobody, session, API key, bad API key, M2M, OAuth.
        ("user", Guard::new(), [401, 200, 401, 401, 401, 401]),
        ("machine", Guard::machine(), [401, 401, 200, 401, 200, 200]),
        (
            "any",
            Guard::new().accepts(everything),
            [401, 200, 200, 401, 200, 200],
        ),
        (
            "either",
            Guard::new().accepts(either),
            [401, 200, 200, 401, 401, 401],
        ),
        (
            "m2m",
            Guard::new().accepts(TokenType::M2m),
            [401, 401, 401, 401, 200, 401],
        ),
        (
            "scoped",
            Guard::new().scope("reports:read"),
            [401, 401, 200, 401, 403, 200],
        ),
        (
            "nobody",
            Guard::new().accepts([]),
            [401, 401, 401, 401, 401, 401],
        ),
    ];
    for (name, guard, expected) in guards {
        let tokens = ["", &session, API_KEY, BAD_API_KEY, &m2m, &oauth];
        assert_eq!(
            tokens.map(|token| status(&guard, token)),
            expected,
            "{name}"
        );
    }
    let expired = crate::support::session().issued_at_ms(NOW - 120_000).mint();
    let signed_out = caller(&expired, &[]);
    assert!(Guard::new().check(&signed_out).is_err());
}

// covers: MW-42
#[test]
fn machines_never_meet_what_is_asked_of_users_nor_users_what_is_asked_of_machines() {
    let (session, m2m, oauth) = (session().mint(), m2m(), oauth());
    let any = || Guard::new().accepts(TokenType::ALL.to_vec());
    let of_users = [
        any().role("org:admin"),
        any().permission("org:invoices:create"),
        any().feature("invoices"),
        any().plan("pro"),
        any().reverification(Reverification::custom(Level::FirstFactor, 10)),
        any().role("org:admin").scope("reports:read"),
        any().role("org:admin").predicate(|_| true),
        // The kind is refused as well; what the caller lacks is said first.
        Guard::new().role("org:admin"),
    ];
    for guard in of_users {
        for token in [API_KEY, &m2m, &oauth] {
            assert_eq!(status(&guard, token), 403, "{guard:?}");
        }
    }
    assert_eq!(status(&any().scope("reports:read"), &session), 403);
    assert_eq!(
        status(&any().predicate(|caller| caller.user_id().is_some()), &m2m),
        403
    );
    assert_eq!(
        status(
            &any().predicate(|caller| caller.user_id().is_some()),
            API_KEY
        ),
        200
    );
}

// covers: MW-45, MW-46
#[test]
fn everything_that_is_asked_has_to_be_met() {
    let token = session().mint();
    let fresh = Reverification::custom(Level::FirstFactor, 10);
    let met = Guard::new()
        .role("org:admin")
        .permission("org:invoices:create")
        .feature("org:invoices")
        .plan("user:pro")
        .reverification(fresh)
        .predicate(|caller| caller.user_id() == Some("user_1"));
    assert_eq!(status(&met, &token), 200);
    let unmet = [
        met.clone().role("org:member"),
        met.clone().permission("org:invoices:delete"),
        met.clone().feature("org:sso"),
        met.clone().plan("org:pro"),
        met.clone()
            .reverification(Reverification::custom(Level::FirstFactor, 5)),
        met.clone().condition(Feature::new("user:invoices")),
        met.clone().predicate(|_| false),
        met.clone().scope("reports:read"),
    ];
    for guard in unmet {
        assert_eq!(status(&guard, &token), 403, "{guard:?}");
    }
}

// covers: MW-43, MW-21
#[test]
fn a_pending_session_is_signed_out_unless_the_guard_says_otherwise() {
    let auth = caller(&session().pending().mint(), &[]);
    let rejection = Guard::new().check(&auth).unwrap_err();
    assert_eq!(rejection.kind(), RejectionKind::Unauthenticated);
    let lenient = Guard::new().pending_sessions(PendingSessions::SignedIn);
    assert_eq!(lenient.check(&auth).unwrap().user_id(), Some("user_1"));
    assert!(auth.session().is_none());
    let judged_again = auth.auth_with(TokenType::Session, PendingSessions::SignedIn);
    assert_eq!(judged_again.user_id(), Some("user_1"));
}

#[test]
fn one_of_several_guards_is_enough_and_the_nearest_miss_counts() {
    let member = session().mint();
    let guard = Guard::new()
        .role("org:owner")
        .or(Guard::machine()
            .accepts(TokenType::ApiKey)
            .scope("reports:read"))
        .or(Guard::new().plan("user:pro").feature("org:sso"));
    assert_eq!(status(&guard, API_KEY), 200);
    assert_eq!(status(&guard, &member), 403);
    assert_eq!(status(&guard, ""), 401);
    assert_eq!(
        status(&guard.clone().or(Guard::new().plan("user:pro")), &member),
        200
    );
    let anonymous = caller("", &[PAGE]);
    assert_eq!(guard.check(&anonymous).unwrap_err().status(), 307);
}

#[test]
fn an_outage_is_neither_nobody_nor_a_stranger() {
    let any = Guard::new().accepts([TokenType::Session, TokenType::ApiKey]);
    let auth = caller(UNKNOWN_API_KEY, &[]);
    let rejection = any.check(&auth).unwrap_err();
    assert_eq!(
        (rejection.kind(), rejection.status().as_u16()),
        (RejectionKind::Unavailable, 503)
    );
    assert_eq!(rejection.headers()["retry-after"], "5");
    assert_eq!(any.check_optional(&auth).unwrap_err().status(), 503);
    assert_eq!(auth.require_machine().unwrap_err().status(), 503);
    // Where no API key is accepted it does not matter whether this one is good.
    assert_eq!(Guard::new().check(&auth).unwrap_err().status(), 401);
    assert!(auth.optional_session().unwrap().is_none());
}

// covers: MW-33, MW-64
#[test]
fn a_list_of_paths_refuses_what_can_be_read_in_two_ways() {
    let matcher = RouteMatcher::new(["/admin(.*)"]).unwrap();
    let anonymous = caller("", &[]);
    let check = |path: &str| {
        let checked = Guard::new().check_paths(&matcher, path, &anonymous);
        checked.map_or_else(|rejection| rejection.status().as_u16(), |()| 200)
    };
    for (path, expected) in [
        ("/", 200),
        ("/public", 200),
        ("/admin", 401),
        ("//%61dmin/x", 401),
        ("/admin%2Fx", 400),
        ("/x/../admin", 400),
        ("/%zz", 400),
    ] {
        assert_eq!(check(path), expected, "{path}");
    }
}
