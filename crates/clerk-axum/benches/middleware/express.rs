//! Express with Clerk's own middleware, where Node and its packages are.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use clerk_testing::mint::TestKey;

use crate::client::{Client, read};

pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

pub(crate) struct Express {
    process: Child,
    address: SocketAddr,
    plain: Client,
    clerk: Client,
}

impl Express {
    /// `None` where there is no folder with its packages.
    pub(crate) fn start(token: &str) -> Option<Self> {
        let folder = std::env::var("CLERK_BENCH_EXPRESS").ok()?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/express/server.mjs");
        let mut process = Command::new("node")
            .args([script, &folder])
            .env("NODE_ENV", "production")
            .env("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY)
            .env("CLERK_SECRET_KEY", "sk_test_bench")
            .env("CLERK_JWT_KEY", TestKey::FIRST.public_pem())
            .env("CLERK_TELEMETRY_DISABLED", "1")
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let port: u16 = line.trim().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let express = Self {
            plain: Client::new(address, "/plain", token),
            clerk: Client::new(address, "/clerk", token),
            address,
            process,
        };
        let user = express.get("/check", token);
        assert!(user.starts_with("user_"), "{user}");
        // Its compiler needs some thousand requests to warm up.
        express.plain.run(4000);
        express.clerk.run(4000);
        Some(express)
    }

    /// Nanoseconds of CPU time per request: without and with the middleware.
    pub(crate) fn round(&self, count: usize) -> (f64, f64) {
        let measure = |client: &Client| {
            let before = self.cpu();
            client.run(count);
            (self.cpu() - before) * 1000.0 / count as f64
        };
        (measure(&self.plain), measure(&self.clerk))
    }

    /// Microseconds of CPU time so far.
    fn cpu(&self) -> f64 {
        self.get("/cpu", "").parse().unwrap()
    }

    fn get(&self, path: &str, token: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        read(&mut stream)
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
