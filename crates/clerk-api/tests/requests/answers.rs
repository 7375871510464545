//! What calls make of answers, and what the last versions of the reference brought.

use std::collections::BTreeMap;

use clerk_api::{
    Client, Page,
    clients::GetHandshakePayload,
    domains::AddDomain,
    emails::{CreateEmail, EmailAttachment, EmailRecipient, EmailSender},
    enterprise_connections::{CreateEnterpriseConnection, CreateEnterpriseConnectionSaml},
    oauth_applications::ListOauthApplications,
    organizations::ListOrganizationDomains,
    saml_connections::CreateSamlConnection,
    users::{CreateUser, VerifyUserPassword, VerifyUserTotp},
};
use clerk_errors::api::ApiErrorKind;
use clerk_http::{
    ApiClient, SharedTransport,
    testing::{Reply, ScriptedTransport},
};
use clerk_types::enums::{EnterpriseConnectionProvider, IdentificationStatus, SamlProvider};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{generated, support};

/// A client that gets this answer, whatever it asks.
fn answered(body: &Value) -> Client {
    let body = body.to_string();
    let transport = ScriptedTransport::from_fn(move |_| Reply::json(StatusCode::OK, body.clone()));
    let http = ApiClient::builder(SharedTransport::new(transport)).secret_key("sk_test_x");
    Client::new(http.build().unwrap())
}

/// The JSON body, method and path of a call.
fn sent<T: serde::de::DeserializeOwned + 'static>(call: clerk_api::Call<T>) -> (String, Value) {
    let request = support::prepare(call).http().unwrap();
    let route = format!(
        "{} {}",
        request.method(),
        request.uri().path_and_query().unwrap()
    );
    (
        route,
        serde_json::from_slice(request.body()).unwrap_or_default(),
    )
}

// covers: HTTP-24
#[tokio::test]
async fn deleted_objects_are_typed() {
    let gone = json!({"object": "user", "id": "user_1", "slug": "s", "deleted": true, "external_id": null});
    let client = answered(&gone);
    for call in [
        client.users().delete("user_1"),
        client.users().delete_passkey("user_1", "idn_1"),
        client.organizations().delete("org_1"),
        client.invitations().delete("inv_1"),
        client.api_keys().delete("ak_1"),
    ] {
        let deleted = call.await.unwrap();
        assert_eq!(deleted.object.as_deref(), Some("user"));
        assert_eq!(deleted.id.as_deref(), Some("user_1"));
        assert_eq!(deleted.slug.as_deref(), Some("s"));
        assert_eq!(deleted.deleted, Some(true));
    }
    let scope = json!({"object": "machine_scope", "from_machine_id": "a", "to_machine_id": "b", "deleted": true});
    let scope = answered(&scope)
        .machines()
        .delete_scope("a", "b")
        .await
        .unwrap();
    assert!(scope.deleted);
    assert_eq!(
        (scope.from_machine_id.as_str(), scope.to_machine_id.as_str()),
        ("a", "b")
    );
}

// covers: HTTP-25
#[tokio::test]
async fn what_the_reference_hands_through_is_typed() {
    let domain = json!({
        "object": "organization_domain", "id": "orgdmn_1", "organization_id": "org_1", "name": "a.example",
        "enrollment_mode": "automatic_invitation", "affiliation_email_address": null,
        "affiliation_verification": null, "ownership_verification": null, "verification": null,
        "total_pending_invitations": 1, "total_pending_suggestions": 2, "created_at": 3, "updated_at": 4,
    });
    let page = json!({"data": [domain], "total_count": 1});
    let page = answered(&page)
        .organizations()
        .list_domains("org_1", ListOrganizationDomains::new())
        .await
        .unwrap();
    assert_eq!(page.data[0].name, "a.example");

    let token = json!({"object": "testing_token", "token": "t", "expires_at": 5});
    let token = answered(&token).testing_tokens().create().await.unwrap();
    assert_eq!((token.token.expose(), token.expires_at.as_secs()), ("t", 5));

    let payload = json!({"directives": ["a=b; Path=/"]});
    let client = answered(&payload);
    let payload = client
        .clients()
        .get_handshake_payload(GetHandshakePayload::new("n"));
    assert_eq!(payload.await.unwrap().directives, ["a=b; Path=/"]);

    let keys = json!({"keys": [{"kid": "ins_1", "kty": "RSA", "alg": "RS256", "use": "sig", "n": "AQ", "e": "AQAB"}]});
    let keys = answered(&keys).jwks().get().await.unwrap();
    assert_eq!(keys.keys[0].kid, "ins_1");

    let client = answered(&json!({"verified": true, "code_type": "totp"}));
    let password = client
        .users()
        .verify_password("user_1", VerifyUserPassword::new("p"));
    assert_eq!(password.await.unwrap().verified, Some(true));
    let totp = client
        .users()
        .verify_totp("user_1", VerifyUserTotp::new("123456"))
        .await
        .unwrap();
    assert_eq!(totp.verified, Some(true));
    assert_eq!(totp.code_type.unwrap().as_str(), "totp");

    let client = answered(&json!({"svix_url": "https://svix.example/x", "secret": "ak_s"}));
    let url = client.webhooks().create_svix_app().await.unwrap();
    assert_eq!(url.svix_url.expose(), "https://svix.example/x");
    let secret = client.api_keys().get_secret("ak_1").await.unwrap();
    assert_eq!(secret.secret.expose(), "ak_s");
}

// covers: HTTP-25, HTTP-28
#[tokio::test]
async fn an_answer_of_another_kind_is_a_typed_error_and_raw_at_hand() {
    let session = json!({"object": "session", "id": "sess_1", "client_id": "client_1"});
    for body in [
        session,
        json!([]),
        json!({"data": []}),
        json!("x"),
        json!(null),
    ] {
        let client = answered(&body);
        let error = client.users().get("user_1").await.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Decode, "{body}");
        assert_eq!(error.status(), Some(StatusCode::OK));
        let raw = client.users().get("user_1").send_raw().await.unwrap();
        assert_eq!(raw.json::<Value>().unwrap(), body);
    }
}

// covers: HIST-90
#[test]
fn lists_that_are_bare_otherwise_ask_for_pages() {
    let bare = [
        "ListAllowlistIdentifiers",
        "GetClientList",
        "ListInvitations",
        "ListJWTTemplates",
        "ListRedirectURLs",
        "GetSessionList",
        "GetOAuthAccessToken",
    ];
    let cases = generated::all();
    for operation in bare {
        let mut cases = cases
            .iter()
            .filter(|case| case.operation == operation)
            .peekable();
        assert!(cases.peek().is_some(), "{operation}");
        assert!(
            cases.all(|case| case.url.contains("paginated=true")),
            "{operation}"
        );
    }
}

// covers: HIST-96
#[test]
fn every_list_has_its_real_shape() {
    let client = answered(&json!([]));
    // What each gives is said by its type: a page, or a bare list.
    let _: [clerk_api::Call<Page<_>>; 1] = [client
        .api_keys()
        .list(clerk_api::api_keys::ListApiKeys::new("user_1"))];
    let _: [clerk_api::Call<Page<_>>; 1] = [client
        .jwt_templates()
        .list(clerk_api::jwt_templates::ListJwtTemplates::new())];
    let _: [clerk_api::Call<Vec<_>>; 1] = [client.invitations().create_bulk(&[])];
    let _: [clerk_api::Call<Page<_>>; 1] =
        [client.organizations().create_invitations_bulk("org_1", &[])];
}

// covers: HIST-94, CHG-8
#[test]
fn nested_settings_are_in_snake_case_and_hold_several_certificates() {
    let client = answered(&json!({}));
    let saml = CreateEnterpriseConnectionSaml::new()
        .idp_metadata_url("https://i.example/m")
        .force_authn(true)
        .idp_certificates(["A", "B"]);
    let connection = CreateEnterpriseConnection::new(
        "Ent",
        EnterpriseConnectionProvider::from("saml_okta"),
        ["a.example"],
    )
    .saml(saml);
    let (route, body) = sent(client.enterprise_connections().create(connection));
    assert_eq!(route, "POST /v1/enterprise_connections");
    assert_eq!(
        body["saml"],
        json!({"idp_metadata_url": "https://i.example/m", "force_authn": true, "idp_certificates": ["A", "B"]})
    );
    let connection = CreateSamlConnection::new("S", SamlProvider::from("saml_custom"))
        .idp_certificates(["A", "B"]);
    let (_, body) = sent(client.saml_connections().create(connection));
    assert_eq!(body["idp_certificates"], json!(["A", "B"]));
}

// covers: HIST-105
#[test]
fn parameters_that_were_missing_are_there() {
    let client = answered(&json!({}));
    let provider = EnterpriseConnectionProvider::from("saml_okta");
    let connection = CreateEnterpriseConnection::new("Ent", provider, ["a.example"]);
    let (_, body) = sent(client.enterprise_connections().create(connection));
    assert_eq!(body["provider"], "saml_okta");
    let user = CreateUser::new()
        .email_address(["a@example.com"])
        .email_address_identification_status([IdentificationStatus::from("reserved")])
        .phone_number(["+15555550100"])
        .phone_number_identification_status([IdentificationStatus::from("verified")]);
    let (_, body) = sent(client.users().create(user));
    assert_eq!(
        body["email_address_identification_status"],
        json!(["reserved"])
    );
    assert_eq!(
        body["phone_number_identification_status"],
        json!(["verified"])
    );
}

// covers: HIST-104
#[test]
fn an_empty_id_never_reaches_a_collection() {
    let client = answered(&json!({}));
    for call in [
        client.organizations().delete(""),
        client.users().delete(""),
        client.domains().delete(""),
        client.machines().delete(""),
    ] {
        let error = support::prepare(call).http().unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Invalid);
    }
}

// covers: CHG-6
#[tokio::test]
async fn e_mails_have_all_their_parts() {
    let email = CreateEmail::new(
        EmailRecipient::user_id("user_1"),
        EmailSender::new("a@example.com").name("Acme"),
        "Hi",
    )
    .text("t")
    .cc(["c@example.com"])
    .bcc(["d@example.com"])
    .headers(BTreeMap::from([("X-Custom".to_owned(), "1".to_owned())]))
    .attachments([EmailAttachment::new("a.txt", "aGk=")]);
    let sent_email = json!({"object": "email", "id": "ema_1", "suppression_reason": "bounced"});
    let client = answered(&sent_email);
    let (route, body) = sent(client.emails().create(email));
    assert_eq!(route, "POST /v1/email");
    assert_eq!(
        body,
        json!({
            "to": {"user_id": "user_1"}, "from": {"address": "a@example.com", "name": "Acme"}, "subject": "Hi",
            "text": "t", "cc": ["c@example.com"], "bcc": ["d@example.com"], "headers": {"X-Custom": "1"},
            "attachments": [{"filename": "a.txt", "content": "aGk="}],
        })
    );
    let email = client.emails().get("ema_1").await.unwrap();
    assert_eq!(email.suppression_reason.as_deref(), Some("bounced"));
}

// covers: CHG-7, CHG-9, CHG-15
#[test]
fn later_methods_and_parameters_are_there() {
    let client = answered(&json!({}));
    let (route, _) = sent(client.invitations().delete("inv_1"));
    assert_eq!(route, "DELETE /v1/invitations/inv_1");
    let (route, _) = sent(
        client
            .oauth_applications()
            .list(ListOauthApplications::new().name_query("a b")),
    );
    assert_eq!(route, "GET /v1/oauth_applications?name_query=a+b");
    for is_satellite in [true, false] {
        let (route, body) = sent(
            client
                .domains()
                .add(AddDomain::new("a.example", is_satellite)),
        );
        assert_eq!(route, "POST /v1/domains");
        assert_eq!(
            body,
            json!({"name": "a.example", "is_satellite": is_satellite})
        );
    }
    let (route, _) = sent(client.domains().delete("dmn_1"));
    assert_eq!(route, "DELETE /v1/domains/dmn_1");
}
