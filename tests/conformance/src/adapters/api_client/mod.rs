//! The API client: which request each method makes, and what becomes of the answer.
//!
//! Each JavaScript method is replayed with its counterpart of this client. The answer is what the counterpart's own
//! type reads, in the reference's names; where the answer names another kind than the method's (most recorded answers
//! are placeholders), it is taken raw and read as what it says it is.

mod answers;
mod arguments;
#[rustfmt::skip]
#[allow(deprecated, reason = "the reference has deprecated methods too")]
mod generated;
mod several;

use std::sync::Arc;

use clerk_api::Client;
use clerk_core::{Clock, ManualClock};
use clerk_errors::api::ApiError;
use clerk_http::{ApiClient, BoxFuture, SharedTransport};
use serde_json::Value;

pub(crate) use arguments::{Arguments, Unwritable};

use super::authenticate::{Canned, block_on};
use super::{machine, remote_keys};
use crate::{
    http::Script,
    outcome::{Outcome, VectorError},
    vector::{Context, Vector},
};

/// A call with its type forgotten, and its result in the reference's terms.
pub(crate) type Replay = BoxFuture<Result<Value, ApiError>>;

pub(super) fn client(_: &Context, vector: &Vector) -> Outcome {
    match perform(vector) {
        Ok(outcome) => outcome,
        Err(Unwritable(why)) => Outcome::NotExpressible(why),
    }
}

/// `m2m.verify` and `idPOAuthAccessToken.verify`: a JWT is verified here, anything else by asking.
pub(super) fn verify(context: &Context, vector: &Vector) -> Outcome {
    match machine::as_verification(vector) {
        Some(local) => machine::as_call(remote_keys::verify_machine(&local)),
        None => client(context, vector),
    }
}

fn perform(vector: &Vector) -> Result<Outcome, Unwritable> {
    let script = Arc::new(Script::answering_any(vector));
    let http = match client_of(vector, &script)? {
        Ok(http) => http,
        Err(error) => return Ok(script.close(Outcome::Err(error))),
    };
    let client = Client::new(http);
    let replay = several::replay(&client, vector)?;
    let outcome = match block_on(replay) {
        Ok(value) => Outcome::Ok(value),
        Err(error) => Outcome::Err(answers::failure(&error)),
    };
    Ok(script.close(outcome))
}

/// The client by the vector's options.
fn client_of(
    vector: &Vector,
    script: &Arc<Script>,
) -> Result<Result<ApiClient, VectorError>, Unwritable> {
    let option = |name: &str| match vector.input_at(&format!("/client_options/{name}")) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(Unwritable(format!("{name} of another type"))),
    };
    let mut builder = ApiClient::builder(SharedTransport::new(Canned(Arc::clone(script))))
        .clock(Clock::from(ManualClock::new(vector.now_ms)));
    if let Some(url) = option("apiUrl")? {
        builder = builder.api_url(url).allow_plain_http();
    }
    if let Some(version) = option("apiVersion")? {
        builder = builder.api_version(version);
    }
    if let Some(key) = option("secretKey")? {
        builder = builder.secret_key(key);
    }
    if let Some(key) = option("machineSecretKey")? {
        builder = builder.machine_secret_key(key);
    }
    if let Some(agent) = option("userAgent")?.filter(|agent| !agent.is_empty()) {
        builder = builder.user_agent(agent);
    }
    Ok(builder.build().map_err(|error| VectorError::plain(&error)))
}
