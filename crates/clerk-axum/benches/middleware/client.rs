//! Requests over connections that stay open.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// Open connections, with a request in flight on each.
const CONNECTIONS: usize = 8;

pub(crate) struct Client {
    connections: RefCell<Vec<TcpStream>>,
    request: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, path: &str, token: &str) -> Self {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: app.example.com\r\nuser-agent: bench\r\naccept: */*\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        let connect = |_| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        Self {
            connections: RefCell::new((0..CONNECTIONS).map(connect).collect()),
            request: request.into_bytes(),
        }
    }

    /// Sends `count` requests; each has to be answered with 200.
    pub(crate) fn run(&self, count: usize) {
        let mut connections = self.connections.borrow_mut();
        for _ in 0..count / CONNECTIONS {
            for stream in connections.iter_mut() {
                stream.write_all(&self.request).unwrap();
            }
            for stream in connections.iter_mut() {
                read(stream);
            }
        }
    }
}

/// One short answer, which comes in one piece or few.
pub(crate) fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the server closed the connection");
        answer.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("HTTP/1.1 200"), "{text}");
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap();
        let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
        if body.len() >= length {
            return body.to_owned();
        }
    }
}
