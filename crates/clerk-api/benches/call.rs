//! What a typed call costs beyond hyper's own client: `cargo bench -p clerk-api`.
//!
//! Keep-alive connections to a server on loopback, in a thread of its own; 64 requests at a time; a user of 4 kB. All
//! of the client runs on the measured thread, the kernel's share included.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::net::SocketAddr;
use std::sync::mpsc;

use bytes::Bytes;
use clerk_api::Client;
use clerk_bench::{Case, measure};
use clerk_http::{ApiClient, HyperTransport, SharedTransport};
use clerk_types::models::User;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const USER: &str = include_str!("user.json");
const CONCURRENCY: usize = 64;
/// Requests of one task; one measured operation is all of them.
const REQUESTS: usize = 8;
const RAW: &str = "hyper-raw";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Answers every request on a connection with the user.
async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let body = USER.trim_end();
    let text = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncf-ray: 9a1b2c3d4e5f-AMS\r\ndate: Sat, 21 Mar 2026 00:00:00 GMT\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.set_nodelay(true)?;
    let (mut buffer, mut filled) = (vec![0; 8192], 0);
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            filled = 0;
            stream.write_all(text.as_bytes()).await?;
        }
    }
}

fn serve() -> SocketAddr {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            send.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
    });
    receive.recv().unwrap()
}

/// Runs one task per connection at once.
async fn at_once<F, Fut>(task: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for _ in 0..CONCURRENCY {
        tasks.spawn(task());
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn raw(client: legacy::Client<HttpConnector, Full<Bytes>>, url: String) -> Bytes {
    let request = Request::get(&url)
        .header("authorization", "Bearer sk_test_x")
        .body(Full::default())
        .unwrap();
    let answer = client.request(request).await.unwrap();
    answer.into_body().collect().await.unwrap().to_bytes()
}

fn main() {
    let address = serve();
    let runtime = runtime();
    let hyper: legacy::Client<HttpConnector, Full<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build_http();
    let url = format!("http://{address}/v1/users/user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ");
    let transport = SharedTransport::new(HyperTransport::builder().build().unwrap());
    let http = ApiClient::builder(transport)
        .api_url(format!("http://{address}"))
        .secret_key("sk_test_x")
        .build()
        .unwrap();
    let client = Client::new(http);
    println!("user of {} bytes, {CONCURRENCY} at a time", USER.len() - 1);

    let all_raw = || {
        runtime.block_on(at_once(|| {
            let (hyper, url) = (hyper.clone(), url.clone());
            async move {
                for _ in 0..REQUESTS {
                    assert_eq!(raw(hyper.clone(), url.clone()).await.len(), USER.len() - 1);
                }
            }
        }));
    };
    let all_parsed = || {
        runtime.block_on(at_once(|| {
            let (hyper, url) = (hyper.clone(), url.clone());
            async move {
                for _ in 0..REQUESTS {
                    let body = raw(hyper.clone(), url.clone()).await;
                    let user: User = serde_json::from_slice(&body).unwrap();
                    assert_eq!(user.email_addresses.len(), 2);
                }
            }
        }));
    };
    let all_typed = || {
        runtime.block_on(at_once(|| {
            let client = client.clone();
            async move {
                for _ in 0..REQUESTS {
                    let user = client.users().get("user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ").await;
                    assert_eq!(user.unwrap().email_addresses.len(), 2);
                }
            }
        }));
    };
    measure(&mut [
        Case::floor(RAW, all_raw),
        Case::against(RAW, "hyper-raw-and-parse", all_parsed),
        Case::against(RAW, "typed-call", all_typed).limit(1.9),
    ]);
}
