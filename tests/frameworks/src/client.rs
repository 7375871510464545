//! A client that sends the bytes it is told to, whatever they are.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    host: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status; 0 where the connection was closed without an answer.
    pub status: u16,
    headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// A request without a body, for the host `localhost:3000`.
    #[must_use]
    pub fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            host: Some(b"localhost:3000".to_vec()),
            body: None,
        }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// A `POST`.
    #[must_use]
    pub fn post(target: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        let mut request = Self::new("POST", target);
        request.body = Some(body.into());
        request
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Adds a bearer token; none if it is empty.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        if token.is_empty() {
            return self;
        }
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Asks for a page, as browsers do.
    #[must_use]
    pub fn page(self) -> Self {
        self.header("sec-fetch-dest", "document")
            .header("accept", "text/html,application/xhtml+xml;q=0.9")
    }

    /// Sets the host; `None` sends none.
    #[must_use]
    pub fn host(mut self, host: Option<&[u8]>) -> Self {
        self.host = host.map(<[u8]>::to_vec);
        self
    }

    /// Sends it and reads the answer to its end.
    #[must_use]
    pub fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = connect(address);
        // A server may answer and close before it has read everything.
        let _ = stream.write_all(&self.bytes("close"));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&answer, self.method == "HEAD")
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self, connection: &str) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut push = |name: &str, value: &[u8]| {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        };
        if let Some(host) = &self.host {
            push("host", host);
        }
        push("connection", connection.as_bytes());
        for (name, value) in &self.headers {
            push(name, value);
        }
        if let Some(body) = &self.body {
            push("content-length", body.len().to_string().as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

/// A connection that gives up after ten seconds.
#[must_use]
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the application listens");
    let patience = Some(Duration::from_secs(10));
    stream.set_read_timeout(patience).expect("a timeout");
    stream.set_write_timeout(patience).expect("a timeout");
    stream
}

impl Answer {
    /// Reads an answer that ends with the connection.
    #[must_use]
    pub fn read(bytes: &[u8], is_head: bool) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(end) = end else {
            return Self {
                status: 0,
                headers: Vec::new(),
                body: String::new(),
            };
        };
        let mut lines = bytes[..end].split(|byte| *byte == b'\n');
        let status = lines.next().unwrap_or_default();
        let status = String::from_utf8_lossy(status);
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let headers: Vec<(String, Vec<u8>)> = lines
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
                Some((name, line[colon + 1..].trim_ascii().to_vec()))
            })
            .collect();
        let body = &bytes[end + 4..];
        let is_chunked = headers
            .iter()
            .any(|(name, value)| name == "transfer-encoding" && value.ends_with(b"chunked"));
        let body = match is_chunked && !is_head {
            true => unchunk(body),
            false => body.to_vec(),
        };
        Self {
            status: status.unwrap_or(0),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// Every value of a header.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<String> {
        self.headers
            .iter()
            .filter(|(found, _)| found == name)
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    /// The only value of a header; empty where it is absent.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        let mut values = self.values(name);
        assert!(values.len() < 2, "{name}: {values:?}");
        values.pop().unwrap_or_default()
    }

    /// The cookies that are set, as a browser sends them back.
    #[must_use]
    pub fn cookies(&self) -> Vec<String> {
        let pair = |cookie: String| cookie.split(';').next().unwrap_or_default().to_owned();
        self.values("set-cookie").into_iter().map(pair).collect()
    }
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = String::from_utf8_lossy(&body[..end]);
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let start = end + 2;
        if size == 0 || body.len() < start + size {
            break;
        }
        whole.extend_from_slice(&body[start..start + size]);
        body = &body[(start + size + 2).min(body.len())..];
    }
    whole
}
