//! A transport that tells `tracing` what it does.

use bytes::Bytes;
use http::Request;
use tracing::field::Empty;
use tracing::{Instrument, Level, debug, warn};

use crate::{Operation, SharedTransport, Transport, TransportFuture};

/// A span per call, with its outcome: operation, method, host, status or kind of failure.
///
/// Neither headers, bodies, queries nor paths, which carry ids, are recorded.
#[derive(Clone, Debug)]
pub struct Traced {
    inner: SharedTransport,
}

impl Traced {
    /// Traces what `inner` sends.
    #[must_use]
    pub fn new(inner: SharedTransport) -> Self {
        Self { inner }
    }
}

impl Transport for Traced {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        let operation = request
            .extensions()
            .get::<Operation>()
            .map_or("", |operation| operation.0);
        let span = tracing::span!(
            Level::DEBUG,
            "clerk.http",
            operation,
            method = %request.method(),
            host = request.uri().host().unwrap_or_default(),
            status = Empty,
            error = Empty,
        );
        let call = self.inner.send(request);
        let outer = span.clone();
        Box::pin(
            async move {
                let result = call.await;
                match &result {
                    Ok(answer) => {
                        outer.record("status", answer.status().as_u16());
                        debug!("answered");
                    }
                    Err(error) => {
                        outer.record("error", tracing::field::debug(error.kind()));
                        warn!(sent = ?error.sent(), "no answer: {error}");
                    }
                }
                result
            }
            .instrument(span),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use clerk_errors::api::Sent;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use super::*;
    use crate::testing::{Reply, ScriptedTransport};
    use crate::{TransportError, TransportErrorKind};

    /// Writes down every field it is shown.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<String>>);

    impl Visit for Notes {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            *self.0.lock().unwrap() += &format!("{}={value:?};", field.name());
        }
    }

    impl Subscriber for Notes {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            span.record(&mut self.clone());
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, values: &Record<'_>) {
            values.record(&mut self.clone());
        }
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            event.record(&mut self.clone());
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[tokio::test]
    async fn outcomes_are_told_and_secrets_are_not() {
        let notes = Notes::default();
        let _guard = tracing::subscriber::set_default(notes.clone());
        let transport = ScriptedTransport::new([
            Reply::status(http::StatusCode::NOT_FOUND).with_body("body-hidden"),
            Reply::error(TransportError::new(
                TransportErrorKind::Reset,
                Sent::Maybe,
                "gone",
            )),
        ]);
        let traced = Traced::new(SharedTransport::new(transport));
        for _ in 0..2 {
            let mut request = Request::builder()
                .uri("https://api.clerk.com/v1/users/user_hidden?query=hidden")
                .header("authorization", "Bearer sk_hidden")
                .body(Bytes::from_static(b"hidden"))
                .unwrap();
            request.extensions_mut().insert(Operation("users.get"));
            drop(traced.send(request).await);
        }
        let notes = notes.0.lock().unwrap().clone();
        for part in [
            "operation=\"users.get\"",
            "method=GET",
            "host=\"api.clerk.com\"",
            "status=404",
            "error=Reset",
            "sent=Maybe",
        ] {
            assert!(notes.contains(part), "{part} in {notes}");
        }
        assert!(!notes.contains("hidden"), "{notes}");
    }
}
