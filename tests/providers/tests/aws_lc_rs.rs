//! aws-lc-rs alone.
#![cfg(all(
    feature = "aws-lc-rs",
    not(feature = "ring"),
    not(feature = "foreign-default")
))]

use clerk_http::TlsProvider;
use clerk_provider_modes::{check, serve};
use rustls::crypto::{CryptoProvider, aws_lc_rs};

#[tokio::test]
async fn tls_and_tokens_work() {
    assert_eq!(TlsProvider::default(), TlsProvider::AwsLcRs);
    check(serve(aws_lc_rs::default_provider()).await, |builder| {
        builder
    })
    .await;
    assert!(CryptoProvider::get_default().is_none());
}
