//! Bodies, streams and upgrades, which the middleware leaves alone.

use std::io::{Read, Write};
use std::time::Duration;

use crate::App;
use crate::client::{Answer, Request, connect};
use crate::table::{Case, run as table};
use crate::websocket;
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let admin = world.admin();
    let body = "0123456789abcdef".repeat(16 * 1024);
    table(
        A::NAME,
        world.app,
        &[
            Case::new(
                "a large body comes back whole",
                Request::post("/echo", body.clone()).bearer(&admin),
                200,
            )
            .body(&body),
            Case::new("an empty body", Request::post("/echo", ""), 200).body(""),
            Case::new(
                "a stream arrives whole",
                Request::get("/stream").bearer(&admin),
                200,
            )
            .body("one two three")
            .absent("content-length"),
            Case::new("a stream for nobody", Request::get("/stream"), 200).body("one two three"),
        ],
    );

    // A body that has not been sent whole is already on its way back: nobody has collected it.
    let mut stream = connect(world.app);
    let head = "POST /echo HTTP/1.1\r\nhost: localhost:3000\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    // Longer than what a framework may look at before it calls the handler.
    stream
        .write_all(b"14\r\nthe first of two and\r\n")
        .expect("sent");
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    while !seen.windows(5).any(|window| window == b"first") {
        let count = stream.read(&mut buffer).expect("the first part comes back");
        assert!(
            count > 0,
            "{}: closed after {:?}",
            A::NAME,
            String::from_utf8_lossy(&seen)
        );
        seen.extend_from_slice(&buffer[..count]);
    }
    std::thread::sleep(Duration::from_millis(10));
    stream
        .write_all(b"7\r\n second\r\n0\r\n\r\n")
        .expect("sent");
    stream.read_to_end(&mut seen).expect("the rest comes back");
    assert_eq!(
        Answer::read(&seen, false).body,
        "the first of two and second",
        "{}",
        A::NAME
    );

    for token in ["", &admin] {
        let (answer, text) = websocket::echo(world.app, token, "hello");
        assert_eq!(
            (answer.status, text.as_str()),
            (101, "hello"),
            "{}: {answer:?}",
            A::NAME
        );
    }
}
