//! A walk through every route.

use clerk_testing::server::OfflineClerk;
use serde_json::json;

use super::support::{self, backend, backend_as, wait};
use super::{Checked, NONE, id};

pub(crate) fn users(api: &mut Checked<'_>) {
    let user = api.call(
        "POST",
        "/users",
        json!({"email_address": ["a@example.com"], "phone_number": ["+15555550100"], "username": "ada", "password": "correct horse"}),
    );
    let user = id(&user);
    let path = format!("/users/{user}");
    api.call("GET", "/users", NONE);
    api.call("GET", "/users?limit=0", NONE);
    api.call("GET", "/users/count", NONE);
    api.call("GET", &path, NONE);
    api.call("GET", "/users/user_none", NONE);
    api.call(
        "POST",
        "/users",
        json!({"email_address": ["a@example.com"]}),
    );
    api.call(
        "PATCH",
        &path,
        json!({"first_name": "Ada", "last_name": "L", "external_id": "x"}),
    );
    api.call(
        "PATCH",
        &format!("{path}/metadata"),
        json!({"public_metadata": {"a": 1}}),
    );
    api.call(
        "PUT",
        &format!("{path}/metadata"),
        json!({"private_metadata": {"a": 1}}),
    );
    for action in [
        "ban",
        "unban",
        "lock",
        "unlock",
        "password/set_compromised",
        "password/unset_compromised",
    ] {
        api.call("POST", &format!("{path}/{action}"), json!({}));
    }
    api.call("POST", "/users/ban", json!({"user_ids": [user]}));
    api.call("POST", "/users/unban", json!({"user_ids": [user]}));
    api.call(
        "POST",
        &format!("{path}/verify_password"),
        json!({"password": "correct horse"}),
    );
    api.call(
        "POST",
        &format!("{path}/verify_password"),
        json!({"password": "wrong"}),
    );
    api.call("POST", &format!("{path}/remove_password"), json!({}));
    for factor in ["mfa", "totp", "backup_code", "profile_image"] {
        api.call("DELETE", &format!("{path}/{factor}"), NONE);
    }
    api.call("GET", &format!("{path}/organization_memberships"), NONE);
    api.call(
        "GET",
        &format!("{path}/oauth_access_tokens/oauth_google"),
        NONE,
    );
    for (kind, name, value) in [
        ("email_addresses", "email_address", "b@example.com"),
        ("phone_numbers", "phone_number", "+15555550101"),
    ] {
        let made = api.call(
            "POST",
            &format!("/{kind}"),
            json!({"user_id": user, name: value, "verified": false}),
        );
        let path = format!("/{kind}/{}", id(&made));
        api.call("GET", &path, NONE);
        api.call("PATCH", &path, json!({"verified": true}));
        api.call("DELETE", &path, NONE);
        api.call("GET", &path, NONE);
    }
    api.call(
        "PUT",
        &format!("{path}/email_address"),
        json!({"email_address": "c@example.com"}),
    );
    api.call(
        "PUT",
        &format!("{path}/phone_number"),
        json!({"phone_number": "+15555550102"}),
    );
    api.call("DELETE", &path, NONE);
    let stranger = backend_as(api.offline, "sk_test_other", "GET", "/v1/users", &NONE);
    api.check("GET", "/users", &stranger);
}

pub(crate) fn sessions(api: &mut Checked<'_>) {
    let user = id(&api.call(
        "POST",
        "/users",
        json!({"email_address": ["s@example.com"]}),
    ));
    let session = api.call("POST", "/sessions", json!({"user_id": user}));
    let client = session["client_id"].as_str().unwrap().to_owned();
    let path = format!("/sessions/{}", id(&session));
    api.call("GET", "/sessions", NONE);
    api.call("GET", &path, NONE);
    let token = api.call("POST", &format!("{path}/tokens"), json!({}));
    let template = api.call(
        "POST",
        "/jwt_templates",
        json!({"name": "db", "claims": {"a": 1}}),
    );
    api.call("POST", &format!("{path}/tokens/db"), json!({}));
    let template = format!("/jwt_templates/{}", id(&template));
    api.call("GET", "/jwt_templates", NONE);
    api.call("GET", &template, NONE);
    api.call(
        "PATCH",
        &template,
        json!({"name": "db2", "claims": {"b": 2}}),
    );
    api.call("DELETE", &template, NONE);
    api.call("GET", "/clients", NONE);
    api.call("GET", &format!("/clients/{client}"), NONE);
    api.call("POST", "/clients/verify", json!({"token": token["jwt"]}));
    for format in ["cookie", "token"] {
        let (expired, refresh) = signed_in_browser(api.offline, format);
        let session = support::claims(&expired)["sid"]
            .as_str()
            .unwrap()
            .to_owned();
        let body = json!({
            "format": format,
            "expired_token": expired,
            "refresh_token": refresh,
            "request_origin": "http://localhost:3000",
        });
        api.call("POST", &format!("/sessions/{session}/refresh"), body);
    }
    api.call("POST", &format!("{path}/revoke"), NONE);
    api.call("POST", &format!("{path}/tokens"), json!({}));
    for (kind, body) in [
        ("sign_in_tokens", json!({"user_id": user})),
        (
            "actor_tokens",
            json!({"user_id": user, "actor": {"sub": "user_2"}}),
        ),
    ] {
        let made = api.call("POST", &format!("/{kind}"), body);
        api.call("POST", &format!("/{kind}/{}/revoke", id(&made)), json!({}));
    }
    api.call("POST", "/testing_tokens", json!({}));
}

/// A session token and the refresh token that a handshake set beside it.
fn signed_in_browser(offline: &OfflineClerk, name: &str) -> (String, String) {
    let address = format!("{name}@example.com");
    let user = wait(offline.create_user(&address).into_future());
    let ticket = backend(
        offline,
        "POST",
        "/v1/sign_in_tokens",
        &json!({"user_id": user.id}),
    )
    .ok();
    let frontend = offline.frontend_url();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let browser = support::send("POST", &format!("{frontend}/v1/dev_browser"), &form, b"").ok();
    let browser = format!("__clerk_db_jwt={}", browser["id"].as_str().unwrap());
    let body = format!(
        "strategy=ticket&ticket={}",
        ticket["token"].as_str().unwrap()
    );
    support::send(
        "POST",
        &format!("{frontend}/v1/client/sign_ins?{browser}"),
        &form,
        body.as_bytes(),
    )
    .ok();
    let url = format!(
        "{frontend}/v1/client/handshake?{browser}&suffixed_cookies=true&redirect_url=http%3A%2F%2Flocalhost%2F"
    );
    let answer = support::send("GET", &url, &[], b"");
    let location = answer.header("location").unwrap();
    let token = location
        .split("__clerk_handshake=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let cookies: Vec<String> =
        serde_json::from_value(support::claims(token)["handshake"].clone()).unwrap();
    let value = |prefix: &str| {
        let cookie = cookies
            .iter()
            .find(|cookie| cookie.starts_with(prefix))
            .unwrap();
        cookie
            .split_once('=')
            .unwrap()
            .1
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    };
    (value("__session="), value("__refresh_"))
}

pub(crate) fn organizations(api: &mut Checked<'_>) {
    let admin = id(&api.call(
        "POST",
        "/users",
        json!({"email_address": ["o@example.com"]}),
    ));
    let member = id(&api.call(
        "POST",
        "/users",
        json!({"email_address": ["m@example.com"]}),
    ));
    let org = id(&api.call(
        "POST",
        "/organizations",
        json!({"name": "Acme", "created_by": admin}),
    ));
    let path = format!("/organizations/{org}");
    api.call(
        "GET",
        "/organizations?query=acme&order_by=-members_count",
        NONE,
    );
    api.call("GET", &path, NONE);
    api.call(
        "PATCH",
        &path,
        json!({"name": "Acme 2", "max_allowed_memberships": 7}),
    );
    api.call(
        "PATCH",
        &format!("{path}/metadata"),
        json!({"public_metadata": {"a": 1}}),
    );
    api.call(
        "PUT",
        &format!("{path}/metadata"),
        json!({"public_metadata": {"b": 1}}),
    );
    api.call("DELETE", &format!("{path}/logo"), NONE);
    api.call("GET", &format!("{path}/domains"), NONE);
    let permission = api.call(
        "POST",
        "/organization_permissions",
        json!({"name": "R", "key": "org:r:read"}),
    );
    let permission = id(&permission);
    api.call("GET", "/organization_permissions", NONE);
    api.call(
        "GET",
        &format!("/organization_permissions/{permission}"),
        NONE,
    );
    api.call(
        "PATCH",
        &format!("/organization_permissions/{permission}"),
        json!({"name": "Read"}),
    );
    let role = id(&api.call(
        "POST",
        "/organization_roles",
        json!({"name": "R", "key": "org:r"}),
    ));
    let role_path = format!("/organization_roles/{role}");
    api.call("GET", "/organization_roles", NONE);
    api.call("GET", &role_path, NONE);
    api.call("PATCH", &role_path, json!({"name": "Reader"}));
    api.call(
        "POST",
        &format!("{role_path}/permissions/{permission}"),
        json!({}),
    );
    api.call(
        "DELETE",
        &format!("{role_path}/permissions/{permission}"),
        NONE,
    );
    let memberships = format!("{path}/memberships");
    api.call(
        "POST",
        &memberships,
        json!({"user_id": member, "role": "org:member"}),
    );
    api.call(
        "POST",
        &memberships,
        json!({"user_id": member, "role": "org:member"}),
    );
    api.call("GET", &memberships, NONE);
    api.call("GET", "/organization_memberships", NONE);
    api.call(
        "PATCH",
        &format!("{memberships}/{member}"),
        json!({"role": "org:admin"}),
    );
    api.call(
        "PATCH",
        &format!("{memberships}/{member}/metadata"),
        json!({"public_metadata": {"a": 1}}),
    );
    let invitations = format!("{path}/invitations");
    let body =
        json!({"email_address": "i@example.com", "role": "org:member", "inviter_user_id": admin});
    let invitation = id(&api.call("POST", &invitations, body));
    let bulk = json!([{"email_address": "m@example.org", "role": "org:member"}, {"email_address": "o@example.org", "role": "org:member"}]);
    api.call("POST", &format!("{invitations}/bulk"), bulk);
    api.call("GET", &invitations, NONE);
    api.call("GET", &format!("{invitations}/{invitation}"), NONE);
    api.call("GET", "/organization_invitations", NONE);
    let invited = id(&api.call(
        "POST",
        "/users",
        json!({"email_address": ["i@example.com"]}),
    ));
    api.call(
        "GET",
        &format!("/users/{invited}/organization_invitations"),
        NONE,
    );
    api.call(
        "POST",
        &format!("{invitations}/{invitation}/revoke"),
        json!({"requesting_user_id": admin}),
    );
    api.call("DELETE", &format!("{memberships}/{member}"), NONE);
    api.call("DELETE", &role_path, NONE);
    api.call(
        "DELETE",
        &format!("/organization_permissions/{permission}"),
        NONE,
    );
    api.call("DELETE", &path, NONE);
    api.call("GET", &path, NONE);
}

pub(crate) fn machines(api: &mut Checked<'_>) {
    let first = id(&api.call("POST", "/machines", json!({"name": "first"})));
    let made = api.call(
        "POST",
        "/machines",
        json!({"name": "second", "scoped_machines": [first]}),
    );
    let (second, key) = (id(&made), made["secret_key"].as_str().unwrap().to_owned());
    let path = format!("/machines/{second}");
    api.call("GET", "/machines", NONE);
    api.call("GET", &path, NONE);
    api.call("PATCH", &path, json!({"name": "other"}));
    api.call("GET", &format!("{path}/secret_key"), NONE);
    let body = json!({"token_format": "opaque", "claims": {"a": 1}});
    let answer = backend_as(api.offline, &key, "POST", "/v1/m2m_tokens", &body);
    let token = api.check("POST", "/m2m_tokens", &answer);
    api.call("GET", &format!("/m2m_tokens?subject={second}"), NONE);
    api.call(
        "POST",
        "/m2m_tokens/verify",
        json!({"token": token["token"]}),
    );
    api.call(
        "POST",
        &format!("/m2m_tokens/{}/revoke", id(&token)),
        json!({"revocation_reason": "x"}),
    );
    api.call(
        "POST",
        "/m2m_tokens/verify",
        json!({"token": token["token"]}),
    );
    api.call(
        "POST",
        &format!("{path}/secret_key/rotate"),
        json!({"previous_token_ttl": 0}),
    );
    api.call("DELETE", &format!("{path}/scopes/{first}"), NONE);
    api.call(
        "POST",
        &format!("{path}/scopes"),
        json!({"to_machine_id": first}),
    );
    api.call("DELETE", &path, NONE);
    let user = id(&api.call(
        "POST",
        "/users",
        json!({"email_address": ["k@example.com"]}),
    ));
    let key = api.call(
        "POST",
        "/api_keys",
        json!({"name": "ci", "subject": user, "scopes": ["a"]}),
    );
    let path = format!("/api_keys/{}", id(&key));
    api.call("GET", &format!("/api_keys?subject={user}"), NONE);
    api.call("GET", &path, NONE);
    api.call("GET", &format!("{path}/secret"), NONE);
    api.call("PATCH", &path, json!({"subject": user, "scopes": ["b"]}));
    api.call("POST", "/api_keys/verify", json!({"secret": key["secret"]}));
    api.call(
        "POST",
        &format!("{path}/revoke"),
        json!({"revocation_reason": null}),
    );
    api.call("POST", "/api_keys/verify", json!({"secret": key["secret"]}));
    api.call("DELETE", &path, NONE);
    let body = json!({"user_id": user, "scopes": ["profile"]});
    let token = support::control(api.offline, "POST", "/oauth_access_tokens", &body).ok();
    api.call(
        "POST",
        "/oauth_applications/access_tokens/verify",
        json!({"access_token": token["token"]}),
    );
    api.call(
        "POST",
        "/oauth_applications/access_tokens/verify",
        json!({"access_token": "oat_none"}),
    );
    let body = json!({"name": "app", "redirect_uris": ["http://localhost/cb"]});
    let path = format!(
        "/oauth_applications/{}",
        id(&api.call("POST", "/oauth_applications", body))
    );
    api.call("GET", "/oauth_applications", NONE);
    api.call("GET", &path, NONE);
    api.call("PATCH", &path, json!({"name": "other"}));
    api.call("POST", &format!("{path}/rotate_secret"), json!({}));
    api.call(
        "POST",
        &format!("{path}/revoke_token"),
        json!({"token": token["token"]}),
    );
    api.call("DELETE", &path, NONE);
}

pub(crate) fn lists(api: &mut Checked<'_>) {
    let made = api.call(
        "POST",
        "/invitations",
        json!({"email_address": "v@example.com"}),
    );
    api.call(
        "POST",
        "/invitations",
        json!({"email_address": "v@example.com"}),
    );
    api.call(
        "POST",
        "/invitations/bulk",
        json!([{"email_address": "w@example.com"}]),
    );
    api.call("GET", "/invitations", NONE);
    api.call(
        "POST",
        &format!("/invitations/{}/revoke", id(&made)),
        json!({}),
    );
    for kind in ["allowlist_identifiers", "blocklist_identifiers"] {
        let made = api.call(
            "POST",
            &format!("/{kind}"),
            json!({"identifier": "l@example.com"}),
        );
        api.call("GET", &format!("/{kind}"), NONE);
        api.call("DELETE", &format!("/{kind}/{}", id(&made)), NONE);
    }
    let made = api.call(
        "POST",
        "/redirect_urls",
        json!({"url": "http://localhost/"}),
    );
    api.call("GET", "/redirect_urls", NONE);
    api.call("GET", &format!("/redirect_urls/{}", id(&made)), NONE);
    api.call("DELETE", &format!("/redirect_urls/{}", id(&made)), NONE);
    let made = api.call(
        "POST",
        "/domains",
        json!({"name": "example.com", "is_satellite": true}),
    );
    api.call("GET", "/domains", NONE);
    api.call(
        "PATCH",
        &format!("/domains/{}", id(&made)),
        json!({"name": "example.org"}),
    );
    api.call("DELETE", &format!("/domains/{}", id(&made)), NONE);
    let made = api.call(
        "POST",
        "/waitlist_entries",
        json!({"email_address": "q@example.com"}),
    );
    api.call(
        "POST",
        "/waitlist_entries/bulk",
        json!([{"email_address": "r@example.com"}]),
    );
    api.call("GET", "/waitlist_entries", NONE);
    api.call(
        "POST",
        &format!("/waitlist_entries/{}/invite", id(&made)),
        json!({}),
    );
    api.call(
        "POST",
        &format!("/waitlist_entries/{}/reject", id(&made)),
        json!({}),
    );
    api.call("DELETE", &format!("/waitlist_entries/{}", id(&made)), NONE);
}

pub(crate) fn instance(api: &mut Checked<'_>) {
    api.call("GET", "/jwks", NONE);
    api.call("GET", "/instance", NONE);
    api.call("PATCH", "/instance", json!({"test_mode": true}));
    api.call(
        "PATCH",
        "/instance/restrictions",
        json!({"allowlist": false}),
    );
    api.call("GET", "/instance/organization_settings", NONE);
    api.call("PATCH", "/instance/organization_settings", json!({}));
    api.call("POST", "/webhooks/svix", NONE);
    api.call("POST", "/webhooks/svix_url", NONE);
    api.call("DELETE", "/webhooks/svix", NONE);
    let frontend = api.offline.frontend_url();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let browser = support::send("POST", &format!("{frontend}/v1/dev_browser"), &form, b"").ok();
    let url = format!(
        "{frontend}/v1/client/sign_ups?__clerk_db_jwt={}",
        browser["id"].as_str().unwrap()
    );
    let sign_up = support::send("POST", &url, &form, b"email_address=up%40example.com").ok();
    api.call(
        "GET",
        &format!("/sign_ups/{}", id(&sign_up["response"])),
        NONE,
    );
}
