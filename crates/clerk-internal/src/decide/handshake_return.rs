//! The browser comes back from the Frontend API.

use std::ops::ControlFlow;

use clerk_core::Secret;
use clerk_core::constants::query;
use clerk_errors::{TokenVerificationAction, TokenVerificationError, TokenVerificationReason};
use clerk_tokens::{
    CategoryPolicy, SessionClaims, TokenType, VerifyOptions, decode_jwt, has_valid_signature,
};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderValue,
    SET_COOKIE,
};

use super::machine::is_plain_opaque;
use super::set_cookie::{SetCookie, allowed, session_token};
use super::verify::Problem;
use super::{Case, Decision, Need};
use crate::options::HandshakeReturn;
use crate::request;
use crate::state::{AuthErrorReason, push_location};

/// How far clocks may disagree in development when a handshake's token looks early or expired, in milliseconds.
const LENIENT_SKEW_MS: i64 = 86_400_000;

/// REQ-30: takes the answer of a handshake, if there is one; goes on where it is of no use.
pub(super) fn take(case: Case<'_, '_>) -> ControlFlow<Decision> {
    let Some(answer) = present(case) else {
        return ControlFlow::Continue(());
    };
    let directives = match answer {
        Present::Nonce(nonce) => by_nonce(case, &nonce)?,
        Present::Token(token) => match by_token(case, &token) {
            Ok(Some(directives)) => directives,
            Ok(None) => return ControlFlow::Continue(()),
            Err(Problem::Needs(need)) => return ControlFlow::Break(Decision::Needs(*need)),
            Err(Problem::Outage { error, failure }) => {
                return ControlFlow::Break(case.unavailable(
                    TokenType::Session,
                    error.reason(),
                    &failure,
                ));
            }
            Err(Problem::Refused(error)) => return refused(case, &error),
        },
    };
    conclude(case, &directives)
}

enum Present {
    Nonce(String),
    Token(String),
}

/// CTX-12, CTX-13: the query's goes before the cookie's, a nonce before a token.
fn present(case: Case<'_, '_>) -> Option<Present> {
    let cx = case.cx;
    // Only the browser that started the handshake has the cookie.
    let cookie_only =
        cx.is_production() && cx.settings.handshake_return == HandshakeReturn::CookieOnly;
    let pick = |query: &Option<std::borrow::Cow<'_, str>>, cookie: Option<&[u8]>| {
        let query = query
            .as_deref()
            .filter(|text| !text.is_empty() && !cookie_only);
        query
            .map(str::to_owned)
            .or_else(|| Some(request::decode_cookie(cookie?).into_owned()))
    };
    pick(&cx.query().handshake_nonce, cx.cookies().handshake_nonce)
        .map(Present::Nonce)
        .or_else(|| pick(&cx.query().handshake, cx.cookies().handshake).map(Present::Token))
}

/// HS-31.
fn by_nonce(case: Case<'_, '_>, nonce: &str) -> ControlFlow<Decision, Vec<String>> {
    if !is_plain_opaque(nonce) || !case.can_call || case.cx.settings.secret_key.is_none() {
        event!(warn, "a handshake's answer cannot be fetched");
        return ControlFlow::Continue(Vec::new());
    }
    match &case.answers.handshake_payload {
        None => ControlFlow::Break(Decision::Needs(Need::HandshakePayload {
            nonce: Secret::new(nonce),
        })),
        Some(Ok(directives)) => ControlFlow::Continue(directives.clone()),
        Some(Err(failure)) if failure.is_outage || failure.status == Some(401) => {
            ControlFlow::Break(case.unavailable(
                TokenType::Session,
                AuthErrorReason::UnexpectedError,
                failure,
            ))
        }
        Some(Err(_)) => {
            event!(warn, "a handshake's answer is not known to Clerk");
            ControlFlow::Continue(Vec::new())
        }
    }
}

/// HS-32: the directives; `None` if they are of no use.
fn by_token(case: Case<'_, '_>, token: &str) -> Result<Option<Vec<String>>, Problem> {
    let settings = case.cx.settings;
    let decoded = decode_jwt(token)?;
    let checks = settings
        .machine_checks
        .clone()
        .categories(CategoryPolicy::Session);
    checks.check_header(decoded.header())?;
    let key = case.key(&decoded)?;
    if key.is_test_key() && !settings.allows_test_keys {
        return Err(invalid(
            TokenVerificationReason::TokenVerificationFailed,
            "The verifying key is a published test key.",
        ));
    }
    if !has_valid_signature(&decoded, &key)? {
        return Err(invalid(
            TokenVerificationReason::TokenInvalidSignature,
            "The handshake token's signature is not the key's.",
        ));
    }
    let claims = decoded.unverified_claims();
    // An old answer says who was signed in then.
    let skew_ms = if case.cx.is_production() {
        settings.clock_skew_ms
    } else {
        LENIENT_SKEW_MS
    };
    if claims
        .expires_at_ms()
        .is_some_and(|at| at.saturating_add(skew_ms) <= case.cx.now_ms)
    {
        return Err(invalid(
            TokenVerificationReason::TokenExpired,
            "The handshake token has expired.",
        ));
    }
    // What is no list means that there is nothing to set.
    let Ok(Some(serde_json::Value::Array(directives))) = claims.claim("handshake") else {
        return Ok(Some(Vec::new()));
    };
    // A list with anything but texts is of no use as a whole.
    Ok(directives
        .into_iter()
        .map(|directive| directive.as_str().map(str::to_owned))
        .collect())
}

fn invalid(reason: TokenVerificationReason, message: &'static str) -> Problem {
    TokenVerificationError::new(reason, message)
        .with_action(TokenVerificationAction::EnsureClerkJwt)
        .into()
}

/// HS-39: in production the cookie may be a sibling application's, so the flow goes on; in development it is
/// told what is wrong, as an outcome and not as a failure.
fn refused(case: Case<'_, '_>, error: &TokenVerificationError) -> ControlFlow<Decision> {
    if case.cx.is_production() {
        event!(
            warn,
            "a handshake's answer does not verify",
            reason = error.reason()
        );
        return ControlFlow::Continue(());
    }
    let message = match error.reason() {
        TokenVerificationReason::TokenInvalidSignature => {
            "The handshake token is not signed by this instance's key. If you have just changed keys, clear this site's cookies and reload.".to_owned()
        }
        _ => error.to_string(),
    };
    ControlFlow::Break(case.signed_out(error.reason(), message))
}

/// HS-30, HS-33 to HS-38.
fn conclude(case: Case<'_, '_>, directives: &[String]) -> ControlFlow<Decision> {
    let cx = case.cx;
    let cookies: Vec<_> = allowed(directives).collect();
    let token = session_token(cx, &cookies);
    let verified = match token {
        None => None,
        Some(token) => match verify(case, token) {
            Ok(claims) => Some((claims, token)),
            Err(Problem::Needs(need)) => return ControlFlow::Break(Decision::Needs(*need)),
            Err(Problem::Outage { error, failure }) => {
                return ControlFlow::Break(case.unavailable(
                    TokenType::Session,
                    error.reason(),
                    &failure,
                ));
            }
            Err(Problem::Refused(error)) => {
                event!(
                    warn,
                    "the session token of a handshake does not verify",
                    reason = error.reason()
                );
                return ControlFlow::Continue(());
            }
        },
    };
    let headers = headers(case, &cookies);
    ControlFlow::Break(match verified {
        Some((claims, token)) => case.signed_in_session(claims, token, headers),
        None => case.signed_out_with(
            TokenType::Session,
            AuthErrorReason::SessionTokenMissing.into(),
            "".into(),
            headers,
        ),
    })
}

fn verify(case: Case<'_, '_>, token: &str) -> Result<SessionClaims, Problem> {
    let checks = &case.cx.settings.session_checks;
    // HS-40, CAT-17: the category counts here too; AUTH-13: a session token names its session.
    let verify = |checks: &VerifyOptions| {
        let claims = case.verify(&decode_jwt(token)?, checks)?;
        if claims.session_id().is_none_or(str::is_empty) {
            return Err(invalid(
                TokenVerificationReason::TokenInvalid,
                "The handshake's token is not a session token.",
            ));
        }
        Ok(claims)
    };
    match verify(checks) {
        // HS-37.
        Err(Problem::Refused(error))
            if !case.cx.is_production() && (error.is_expired() || error.is_early()) =>
        {
            event!(
                warn,
                "this machine's clock and Clerk's disagree; a day is allowed for in development"
            );
            verify(&checks.clone().clock_skew_ms(LENIENT_SKEW_MS))
        }
        outcome => outcome,
    }
}

fn headers(case: Case<'_, '_>, cookies: &[SetCookie<'_>]) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(cookies.len() + 6);
    headers.insert(
        ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("null"),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie.header().clone());
    }
    // HS-34: in development the parameters came in the URL, and go.
    if !case.cx.is_production()
        && let Some(url) = case.cx.public_url()
    {
        let mut url = url.clone();
        url.remove_query_params(&[
            query::HANDSHAKE,
            query::HANDSHAKE_HELP,
            query::DEV_BROWSER,
            query::HANDSHAKE_NONCE,
        ]);
        push_location(&mut headers, url.as_str());
    }
    headers
}
