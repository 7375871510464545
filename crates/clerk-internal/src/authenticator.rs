//! The engine: settings, keys and calls in one handle.

use std::fmt;
use std::sync::Arc;

use clerk_core::{Clock, PublishableKey, Secret};
use clerk_errors::{ConfigError, MachineTokenVerificationCode, MachineTokenVerificationError};
use clerk_tokens::{AcceptsToken, PresentedToken};

use crate::auth::SessionAuth;
use crate::context::{Reading, RequestContext};
use crate::decide::{Answers, CallFailure, Case, Decision, MachineProblem, decide, verify_machine};
use crate::driver::{BackendCalls, CachedKeys, Call, CallCounts, CallLimits, Driver, SigningKeys};
use crate::machine::MachineToken;
use crate::notice::Notices;
use crate::options::AuthenticateOptions;
use crate::request::RequestView;
use crate::settings::Settings;
use crate::state::{AuthErrorReason, RequestState};

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

/// Builds an [`Authenticator`].
pub struct AuthenticatorBuilder {
    options: AuthenticateOptions,
    clock: Option<Clock>,
    calls: Option<Arc<dyn BackendCalls>>,
    keys: Option<Arc<dyn SigningKeys>>,
    limits: CallLimits,
    #[cfg(feature = "token-cache")]
    cache: Option<clerk_tokens::TokenCache>,
}

impl AuthenticatorBuilder {
    /// Judges times by this clock; unless set, the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = Some(clock.into());
        self
    }

    /// Makes calls to the Backend API with this.
    #[must_use]
    pub fn calls(mut self, calls: Arc<dyn BackendCalls>) -> Self {
        self.calls = Some(calls);
        self
    }

    /// Takes signing keys from this, where no JWT key is set.
    #[must_use]
    pub fn signing_keys(mut self, keys: Arc<dyn SigningKeys>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Bounds the calls that unauthenticated requests can cause.
    #[must_use]
    pub fn call_limits(mut self, limits: CallLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Remembers verified session tokens; unless set, each is verified anew. Not to be shared between instances.
    #[cfg(feature = "token-cache")]
    #[cfg_attr(docsrs, doc(cfg(feature = "token-cache")))]
    #[must_use]
    pub fn token_cache(mut self, cache: clerk_tokens::TokenCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Checks the options.
    ///
    /// # Errors
    ///
    /// An option is missing, cannot be used, or contradicts another; or the target has no clock and none was set.
    pub fn build(self) -> Result<Authenticator, ConfigError> {
        let clock = match self.clock {
            Some(clock) => clock,
            None => default_clock()?,
        };
        let has_keys = self.keys.is_some();
        let settings = Arc::new(Settings::new(self.options.clone(), &clock, has_keys)?);
        Ok(Authenticator {
            inner: Arc::new(Inner {
                call: call_of(&settings),
                options: self.options,
                settings,
                clock,
                driver: Arc::new(Driver::new(self.calls, self.keys, self.limits)),
                notices: Arc::default(),
                #[cfg(feature = "token-cache")]
                cache: self.cache,
            }),
        })
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn default_clock() -> Result<Clock, ConfigError> {
    Ok(Clock::system())
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn default_clock() -> Result<Clock, ConfigError> {
    Err(ConfigError::new(
        clerk_errors::ConfigErrorKind::Missing,
        "the clock",
        "is missing, and this target has none of its own",
    ))
}

impl Authenticator {
    /// Starts with the options that hold for every request.
    #[must_use]
    pub fn builder(options: AuthenticateOptions) -> AuthenticatorBuilder {
        AuthenticatorBuilder {
            options,
            clock: None,
            calls: None,
            keys: None,
            limits: CallLimits::default(),
            #[cfg(feature = "token-cache")]
            cache: None,
        }
    }

    /// The same, accepting only session tokens made for one of these origins (`azp`). Keys and limits are shared.
    #[must_use]
    pub fn with_authorized_parties<P: Into<String>>(
        &self,
        parties: impl IntoIterator<Item = P>,
    ) -> Self {
        let inner = &*self.inner;
        let parties: Vec<String> = parties.into_iter().map(Into::into).collect();
        Self {
            inner: Arc::new(Inner {
                settings: Arc::new(inner.settings.with_authorized_parties(&parties)),
                options: inner.options.clone().authorized_parties(parties),
                call: inner.call.clone(),
                clock: inner.clock.clone(),
                driver: Arc::clone(&inner.driver),
                notices: Arc::clone(&inner.notices),
                #[cfg(feature = "token-cache")]
                cache: inner.cache.clone(),
            }),
        }
    }

    /// Whether session tokens must have been made for a listed origin.
    #[must_use]
    pub fn has_authorized_parties(&self) -> bool {
        self.inner.settings.has_authorized_parties
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
        let call = call_of(&settings);
        Ok(self.drive(view, &settings, &call).await)
    }

    /// Authenticates a request with what is at hand: no I/O, no waiting. What would take a call is treated as if
    /// there were nobody to call.
    #[must_use]
    pub fn authenticate_local(&self, view: RequestView<'_>) -> RequestState {
        let inner = &*self.inner;
        match self.decide_once(view, &inner.settings, &inner.call, false) {
            Decision::State(state) => state,
            // Nobody can be asked, so nothing is asked for.
            Decision::Needs(_) => undecided(),
        }
    }

    /// What is known about a request with what is at hand: its outcome, or what has to be fetched first.
    #[must_use]
    pub fn decide(&self, view: RequestView<'_>) -> Decision {
        let inner = &*self.inner;
        self.decide_once(view, &inner.settings, &inner.call, true)
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
        let no_headers: &[(&str, &[u8])] = &[];
        let view = RequestView::from_pieces("GET", "https", None, "/", &no_headers);
        let reading = Reading::of(view, &inner.settings);
        let cx = RequestContext::new(&reading, &inner.settings, inner.clock.now_ms());
        let token = PresentedToken::read(token);
        let mut answers = Answers::default();
        for _ in 0..MAX_ROUNDS {
            let case = Case {
                cx: &cx,
                answers: &answers,
                keys: &CachedKeys {
                    keys: inner.driver.keys.as_deref(),
                    call: &inner.call,
                },
                settings: &inner.settings,
                can_call: inner.driver.calls.is_some(),
                can_load_keys: inner.driver.keys.is_some(),
                notices: &inner.notices,
                #[cfg(feature = "token-cache")]
                cache: inner.cache.as_ref(),
            };
            let need = match verify_machine(case, &token) {
                Ok(verified) => return Ok(verified),
                Err(MachineProblem::Refused(error)) => return Err(*error),
                Err(MachineProblem::Unavailable { error, .. }) => return Err(error.as_outage()),
                Err(MachineProblem::Needs(need)) => need,
            };
            let fetch_anew = inner.settings.skip_jwks_cache;
            inner
                .driver
                .fetch(&inner.call, *need, fetch_anew, cx.now_ms, &mut answers)
                .await;
        }
        Err(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::UnexpectedError,
            "The token could not be verified.",
        ))
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
        let has_keys = self.inner.driver.keys.is_some();
        Settings::new(options, &self.inner.clock, has_keys).map(Arc::new)
    }

    fn decide_once(
        &self,
        view: RequestView<'_>,
        settings: &Arc<Settings>,
        call: &Call,
        may_call: bool,
    ) -> Decision {
        let reading = Reading::of(view, settings);
        let cx = RequestContext::new(&reading, settings, self.inner.clock.now_ms());
        decide(Case {
            cx: &cx,
            answers: &Answers::default(),
            keys: &CachedKeys {
                keys: self.inner.driver.keys.as_deref(),
                call,
            },
            settings,
            can_call: may_call && self.inner.driver.calls.is_some(),
            can_load_keys: may_call && self.inner.driver.keys.is_some(),
            notices: &self.inner.notices,
            #[cfg(feature = "token-cache")]
            cache: self.inner.cache.as_ref(),
        })
    }

    async fn drive(
        &self,
        view: RequestView<'_>,
        settings: &Arc<Settings>,
        call: &Call,
    ) -> RequestState {
        let inner = &*self.inner;
        let reading = Reading::of(view, settings);
        let cx = RequestContext::new(&reading, settings, inner.clock.now_ms());
        let mut answers = Answers::default();
        for _ in 0..MAX_ROUNDS {
            let decision = decide(Case {
                cx: &cx,
                answers: &answers,
                keys: &CachedKeys {
                    keys: inner.driver.keys.as_deref(),
                    call,
                },
                settings,
                can_call: inner.driver.calls.is_some(),
                can_load_keys: inner.driver.keys.is_some(),
                notices: &inner.notices,
                #[cfg(feature = "token-cache")]
                cache: inner.cache.as_ref(),
            });
            let need = match decision {
                Decision::State(state) => return state,
                Decision::Needs(need) => need,
            };
            inner
                .driver
                .fetch(
                    call,
                    need,
                    settings.skip_jwks_cache,
                    cx.now_ms,
                    &mut answers,
                )
                .await;
        }
        undecided()
    }
}

/// More than any request takes: three keys, a handshake's answer, a refresh.
const MAX_ROUNDS: usize = 8;

/// The outcome of a decision that did not end: nobody is signed in.
fn undecided() -> RequestState {
    RequestState::undecided(AuthErrorReason::UnexpectedError)
}

fn call_of(settings: &Settings) -> Call {
    let mut call = Call::default();
    call.secret_key.clone_from(&settings.secret_key);
    call.machine_secret_key
        .clone_from(&settings.machine_secret_key);
    call
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("publishable_key", &self.publishable_key())
            .field("accepts", self.accepts())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AuthenticatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorBuilder")
            .finish_non_exhaustive()
    }
}
