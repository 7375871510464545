//! A Frontend API under control, and a client that sees every byte.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_proxy::{FrontendProxy, FrontendProxyBuilder, ProxyBody};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc};

/// `clerk.example.com`, development.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";
pub(crate) const SECRET_KEY: &str = "sk_test_s3cr3t";
pub(crate) const TWENTY_MB: usize = 20 * 1024 * 1024;

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// A request as it reached the Frontend API.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let matching = self.headers.iter().filter(|(found, _)| found == name);
        matching.map(|(_, value)| value.as_str()).collect()
    }

    /// The only value of a header.
    pub(crate) fn one(&self, name: &str) -> &str {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{name}: {all:?}");
        all[0]
    }

    pub(crate) fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }
}

/// Serves each connection by a function.
pub(crate) async fn serve<F, Fut>(handle: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = std::io::Result<()>> + Send + 'static,
{
    serve_at(anywhere(), handle).await
}

/// Listens with small buffers, so that what the system holds back stays small beside what is sent.
pub(crate) fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_send_buffer_size(64 * 1024).unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind(address).unwrap();
    socket.listen(64).unwrap()
}

/// Connects with small buffers.
pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(64 * 1024).unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.connect(address).await.unwrap()
}

pub(crate) fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

async fn serve_at<F, Fut>(address: SocketAddr, handle: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = listen(address);
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    address
}

/// A Frontend API that remembers requests and gives every one the same answer.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Upstream {
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::answering_at(anywhere(), answer).await
    }

    pub(crate) async fn answering_at(address: SocketAddr, answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        let address = serve_at(address, move |mut stream| {
            let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
            async move {
                while let Some(request) = read_request(&mut stream).await? {
                    log.lock().unwrap().push(request);
                    stream.write_all(&answer).await?;
                }
                Ok(())
            }
        })
        .await;
        Self { address, received }
    }

    pub(crate) async fn ok() -> Self {
        Self::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    pub(crate) fn last(&self) -> Received {
        self.received.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn proxy(&self) -> FrontendProxy {
        to(self.address).build().unwrap()
    }
}

/// A proxy for a Frontend API at an address, patient, so that a busy machine does not change the outcome.
pub(crate) fn to(address: SocketAddr) -> FrontendProxyBuilder {
    let minute = Duration::from_secs(60);
    FrontendProxy::builder()
        .publishable_key(PUBLISHABLE_KEY)
        .secret_key(SECRET_KEY)
        .fapi_url(format!("http://{address}"))
        .deadlines(
            clerk_http::Deadlines::new()
                .connect(minute)
                .first_byte(minute)
                .total(2 * minute),
        )
        .idle_timeout(minute)
}

pub(crate) async fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        text.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

fn parse_head(head: &str) -> Received {
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    });
    Received {
        line,
        headers: headers.collect(),
        body: Vec::new(),
    }
}

/// Reads a request with its body; `None` at the end of the connection.
pub(crate) async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Received>> {
    let Some(head) = read_head(stream).await? else {
        return Ok(None);
    };
    let mut request = parse_head(&head);
    if let [length] = request.all("content-length")[..] {
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await?;
        request.body = body;
    } else if request.all("transfer-encoding") == ["chunked"] {
        request.body = read_chunked(stream).await?;
    }
    Ok(Some(request))
}

async fn read_chunked(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(stream.read_u8().await?);
        }
        let size = String::from_utf8(line).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        stream.read_exact(&mut chunk).await?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

/// An answer as a client without any cleverness sees it.
pub(crate) struct Seen {
    pub(crate) head: Received,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn status(&self) -> u16 {
        self.head.target().parse().unwrap()
    }
}

/// Sends a request as text (with `connection: close`), and reads the answer to its end.
pub(crate) async fn exchange(address: SocketAddr, request: &str, body: &[u8]) -> Seen {
    let mut stream = connect(address).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    read_answer(&mut stream).await
}

pub(crate) async fn read_answer(stream: &mut TcpStream) -> Seen {
    let head = parse_head(&read_head(stream).await.unwrap().unwrap());
    let body = if head.all("transfer-encoding") == ["chunked"] {
        read_chunked(stream).await.unwrap()
    } else if let [length] = head.all("content-length")[..] {
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        body
    } else {
        let mut body = Vec::new();
        stream.read_to_end(&mut body).await.unwrap();
        body
    };
    Seen { head, body }
}

/// A request to the application at `http://app.example.com`.
pub(crate) fn request(method: &str, target: &str) -> Request<Full<Bytes>> {
    Request::builder()
        .method(method)
        .uri(target)
        .header("host", "app.example.com")
        .body(Full::default())
        .unwrap()
}

pub(crate) fn get(target: &str) -> Request<Full<Bytes>> {
    request("GET", target)
}

/// Status, headers and body of an answer.
pub(crate) async fn whole(response: Response<ProxyBody>) -> (u16, HeaderMap, Bytes) {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), parts.headers, body)
}

/// The code of an error answer, whose form is checked.
pub(crate) async fn error_code(response: Response<ProxyBody>) -> (u16, String) {
    let (status, headers, body) = whole(response).await;
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "no-store");
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let errors = json["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert!(!errors[0]["message"].as_str().unwrap().is_empty());
    (status, errors[0]["code"].as_str().unwrap().to_owned())
}

/// Waits until a counter has stood still for a while, and returns it.
pub(crate) async fn settled(counter: &AtomicUsize) -> usize {
    let mut before = usize::MAX;
    let mut quiet = 0;
    while quiet < 5 {
        let now = counter.load(Ordering::SeqCst);
        quiet = if now == before && now > 0 {
            quiet + 1
        } else {
            0
        };
        before = now;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    before
}

/// Waits for something that has to happen.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .unwrap()
}

/// The byte at a place of a long body, so that pieces in the wrong order show.
pub(crate) fn pattern(from: usize, length: usize) -> Vec<u8> {
    (from..from + length).map(|at| (at % 251) as u8).collect()
}

/// A Frontend API that answers with 20 MB as fast as they are taken, and counts what it got rid of.
pub(crate) async fn fountain() -> (SocketAddr, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let (sent, broken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&sent), Arc::clone(&broken));
    let address = serve(move |mut stream| {
        let (sent, broken) = (Arc::clone(&counters.0), Arc::clone(&counters.1));
        async move {
            while read_request(&mut stream).await?.is_some() {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {TWENTY_MB}\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                for from in (0..TWENTY_MB).step_by(16 * 1024) {
                    if let Err(error) = stream.write_all(&pattern(from, 16 * 1024)).await {
                        broken.fetch_add(1, Ordering::SeqCst);
                        return Err(error);
                    }
                    sent.fetch_add(16 * 1024, Ordering::SeqCst);
                }
            }
            Ok(())
        }
    })
    .await;
    (address, sent, broken)
}

/// A Frontend API that takes no body until told to, and then answers with how much it took and whether it was whole.
pub(crate) async fn drain(may_take: Arc<Notify>) -> SocketAddr {
    serve(move |mut stream| {
        let may_take = Arc::clone(&may_take);
        async move {
            let head = parse_head(&read_head(&mut stream).await?.unwrap());
            may_take.notified().await;
            let body = if head.all("content-length").is_empty() {
                read_chunked(&mut stream).await?
            } else {
                let mut body = vec![0; head.one("content-length").parse().unwrap()];
                stream.read_exact(&mut body).await?;
                body
            };
            let text = format!("{} {}", body.len(), body == pattern(0, body.len()));
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            );
            stream.write_all(answer.as_bytes()).await
        }
    })
    .await
}

/// A Frontend API that never answers, and says when a connection ends.
pub(crate) async fn silence() -> (SocketAddr, mpsc::UnboundedReceiver<&'static str>) {
    let (tell, told) = mpsc::unbounded_channel();
    let address = serve(move |mut stream| {
        let tell = tell.clone();
        async move {
            read_head(&mut stream).await?;
            tell.send("begun").unwrap();
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            // A chunked body that broke off has no last chunk.
            let complete = rest.ends_with(b"0\r\n\r\n");
            tell.send(if complete { "complete" } else { "ended" })
                .unwrap();
            Ok(())
        }
    })
    .await;
    (address, told)
}
