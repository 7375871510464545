//! The Backend API through the facade.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use clerk_backend::api::users::{CreateUser, ListUsers, UpdateUser};
use clerk_backend::http::testing::{Reply, ScriptedTransport};
use clerk_backend::http::{Deadlines, RateLimit, RetryPolicy, SharedTransport};
use clerk_backend::{Clerk, ClerkBuilder};
use futures_util::TryStreamExt;
use http::{Method, StatusCode};

const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const USER: &str = r#"{"id":"user_1","object":"user","password_enabled":false,"email_addresses":[],"phone_numbers":[],"external_accounts":[],
    "created_at":1,"updated_at":1}"#;

fn builder(transport: &ScriptedTransport) -> ClerkBuilder {
    Clerk::builder()
        .publishable_key(KEY)
        .secret_key("sk_test_x")
        .transport(SharedTransport::new(transport.clone()))
}

#[tokio::test]
async fn the_sketch_runs() {
    let user = || Reply::json(StatusCode::OK, USER);
    let list = |text: String| Reply::json(StatusCode::OK, text);
    let transport = ScriptedTransport::new([
        user(),
        user(),
        user(),
        list(format!("[{USER}]")),
        list(format!("[{USER}]")),
        Reply::json(
            StatusCode::NOT_FOUND,
            r#"{"errors":[{"code":"resource_not_found","message":"not found"}],"clerk_trace_id":"t1"}"#,
        ),
    ]);
    let clerk = builder(&transport).build().unwrap();

    let user = clerk.users().get("user_1").await.unwrap();
    assert_eq!(user.id, "user_1");
    let ada = CreateUser::new()
        .email_address(["ada@example.com"])
        .skip_password_checks(true);
    let ada = clerk.users().create(ada).await.unwrap();
    let cleared = UpdateUser::new().clear_username();
    clerk.users().update(&ada.id, cleared).await.unwrap();
    let page = ListUsers::new().query("ada").limit(20);
    assert_eq!(clerk.users().list(page).await.unwrap().data.len(), 1);
    let all = clerk.users().pages(ListUsers::new());
    assert_eq!(all.try_collect::<Vec<_>>().await.unwrap().len(), 1);
    let error = clerk.organizations().get("org_x").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "organizations.get: not found (status=404, code=resource_not_found, trace-id=t1)"
    );

    let sent: Vec<(Method, String)> = transport
        .take_requests()
        .iter()
        .map(|request| (request.method().clone(), request.uri().path().to_owned()))
        .collect();
    let sent: Vec<(&Method, &str)> = sent.iter().map(|(m, p)| (m, p.as_str())).collect();
    let expected = [
        (&Method::GET, "/v1/users/user_1"),
        (&Method::POST, "/v1/users"),
        (&Method::PATCH, "/v1/users/user_1"),
        (&Method::GET, "/v1/users"),
        (&Method::GET, "/v1/users"),
        (&Method::GET, "/v1/organizations/org_x"),
    ];
    assert_eq!(sent, expected);
}

// covers: HTTP-17
#[tokio::test(start_paused = true)]
async fn retries_are_off_until_asked_for_and_never_repeat_what_changes() {
    let busy = || Reply::status(StatusCode::SERVICE_UNAVAILABLE);
    let script = || ScriptedTransport::from_fn(move |_| busy());

    let transport = script();
    let clerk = builder(&transport).build().unwrap();
    assert!(clerk.users().get("user_1").await.is_err());
    assert_eq!(transport.sent(), 1);

    let transport = script();
    let policy = RetryPolicy::safe().max_attempts(3);
    let clerk = builder(&transport).retry(policy).build().unwrap();
    assert!(clerk.users().get("user_1").await.is_err());
    assert_eq!(transport.sent(), 3);
    assert!(clerk.users().delete("user_1").await.is_err());
    assert_eq!(transport.sent(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_holds_calls_back_and_refuses_what_would_wait_too_long() {
    let transport = ScriptedTransport::from_fn(|_| Reply::json(StatusCode::OK, USER));
    let limit = RateLimit::new(1, Duration::from_secs(2)).longest_wait(Duration::from_secs(3));
    let clerk = builder(&transport).rate_limit(limit).build().unwrap();
    let (first, second, third) = (
        clerk.users().get("user_1").into_future(),
        clerk.users().get("user_2").into_future(),
        clerk.users().get("user_3").into_future(),
    );
    let (first, second, third) = tokio::join!(first, second, third);
    assert!(first.is_ok() && second.is_ok());
    let refused = third.unwrap_err();
    assert!(refused.is_rate_limited() && !refused.may_have_been_sent());
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(4)));
    assert_eq!(transport.sent(), 2);
}

#[tokio::test]
async fn settings_of_calls_are_those_of_the_builder_unless_a_call_says_otherwise() {
    let transport = ScriptedTransport::from_fn(|_| Reply::json(StatusCode::OK, USER));
    let deadlines = Deadlines::new().total(Duration::from_secs(7));
    let clerk = builder(&transport)
        .api_url("https://api.example.com/clerk")
        .api_version("v2")
        .deadlines(deadlines)
        .build()
        .unwrap();
    clerk.users().get("user_1").await.unwrap();
    let own = clerk.users().get("user_1").timeout(Duration::from_secs(2));
    own.await.unwrap();
    let totals: Vec<Duration> = transport
        .take_requests()
        .iter()
        .map(|request| {
            let path = "https://api.example.com/clerk/v2/users/user_1";
            assert_eq!(request.uri(), path);
            request.extensions().get::<Deadlines>().unwrap().total
        })
        .collect();
    assert_eq!(totals, [Duration::from_secs(7), Duration::from_secs(2)]);
    assert!(builder(&transport).api_version("../v1").build().is_err());
}

#[test]
fn every_resource_of_the_client_has_its_method_here() {
    let read = |path: &str| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
        let text = std::fs::read_to_string(format!("{root}{path}")).unwrap();
        let names = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub fn "));
        let names = names.filter_map(|line| line.split('(').next().map(str::to_owned));
        names.collect::<Vec<_>>()
    };
    let handles = read("clerk-api/src/generated/handles.rs");
    assert!(handles.len() > 40);
    assert_eq!(handles, read("clerk-backend/src/generated/resources.rs"));
}
