//! The second part of the tour: what is configured rather than used.

use serde_json::json;

use super::{Checked, NONE, id};

pub(crate) fn organization_settings(api: &mut Checked<'_>) {
    let ada = api.call(
        "POST",
        "/users",
        json!({"email_address": ["owner@example.com"], "skip_password_requirement": true}),
    );
    let org = api.call(
        "POST",
        "/organizations",
        json!({"name": "Domains", "created_by": id(&ada)}),
    );
    let domains = format!("/organizations/{}/domains", id(&org));
    let made = api.call(
        "POST",
        &domains,
        json!({"name": "acme.example", "enrollment_mode": "automatic_invitation"}),
    );
    assert_eq!(made["verification"]["status"], "unverified");
    api.call("POST", &domains, json!({"name": "acme.example"}));
    api.call(
        "POST",
        &domains,
        json!({"name": "b.example", "verified": true}),
    );
    let domain = format!("{domains}/{}", id(&made));
    let changed = api.call(
        "PATCH",
        &domain,
        json!({"enrollment_mode": "automatic_suggestion", "verified": true}),
    );
    assert_eq!(
        (
            &changed["enrollment_mode"],
            &changed["verification"]["status"]
        ),
        (&json!("automatic_suggestion"), &json!("verified"))
    );
    let owned = api.call("POST", &format!("{domain}/verify_ownership"), NONE);
    assert_eq!(owned["ownership_verification"]["status"], "verified");
    assert_eq!(api.call("GET", &domains, NONE)["total_count"], 2);
    assert_eq!(
        api.call(
            "GET",
            "/organization_domains?enrollment_mode=automatic_suggestion",
            NONE
        )["total_count"],
        1
    );
    api.call("DELETE", &domain, NONE);
    api.call("DELETE", &domain, NONE);

    let made = api.call(
        "POST",
        "/role_sets",
        json!({
            "name": "Support", "roles": ["org:admin", "org:member"],
            "default_role_key": "org:member", "creator_role_key": "org:admin",
        }),
    );
    assert_eq!(
        (
            &made["default_role"]["key"],
            made["roles"].as_array().unwrap().len()
        ),
        (&json!("org:member"), 2)
    );
    let set = format!("/role_sets/{}", made["key"].as_str().unwrap());
    api.call("GET", &set, NONE);
    api.call("GET", "/role_sets", NONE);
    api.call(
        "POST",
        "/organization_roles",
        json!({"name": "Guest", "key": "org:guest"}),
    );
    let wrong = api.call("PATCH", &set, json!({"default_role_key": "org:guest"}));
    assert!(wrong["errors"].is_array(), "the role is not in the set");
    api.call(
        "POST",
        &format!("{set}/roles"),
        json!({"role_keys": ["org:guest"], "default_role_key": "org:guest"}),
    );
    let replaced = api.call(
        "POST",
        &format!("{set}/roles/replace"),
        json!({"role_key": "org:guest", "to_role_key": "org:member"}),
    );
    assert_eq!(replaced["default_role"]["key"], "org:member");
    let renamed = api.call("PATCH", &set, json!({"name": "Help desk"}));
    assert_eq!(renamed["name"], "Help desk");
    let other = api.call("POST", "/role_sets", json!({
        "name": "Other", "roles": ["org:admin"], "default_role_key": "org:admin", "creator_role_key": "org:admin",
    }));
    api.call(
        "POST",
        &format!("{set}/replace"),
        json!({"dest_role_set_key": other["key"]}),
    );
    let gone = api.call("GET", &set, NONE);
    assert!(gone["errors"].is_array());
}

pub(crate) fn instance_settings(api: &mut Checked<'_>) {
    for (path, change) in [
        ("/instance/protect", json!({"rules_enabled": true})),
        (
            "/instance/communication",
            json!({"blocked_country_codes": ["AQ"]}),
        ),
        (
            "/instance/oauth_application_settings",
            json!({"oauth_jwt_access_tokens": true}),
        ),
        (
            "/instance/organization_settings",
            json!({"max_allowed_memberships": 7}),
        ),
    ] {
        api.call("GET", path, NONE);
        let changed = api.call("PATCH", path, change.clone());
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(&changed[name], value, "{path}");
        }
        assert_eq!(api.call("GET", path, NONE), changed, "{path} is kept");
    }
    api.call(
        "PATCH",
        "/beta_features/instance_settings",
        json!({"restricted_to_allowlist": true}),
    );
    let domain = api.call(
        "POST",
        "/domains",
        json!({"name": "proxied.example", "is_satellite": true}),
    );
    let check = json!({"domain_id": id(&domain), "proxy_url": format!("{}/__clerk", api.offline.frontend_url())});
    assert_eq!(api.call("POST", "/proxy_checks", check)["successful"], true);
    let check = json!({"domain_id": id(&domain), "proxy_url": "https://proxied.example/__clerk"});
    assert_eq!(
        api.call("POST", "/proxy_checks", check)["successful"],
        false
    );
    for kind in ["email", "sms"] {
        api.call("GET", &format!("/templates/{kind}"), NONE);
        let template = format!("/templates/{kind}/verification_code");
        let before = api.call("GET", &template, NONE);
        let changed = api.call(
            "PUT",
            &template,
            json!({"name": "Code", "body": "{{otp_code}}"}),
        );
        assert_eq!(changed["body"], "{{otp_code}}");
        api.call("POST", &format!("{template}/preview"), json!({}));
        let toggled = api.call(
            "POST",
            &format!("{template}/toggle_delivery"),
            json!({"delivered_by_clerk": false}),
        );
        assert_eq!(toggled["delivered_by_clerk"], false);
        assert_eq!(
            api.call("POST", &format!("{template}/revert"), NONE),
            before
        );
    }
    let gone = api.call("GET", "/templates/email/nothing", NONE);
    assert!(gone["errors"].is_array());
}

pub(crate) fn connections(api: &mut Checked<'_>) {
    let saml = api.call(
        "POST",
        "/enterprise_connections",
        json!({
            "name": "Okta", "provider": "saml_okta", "domains": ["acme.example"], "active": true,
            "saml": {"idp_entity_id": "https://idp.example", "idp_certificate": "secret"},
        }),
    );
    assert_eq!(
        saml["saml_connection"]["idp_entity_id"],
        "https://idp.example"
    );
    assert!(!saml.to_string().contains("idp_certificate"));
    let oidc = api.call(
        "POST",
        "/enterprise_connections",
        json!({
            "name": "GitLab", "provider": "oidc_gitlab", "domains": ["b.example"],
            "oidc": {"client_id": "c", "client_secret": "secret"},
        }),
    );
    assert!(!oidc.to_string().contains("client_secret"));
    assert_eq!(
        api.call("GET", "/enterprise_connections?active=true", NONE)["total_count"],
        1
    );
    let one = format!("/enterprise_connections/{}", id(&oidc));
    let changed = api.call(
        "PATCH",
        &one,
        json!({"active": true, "oidc": {"client_id": "d"}}),
    );
    assert_eq!(
        (&changed["active"], &changed["oauth_config"]["client_id"]),
        (&json!(true), &json!("d"))
    );
    api.call("GET", &one, NONE);
    api.call("GET", &format!("{one}/test_runs"), NONE);
    api.call("DELETE", &one, NONE);
    api.call("GET", &one, NONE);

    let user = api.call(
        "POST",
        "/users",
        json!({"email_address": ["agent@example.com"], "skip_password_requirement": true}),
    );
    let task = json!({
        "on_behalf_of": {"user_id": id(&user)}, "permissions": "*", "agent_name": "tester",
        "task_description": "a test", "redirect_url": "http://localhost:3000/",
    });
    let first = api.call("POST", "/agents/tasks", task.clone());
    let second = api.call("POST", "/agents/tasks", task);
    assert_eq!(first["agent_id"], second["agent_id"], "one agent");
    assert_ne!(first["agent_task_id"], second["agent_task_id"]);
    let revoke = format!(
        "/agents/tasks/{}/revoke",
        first["agent_task_id"].as_str().unwrap()
    );
    api.call("POST", &revoke, NONE);
    let again = api.call("POST", &revoke, NONE);
    assert!(again["errors"].is_array(), "once only");
}

pub(crate) fn directories(api: &mut Checked<'_>) {
    let connection = api.call(
        "POST",
        "/enterprise_connections",
        json!({"name": "Okta", "provider": "saml_okta", "domains": ["dir.example"]}),
    );
    for collection in ["/directories", "/scim_directories"] {
        let wanted = json!({
            "enterprise_connection_id": id(&connection), "provider": "okta",
            "group_role_mappings": [{"scim_group_id": "g1", "role_id": "org:admin"}],
        });
        let made = api.call("POST", collection, wanted);
        assert!(made["api_key"].is_string());
        let one = format!("{collection}/{}", id(&made));
        assert!(
            api.call("GET", &one, NONE)["api_key"].is_null(),
            "shown once"
        );
        api.call("GET", collection, NONE);
        let changed = api.call("PATCH", &one, json!({"enabled": false}));
        assert_eq!(changed["enabled"], false);
        let rotated = api.call("POST", &format!("{one}/rotate_api_key"), NONE);
        assert_ne!(rotated["api_key"], made["api_key"]);
        let mappings = format!("{one}/group_role_mappings");
        assert_eq!(api.call("GET", &mappings, NONE)["total_count"], 1);
        let added = api.call(
            "POST",
            &mappings,
            json!({"scim_group_id": "g2", "role_id": "org:member"}),
        );
        assert_eq!(added["role"]["key"], "org:member");
        api.call("DELETE", &format!("{mappings}/{}", id(&added)), NONE);
        let all = json!({"mappings": [{"directory_group_id": "g3", "role_id": "org:member"}]});
        assert_eq!(
            api.call("PUT", &mappings, all)["data"][0]["scim_group_id"],
            "g3"
        );
        api.call("DELETE", &one, NONE);
        api.call("GET", &one, NONE);
    }
}
