//! Rules that hold for every operation.

use std::collections::BTreeSet;

use clerk_api::{
    Client, OrderBy,
    organizations::ListOrganizations,
    users::{CreateUser, UpdateUser, VerifyUserPassword},
};
use clerk_errors::api::{ApiErrorKind, Sent};
use clerk_http::{
    ApiClient, SharedTransport,
    testing::{Reply, ScriptedTransport},
};
use http::StatusCode;

use crate::{generated, support};

fn prepare<T: serde::de::DeserializeOwned + 'static>(
    call: clerk_api::Call<T>,
) -> Result<http::Request<bytes::Bytes>, clerk_errors::api::ApiError> {
    support::prepare(call).http()
}

fn client() -> Client {
    let transport = SharedTransport::new(ScriptedTransport::new([]));
    Client::new(
        ApiClient::builder(transport)
            .secret_key("sk_test_x")
            .build()
            .unwrap(),
    )
}

#[test]
fn every_operation_has_its_samples() {
    let cases = generated::all();
    let operations: BTreeSet<&str> = cases.iter().map(|case| case.operation).collect();
    assert_eq!(
        operations.len(),
        258,
        "249 described operations and nine more"
    );
}

// covers: HTTP-2, HTTP-3, HTTP-4
#[test]
fn ids_are_one_segment_or_refused() {
    let client = client();
    for (id, path) in [
        ("a/b", "a%2Fb"),
        ("a?x=1", "a%3Fx=1"),
        ("a#b", "a%23b"),
        ("ä b", "%C3%A4%20b"),
    ] {
        let request = prepare(client.users().get(id)).unwrap();
        assert_eq!(request.uri().path(), format!("/v1/users/{path}"));
        assert_eq!(request.uri().query(), None);
    }
    for id in ["", " ", ".", "..", "%2e%2e", "a\nb"] {
        for call in [
            client.users().delete(id),
            client.users().delete_passkey("user_1", id),
        ] {
            let error = prepare(call).unwrap_err();
            assert_eq!(
                (error.kind(), error.sent()),
                (ApiErrorKind::Invalid, Sent::No),
                "{id:?}"
            );
        }
    }
}

// covers: HTTP-13
#[test]
fn what_is_set_is_sent() {
    let client = client();
    let query = ListOrganizations::new()
        .include_members_count(false)
        .limit(0)
        .query("")
        .order_by(OrderBy::asc("name"));
    let request = prepare(client.organizations().list(query)).unwrap();
    let mut pairs: Vec<&str> = request.uri().query().unwrap().split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        [
            "include_members_count=false",
            "limit=0",
            "order_by=%2Bname",
            "query="
        ]
    );
}

// covers: HTTP-14
#[test]
fn null_clears_and_absence_leaves_alone() {
    let client = client();
    for (params, body) in [
        (UpdateUser::new(), "{}"),
        (UpdateUser::new().clear_username(), r#"{"username":null}"#),
        (UpdateUser::new().username(None), r#"{"username":null}"#),
        (UpdateUser::new().username("ada"), r#"{"username":"ada"}"#),
    ] {
        let request = prepare(client.users().update("user_1", params)).unwrap();
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), body);
    }
}

// covers: HTTP-15
#[test]
fn keys_of_metadata_are_never_rewritten() {
    let metadata = serde_json::json!({"camelCase": {"Inner Key": 1}, "snake_case": 2});
    let params = CreateUser::new()
        .external_id("ext_1")
        .public_metadata(metadata.as_object().unwrap().clone());
    let request = prepare(client().users().create(params)).unwrap();
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "external_id": "ext_1",
            "public_metadata": {"camelCase": {"Inner Key": 1}, "snake_case": 2},
        })
    );
}

// covers: HTTP-26
#[test]
fn lists_that_have_two_shapes_ask_for_pages() {
    let client = client();
    let paginated: BTreeSet<String> = generated::all()
        .iter()
        .filter_map(|case| {
            let request = (case.call)(&client).http().unwrap();
            let query = request.uri().query()?;
            query
                .split('&')
                .any(|pair| pair == "paginated=true")
                .then(|| request.uri().path().to_owned())
        })
        .collect();
    for path in [
        "/v1/allowlist_identifiers",
        "/v1/clients",
        "/v1/invitations",
        "/v1/jwt_templates",
        "/v1/redirect_urls",
        "/v1/sessions",
    ] {
        assert!(paginated.contains(path), "{path}");
    }
    let access_tokens = |path: &String| path.contains("/oauth_access_tokens/");
    assert!(paginated.iter().any(access_tokens));
    // Users are not among them: their list has one shape.
    assert!(!paginated.contains("/v1/users"));
}

#[test]
fn secrets_are_not_shown() {
    let params = format!(
        "{:?}",
        CreateUser::new().password("hunter2").totp_secret("hunter2")
    );
    assert!(!params.contains("hunter2"), "{params}");
    let call = client()
        .users()
        .verify_password("user_1", VerifyUserPassword::new("hunter2"));
    assert!(!format!("{call:?}").contains("hunter2"));
}

#[test]
fn options_of_a_call() {
    let client = client();
    let request = prepare(
        client
            .m2m()
            .verify(clerk_api::m2m::VerifyM2mToken::new("mt_x"))
            .machine_secret_key("ak_1"),
    );
    assert_eq!(request.unwrap().headers()["authorization"], "Bearer ak_1");
    let request = prepare(
        client
            .users()
            .get("user_1")
            .api_version("2025-11-10")
            .idempotency_key("k-1_A"),
    )
    .unwrap();
    assert_eq!(request.headers()["clerk-api-version"], "2025-11-10");
    assert_eq!(request.headers()["idempotency-key"], "k-1_A");
    for key in ["", "a b", "ä", &"x".repeat(256)] {
        assert!(
            prepare(client.users().get("user_1").idempotency_key(key)).is_err(),
            "{key}"
        );
    }
}

#[test]
fn all_described_operations_are_there() {
    let cases = generated::all();
    let described: BTreeSet<&str> = cases
        .iter()
        .filter(|case| case.errors.is_some())
        .map(|case| case.operation)
        .collect();
    assert_eq!(described.len(), 249);
}

// covers: HTTP-22, HTTP-30, HTTP-31, HTTP-33, HTTP-34
#[tokio::test]
async fn every_call_gives_typed_errors_and_is_sent_once() {
    let body = r#"{"errors":[{"code":"gone","message":"m","long_message":"l","meta":{"param_name":"p"}}],"clerk_trace_id":"t_1"}"#;
    let transport = ScriptedTransport::from_fn(move |_| {
        Reply::json(StatusCode::NOT_FOUND, body).with_header("retry-after", "7")
    });
    let shared = SharedTransport::new(transport.clone());
    let http = ApiClient::builder(shared)
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let client = Client::new(http);
    for case in generated::all() {
        let error = (case.call)(&client).send.await.unwrap_err();
        let at = case.operation;
        assert_eq!(transport.take_requests().len(), 1, "{at}");
        assert!(error.is_not_found() && error.code("gone"), "{at}");
        assert_eq!(error.trace_id(), Some("t_1"), "{at}");
        assert_eq!(
            error.retry_after().map(|wait| wait.as_secs()),
            Some(7),
            "{at}"
        );
        assert_eq!(error.errors()[0].param_name(), Some("p"), "{at}");
        assert!(
            error
                .operation()
                .is_some_and(|name| error.to_string().starts_with(name)),
            "{at}"
        );
    }
}

// covers: HTTP-20, HTTP-28
#[tokio::test]
async fn answers_that_are_none() {
    let answer = |status, body: &'static str| {
        let transport = SharedTransport::new(ScriptedTransport::new([Reply::json(status, body)]));
        Client::new(
            ApiClient::builder(transport)
                .secret_key("sk_test_x")
                .build()
                .unwrap(),
        )
    };
    for body in ["", "null", "{", r#"{"id":7}"#, "[]", "<html>"] {
        let error = answer(StatusCode::OK, body)
            .users()
            .get("user_1")
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (ApiErrorKind::Decode, Sent::Yes),
            "{body}"
        );
        assert_eq!(error.status(), Some(StatusCode::OK), "{body}");
    }
    answer(StatusCode::NO_CONTENT, "")
        .webhooks()
        .delete_svix_app()
        .await
        .unwrap();
}

#[tokio::test]
async fn pages_end() {
    use futures_util::TryStreamExt;

    let page = |ids: &[&str], total: u32| {
        let items: Vec<_> = ids
            .iter()
            .map(|id| serde_json::json!({"id": id, "url": "u", "created_at": 1, "updated_at": 1}))
            .collect();
        Reply::json(
            StatusCode::OK,
            serde_json::json!({"data": items, "total_count": total}).to_string(),
        )
    };
    let transport = ScriptedTransport::new([page(&["a", "b"], 3), page(&["c"], 3)]);
    let http = ApiClient::builder(SharedTransport::new(transport.clone()))
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let client = Client::new(http);
    let pager = client
        .redirect_urls()
        .pages(clerk_api::redirect_urls::ListRedirectUrls::new().limit(2));
    let all: Vec<_> = pager.try_collect().await.unwrap();
    assert_eq!(
        all.iter().map(|item| item.id.as_str()).collect::<String>(),
        "abc"
    );
    let queries: Vec<_> = transport
        .take_requests()
        .iter()
        .map(|r| r.uri().query().unwrap().to_owned())
        .collect();
    assert_eq!(
        queries,
        [
            "paginated=true&limit=2&offset=0",
            "paginated=true&limit=2&offset=2"
        ]
    );

    // A total that is a lie does not go on forever; an error ends the stream.
    transport.push(page(&["a"], 1000));
    transport.push(page(&[], 1000));
    let pager = client
        .redirect_urls()
        .pages(clerk_api::redirect_urls::ListRedirectUrls::new());
    assert_eq!(pager.try_collect::<Vec<_>>().await.unwrap().len(), 1);
    transport.push(Reply::status(StatusCode::BAD_GATEWAY));
    let pager = client
        .redirect_urls()
        .pages(clerk_api::redirect_urls::ListRedirectUrls::new());
    let error = pager.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(error.is_outage());
}
