//! A gRPC server with tonic whose callers are Clerk's: `cargo run -p clerk-tower --example grpc`.
//!
//! Starts on a free port, calls itself without and with a session token, and prints what came back. The service is written by hand, so that
//! the example needs no protocol compiler; with generated code only the handler stays.
#![allow(clippy::print_stdout, reason = "an example")]

use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use clerk_core::{Clock, PublishableKey};
use clerk_internal::{AuthenticateOptions, Authenticator};
use clerk_testing::mint::{SessionTokenBuilder, TestKey};
use clerk_tokens::VerifyingKey;
use clerk_tower::{ClerkLayer, RejectionKind, RequestAuth};
use http::uri::PathAndQuery;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for (who, code) in run().await? {
        println!("{who}: {code:?}");
    }
    Ok(())
}

/// Starts the server and calls it as nobody and as a user.
pub(crate) async fn run() -> Result<Vec<(&'static str, Result<String, Code>)>, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = Server::builder()
        .layer(ClerkLayer::new(clerk()?))
        .add_service(Greeter)
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(server);

    let token = SessionTokenBuilder::new("user_ada").mint();
    let channel = Channel::from_shared(url)?.connect().await?;
    let mut answers = Vec::new();
    for (who, token) in [("nobody", None), ("a user", Some(token))] {
        let mut request = Request::new("hello".to_owned());
        if let Some(token) = token {
            let bearer = format!("Bearer {token}").parse()?;
            request.metadata_mut().insert("authorization", bearer);
        }
        let mut client = tonic::client::Grpc::new(channel.clone());
        client.ready().await?;
        let path = PathAndQuery::from_static("/greeter.Greeter/Greet");
        let answer = client.unary(request, path, Texts).await;
        answers.push((
            who,
            answer
                .map(Response::into_inner)
                .map_err(|status| status.code()),
        ));
    }
    Ok(answers)
}

/// The handler: asks the record of the layer, and answers in gRPC's terms.
fn greet(request: &Request<String>) -> Result<Response<String>, Status> {
    let auth = request.extensions().get::<RequestAuth>();
    let auth = auth.ok_or_else(|| Status::internal("ClerkLayer is missing"))?;
    let session = auth
        .require_session()
        .map_err(|rejection| match rejection.kind() {
            RejectionKind::Unauthenticated => Status::unauthenticated(rejection.message()),
            RejectionKind::Unauthorized => Status::permission_denied(rejection.message()),
            RejectionKind::Unavailable => Status::unavailable(rejection.message()),
            _ => Status::internal(rejection.message()),
        })?;
    let text = format!("{} {}", request.get_ref(), session.user_id());
    Ok(Response::new(text))
}

/// Keys that are published, so that the example runs by itself; an application uses `clerk_backend::Clerk::from_env()`.
fn clerk() -> Result<Authenticator, Box<dyn Error>> {
    let options = AuthenticateOptions::new()
        .publishable_key(PublishableKey::parse(
            "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk",
        )?)
        .jwt_key(VerifyingKey::from_jwt_key(TestKey::FIRST.public_pem())?)
        .allow_test_keys(true);
    Ok(Authenticator::builder(options)
        .clock(Clock::system())
        .build()?)
}

/// What a protocol compiler would write.
#[derive(Clone)]
struct Greeter;

impl NamedService for Greeter {
    const NAME: &'static str = "greeter.Greeter";
}

impl tower::Service<http::Request<Body>> for Greeter {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move { Ok(Grpc::new(Texts).unary(Greet, request).await) })
    }
}

struct Greet;

impl UnaryService<String> for Greet {
    type Response = String;
    type Future = Ready<Result<Response<String>, Status>>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        ready(greet(&request))
    }
}

/// Messages that are plain text.
#[derive(Clone, Copy)]
struct Texts;

impl Codec for Texts {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Texts {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(buffer, text.as_bytes());
        Ok(())
    }
}

impl Decoder for Texts {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let length = bytes::Buf::remaining(buffer);
        let bytes = bytes::Buf::copy_to_bytes(buffer, length);
        let text = String::from_utf8(bytes.into());
        text.map(Some)
            .map_err(|_| Status::invalid_argument("not UTF-8"))
    }
}
