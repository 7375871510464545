//! What a middleware keeps with a request.

use std::fmt;
use std::sync::Arc;

use clerk_errors::ConfigError;
use clerk_tokens::authz::Condition;
use clerk_tokens::{AcceptsToken, TokenType};
use http::HeaderMap;

use super::gate::Gate;
use super::machine::Machine;
use super::page::Page;
use super::rejection::Rejection;
use super::requirement::{Guard, Policy};
use crate::Authenticator;
use crate::auth::{Auth, PendingSessions, SessionAuth};
use crate::redirect::Redirects;
use crate::request::RequestView;
use crate::state::{AuthErrorReason, RequestState, append};

/// Who makes a request, as a middleware found it. Cloning is cheap.
///
/// Made by a [`Gate`] and by nothing else: it is not read from anything that came with the request.
#[derive(Clone)]
pub struct RequestAuth {
    inner: Arc<Recorded>,
}

struct Recorded {
    gate: Gate,
    state: RequestState,
    page: Option<Page>,
    failure: Option<ConfigError>,
}

impl RequestAuth {
    pub(super) fn new(gate: Gate, view: RequestView<'_>, state: RequestState) -> Self {
        Self {
            inner: Arc::new(Recorded {
                page: Page::of(view, state.settings()),
                gate,
                state,
                failure: None,
            }),
        }
    }

    pub(super) fn misconfigured(gate: Gate, failure: ConfigError) -> Self {
        Self {
            inner: Arc::new(Recorded {
                gate,
                state: RequestState::undecided(AuthErrorReason::UnexpectedError),
                page: None,
                failure: Some(failure),
            }),
        }
    }

    /// The whole outcome.
    #[must_use]
    pub fn state(&self) -> &RequestState {
        &self.inner.state
    }

    /// The signed-in user's session; `None` also where a session is pending, and for machines.
    #[must_use]
    pub fn session(&self) -> Option<&SessionAuth> {
        self.state().auth().as_session()
    }

    /// The signed-in user's id. The owner of an API key is not signed in.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.session().map(SessionAuth::user_id)
    }

    /// Whether the signed-in user holds what is asked for. False for everybody else: judge machines by their scopes.
    #[must_use]
    pub fn has<'c>(&self, condition: impl Into<Condition<'c>>) -> bool {
        self.state().auth().has(condition)
    }

    /// The signed-in user, or nobody: what machines present counts for nothing here.
    #[must_use]
    #[doc(alias = "getAuth")]
    pub fn auth(&self) -> Auth {
        self.auth_of(TokenType::Session)
    }

    /// Who makes the request, where these kinds of token are accepted.
    #[must_use]
    pub fn auth_of(&self, accepts: impl Into<AcceptsToken>) -> Auth {
        self.auth_with(accepts, PendingSessions::SignedOut)
    }

    /// Who makes the request, where these kinds of token are accepted and pending sessions count as said.
    #[must_use]
    pub fn auth_with(&self, accepts: impl Into<AcceptsToken>, pending: PendingSessions) -> Auth {
        // MW-4: first what a pending session counts for, then the kinds that are accepted.
        self.state()
            .auth_with(pending)
            .for_accepted(&accepts.into())
    }

    /// The signed-in user, `None` where nobody is signed in.
    ///
    /// # Errors
    ///
    /// Whether somebody is signed in could not be found out: an outage is not the same as nobody.
    pub fn optional_session(&self) -> Result<Option<SessionAuth>, Rejection> {
        Guard::new().check_optional(self).map(|auth| match auth {
            Some(Auth::Session(session)) => Some(session),
            _ => None,
        })
    }

    /// The signed-in user.
    ///
    /// # Errors
    ///
    /// Nobody is signed in, or that could not be found out.
    pub fn require_session(&self) -> Result<SessionAuth, Rejection> {
        match Guard::new().check(self)? {
            Auth::Session(session) => Ok(session),
            _ => Err(Rejection::unauthenticated()),
        }
    }

    /// The machine that makes the request, with a token of any kind.
    ///
    /// # Errors
    ///
    /// No machine is authenticated, or that could not be found out.
    pub fn require_machine(&self) -> Result<Machine, Rejection> {
        let caller = Guard::machine().check(self)?;
        Machine::of(caller).ok_or_else(Rejection::unauthenticated)
    }

    /// The caller, if a policy lets it through.
    ///
    /// # Errors
    ///
    /// It does not, or who the caller is could not be found out.
    pub fn require<P: Policy>(&self) -> Result<Auth, Rejection> {
        P::guard().check(self)
    }

    /// The redirects to sign-in and sign-up pages from the page that was asked for. `None` for requests that no page makes.
    ///
    /// ```
    /// # fn example(auth: &clerk_internal::guard::RequestAuth) -> Option<String> {
    /// use clerk_internal::ReturnTo;
    ///
    /// let url = auth.redirects()?.to_sign_in(ReturnTo::ThisPage).ok()?;
    /// # Some(url.as_str().to_owned())
    /// # }
    /// ```
    #[must_use]
    #[doc(alias = "redirectToSignIn")]
    pub fn redirects(&self) -> Option<Redirects> {
        let pending = match self.state().auth() {
            Auth::SignedOut(signed_out) => signed_out.is_pending(),
            _ => false,
        };
        let redirects = self.page()?.redirects(self.state().settings()?)?;
        Some(redirects.pending(pending))
    }

    /// Adds what the browser has to be told to a response: cookies, and why nobody is signed in. What the response has stays.
    pub fn append_headers(&self, response: &mut HeaderMap) {
        append(self.state().headers(), response);
    }

    /// The engine that authenticated the request.
    #[must_use]
    pub fn authenticator(&self) -> &Authenticator {
        self.inner.gate.authenticator()
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    pub(super) fn page(&self) -> Option<&Page> {
        self.inner.page.as_ref()
    }

    pub(super) fn failure(&self) -> Option<&ConfigError> {
        self.inner.failure.as_ref()
    }
}

impl fmt::Debug for RequestAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestAuth").field(self.state()).finish()
    }
}
