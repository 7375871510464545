//! One token to verify, with options.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use clerk_errors::ConfigError;
use clerk_internal::{AuthenticateOptions, Authenticator, Verification};
use clerk_tokens::AcceptsToken;

/// A token to verify outside a request; await it.
///
/// ```no_run
/// use clerk_backend::tokens::TokenType;
/// use clerk_backend::{Auth, Clerk, Verification};
///
/// # async fn handle(clerk: &Clerk, token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let verification = clerk
///     .verify(token)
///     .accepts([TokenType::Session, TokenType::M2m])
///     .await?;
/// match verification {
///     Verification::Verified(token) => match token.auth() {
///         Auth::Session(session) => println!("user {}", session.user_id()),
///         Auth::M2m(machine) => println!("machine {}", machine.machine_id()),
///         _ => println!("a session that is not complete yet"),
///     },
///     Verification::Missing => println!("no token"),
///     Verification::Refused(refusal) => println!("not good: {}", refusal.message()),
///     Verification::Unavailable(outage) => println!("try again in {:?}", outage.retry_after()),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a token is verified when this is awaited"]
pub struct VerifyToken<'a> {
    authenticator: &'a Authenticator,
    token: &'a str,
    options: Option<AuthenticateOptions>,
}

impl<'a> VerifyToken<'a> {
    pub(super) fn new(authenticator: &'a Authenticator, token: &'a str) -> Self {
        Self {
            authenticator,
            token,
            options: None,
        }
    }

    /// Accepts these kinds of token, rather than those that requests may carry.
    pub fn accepts(mut self, accepts: impl Into<AcceptsToken>) -> Self {
        self.options = Some(self.options.unwrap_or_default().accepts(accepts));
        self
    }

    /// Uses these options for this token; what they leave out is as configured.
    pub fn options(mut self, options: AuthenticateOptions) -> Self {
        self.options = Some(options);
        self
    }
}

impl<'a> IntoFuture for VerifyToken<'a> {
    type Output = Result<Verification, ConfigError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.options {
                Some(options) => self.authenticator.verify_with(self.token, options).await,
                None => Ok(self.authenticator.verify(self.token).await),
            }
        })
    }
}

impl fmt::Debug for VerifyToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyToken")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
