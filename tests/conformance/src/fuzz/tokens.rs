//! Tokens and claims.

use clerk_tokens::authz::{Condition, Permission, Role, Subject};
use clerk_tokens::{SessionClaims, TokenVerificationReason, decode_jwt};
use serde_json::Value;

/// Decoding refuses, or gives what a plain reading gives.
pub(super) fn decode(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match decode_jwt(&text) {
        Ok(decoded) => {
            let plain = crate::token::describe(&text);
            assert_eq!(plain["parts"], 3, "a token has three parts");
            let signed = decoded.signed_text();
            assert!(text.starts_with(signed) && signed.matches('.').count() == 1);
            assert!(text.len() <= clerk_tokens::DEFAULT_MAX_TOKEN_LENGTH);
            // The plain reading gives up on depth; what it reads is an object.
            for part in ["header", "payload"] {
                assert!(
                    plain.get(part).is_none_or(Value::is_object),
                    "{part} is an object"
                );
            }
            consistent(decoded.unverified_claims());
        }
        Err(error) => assert_eq!(error.reason(), TokenVerificationReason::TokenInvalid),
    }
}

/// Claims of any form can be read, and authorization grants only what they say.
pub(super) fn claims(data: &[u8]) {
    let payload = base64_simd::URL_SAFE_NO_PAD.encode_to_string(data);
    if let Ok(decoded) = decode_jwt(&format!("e30.{payload}.AA")) {
        consistent(decoded.unverified_claims());
    }
}

fn consistent(claims: &SessionClaims) {
    let plain: Value = serde_json::from_str(claims.as_json()).unwrap_or_default();
    let text = |name: &str| plain[name].as_str();
    // Text with lone surrogates cannot be read plainly; everything else says the same.
    if plain.is_object() {
        assert_eq!(claims.subject(), text("sub"));
        assert_eq!(claims.session_id(), text("sid"));
        assert_eq!(claims.issuer(), text("iss"));
        assert_eq!(claims.authorized_party(), text("azp"));
        assert_eq!(claims.actor().is_some(), plain["act"].is_object());
    }
    for time in [
        claims.expires_at_ms(),
        claims.not_before_ms(),
        claims.issued_at_ms(),
    ] {
        assert!(
            time.is_none_or(|ms| ms % 1000 == 0),
            "claims are whole seconds"
        );
    }
    let subject = Subject::from(claims);
    let known_user = claims.subject().is_some_and(|id| !id.is_empty());
    if let Some(org) = claims.org() {
        assert!(!org.id().is_empty());
        for permission in org.permissions().to_list() {
            assert!(
                org.permissions().contains(&permission),
                "a listed permission is held"
            );
            if permission.starts_with("org:") && !permission.starts_with("org:org:") {
                assert_eq!(claims.has(Permission::new(&permission)), known_user);
            }
        }
        if let Some(role) = org.role().filter(|role| !role.is_empty()) {
            assert_eq!(claims.has(Role::new(role)), known_user);
        }
    } else {
        assert!(!claims.has(Role::new("admin")) && !claims.has(Permission::new("org:a:b")));
    }
    let params = &plain["params"];
    if let Some(condition) = Condition::from_params(params) {
        assert_eq!(
            subject.has(condition.clone()),
            condition.unmet_by(&subject).next().is_none()
        );
    }
    let _ = (
        claims.audience(),
        claims.status(),
        claims.factor_verification_age(),
        format!("{claims:?}"),
    );
}
