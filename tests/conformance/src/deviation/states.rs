//! A state of a request, said in a few words and worked out from the recorded input.

use clerk_core::url::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{auth_objects, requests};
use crate::vector::Vector;

/// The kind of a token that is not accepted.
const NOT_ACCEPTED: &str = "none";

/// A state in few words; what it does not say is as in the recorded outcome, or follows from the input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    status: String,
    reason: Option<String>,
    #[serde(rename = "type")]
    token_type: Option<String>,
    /// Of a signed-in state: where its session token is, `header` or the name of a cookie.
    token: Option<String>,
}

impl State {
    /// Signed out for a reason; without a kind of token, the one presented is not accepted.
    pub(super) fn signed_out(reason: &str, token_type: Option<&str>) -> Self {
        Self {
            status: "signed-out".to_owned(),
            reason: Some(reason.to_owned()),
            token_type: Some(token_type.unwrap_or(NOT_ACCEPTED).to_owned()),
            token: None,
        }
    }

    pub(super) fn signed_in() -> Self {
        Self::of("signed-in", "", "session_token")
    }

    pub(super) fn handshake(reason: &str) -> Self {
        Self::of("handshake", reason, "session_token")
    }

    pub(super) fn unavailable(reason: &str, token_type: &str) -> Self {
        Self::of("unavailable", reason, token_type)
    }

    pub(super) fn is_unavailable(&self) -> bool {
        self.status == "unavailable"
    }

    fn of(status: &str, reason: &str, token_type: &str) -> Self {
        Self {
            status: status.to_owned(),
            reason: Some(reason.to_owned()),
            token_type: Some(token_type.to_owned()),
            token: None,
        }
    }

    /// The outcome of a vector that ends in this state, by this token where it is signed in.
    pub(super) fn with_token(&self, vector: &Vector, token: &str) -> Option<Value> {
        let mut state = self.clone();
        state.token = Some(format!("={token}"));
        state.outcome(vector)
    }

    /// The outcome of a vector that ends in this state.
    pub(super) fn outcome(&self, vector: &Vector) -> Option<Value> {
        let reference = vector.expected.to_value();
        let reference = reference.get("ok");
        let reason = self
            .reason
            .as_deref()
            .or_else(|| reference?["reason"].as_str());
        let token_type = match (&self.token_type, reference) {
            (Some(token_type), _) if token_type == NOT_ACCEPTED => Value::Null,
            (Some(token_type), _) => json!(token_type),
            (None, Some(reference)) => reference["token_type"].clone(),
            (None, None) => json!("session_token"),
        };
        let mut state = if token_type.is_null() {
            json!({
                "proxy_url": "", "publishable_key": "", "is_satellite": false, "domain": "", "sign_in_url": "",
                "sign_up_url": "", "after_sign_in_url": "", "after_sign_up_url": "",
            })
        } else {
            echoes(vector)
        };
        state["status"] = json!(self.status);
        state["token_type"] = token_type.clone();
        state["to_auth_pending"] = json!("=");
        let signed_in = self.status == "signed-in";
        state["is_signed_in"] = json!(signed_in);
        state["is_authenticated"] = json!(signed_in);
        state["reason"] = json!(reason.filter(|_| !signed_in));
        state["token"] = Value::Null;
        let told = [
            ["x-clerk-auth-reason", reason.unwrap_or_default()],
            ["x-clerk-auth-status", &self.status],
        ];
        match self.status.as_str() {
            "signed-in" => {
                let token = self.token_text(vector)?;
                let payload = crate::token::describe(&token)["payload"].clone();
                let object = auth_objects::session_object(payload.as_object()?);
                state["headers"] = json!([]);
                state["to_auth"] = json!({ "ok": object });
                if payload["sts"] == "pending" {
                    state["to_auth"] = json!({ "ok": signed_out_object(true) });
                    state["to_auth_pending"] = json!({ "ok": object });
                }
                state["token"] = json!(token);
            }
            "signed-out" => {
                state["headers"] = json!(told);
                state["to_auth"] = json!({ "ok": nobody(token_type.as_str()) });
            }
            "unavailable" => {
                state["headers"] = json!(told);
                state["to_auth"] = json!({ "ok": null });
            }
            "handshake" => {
                let (location, secure) = handshake(vector, reason?)?;
                let count = cookie(vector, "__clerk_redirect_count")
                    .and_then(|count| count.parse::<u32>().ok());
                let count = count.unwrap_or(0) + 1;
                let counter = format!(
                    "__clerk_redirect_count={count}; Path=/; SameSite=Lax; HttpOnly; Max-Age=2{secure}"
                );
                let mut headers = vec![
                    json!(["cache-control", "no-store"]),
                    json!(["location", null]),
                    json!(["set-cookie", counter]),
                ];
                headers.extend(told.iter().map(|header| json!(header)));
                state["headers"] = json!(headers);
                state["location"] = location;
                state["to_auth"] = json!({ "ok": null });
            }
            _ => return None,
        }
        Some(json!({ "ok": state }))
    }

    fn token_text(&self, vector: &Vector) -> Option<String> {
        match self.token.as_deref()? {
            token if token.starts_with('=') => token.get(1..).map(str::to_owned),
            "presented" => requests::presented_token(vector),
            "header" => {
                let value = requests::header(vector, "authorization")?;
                value
                    .split([' ', '\t'])
                    .rfind(|word| !word.is_empty())
                    .map(str::to_owned)
            }
            name => cookie(vector, name),
        }
    }
}

/// The first cookie of that name.
pub(super) fn cookie(vector: &Vector, name: &str) -> Option<String> {
    let header = requests::header(vector, "cookie")?;
    header.split(';').find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// An option of the call, else of the client.
pub(super) fn option<'v>(vector: &'v Vector, name: &str) -> Option<&'v Value> {
    let is_truthy =
        |value: &&Value| **value != json!("") && **value != json!(false) && !value.is_null();
    ["/options", "/client_options"]
        .iter()
        .find_map(|at| vector.input_at(&format!("{at}/{name}")).filter(is_truthy))
}

/// What a state says about the configuration.
fn echoes(vector: &Vector) -> Value {
    let text = |name: &str| {
        option(vector, name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let mut proxy_url = text("proxyUrl");
    if proxy_url.starts_with('/') {
        proxy_url.insert_str(0, &requests::public_origin(vector));
    }
    json!({
        "proxy_url": proxy_url,
        "publishable_key": text("publishableKey"),
        "is_satellite": option(vector, "isSatellite") == Some(&json!(true)),
        "domain": text("domain"),
        "sign_in_url": text("signInUrl"),
        "sign_up_url": text("signUpUrl"),
        "after_sign_in_url": text("afterSignInUrl"),
        "after_sign_up_url": text("afterSignUpUrl"),
    })
}

fn nobody(token_type: Option<&str>) -> Value {
    let members: &[&str] = match token_type {
        Some("api_key") => &[
            "id", "subject", "scopes", "name", "claims", "userId", "orgId",
        ],
        Some("m2m_token") => &["id", "subject", "scopes", "claims", "machineId"],
        Some("oauth_token") => &["id", "subject", "scopes", "userId", "clientId"],
        Some(_) => return signed_out_object(false),
        None => &[],
    };
    let mut object = json!({ "tokenType": token_type, "isAuthenticated": false });
    for member in members {
        object[*member] = Value::Null;
    }
    object
}

fn signed_out_object(pending: bool) -> Value {
    json!({
        "tokenType": "session_token", "isAuthenticated": false, "sessionClaims": null, "sessionId": null,
        "sessionStatus": pending.then_some("pending"), "userId": null, "actor": null, "orgId": null, "orgRole": null,
        "orgSlug": null, "orgPermissions": null, "factorVerificationAge": null,
    })
}

/// The redirect to the Frontend API, taken apart, and whether the counter goes over TLS only.
fn handshake(vector: &Vector, reason: &str) -> Option<(Value, &'static str)> {
    let is_suffixed = requests::uses_suffixed(vector);
    let named = |name: &str| requests::counting_cookie(vector, name);
    let own = Url::parse(requests::request_url(vector)).ok()?;
    let mut page = Url::parse(&format!(
        "{}{}",
        requests::public_origin(vector),
        own.path_and_query()
    ))
    .ok()?;
    let secure = if page.as_str().starts_with("https") {
        "; Secure"
    } else {
        ""
    };
    let from_query = page
        .query_param("__clerk_db_jwt")
        .map(std::borrow::Cow::into_owned);
    page.remove_query_params(&["__clerk_db_jwt", "__dev_session"]);
    let mut query = vec![
        json!(["redirect_url", page.as_str()]),
        json!(["__clerk_api_version", "2026-05-12"]),
        json!(["suffixed_cookies", is_suffixed.to_string()]),
        json!(["__clerk_hs_reason", reason]),
        json!(["format", "nonce"]),
    ];
    if let Some(token) = named("__session") {
        query.push(json!(["__session", token]));
    }
    if requests::is_development(vector)
        && let Some(token) = from_query.or_else(|| named("__clerk_db_jwt"))
    {
        query.push(json!(["__clerk_db_jwt", token]));
    }
    let proxy = option(vector, "proxyUrl")
        .and_then(Value::as_str)
        .map(|proxy| {
            if proxy.starts_with('/') {
                format!("{}{proxy}", requests::public_origin(vector))
            } else {
                proxy.to_owned()
            }
        });
    // As recorded: which organization a path means is told in other vectors.
    let recorded = vector.expected.to_value();
    let recorded = recorded
        .pointer("/ok/location/query")
        .and_then(Value::as_array);
    let organization = |pair: &&Value| pair[0] == "organization_id";
    let recorded = recorded.into_iter().flatten().find(organization).cloned();
    query.extend(recorded.or_else(|| organization_of(vector, own.path())));
    let base = match proxy {
        Some(proxy) => proxy,
        None => format!("https://{}", requests::frontend_api(vector)?),
    };
    let base = format!("{}/v1/client/handshake", base.trim_end_matches('/'));
    Some((
        json!({ "base": base, "query": query, "fragment": "" }),
        secure,
    ))
}

/// The organization that a page asks for, by the two forms of pattern that need it here.
fn organization_of(vector: &Vector, path: &str) -> Option<Value> {
    let sync = option(vector, "organizationSyncOptions")?;
    let has = |list: &str, pattern: &str| {
        let patterns = sync[list].as_array();
        patterns.is_some_and(|patterns| patterns.contains(&json!(pattern)))
    };
    let slug = path
        .strip_prefix("/orgs/")
        .filter(|slug| !slug.contains('/'));
    match slug.filter(|_| has("organizationPatterns", "/orgs/:slug")) {
        Some(slug) => Some(json!(["organization_id", slug])),
        None => has("personalAccountPatterns", "/(.*)").then(|| json!(["organization_id", ""])),
    }
}
