//! A session token that does not verify.

use clerk_errors::{TokenCarrier, TokenVerificationError, TokenVerificationReason};

use super::refresh::Refresh;
use super::{Case, Decision, handshake, refresh};
use crate::state::AuthErrorReason;

/// ERR-2 to ERR-6.
pub(super) fn decide(
    case: Case<'_, '_>,
    error: &TokenVerificationError,
    carrier: TokenCarrier,
) -> Decision {
    let message = error.to_string();
    match error.reason() {
        TokenVerificationReason::TokenExpired => match refresh::attempt(case, carrier) {
            Refresh::Decided(decision) => decision,
            Refresh::Failed(reason) => handshake::start(case, reason, message),
        },
        TokenVerificationReason::TokenNotActiveYet => {
            handshake::start(case, AuthErrorReason::SessionTokenNbf, message)
        }
        TokenVerificationReason::TokenIatInTheFuture => {
            handshake::start(case, AuthErrorReason::SessionTokenIatInTheFuture, message)
        }
        reason => case.signed_out(reason, message),
    }
}
