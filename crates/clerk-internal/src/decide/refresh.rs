//! An expired session token is exchanged for a fresh one.

use clerk_core::Secret;
use clerk_errors::TokenCarrier;
use clerk_tokens::decode_jwt;
use http::HeaderMap;
use http::header::SET_COOKIE;

use super::set_cookie::{allowed, session_token};
use super::{Case, Decision, Need, RefreshFailure, RefreshRequest};
use crate::state::{Reason, RefreshProblem, RefreshRefusal};

pub(super) enum Refresh {
    Decided(Decision),
    /// It did not work; the reason goes into a handshake.
    Failed(Reason),
}

impl From<RefreshProblem> for Refresh {
    fn from(problem: RefreshProblem) -> Self {
        Self::Failed(Reason::NotRefreshed(problem))
    }
}

/// REF-1 to REF-18. Called only for a token whose signature is good: that proves it genuine (REF-5).
pub(super) fn attempt(case: Case<'_, '_>, carrier: TokenCarrier) -> Refresh {
    let cx = case.cx;
    if !cx.view().is_get() {
        return RefreshProblem::NonEligibleNonGet.into();
    }
    // REF-4: the refresh cookie belongs to the cookie's session; a token of the header may be somebody else's.
    let refresh_token = match carrier {
        TokenCarrier::Cookie => cx.refresh_token(),
        _ => None,
    };
    let Some(refresh_token) = refresh_token else {
        return RefreshProblem::NonEligibleNoRefreshCookie.into();
    };
    if !case.can_call || cx.settings.secret_key.is_none() {
        return RefreshProblem::MissingApiClient.into();
    }
    match &case.answers.refresh {
        None => ask(case, &refresh_token),
        Some(Err(failure)) => Refresh::Failed(refused(failure)),
        Some(Ok(cookies)) => accept(case, cookies),
    }
}

fn ask(case: Case<'_, '_>, refresh_token: &str) -> Refresh {
    let cx = case.cx;
    let decoded = cx.session_cookie().and_then(|token| token.decoded());
    let session_id = decoded
        .and_then(|decoded| decoded.unverified_claims().session_id())
        .filter(|id| !id.is_empty());
    let (Some(session_id), Some(token)) = (session_id, cx.session_cookie_text()) else {
        return RefreshProblem::ExpiredSessionTokenMissingSidClaim.into();
    };
    let mut request_headers = Vec::new();
    cx.view().each_header(&mut |name, value| {
        let value = String::from_utf8_lossy(value).into_owned();
        request_headers.push((name.to_owned(), Secret::new(value)));
    });
    Refresh::Decided(Decision::Needs(Need::Refresh(RefreshRequest {
        session_id: session_id.to_owned(),
        expired_token: Secret::new(token),
        refresh_token: Secret::new(refresh_token),
        request_origin: cx
            .public_url()
            .map(|url| url.origin_str().to_owned())
            .unwrap_or_default(),
        request_headers,
        suffixed_cookies: cx.uses_suffixed(),
    })))
}

fn accept(case: Case<'_, '_>, cookies: &[String]) -> Refresh {
    if cookies.is_empty() {
        return RefreshProblem::UnexpectedSdkError.into();
    }
    let cookies: Vec<_> = allowed(cookies).collect();
    let Some(token) = session_token(case.cx, &cookies) else {
        return RefreshProblem::InvalidSessionToken.into();
    };
    // CAT-17: what may not sign in as a cookie may not do so as a fresh one.
    let verified = match decode_jwt(token) {
        Ok(decoded) => case.verify(&decoded, &case.cx.settings.session_checks),
        Err(error) => Err(error.into()),
    };
    match verified {
        Ok(claims) if claims.session_id().is_some_and(|id| !id.is_empty()) => {
            let mut headers = HeaderMap::new();
            for cookie in &cookies {
                headers.append(SET_COOKIE, cookie.header().clone());
            }
            Refresh::Decided(case.signed_in_session(claims, token, headers))
        }
        Err(super::verify::Problem::Needs(need)) => Refresh::Decided(Decision::Needs(*need)),
        // Whatever it is, the handshake can still put it right.
        Ok(_) | Err(_) => RefreshProblem::InvalidSessionToken.into(),
    }
}

fn refused(failure: &RefreshFailure) -> Reason {
    match failure {
        RefreshFailure::Fetch => Reason::NotRefreshed(RefreshProblem::FetchError),
        RefreshFailure::RefusedWithoutCode => {
            Reason::NotRefreshed(RefreshProblem::UnexpectedBapiError)
        }
        RefreshFailure::Refused(code) => match RefreshRefusal::new(code) {
            Some(refusal) => Reason::RefreshRefused(refusal),
            None => Reason::NotRefreshed(RefreshProblem::UnexpectedBapiError),
        },
    }
}
