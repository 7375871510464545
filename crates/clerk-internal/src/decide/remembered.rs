//! A session token in the `Authorization` header that was verified before: no need to take it apart again.

use clerk_tokens::{Header, HeaderValue, TokenType, VerifyingKey};
use http::HeaderMap;

use super::{Case, Decision};

/// The outcome where the token is remembered and good for these settings; everything else goes the whole way.
pub(super) fn decide(case: Case<'_, '_>) -> Option<Decision> {
    let cache = case.cache?;
    let settings = case.cx.settings;
    let text = case.cx.header_text()?;
    if !settings.accepts.accepts(TokenType::Session) {
        return None;
    }
    let is_trusted = |signed_by: &VerifyingKey, header: &Header| {
        if is_machine(header) {
            return false;
        }
        match &settings.jwt_key {
            Some(key) => key == signed_by,
            None => {
                !settings.skip_jwks_cache
                    && matches!(case.keys.key(header.kid()), Some(Ok(key)) if key == *signed_by)
            }
        }
    };
    // Judged anew by the checks of these settings: header, category, times, parties, audience, issuer.
    let claims = cache
        .recall(text, &settings.session_checks, is_trusted)?
        .ok()?;
    let is_machine = claims
        .subject()
        .is_none_or(|subject| subject.starts_with("mch_"));
    if is_machine || claims.session_id().is_none_or(str::is_empty) {
        return None;
    }
    case.notices.session_token(case.settings);
    case.notices.issuer(case.cx, &claims);
    Some(case.signed_in_session(claims, text, HeaderMap::new()))
}

/// The header of an OAuth access token (RFC 9068), which may be in the cache too.
fn is_machine(header: &Header) -> bool {
    matches!(header.typ(), HeaderValue::Text(typ) if typ.ends_with("at+jwt"))
}
