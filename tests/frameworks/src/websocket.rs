//! As much of the WebSocket protocol (RFC 6455) as it takes to send a short text back.

use std::io::{Read, Write};
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::client::{Answer, Request, connect};

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const MASK: [u8; 4] = [1, 2, 3, 4];

/// Asks for an upgrade, sends a text and returns the status with the text that comes back.
#[must_use]
pub fn echo(address: SocketAddr, token: &str, text: &str) -> (Answer, String) {
    let request = Request::get("/socket")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", KEY)
        .bearer(token);
    let mut stream = connect(address);
    stream
        .write_all(&request.bytes("Upgrade"))
        .expect("the request is sent");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    let answer = Answer::read(&head, true);
    if answer.status != 101 {
        return (answer, String::new());
    }
    assert_eq!(answer.value("sec-websocket-accept"), accept(KEY));
    let mut frame = vec![0x81, 0x80 | text.len() as u8];
    frame.extend_from_slice(&MASK);
    frame.extend(
        text.bytes()
            .zip(MASK.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    stream.write_all(&frame).expect("the frame is sent");
    let mut start = [0; 2];
    stream.read_exact(&mut start).expect("a frame comes back");
    let mut back = vec![0; usize::from(start[1] & 0x7f)];
    stream.read_exact(&mut back).expect("a frame comes back");
    (answer, String::from_utf8_lossy(&back).into_owned())
}

/// What proves that a server understood the upgrade.
#[must_use]
pub fn accept(key: &str) -> String {
    let digest = ring::digest::digest(
        &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
        format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11").as_bytes(),
    );
    base64_simd::STANDARD.encode_to_string(digest.as_ref())
}

/// Serves one connection: sends the first text back. For frameworks that have no WebSockets of their own.
///
/// # Errors
///
/// The connection broke.
pub async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
    let mut start = [0; 6];
    stream.read_exact(&mut start).await?;
    let mut text = vec![0; usize::from(start[1] & 0x7f)];
    stream.read_exact(&mut text).await?;
    for (byte, mask) in text.iter_mut().zip(start[2..].iter().cycle()) {
        *byte ^= mask;
    }
    stream.write_all(&[0x81, text.len() as u8]).await?;
    stream.write_all(&text).await?;
    stream.shutdown().await
}
