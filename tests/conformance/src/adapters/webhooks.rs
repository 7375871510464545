//! `verifyWebhook`.

use clerk_core::{Clock, Config};
use clerk_errors::ConfigError;
use clerk_webhooks::{Delivery, SigningSecret, WebhookVerifier};
use serde_json::{Value, json};

use crate::outcome::{Outcome, VectorError};
use crate::vector::{Context, Vector};

pub(super) fn verify_webhook(_context: &Context, vector: &Vector) -> Outcome {
    let Some(body) = body(vector) else {
        return Outcome::Broken("the vector has no body".to_owned());
    };
    let verifier = match verifier(vector) {
        Ok(verifier) => verifier.clock(Clock::fixed(vector.now_ms)),
        Err(error) => return Outcome::Err(VectorError::plain(&error)),
    };
    match verifier.verify(&headers(vector), &body) {
        Ok(delivery) => event(&delivery),
        Err(error) => Outcome::Err(VectorError::plain(&error)),
    }
}

fn verifier(vector: &Vector) -> Result<WebhookVerifier, ConfigError> {
    match vector.text("/signing_secret") {
        Some(secret) => SigningSecret::parse(secret).map(WebhookVerifier::from),
        None => {
            let config = Config::from_lookup(|name| vector.env.get(name).cloned())?;
            WebhookVerifier::from_config(&config)
        }
    }
}

/// The bytes of the body.
pub(crate) fn body(vector: &Vector) -> Option<Vec<u8>> {
    match vector.text("/body") {
        Some(text) => Some(text.as_bytes().to_vec()),
        None => base64_simd::STANDARD
            .decode_to_vec(vector.text("/body_base64")?)
            .ok(),
    }
}

/// The headers in the order passed; each character of a recorded value stands for one byte.
pub(crate) fn headers(vector: &Vector) -> Vec<(String, Vec<u8>)> {
    let pairs = vector.input_at("/headers").and_then(Value::as_array);
    let pair = |pair: &Value| {
        let bytes = pair[1].as_str()?.chars().map(u8::try_from);
        Some((
            pair[0].as_str()?.to_owned(),
            bytes.collect::<Result<_, _>>().ok()?,
        ))
    };
    pairs.into_iter().flatten().filter_map(pair).collect()
}

/// A delivery as the reference shows it.
fn event(delivery: &Delivery) -> Outcome {
    let data: Value = match serde_json::from_str(delivery.data().get()) {
        Ok(data) => data,
        Err(error) => return Outcome::Broken(format!("the data is not JSON: {error}")),
    };
    let mut event = json!({ "type": delivery.event_type(), "object": "event", "data": data });
    if let Some(timestamp) = delivery.occurred_at() {
        event["timestamp"] = timestamp.into();
    }
    if let Some(id) = delivery.instance_id() {
        event["instance_id"] = id.into();
    }
    if let Some(ip) = delivery.client_ip() {
        event["event_attributes"]["http_request"]["client_ip"] = ip.into();
    }
    if let Some(agent) = delivery.user_agent() {
        event["event_attributes"]["http_request"]["user_agent"] = agent.into();
    }
    Outcome::Ok(event)
}
