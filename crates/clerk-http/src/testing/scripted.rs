//! A transport that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use clerk_errors::api::Sent;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use crate::{Transport, TransportError, TransportErrorKind, TransportFuture};

/// What a [`ScriptedTransport`] does with a request.
#[derive(Clone, Debug)]
pub struct Reply {
    result: Result<Response<Bytes>, TransportError>,
    hangs: bool,
}

impl Reply {
    /// An answer with a status and a JSON body.
    #[must_use]
    pub fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::status(status)
            .with_body(body)
            .with_header("content-type", "application/json")
    }

    /// An answer with a status and no body.
    #[must_use]
    pub fn status(status: StatusCode) -> Self {
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = status;
        Self::answer(answer)
    }

    /// A complete answer.
    #[must_use]
    pub fn answer(answer: Response<Bytes>) -> Self {
        Self {
            result: Ok(answer),
            hangs: false,
        }
    }

    /// No answer: the connection fails before anything is sent.
    #[must_use]
    pub fn no_connection() -> Self {
        Self::error(TransportError::new(
            TransportErrorKind::Connect,
            Sent::No,
            "scripted",
        ))
    }

    /// No answer, for this reason.
    #[must_use]
    pub fn error(error: TransportError) -> Self {
        Self {
            result: Err(error),
            hangs: false,
        }
    }

    /// Never an answer.
    #[must_use]
    pub fn hang() -> Self {
        Self {
            hangs: true,
            ..Self::no_connection()
        }
    }

    /// Sets a header of the answer. Unusable names and values are left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Ok(answer) = &mut self.result {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                answer.headers_mut().append(name, value);
            }
        }
        self
    }

    /// Sets the body of the answer.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        if let Ok(answer) = &mut self.result {
            *answer.body_mut() = body.into();
        }
        self
    }
}

type Answerer = dyn Fn(&Request<Bytes>) -> Reply + Send + Sync;

/// A transport that answers from a script, or by a function, and keeps the requests it was sent.
///
/// Clones share script and record. A script that has run out fails the request.
///
/// ```
/// use clerk_http::testing::{Reply, ScriptedTransport};
/// use http::StatusCode;
///
/// let transport = ScriptedTransport::new([
///     Reply::status(StatusCode::SERVICE_UNAVAILABLE).with_header("retry-after", "1"),
///     Reply::json(StatusCode::OK, r#"{"keys":[]}"#),
/// ]);
/// assert_eq!(transport.sent(), 0);
/// ```
#[derive(Clone)]
pub struct ScriptedTransport {
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<VecDeque<Reply>>,
    answerer: Option<Box<Answerer>>,
    requests: Mutex<Vec<Request<Bytes>>>,
}

impl ScriptedTransport {
    /// Answers with these replies, in this order.
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(replies.into_iter().collect(), None)
    }

    /// Answers every request by a function.
    pub fn from_fn(answerer: impl Fn(&Request<Bytes>) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(VecDeque::new(), Some(Box::new(answerer)))
    }

    fn with(script: VecDeque<Reply>, answerer: Option<Box<Answerer>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                script: Mutex::new(script),
                answerer,
                requests: Mutex::new(Vec::new()),
            }),
        }
    }

    /// Adds a reply to the end of the script.
    pub fn push(&self, reply: Reply) {
        lock(&self.shared.script).push_back(reply);
    }

    /// How many requests were sent.
    #[must_use]
    pub fn sent(&self) -> usize {
        lock(&self.shared.requests).len()
    }

    /// How many replies are left.
    #[must_use]
    pub fn left(&self) -> usize {
        lock(&self.shared.script).len()
    }

    /// The requests that were sent, in order. They are forgotten by this.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut *lock(&self.shared.requests))
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        let scripted = lock(&self.shared.script).pop_front();
        let reply = match (&self.shared.answerer, scripted) {
            (_, Some(reply)) => reply,
            (Some(answerer), None) => answerer(&request),
            (None, None) => Reply::error(TransportError::new(
                TransportErrorKind::Other,
                Sent::No,
                format!("the script has no answer left for {}", request.uri()),
            )),
        };
        lock(&self.shared.requests).push(request);
        Box::pin(async move {
            if reply.hangs {
                std::future::pending::<()>().await;
            }
            reply.result
        })
    }
}

impl std::fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptedTransport")
            .field("sent", &self.sent())
            .field("left", &self.left())
            .finish_non_exhaustive()
    }
}

/// A test that panicked elsewhere must not hide what this one sees.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
