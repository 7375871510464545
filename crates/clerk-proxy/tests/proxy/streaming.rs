//! Bodies in bounded memory, and what ends when a client goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use clerk_proxy::body_channel;
use futures_util::stream;
use http_body_util::BodyExt;
use tokio::sync::Notify;

use crate::support::{
    TWENTY_MB, drain, fountain, get, pattern, request, run, settled, silence, soon, to, whole,
};

/// What may be under way between a fast sender and a reader that stands still, most of it in the system's buffers.
pub(crate) const IN_FLIGHT: usize = 8 * 1024 * 1024;

// covers: PXY-12, PXY-14
#[test]
fn an_answer_waits_for_its_reader() {
    run(async {
        let (address, sent, _) = fountain().await;
        let answer = to(address)
            .build()
            .unwrap()
            .handle(get("/__clerk/v1/x"))
            .await;
        let mut body = answer.into_body();
        let mut read = Vec::new();
        read.extend_from_slice(&body.frame().await.unwrap().unwrap().into_data().unwrap());
        let under_way = settled(&sent).await - read.len();
        assert!(under_way < IN_FLIGHT, "{under_way}");
        while let Some(frame) = body.frame().await {
            read.extend_from_slice(&frame.unwrap().into_data().unwrap());
        }
        assert!(read == pattern(0, TWENTY_MB));
    });
}

// covers: PXY-12, PXY-14
#[test]
fn an_upload_waits_for_the_frontend_api() {
    run(async {
        for has_length in [true, false] {
            let may_take = Arc::new(Notify::new());
            let address = drain(Arc::clone(&may_take)).await;
            let produced = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&produced);
            let pieces = (0..TWENTY_MB).step_by(16 * 1024).map(move |from| {
                counter.fetch_add(16 * 1024, Ordering::SeqCst);
                Ok::<_, std::io::Error>(Bytes::from(pattern(from, 16 * 1024)))
            });
            let (sender, body) = body_channel();
            tokio::spawn(sender.send_all(stream::iter(pieces)));
            let mut upload = request("POST", "/__clerk/v1/x").map(|_| body);
            if has_length {
                upload
                    .headers_mut()
                    .insert("content-length", TWENTY_MB.into());
            }
            let proxy = to(address).build().unwrap();
            let answer = tokio::spawn(async move { proxy.handle(upload).await });
            let under_way = settled(&produced).await;
            assert!(under_way < IN_FLIGHT, "{under_way}");
            may_take.notify_one();
            let (status, _, body) = whole(answer.await.unwrap()).await;
            assert_eq!(
                (status, &body[..]),
                (200, format!("{TWENTY_MB} true").as_bytes())
            );
        }
    });
}

// covers: PXY-14, HIST-101
#[test]
fn a_client_that_goes_away_ends_the_exchange() {
    run(async {
        // Before the answer.
        let (address, mut told) = silence().await;
        let proxy = to(address).build().unwrap();
        let waiting = {
            let proxy = proxy.clone();
            tokio::spawn(async move { proxy.handle(get("/__clerk/v1/x")).await })
        };
        assert_eq!(soon(told.recv()).await, Some("begun"));
        waiting.abort();
        assert_eq!(soon(told.recv()).await, Some("ended"));
        // Within its own body.
        let (mut sender, body) = body_channel();
        let upload = request("POST", "/__clerk/v1/x").map(|_| body);
        let waiting = {
            let proxy = proxy.clone();
            tokio::spawn(async move { proxy.handle(upload).await })
        };
        sender.send(Bytes::from_static(b"a part")).await.unwrap();
        assert_eq!(soon(told.recv()).await, Some("begun"));
        drop(sender);
        assert_eq!(soon(told.recv()).await, Some("ended"));
        assert_eq!(soon(waiting).await.unwrap().status(), 400);
        // Others are not touched.
        let (address, sent, broken) = fountain().await;
        let proxy = to(address).build().unwrap();
        // Within the answer.
        let mut body = proxy.handle(get("/__clerk/v1/x")).await.into_body();
        body.frame().await.unwrap().unwrap();
        drop(body);
        settled(&sent).await;
        assert_eq!(broken.load(Ordering::SeqCst), 1);
        assert!(sent.load(Ordering::SeqCst) < TWENTY_MB);
        assert_eq!(
            whole(proxy.handle(get("/__clerk/v1/x")).await)
                .await
                .2
                .len(),
            TWENTY_MB
        );
    });
}
