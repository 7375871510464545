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
