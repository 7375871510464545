//! The checks, each a pure function of token, options and time.

use clerk_errors::{
    MeasuredSkew, TokenVerificationAction, TokenVerificationError, TokenVerificationReason,
};

use super::audience::check_audience;
use super::message::{not_clerks, shown};
use super::options::VerifyOptions;
use crate::claims::Payload;
use crate::fields::Field;
use crate::{Algorithm, CategoryPolicy, Header, HeaderValue, SessionClaims, VerifyingKey, time};

const DEFAULT_HEADER_TYPE: &str = "JWT";

impl VerifyOptions {
    /// Judges a header before any key is looked up: category, type, extensions, algorithm.
    ///
    /// # Errors
    ///
    /// `token-invalid` for a category, type or extension that is not accepted; `token-invalid-algorithm`.
    pub fn check_header(&self, header: &Header) -> Result<Algorithm, TokenVerificationError> {
        self.check_header_as(header, self.categories)
    }

    pub(crate) fn check_header_as(
        &self,
        header: &Header,
        categories: CategoryPolicy,
    ) -> Result<Algorithm, TokenVerificationError> {
        if !categories.accepts(header) {
            return Err(not_clerks(
                TokenVerificationReason::TokenInvalid,
                "The token is of a category that is not accepted here.",
            ));
        }
        self.check_header_type(header.typ())?;
        // JWT-8: whoever marks an extension as critical wants it understood.
        if header.has_critical_extensions() {
            return Err(not_clerks(
                TokenVerificationReason::TokenInvalid,
                "The token's header demands extensions (crit), and none is supported.",
            ));
        }
        header.algorithm().map_err(|_| {
            not_clerks(
                TokenVerificationReason::TokenInvalidAlgorithm,
                "The token's algorithm is none of RS256, RS384 and RS512.",
            )
        })
    }

    /// JWT-10.
    fn check_header_type(&self, typ: HeaderValue<'_>) -> Result<(), TokenVerificationError> {
        let accepted = match (&self.header_types, typ) {
            (None, HeaderValue::Absent) => true,
            (None, HeaderValue::Text(typ)) => typ == DEFAULT_HEADER_TYPE,
            (Some(types), HeaderValue::Text(typ)) => types.iter().any(|accepted| accepted == typ),
            (Some(_), HeaderValue::Absent) | (_, HeaderValue::Other) => false,
        };
        if accepted {
            return Ok(());
        }
        Err(not_clerks(
            TokenVerificationReason::TokenInvalid,
            match &self.header_types {
                None => "The token's header type (typ) is not JWT.".to_owned(),
                Some(types) => format!(
                    "The token's header type (typ) is none of {}.",
                    types.join(", ")
                ),
            },
        ))
    }

    /// Judges claims whose signature is known to be good.
    ///
    /// # Errors
    ///
    /// The first of: subject, audience, authorized party, issuer, expiry, start, issue time.
    pub fn check_claims(&self, claims: &SessionClaims) -> Result<(), TokenVerificationError> {
        let payload = claims.payload();
        let document = payload.document();
        let known = &payload.known;
        if known.sub.text(document).is_none() {
            return Err(not_clerks(
                TokenVerificationReason::TokenVerificationFailed,
                "The token's subject (sub) is missing or not a text.",
            ));
        }
        check_audience(payload, &self.audience, self.audience_mode)?;
        self.check_authorized_party(payload)?;
        self.check_issuer(payload)?;
        self.check_times(payload)
    }

    /// JWT-16.
    fn check_authorized_party(&self, payload: &Payload) -> Result<(), TokenVerificationError> {
        if self.authorized_parties.is_empty() {
            return Ok(());
        }
        let azp = payload.known.azp.non_empty_text(payload.document());
        if azp.is_some_and(|azp| self.authorized_parties.iter().any(|party| party == azp)) {
            return Ok(());
        }
        Err(TokenVerificationError::new(
            TokenVerificationReason::TokenInvalidAuthorizedParties,
            match azp {
                Some(azp) => format!(
                    "The token was made for {} (azp), which is none of the authorized parties.",
                    shown(azp)
                ),
                None => {
                    "The token does not say for which origin it was made (azp), and authorized \
                         parties are configured."
                        .to_owned()
                }
            },
        ))
    }

    /// JWT-17.
    fn check_issuer(&self, payload: &Payload) -> Result<(), TokenVerificationError> {
        if self.issuer.is_empty() {
            return Ok(());
        }
        let iss = payload.known.iss.text(payload.document());
        if iss.is_some_and(|iss| self.issuer.iter().any(|issuer| issuer == iss)) {
            return Ok(());
        }
        Err(not_clerks(
            TokenVerificationReason::TokenInvalidIssuer,
            match iss {
                Some(iss) => format!(
                    "The token was issued by {} (iss), which is none of the accepted issuers.",
                    shown(iss)
                ),
                None => "The token's issuer (iss) is missing or not a text.".to_owned(),
            },
        ))
    }

    /// JWT-18, JWT-19.
    fn check_times(&self, payload: &Payload) -> Result<(), TokenVerificationError> {
        let known = &payload.known;
        let now_ms = self.clock.now_ms();
        let exp_ms = time_claim(known.exp, "exp")?.ok_or_else(|| unfit("exp"))?;
        if self.is_past(exp_ms, now_ms) {
            return Err(TokenVerificationError::new(
                TokenVerificationReason::TokenExpired,
                "The token has expired.",
            )
            .with_skew(self.measured("exp", exp_ms, now_ms)));
        }
        if let Some(nbf_ms) = time_claim(known.nbf, "nbf")?
            && self.is_ahead(nbf_ms, now_ms)
        {
            return Err(TokenVerificationError::new(
                    TokenVerificationReason::TokenNotActiveYet,
                    "The token is not valid yet: either it is dated ahead, or this machine's clock is behind.",
                )
                .with_skew(self.measured("nbf", nbf_ms, now_ms)));
        }
        if let Some(iat_ms) = time_claim(known.iat, "iat")?
            && self.is_ahead(iat_ms, now_ms)
        {
            return Err(TokenVerificationError::new(
                    TokenVerificationReason::TokenIatInTheFuture,
                    "The token was issued in the future: either it is dated ahead, or this machine's clock is behind.",
                )
                .with_skew(self.measured("iat", iat_ms, now_ms)));
        }
        Ok(())
    }

    /// At the very instant of expiry plus skew, a token has expired.
    fn is_past(&self, claim_ms: i64, now_ms: i64) -> bool {
        ns(claim_ms) <= ns(now_ms) - self.clock_skew_ns
    }

    /// At the very instant of its start minus skew, a token is valid.
    fn is_ahead(&self, claim_ms: i64, now_ms: i64) -> bool {
        ns(claim_ms) > ns(now_ms) + self.clock_skew_ns
    }

    fn measured(&self, claim: &'static str, claim_ms: i64, now_ms: i64) -> MeasuredSkew {
        let allowed_ms = i64::try_from(self.clock_skew_ns / 1_000_000).unwrap_or(i64::MAX);
        MeasuredSkew::new(claim, claim_ms, now_ms, allowed_ms)
    }

    /// Refuses keys that everybody can sign with.
    pub(crate) fn check_key(&self, key: &VerifyingKey) -> Result<(), TokenVerificationError> {
        if key.is_test_key() && !self.allow_test_keys {
            return Err(TokenVerificationError::new(
                TokenVerificationReason::TokenVerificationFailed,
                "The verifying key is a published test key, with which anyone can sign. Tests can allow it.",
            )
            .with_action(TokenVerificationAction::SetClerkJwtKey));
        }
        Ok(())
    }
}

fn ns(ms: i64) -> i128 {
    i128::from(ms) * 1_000_000
}

/// A time claim in milliseconds, if it is there.
fn time_claim(field: Field, name: &'static str) -> Result<Option<i64>, TokenVerificationError> {
    match field {
        Field::Absent => Ok(None),
        // JWT-26: a time that no calendar holds is an error, not a time that never comes.
        Field::Number(seconds) => time::claim_ms(seconds).map(Some).ok_or_else(|| unfit(name)),
        Field::Text(_) | Field::Other(_) => Err(unfit(name)),
    }
}

fn unfit(name: &'static str) -> TokenVerificationError {
    let message = match name {
        "exp" => "The token's expiry (exp) is missing or not a usable time.",
        "nbf" => "The token's start (nbf) is not a usable time.",
        _ => "The token's issue time (iat) is not a usable time.",
    };
    not_clerks(TokenVerificationReason::TokenVerificationFailed, message)
}
