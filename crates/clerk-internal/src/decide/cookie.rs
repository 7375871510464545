//! A request without a token in its header: cookies decide.

use std::convert::Infallible;
use std::ops::ControlFlow;

use clerk_errors::TokenCarrier;
use http::HeaderMap;

use super::verify::{is_no_session, undecodable};
use super::{
    Case, Decision, cross_origin, development, handshake, handshake_return, organization,
    satellite, session_error,
};
use crate::state::AuthErrorReason;

/// The steps in their order; the first one that knows the outcome ends it.
pub(super) fn decide(case: Case<'_, '_>) -> Decision {
    case.notices.browser(case.settings);
    match steps(case) {
        ControlFlow::Break(decision) => decision,
        ControlFlow::Continue(never) => match never {},
    }
}

fn steps(case: Case<'_, '_>) -> ControlFlow<Decision, Infallible> {
    handshake_return::take(case)?;
    satellite::sync(case)?;
    development::answer_satellite(case)?;
    development::browser(case)?;
    presence(case)?;
    session(case)
}

/// REQ-39 to REQ-41: session cookie and client state must agree.
fn presence(case: Case<'_, '_>) -> ControlFlow<Decision> {
    let is_active = case.cx.client_uat() != 0;
    let has_session = case.cx.session_cookie_text().is_some();
    ControlFlow::Break(match (is_active, has_session) {
        (false, false) => case.signed_out(AuthErrorReason::SessionTokenAndUatMissing, ""),
        (false, true) => handshake::start(case, AuthErrorReason::SessionTokenButNoClientUat, ""),
        (true, false) => handshake::start(case, AuthErrorReason::ClientUatButNoSessionToken, ""),
        (true, true) => return ControlFlow::Continue(()),
    })
}

/// REQ-42 to REQ-49.
fn session(case: Case<'_, '_>) -> ControlFlow<Decision, Infallible> {
    let cx = case.cx;
    let (Some(token), Some(text)) = (cx.session_cookie(), cx.session_cookie_text()) else {
        return ControlFlow::Break(case.signed_out(AuthErrorReason::SessionTokenAndUatMissing, ""));
    };
    let Some(decoded) = token.decoded() else {
        let error = undecodable(token).with_carrier(TokenCarrier::Cookie);
        return ControlFlow::Break(session_error::decide(case, &error, TokenCarrier::Cookie));
    };
    if is_no_session(token) {
        return ControlFlow::Break(case.signed_out(AuthErrorReason::TokenTypeMismatch, ""));
    }
    // REQ-44: both are whole seconds; a token without a usable time passes.
    let issued_at_ms = decoded.unverified_claims().issued_at_ms();
    let client_uat_ms = i128::from(cx.client_uat()) * 1000;
    if issued_at_ms.is_some_and(|issued_at_ms| i128::from(issued_at_ms) < client_uat_ms) {
        return ControlFlow::Break(handshake::start(
            case,
            AuthErrorReason::SessionTokenIatBeforeClientUat,
            "",
        ));
    }
    let claims = match case.verify_session(token, TokenCarrier::Cookie) {
        Ok(claims) => claims,
        Err(problem) => {
            return ControlFlow::Break(problem.decide(case, |error| {
                session_error::decide(case, &error, TokenCarrier::Cookie)
            }));
        }
    };
    // AUTH-13: what names no session is none.
    if claims.session_id().is_none_or(str::is_empty) {
        return ControlFlow::Break(case.signed_out(AuthErrorReason::TokenTypeMismatch, ""));
    }
    // REQ-46.
    if claims.authorized_party().is_none_or(str::is_empty) {
        case.notices.no_authorized_party();
    }
    cross_origin::sync(case)?;
    organization::activate(case, &claims)?;
    ControlFlow::Break(case.signed_in_session(claims, text, HeaderMap::new()))
}
