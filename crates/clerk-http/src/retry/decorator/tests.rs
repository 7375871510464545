use std::time::Duration;

use http::{Method, StatusCode};

use super::*;
use crate::Jitter;
use crate::testing::{ManualRuntime, Reply, ScriptedTransport};

struct Ran {
    result: Result<u16, TransportErrorKind>,
    left: usize,
    waits_ms: Vec<u128>,
}

async fn run(policy: RetryPolicy, method: Method, replies: Vec<Reply>) -> Ran {
    let runtime = ManualRuntime::new(1_763_158_400_000);
    let transport = ScriptedTransport::new(replies);
    let retry = Retry::new(
        SharedTransport::new(transport.clone()),
        policy.jitter(Jitter::None),
        SharedRuntime::new(runtime.clone()),
        runtime.clock(),
    );
    let mut request = Request::new(Bytes::from_static(b"body"));
    *request.method_mut() = method;
    let result = retry.send(request).await;
    for sent in transport.take_requests().iter().skip(1) {
        assert_eq!(sent.body(), "body");
    }
    Ran {
        result: result
            .map(|answer| answer.status().as_u16())
            .map_err(|error| error.kind()),
        left: transport.left(),
        waits_ms: runtime.slept().iter().map(Duration::as_millis).collect(),
    }
}

fn status(code: u16) -> Reply {
    Reply::status(StatusCode::from_u16(code).unwrap())
}

fn broken(kind: TransportErrorKind, sent: Sent) -> Reply {
    Reply::error(TransportError::new(kind, sent, "scripted"))
}

// covers: HTTP-17
#[tokio::test]
async fn only_what_is_safe_and_may_help_is_repeated() {
    use TransportErrorKind as Kind;
    let after = |code, text| status(code).with_header("retry-after", text);
    let cases: Vec<(&str, Method, Reply, bool)> = vec![
        ("502", Method::GET, status(502), true),
        ("503", Method::GET, status(503), true),
        ("504", Method::HEAD, status(504), true),
        ("429 with seconds", Method::GET, after(429, "1"), true),
        (
            "429 with a date",
            Method::GET,
            after(429, "Fri, 14 Nov 2025 22:13:22 GMT"),
            true,
        ),
        ("429 alone", Method::GET, status(429), false),
        (
            "429 beyond the budget",
            Method::GET,
            after(429, "30"),
            false,
        ),
        ("500", Method::GET, status(500), false),
        ("401", Method::GET, status(401), false),
        ("307", Method::GET, status(307), false),
        ("no connection", Method::GET, Reply::no_connection(), true),
        ("reset", Method::GET, broken(Kind::Reset, Sent::Maybe), true),
        (
            "connect timeout",
            Method::GET,
            broken(Kind::Timeout, Sent::No),
            true,
        ),
        (
            "answer timeout",
            Method::GET,
            broken(Kind::Timeout, Sent::Maybe),
            false,
        ),
        (
            "too large",
            Method::GET,
            broken(Kind::TooLarge, Sent::Yes),
            false,
        ),
        (
            "certificate",
            Method::GET,
            broken(Kind::Tls, Sent::No),
            false,
        ),
        ("POST 503", Method::POST, status(503), false),
        (
            "POST no connection",
            Method::POST,
            Reply::no_connection(),
            false,
        ),
        ("DELETE 502", Method::DELETE, status(502), false),
        ("PUT 502", Method::PUT, status(502), false),
        ("PATCH 502", Method::PATCH, status(502), false),
    ];
    for (name, method, first, repeated) in cases {
        let ran = run(RetryPolicy::safe(), method, vec![first, status(200)]).await;
        assert_eq!(ran.left == 0, repeated, "{name}");
        assert_eq!(ran.result == Ok(200), repeated, "{name}");
    }
}

// covers: HTTP-17
#[tokio::test]
async fn waits_grow_and_retry_after_is_obeyed() {
    let three = vec![status(503), status(503), status(503), status(200)];
    let ran = run(RetryPolicy::safe(), Method::GET, three).await;
    assert_eq!((ran.result, ran.waits_ms), (Ok(503), vec![125, 250]));

    let asked = vec![status(429).with_header("retry-after", "7"), status(200)];
    let ran = run(RetryPolicy::safe(), Method::GET, asked).await;
    assert_eq!((ran.result, ran.waits_ms), (Ok(200), vec![7000]));

    let asked = vec![status(503).with_header("retry-after", "0"), status(200)];
    let ran = run(RetryPolicy::safe(), Method::GET, asked).await;
    assert_eq!((ran.result, ran.waits_ms), (Ok(200), vec![125]));
}

// covers: HTTP-17
#[tokio::test]
async fn the_budget_bounds_all_attempts_together() {
    let policy = RetryPolicy::safe()
        .max_attempts(10)
        .budget(Duration::from_secs(2));
    let replies = vec![status(503); 10];
    let ran = run(policy, Method::GET, replies).await;
    assert_eq!(ran.result, Ok(503));
    // 125 + 250 + 500 + 1000 = 1875 ms; the next wait would go beyond two seconds.
    assert_eq!(ran.waits_ms, [125, 250, 500, 1000]);

    // An attempt that never ends is cut off.
    let ran = run(policy, Method::GET, vec![Reply::hang()]).await;
    assert_eq!(ran.result, Err(TransportErrorKind::Timeout));
    assert_eq!(ran.waits_ms, [2000]);
}

#[tokio::test]
async fn a_request_with_a_shorter_deadline_gets_no_more() {
    let runtime = ManualRuntime::new(0);
    let transport = ScriptedTransport::from_fn(|_| Reply::hang());
    let retry = Retry::new(
        SharedTransport::new(transport),
        RetryPolicy::safe(),
        SharedRuntime::new(runtime.clone()),
        runtime.clock(),
    );
    let mut request = Request::new(Bytes::new());
    let deadlines = Deadlines::new().total(Duration::from_secs(1));
    request.extensions_mut().insert(deadlines);
    assert!(retry.send(request).await.is_err());
    assert_eq!(runtime.slept(), [Duration::from_secs(1)]);
}
