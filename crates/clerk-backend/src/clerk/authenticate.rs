//! One request to authenticate, with options.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use clerk_errors::ConfigError;
use clerk_internal::request::RequestView;
use clerk_internal::{AuthenticateOptions, Authenticator, RequestState};
use clerk_tokens::AcceptsToken;

/// A request to authenticate; await it.
///
/// ```no_run
/// use clerk_backend::tokens::TokenType;
/// use clerk_backend::{Auth, Clerk};
///
/// # async fn handle(clerk: &Clerk, parts: http::request::Parts) -> Result<(), Box<dyn std::error::Error>> {
/// let state = clerk
///     .authenticate_request(&parts)
///     .accepts([TokenType::Session, TokenType::ApiKey, TokenType::M2m])
///     .await?;
/// match state.to_auth() {
///     Auth::Session(session) => println!("user {}", session.user_id()),
///     Auth::ApiKey(key) => println!("key with {:?}", key.scopes()),
///     Auth::M2m(machine) => println!("machine {}", machine.machine_id()),
///     _ => println!("nobody"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a request is authenticated when this is awaited"]
pub struct AuthenticateRequest<'a> {
    authenticator: &'a Authenticator,
    view: RequestView<'a>,
    options: Option<AuthenticateOptions>,
}

impl<'a> AuthenticateRequest<'a> {
    pub(super) fn new(authenticator: &'a Authenticator, view: RequestView<'a>) -> Self {
        Self {
            authenticator,
            view,
            options: None,
        }
    }

    /// Accepts these kinds of token, rather than session tokens only.
    pub fn accepts(mut self, accepts: impl Into<AcceptsToken>) -> Self {
        self.options = Some(self.options.unwrap_or_default().accepts(accepts));
        self
    }

    /// Uses these options for this request; what they leave out is as configured.
    pub fn options(mut self, options: AuthenticateOptions) -> Self {
        self.options = Some(options);
        self
    }
}

impl<'a> IntoFuture for AuthenticateRequest<'a> {
    type Output = Result<RequestState, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.options {
                Some(options) => {
                    self.authenticator
                        .authenticate_with(self.view, options)
                        .await
                }
                None => Ok(self.authenticator.authenticate(self.view).await),
            }
        })
    }
}
