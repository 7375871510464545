//! A session token in the `Authorization` header.

use clerk_errors::TokenCarrier;
use clerk_tokens::PresentedToken;
use http::HeaderMap;

use super::verify::is_no_session;
use super::{Case, Decision, session_error};
use crate::state::AuthErrorReason;

pub(super) fn session(case: Case<'_, '_>, token: &PresentedToken<'_>) -> Decision {
    // REQ-20, CAT-11, CAT-12: machine and template tokens are no sessions.
    if is_no_session(token) {
        return case.signed_out(AuthErrorReason::TokenTypeMismatch, "");
    }
    match case.verify_session(token, TokenCarrier::Header) {
        // AUTH-13: what names no session is none.
        Ok(claims) if claims.session_id().is_none_or(str::is_empty) => {
            case.signed_out(AuthErrorReason::TokenTypeMismatch, "")
        }
        Ok(claims) => {
            let text = case.cx.header_text().unwrap_or_default();
            case.signed_in_session(claims, text, HeaderMap::new())
        }
        Err(problem) => problem.decide(case, |error| {
            session_error::decide(case, &error, TokenCarrier::Header)
        }),
    }
}
