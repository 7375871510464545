//! The helpers for real instances, against offline ones and scripted networks.
#![cfg(all(feature = "instance", feature = "server"))]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use clerk_http::testing::{ManualRuntime, Reply, ScriptedTransport};
use clerk_http::{SharedRuntime, SharedTransport};
use clerk_testing::instance::{TestInstance, TestSettings};
use clerk_testing::server::OfflineClerk;
use http::StatusCode;
use serde_json::Value;
use support::{backend, claims, send, wait};

const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

fn settings(variables: &[(&str, &str)]) -> TestSettings {
    TestSettings::from_lookup(|name| {
        let (_, value) = variables.iter().find(|(own, _)| *own == name)?;
        Some((*value).to_owned())
    })
    .unwrap()
}

/// The helpers on an offline Clerk that stands for a real instance.
fn on(offline: &OfflineClerk) -> TestInstance {
    let env = offline.env();
    let lookup = |name: &str| {
        env.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.clone())
    };
    TestInstance::new(TestSettings::from_lookup(lookup).unwrap()).unwrap()
}

fn scripted(
    replies: Vec<Reply>,
    extra: &[(&str, &str)],
) -> (TestInstance, ScriptedTransport, ManualRuntime) {
    let transport = ScriptedTransport::new(replies);
    let runtime = ManualRuntime::new(0);
    let mut variables = vec![
        ("CLERK_PUBLISHABLE_KEY", KEY),
        ("CLERK_SECRET_KEY", "sk_test_x"),
    ];
    variables.extend_from_slice(extra);
    let instance = TestInstance::with_transport(
        settings(&variables),
        SharedTransport::new(transport.clone()),
        SharedRuntime::new(runtime.clone()),
    );
    (instance.unwrap(), transport, runtime)
}

const TOKEN: &str = r#"{"object":"testing_token","token":"tt_1","expires_at":1}"#;

// covers: TEST-2, TEST-3, TEST-25
#[test]
fn the_set_up_fetches_a_testing_token_and_says_where_it_belongs() {
    let (instance, transport, _) = scripted(vec![Reply::json(StatusCode::OK, TOKEN)], &[]);
    let setup = wait(instance.set_up()).unwrap();
    assert_eq!(
        setup.env(),
        [
            ("CLERK_FAPI", "foo-bar-13.clerk.accounts.dev".to_owned()),
            ("CLERK_TESTING_TOKEN", "tt_1".to_owned()),
        ]
    );
    assert!(!format!("{setup:?}").contains("tt_1"));
    let requests = transport.take_requests();
    assert_eq!(requests[0].method(), "POST");
    assert_eq!(requests[0].uri(), "https://api.clerk.com/v1/testing_tokens");
    assert_eq!(requests[0].headers()["authorization"], "Bearer sk_test_x");
}

// covers: TEST-1
#[test]
fn a_token_made_elsewhere_is_used_as_it_is() {
    let (instance, transport, _) = scripted(vec![], &[("CLERK_TESTING_TOKEN", "own")]);
    assert_eq!(
        wait(instance.set_up()).unwrap().testing_token.expose(),
        "own"
    );
    assert_eq!(transport.sent(), 0);
}

// covers: TEST-2
#[test]
fn the_set_up_is_tried_again_where_that_helps_and_five_times_at_most() {
    let status = |code: u16| Reply::status(StatusCode::from_u16(code).unwrap());
    let ok = || Reply::json(StatusCode::OK, TOKEN);
    for (name, replies, sent, works) in [
        (
            "one of each kind",
            vec![
                status(408),
                status(429),
                status(500),
                status(502),
                status(503),
                ok(),
            ],
            6,
            true,
        ),
        (
            "network, then a slow gateway",
            vec![Reply::no_connection(), status(504), ok()],
            3,
            true,
        ),
        (
            "six failures",
            vec![
                status(503),
                status(503),
                status(503),
                status(503),
                status(503),
                status(503),
                ok(),
            ],
            6,
            false,
        ),
        ("a wrong key", vec![status(401), ok()], 1, false),
        ("not found", vec![status(404), ok()], 1, false),
        ("not implemented", vec![status(501), ok()], 1, false),
    ] {
        let (instance, transport, runtime) = scripted(replies, &[]);
        assert_eq!(wait(instance.set_up()).is_ok(), works, "{name}");
        assert_eq!(transport.sent(), sent, "{name}");
        assert_eq!(runtime.slept().len(), sent - 1, "{name}");
    }
    let patient = status(429).with_header("retry-after", "45");
    let (instance, _, runtime) = scripted(vec![patient, ok()], &[]);
    wait(instance.set_up()).unwrap();
    assert_eq!(runtime.slept()[0].as_secs(), 45);
}

#[test]
fn what_may_have_been_done_is_not_done_twice() {
    let (instance, transport, _) = scripted(vec![Reply::status(StatusCode::BAD_GATEWAY)], &[]);
    assert!(wait(instance.create_user("ada@example.com")).is_err());
    assert_eq!(transport.sent(), 1);
}

// covers: TEST-25
#[test]
fn from_a_user_to_a_token_and_nothing_left_behind() {
    let offline = wait(OfflineClerk::start());
    let instance = on(&offline);
    wait(async {
        let ada = instance
            .create_user("ada+clerk_test@example.com")
            .await
            .unwrap();
        let session = instance.create_session(&ada).await.unwrap();
        let token = instance.create_token(&session).await.unwrap();
        let read = claims(token.expose());
        assert_eq!(
            (&read["sub"], &read["sid"]),
            (&Value::from(ada.as_str()), &Value::from(session))
        );
        assert!(
            !instance
                .set_up()
                .await
                .unwrap()
                .testing_token
                .expose()
                .is_empty()
        );
        instance.delete_user(&ada).await.unwrap();
        assert!(instance.create_session(&ada).await.is_err());
        for id in ["", "..", "user/1", "a?b"] {
            assert!(instance.delete_user(id).await.is_err(), "{id}");
        }
    });
    assert_eq!(
        backend(&offline, "GET", "/v1/users/count", &Value::Null).ok()["total_count"],
        0
    );
}

// covers: TEST-7
#[test]
fn an_agent_task_signs_a_browser_in_once() {
    let offline = wait(OfflineClerk::start());
    let instance = on(&offline);
    let task = wait(async {
        let ada = instance.create_user("ada@example.com").await.unwrap();
        instance
            .create_agent_task(&ada, "http://localhost:3000/")
            .await
            .unwrap()
    });
    assert!(
        !format!("{task:?}").contains("ticket_"),
        "its address signs in"
    );
    assert!(
        task.url
            .expose()
            .starts_with(&format!("{}/v1/", offline.frontend_url()))
    );
    let first = send("GET", task.url.expose(), &[], b"");
    assert_eq!(first.status, 307, "{}", first.text());
    assert!(
        first
            .header("location")
            .unwrap()
            .starts_with("http://localhost:3000/")
    );
    assert_eq!(send("GET", task.url.expose(), &[], b"").status, 400);
    let sessions = backend(&offline, "GET", "/v1/sessions", &Value::Null).ok();
    assert_eq!(sessions.as_array().unwrap().len(), 1);
}

#[test]
fn live_keys_are_refused_unless_they_are_meant() {
    let live = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
    for (publishable, secret, refused) in [
        (KEY, "sk_test_x", false),
        (live, "sk_live_x", true),
        (KEY, "sk_live_x", true),
        (live, "sk_test_x", true),
    ] {
        let mut settings = settings(&[
            ("CLERK_PUBLISHABLE_KEY", publishable),
            ("CLERK_SECRET_KEY", secret),
        ]);
        assert_eq!(
            TestInstance::new(settings.clone()).is_err(),
            refused,
            "{publishable} {secret}"
        );
        settings.allow_live = true;
        assert!(TestInstance::new(settings).is_ok());
    }
}
