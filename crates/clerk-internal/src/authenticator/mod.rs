//! The engine: settings, keys and calls in one handle.

mod builder;
mod question;

pub use builder::AuthenticatorBuilder;

use std::fmt;
use std::sync::Arc;

use clerk_core::url::Origin;
use clerk_core::{Clock, ProxyUrl, PublishableKey, Secret};
use clerk_errors::{ConfigError, MachineTokenVerificationCode, MachineTokenVerificationError};
use clerk_tokens::{AcceptsToken, PresentedToken};

use crate::auth::SessionAuth;
use crate::decide::{CallFailure, Decision, MachineProblem, decide, verify_alone, verify_machine};
use crate::driver::{CachedKeys, Call, CallCounts, Driver};
use crate::machine::MachineToken;
use crate::notice::Notices;
use crate::options::AuthenticateOptions;
use crate::request::{ForwardedHeaders, RequestView};
use crate::settings::Settings;
use crate::state::{AuthErrorReason, RequestState};
use crate::verification::Verification;
use question::Question;

/// Authenticates requests. Cloning is cheap; clones share everything.
///
/// ```
/// use clerk_core::PublishableKey;
/// use clerk_internal::{AuthenticateOptions, Authenticator, RequestState};
/// use clerk_internal::request::RequestView;
/// # let pem = clerk_testing::mint::TestKey::FIRST.public_pem();
///
/// let options = AuthenticateOptions::new()
///     .publishable_key(PublishableKey::parse("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")?)
///     .jwt_key(clerk_tokens::VerifyingKey::from_jwt_key(pem)?)
///     .authorized_parties(["https://app.example.com"]);
/// let engine = Authenticator::builder(options).build()?;
///
/// let (parts, ()) = http::Request::get("https://app.example.com/").body(())?.into_parts();
/// let state = engine.authenticate_local(RequestView::from(&parts)); // no I/O, no waiting
/// assert!(matches!(state, RequestState::SignedOut(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Authenticator {
    inner: Arc<Inner>,
}

struct Inner {
    options: AuthenticateOptions,
    settings: Arc<Settings>,
    call: Call,
    clock: Clock,
    driver: Arc<Driver>,
    notices: Arc<Notices>,
    #[cfg(feature = "token-cache")]
    cache: Option<clerk_tokens::TokenCache>,
}

impl Authenticator {
    /// Starts with the options that hold for every request.
    #[must_use]
    pub fn builder(options: AuthenticateOptions) -> AuthenticatorBuilder {
        AuthenticatorBuilder::new(options)
    }

    /// Takes everybody for signed out, whatever they present and whatever options say: for development where there are no
    /// keys yet. Sends nobody to a handshake, verifies nothing and calls nobody.
    ///
    /// # Errors
    ///
    /// None that is known: what could be wrong with options is left out.
    pub fn for_nobody(clock: impl Into<Clock>) -> Result<Self, ConfigError> {
        AuthenticatorBuilder::new(AuthenticateOptions::new())
            .clock(clock)
            .for_nobody()
    }

    /// The same, accepting only session tokens made for one of these origins (`azp`). Keys and limits are shared.
    #[must_use]
    pub fn with_authorized_parties<P: Into<String>>(
        &self,
        parties: impl IntoIterator<Item = P>,
    ) -> Self {
        let inner = &*self.inner;
        let parties: Vec<String> = parties.into_iter().map(Into::into).collect();
        let settings = Arc::new(inner.settings.with_authorized_parties(&parties));
        self.over(settings, inner.options.clone().authorized_parties(parties))
    }

    /// Whether session tokens must have been made for a listed origin.
    #[must_use]
    pub fn has_authorized_parties(&self) -> bool {
        self.inner.settings.has_authorized_parties
    }

    /// The same with other options; what they leave out is as before. Keys, calls and limits are shared.
    ///
    /// # Errors
    ///
    /// The options cannot be used.
    pub fn with_options(&self, options: AuthenticateOptions) -> Result<Self, ConfigError> {
        let settings = self.settings_with(options.clone())?;
        Ok(self.over(settings, options.over(&self.inner.options)))
    }

    /// The same for a middleware: every kind of token is accepted, so that the routes can choose, unless the options say which.
    #[must_use]
    pub fn for_middleware(&self) -> Self {
        let inner = &*self.inner;
        if inner.options.accepts.is_some() {
            return self.clone();
        }
        // What session tokens alone need was checked when this was built, and nothing needs more.
        let settings = Arc::new(inner.settings.accepting(AcceptsToken::Any));
        self.over(settings, inner.options.clone().accepts(AcceptsToken::Any))
    }

    /// Whether two handles are clones of one another.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    fn over(&self, settings: Arc<Settings>, options: AuthenticateOptions) -> Self {
        let inner = &*self.inner;
        Self {
            inner: Arc::new(Inner {
                call: Call::of(&settings),
                settings,
                options,
                clock: inner.clock.clone(),
                driver: Arc::clone(&inner.driver),
                notices: Arc::clone(&inner.notices),
                #[cfg(feature = "token-cache")]
                cache: inner.cache.clone(),
            }),
        }
    }

    /// Authenticates a request, fetching what that takes.
    pub async fn authenticate(&self, view: RequestView<'_>) -> RequestState {
        self.drive(view, &self.inner.settings, &self.inner.call)
            .await
    }

    /// Authenticates a request with options of its own.
    ///
    /// # Errors
    ///
    /// The options cannot be used. What a request says is never an error.
    pub async fn authenticate_with(
        &self,
        view: RequestView<'_>,
        options: AuthenticateOptions,
    ) -> Result<RequestState, ConfigError> {
        let settings = self.settings_with(options)?;
        let call = Call::of(&settings);
        Ok(self.drive(view, &settings, &call).await)
    }

    /// Authenticates a request with what is at hand: no I/O, no waiting. What would take a call is treated as if
    /// there were nobody to call.
    #[must_use]
    pub fn authenticate_local(&self, view: RequestView<'_>) -> RequestState {
        let inner = &*self.inner;
        let question = self.question(&inner.settings, &inner.call);
        match question.ask_once(view, false) {
            Decision::State(state) => state,
            // Nobody can be asked, so nothing is asked for.
            Decision::Needs(_) => undecided(),
        }
    }

    /// What is known about a request with what is at hand: its outcome, or what has to be fetched first.
    #[must_use]
    pub fn decide(&self, view: RequestView<'_>) -> Decision {
        let inner = &*self.inner;
        self.question(&inner.settings, &inner.call)
            .ask_once(view, true)
    }

    /// A session token made from a template, or with another lifetime, or simply the request's own.
    ///
    /// # Errors
    ///
    /// The call failed, or there is nobody to make it.
    pub async fn session_token(
        &self,
        session: &SessionAuth,
        template: Option<&str>,
        expires_in_seconds: Option<u64>,
    ) -> Result<Option<Secret>, CallFailure> {
        if session.session_id().is_empty() {
            return Ok(None);
        }
        let template = template.filter(|template| !template.is_empty());
        if template.is_none() && expires_in_seconds.is_none() {
            return Ok(Some(Secret::new(session.token())));
        }
        let Some(calls) = &self.inner.driver.calls else {
            return Err(CallFailure::outage(
                "There is no client to call Clerk with.",
            ));
        };
        let token = calls
            .session_token(
                &self.inner.call,
                session.session_id(),
                template,
                expires_in_seconds,
            )
            .await?;
        Ok(Some(Secret::new(token)))
    }

    /// Verifies a token that came by another way than a request: in a message, a queue, a socket. A kind that is not
    /// [accepted](AuthenticateOptions::accepts) is refused unseen.
    pub async fn verify(&self, token: &str) -> Verification {
        let inner = &*self.inner;
        self.verify_under(token, &inner.settings, &inner.call).await
    }

    /// Verifies a token with options of its own.
    ///
    /// # Errors
    ///
    /// The options cannot be used. What is wrong with the token is never an error.
    pub async fn verify_with(
        &self,
        token: &str,
        options: AuthenticateOptions,
    ) -> Result<Verification, ConfigError> {
        let settings = self.settings_with(options)?;
        let call = Call::of(&settings);
        Ok(self.verify_under(token, &settings, &call).await)
    }

    async fn verify_under(
        &self,
        token: &str,
        settings: &Arc<Settings>,
        call: &Call,
    ) -> Verification {
        if token.is_empty() {
            return Verification::Missing;
        }
        let presented = PresentedToken::read(token);
        self.question(settings, call)
            .ask(no_request(), |case| verify_alone(case, &presented, token))
            .await
            .unwrap_or_else(|| Verification::undecided(presented.token_type()))
    }

    /// Verifies a machine token that came by another way than a request's header: a JWT with the instance's key, an opaque
    /// token by asking Clerk. The kinds of token that requests may carry play no role.
    ///
    /// # Errors
    ///
    /// The text is no machine token, the token is not good, or
    /// ([`is_outage`](MachineTokenVerificationError::is_outage)) nothing could be found out about it.
    pub async fn verify_machine_token(
        &self,
        token: &str,
    ) -> Result<MachineToken, MachineTokenVerificationError> {
        let inner = &*self.inner;
        let presented = PresentedToken::read(token);
        self.question(&inner.settings, &inner.call)
            .ask(no_request(), |case| {
                match verify_machine(case, &presented) {
                    Ok(verified) => Ok(Ok(verified)),
                    Err(MachineProblem::Refused(error)) => Ok(Err(*error)),
                    Err(MachineProblem::Unavailable { error, .. }) => Ok(Err(error.as_outage())),
                    Err(MachineProblem::Needs(need)) => Err(need),
                }
            })
            .await
            .unwrap_or_else(|| {
                Err(MachineTokenVerificationError::new(
                    MachineTokenVerificationCode::UnexpectedError,
                    "The token could not be verified.",
                ))
            })
    }

    /// The kinds of token that are accepted.
    #[must_use]
    pub fn accepts(&self) -> &AcceptsToken {
        &self.inner.settings.accepts
    }

    /// The instance's publishable key.
    #[must_use]
    pub fn publishable_key(&self) -> Option<&PublishableKey> {
        self.inner.settings.instance().map(|instance| &instance.key)
    }

    /// Where browsers reach the Frontend API by way of a proxy.
    #[must_use]
    pub fn proxy_url(&self) -> Option<&ProxyUrl> {
        self.inner.settings.instance()?.apis.proxy()
    }

    /// Which reports of a proxy in front of the application are believed.
    #[must_use]
    pub fn forwarded_headers(&self) -> &ForwardedHeaders {
        &self.inner.settings.forwarded_headers
    }

    /// The application's public origin, where it is fixed.
    #[must_use]
    pub fn public_origin(&self) -> Option<&Origin> {
        self.inner.settings.public_origin.as_ref()
    }

    /// How many look-ups of machine tokens there were, and how many were not made.
    #[must_use]
    pub fn machine_call_counts(&self) -> CallCounts {
        self.inner.driver.machine_counts()
    }

    /// How many look-ups of handshake answers there were, and how many were not made.
    #[must_use]
    pub fn handshake_call_counts(&self) -> CallCounts {
        self.inner.driver.payload_counts()
    }

    fn settings_with(&self, options: AuthenticateOptions) -> Result<Arc<Settings>, ConfigError> {
        let options = options.over(&self.inner.options);
        if self.inner.settings.for_nobody {
            return Settings::for_nobody(options, &self.inner.clock).map(Arc::new);
        }
        let has_keys = self.inner.driver.keys.is_some();
        Settings::new(options, &self.inner.clock, has_keys).map(Arc::new)
    }

    fn question<'a>(&'a self, settings: &'a Arc<Settings>, call: &'a Call) -> Question<'a> {
        let inner = &*self.inner;
        Question {
            inner,
            settings,
            keys: CachedKeys {
                keys: inner.driver.keys.as_deref(),
                call,
            },
        }
    }

    async fn drive(
        &self,
        view: RequestView<'_>,
        settings: &Arc<Settings>,
        call: &Call,
    ) -> RequestState {
        self.question(settings, call)
            .ask(view, |case| match decide(case) {
                Decision::State(state) => Ok(state),
                Decision::Needs(need) => Err(Box::new(need)),
            })
            .await
            .unwrap_or_else(undecided)
    }
}

/// What stands for the request where there is none.
fn no_request() -> RequestView<'static> {
    const NO_HEADERS: &[(&str, &[u8])] = &[];
    RequestView::from_pieces("GET", "https", None, "/", &NO_HEADERS)
}

/// The outcome of a decision that did not end: nobody is signed in.
fn undecided() -> RequestState {
    RequestState::undecided(AuthErrorReason::UnexpectedError)
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("publishable_key", &self.publishable_key())
            .field("accepts", self.accepts())
            .finish_non_exhaustive()
    }
}
