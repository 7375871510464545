//! Which library does the arithmetic.

/// The cryptography library that verifies and signs: one of those compiled in.
///
/// The default is aws-lc-rs where that feature is on, since whoever turned it on asked for it, and ring otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// The `ring` crate.
    #[cfg(feature = "ring")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ring")))]
    #[cfg_attr(not(feature = "aws-lc-rs"), default)]
    Ring,
    /// The `aws-lc-rs` crate.
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    #[default]
    AwsLcRs,
}

impl Provider {
    /// Every provider that is compiled in.
    pub const ALL: &'static [Self] = &[
        #[cfg(feature = "ring")]
        Self::Ring,
        #[cfg(feature = "aws-lc-rs")]
        Self::AwsLcRs,
    ];
}

/// The hash of an RSA signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-256, as in RS256.
    Sha256,
    /// SHA-384, as in RS384.
    Sha384,
    /// SHA-512, as in RS512.
    Sha512,
}
