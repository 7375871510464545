//! A session token in the `Authorization` header.

use clerk_errors::TokenCarrier;
use clerk_tokens::{PresentedToken, SessionClaims};
use http::HeaderMap;

use super::verify::{Problem, is_no_session};
use super::{Case, Decision, session_error};
use crate::state::AuthErrorReason;

pub(super) fn session(case: Case<'_, '_>, token: &PresentedToken<'_>) -> Decision {
    match verified(case, token, Some(TokenCarrier::Header)) {
        Ok(claims) => {
            let text = case.cx.header_text().unwrap_or_default();
            case.signed_in_session(claims, text, HeaderMap::new())
        }
        Err(NoSession::OtherToken) => case.signed_out(AuthErrorReason::TokenTypeMismatch, ""),
        Err(NoSession::Problem(problem)) => problem.decide(case, |error| {
            session_error::decide(case, &error, TokenCarrier::Header)
        }),
    }
}

pub(super) enum NoSession {
    /// It may be a good token, but of another kind.
    OtherToken,
    Problem(Problem),
}

/// A session token that no cookie accompanies.
pub(super) fn verified(
    case: Case<'_, '_>,
    token: &PresentedToken<'_>,
    carrier: Option<TokenCarrier>,
) -> Result<SessionClaims, NoSession> {
    // REQ-20, CAT-11, CAT-12: machine and template tokens are no sessions.
    if is_no_session(token) {
        return Err(NoSession::OtherToken);
    }
    match case.verify_session(token, carrier) {
        // AUTH-13: what names no session is none.
        Ok(claims) if claims.session_id().is_none_or(str::is_empty) => Err(NoSession::OtherToken),
        Ok(claims) => Ok(claims),
        Err(problem) => Err(NoSession::Problem(problem)),
    }
}
