//! Making states.

use std::borrow::Cow;
use std::sync::Arc;

use clerk_tokens::{SessionClaims, TokenType};
use http::HeaderMap;

use super::{CallFailure, Case, Decision};
use crate::auth::{Auth, SessionAuth};
use crate::state::{
    About, AuthErrorReason, Reason, RequestState, SignedIn, SignedOut, Unavailable, push_debug,
};

impl Case<'_, '_> {
    pub(super) fn about(self) -> About {
        let relative = self
            .cx
            .instance()
            .and_then(|instance| instance.apis.proxy())
            .filter(|proxy| proxy.is_relative());
        About {
            settings: Arc::clone(self.settings),
            proxy_url: relative.and_then(|proxy| {
                let origin = self.cx.public_url()?.origin_str();
                Some(proxy.at(origin).into_owned())
            }),
        }
    }

    pub(super) fn signed_in(self, auth: Auth, headers: HeaderMap) -> Decision {
        Decision::State(RequestState::SignedIn(SignedIn {
            auth,
            headers,
            about: self.about(),
        }))
    }

    pub(super) fn signed_in_session(
        self,
        claims: SessionClaims,
        token: &str,
        headers: HeaderMap,
    ) -> Decision {
        self.signed_in(Auth::Session(SessionAuth::new(claims, token)), headers)
    }

    pub(super) fn signed_out(
        self,
        reason: impl Into<Reason>,
        message: impl Into<Cow<'static, str>>,
    ) -> Decision {
        self.signed_out_as(TokenType::Session, reason, message)
    }

    pub(super) fn signed_out_as(
        self,
        token_type: TokenType,
        reason: impl Into<Reason>,
        message: impl Into<Cow<'static, str>>,
    ) -> Decision {
        self.signed_out_with(token_type, reason.into(), message.into(), HeaderMap::new())
    }

    pub(super) fn signed_out_with(
        self,
        token_type: TokenType,
        reason: Reason,
        message: Cow<'static, str>,
        mut headers: HeaderMap,
    ) -> Decision {
        push_debug(&mut headers, "signed-out", &reason, &message);
        Decision::State(RequestState::SignedOut(SignedOut {
            auth: Auth::nobody_of(token_type),
            reason,
            message,
            headers,
            about: Some(self.about()),
        }))
    }

    /// STA-6: the token is of a kind that is not accepted.
    pub(super) fn invalid_token(self) -> Decision {
        let reason = Reason::Request(AuthErrorReason::TokenTypeMismatch);
        let mut headers = HeaderMap::new();
        push_debug(&mut headers, "signed-out", &reason, "");
        Decision::State(RequestState::SignedOut(SignedOut {
            auth: Auth::Invalid,
            reason,
            message: Cow::Borrowed(""),
            headers,
            about: None,
        }))
    }

    pub(super) fn unavailable(
        self,
        token_type: TokenType,
        reason: impl Into<Reason>,
        failure: &CallFailure,
    ) -> Decision {
        let reason = reason.into();
        let message = failure.message.clone();
        let mut headers = HeaderMap::new();
        push_debug(&mut headers, "unavailable", &reason, &message);
        Decision::State(RequestState::Unavailable(Unavailable {
            token_type: Some(token_type),
            reason,
            message,
            status: failure.status,
            retry_after: failure.retry_after,
            headers,
            about: self.about(),
        }))
    }
}
