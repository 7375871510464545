//! Operations that the API describes and the JavaScript SDK lacks: each has a method that makes its request.

use crate::{generated, support};

/// Every route has samples, and they make their requests.
fn offers(routes: &[&str]) {
    let cases = generated::all();
    for route in routes {
        let (method, path) = route.split_once(' ').unwrap();
        let fits = |url: &str| {
            let url = url.split('?').next().unwrap();
            let parts: Vec<&str> = url.strip_prefix("/v1").unwrap_or(url).split('/').collect();
            let wanted: Vec<&str> = path.split('/').collect();
            parts.len() == wanted.len()
                && parts
                    .iter()
                    .zip(&wanted)
                    .all(|(part, wanted)| part == wanted || (*wanted == "{}" && !part.is_empty()))
        };
        let case = cases
            .iter()
            .find(|case| case.method == method && fits(case.url));
        assert!(case.is_some(), "no method for {route}");
        let case = case.unwrap();
        assert!(case.errors.is_some(), "{route} is described");
        support::check(&cases, case.operation);
    }
}

// covers: GAP-1
#[test]
fn users() {
    offers(&[
        "POST /users/ban",
        "POST /users/unban",
        "GET /users/{}/billing/credits",
        "POST /users/{}/billing/credits",
        "GET /users/{}/trusted_devices",
        "DELETE /users/{}/trusted_devices/{}",
    ]);
}

// covers: GAP-2
#[test]
fn organizations() {
    offers(&[
        "GET /organization_domains",
        "GET /organization_invitations",
        "GET /organizations/{}/billing/credits",
        "POST /organizations/{}/billing/credits",
        "POST /organizations/{}/domains/{}/verify_ownership",
        "GET /organizations/{}/invitations/pending",
    ]);
}

// covers: GAP-3
#[test]
fn billing() {
    offers(&[
        "GET /billing/prices",
        "POST /billing/prices",
        "GET /billing/statements",
        "GET /billing/statements/{}",
        "GET /billing/statements/{}/payment_attempts",
        "GET /billing/subscription_items",
        "POST /billing/subscription_items/{}/discounts",
        "DELETE /billing/subscription_items/{}/discounts/{}",
        "POST /billing/subscription_items/{}/price_transition",
    ]);
}

// covers: GAP-4
#[test]
fn enterprise() {
    offers(&[
        "GET /enterprise_connections/{}/test_runs",
        "POST /enterprise_connections/{}/test_runs",
        "POST /admin_portal_link_tokens",
        "POST /admin_portal_link_tokens/{}/revoke",
    ]);
}

// covers: GAP-5
#[test]
fn directories() {
    for folder in ["/directories", "/scim_directories"] {
        let routes = [
            format!("GET {folder}"),
            format!("POST {folder}"),
            format!("GET {folder}/{{}}"),
            format!("PATCH {folder}/{{}}"),
            format!("DELETE {folder}/{{}}"),
            format!("GET {folder}/{{}}/group_role_mappings"),
            format!("POST {folder}/{{}}/group_role_mappings"),
            format!("PUT {folder}/{{}}/group_role_mappings"),
            format!("DELETE {folder}/{{}}/group_role_mappings/{{}}"),
            format!("POST {folder}/{{}}/rotate_api_key"),
        ];
        let routes: Vec<&str> = routes.iter().map(String::as_str).collect();
        offers(&routes);
    }
}

// covers: GAP-6
#[test]
fn instance() {
    offers(&[
        "POST /instance/change_domain",
        "GET /instance/communication",
        "PATCH /instance/communication",
        "GET /instance/oauth_application_settings",
        "PATCH /instance/oauth_application_settings",
        "GET /instance/protect",
        "PATCH /instance/protect",
        "PATCH /beta_features/instance_settings",
        "PUT /beta_features/domain",
    ]);
}

// covers: GAP-7
#[test]
fn verification() {
    offers(&[
        "POST /email_addresses/{}/prepare_verification",
        "POST /email_addresses/{}/attempt_verification",
        "POST /phone_numbers/{}/prepare_verification",
        "POST /phone_numbers/{}/attempt_verification",
    ]);
}

// covers: GAP-8
#[test]
fn others() {
    offers(&[
        "PUT /oauth_applications/{}/logo",
        "GET /public/interstitial",
        "GET /templates/{}",
        "GET /templates/{}/{}",
        "PUT /templates/{}/{}",
        "POST /templates/{}/{}/revert",
        "POST /templates/{}/{}/preview",
        "POST /templates/{}/{}/toggle_delivery",
    ]);
}
