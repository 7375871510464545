//! A call of Clerk's Backend API, before it has a host.

use std::time::Duration;

use bytes::Bytes;
use clerk_core::Secret;
use clerk_core::url::form;
use clerk_errors::api::{ApiError, ApiErrorKind, Sent};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;

use crate::Deadlines;

/// The name of the operation a request performs, such as `users.get`: found in the request's extensions, for traces
/// and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation(pub &'static str);

/// Which secret a call carries.
#[derive(Clone, Debug, Default)]
pub(crate) enum Authorization {
    /// The secret key, which has to be there.
    #[default]
    SecretKey,
    /// The secret key where there is one.
    SecretKeyIfAny,
    /// The machine secret key, else the secret key, where there is one.
    MachineSecretKeyIfAny,
    /// This text.
    Bearer(Secret),
    /// None.
    None,
}

/// What a call carries.
#[derive(Clone, Debug, Default)]
pub(crate) enum Body {
    #[default]
    Empty,
    Json(Bytes),
    Other(HeaderValue, Bytes),
}

/// A call of the Backend API: everything but host, keys and standard headers, which
/// [`ApiClient`](crate::ApiClient) adds.
///
/// ```
/// use clerk_http::ApiRequest;
/// use http::Method;
///
/// let request = ApiRequest::new("users.list", Method::GET, "/users")
///     .query("limit", "20")
///     .query("user_id", "user_a")
///     .query("user_id", "user_b");
/// assert_eq!(request.path_and_query(), "/users?limit=20&user_id=user_a&user_id=user_b");
/// ```
#[derive(Clone, Debug)]
pub struct ApiRequest {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) versioned: bool,
    pub(crate) authorization: Authorization,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) deadlines: Option<Deadlines>,
    pub(crate) max_body: Option<usize>,
}

impl ApiRequest {
    /// A call by operation name, method and path below the version. Ids in the path are encoded by the caller, each
    /// as one segment.
    pub fn new(operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        Self {
            operation,
            method,
            path: path.into(),
            query: String::new(),
            versioned: true,
            authorization: Authorization::default(),
            headers: HeaderMap::new(),
            body: Body::default(),
            deadlines: None,
            max_body: None,
        }
    }

    /// The operation's name.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path below the version, with the query.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// The JSON body, where there is one.
    #[must_use]
    pub fn json_body(&self) -> Option<&Bytes> {
        match &self.body {
            Body::Json(body) => Some(body),
            Body::Empty | Body::Other(..) => None,
        }
    }

    /// Leaves out the version segment, for the APIs that have none.
    #[must_use]
    pub fn unversioned(mut self) -> Self {
        self.versioned = false;
        self
    }

    /// Adds a query parameter; a name may occur several times.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        form::push_pair(&mut self.query, name, value);
        self
    }

    /// Sets a header. It replaces a standard one of the same name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends the call without the secret key where none is configured.
    #[must_use]
    pub fn secret_key_optional(mut self) -> Self {
        self.authorization = Authorization::SecretKeyIfAny;
        self
    }

    /// Prefers the machine secret key to the secret key, and sends the call without either where none is configured.
    #[must_use]
    pub fn prefer_machine_secret_key(mut self) -> Self {
        self.authorization = Authorization::MachineSecretKeyIfAny;
        self
    }

    /// Sends this secret in place of the configured one.
    #[must_use]
    pub fn bearer(mut self, secret: Secret) -> Self {
        self.authorization = Authorization::Bearer(secret);
        self
    }

    /// Sends no secret.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.authorization = Authorization::None;
        self
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    ///
    /// [`ApiErrorKind::Invalid`] where the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Result<Self, ApiError> {
        let bytes = serde_json::to_vec(value).map_err(|error| {
            ApiError::new(
                ApiErrorKind::Invalid,
                Sent::No,
                "the parameters cannot be written as JSON",
            )
            .with_operation(self.operation)
            .with_source(error)
        })?;
        self.body = Body::Json(Bytes::from(bytes));
        Ok(self)
    }

    /// Sets a body that is JSON already.
    #[must_use]
    pub fn json_bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Json(body.into());
        self
    }

    /// Sets a body of another type, such as form data.
    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.body = Body::Other(content_type, body.into());
        self
    }

    /// Sets the largest answer that is read, in bytes, in place of the transport's limit.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Sets the time for this call, in place of the transport's.
    #[must_use]
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = Some(deadlines);
        self
    }

    /// Sets the total time for this call; shortens the time to the first byte with it.
    #[must_use]
    pub fn timeout(mut self, total: Duration) -> Self {
        let deadlines = self.deadlines.unwrap_or_default();
        let first_byte = deadlines.first_byte.min(total);
        self.deadlines = Some(deadlines.total(total).first_byte(first_byte));
        self
    }
}
