//! What machine tokens say by the typed reading of their claims, worked out from the recorded input alone.

use clerk_core::crypto::{Hash, Provider, RsaPublicKey};
use serde_json::{Map, Value, json};

use crate::http::CannedResponse;
use crate::token::describe;
use crate::vector::Vector;

/// The option of what is accepted names a kind that there is not (CST-12).
pub(super) fn accepts_no_kind(vector: &Vector) -> bool {
    const KINDS: [&str; 4] = ["session_token", "api_key", "m2m_token", "oauth_token"];
    match vector.input_at("/options/acceptsToken") {
        Some(Value::String(one)) => one != "any" && !KINDS.contains(&one.as_str()),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .any(|one| !KINDS.contains(&one)),
        _ => false,
    }
}

/// An option has a type that it is not declared with.
pub(super) fn has_untyped_option(vector: &Vector) -> bool {
    let is_text = |value: &Value| value.is_string() || value.get("$key").is_some();
    let fits = |name: &str, value: &Value| match name {
        "clockSkewInMs" => value.is_number(),
        "isSatellite" | "satelliteAutoSync" | "skipJwksCache" => value.is_boolean(),
        "audience" | "authorizedParties" | "issuer" | "headerType" | "acceptsToken" => {
            value.is_string() || is_list_of_texts(value)
        }
        "key" | "organizationSyncOptions" => true,
        "jwksCacheTtlInMs" => value.is_number(),
        _ => is_text(value),
    };
    ["/options", "/client_options"].iter().any(|at| {
        let options = vector.input_at(at).and_then(Value::as_object);
        let mut options = options.into_iter().flatten();
        options.any(|(name, value)| value.get("$undefined").is_none() && !fits(name, value))
    })
}

fn described(vector: &Vector) -> Value {
    describe(vector.text("/token").unwrap_or_default())
}

fn is_m2m(payload: &Value) -> bool {
    let subject = payload["sub"].as_str();
    subject.is_some_and(|subject| subject.starts_with("mch_"))
}

/// A claim that fills the token object is absent or of a type that the reference passes on unread (TOK-45).
pub(super) fn has_unusual_claim(vector: &Vector) -> bool {
    let payload = &described(vector)["payload"];
    let Some(claims) = payload.as_object() else {
        return false;
    };
    let is_unusual =
        |name: &str, fits: fn(&Value) -> bool| claims.get(name).is_some_and(|value| !fits(value));
    let aud_is_list = claims.get("aud").is_none_or(is_list_of_texts);
    if !claims.contains_key("iat") {
        return true;
    }
    if is_m2m(payload) {
        let has_scopes = claims.get("scopes").is_some_and(Value::is_string);
        is_unusual("scopes", |value| value.is_string() || value.is_null())
            || (!has_scopes && !aud_is_list)
    } else {
        is_unusual("scp", is_list_of_texts)
            || is_unusual("aud", |aud| aud.is_string() || is_list_of_texts(aud))
    }
}

/// The token object by the typed reading of the claims.
pub(super) fn typed_token(vector: &Vector) -> Option<Value> {
    let described = described(vector);
    let payload = described["payload"].as_object()?;
    Some(json!({ "ok": if is_m2m(&described["payload"]) {
        json!({ "tokenType": "m2m_token", "data": m2m(payload) })
    } else {
        json!({ "tokenType": "oauth_token", "data": oauth(payload) })
    } }))
}

/// What an M2M token is whose category says nothing (CAT-15): what it would be without one.
pub(super) fn m2m_without_category(vector: &Vector) -> Option<Value> {
    if is_good_m2m(vector, &described(vector)) == Some(true) {
        return typed_token(vector);
    }
    let error = json!({
        "class": "MachineTokenVerificationError",
        "code": "token-verification-failed",
    });
    Some(json!({ "ok": { "tokenType": "m2m_token", "errors": [error] } }))
}

/// Header, signature, audience and times of an M2M token, judged plainly; `None` where something is missing.
fn is_good_m2m(vector: &Vector, described: &Value) -> Option<bool> {
    let header = &described["header"];
    let typ_fits = header.get("typ").is_none_or(|typ| typ == "JWT");
    let pem = vector.text("/options/jwtKey")?;
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with('-'))
        .flat_map(|line| line.trim().chars())
        .collect();
    let der = base64_simd::STANDARD.decode_to_vec(base64).ok()?;
    let key = RsaPublicKey::from_spki_der(Provider::default(), &der).ok()?;
    let (signed, signature) = vector.text("/token")?.rsplit_once('.')?;
    let signature = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(signature).ok()?;
    let is_signed = key.verify(Hash::Sha256, signed.as_bytes(), &signature);

    let payload = &described["payload"];
    let wanted = list_of_texts(vector.input_at("/options/audience"));
    let audience = list_of_texts(payload.get("aud"));
    let audience_fits =
        wanted.is_empty() || audience.is_empty() || audience.iter().any(|aud| wanted.contains(aud));
    let skew = vector.input_at("/options/clockSkewInMs");
    let skew = skew.and_then(Value::as_f64).unwrap_or(5000.0);
    let now = vector.now_ms as f64;
    let ms = |name: &str| {
        payload
            .get(name)
            .map(|time| time.as_f64().map(|s| s * 1000.0))
    };
    let lives = ms("exp")??.gt(&(now - skew));
    let has_begun = |name| ms(name).is_none_or(|time| time.is_some_and(|time| time <= now + skew));
    Some(
        typ_fits
            && header["alg"] == "RS256"
            && is_signed
            && audience_fits
            && lives
            && has_begun("nbf")
            && has_begun("iat"),
    )
}

/// The answer about an opaque token, by a typed reading (TOK-25, TOK-42 to TOK-45).
pub(super) fn typed_answer(vector: &Vector) -> Option<Value> {
    let kind = opaque_type(vector)?;
    let refused = |code: &str| {
        let error = json!({ "class": "MachineTokenVerificationError", "code": code });
        Some(json!({ "ok": { "tokenType": kind, "errors": [error] } }))
    };
    let CannedResponse::Answer(answer) = &vector.http.first()?.response else {
        return None;
    };
    let Ok(Value::Object(answer)) = serde_json::from_slice(&answer.body) else {
        return refused("unexpected-error");
    };
    let unit = if kind == "oauth_token" { 1000 } else { 1 };
    let ms = |name: &str| {
        answer
            .get(name)
            .and_then(Value::as_i64)
            .map(|time| time * unit)
    };
    let text = |name: &str| answer.get(name).filter(|value| value.is_string());
    let is_set = |name: &str| answer.get(name).is_some_and(|value| *value == json!(true));
    let names = |name: &str| text(name).is_some_and(|text| *text != json!(""));
    let is_over = ms("expiration").is_some_and(|time| time <= vector.now_ms);
    if is_set("revoked")
        || is_set("expired")
        || is_over
        || answer.get("active") == Some(&json!(false))
        || !names("id")
        || !names("subject")
    {
        return refused("token-invalid");
    }
    let mut data = json!({
        "id": text("id"),
        "subject": text("subject"),
        "scopes": list_of_texts(answer.get("scopes")),
        "revoked": false,
        "revocationReason": null,
        "expired": false,
        "expiration": ms("expiration"),
        "createdAt": ms("created_at"),
        "updatedAt": ms("updated_at"),
    });
    let claims = answer.get("claims").filter(|claims| claims.is_object());
    match kind {
        "m2m_token" => data["claims"] = json!(claims),
        "api_key" => {
            data["claims"] = json!(claims);
            data["type"] = json!(text("type"));
            data["name"] = text("name").cloned().unwrap_or("".into());
            data["createdBy"] = json!(text("created_by"));
            data["description"] = json!(text("description"));
            data["lastUsedAt"] = json!(ms("last_used_at"));
        }
        _ => {
            data["type"] = json!(text("type"));
            data["clientId"] = text("client_id").cloned().unwrap_or("".into());
            if let Some(aud) = answer.get("aud").filter(|aud| !aud.is_null()) {
                data["aud"] = list_of_texts(Some(aud)).into();
            }
            if let Some(act) = answer.get("act").filter(|act| act["sub"].is_string()) {
                // TOK-43: who acts, and on whose behalf that one does.
                data["act"] = parts(act, &["sub", "iss"]);
                if act["act"]["sub"].is_string() {
                    data["act"]["act"] = parts(&act["act"], &["sub", "iss"]);
                }
            }
        }
    }
    Some(json!({ "ok": { "tokenType": kind, "data": data } }))
}

fn parts(value: &Value, names: &[&str]) -> Value {
    let parts = names
        .iter()
        .filter_map(|name| Some((*name, value.get(name)?)));
    json!(parts.collect::<std::collections::BTreeMap<_, _>>())
}

/// The refusal of a text that cannot be a token.
pub(super) fn no_such_token(vector: &Vector) -> Option<Value> {
    let described = described(vector);
    let (kind, code) = match opaque_type(vector) {
        Some(kind) => (kind, "token-invalid"),
        None if !is_decoded(vector, &described) => ("m2m_token", "token-invalid"),
        None if is_m2m(&described["payload"]) => ("m2m_token", "token-verification-failed"),
        None => ("oauth_token", "token-verification-failed"),
    };
    let error = json!({ "class": "MachineTokenVerificationError", "code": code });
    Some(json!({ "ok": { "tokenType": kind, "errors": [error] } }))
}

/// A JWT but for its signature, which is empty or padded: it fails when that is verified.
fn is_decoded(vector: &Vector, described: &Value) -> bool {
    let is_base64 = |text: &str| {
        let text = text.trim_end_matches('=');
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    described["parts"] == 3
        && described["header"].is_object()
        && described["payload"].is_object()
        && vector
            .text("/token")
            .is_some_and(|token| token.split('.').all(is_base64))
}

/// The recorded refusal, with the status that came with it.
pub(super) fn with_its_status(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    let CannedResponse::Answer(answer) = &vector.http.first()?.response else {
        return None;
    };
    *outcome
        .pointer_mut("/ok/errors/0")?
        .as_object_mut()?
        .entry("status")
        .or_insert(Value::Null) = answer.status.into();
    let code = match answer.status {
        401 => "secret-key-invalid",
        404 => "token-invalid",
        _ => "unexpected-error",
    };
    *outcome.pointer_mut("/ok/errors/0/code")? = code.into();
    Some(outcome)
}

fn opaque_type(vector: &Vector) -> Option<&'static str> {
    let token = vector.text("/token")?;
    let kinds = [
        ("mt_", "m2m_token"),
        ("oat_", "oauth_token"),
        ("ak_", "api_key"),
    ];
    let mut kinds = kinds.into_iter();
    kinds.find_map(|(prefix, kind)| token.starts_with(prefix).then_some(kind))
}

fn m2m(payload: &Map<String, Value>) -> Value {
    let mut claims = payload.clone();
    for name in ["iss", "sub", "exp", "nbf", "iat", "jti"] {
        claims.remove(name);
    }
    let scopes = match payload.get("scopes") {
        Some(Value::String(scopes)) => scopes.split(' ').map(str::to_owned).collect(),
        Some(list) if is_list_of_texts(list) => list_of_texts(Some(list)),
        _ => list_of_texts(payload.get("aud")),
    };
    let mut token = common(payload, &scopes);
    token["claims"] = if claims.is_empty() {
        Value::Null
    } else {
        claims.into()
    };
    token
}

fn oauth(payload: &Map<String, Value>) -> Value {
    let scopes = match (payload.get("scp"), payload.get("scope")) {
        (Some(list), _) if is_list_of_texts(list) => list_of_texts(Some(list)),
        (_, Some(Value::String(scope))) => scope.split(' ').map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let mut token = common(payload, &scopes);
    token["type"] = "oauth_token".into();
    token["clientId"] = payload.get("client_id").cloned().unwrap_or("".into());
    if payload.contains_key("aud") {
        token["aud"] = list_of_texts(payload.get("aud")).into();
    }
    if let Some(act) = payload.get("act").filter(|act| act["sub"].is_string()) {
        token["act"] = act.clone();
    }
    token
}

fn common(payload: &Map<String, Value>, scopes: &[String]) -> Value {
    let ms = |name| {
        payload
            .get(name)
            .and_then(Value::as_f64)
            .map(|s| s * 1000.0)
    };
    json!({
        "id": payload.get("jti").cloned().unwrap_or("".into()),
        "subject": payload.get("sub").cloned().unwrap_or("".into()),
        "scopes": scopes,
        "revoked": false,
        "revocationReason": null,
        "expired": false,
        "expiration": ms("exp"),
        "createdAt": ms("iat"),
        "updatedAt": ms("iat"),
    })
}

fn is_list_of_texts(value: &Value) -> bool {
    let list = value.as_array();
    list.is_some_and(|list| list.iter().all(Value::is_string))
}

/// The texts of a text or a list.
fn list_of_texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => {
            let texts = list.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}
