//! Errors of verification.

use clerk_errors::{TokenVerificationAction, TokenVerificationError, TokenVerificationReason};

/// How much of a claim is shown.
const SHOWN: usize = 64;

/// A failure that a Clerk-made token would not have.
pub(super) fn not_clerks(
    reason: TokenVerificationReason,
    message: impl Into<std::borrow::Cow<'static, str>>,
) -> TokenVerificationError {
    TokenVerificationError::new(reason, message)
        .with_action(TokenVerificationAction::EnsureClerkJwt)
}

/// Text of a token, made fit for a message that may end up in a header: quoted, ASCII, bounded.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::from("\"");
    for (count, c) in text.chars().enumerate() {
        if count == SHOWN {
            shown.push('…');
            break;
        }
        shown.extend(c.escape_default());
    }
    shown.push('"');
    shown.replace('…', "...")
}
