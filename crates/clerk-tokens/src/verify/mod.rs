//! Verification: header, signature, claims, in that order.

mod audience;
mod checks;
mod functions;
mod machine;
mod message;
mod options;
mod verifier;

pub use functions::{
    VerifyTokenOptions, has_valid_signature, verify_decoded_jwt, verify_jwt, verify_token,
};
pub use machine::{MachineClaims, verify_m2m_jwt, verify_machine_jwt, verify_oauth_jwt};
pub use options::{AudienceMode, DEFAULT_CLOCK_SKEW, VerifyOptions};
pub use verifier::{LocalKeys, TokenVerifier};
