//! Calls of the Backend API that the environment names: an offline one or a real one.

use clerk_core::env::names;
use clerk_http::{ApiClient, ApiRequest, HyperTransport, SharedTransport};
use http::Method;
use serde_json::Value;

use crate::Failure;
use crate::args::Args;

/// A client for the instance of the environment.
pub(crate) fn client(args: &Args) -> Result<ApiClient, Failure> {
    let key = variable(names::SECRET_KEY)
        .ok_or("CLERK_SECRET_KEY is not set: export what `offline-clerk serve` prints, or the key of a development instance")?;
    if is_live(&key) && !args.flag("live") {
        return Err("CLERK_SECRET_KEY is a live key: this would act on real users (--live does it all the same)".into());
    }
    let mut builder = ApiClient::builder(SharedTransport::new(HyperTransport::builder().build()?))
        .secret_key(key);
    if let Some(url) = variable(names::API_URL) {
        builder = builder.api_url(url);
    }
    Ok(builder.build()?)
}

/// Whether a secret key is one of a real production instance: those of live-shaped offline ones say so.
pub(crate) fn is_live(key: &str) -> bool {
    key.starts_with("sk_live_") && !key.starts_with("sk_live_offline_")
}

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

pub(crate) async fn get(
    client: &ApiClient,
    operation: &'static str,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Value, Failure> {
    let mut request = ApiRequest::new(operation, Method::GET, path);
    for (name, value) in query {
        request = request.query(name, value);
    }
    Ok(client.send(request).await?.json()?)
}

pub(crate) async fn post(
    client: &ApiClient,
    operation: &'static str,
    path: &str,
    body: &Value,
) -> Result<Value, Failure> {
    Ok(client
        .send(ApiRequest::new(operation, Method::POST, path).json(body)?)
        .await?
        .json()?)
}

pub(crate) async fn delete(
    client: &ApiClient,
    operation: &'static str,
    path: &str,
) -> Result<Value, Failure> {
    Ok(client
        .send(ApiRequest::new(operation, Method::DELETE, path))
        .await?
        .json()?)
}

/// An id that may stand in a path.
pub(crate) fn segment(id: &str) -> Result<&str, Failure> {
    if !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    {
        Ok(id)
    } else {
        Err(format!("{id} is not an id").into())
    }
}

/// A text member of an answer.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, Failure> {
    value
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("the answer has no {name}").into())
}
