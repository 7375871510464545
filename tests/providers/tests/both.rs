//! Both: aws-lc-rs unless the builder says otherwise.
#![cfg(all(
    feature = "ring",
    feature = "aws-lc-rs",
    not(feature = "foreign-default")
))]

use clerk_http::TlsProvider;
use clerk_provider_modes::{check, serve};
use rustls::crypto::{CryptoProvider, aws_lc_rs, ring};

#[tokio::test]
async fn tls_and_tokens_work_with_either() {
    assert_eq!(TlsProvider::default(), TlsProvider::AwsLcRs);
    for server in [ring::default_provider(), aws_lc_rs::default_provider()] {
        let address = serve(server).await;
        check(address, |builder| builder).await;
        check(address, |builder| builder.tls_provider(TlsProvider::Ring)).await;
        check(address, |builder| {
            builder.tls_provider(TlsProvider::AwsLcRs)
        })
        .await;
    }
    assert!(CryptoProvider::get_default().is_none());
}
