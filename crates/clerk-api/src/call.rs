//! A call that is ready to be sent.

use std::{fmt, future::IntoFuture, marker::PhantomData, time::Duration};

use clerk_core::Secret;
use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use clerk_http::{ApiClient, ApiRequest, ApiResponse, BoxFuture, Deadlines};
use http::{HeaderName, HeaderValue};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    FileUpload,
    query::{Query, WriteQuery},
    route::Route,
};

/// A call of the Backend API: awaiting it sends it.
///
/// Options that concern this one call come first:
///
/// ```
/// # use std::time::Duration;
/// # async fn example(client: clerk_api::Client) -> Result<(), clerk_errors::api::ApiError> {
/// let jwks = client.jwks().get().timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<T> {
    client: ApiClient,
    request: Result<ApiRequest, ApiError>,
    answer: Answer,
    // Reading happens where a call is awaited, so that only the types a program uses are compiled for it.
    reads: PhantomData<fn() -> T>,
}

/// What an answer carries.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Json,
    #[allow(dead_code, reason = "not every group of the API has such calls")]
    Nothing,
    #[allow(dead_code, reason = "not every group of the API has such calls")]
    Text,
}

impl<T> Call<T> {
    /// A call whose answer is JSON.
    pub(crate) fn json(client: &ApiClient, route: &Route, ids: &[&str]) -> Self {
        Self::new(client, route, ids, Answer::Json)
    }
}

impl Call<()> {
    /// A call whose answer carries nothing.
    #[allow(dead_code, reason = "not every group of the API has such calls")]
    pub(crate) fn nothing(client: &ApiClient, route: &Route, ids: &[&str]) -> Self {
        Self::new(client, route, ids, Answer::Nothing)
    }
}

impl Call<String> {
    /// A call whose answer is a text, such as a page.
    #[allow(dead_code, reason = "not every group of the API has such calls")]
    pub(crate) fn text(client: &ApiClient, route: &Route, ids: &[&str]) -> Self {
        Self::new(client, route, ids, Answer::Text)
    }
}

/// The value of an answer; an error names the place.
fn read<T: DeserializeOwned>(kind: Answer, answer: &ApiResponse) -> Result<T, ApiError> {
    // HTTP-21: whatever the content type says, a body that is the expected JSON is taken.
    let read = match kind {
        Answer::Json => clerk_types::from_slice(answer.body()),
        Answer::Nothing => clerk_types::from_slice(b"null"),
        Answer::Text => {
            let text = String::from_utf8_lossy(answer.body());
            clerk_types::from_slice(serde_json::Value::from(text).to_string().as_bytes())
        }
    };
    read.map_err(|error| answer.decode_error(error))
}

impl<T> Call<T> {
    fn new(client: &ApiClient, route: &Route, ids: &[&str], answer: Answer) -> Self {
        let request = route.request(ids).map(|request| {
            if route.is_paginated() {
                request.query("paginated", "true")
            } else {
                request
            }
        });
        Self {
            client: client.clone(),
            request,
            answer,
            reads: PhantomData,
        }
    }

    /// Sets the JSON body.
    pub(crate) fn body<P: Serialize>(self, params: P) -> Self {
        self.map(|request| request.json(&params))
    }

    /// Sets the JSON body to a list.
    #[allow(dead_code, reason = "not every group of the API has such calls")]
    pub(crate) fn body_list<P: Serialize>(self, items: &[P]) -> Self {
        self.map(|request| request.json(items))
    }

    /// Adds the query.
    pub(crate) fn query(self, params: impl WriteQuery) -> Self {
        self.pairs(&Query::of(params))
    }

    pub(crate) fn pairs(self, query: &Query) -> Self {
        let add =
            |request: ApiRequest, (name, text): &(&'static str, String)| request.query(name, text);
        self.map(|request| Ok(query.pairs().iter().fold(request, add)))
    }

    /// Sets form data as body: a file, and text parts that are set.
    #[allow(dead_code, reason = "not every group of the API has uploads")]
    #[expect(clippy::needless_pass_by_value, reason = "a file is used up by a call")]
    pub(crate) fn form(self, file: FileUpload, texts: &[(&str, Option<&str>)]) -> Self {
        self.map(|request| {
            let (content_type, body) = file.form(texts);
            let value =
                HeaderValue::from_str(&content_type).map_err(|_| unusable("the content type"))?;
            Ok(request.body(value, body))
        })
    }

    /// Refuses the call unless something holds.
    #[allow(dead_code, reason = "not every group of the API has rules of its own")]
    pub(crate) fn require(self, holds: bool, else_message: &'static str) -> Self {
        let refusal = || ApiError::new(ApiErrorKind::Invalid, Sent::No, else_message);
        self.map(|request| match holds {
            true => Ok(request),
            false => Err(refusal().with_operation(request.operation())),
        })
    }

    /// Whether the JSON body says anything; so does a call that cannot be sent.
    #[allow(dead_code, reason = "not every group of the API has rules of its own")]
    pub(crate) fn has_members(&self) -> bool {
        !matches!(&self.request, Ok(request) if request.json_body().is_some_and(|body| body == "{}"))
    }

    fn map(mut self, change: impl FnOnce(ApiRequest) -> Result<ApiRequest, ApiError>) -> Self {
        self.request = self.request.and_then(change);
        self
    }

    /// Gives the call this long in total, instead of the client's deadline.
    pub fn timeout(self, total: Duration) -> Self {
        self.map(|request| Ok(request.timeout(total)))
    }

    /// Sets all deadlines of the call.
    pub fn deadlines(self, deadlines: Deadlines) -> Self {
        self.map(|request| Ok(request.deadlines(deadlines)))
    }

    /// Asks for another version of the API, such as `2025-11-10`. The types are those of the pinned version.
    pub fn api_version(self, version: &str) -> Self {
        self.header(HeaderName::from_static("clerk-api-version"), version)
    }

    /// Makes repeating the call harmless: Clerk does it once per key. 1 to 255 of `A-Z`, `a-z`, `0-9`, `_`, `-`.
    pub fn idempotency_key(self, key: &str) -> Self {
        if !is_idempotency_key(key) {
            return self.map(|_| Err(unusable("the idempotency key")));
        }
        self.header(HeaderName::from_static("idempotency-key"), key)
    }

    /// Authenticates the call with the secret key of a machine.
    pub fn machine_secret_key(self, key: impl Into<Secret>) -> Self {
        let key = key.into();
        self.map(|request| Ok(request.bearer(key)))
    }

    /// Sets a header, in place of a standard one of the same name.
    pub fn header(self, name: HeaderName, value: &str) -> Self {
        self.map(|request| {
            let value =
                HeaderValue::from_str(value).map_err(|_| unusable("the value of a header"))?;
            Ok(request.header(name, value))
        })
    }

    /// The request that would be sent, or why it cannot be.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Invalid`] where an id or an option is unusable.
    pub fn to_request(&self) -> Result<&ApiRequest, &ApiError> {
        self.request.as_ref()
    }

    /// Sends the call and returns the answer as it came: status, headers and body.
    ///
    /// # Errors
    ///
    /// [`ApiError`] where there is no answer, or one that is not 2xx.
    pub async fn send_raw(self) -> Result<ApiResponse, ApiError> {
        self.client.send(self.request?).await
    }
}

/// API-40: what Clerk takes as a key.
pub(crate) fn is_idempotency_key(key: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=255).contains(&key.len()) && key.bytes().all(allowed)
}

fn unusable(what: &str) -> ApiError {
    ApiError::new(
        ApiErrorKind::Invalid,
        Sent::No,
        format!("{what} has characters that cannot be sent"),
    )
}

impl<T: DeserializeOwned + 'static> IntoFuture for Call<T> {
    type Output = Result<T, ApiError>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let kind = self.answer;
        // What is kept while waiting is the answer to come, not the call.
        let sent = self.request.map(|request| self.client.send(request));
        Box::pin(async move { read(kind, &sent?.await?) })
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.request {
            Ok(request) => write!(f, "Call({} {})", request.operation(), request.method()),
            Err(error) => write!(f, "Call({error})"),
        }
    }
}
