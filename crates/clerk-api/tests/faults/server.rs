//! A server that follows a script, request by request, and writes down what it was sent.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_api::Client;
use clerk_core::Clock;
use clerk_http::{
    ApiClient, Backoff, Deadlines, HyperTransport, Jitter, Retry, RetryPolicy, SharedRuntime,
    SharedTransport, TokioRuntime,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const USER: &str =
    r#"{"id":"user_1","object":"user","password_enabled":false,"created_at":1,"updated_at":1}"#;

/// What the server does with a request it has read.
#[derive(Clone)]
pub(crate) enum Act {
    /// Sends this, and goes on.
    Answer(String),
    /// Sends this, and closes the connection.
    AnswerAndClose(String),
    /// Closes the connection with a reset, after sending this.
    Reset(String),
    /// Sends this, then nothing more.
    AnswerAndHang(String),
    /// Sends this, then a byte now and then, without end.
    Drip(String),
}

/// An answer with its length.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Act {
    Act::Answer(format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// A JSON answer.
pub(crate) fn json(status: &str, headers: &str, body: &str) -> Act {
    answer(
        status,
        &format!("content-type: application/json\r\n{headers}"),
        body,
    )
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves by a script; its last act is repeated.
    pub(crate) async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let script: Arc<Mutex<VecDeque<Act>>> = Arc::new(Mutex::new(script.into_iter().collect()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, noted) = (Arc::clone(&script), Arc::clone(&noted));
                tokio::spawn(async move { drop(connection(stream, &script, &noted).await) });
            }
        });
        Self { address, requests }
    }

    /// A server whose port nobody listens on.
    pub(crate) async fn gone() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
        }
    }

    /// The first lines of the requests that arrived whole, without the version.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// A patient client, so that a busy machine does not change the outcome. Nothing is repeated.
    pub(crate) fn client(&self) -> Client {
        self.client_with(|transport| transport)
    }

    /// A client that repeats what is safe to repeat, five times at most, almost without waiting.
    pub(crate) fn repeating(&self) -> Client {
        let policy = RetryPolicy::safe()
            .max_attempts(5)
            .backoff(Backoff::new(
                Duration::from_millis(1),
                Duration::from_millis(1),
            ))
            .jitter(Jitter::None);
        let runtime = SharedRuntime::new(TokioRuntime::new());
        self.client_with(|transport| {
            SharedTransport::new(Retry::new(transport, policy, runtime, Clock::system()))
        })
    }

    fn client_with(&self, decorate: impl FnOnce(SharedTransport) -> SharedTransport) -> Client {
        let patient = Duration::from_secs(60);
        let transport = HyperTransport::builder()
            .deadlines(Deadlines::new().first_byte(patient).total(patient))
            .max_body(64 * 1024)
            .build()
            .unwrap();
        let http = ApiClient::builder(decorate(SharedTransport::new(transport)))
            .api_url(format!("http://{}", self.address))
            .secret_key("sk_test_x")
            .build()
            .unwrap();
        Client::new(http)
    }
}

async fn connection(
    mut stream: TcpStream,
    script: &Mutex<VecDeque<Act>>,
    noted: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    while let Some(request) = read(&mut stream).await? {
        noted.lock().unwrap().push(request);
        let act = {
            let mut script = script.lock().unwrap();
            let act = script.pop_front().unwrap();
            if script.is_empty() {
                script.push_back(act.clone());
            }
            act
        };
        match act {
            Act::Answer(text) => stream.write_all(text.as_bytes()).await?,
            Act::AnswerAndClose(text) => return stream.write_all(text.as_bytes()).await,
            Act::Reset(text) => {
                stream.write_all(text.as_bytes()).await?;
                stream.flush().await?;
                // What was sent has to arrive before the reset does.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return stream.set_zero_linger();
            }
            Act::AnswerAndHang(text) => {
                stream.write_all(text.as_bytes()).await?;
                std::future::pending::<()>().await;
            }
            Act::Drip(text) => {
                stream.write_all(text.as_bytes()).await?;
                loop {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    stream.write_all(b" ").await?;
                }
            }
        }
    }
    Ok(())
}

/// Reads a request whole; its first line without the version, or none at the end of the connection.
async fn read(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        text.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&text).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let line = String::from_utf8_lossy(&text);
    let line = line.lines().next().unwrap_or_default();
    Ok(Some(line.trim_end_matches(" HTTP/1.1").to_owned()))
}
