//! The outcome of authenticating a request.

mod headers;
mod reason;
mod summary;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use clerk_core::PublishableKey;
use clerk_tokens::TokenType;
use http::HeaderMap;
use http::header::{HeaderValue, LOCATION};

pub use headers::{AUTH_MESSAGE, AUTH_REASON, AUTH_STATUS};
pub use reason::{AuthErrorReason, Reason, RefreshProblem, RefreshRefusal};
pub use summary::StateSummary;

pub(crate) use headers::{append, push_debug, push_location};

use crate::auth::{Auth, PendingSessions};
use crate::settings::Settings;

/// What authenticating a request came to.
///
/// How a server acts on it: append every header of the state to the answer, never replacing a `Set-Cookie`;
/// where there is a [`location`](Self::location), answer 307 with it whatever the state; otherwise go on with
/// [`auth`](Self::auth), or with 503 where the state is unavailable.
///
#[doc = include_str!("decision-table.md")]
#[derive(Clone, Debug)]
pub enum RequestState {
    /// A user or a machine is authenticated.
    SignedIn(SignedIn),
    /// Nobody is.
    SignedOut(SignedOut),
    /// The browser has to ask Clerk first; the headers are a redirect, ready to send.
    Handshake(Handshake),
    /// It could not be found out, because Clerk could not be asked: answer 503 and let the client try again.
    Unavailable(Unavailable),
}

/// Somebody is authenticated.
#[derive(Clone)]
pub struct SignedIn {
    pub(crate) auth: Auth,
    pub(crate) headers: HeaderMap,
    pub(crate) about: About,
}

/// Nobody is authenticated.
#[derive(Clone)]
pub struct SignedOut {
    pub(crate) auth: Auth,
    pub(crate) reason: Reason,
    pub(crate) message: Cow<'static, str>,
    pub(crate) headers: HeaderMap,
    pub(crate) about: Option<About>,
}

/// The browser has to ask Clerk first.
#[derive(Clone)]
pub struct Handshake {
    pub(crate) reason: Reason,
    pub(crate) message: Cow<'static, str>,
    pub(crate) headers: HeaderMap,
    pub(crate) about: About,
}

/// Whether somebody is authenticated could not be found out.
#[derive(Clone)]
pub struct Unavailable {
    pub(crate) token_type: Option<TokenType>,
    pub(crate) reason: Reason,
    pub(crate) message: Cow<'static, str>,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) headers: HeaderMap,
    pub(crate) about: About,
}

/// The settings a request was authenticated with.
#[derive(Clone)]
pub(crate) struct About {
    pub(crate) settings: Arc<Settings>,
    /// Where the configured proxy URL is relative: the absolute one.
    pub(crate) proxy_url: Option<String>,
}

impl RequestState {
    pub(crate) fn undecided(reason: AuthErrorReason) -> Self {
        Self::SignedOut(SignedOut {
            auth: Auth::signed_out(),
            reason: reason.into(),
            message: Cow::Borrowed(""),
            headers: HeaderMap::new(),
            about: None,
        })
    }

    /// `signed-in`, `signed-out`, `handshake` or `unavailable`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::SignedIn(_) => "signed-in",
            Self::SignedOut(_) => "signed-out",
            Self::Handshake(_) => "handshake",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// Whether somebody is authenticated.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        matches!(self, Self::SignedIn(_))
    }

    /// Who makes the request; a pending session counts as signed out.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        self.auth_with(PendingSessions::SignedOut)
    }

    /// Who makes the request.
    #[must_use]
    pub fn auth_with(&self, pending: PendingSessions) -> &Auth {
        match self {
            Self::SignedIn(state) => state.auth_with(pending),
            Self::SignedOut(state) => state.auth(),
            Self::Handshake(_) | Self::Unavailable(_) => &Auth::Invalid,
        }
    }

    /// Who makes the request, as a value to keep; a pending session counts as signed out.
    #[must_use]
    pub fn to_auth(&self) -> Auth {
        self.auth().clone()
    }

    /// The response headers: cookies, a redirect, why the request is not signed in.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        match self {
            Self::SignedIn(state) => &state.headers,
            Self::SignedOut(state) => &state.headers,
            Self::Handshake(state) => &state.headers,
            Self::Unavailable(state) => &state.headers,
        }
    }

    /// Where to redirect to, with status 307. In development a signed-in or signed-out state can have one too.
    #[must_use]
    pub fn location(&self) -> Option<&HeaderValue> {
        self.headers().get(LOCATION)
    }

    /// Why nobody is signed in.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::SignedIn(_) => None,
            Self::SignedOut(state) => Some(&state.reason),
            Self::Handshake(state) => Some(&state.reason),
            Self::Unavailable(state) => Some(&state.reason),
        }
    }

    /// What happened, in words; often empty.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::SignedIn(_) => "",
            Self::SignedOut(state) => &state.message,
            Self::Handshake(state) => &state.message,
            Self::Unavailable(state) => &state.message,
        }
    }

    /// The verified token itself.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::SignedIn(state) => state.auth.token(),
            _ => None,
        }
    }

    /// The kind of token this is about; `None` for one that is not accepted.
    #[must_use]
    pub fn token_type(&self) -> Option<TokenType> {
        match self {
            Self::SignedIn(state) => state.auth.token_type(),
            Self::SignedOut(state) => state.auth.token_type(),
            Self::Handshake(_) => Some(TokenType::Session),
            Self::Unavailable(state) => state.token_type,
        }
    }

    fn about(&self) -> Option<&About> {
        match self {
            Self::SignedIn(state) => Some(&state.about),
            Self::SignedOut(state) => state.about.as_ref(),
            Self::Handshake(state) => Some(&state.about),
            Self::Unavailable(state) => Some(&state.about),
        }
    }

    pub(crate) fn settings(&self) -> Option<&Settings> {
        self.about().map(|about| &*about.settings)
    }

    /// The publishable key the request was authenticated with.
    #[must_use]
    pub fn publishable_key(&self) -> Option<&PublishableKey> {
        Some(&self.settings()?.instance()?.key)
    }

    /// The absolute URL of the Frontend API proxy.
    #[must_use]
    pub fn proxy_url(&self) -> Option<&str> {
        let about = self.about()?;
        let configured = || Some(about.settings.instance()?.apis.proxy()?.as_str());
        about.proxy_url.as_deref().or_else(configured)
    }

    /// Whether the application is a satellite.
    #[must_use]
    pub fn is_satellite(&self) -> bool {
        self.settings()
            .is_some_and(|settings| settings.is_satellite)
    }

    /// The satellite's domain.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.settings()?.domain.as_deref()
    }

    /// The sign-in page.
    #[must_use]
    pub fn sign_in_url(&self) -> Option<&str> {
        self.settings()?.pages.sign_in.as_deref()
    }

    /// The sign-up page.
    #[must_use]
    pub fn sign_up_url(&self) -> Option<&str> {
        self.settings()?.pages.sign_up.as_deref()
    }

    /// Where to go after signing in.
    #[must_use]
    pub fn after_sign_in_url(&self) -> Option<&str> {
        self.settings()?.pages.after_sign_in.as_deref()
    }

    /// Where to go after signing up.
    #[must_use]
    pub fn after_sign_up_url(&self) -> Option<&str> {
        self.settings()?.pages.after_sign_up.as_deref()
    }
}

impl SignedIn {
    /// Who makes the request; a pending session counts as signed out.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        self.auth_with(PendingSessions::SignedOut)
    }

    /// Who makes the request.
    #[must_use]
    pub fn auth_with(&self, pending: PendingSessions) -> &Auth {
        self.auth.with_pending(pending)
    }

    /// The response headers: refreshed cookies, or in development a redirect to the clean URL.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl SignedOut {
    /// Nobody, in the form that fits what was asked for.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.auth
    }
}

impl Unavailable {
    /// The HTTP status of Clerk's answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long to wait before trying again, where Clerk said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// What every state has that is not signed in.
macro_rules! why_not {
    ($state:ident, reason: $reason:literal, headers: $headers:literal) => {
        impl $state {
            #[doc = $reason]
            #[must_use]
            pub fn reason(&self) -> &Reason {
                &self.reason
            }

            /// What happened, in words; often empty.
            #[must_use]
            pub fn message(&self) -> &str {
                &self.message
            }

            #[doc = $headers]
            #[must_use]
            pub fn headers(&self) -> &HeaderMap {
                &self.headers
            }
        }
    };
}

why_not!(SignedOut, reason: "Why nobody is signed in.", headers: "The response headers: why, and cookies.");
why_not!(Handshake, reason: "Why the browser has to ask Clerk.", headers: "A redirect, ready to send with status 307.");
why_not!(Unavailable, reason: "What kept the answer from being known.", headers: "The response headers: why, and no redirect.");

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers carry cookies.
        f.debug_struct("SignedIn")
            .field("auth", &self.auth)
            .field("headers", &Names(&self.headers))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedOut")
            .field("reason", &self.reason)
            .field("message", &self.message)
            .field("auth", &self.auth)
            .field("headers", &Names(&self.headers))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("reason", &self.reason)
            .field("message", &self.message)
            .field("headers", &Names(&self.headers))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unavailable")
            .field("reason", &self.reason)
            .field("message", &self.message)
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

/// The names of headers, without their values.
struct Names<'h>(&'h HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
