//! From text to a JWT, without a key and without a judgement.

use std::fmt;
use std::sync::Arc;

use clerk_errors::{TokenVerificationAction, TokenVerificationError, TokenVerificationReason};

use crate::claims::{Payload, SPARE};
use crate::{Header, SessionClaims, base64url};

/// The longest token that is decoded unless another bound is asked for, in bytes.
pub const DEFAULT_MAX_TOKEN_LENGTH: usize = 16 * 1024;

/// A JWT taken apart. Nothing in it has been verified.
///
/// A request's token is decoded once; verification takes this value.
#[derive(Clone)]
pub struct DecodedJwt<'a> {
    token: &'a str,
    signed_len: usize,
    header_len: usize,
    header: Arc<Header>,
    claims: SessionClaims,
    signature: Vec<u8>,
}

/// Takes a JWT apart, without verifying anything.
///
/// ```
/// let decoded = clerk_tokens::decode_jwt("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ1c2VyXzEifQ.AA")?;
/// assert_eq!(decoded.unverified_claims().user_id(), "user_1");
/// # Ok::<(), clerk_tokens::TokenVerificationError>(())
/// ```
///
/// # Errors
///
/// `token-invalid` if the text is longer than [`DEFAULT_MAX_TOKEN_LENGTH`], does not have three parts in
/// base64url, or header or payload are not JSON objects.
pub fn decode_jwt(token: &str) -> Result<DecodedJwt<'_>, TokenVerificationError> {
    decode_jwt_within(token, DEFAULT_MAX_TOKEN_LENGTH)
}

/// [`decode_jwt`] with another bound for the token's length, in bytes.
///
/// # Errors
///
/// As [`decode_jwt`].
pub fn decode_jwt_within(
    token: &str,
    max_length: usize,
) -> Result<DecodedJwt<'_>, TokenVerificationError> {
    let parts = Parts::split(token, max_length)?;
    let header = Arc::new(parts.decode_header()?);
    parts.decode_rest(header)
}

/// The three parts of a token, still encoded.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    token: &'a str,
    pub(crate) header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(token: &'a str, max_length: usize) -> Result<Self, TokenVerificationError> {
        if token.len() > max_length {
            return Err(invalid("The token is too long to be a JWT of Clerk's."));
        }
        // JWT-1: further dots end up within the payload, which then is not base64url.
        match token
            .split_once('.')
            .and_then(|(header, rest)| Some((header, rest.rsplit_once('.')?)))
        {
            Some((header, (payload, signature))) => Ok(Self {
                token,
                header,
                payload,
                signature,
            }),
            None => Err(invalid(
                "The token does not have three parts: a header, a payload and a signature.",
            )),
        }
    }

    pub(crate) fn decode_header(&self) -> Result<Header, TokenVerificationError> {
        base64url::decode(self.header, 0)
            .map(json_text)
            .and_then(Header::parse)
            .ok_or_else(undecodable)
    }

    pub(crate) fn decode_rest(
        self,
        header: Arc<Header>,
    ) -> Result<DecodedJwt<'a>, TokenVerificationError> {
        let payload = base64url::decode(self.payload, SPARE)
            .map(json_text)
            .and_then(Payload::parse)
            .ok_or_else(undecodable)?;
        let signature = base64url::decode(self.signature, 0).ok_or_else(undecodable)?;
        Ok(DecodedJwt {
            token: self.token,
            signed_len: self.header.len() + 1 + self.payload.len(),
            header_len: self.header.len(),
            header,
            claims: SessionClaims::new(payload),
            signature,
        })
    }
}

impl<'a> DecodedJwt<'a> {
    /// The token's text.
    #[must_use]
    pub fn token(&self) -> &'a str {
        self.token
    }

    /// What the signature is over: the first two parts as they came, joined by a dot.
    #[must_use]
    pub fn signed_text(&self) -> &'a str {
        self.token.get(..self.signed_len).unwrap_or_default()
    }

    /// The header, still encoded.
    #[must_use]
    pub fn raw_header(&self) -> &'a str {
        self.token.get(..self.header_len).unwrap_or_default()
    }

    /// The header, which anyone can have written.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, which anyone can have written.
    #[must_use]
    pub fn unverified_claims(&self) -> &SessionClaims {
        &self.claims
    }

    /// The signature's bytes.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) fn into_claims(self) -> SessionClaims {
        self.claims
    }

    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub(crate) fn shared_header(&self) -> &Arc<Header> {
        &self.header
    }
}

impl fmt::Debug for DecodedJwt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the signature a copy of this in a log is of no use to a thief.
        f.debug_struct("DecodedJwt")
            .field("header", &self.header)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

/// The text of decoded bytes: malformed UTF-8 is replaced and one leading byte order mark dropped (JWT-4).
fn json_text(bytes: Vec<u8>) -> String {
    let mut text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

fn undecodable() -> TokenVerificationError {
    invalid(
        "The token is not a JWT: its parts must be base64url, its header and payload JSON objects.",
    )
}

fn invalid(message: &'static str) -> TokenVerificationError {
    TokenVerificationError::new(TokenVerificationReason::TokenInvalid, message)
        .with_action(TokenVerificationAction::EnsureClerkJwt)
}
