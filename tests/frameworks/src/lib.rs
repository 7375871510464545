//! One behaviour in every web framework: a table of requests and expectations, written once and run against an application in each.
//!
//! An [`App`] is an application in one framework with the routes that its documentation lists. [`suite!`] makes the tests of one.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    missing_debug_implementations,
    reason = "these are tests"
)]

pub mod apps;
pub mod browser;
pub mod chapters;
pub mod client;
pub mod demo;
pub mod table;
pub mod websocket;
pub mod world;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use clerk_backend::Clerk;
use clerk_webhooks::WebhookReceiver;

/// What an application is given.
#[derive(Clone)]
pub struct Setup {
    /// The client of the offline Clerk.
    pub clerk: Clerk,
    /// What receives webhooks.
    pub webhooks: WebhookReceiver,
}

/// An application in one framework, with the framework's middleware around all of these routes:
///
/// | Route | Who may | Answer |
/// | --- | --- | --- |
/// | `GET`, `POST /public` | everybody: the extractor that never rejects | JSON `{"kind": token kind or null, "user": id or null}` of whoever it is, kinds of all sorts accepted; the header `set-cookie: app=1` |
/// | `OPTIONS /public` | everybody | 204 with the header `allow: GET, POST` |
/// | `GET`, `POST /me` | users: the session extractor | the user's id |
/// | `GET /optional` | the optional session extractor | the user's id or `nobody` |
/// | `GET /claims` | the session extractor with claims of the form `{"department": text}` | the department |
/// | `GET /machine` | machines: the machine extractor | the subject |
/// | `GET /policy` | a guard in the handler's signature: role `org:admin` | the user's id |
/// | `GET /guards/role` | role `org:admin`, in a guard on the route as all below | `ok`, as all below |
/// | `GET /guards/permission` | permission `org:invoices:create` |
/// | `GET /guards/feature` | feature `org:sso` |
/// | `GET /guards/plan` | plan `user:pro` |
/// | `GET /guards/fresh` | verified by a first factor within five minutes |
/// | `GET /guards/scope` | scope `reports:read` |
/// | `GET /guards/api-key` | any API key |
/// | `GET /guards/either` | role `org:admin`, or an API key with scope `reports:read` |
/// | `GET /guards/any` | users and all machines, with role `org:admin` |
/// | `GET /guards/pending` | users, pending sessions included |
/// | `GET /guards/hidden` | role `org:admin`, else 404 |
/// | `GET /guards/elsewhere` | role `org:admin`; else redirects to `/welcome` and `/upgrade` |
/// | `GET /guards/predicate` | a predicate: the user id is not `user_blocked` and somebody is impersonating nobody |
/// | `POST /echo` | everybody | the body, streamed back as it arrives |
/// | `GET /stream` | everybody | `one two three`, a word every 10 milliseconds, without a length |
/// | `GET /socket` | everybody | a WebSocket that sends each text back |
/// | `POST /webhooks` | the webhook extractor; completes and answers 204; for the type `test.fails` answers 500 without completing; for `test.slow` waits half a second first | |
/// | `GET /orgs/{slug}` | users | the id of the active organization or `none` |
pub trait App {
    /// The framework.
    const NAME: &'static str;

    /// What is answered where a route does not have the method.
    const UNKNOWN_METHOD: u16 = 405;

    /// Whether the application sees headers whose values are not UTF-8. Where it does not, nobody may gain anything by that.
    const SEES_BYTES: bool = true;

    /// Serves on this socket, for as long as the process lives. Called on a thread of its own, outside of any runtime. Where a framework
    /// takes no socket, drop it and listen on its address.
    fn serve(setup: Setup, listener: TcpListener);
}

/// Starts an application and waits until it listens.
#[must_use]
pub fn start<A: App>(setup: Setup) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || A::serve(setup, listener));
    for _ in 0..500 {
        if is_served(address) {
            return address;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the {} application does not listen", A::NAME);
}

/// Whether there is an answer: a connection alone may be to a socket that is dropped.
fn is_served(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let request = b"GET /is-served HTTP/1.1\r\nhost: localhost:3000\r\nconnection: close\r\n\r\n";
    let is_sent = stream.write_all(request).is_ok();
    is_sent && stream.read(&mut [0]).is_ok_and(|count| count == 1)
}

/// The tests of one application.
#[macro_export]
macro_rules! suite {
    ($app:ty) => {
        $crate::suite! {
            $app: callers, guards, rejections, handshakes, refreshes, outages, odd_requests, methods, bodies, organizations,
            claims, webhooks
        }
    };
    ($app:ty: $($chapter:ident),+) => {$(
        #[test]
        fn $chapter() {
            $crate::chapters::$chapter::run::<$app>();
        }
    )+};
}
