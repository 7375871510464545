//! Reads an answer's body up to a limit.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use clerk_errors::api::Sent;
use http_body::Body;
use http_body_util::BodyExt;

use crate::{TransportError, TransportErrorKind};

/// More than this is not reserved before it has arrived, whatever the answer announces.
const MAX_RESERVED: u64 = 64 * 1024;

pub(crate) async fn collect<B: Body<Data = Bytes>>(
    body: B,
    limit: usize,
    broken: impl Fn(B::Error) -> TransportError,
) -> Result<Bytes, TransportError> {
    let mut body = pin!(body);
    let announced = body.size_hint().lower();
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(too_large(limit));
    }
    // Most answers come in one piece, which needs no copy.
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(&broken)?.into_data() else {
            continue; // trailers
        };
        let so_far = first.as_ref().map_or(0, Bytes::len) + rest.len();
        if data.len() > limit - so_far {
            return Err(too_large(limit));
        }
        if first.is_none() && rest.is_empty() {
            first = Some(data);
            continue;
        }
        if let Some(first) = first.take() {
            rest.reserve(usize::try_from(announced.min(MAX_RESERVED)).unwrap_or(0));
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&data);
    }
    Ok(first.unwrap_or_else(|| rest.freeze()))
}

fn too_large(limit: usize) -> TransportError {
    TransportError::new(
        TransportErrorKind::TooLarge,
        Sent::Yes,
        format!("more than {limit} bytes"),
    )
}
