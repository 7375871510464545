//! A tiny HTTP client for loopback: blocking, one request per connection.

#![allow(
    dead_code,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each test file uses a part of it; a test that cannot go on fails"
)]

use std::io::{Read, Write};
use std::net::TcpStream;

use clerk_testing::server::OfflineClerk;
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .map(|(_, value)| value.as_str())
            .collect()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The body, of an answer that must be a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.text()
        );
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }
}

/// Sends a request and reads the whole answer; `None` where the connection ends without one.
pub(crate) fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Answer> {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(authority).unwrap();
    let mut head = format!(
        "{method} /{path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        head.push_str(&format!("host: {authority}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Answer {
        status,
        headers,
        body: bytes[end + 4..].to_vec(),
    })
}

#[track_caller]
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_send(method, url, headers, body).unwrap()
}

/// A call of the Backend API with the secret key; `Value::Null` sends no body.
#[track_caller]
pub(crate) fn backend(offline: &OfflineClerk, method: &str, path: &str, body: &Value) -> Answer {
    backend_as(offline, offline.secret_key(), method, path, body)
}

/// A call of the Backend API with another key.
#[track_caller]
pub(crate) fn backend_as(
    offline: &OfflineClerk,
    key: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> Answer {
    let bearer = format!("Bearer {key}");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    send(
        method,
        &format!("{}{path}", offline.backend_url()),
        &headers,
        body.as_bytes(),
    )
}

/// A control call with the control token.
#[track_caller]
pub(crate) fn control(offline: &OfflineClerk, method: &str, path: &str, body: &Value) -> Answer {
    backend_as(
        offline,
        offline.control_token(),
        method,
        &format!("/__offline{path}"),
        body,
    )
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64_simd::URL_SAFE_NO_PAD.decode_to_vec(payload).unwrap()).unwrap()
}

/// Runs a future to its end.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// A running `offline-clerk serve`.
#[derive(Debug)]
pub(crate) struct Served {
    child: std::process::Child,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) control_token: String,
}

impl Served {
    /// Starts the binary on free ports and reads what it prints.
    pub(crate) fn start(binary: &str, options: &[&str]) -> Self {
        use std::io::BufRead;
        use std::process::{Command, Stdio};
        let mut child = Command::new(binary)
            .args(["serve", "--frontend-port", "0", "--backend-port", "0"])
            .args(options)
            .env_remove("CLERK_SECRET_KEY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut env = Vec::new();
        let mut control_token = String::new();
        for line in std::io::BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(pairs) = line.trim().strip_prefix("export ") {
                let pairs = pairs.split(' ').filter_map(|pair| pair.split_once('='));
                env.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            if let Some(token) = line.trim().strip_prefix("control token") {
                control_token = token.trim().to_owned();
            }
            if line.contains("424242") {
                break;
            }
        }
        Self {
            child,
            env,
            control_token,
        }
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        self.env
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
            .unwrap()
    }

    /// Stops it; what it wrote to the error output.
    pub(crate) fn stop(mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        let _ = self.child.stderr.take().unwrap().read_to_string(&mut text);
        text
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to the Backend API that is kept open.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: std::io::BufReader<TcpStream>,
    authority: String,
    bearer: String,
}

impl Connection {
    pub(crate) fn open(offline: &OfflineClerk) -> Self {
        let authority = offline.backend_url()["http://".len()..].to_owned();
        let stream = TcpStream::connect(&authority).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: std::io::BufReader::new(stream),
            authority,
            bearer: format!("Bearer {}", offline.secret_key()),
        }
    }

    /// Status and JSON body of a call.
    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        use std::io::BufRead;
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: {}\r\ncontent-length: {}\r\n\r\n{body}",
            self.authority,
            self.bearer,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

/// The origin of the application in tests.
pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// A browser: knows its dev browser token or its `__client` cookie.
pub(crate) struct Browser<'a> {
    pub(crate) offline: &'a OfflineClerk,
    pub(crate) live: bool,
    pub(crate) token: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(offline: &'a OfflineClerk) -> Self {
        let token = send(
            "POST",
            &format!("{}/v1/dev_browser", offline.frontend_url()),
            &[],
            b"",
        )
        .ok();
        Self {
            offline,
            live: false,
            token: token["id"].as_str().unwrap().to_owned(),
        }
    }

    /// A call as the browser library makes it: POST with `_method`, a form body, the origin of the page.
    pub(crate) fn call(&self, method: &str, path: &str, form: &str) -> Answer {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut url = format!(
            "{}/v1{path}{joint}__clerk_api_version=2026-08-20",
            self.offline.frontend_url()
        );
        if !self.live {
            url.push_str(&format!("&__clerk_db_jwt={}", self.token));
        }
        let wire = match method {
            "GET" | "POST" => method,
            other => {
                url.push_str(&format!("&_method={other}"));
                "POST"
            }
        };
        let cookie = format!("__client={}", self.token);
        let headers = [
            ("origin", ORIGIN),
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", cookie.as_str()),
        ];
        send(wire, &url, &headers, form.as_bytes())
    }

    pub(crate) fn sign_in(&self, form: &str) -> Value {
        self.call("POST", "/client/sign_ins", form).ok()["response"].clone()
    }
}
