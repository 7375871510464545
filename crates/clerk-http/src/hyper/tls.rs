//! Which cryptography secures connections, and which certificates are trusted.

use std::sync::Arc;

use clerk_errors::{ConfigError, ConfigErrorKind};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!(
    "clerk-http: `webpki-roots` and `native-roots` need a crypto provider: turn on the feature `ring` or `aws-lc-rs`"
);

/// The implementation of TLS cryptography. The process-wide default of rustls is neither read nor set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsProvider {
    /// ring.
    #[cfg(feature = "ring")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ring")))]
    Ring,
    /// aws-lc-rs.
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    AwsLcRs,
}

impl TlsProvider {
    fn rustls(self) -> Arc<CryptoProvider> {
        Arc::new(match self {
            #[cfg(feature = "ring")]
            Self::Ring => rustls::crypto::ring::default_provider(),
            #[cfg(feature = "aws-lc-rs")]
            Self::AwsLcRs => rustls::crypto::aws_lc_rs::default_provider(),
        })
    }
}

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
impl Default for TlsProvider {
    /// aws-lc-rs where it is turned on, else ring.
    fn default() -> Self {
        #[cfg(feature = "aws-lc-rs")]
        return Self::AwsLcRs;
        #[cfg(not(feature = "aws-lc-rs"))]
        return Self::Ring;
    }
}

/// Whose certificates are trusted, besides those that are added one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Roots {
    /// Mozilla's list, compiled in.
    #[cfg(feature = "webpki-roots")]
    #[cfg_attr(docsrs, doc(cfg(feature = "webpki-roots")))]
    WebPki,
    /// The operating system's, by its own verifier.
    #[cfg(feature = "native-roots")]
    #[cfg_attr(docsrs, doc(cfg(feature = "native-roots")))]
    Native,
    /// Nobody's.
    None,
}

impl Default for Roots {
    /// The operating system's where that feature is turned on, else Mozilla's where that one is.
    fn default() -> Self {
        #[cfg(feature = "native-roots")]
        return Self::Native;
        #[cfg(all(feature = "webpki-roots", not(feature = "native-roots")))]
        return Self::WebPki;
        #[cfg(not(any(feature = "webpki-roots", feature = "native-roots")))]
        return Self::None;
    }
}

/// What the builder was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct TlsSettings {
    pub(super) provider: TlsProvider,
    pub(super) roots: Roots,
    pub(super) added_pem: Vec<Vec<u8>>,
}

impl TlsSettings {
    pub(super) fn build(&self) -> Result<ClientConfig, ConfigError> {
        let provider = self.provider.rustls();
        let added = self.added()?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable("the TLS provider").with_source(error))?;
        #[cfg(feature = "native-roots")]
        if self.roots == Roots::Native {
            let verifier =
                rustls_platform_verifier::Verifier::new_with_extra_roots(added, provider)
                    .map_err(|error| unusable("the system's certificates").with_source(error))?;
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth());
        }
        let mut store = RootCertStore::empty();
        #[cfg(feature = "webpki-roots")]
        if self.roots == Roots::WebPki {
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for certificate in added {
            store
                .add(certificate)
                .map_err(|error| unusable("an added root certificate").with_source(error))?;
        }
        Ok(builder.with_root_certificates(store).with_no_client_auth())
    }

    fn added(&self) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        let mut all = Vec::new();
        for pem in &self.added_pem {
            let before = all.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                all.push(certificate.map_err(|_| unusable("an added root certificate"))?);
            }
            if all.len() == before {
                return Err(unusable("an added root certificate").with_fix("give it as PEM"));
            }
        }
        Ok(all)
    }
}

fn unusable(setting: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Malformed, setting, "cannot be used")
}
