//! A TLS server on loopback, and what has to hold with every choice of cryptography.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "what a test is made of")]
#![allow(clippy::missing_panics_doc, reason = "panics are how tests fail")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clerk_errors::api::Sent;
use clerk_http::{
    ApiClient, Deadlines, HyperTransport, HyperTransportBuilder, SharedTransport, Transport,
    TransportErrorKind,
};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyOptions;
use clerk_tokens::jwks::{RemoteKeys, RemoteTokenVerifier};
use http::Request;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The authority that vouches for the server.
const AUTHORITY: &[u8] = include_bytes!("../certificates/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../certificates/loopback.pem");
const KEY: &[u8] = include_bytes!("../certificates/loopback.key.pem");

/// Serves a set with a test key over TLS.
pub async fn serve(provider: CryptoProvider) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let body = TestKey::jwk_set(&[TestKey::FIRST]).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut head = [0; 4096];
                let _read = stream.read(&mut head).await?;
                stream.write_all(answer.as_bytes()).await?;
                stream.shutdown().await
            });
        }
    });
    address
}

/// Everything that TLS is needed for, with the transport as `choose` leaves it.
pub async fn check(
    address: SocketAddr,
    choose: impl Fn(HyperTransportBuilder) -> HyperTransportBuilder,
) {
    let trusting = || choose(HyperTransport::builder().add_root_pem(AUTHORITY));

    // A token is verified with a key that came over TLS.
    let transport = SharedTransport::new(trusting().build().unwrap());
    let client = ApiClient::builder(transport)
        .api_url(format!("https://localhost:{}", address.port()))
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let verifier = RemoteTokenVerifier::new(
        RemoteKeys::backend_api(client).build(),
        VerifyOptions::new().allow_test_keys(),
    );
    let token = SessionTokenBuilder::new("user_1").mint();
    let claims = verifier.verify(&token).await.unwrap();
    assert_eq!(claims.user_id(), "user_1");

    // A certificate that nobody vouches for, and one for another name, are refused before anything is sent.
    let strict = choose(HyperTransport::builder()).build().unwrap();
    let error = strict.send(get("localhost", address)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (TransportErrorKind::Tls, Sent::No),
        "{error:?}"
    );
    let error = trusting()
        .build()
        .unwrap()
        .send(get("127.0.0.1", address))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (TransportErrorKind::Tls, Sent::No),
        "{error:?}"
    );

    // A server that never shakes hands meets the deadline for connecting.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hasty = trusting()
        .deadlines(Deadlines::new().connect(Duration::from_millis(200)))
        .build()
        .unwrap();
    let error = hasty
        .send(get("localhost", silent.local_addr().unwrap()))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (TransportErrorKind::Timeout, Sent::No)
    );

    // A root that is none is told at once.
    assert!(
        choose(HyperTransport::builder().add_root_pem("junk"))
            .build()
            .is_err()
    );
}

fn get(host: &str, address: SocketAddr) -> Request<Bytes> {
    let uri = format!("https://{host}:{}/v1/jwks", address.port());
    Request::builder().uri(uri).body(Bytes::new()).unwrap()
}
