//! SHA-1 and SHA-256.

use super::Provider;

/// The SHA-1 of `data`: for Clerk's cookie suffix only, it is not fit to protect anything.
#[must_use]
pub fn sha1(data: &[u8]) -> [u8; 20] {
    match Provider::default() {
        #[cfg(feature = "ring")]
        Provider::Ring => super::ring::sha1(data),
        #[cfg(feature = "aws-lc-rs")]
        Provider::AwsLcRs => super::aws_lc::sha1(data),
    }
}

/// The SHA-256 of `data`.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    match Provider::default() {
        #[cfg(feature = "ring")]
        Provider::Ring => super::ring::sha256(data),
        #[cfg(feature = "aws-lc-rs")]
        Provider::AwsLcRs => super::aws_lc::sha256(data),
    }
}
