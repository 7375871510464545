//! A token that did not come with a request.

use std::borrow::Cow;

use clerk_errors::{MachineTokenVerificationError, TokenVerificationError};
use clerk_tokens::PresentedToken;

use super::header::{self, NoSession};
use super::machine::{self, MachineProblem};
use super::verify::Problem;
use super::{CallFailure, Case, Need};
use crate::auth::{Auth, SessionAuth};
use crate::state::{AuthErrorReason, Reason};
use crate::token_type::MachineTokenType;
use crate::verification::{TokenOutage, TokenRefusal, Verification, VerifiedToken};

/// Verifies a token of whatever kind it is; what it takes is asked for.
pub(crate) fn verify(
    case: Case<'_, '_>,
    token: &PresentedToken<'_>,
    text: &str,
) -> Result<Verification, Box<Need>> {
    let refused = |reason: Reason, message: Cow<'static, str>| {
        Verification::Refused(TokenRefusal {
            token_type: token.token_type(),
            reason,
            message,
        })
    };
    let not_accepted = || {
        let reason = Reason::Request(AuthErrorReason::TokenTypeMismatch);
        refused(
            reason,
            "The token is of a kind that is not accepted here.".into(),
        )
    };
    // As for requests: no verification where the kind is not accepted anyway.
    if !case.cx.settings.accepts.accepts(token.token_type()) {
        return Ok(not_accepted());
    }
    let verified = match MachineTokenType::of(token.token_type()) {
        Some(token_type) => machine::verified(case, token, token_type)
            .map(|verified| Auth::machine(text, verified))
            .map_err(Unverified::from),
        None => match header::verified(case, token, None) {
            Ok(claims) => Ok(Auth::Session(SessionAuth::new(claims, text))),
            Err(NoSession::OtherToken) => return Ok(not_accepted()),
            Err(NoSession::Problem(problem)) => Err(Unverified::from(problem)),
        },
    };
    match verified {
        Ok(auth) => Ok(Verification::Verified(VerifiedToken { auth })),
        Err(Unverified::Needs(need)) => Err(need),
        Err(Unverified::Refused(reason, message)) => Ok(refused(reason, message.into())),
        Err(Unverified::Unavailable(reason, failure)) => {
            Ok(Verification::Unavailable(TokenOutage {
                token_type: token.token_type(),
                reason,
                message: failure.message,
                status: failure.status,
                retry_after: failure.retry_after,
            }))
        }
    }
}

/// Why a token of either kind is not verified.
enum Unverified {
    Needs(Box<Need>),
    Refused(Reason, String),
    Unavailable(Reason, Box<CallFailure>),
}

impl From<Problem> for Unverified {
    fn from(problem: Problem) -> Self {
        let reason = |error: &TokenVerificationError| Reason::Token(error.reason());
        match problem {
            Problem::Needs(need) => Self::Needs(need),
            Problem::Refused(error) => Self::Refused(reason(&error), error.to_string()),
            Problem::Outage { error, failure } => Self::Unavailable(reason(&error), failure),
        }
    }
}

impl From<MachineProblem> for Unverified {
    fn from(problem: MachineProblem) -> Self {
        let reason = |error: &MachineTokenVerificationError| Reason::Machine(error.code());
        match problem {
            MachineProblem::Needs(need) => Self::Needs(need),
            MachineProblem::Refused(error) => Self::Refused(reason(&error), error.to_string()),
            MachineProblem::Unavailable { error, failure } => {
                Self::Unavailable(reason(&error), failure)
            }
        }
    }
}
