//! A server on this machine that gives one answer to everything, and counts what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// What the server answers.
pub(crate) struct Reply {
    status: u16,
    headers: String,
    body: String,
    is_held: bool,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: String::from("content-type: application/json\r\n"),
            body: body.to_owned(),
            is_held: false,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers += &format!("{name}: {value}\r\n");
        self
    }

    /// Keeps everybody waiting until [`CountingServer::release`].
    pub(crate) fn held(mut self) -> Self {
        self.is_held = true;
        self
    }
}

pub(crate) struct CountingServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    counts: Mutex<BTreeMap<String, usize>>,
    answer: String,
    is_held: Mutex<bool>,
    released: Condvar,
}

impl CountingServer {
    pub(crate) fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let Reply {
            status,
            headers,
            body,
            is_held,
        } = reply;
        let length = body.len();
        let shared = Arc::new(Shared {
            counts: Mutex::default(),
            answer: format!(
                "HTTP/1.1 {status} Answer\r\n{headers}content-length: {length}\r\n\r\n{body}"
            ),
            is_held: Mutex::new(is_held),
            released: Condvar::new(),
        });
        let served = Arc::clone(&shared);
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = Arc::clone(&served);
                std::thread::spawn(move || shared.serve(&connection));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often a path was asked for, whatever its query.
    pub(crate) fn count(&self, path: &str) -> usize {
        let counts = self.shared.counts.lock().unwrap();
        counts.get(path).copied().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> usize {
        self.shared.counts.lock().unwrap().values().sum()
    }

    /// Answers those that wait, and everybody else from now on.
    pub(crate) fn release(&self) {
        *self.shared.is_held.lock().unwrap() = false;
        self.shared.released.notify_all();
    }
}

impl Shared {
    fn serve(&self, connection: &TcpStream) {
        let mut reader = BufReader::new(connection);
        while let Some(path) = read_request(&mut reader) {
            *self.counts.lock().unwrap().entry(path).or_default() += 1;
            let held = self.is_held.lock().unwrap();
            drop(self.released.wait_while(held, |held| *held).unwrap());
            let mut writer = connection;
            if writer.write_all(self.answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// Reads a request whole and says which path it asks for; `None` at the end of the connection.
fn read_request(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let target = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(target.split('?').next().unwrap_or_default().to_owned())
}
