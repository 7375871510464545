//! Webhooks.

use std::time::Duration;

use clerk_webhooks::{SigningSecret, sign};

use crate::App;
use crate::client::Request;
use crate::table::{Case, run as table};
use crate::world::World;

/// Runs the chapter.
pub fn run<A: App>() {
    let world = World::new::<A>();
    let secret: SigningSecret = world.offline.webhook_secret().parse().expect("a secret");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock")
        .as_secs() as i64;
    let event = |kind: &str| {
        format!(r#"{{"type":"{kind}","object":"event","data":{{"id":"user_1","deleted":true}}}}"#)
    };
    let signed = |id: &str, at: i64, signed: &str, sent: &str| {
        let mut request =
            Request::post("/webhooks", sent).header("content-type", "application/json");
        for (name, value) in sign(&secret, id, at, signed.as_bytes()).pairs() {
            request = request.header(name, value);
        }
        request
    };
    let good = |id: &str, kind: &str| signed(id, now, &event(kind), &event(kind));
    let text = event("user.deleted");
    let spaced = text.replace(':', ": ");
    let large = format!(
        "{{\"type\":\"user.deleted\",\"data\":\"{}\"}}",
        "a".repeat(70_000)
    );
    table(
        A::NAME,
        world.app,
        &[
            Case::new("new", good("msg_1", "user.deleted"), 204).body(""),
            Case::new("again", good("msg_1", "user.deleted"), 200),
            Case::new(
                "no signature",
                Request::post("/webhooks", text.clone()),
                400,
            )
            .body("could not be verified"),
            Case::new("another body", signed("msg_2", now, "{}", &text), 400)
                .body("could not be verified"),
            Case::new(
                "the same JSON in other bytes",
                signed("msg_2", now, &text, &spaced),
                400,
            ),
            Case::new("too old", signed("msg_2", now - 400, &text, &text), 400),
            Case::new("too large", signed("msg_2", now, &large, &large), 413),
            Case::new(
                "non-ASCII headers",
                Request::post("/webhooks", text.clone())
                    .header("svix-id", b"\xff")
                    .header("svix-timestamp", b"\xfe")
                    .header("svix-signature", b"\xfd"),
                400,
            ),
            Case::new("a handler that fails", good("msg_3", "test.fails"), 500),
            Case::new("is called again", good("msg_3", "test.fails"), 500),
            Case::new(
                "no page of Clerk's",
                good("msg_4", "user.deleted").page(),
                204,
            ),
        ],
    );
    let slow = good("msg_5", "test.slow");
    let app = world.app;
    let first = std::thread::spawn({
        let slow = slow.clone();
        move || slow.send(app).status
    });
    std::thread::sleep(Duration::from_millis(150));
    table(
        A::NAME,
        app,
        &[Case::new("while it is being handled", slow.clone(), 409)],
    );
    assert_eq!(first.join().expect("an answer"), 204, "{}", A::NAME);
    table(A::NAME, app, &[Case::new("and afterwards", slow, 200)]);
}
