//! Verification of machine tokens that are JWTs.

use clerk_errors::{
    MachineTokenVerificationCode, MachineTokenVerificationError, TokenVerificationAction,
    TokenVerificationError, TokenVerificationReason,
};

use super::audience::check_audience;
use super::functions::verify_with_key;
use super::message::shown;
use super::options::{AudienceMode, VerifyOptions};
use super::verifier::LocalKeys;
use crate::claims::{M2mClaims, OAuthClaims};
use crate::kind::{OAUTH_HEADER_TYPES, is_oauth_header};
use crate::{
    CategoryPolicy, DecodedJwt, HeaderValue, PresentedToken, SessionClaims, TokenType, VerifyingKey,
};

/// The claims of a machine token that is a JWT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MachineClaims {
    /// Of an M2M token.
    M2m(M2mClaims),
    /// Of an OAuth access token.
    OAuth(OAuthClaims),
}

/// Verifies a machine token that is a JWT, as the kind that it is; see [`verify_m2m_jwt`] and [`verify_oauth_jwt`].
///
/// The keys are the *instance's*: a machine secret key gives no access to them.
///
/// # Errors
///
/// `token-invalid` if the token is not a JWT, or not of the right category; `token-verification-failed` for every
/// other failure, also if the JWT is no machine token, or there is no key; `unexpected-error` if the token is
/// opaque, since only Clerk can verify that.
pub fn verify_machine_jwt(
    token: &PresentedToken<'_>,
    keys: Option<&LocalKeys>,
    options: &VerifyOptions,
) -> Result<MachineClaims, MachineTokenVerificationError> {
    let Some(decoded) = token.decoded() else {
        return Err(match token.decode_error() {
            // TOK-10.
            Some(error) => MachineTokenVerificationError::new(
                MachineTokenVerificationCode::TokenInvalid,
                error.message().to_owned(),
            )
            .with_token_error(error.clone()),
            None => MachineTokenVerificationError::new(
                MachineTokenVerificationCode::UnexpectedError,
                "The token is opaque: only Clerk can verify it.",
            ),
        });
    };
    match token.machine_token_type() {
        TokenType::M2m => {
            check_m2m_category(decoded)?;
            let key = find(keys, decoded)?;
            verify_m2m_jwt(decoded, key, options).map(MachineClaims::M2m)
        }
        _ if is_oauth_header(decoded.header()) => {
            let key = find(keys, decoded)?;
            verify_oauth_jwt(decoded, key, options).map(MachineClaims::OAuth)
        }
        // TOK-13.
        _ => Err(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::TokenVerificationFailed,
            format!(
                "The token is no machine token: its header type (typ) is {}, not one of {}.",
                match decoded.header().typ() {
                    HeaderValue::Text(typ) => shown(typ),
                    HeaderValue::Absent => "missing".to_owned(),
                    HeaderValue::Other => "not a text".to_owned(),
                },
                OAUTH_HEADER_TYPES.join(", "),
            ),
        )),
    }
}

/// TOK-31.
fn find<'k>(
    keys: Option<&'k LocalKeys>,
    decoded: &DecodedJwt<'_>,
) -> Result<&'k VerifyingKey, MachineTokenVerificationError> {
    match keys {
        Some(keys) => keys.find(decoded.header()),
        None => Err(TokenVerificationError::new(
            TokenVerificationReason::JwkFailedToResolve,
            "There is no key to verify the token with; a machine secret key gives no access to one.",
        )
        .with_action(TokenVerificationAction::SetClerkJwtKey)),
    }
    .map_err(failed)
}

/// Verifies an M2M JWT.
///
/// Of the options, audience, skew, clock and test keys count; authorized parties, issuer and header types are
/// session matters. The key is the *instance's*: a machine secret key gives no access to it.
///
/// # Errors
///
/// `token-invalid` if the token's category is not M2M; `token-verification-failed` for every other failure, with
/// the reason in [`token_error`](MachineTokenVerificationError::token_error).
pub fn verify_m2m_jwt(
    decoded: &DecodedJwt<'_>,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<M2mClaims, MachineTokenVerificationError> {
    check_m2m_category(decoded)?;
    // TOK-32.
    let options = machine_options(options)
        .audience(options.audience.iter())
        .audience_mode(options.audience_mode);
    verify(decoded, key, &options)
        .map(M2mClaims::new)
        .map_err(failed)
}

/// Verifies an OAuth access token that is a JWT (RFC 9068).
///
/// Of the options, audience (always [`AudienceMode::Strict`]), skew, clock and test keys count.
///
/// # Errors
///
/// `token-verification-failed`, with the reason in
/// [`token_error`](MachineTokenVerificationError::token_error).
pub fn verify_oauth_jwt(
    decoded: &DecodedJwt<'_>,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<OAuthClaims, MachineTokenVerificationError> {
    // TOK-35: the audience is judged last; TOK-36: the category is not.
    let checks = machine_options(options).header_types(OAUTH_HEADER_TYPES);
    let claims = verify(decoded, key, &checks).map_err(failed)?;
    check_audience(claims.payload(), &options.audience, AudienceMode::Strict).map_err(failed)?;
    Ok(OAuthClaims::new(claims))
}

/// TOK-30.
fn check_m2m_category(decoded: &DecodedJwt<'_>) -> Result<(), MachineTokenVerificationError> {
    if CategoryPolicy::M2m.accepts(decoded.header()) {
        return Ok(());
    }
    Err(MachineTokenVerificationError::new(
        MachineTokenVerificationCode::TokenInvalid,
        "The token's category is not that of M2M tokens.",
    ))
}

/// What of the options holds for every machine token.
fn machine_options(options: &VerifyOptions) -> VerifyOptions {
    let mut machine = VerifyOptions::with_clock(options.clock.clone());
    machine.clock_skew_ns = options.clock_skew_ns;
    machine.allow_test_keys = options.allow_test_keys;
    machine
}

fn verify(
    decoded: &DecodedJwt<'_>,
    key: &VerifyingKey,
    options: &VerifyOptions,
) -> Result<SessionClaims, TokenVerificationError> {
    let algorithm = options.check_header_as(decoded.header(), CategoryPolicy::Any)?;
    verify_with_key(decoded, algorithm, key, options)
}

/// TOK-33: one code for all, and the reason kept within.
fn failed(error: TokenVerificationError) -> MachineTokenVerificationError {
    MachineTokenVerificationError::new(
        MachineTokenVerificationCode::TokenVerificationFailed,
        error.message().to_owned(),
    )
    .with_token_error(error)
}
