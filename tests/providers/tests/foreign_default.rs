//! Somebody else has installed a default for the process, and one that cannot do anything at that.
#![cfg(all(
    feature = "foreign-default",
    any(feature = "ring", feature = "aws-lc-rs")
))]
#![allow(clippy::unwrap_used, reason = "tests")]

use clerk_provider_modes::{check, serve};
use rustls::crypto::CryptoProvider;

#[cfg(not(feature = "ring"))]
use rustls::crypto::aws_lc_rs as ours;
#[cfg(feature = "ring")]
use rustls::crypto::ring as ours;

#[tokio::test]
async fn it_is_neither_used_nor_replaced() {
    let useless = CryptoProvider {
        cipher_suites: Vec::new(),
        kx_groups: Vec::new(),
        ..ours::default_provider()
    };
    useless.install_default().unwrap();
    check(serve(ours::default_provider()).await, |builder| builder).await;
    assert!(
        CryptoProvider::get_default()
            .unwrap()
            .cipher_suites
            .is_empty()
    );
}
