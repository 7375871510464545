//! What handlers learn about their caller.

use clerk_internal::guard::{Gate, Guard, Policy, RejectionKind};
use clerk_internal::{Auth, MachineTokenType, PendingSessions, ReturnTo};
use clerk_tokens::TokenType;
use clerk_tokens::authz::Role;
use serde::Deserialize;

use crate::support::{API_KEY, PAGE, TEST, caller, engine, m2m, oauth, options, proceed, session};

// covers: MW-4
#[test]
fn handlers_see_users_unless_they_ask_for_more() {
    let machine = caller(API_KEY, &[]);
    assert!(matches!(machine.auth(), Auth::SignedOut(_)));
    assert_eq!(
        (machine.user_id(), machine.has(Role::new("org:admin"))),
        (None, false)
    );
    assert!(matches!(
        machine.auth_of(TokenType::ApiKey),
        Auth::ApiKey(_)
    ));
    assert!(matches!(
        machine.auth_of(TokenType::M2m),
        Auth::UnauthenticatedMachine(MachineTokenType::M2m)
    ));
    assert!(matches!(
        machine.auth_of([TokenType::Session, TokenType::M2m]),
        Auth::Invalid
    ));

    let user = caller(&session().mint(), &[]);
    assert_eq!(user.auth().user_id(), Some("user_1"));
    assert!(user.has(Role::new("org:admin")));
    assert_eq!(user.require_session().unwrap().user_id(), "user_1");
    assert_eq!(user.require_machine().unwrap_err().status(), 401);

    let pending = caller(&session().pending().mint(), &[]);
    assert!(matches!(pending.auth(), Auth::SignedOut(signed_out) if signed_out.is_pending()));
    let strict = pending.auth_with(TokenType::ApiKey, PendingSessions::SignedIn);
    assert!(matches!(
        strict,
        Auth::UnauthenticatedMachine(MachineTokenType::ApiKey)
    ));
}

struct Admin;

impl Policy for Admin {
    fn guard() -> Guard {
        Guard::new().role("org:admin")
    }
}

#[test]
fn machines_and_policies_are_asked_for_by_type() {
    let machine = caller(API_KEY, &[]).require_machine().unwrap();
    assert_eq!(
        (machine.token_type(), machine.id()),
        (TokenType::ApiKey, "ak_1")
    );
    assert_eq!(
        (machine.subject(), machine.scopes()),
        ("user_1", &["reports:read".to_owned()][..])
    );
    assert_eq!(
        (
            machine.has_scope("reports:read"),
            machine.has_scope("reports")
        ),
        (true, false)
    );
    let m2m = caller(&m2m(), &[]).require_machine().unwrap();
    assert_eq!((m2m.token_type(), m2m.subject()), (TokenType::M2m, "mch_1"));
    let oauth = caller(&oauth(), &[]).require_machine().unwrap();
    assert_eq!(
        (oauth.token_type(), oauth.subject()),
        (TokenType::OAuth, "user_2")
    );

    let admin = caller(&session().mint(), &[]).require::<Admin>().unwrap();
    assert_eq!(admin.user_id(), Some("user_1"));
    assert_eq!(
        caller(API_KEY, &[])
            .require::<Admin>()
            .unwrap_err()
            .status(),
        403
    );
}

// covers: MW-32, MW-35
#[test]
fn handlers_redirect_to_sign_in_with_or_without_return() {
    let sign_in = |auth: &clerk_internal::guard::RequestAuth, back: ReturnTo<'_>| {
        auth.redirects()
            .unwrap()
            .to_sign_in(back)
            .unwrap()
            .as_str()
            .to_owned()
    };
    let user = caller(&session().mint(), &[PAGE]);
    assert_eq!(
        sign_in(&user, ReturnTo::Nowhere),
        "https://accounts.example.com/sign-in"
    );
    assert!(
        sign_in(&user, ReturnTo::ThisPage)
            .ends_with("redirect_url=https%3A%2F%2Fapp.example.com%2Freports%3Fyear%3D2030")
    );
    assert!(caller("", &[]).redirects().is_none());

    // Another origin learns in development which browser it is, in production nothing.
    let development = Gate::new(engine(options(TEST)));
    let bearer = format!(
        "Bearer {}",
        session()
            .issuer("https://foo-bar-13.clerk.accounts.dev")
            .mint()
    );
    let headers = [
        PAGE,
        ("cookie", "__clerk_db_jwt=dvb_1"),
        ("authorization", bearer.as_str()),
    ];
    let url = sign_in(&proceed(&development, "GET", &headers), ReturnTo::Nowhere);
    assert!(url.ends_with("/sign-in?__clerk_db_jwt=dvb_1"), "{url}");
    let production = caller(
        &session().mint(),
        &[PAGE, ("cookie", "__clerk_db_jwt=dvb_1")],
    );
    assert!(!sign_in(&production, ReturnTo::Nowhere).contains("dvb_1"));
}

#[derive(Debug, Deserialize, PartialEq)]
struct Department {
    department: String,
}

#[test]
fn custom_claims_of_another_form_are_our_mistake() {
    let good = caller(&session().claim("department", "tea").mint(), &[]);
    let (user, claims) = good.require_session_with::<Department>().unwrap();
    assert_eq!(
        (user.user_id(), claims.department.as_str()),
        ("user_1", "tea")
    );
    assert!(
        good.optional_session_with::<Department>()
            .unwrap()
            .is_some()
    );

    for token in [session().mint(), session().claim("department", 7).mint()] {
        for page in [&[PAGE] as &[(&str, &str)], &[]] {
            let broken = caller(&token, page);
            let rejection = broken.require_session_with::<Department>().unwrap_err();
            assert_eq!(
                (rejection.kind(), rejection.status().as_u16()),
                (RejectionKind::CustomClaims, 500)
            );
            assert_eq!(rejection.body().starts_with('<'), !page.is_empty());
            assert!(!rejection.body().contains("department"));
            assert!(broken.optional_session_with::<Department>().is_err());
        }
    }
    let anonymous = caller("", &[]);
    assert_eq!(
        anonymous
            .require_session_with::<Department>()
            .unwrap_err()
            .status(),
        401
    );
    assert!(
        anonymous
            .optional_session_with::<Department>()
            .unwrap()
            .is_none()
    );
}

// covers: MW-70
#[test]
fn what_is_logged_has_no_tokens_cookies_or_urls() {
    let token = session().mint();
    let signature = token.rsplit('.').next().unwrap().to_owned();
    let auth = caller(
        &token,
        &[PAGE, ("cookie", "__clerk_db_jwt=dvb_1; other=c00kie")],
    );
    let rejection = Guard::new().role("org:owner").check(&auth).unwrap_err();
    let handshake = crate::support::enter(
        &crate::support::gate(),
        "GET",
        &[PAGE, ("cookie", "__client_uat=1774000000; __session=x")],
    );
    let shown = format!("{auth:?} {rejection:?} {rejection} {handshake:?}");
    for hidden in [signature.as_str(), "dvb_1", "c00kie"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
