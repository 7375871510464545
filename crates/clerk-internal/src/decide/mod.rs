//! The decision: a pure function of a request, the settings and the answers to what it asked for.
//!
//! It never waits. Where something has to be fetched first, it says what; whoever drives it fetches that and
//! asks again.

mod alone;
mod answers;
mod cookie;
mod cross_origin;
mod development;
mod handshake;
mod handshake_return;
mod header;
mod machine;
mod organization;
mod refresh;
#[cfg(feature = "token-cache")]
mod remembered;
mod satellite;
mod session_error;
mod set_cookie;
mod states;
mod verify;

use std::fmt;

use clerk_core::Secret;
use clerk_tokens::{AcceptsToken, TokenType};

pub(crate) use alone::verify as verify_alone;
pub(crate) use answers::{Answers, KeysAtHand};
pub use answers::{CallFailure, RefreshFailure};
pub(crate) use machine::{MachineProblem, alone as verify_machine};

use crate::context::RequestContext;
use crate::state::{AuthErrorReason, Reason, RequestState};
use crate::token_type::MachineTokenType;

/// What is known about a request so far.
#[derive(Debug)]
#[non_exhaustive]
pub enum Decision {
    /// The outcome.
    State(RequestState),
    /// Something has to be fetched before the outcome is known.
    Needs(Need),
}

/// What has to be fetched.
#[non_exhaustive]
pub enum Need {
    /// The signing key with this id; `None` where the token names none.
    Key {
        /// The key's id as the token claims it: unverified.
        kid: Option<String>,
    },
    /// The answer of a handshake, by its number.
    HandshakePayload {
        /// The number.
        nonce: Secret,
    },
    /// A fresh session token.
    Refresh(RefreshRequest),
    /// Whether an opaque machine token is good.
    MachineToken {
        /// Its kind.
        token_type: MachineTokenType,
        /// The token.
        token: Secret,
    },
}

/// A call for a fresh session token.
#[derive(Clone)]
#[non_exhaustive]
pub struct RefreshRequest {
    /// The session.
    pub session_id: String,
    /// The expired token.
    pub expired_token: Secret,
    /// The refresh token.
    pub refresh_token: Secret,
    /// The public origin of the request.
    pub request_origin: String,
    /// The headers of the request.
    pub request_headers: Vec<(String, Secret)>,
    /// Whether the cookies with suffix are in use.
    pub suffixed_cookies: bool,
}

impl fmt::Debug for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { kid } => f.debug_struct("Key").field("kid", kid).finish(),
            Self::HandshakePayload { .. } => f.write_str("HandshakePayload"),
            Self::Refresh(request) => request.fmt(f),
            Self::MachineToken { token_type, .. } => f
                .debug_struct("MachineToken")
                .field("token_type", token_type)
                .finish_non_exhaustive(),
        }
    }
}

impl fmt::Debug for RefreshRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshRequest")
            .field("session_id", &self.session_id)
            .finish_non_exhaustive()
    }
}

/// One question: the request and what has been fetched for it so far.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a, 'c> {
    pub(crate) cx: &'a RequestContext<'c>,
    pub(crate) answers: &'a Answers,
    pub(crate) keys: &'a dyn KeysAtHand,
    pub(crate) settings: &'a std::sync::Arc<crate::settings::Settings>,
    /// Whether there is anybody to make calls.
    pub(crate) can_call: bool,
    /// Whether signing keys can be fetched.
    pub(crate) can_load_keys: bool,
    pub(crate) notices: &'a crate::notice::Notices,
    #[cfg(feature = "token-cache")]
    pub(crate) cache: Option<&'a clerk_tokens::TokenCache>,
}

/// Decides.
pub(crate) fn decide(case: Case<'_, '_>) -> Decision {
    // MW-38: no handshake either, for there is nobody to shake hands with.
    if case.settings.for_nobody {
        return case.signed_out(
            AuthErrorReason::SessionTokenAndUatMissing,
            "There are no keys: nobody can be signed in.",
        );
    }
    #[cfg(feature = "token-cache")]
    if let Some(decision) = remembered::decide(case) {
        return decision;
    }
    let accepts = &case.cx.settings.accepts;
    let presented = case.cx.header_token();
    // REQ-10: no verification where the kind is not accepted anyway.
    if let AcceptsToken::AnyOf(_) = accepts {
        let token_type =
            presented.map_or(TokenType::Session, clerk_tokens::PresentedToken::token_type);
        if !accepts.accepts(token_type) {
            return case.invalid_token();
        }
    }
    match (presented, accepts) {
        (Some(token), AcceptsToken::One(TokenType::Session)) => header::session(case, token),
        (Some(token), AcceptsToken::One(one)) => match MachineTokenType::of(*one) {
            Some(machine) => machine::single(case, token, machine),
            None => case.invalid_token(),
        },
        (Some(token), _) => match MachineTokenType::of(token.token_type()) {
            Some(machine) => machine::verify(case, token, machine),
            None => header::session(case, token),
        },
        (None, AcceptsToken::One(one)) if *one != TokenType::Session => {
            case.signed_out_as(*one, Reason::NoTokenInHeader, "")
        }
        (None, _) => cookie::decide(case),
    }
}
