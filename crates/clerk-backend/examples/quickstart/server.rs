//! An endpoint that only users may call, on loopback, and a client that calls it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use clerk_backend::authz::{Permission, Role};

use super::{Decision, Gate};

/// Requests with a longer head are not read.
const MAX_HEAD: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that runs until the process ends.
pub(super) struct Server {
    address: SocketAddr,
}

impl Server {
    pub(super) fn start(gate: Gate) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that goes away is not the server's trouble.
                let _ = answer(&gate, connection);
            }
        });
        Ok(Self { address })
    }

    /// Calls the endpoint; gives status and content of the answer.
    pub(super) fn get_me(&self, token: Option<&str>) -> io::Result<String> {
        let mut connection = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        let authorization = token.map_or_else(String::new, |token| {
            format!("Authorization: Bearer {token}\r\n")
        });
        write!(
            connection,
            "GET /me HTTP/1.1\r\nHost: {}\r\n{authorization}\r\n",
            self.address
        )?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let (head, content) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let status = head
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("HTTP/1.1 ");
        Ok(format!("{status}: {content}"))
    }
}

fn answer(gate: &Gate, mut connection: TcpStream) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(&mut connection)?;
    let (status, content) = respond(gate, &head);
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{content}",
        content.len()
    )
}

fn respond(gate: &Gate, head: &str) -> (&'static str, String) {
    if !head.starts_with("GET /me ") {
        return ("404 Not Found", "there is only GET /me".to_owned());
    }
    let token = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(name, value)| {
            let is_authorization = name.eq_ignore_ascii_case("authorization");
            is_authorization.then(|| value.trim().strip_prefix("Bearer "))?
        });
    let Some(token) = token else {
        return ("401 Unauthorized", "no token".to_owned());
    };
    match gate.decide(token) {
        Decision::User(claims) => {
            let admin = claims.has(Role::new("org:admin").and(Permission::new("org:reports:read")));
            let rights = if admin { ", who may read reports" } else { "" };
            ("200 OK", format!("hello {}{rights}", claims.user_id()))
        }
        Decision::Machine(id) => ("403 Forbidden", format!("{id} is not a user")),
        Decision::Refused(reason) => ("401 Unauthorized", reason),
    }
}

/// Reads up to the empty line.
fn read_head(connection: &mut TcpStream) -> io::Result<String> {
    let mut head = String::new();
    for line in BufReader::new(connection.take(MAX_HEAD)).lines() {
        let line = line?;
        if line.is_empty() {
            return Ok(head);
        }
        head.push_str(&line);
        head.push('\n');
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}
