//! A middleware's step.

use std::fmt;
use std::sync::Arc;

use http::{Response, StatusCode, header::LOCATION};

use super::odd;
use super::recorded::RequestAuth;
use crate::decide::Decision;
use crate::options::AuthenticateOptions;
use crate::request::RequestView;
use crate::state::RequestState;
use crate::{Authenticator, state};

/// Options for one request, from the request.
type Choose = dyn Fn(RequestView<'_>) -> AuthenticateOptions + Send + Sync;

/// What a middleware asks about each request. Made once; cloning is cheap.
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    /// As it was given: what tells two gates of one client from gates of two.
    source: Authenticator,
    engine: Authenticator,
    choose: Option<Arc<Choose>>,
    serves_tls: bool,
    debug: bool,
}

/// What a middleware does with a request.
#[derive(Debug)]
#[must_use]
pub enum Passage {
    /// Send this, and do not call the handler.
    Answer(Response<String>),
    /// Keep this with the request, call the handler, and add its headers to the response.
    Proceed(RequestAuth),
}

impl Gate {
    /// A gate that accepts every kind of token, unless the options of `authenticator` say which: the routes choose.
    #[must_use]
    pub fn new(authenticator: impl Into<Authenticator>) -> Self {
        let source = authenticator.into();
        Self {
            inner: Arc::new(Inner {
                engine: source.for_middleware(),
                source,
                choose: None,
                serves_tls: false,
                debug: false,
            }),
        }
    }

    /// Chooses options by the request, such as the domain of one satellite among several. They are checked for every request, which
    /// takes longer than fixed ones; options that cannot be used are told to the guards, as 500.
    #[must_use]
    pub fn options_by_request(
        mut self,
        choose: impl Fn(RequestView<'_>) -> AuthenticateOptions + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.inner).choose = Some(Arc::new(choose));
        self
    }

    /// Whether the server itself speaks TLS, so that a request that names no scheme came in by `https`. A proxy in front of the
    /// application reports that in `X-Forwarded-Proto` instead.
    #[must_use]
    pub fn serves_tls(mut self, serves_tls: bool) -> Self {
        Arc::make_mut(&mut self.inner).serves_tls = serves_tls;
        self
    }

    /// Whether the outcome of each request is written to the log, without tokens, cookies and URLs. Takes the feature `tracing`.
    #[must_use]
    pub fn debug(mut self, debug: bool) -> Self {
        Arc::make_mut(&mut self.inner).debug = debug;
        self
    }

    /// The engine that is asked.
    #[must_use]
    pub fn authenticator(&self) -> &Authenticator {
        &self.inner.engine
    }

    /// Whether a request with this record has already been through such a gate: then there is nothing left to do.
    #[must_use]
    pub fn has_seen(&self, recorded: &RequestAuth) -> bool {
        let (mine, theirs) = (&self.inner, &recorded.gate().inner);
        let no_options = mine.choose.is_none() && theirs.choose.is_none();
        Arc::ptr_eq(mine, theirs) || (no_options && mine.source.is_same(&theirs.source))
    }

    /// What to do with a request, where that is known without waiting; `None` where [`enter`](Self::enter) has to be awaited.
    #[must_use]
    pub fn enter_now(&self, view: RequestView<'_>) -> Option<Passage> {
        let view = self.with_scheme(view);
        if odd::is_odd(&view) {
            return Some(bad_request());
        }
        if self.inner.choose.is_some() {
            return None;
        }
        match self.inner.engine.decide(view) {
            Decision::State(state) => Some(self.pass(view, state)),
            Decision::Needs(_) => None,
        }
    }

    /// What to do with a request.
    pub async fn enter(&self, view: RequestView<'_>) -> Passage {
        let view = self.with_scheme(view);
        if odd::is_odd(&view) {
            return bad_request();
        }
        let Some(choose) = &self.inner.choose else {
            return self.pass(view, self.inner.engine.authenticate(view).await);
        };
        let options = choose(view);
        match self.inner.engine.authenticate_with(view, options).await {
            Ok(state) => self.pass(view, state),
            Err(error) => {
                event!(
                    error,
                    "the options chosen for a request cannot be used",
                    error = error
                );
                Passage::Proceed(RequestAuth::misconfigured(self.clone(), error))
            }
        }
    }

    /// What to do with a request that was authenticated elsewhere.
    pub fn pass(&self, view: RequestView<'_>, state: RequestState) -> Passage {
        if self.inner.debug {
            // MW-70: a state shows the names of its headers, not their values.
            event!(
                debug,
                "a request was authenticated",
                path = view.path(),
                state = format_args!("{state:?}")
            );
        }
        // MW-2: whatever the state.
        if state.location().is_some() {
            return Passage::Answer(redirect(&state));
        }
        if let RequestState::Handshake(_) = state {
            event!(error, "a handshake names no place to go to");
            return Passage::Answer(answer(StatusCode::INTERNAL_SERVER_ERROR));
        }
        Passage::Proceed(RequestAuth::new(self.clone(), view, state))
    }

    fn with_scheme<'r>(&self, view: RequestView<'r>) -> RequestView<'r> {
        if self.inner.serves_tls {
            view.with_scheme("https")
        } else {
            view
        }
    }
}

fn redirect(state: &RequestState) -> Response<String> {
    let mut response = answer(StatusCode::TEMPORARY_REDIRECT);
    state::append(state.headers(), response.headers_mut());
    debug_assert!(response.headers().contains_key(LOCATION));
    response
}

/// MW-12.
fn bad_request() -> Passage {
    Passage::Answer(answer(StatusCode::BAD_REQUEST))
}

fn answer(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("engine", &self.inner.engine)
            .field("serves_tls", &self.inner.serves_tls)
            .finish_non_exhaustive()
    }
}
