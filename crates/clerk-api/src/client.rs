//! The client: one handle per resource.

use clerk_http::ApiClient;

/// A client of the Clerk Backend API.
///
/// Cheap to clone. Each resource has a handle, such as `client.users()`; its methods return a [`Call`](crate::Call),
/// which is sent when it is awaited.
///
/// ```
/// use clerk_api::Client;
/// use clerk_http::{ApiClient, SharedTransport, testing::{Reply, ScriptedTransport}};
/// use http::StatusCode;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let transport = ScriptedTransport::new([Reply::json(StatusCode::OK, r#"{"keys":[]}"#)]);
/// let client = Client::new(ApiClient::builder(SharedTransport::new(transport)).secret_key("sk_test_x").build()?);
///
/// let jwks = client.jwks().get().await?;
/// assert!(jwks.keys.is_empty());
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    http: ApiClient,
}

impl Client {
    /// A client on top of the HTTP core, which knows base URL, keys and transport.
    #[must_use]
    pub fn new(http: ApiClient) -> Self {
        Self { http }
    }

    /// The HTTP core.
    #[must_use]
    pub fn http(&self) -> &ApiClient {
        &self.http
    }
}

impl From<ApiClient> for Client {
    fn from(http: ApiClient) -> Self {
        Self::new(http)
    }
}
