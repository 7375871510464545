//! Why a caller was turned away, and what it is told.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use clerk_tokens::authz::Reverification;
use http::header::HeaderValue;
use http::{HeaderMap, Response, StatusCode};

use super::render;
use crate::state::Reason;

/// Why a caller was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectionKind {
    /// Nobody is authenticated, or not with an accepted kind of token: 401, or a redirect to sign in for pages.
    Unauthenticated,
    /// The caller is known and may not: 403.
    Unauthorized,
    /// Clerk could not be asked who the caller is: 503.
    Unavailable,
    /// The session token's custom claims do not have the form that the handler names: 500.
    CustomClaims,
    /// The options chosen for the request cannot be used: 500.
    Misconfigured,
    /// No middleware has authenticated the request: 500.
    NoMiddleware,
    /// The path can be read in more than one way: 400.
    MalformedPath,
}

/// What a caller that was turned away is told. Renders itself: as HTML for pages, else as JSON.
#[derive(Clone)]
pub struct Rejection {
    /// Boxed, so that results stay small.
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: RejectionKind,
    is_page: bool,
    has_body: bool,
    is_hidden: bool,
    redirect: Option<(StatusCode, HeaderValue)>,
    challenge: Option<HeaderValue>,
    retry_after: Option<Duration>,
    reverification: Option<Reverification>,
}

/// What a refusal says would be accepted.
pub(super) enum Challenge<'a> {
    /// A token in the header.
    Token {
        /// Why nobody is authenticated.
        presented: Option<&'a Reason>,
    },
    /// A token of the authorization server of this Frontend API (RFC 9728).
    Resource(&'a str),
    /// A token for these scopes (RFC 6750).
    Scopes(&'a [Box<str>]),
}

/// How long a client waits where Clerk did not say.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Rejection {
    fn new(kind: RejectionKind) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                is_page: false,
                has_body: true,
                is_hidden: false,
                redirect: None,
                challenge: None,
                retry_after: None,
                reverification: None,
            }),
        }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(RejectionKind::Unauthenticated)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(RejectionKind::Unauthorized)
    }

    pub(super) fn reverification(missing: Reverification) -> Self {
        let mut rejection = Self::unauthorized();
        rejection.inner.reverification = Some(missing);
        rejection
    }

    pub(super) fn unavailable(retry_after: Option<Duration>) -> Self {
        let mut rejection = Self::new(RejectionKind::Unavailable);
        rejection.inner.retry_after = Some(retry_after.unwrap_or(RETRY_AFTER));
        rejection
    }

    pub(super) fn misconfigured() -> Self {
        Self::new(RejectionKind::Misconfigured)
    }

    pub(super) fn custom_claims() -> Self {
        Self::new(RejectionKind::CustomClaims)
    }

    pub(super) fn malformed_path() -> Self {
        Self::new(RejectionKind::MalformedPath)
    }

    pub(super) fn hidden(is_known: bool) -> Self {
        let mut rejection = if is_known {
            Self::unauthorized()
        } else {
            Self::unauthenticated()
        };
        rejection.inner.is_hidden = true;
        rejection
    }

    /// No middleware has recorded who makes the request: the route is outside of it.
    #[must_use]
    pub fn no_middleware() -> Self {
        event!(
            error,
            "a route asks who makes the request, and no Clerk middleware has recorded that: add it around the route"
        );
        Self::new(RejectionKind::NoMiddleware)
    }

    pub(super) fn for_page(mut self, is_page: bool) -> Self {
        self.inner.is_page = is_page;
        self
    }

    pub(super) fn without_body(mut self) -> Self {
        self.inner.has_body = false;
        self
    }

    pub(super) fn redirected(mut self, url: HeaderValue, is_read: bool) -> Self {
        // A posted form is not posted again to where it leads.
        let status = if is_read {
            StatusCode::TEMPORARY_REDIRECT
        } else {
            StatusCode::SEE_OTHER
        };
        self.inner.redirect = Some((status, url));
        self
    }

    pub(super) fn challenged(mut self, challenge: &Challenge<'_>) -> Self {
        self.inner.challenge = render::challenge(challenge);
        self
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.inner.kind
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        if self.inner.is_hidden {
            return StatusCode::NOT_FOUND;
        }
        if let Some((status, _)) = &self.inner.redirect {
            return *status;
        }
        match self.inner.kind {
            RejectionKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            RejectionKind::Unauthorized => StatusCode::FORBIDDEN,
            RejectionKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            RejectionKind::CustomClaims
            | RejectionKind::Misconfigured
            | RejectionKind::NoMiddleware => StatusCode::INTERNAL_SERVER_ERROR,
            RejectionKind::MalformedPath => StatusCode::BAD_REQUEST,
        }
    }

    /// Where the caller is sent to.
    #[must_use]
    pub fn location(&self) -> Option<&HeaderValue> {
        self.inner.redirect.as_ref().map(|(_, url)| url)
    }

    /// How long to wait before trying again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// The verification that is all the caller lacks.
    #[must_use]
    pub fn missing_reverification(&self) -> Option<Reverification> {
        self.inner.reverification
    }

    /// What happened, in a sentence for people.
    #[must_use]
    pub fn message(&self) -> &'static str {
        if self.inner.is_hidden {
            return "There is nothing here.";
        }
        match self.inner.kind {
            RejectionKind::Unauthenticated => "You have to sign in first.",
            RejectionKind::Unauthorized => "You are not allowed to do this.",
            RejectionKind::Unavailable => {
                "It cannot be checked right now who you are. Try again in a moment."
            }
            RejectionKind::CustomClaims
            | RejectionKind::Misconfigured
            | RejectionKind::NoMiddleware => "Something is wrong on our side.",
            RejectionKind::MalformedPath => "The address cannot be read.",
        }
    }

    /// The headers of the answer, without those that a middleware adds.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        render::headers(self)
    }

    /// The body of the answer.
    #[must_use]
    pub fn body(&self) -> String {
        render::body(self)
    }

    /// The whole answer.
    #[must_use]
    pub fn to_response(&self) -> Response<String> {
        let mut response = Response::new(self.body());
        *response.status_mut() = self.status();
        *response.headers_mut() = self.headers();
        response
    }

    pub(super) fn code(&self) -> &'static str {
        if self.inner.is_hidden {
            return "not_found";
        }
        match self.inner.kind {
            RejectionKind::Unauthenticated => "unauthenticated",
            RejectionKind::Unauthorized => "unauthorized",
            RejectionKind::Unavailable => "unavailable",
            RejectionKind::CustomClaims
            | RejectionKind::Misconfigured
            | RejectionKind::NoMiddleware => "internal_error",
            RejectionKind::MalformedPath => "malformed_path",
        }
    }

    pub(super) fn is_page(&self) -> bool {
        self.inner.is_page
    }

    pub(super) fn has_body(&self) -> bool {
        self.inner.has_body && self.inner.redirect.is_none()
    }

    pub(super) fn challenge_value(&self) -> Option<&HeaderValue> {
        self.inner
            .challenge
            .as_ref()
            .filter(|_| !self.inner.is_hidden && self.inner.redirect.is_none())
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.inner.kind {
            RejectionKind::Unauthenticated => "the caller is not authenticated",
            RejectionKind::Unauthorized => "the caller may not do this",
            RejectionKind::Unavailable => "it could not be found out who the caller is",
            RejectionKind::CustomClaims => {
                "the custom claims of the session token do not have the expected form"
            }
            RejectionKind::Misconfigured => "the options chosen for the request cannot be used",
            RejectionKind::NoMiddleware => "no Clerk middleware is around this route",
            RejectionKind::MalformedPath => "the path can be read in more than one way",
        })
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A redirect can carry the token of a browser in development: it is marked as sensitive.
        f.debug_struct("Rejection")
            .field("kind", &self.inner.kind)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Error for Rejection {}
