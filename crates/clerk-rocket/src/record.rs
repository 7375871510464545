//! What is kept with a request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use clerk_internal::guard::{Rejection, RequestAuth};
use rocket::http::Status;
use rocket::request::Outcome;
use rocket::{Ignite, Request, Rocket};

use crate::AuthRejection;

/// Managed by Rocket where the fairing is attached.
pub(crate) struct Attached;

impl Attached {
    /// Whether handlers ask for callers that nobody records.
    pub(crate) fn is_missing(rocket: &Rocket<Ignite>) -> bool {
        rocket.state::<Self>().is_none()
    }
}

/// What the fairing and the guards tell each other about a request, in Rocket's request-local cache.
#[derive(Default)]
pub(crate) struct Record {
    auth: OnceLock<RequestAuth>,
    answer: OnceLock<http::Response<String>>,
    is_answered: AtomicBool,
    refusal: Mutex<Option<http::Response<String>>>,
}

impl Record {
    pub(crate) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// Who makes the request, where the fairing let it through.
    pub(crate) fn auth(&self) -> Option<&RequestAuth> {
        self.auth.get()
    }

    /// Of two gates, the first counts: the cell is filled once.
    pub(crate) fn proceed(&self, auth: RequestAuth) {
        let _ = self.auth.set(auth);
    }

    /// What is sent in place of whatever a handler says.
    pub(crate) fn answer(&self) -> Option<&http::Response<String>> {
        self.answer.get()
    }

    pub(crate) fn answer_with(&self, answer: http::Response<String>) {
        let _ = self.answer.set(answer);
    }

    /// Whether the answer was sent before; from now on it was.
    pub(crate) fn answered(&self) -> bool {
        self.is_answered.swap(true, Ordering::Relaxed)
    }

    /// Keeps what a guard would answer; the last one counts, since it is the one that stopped the request.
    pub(crate) fn refuse(&self, refusal: http::Response<String>) {
        let mut kept = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(refusal);
    }

    pub(crate) fn take_refusal(&self) -> Option<http::Response<String>> {
        let mut kept = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take()
    }
}

/// The outcome of a request guard. Fails where nothing is recorded: outside of the fairing nobody gets in.
pub(crate) fn judge<T>(
    request: &Request<'_>,
    judge: impl FnOnce(&RequestAuth) -> Result<T, Rejection>,
) -> Outcome<T, AuthRejection> {
    let record = Record::of(request);
    let judged = record.auth().ok_or_else(Rejection::no_middleware);
    match judged.and_then(judge) {
        Ok(caller) => Outcome::Success(caller),
        Err(rejection) => {
            record.refuse(rejection.to_response());
            let status = Status::new(rejection.status().as_u16());
            Outcome::Error((status, AuthRejection(rejection)))
        }
    }
}
