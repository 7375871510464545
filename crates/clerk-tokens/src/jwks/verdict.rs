//! Why there is no key, as an error about the token.

use clerk_errors::{
    TokenVerificationAction as Action, TokenVerificationError, TokenVerificationReason as Reason,
};

use super::LoadErrorKind;
use super::decide::Rejection;
use super::origin::Origin;

/// The longest part of a `kid` that is repeated in a message.
const MAX_SHOWN: usize = 64;

pub(super) fn rejected(rejection: Rejection, kid: &str, origin: &Origin) -> TokenVerificationError {
    match rejection {
        // JWKS-6: the kid that was asked for is named, those that are known are not.
        Rejection::UnknownKid { .. } => TokenVerificationError::new(
            Reason::JwkKidMismatch,
            format!(
                "No key at {origin} has the kid `{}` of the token.",
                shown(kid)
            ),
        )
        .with_action(Action::CheckKeys),
        Rejection::Unavailable { error, retry_after } => {
            let reason = match error.kind() {
                LoadErrorKind::SecretKeyInvalid => Reason::SecretKeyInvalid,
                _ => Reason::RemoteJwkFailedToLoad,
            };
            let message = format!("The keys at {origin} could not be loaded: {error}.");
            let mut verdict =
                TokenVerificationError::new(reason, message).with_action(Action::ContactSupport);
            if error.is_outage() {
                verdict = verdict.with_outage();
            }
            if let Some(wait) = retry_after {
                verdict = verdict.with_retry_after(wait);
            }
            verdict.with_source(error)
        }
    }
}

pub(super) fn unusable(kid: &str, origin: &Origin) -> TokenVerificationError {
    TokenVerificationError::new(
        Reason::TokenVerificationFailed,
        format!(
            "The key `{}` at {origin} does not verify RSA signatures.",
            shown(kid)
        ),
    )
    .with_action(Action::EnsureClerkJwt)
}

/// JWKS-27: what comes from an unverified token reaches headers and logs only in harmless letters.
fn shown(kid: &str) -> String {
    let harmless = |letter: char| match letter {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.' => letter,
        _ => '?',
    };
    let mut text: String = kid.chars().take(MAX_SHOWN).map(harmless).collect();
    if kid.chars().nth(MAX_SHOWN).is_some() {
        text.push_str("...");
    }
    text
}
