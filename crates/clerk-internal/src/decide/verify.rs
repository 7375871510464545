//! Verifying a JWT with a key that is at hand, was fetched, or has to be asked for.

use clerk_errors::{
    TokenCarrier, TokenVerificationAction, TokenVerificationError, TokenVerificationReason,
};
use clerk_tokens::{
    DecodedJwt, PresentedToken, SessionClaims, VerifyOptions, VerifyingKey, decode_jwt,
    verify_decoded_jwt,
};

use super::{CallFailure, Case, Decision, Need};

/// Why there is no verified token yet, or will never be.
pub(super) enum Problem {
    Refused(Box<TokenVerificationError>),
    /// The key has to be fetched first.
    Needs(Box<Need>),
    /// The key could not be fetched, so nothing is known about the token.
    Outage {
        error: Box<TokenVerificationError>,
        failure: Box<CallFailure>,
    },
}

impl Problem {
    /// An outage, or a rejected secret key, says nothing about the token: the fault is not the caller's.
    fn of_key(error: TokenVerificationError) -> Self {
        let is_rejected = error.reason() == TokenVerificationReason::SecretKeyInvalid;
        if !error.is_outage() && !is_rejected {
            return Self::Refused(Box::new(error));
        }
        let mut failure = CallFailure::outage(error.message().to_owned());
        failure.retry_after = error.retry_after();
        Self::Outage {
            error: Box::new(error),
            failure: Box::new(failure),
        }
    }

    /// As a decision about a session token.
    pub(super) fn decide(
        self,
        case: Case<'_, '_>,
        refused: impl FnOnce(TokenVerificationError) -> Decision,
    ) -> Decision {
        match self {
            Self::Refused(error) => refused(*error),
            Self::Needs(need) => Decision::Needs(*need),
            Self::Outage { error, failure } => {
                case.unavailable(clerk_tokens::TokenType::Session, error.reason(), &failure)
            }
        }
    }
}

impl From<TokenVerificationError> for Problem {
    fn from(error: TokenVerificationError) -> Self {
        Self::Refused(Box::new(error))
    }
}

impl Case<'_, '_> {
    /// The key for a token whose header has been judged.
    pub(super) fn key(self, token: &DecodedJwt<'_>) -> Result<VerifyingKey, Problem> {
        let settings = self.cx.settings;
        if let Some(key) = &settings.jwt_key {
            return Ok(key.clone());
        }
        let kid = token.header().kid();
        let at_hand = || {
            if settings.skip_jwks_cache {
                return None;
            }
            self.keys.key(kid)
        };
        if let Some(answer) = self.answers.key(kid).or_else(at_hand) {
            return answer.map_err(Problem::of_key);
        }
        if !self.can_load_keys {
            return Err(TokenVerificationError::new(
                TokenVerificationReason::JwkFailedToResolve,
                "There is no key to verify the token with.",
            )
            .with_action(TokenVerificationAction::SetClerkJwtKey)
            .into());
        }
        Err(Problem::Needs(Box::new(Need::Key {
            kid: kid.map(str::to_owned),
        })))
    }

    pub(super) fn verify(
        self,
        token: &DecodedJwt<'_>,
        checks: &VerifyOptions,
    ) -> Result<SessionClaims, Problem> {
        // JWT-53: what the header gives away costs no key.
        checks.check_header(token.header())?;
        self.notices.session_token(self.settings);
        let claims = self.verified(token, checks)?;
        self.notices.issuer(self.cx, &claims);
        Ok(claims)
    }

    fn verified(
        self,
        token: &DecodedJwt<'_>,
        checks: &VerifyOptions,
    ) -> Result<SessionClaims, Problem> {
        let key = self.key(token)?;
        #[cfg(feature = "token-cache")]
        if let Some(cache) = self.cache {
            let is_trusted = |signed_by: &VerifyingKey, _: &clerk_tokens::Header| *signed_by == key;
            let verified = match cache.recall(token.token(), checks, is_trusted) {
                Some(verified) => verified,
                None => cache.verify_decoded(token, &key, checks),
            };
            return Ok(verified?);
        }
        Ok(verify_decoded_jwt(token, &key, checks)?)
    }

    /// The session token of a request; what refused it is kept, since the decision may have to ask again after a call.
    pub(super) fn verify_session(
        self,
        token: &PresentedToken<'_>,
        carrier: impl Into<Option<TokenCarrier>>,
    ) -> Result<SessionClaims, Problem> {
        let carrier = carrier.into();
        let carried = |error: TokenVerificationError| match carrier {
            Some(carrier) => error.with_carrier(carrier),
            None => error,
        };
        if let Some(error) = self.cx.refused.get() {
            return Err(error.clone().into());
        }
        let verified = match token.decoded() {
            Some(decoded) => self.verify(decoded, &self.cx.settings.session_checks),
            None => Err(undecodable(token).into()),
        };
        verified.map_err(|problem| match problem {
            Problem::Refused(error) => {
                let error = carried(*error);
                let _ = self.cx.refused.set(error.clone());
                Problem::Refused(Box::new(error))
            }
            Problem::Outage { error, failure } => Problem::Outage {
                error: Box::new(carried(*error)),
                failure,
            },
            needs @ Problem::Needs(_) => needs,
        })
    }
}

/// Why a text is no JWT.
pub(super) fn undecodable(token: &PresentedToken<'_>) -> TokenVerificationError {
    let error = match token.clone().into_decoded() {
        Err(error) => Some(error),
        Ok(_) => token.opaque().and_then(|text| decode_jwt(text).err()),
    };
    error.unwrap_or_else(|| {
        TokenVerificationError::new(
            TokenVerificationReason::TokenInvalid,
            "The token is not a session token.",
        )
    })
}

/// Whether a token says that it is something else than a session token.
pub(super) fn is_no_session(token: &PresentedToken<'_>) -> bool {
    token.decoded().is_some_and(|decoded| {
        token.token_type().is_machine()
            || !clerk_tokens::CategoryPolicy::Session.accepts(decoded.header())
    })
}
