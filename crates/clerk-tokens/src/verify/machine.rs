//! Verification of machine tokens that are JWTs.

use clerk_errors::{
    MachineTokenVerificationCode, MachineTokenVerificationError, TokenVerificationError,
};

use super::audience::check_audience;
use super::functions::verify_with_key;
use super::options::{AudienceMode, VerifyOptions};
use crate::claims::{M2mClaims, OAuthClaims};
use crate::kind::OAUTH_HEADER_TYPES;
use crate::{CategoryPolicy, DecodedJwt, SessionClaims, VerifyingKey};

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
    // TOK-30.
    if !CategoryPolicy::M2m.accepts(decoded.header()) {
        return Err(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::TokenInvalid,
            "The token's category is not that of M2M tokens.",
        ));
    }
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
