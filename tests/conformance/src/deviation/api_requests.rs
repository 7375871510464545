//! What this workspace means about the requests of API calls.

use serde_json::{Map, Value, json};

use super::description::{Misfit, Operation, members, misfit, parameters};
use crate::http::{CannedBody, CannedRequest};
use crate::vector::Vector;

/// The ids of a call, in the order of its path.
fn ids(vector: &Vector, operation: &Operation) -> Vec<String> {
    let (given, _) = parameters(vector);
    let arguments = vector.input_at("/args").and_then(Value::as_array);
    let mut texts = arguments.into_iter().flatten().filter_map(Value::as_str);
    let names = names_of_ids(operation);
    let mut ids: Vec<String> = names
        .iter()
        .map(|name| {
            let named = given.get(name).and_then(Value::as_str);
            let slug = || given.get("slug").and_then(Value::as_str);
            let slug = if name == "organization_id" {
                slug()
            } else {
                None
            };
            named
                .or_else(|| texts.next())
                .or(slug)
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    // API-166
    if operation.path.ends_with("/{provider}")
        && let Some(provider) = ids.last_mut()
        && !provider.starts_with("oauth_")
        && !provider.is_empty()
    {
        *provider = format!("oauth_{provider}");
    }
    ids
}

/// The names of the ids in a path, as the reference's parameters are called.
pub(super) fn names_of_ids(operation: &Operation) -> Vec<String> {
    let parts: Vec<&str> = operation.path.split('/').collect();
    let mut names = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(name) = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        else {
            continue;
        };
        let collection = index.checked_sub(1).and_then(|before| parts.get(before));
        let name = match (name, collection.copied().unwrap_or_default()) {
            ("id" | "id_or_slug", "organizations") => "organization_id",
            ("id", "users") => "user_id",
            ("id", "api_keys") => "api_key_id",
            ("id", "domains") => "domain_id",
            ("id", "jwt_templates") => "template_id",
            ("id", "machines") => "machine_id",
            ("id", "m2m_tokens") => "m2m_token_id",
            ("id", "oauth_applications") => "oauth_application_id",
            ("id", "organization_permissions") => "permission_id",
            ("id", "organization_roles") => "organization_role_id",
            ("id", "sign_ups") => "sign_up_attempt_id",
            ("key_or_id", _) => "role_set_key_or_id",
            ("passkey_id", _) => "passkey_identification_id",
            ("wallet_id", _) => "web3_wallet_identification_id",
            (name, _) => name,
        };
        names.push(name.to_owned());
    }
    names
}

/// RFC 3986: what a segment of a path holds as it is.
fn encoded(id: &str) -> String {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~')
            || matches!(
                byte,
                b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
            )
            || matches!(byte, b':' | b'@')
    };
    let mut out = String::new();
    for byte in id.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn is_unusable(id: &str) -> bool {
    id.trim().is_empty() || id.chars().any(char::is_control)
}

/// HTTP-4: an id that the reference does not check, or that its URL parser makes vanish.
pub(super) fn has_unusable_id(vector: &Vector) -> bool {
    !vector.http.is_empty()
        && Operation::of(vector)
            .is_some_and(|operation| ids(vector, &operation).iter().any(|id| is_unusable(id)))
}

/// HTTP-3: an id that stands otherwise in the recorded URL than it should.
pub(super) fn has_id_to_encode(vector: &Vector) -> bool {
    let Some(operation) = Operation::of(vector) else {
        return false;
    };
    let url = match vector.http.first() {
        Some(exchange) => &exchange.request.url,
        None => return false,
    };
    let ids = ids(vector, &operation);
    !ids.iter().any(|id| is_unusable(id))
        && ids.iter().any(|id| encoded(id) != *id)
        && url.split('?').next() != Some(&address(vector, &operation, &ids))
}

/// HTTP-13: a value that JavaScript takes for none, in a query.
pub(super) fn has_falsy_query(vector: &Vector) -> bool {
    !vector.http.is_empty()
        && Operation::of(vector).is_some_and(|operation| !falsy(vector, &operation).is_empty())
}

fn falsy(vector: &Vector, operation: &Operation) -> Vec<(String, String)> {
    let (given, _) = parameters(vector);
    let mut pairs = Vec::new();
    for (name, value) in &given {
        if operation.query(name).is_none() {
            continue;
        }
        match value {
            Value::Bool(false) => pairs.push((name.clone(), "false".to_owned())),
            Value::Number(number) if number.as_f64() == Some(0.0) => {
                pairs.push((name.clone(), "0".to_owned()));
            }
            Value::String(text) if text.is_empty() => pairs.push((name.clone(), String::new())),
            _ => {}
        }
    }
    pairs
}

/// A described body that the reference leaves out where it would be empty.
pub(super) fn lacks_described_body(vector: &Vector) -> bool {
    let empty = |vector: &Vector| {
        let first = vector.http.first();
        first.is_some_and(|exchange| exchange.request.body == CannedBody::Empty)
    };
    empty(vector) && Operation::of(vector).is_some_and(|operation| operation.has_body())
}

/// A null where it clears nothing.
pub(super) fn has_idle_null(vector: &Vector) -> bool {
    let Some(meant) = as_meant(vector) else {
        return false;
    };
    let mut pairs = vector.http.iter().zip(&meant);
    pairs.any(
        |(exchange, meant)| match (&exchange.request.body, &meant.body) {
            (CannedBody::Text(recorded), CannedBody::Text(meant)) => recorded != meant,
            _ => false,
        },
    )
}

pub(super) fn lacks_required(vector: &Vector) -> bool {
    misfit(vector) == Some(Misfit::Missing)
}

pub(super) fn has_undescribed(vector: &Vector) -> bool {
    matches!(misfit(vector), Some(Misfit::Undescribed | Misfit::Mistyped))
}

/// The address with every id as one encoded segment.
fn address(vector: &Vector, operation: &Operation, ids: &[String]) -> String {
    let option = |name: &str| vector.text(&format!("/client_options/{name}"));
    let base = option("apiUrl")
        .unwrap_or("https://api.clerk.com")
        .trim_end_matches('/');
    let version = match vector.text("/resource") {
        // HTTP-5
        Some("apiKeys" | "idPOAuthAccessToken" | "m2m") => "",
        _ => option("apiVersion").unwrap_or("v1").trim_matches('/'),
    };
    let mut url = base.to_owned();
    if !version.is_empty() {
        url = format!("{url}/{version}");
    }
    let mut ids = ids.iter();
    for part in operation.path.split('/').skip(1) {
        url.push('/');
        if part.starts_with('{') {
            url.push_str(&encoded(ids.next().map_or("", String::as_str)));
        } else {
            url.push_str(part);
        }
    }
    url
}

/// The recorded requests with what this workspace does otherwise: ids encoded, values that are false, zero or empty in
/// the query, a described body always there, and no null that clears nothing.
pub(super) fn as_meant(vector: &Vector) -> Option<Vec<CannedRequest>> {
    let operation = Operation::of(vector)?;
    let ids = ids(vector, &operation);
    let mut requests: Vec<CannedRequest> = Vec::new();
    for (index, exchange) in vector.http.iter().enumerate() {
        let mut request = exchange.request.clone();
        let is_own = request.method == operation.verb() && index == 0;
        if is_own {
            let (path, query) = match request.url.split_once('?') {
                Some((path, query)) => (path.to_owned(), query.to_owned()),
                None => (request.url.clone(), String::new()),
            };
            let mut query: Vec<String> = query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(str::to_owned)
                .collect();
            let mut path = path;
            if ids.iter().any(|id| encoded(id) != *id) {
                path = address(vector, &operation, &ids);
                // What the id brought along is no query.
                query.retain(|pair| {
                    operation
                        .query(pair.split('=').next().unwrap_or_default())
                        .is_some()
                });
            }
            query.extend(
                falsy(vector, &operation)
                    .into_iter()
                    .map(|(name, text)| format!("{name}={text}")),
            );
            request.url = if query.is_empty() {
                path
            } else {
                format!("{path}?{}", query.join("&"))
            };
        } else if request.url.contains("/users/count") {
            add_filters(vector, &mut request);
        }
        request.body = body(&request, &operation, is_own);
        requests.push(request);
    }
    Some(requests)
}

/// HTTP-27: the count has the filters of the list.
fn add_filters(vector: &Vector, request: &mut CannedRequest) {
    let Some(operation) = Operation::of(vector) else {
        return;
    };
    for (name, text) in falsy(vector, &operation) {
        if !matches!(name.as_str(), "limit" | "offset" | "order_by") {
            let sign = if request.url.contains('?') { '&' } else { '?' };
            request.url = format!("{}{sign}{name}={text}", request.url);
        }
    }
}

fn body(request: &CannedRequest, operation: &Operation, is_own: bool) -> CannedBody {
    match &request.body {
        CannedBody::Empty if is_own && operation.has_list_body() => {
            CannedBody::Text("[]".to_owned())
        }
        CannedBody::Empty if is_own && operation.has_body() => CannedBody::Text("{}".to_owned()),
        CannedBody::Text(text) => {
            let Ok(mut value) = serde_json::from_str::<Value>(text) else {
                return request.body.clone();
            };
            let before = value.clone();
            let verb = request.method.as_str();
            match &mut value {
                Value::Array(items) => {
                    let fields = operation.body().unwrap_or_default();
                    items
                        .iter_mut()
                        .for_each(|item| without_idle_nulls(item, &fields, verb));
                }
                value if is_own => {
                    without_idle_nulls(value, &operation.body().unwrap_or_default(), verb);
                }
                // The metadata of a second call: null is what the reference makes of none.
                value => without_idle_nulls(value, &[], verb),
            }
            if value == before {
                request.body.clone()
            } else {
                CannedBody::Text(value.to_string())
            }
        }
        other => other.clone(),
    }
}

/// Null clears members that can be cleared when something is changed, and stands where it is always sent.
fn without_idle_nulls(value: &mut Value, fields: &[Value], verb: &str) {
    // API-15, API-75, API-76
    const ALWAYS: &[&str] = &["claims", "revocation_reason", "seconds_until_expiration"];
    let always_sent = fields.iter().any(|field| field["n"] == "token_format")
        || fields.iter().any(|field| field["n"] == "revocation_reason");
    let Value::Object(map) = value else {
        return;
    };
    let mut kept = Map::new();
    for (name, mut member) in std::mem::take(map) {
        let field = fields.iter().find(|field| field["n"] == name.as_str());
        if member.is_null() {
            let clears = field.is_some_and(|field| {
                field["null"] == true && field["t"] != "bool" && matches!(verb, "PATCH" | "PUT")
            });
            let required = field.is_some_and(|field| field["req"] == true && field["null"] == true);
            if clears || required || (always_sent && ALWAYS.contains(&name.as_str())) {
                kept.insert(name, member);
            }
            continue;
        }
        if let Some(inner) = field.and_then(|field| members(field["t"].as_str()?)) {
            without_idle_nulls(&mut member, &inner, verb);
        }
        kept.insert(name, member);
    }
    *map = kept;
}

fn secret_key(vector: &Vector) -> &str {
    let text = |place: &str| vector.text(place);
    text("/client_options/secretKey")
        .or_else(|| text("/options/secretKey"))
        .unwrap_or_default()
}

/// The key with the blanks around it that the reference sends.
pub(super) fn with_trimmed_key(vector: &Vector) -> Option<Vec<CannedRequest>> {
    let key = secret_key(vector).trim_matches(' ');
    let mut requests: Vec<CannedRequest> = vector
        .http
        .iter()
        .map(|exchange| exchange.request.clone())
        .collect();
    for request in &mut requests {
        for (name, value) in &mut request.headers {
            if name == "authorization" {
                *value = format!("Bearer {key}");
            }
        }
    }
    Some(requests)
}

/// A key with characters that a header cannot hold, where the call has another one or needs none.
pub(super) fn has_unsendable_key(vector: &Vector) -> bool {
    let key = secret_key(vector);
    !vector.http.is_empty() && key.chars().any(|letter| !matches!(letter, ' '..='~'))
}

/// A key with blanks around it, that is sent.
pub(super) fn has_padded_key(vector: &Vector) -> bool {
    let key = secret_key(vector);
    key.trim_matches(' ') != key
        && vector.http.iter().any(|exchange| {
            let mut headers = exchange.request.headers.iter();
            headers.any(|(name, value)| name == "authorization" && value.contains("  "))
        })
}

/// A version that leaves its place, of an API that has none.
pub(super) fn has_unused_version(vector: &Vector) -> bool {
    let version = vector
        .text("/client_options/apiVersion")
        .unwrap_or_default();
    !vector.http.is_empty() && version.split('/').any(|part| matches!(part, "." | ".."))
}

/// `slug` serves where `organizationId` is there but undefined.
pub(super) fn is_found_by_slug(vector: &Vector) -> bool {
    vector.http.is_empty()
        && vector.text("/method") == Some("getOrganization")
        && vector
            .text("/args/0/slug")
            .is_some_and(|slug| !slug.is_empty())
}

/// The outcome of a call nobody recorded: no answer.
pub(super) fn no_answer(_: &Vector) -> Option<Value> {
    Some(json!({"err": {
        "class": "ClerkAPIResponseError",
        "clerkTraceId": "",
        "errors": [{"code": "unexpected_error"}],
    }}))
}

/// A parameter of another type in the options of the client or beside the parameters.
pub(super) fn has_mistyped_option(vector: &Vector) -> bool {
    let options = vector
        .input_at("/client_options")
        .and_then(Value::as_object);
    options.is_some_and(|options| options.values().any(|value| !value.is_string()))
        || vector
            .input_at("/args/1/idempotencyKey")
            .is_some_and(|key| !key.is_string())
}

#[cfg(test)]
mod tests {
    use super::super::description::wire;
    use super::*;

    #[test]
    fn ids_are_encoded_as_segments() {
        for (id, segment) in [
            ("a/b", "a%2Fb"),
            ("a b", "a%20b"),
            ("a;b=c", "a;b=c"),
            ("ü", "%C3%BC"),
        ] {
            assert_eq!(encoded(id), segment);
        }
        assert_eq!(wire("primaryEmailAddressID"), "primary_email_address_id");
    }
}
