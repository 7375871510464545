//! `webhook`: one signed event for a URL.

use bytes::Bytes;
use clerk_core::Clock;
use clerk_core::env::names;
use clerk_http::{HyperTransport, Transport};
use clerk_webhooks::{SigningSecret, sign};
use serde_json::{Value, json};

use crate::Failure;
use crate::api::variable;
use crate::args::Args;

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    args.allow(&["data", "id", "secret"])?;
    let (url, event_type) = (args.name(0, "the URL")?, args.name(1, "the event type")?);
    let secret = args
        .option("secret")
        .map(str::to_owned)
        .or_else(|| variable(names::WEBHOOK_SIGNING_SECRET))
        .ok_or("neither --secret nor CLERK_WEBHOOK_SIGNING_SECRET is given")?;
    let secret = SigningSecret::parse(&secret)?;
    let data: Value = match args.option("data") {
        Some(text) => serde_json::from_str(text)?,
        None => json!({"id": "user_test", "object": "user"}),
    };
    let now = Clock::system().now_ms();
    let body = json!({
        "object": "event",
        "type": event_type,
        "data": data,
        "timestamp": now,
        "instance_id": "ins_offline",
        "event_attributes": {"http_request": {"client_ip": "127.0.0.1", "user_agent": "offline-clerk"}},
    });
    let body = Bytes::from(body.to_string());
    let id = args
        .option("id")
        .map_or_else(|| format!("msg_{now}"), str::to_owned);
    let signed = sign(&secret, &id, now.div_euclid(1000), &body);
    let mut request = http::Request::post(url).header("content-type", "application/json");
    for (name, value) in signed.pairs() {
        request = request.header(name, value);
    }
    let answer = HyperTransport::builder()
        .build()?
        .send(request.body(body)?)
        .await?;
    println!("{}", answer.status());
    if answer.status().is_success() {
        Ok(())
    } else {
        Err("the event was not accepted".into())
    }
}
