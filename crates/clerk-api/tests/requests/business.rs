//! Rules that single calls add to their request.

use clerk_api::{
    Client, OrderBy,
    emails::{CreateEmail, CreateEmailBatch, CreateEmailBatchMessage, EmailRecipient, EmailSender},
    organizations::{ReplaceOrganizationMetadata, UpdateOrganization},
    users::{ListUsers, ReplaceUserMetadata, UpdateUser},
};
use clerk_errors::api::{ApiErrorKind, Sent};
use clerk_http::{
    ApiClient, SharedTransport,
    testing::{Reply, ScriptedTransport},
};
use clerk_types::Metadata;
use http::StatusCode;

const USER: &str =
    r#"{"id":"user_1","object":"user","password_enabled":false,"created_at":1,"updated_at":1}"#;

/// A client whose answers depend on method and path.
fn client(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Client, ScriptedTransport) {
    let transport = ScriptedTransport::from_fn(move |request| {
        answer(&format!("{} {}", request.method(), request.uri().path()))
    });
    let http = ApiClient::builder(SharedTransport::new(transport.clone()))
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    (Client::new(http), transport)
}

fn ok(body: impl Into<bytes::Bytes>) -> Reply {
    Reply::json(StatusCode::OK, body)
}

fn sent(transport: &ScriptedTransport) -> Vec<String> {
    let requests = transport.take_requests();
    let line = |request: &http::Request<bytes::Bytes>| {
        let body = std::str::from_utf8(request.body()).unwrap();
        format!(
            "{} {} {body}",
            request.method(),
            request.uri().path_and_query().unwrap()
        )
        .trim_end()
        .to_owned()
    };
    requests.iter().map(line).collect()
}

// covers: HTTP-27, API-154
#[tokio::test]
async fn a_list_with_total_counts_by_the_same_filters_and_without_what_concerns_the_page() {
    let (client, transport) = client(|call| match call {
        "GET /v1/users" => ok(format!("[{USER}]")),
        "GET /v1/users/count" => ok(r#"{"object":"total_count","total_count":42}"#),
        _ => Reply::status(StatusCode::NOT_FOUND),
    });
    let params = ListUsers::new()
        .query("ada")
        .user_id(["user_1", "user_2"])
        .order_by(OrderBy::desc("created_at"))
        .limit(20)
        .offset(40);
    let page = client.users().list_with_total(params).await.unwrap();
    assert_eq!((page.data.len(), page.total_count), (1, Some(42)));
    let mut requests: Vec<Vec<String>> = sent(&transport)
        .iter()
        .map(|line| {
            let mut parts: Vec<String> = line.split(['?', '&']).map(str::to_owned).collect();
            parts[1..].sort_unstable();
            parts
        })
        .collect();
    requests.sort_unstable_by_key(Vec::len);
    let filters = ["query=ada", "user_id=user_1", "user_id=user_2"];
    assert_eq!(requests[0][0], "GET /v1/users/count");
    assert_eq!(requests[0][1..], filters);
    assert_eq!(requests[1][0], "GET /v1/users");
    assert_eq!(
        requests[1][1..],
        [
            "limit=20",
            "offset=40",
            "order_by=-created_at",
            "query=ada",
            "user_id=user_1",
            "user_id=user_2"
        ]
    );
}

// covers: HTTP-27
#[tokio::test]
async fn a_list_with_total_fails_where_either_call_fails() {
    for failing in ["GET /v1/users", "GET /v1/users/count"] {
        let (client, _) = client(move |call| match call {
            call if call == failing => Reply::status(StatusCode::FORBIDDEN),
            "GET /v1/users" => ok("[]"),
            _ => ok(r#"{"object":"total_count","total_count":0}"#),
        });
        let error = client
            .users()
            .list_with_total(ListUsers::new())
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::FORBIDDEN), "{failing}");
    }
}

// covers: API-88, API-157
#[tokio::test]
async fn metadata_is_replaced_after_what_else_changes_and_nothing_is_sent_in_vain() {
    let (client, transport) = client(|call| match call {
        "PATCH /v1/users/user_2" => Reply::status(StatusCode::UNPROCESSABLE_ENTITY),
        call if call.contains("/users/") => ok(USER),
        _ => ok(
            r#"{"id":"org_1","object":"organization","name":"a","slug":"a","created_at":1,"updated_at":1,
                "max_allowed_memberships":1,"admin_delete_enabled":true,"has_image":false}"#,
        ),
    });
    let metadata =
        || ReplaceUserMetadata::new().public_metadata(Metadata::new().with("plan", "pro"));
    let users = client.users();
    let patch = UpdateUser::new().first_name("Ada");
    users
        .update_with_metadata("user_1", patch, metadata())
        .await
        .unwrap();
    users
        .update_with_metadata("user_1", UpdateUser::new(), metadata())
        .await
        .unwrap();
    let put = r#"PUT /v1/users/user_1/metadata {"public_metadata":{"plan":"pro"}}"#;
    assert_eq!(
        sent(&transport),
        [r#"PATCH /v1/users/user_1 {"first_name":"Ada"}"#, put, put]
    );

    // The second call is not made after the first failed, nor anything for an id that is none.
    let patch = UpdateUser::new().clear_first_name();
    let failed = users
        .update_with_metadata("user_2", patch, metadata())
        .await;
    assert_eq!(failed.unwrap_err().operation(), Some("users.update"));
    let none = users.update_with_metadata("..", UpdateUser::new(), metadata());
    assert_eq!(none.await.unwrap_err().kind(), ApiErrorKind::Invalid);
    assert_eq!(
        sent(&transport),
        [r#"PATCH /v1/users/user_2 {"first_name":null}"#]
    );

    let metadata =
        || ReplaceOrganizationMetadata::new().private_metadata(Metadata::new().with("plan", "pro"));
    let organizations = client.organizations();
    for params in [
        UpdateOrganization::new().name("Acme"),
        UpdateOrganization::new(),
    ] {
        organizations
            .update_with_metadata("org_1", params, metadata())
            .await
            .unwrap();
    }
    let put = r#"PUT /v1/organizations/org_1/metadata {"private_metadata":{"plan":"pro"}}"#;
    assert_eq!(
        sent(&transport),
        [r#"PATCH /v1/organizations/org_1 {"name":"Acme"}"#, put, put]
    );
}

// covers: API-40, API-41
#[tokio::test]
async fn emails_without_text_and_batches_of_the_wrong_size_are_not_sent() {
    let (client, transport) = client(|_| ok("[]"));
    let sender = || EmailSender::new("a@example.com");
    let message =
        || CreateEmailBatchMessage::new(EmailRecipient::user_id("user_1"), sender(), "Hello");
    let email = CreateEmail::new(EmailRecipient::address("b@example.com"), sender(), "Hello");
    let emails = client.emails();
    let batch = |messages: Vec<CreateEmailBatchMessage>| {
        emails
            .create_batch(CreateEmailBatch::new(messages))
            .to_request()
            .map(drop)
            .map_err(|error| (error.kind(), error.sent()))
    };
    let refused = Err((ApiErrorKind::Invalid, Sent::No));
    assert!(emails.create(email.clone()).await.is_err());
    assert_eq!(batch(vec![message()]), refused);
    assert_eq!(batch(Vec::new()), refused);
    let good = || message().text("Hi");
    assert_eq!(batch(vec![good(); 101]), refused);
    assert_eq!(batch(vec![good().idempotency_key("a b")]), refused);
    assert_eq!(
        batch(vec![good().idempotency_key("a".repeat(256))]),
        refused
    );
    assert_eq!(transport.sent(), 0);

    assert_eq!(batch(vec![good().idempotency_key("a_b-1")]), Ok(()));
    assert_eq!(batch(vec![good(); 100]), Ok(()));
    for email in [email.clone().html("<p>Hi</p>"), email.text("Hi")] {
        assert!(emails.create(email).to_request().is_ok());
    }
}

// covers: API-5, API-40, GAP-5
#[test]
fn of_what_excludes_each_other_one_is_sent() {
    use clerk_api::agent_tasks::CreateAgentTaskOnBehalfOf;
    use clerk_api::directories::CreateDirectoryGroupRoleMapping;

    fn json(value: impl serde::Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }
    for (json, expected) in [
        (
            json(CreateAgentTaskOnBehalfOf::user_id("user_1")),
            r#"{"user_id":"user_1"}"#,
        ),
        (
            json(CreateAgentTaskOnBehalfOf::identifier("a@example.com")),
            r#"{"identifier":"a@example.com"}"#,
        ),
        (
            json(EmailRecipient::address("a@example.com")),
            r#"{"address":"a@example.com"}"#,
        ),
        (
            json(EmailRecipient::user_id("user_1")),
            r#"{"user_id":"user_1"}"#,
        ),
        (
            json(CreateDirectoryGroupRoleMapping::scim_group_id("g", "r")),
            r#"{"scim_group_id":"g","role_id":"r"}"#,
        ),
    ] {
        assert_eq!(json, expected);
    }
}

// covers: TOK-42
#[tokio::test]
async fn an_api_key_has_all_its_members() {
    const KEY: &str = r#"{"object":"api_key","id":"ak_1","type":"api_key","name":"reports","subject":"user_1",
        "scopes":["read"],"claims":{"a":1},"revoked":true,"revocation_reason":"lost","expired":true,
        "expiration":1774000000000,"created_by":"user_2","description":"for reports",
        "last_used_at":1773000000000,"created_at":1772000000000,"updated_at":1772000000001,"secret":"ak_x"}"#;
    let (client, _) = client(|_| ok(KEY));
    let params = clerk_api::api_keys::VerifyApiKey::new("ak_x");
    let key = client.api_keys().verify(params).await.unwrap();
    let mut expected: serde_json::Value = serde_json::from_str(KEY).unwrap();
    // Only what creates a key answers its secret.
    expected.as_object_mut().unwrap().remove("secret");
    assert_eq!(serde_json::to_value(&key).unwrap(), expected);

    let params = clerk_api::api_keys::CreateApiKey::new("reports", "user_1");
    let created = client.api_keys().create(params).await.unwrap();
    assert_eq!(created.secret.expose(), "ak_x");
}
