//! ring alone.
#![cfg(all(
    feature = "ring",
    not(feature = "aws-lc-rs"),
    not(feature = "foreign-default")
))]

use clerk_http::TlsProvider;
use clerk_provider_modes::{check, serve};
use rustls::crypto::{CryptoProvider, ring};

#[tokio::test]
async fn tls_and_tokens_work() {
    assert_eq!(TlsProvider::default(), TlsProvider::Ring);
    check(serve(ring::default_provider()).await, |builder| builder).await;
    // Nothing was installed for the whole process.
    assert!(CryptoProvider::get_default().is_none());
}
