//! What the generated tests compare.

use bytes::Bytes;
use clerk_api::{Call, Client};
use clerk_errors::api::ApiError;
use clerk_http::{ApiClient, ApiRequest, BoxFuture, SharedTransport, testing::ScriptedTransport};
use clerk_types::{DateTime, Timestamp};
use http::Request;

/// A sample call and the request it must make.
pub(crate) struct Case {
    /// The operation's id in the description.
    pub(crate) operation: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) url: &'static str,
    pub(crate) body: Body,
    /// The documented error statuses; none where the operation is not described.
    pub(crate) errors: Option<&'static [u16]>,
    pub(crate) call: fn(&Client) -> Sample,
}

/// A call as the request it makes, or ready to be sent.
pub(crate) struct Sample {
    pub(crate) request: Result<ApiRequest, ApiError>,
    pub(crate) send: BoxFuture<Result<(), ApiError>>,
}

/// What a request carries.
pub(crate) enum Body {
    None,
    Json(&'static str),
    Form,
}

thread_local! {
    static HTTP: ApiClient = ApiClient::builder(SharedTransport::new(ScriptedTransport::new([])))
        .secret_key("sk_test_x")
        .build()
        .unwrap();
}

/// A call whose type no longer matters.
pub(crate) fn prepare<T: serde::de::DeserializeOwned + 'static>(call: Call<T>) -> Sample {
    Sample {
        request: call.to_request().cloned().map_err(Clone::clone),
        send: Box::pin(async move { call.await.map(|_| ()) }),
    }
}

impl Sample {
    /// The request the call would send.
    pub(crate) fn http(self) -> Result<Request<Bytes>, ApiError> {
        let request = self.request?;
        HTTP.with(|http| http.prepare(request))
    }
}

/// The time the samples use.
pub(crate) fn moment() -> DateTime {
    DateTime::try_from(Timestamp::from_millis(1_767_323_045_000)).unwrap()
}

/// Compares the samples of an operation.
pub(crate) fn check(cases: &[Case], operation: &str) {
    let client = HTTP.with(|http| Client::new(http.clone()));
    let mut seen = 0;
    for case in cases.iter().filter(|case| case.operation == operation) {
        seen += 1;
        let at = format!("{operation} ({})", case.variant);
        let request = (case.call)(&client).http().unwrap();
        assert_eq!(request.method(), case.method, "{at}");
        assert_eq!(
            request.uri().to_string(),
            format!("https://api.clerk.com{}", case.url),
            "{at}"
        );
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            header("clerk-api-version").as_deref(),
            Some("2026-05-12"),
            "{at}"
        );
        assert_eq!(
            header("authorization").as_deref(),
            Some("Bearer sk_test_x"),
            "{at}"
        );
        match case.body {
            Body::None => assert!(request.body().is_empty(), "{at}"),
            Body::Form => {
                assert!(
                    header("content-type")
                        .unwrap()
                        .starts_with("multipart/form-data; boundary="),
                    "{at}"
                );
                assert!(
                    String::from_utf8_lossy(request.body())
                        .contains("name=\"file\"; filename=\"a.png\""),
                    "{at}"
                );
            }
            Body::Json(expected) => {
                let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
                let actual: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
                assert_eq!(actual, expected, "{at}");
                assert_eq!(
                    header("content-type").as_deref(),
                    Some("application/json"),
                    "{at}"
                );
            }
        }
    }
    assert!(seen > 0, "{operation} has no sample");
}
