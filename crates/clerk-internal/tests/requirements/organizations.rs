//! Pages that belong to an organization.

use std::sync::Arc;

use clerk_internal::path::OrganizationSync;
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::TestOrg;

use super::asking::{Ask, UAT, header, page_of, param, token_of, verdict};
use super::support::{LIVE, TEST, engine, keyed};

fn sync() -> AuthenticateOptions {
    let organizations = ["/orgs/:slug", "/orgs/:slug/(.*)", "/by-id/:id"];
    let personal = ["/me", "/me/(.*)"];
    let sync = OrganizationSync::new(organizations, personal).unwrap();
    keyed(LIVE).organization_sync(Arc::new(sync))
}

/// A page with the session of somebody in this organization, or in none.
fn page(target: &str, org: Option<TestOrg>) -> Ask {
    let mut token = token_of(LIVE);
    if let Some(org) = org {
        token = token.org(org);
    }
    Ask::page(target).signed_in_by(&token.mint())
}

fn acme() -> Option<TestOrg> {
    Some(TestOrg::new("org_1").slug("acme"))
}

const MISMATCH: &str = "handshake active-organization-mismatch";
const STAYS: &str = "signed-in user_1";

// covers: ORG-6, REQ-48
#[test]
fn org_6_a_page_of_another_organization_than_the_active_one_is_a_mismatch() {
    let engine = engine(sync());
    let nameless = || Some(TestOrg::new("org_1"));
    for (target, org, expected) in [
        ("/orgs/acme", acme(), STAYS),
        ("/orgs/acme/x?y=z", acme(), STAYS),
        ("/orgs/other", acme(), MISMATCH),
        // Patterns match in any letter case, what they find is compared as it is.
        ("/ORGS/acme", acme(), STAYS),
        ("/orgs/ACME", acme(), MISMATCH),
        ("/orgs/ac%6De", acme(), MISMATCH),
        ("/orgs/acme", None, MISMATCH),
        ("/orgs/acme", nameless(), MISMATCH),
        ("/by-id/org_1", acme(), STAYS),
        ("/by-id/org_1", nameless(), STAYS),
        ("/by-id/org_2", acme(), MISMATCH),
        // An id is no slug.
        ("/by-id/acme", acme(), MISMATCH),
        ("/orgs/org_1", acme(), MISMATCH),
        ("/by-id/org_1", None, MISMATCH),
        ("/me", acme(), MISMATCH),
        ("/me/x", acme(), MISMATCH),
        ("/me", None, STAYS),
        ("/about", acme(), STAYS),
        ("/", None, STAYS),
    ] {
        let state = page(target, org).of(&engine);
        assert_eq!(verdict(&state), expected, "{target}");
        if expected == MISMATCH {
            assert_eq!(state.message(), "");
        }
    }
    // A pending session has no organization to be wrong about.
    let pending = token_of(LIVE).pending().mint();
    let state = Ask::page("/orgs/acme").signed_in_by(&pending).of(&engine);
    assert_eq!(state.status(), "signed-in");
    // Without patterns nothing is compared.
    let plain = super::support::engine(keyed(LIVE));
    assert_eq!(page("/orgs/other", acme()).verdict(&plain), STAYS);
}

/// How often a browser is redirected until the page comes, and what it comes with.
fn settle(engine: &Authenticator, ask: &Ask) -> (usize, String) {
    for redirects in 0..10 {
        let state = ask
            .clone()
            .cookie("__clerk_redirect_count", &redirects.to_string())
            .of(engine);
        if state.location().is_none() {
            return (redirects, verdict(&state));
        }
    }
    panic!("an endless loop");
}

// covers: ORG-7, REQ-48
#[test]
fn org_7_three_redirects_at_most_and_where_there_is_none_the_session_stays_as_it_is() {
    let engine = engine(sync());
    let ask = page("/orgs/other", acme());
    assert_eq!(settle(&engine, &ask), (3, STAYS.to_owned()));
    for count in ["3", "4", "99999999999999999999"] {
        let state = ask
            .clone()
            .cookie("__clerk_redirect_count", count)
            .of(&engine);
        assert_eq!(verdict(&state), STAYS);
        let auth = state.auth().as_session().unwrap();
        assert_eq!(auth.org().unwrap().slug(), Some("acme"));
        assert_eq!(header(&state, "set-cookie"), None);
    }
    for ask in [
        ask.clone().method("POST"),
        ask.clone().method("HEAD"),
        ask.clone().instead("sec-fetch-dest", "empty"),
    ] {
        assert_eq!(ask.verdict(&engine), STAYS);
    }
}

// covers: ORG-8
#[test]
fn org_8_every_handshake_names_the_pages_organization_whatever_its_reason() {
    let engine = engine(sync());
    for (target, id) in [
        ("/orgs/acme", Some("acme")),
        ("/orgs/a%20b/x", Some("a%20b")),
        ("/by-id/org_1", Some("org_1")),
        ("/me", Some("")),
        ("/about", None),
    ] {
        for ask in [
            page(target, Some(TestOrg::new("org_9").slug("nine"))),
            Ask::page(target).cookie("__client_uat", UAT),
            Ask::page(target).cookie("__session", &token_of(LIVE).mint()),
        ] {
            let state = ask.of(&engine);
            if id.is_none() && state.is_authenticated() {
                continue;
            }
            assert_eq!(state.status(), "handshake", "{target} {state:?}");
            assert_eq!(param(&state, "organization_id").as_deref(), id);
        }
    }
    // In development too; a redirect to another place than the Frontend API names none.
    let patterns = OrganizationSync::new(["/orgs/:slug"], [""; 0]).unwrap();
    let dev = super::support::engine(keyed(TEST).organization_sync(Arc::new(patterns)));
    let state = Ask::page("/orgs/acme").of(&dev);
    assert_eq!(param(&state, "organization_id").as_deref(), Some("acme"));
    let back = page_of(TEST, "/orgs/acme?__clerk_redirect_url=http://localhost/");
    assert_eq!(param(&back.of(&dev), "organization_id"), None);
}

// covers: ORG-5
#[test]
fn org_5_a_path_that_cannot_be_matched_has_no_target() {
    let patterns = OrganizationSync::new(["/orgs/:slug+", "/x/:slug(\\d*)"], [""; 0]).unwrap();
    let engine = engine(keyed(LIVE).organization_sync(Arc::new(patterns)));
    let long = format!("/orgs/{}", "a/".repeat(4000));
    for target in [
        // Several names, or an empty one, name nobody.
        "/orgs/a/b",
        "/x/",
        "/orgs/%zz/%",
        "/%",
        "//",
        "*",
        "",
        &long,
    ] {
        assert_eq!(page(target, acme()).verdict(&engine), STAYS, "{target}");
        let asking = Ask::page(target).cookie("__client_uat", UAT).of(&engine);
        assert_eq!(param(&asking, "organization_id"), None, "{target}");
    }
    // No public URL, no path to match.
    let nowhere = page("/orgs/other", acme()).at("ftp", "a b");
    assert_eq!(nowhere.verdict(&super::support::engine(sync())), STAYS);
}

// covers: ORG-9
#[test]
fn org_9_only_cookies_activate_organizations() {
    let engine = engine(sync());
    let token = token_of(LIVE)
        .org(TestOrg::new("org_1").slug("acme"))
        .mint();
    let by_header = Ask::page("/orgs/other").bearer(&token);
    assert_eq!(by_header.verdict(&engine), STAYS);
    assert_eq!(page("/orgs/other", acme()).verdict(&engine), MISMATCH);
    // Nor does what comes out of a handshake, or it would go in circles.
    let answer = super::asking::handshake([format!("__session={token}; Path=/")]);
    let back = Ask::page("/orgs/other").cookie("__clerk_handshake", &answer);
    assert_eq!(back.verdict(&engine), STAYS);
}
