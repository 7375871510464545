//! Where typed audiences and really parsed keys make a difference, worked out from the recorded input alone.

use serde_json::{Value, json};

use crate::token::describe;
use crate::vector::Vector;

/// The SubjectPublicKeyInfo of RSA keys with 2048 and 4096 bits starts so.
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";
const RSA_4096: &str = "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A";
/// The RSAPublicKey of one with 2048 bits starts so.
const RSA_2048_PKCS1: &str = "MIIBCgKCAQEA";

fn payload(vector: &Vector) -> Option<Value> {
    describe(vector.text("/token")?).get("payload").cloned()
}

/// The payload of the vector's token, as the call's value.
pub(super) fn the_payload(vector: &Vector) -> Option<Value> {
    Some(json!({ "ok": payload(vector)? }))
}

/// Why a token's header refuses it before any key is asked for: category, type, extensions, algorithm (JWT-53).
fn refused_by_header(vector: &Vector) -> Option<&'static str> {
    let described = describe(vector.text("/token")?);
    let header = described.get("header")?.as_object()?;
    let types = match vector.input_at("/options/headerType") {
        None => vec!["JWT"],
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(_) => return None,
    };
    let is_accepted = match header.get("typ") {
        None => vector.input_at("/options/headerType").is_none(),
        Some(typ) => typ.as_str().is_some_and(|typ| types.contains(&typ)),
    };
    let is_m2m = vector.function != "verifyMachineAuthToken"
        && header
            .get("cat")
            .is_some_and(|cat| cat == "cl_B7d4PD333AAA");
    // Which kind a machine's token is, its type says; it is judged with that kind's key at hand.
    let is_typed = is_accepted || vector.function == "verifyMachineAuthToken";
    if is_m2m || !is_typed || header.contains_key("crit") {
        return Some("token-invalid");
    }
    let algorithm = header.get("alg").and_then(Value::as_str);
    let is_known = algorithm.is_some_and(|alg| ["RS256", "RS384", "RS512"].contains(&alg));
    (!is_known).then_some("token-invalid-algorithm")
}

/// The token's header alone refuses it.
pub(super) fn is_refused_by_header(vector: &Vector) -> bool {
    refused_by_header(vector).is_some()
}

/// The refusal by the token's header.
pub(super) fn refusal_of_header(vector: &Vector) -> Option<Value> {
    refused(vector, refused_by_header(vector)?)
}

/// The refusal of a token that names no key.
pub(super) fn no_key_of_that_name(vector: &Vector) -> Option<Value> {
    refused(vector, "jwk-kid-mismatch")
}

/// A refusal by the means of the function that was called.
fn refused(vector: &Vector, reason: &str) -> Option<Value> {
    if vector.function == "verifyMachineAuthToken" {
        let recorded = vector.expected.to_value();
        let kind = recorded.pointer("/ok/tokenType")?;
        let code = "token-verification-failed";
        let error = json!({ "class": "MachineTokenVerificationError", "code": code });
        return Some(json!({ "ok": { "tokenType": kind, "errors": [error] } }));
    }
    Some(json!({ "err": { "class": "TokenVerificationError", "reason": reason } }))
}

/// The audience option names at least one, and the token's is of no form that the reference judges (JWT-24).
pub(super) fn has_malformed_audience(vector: &Vector) -> bool {
    let is_named = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let is_asked_for = match vector.input_at("/options/audience") {
        Some(Value::Array(list)) => list.iter().any(is_named),
        Some(value) => is_named(value),
        None => false,
    };
    let is_falsy = |value: &Value| {
        value.is_null() || *value == json!("") || *value == json!(false) || *value == json!(0)
    };
    let is_malformed = match payload(vector).and_then(|payload| payload.get("aud").cloned()) {
        None | Some(Value::Null | Value::String(_)) => false,
        Some(Value::Array(list)) => {
            !list.iter().all(is_falsy) && !list.iter().all(Value::is_string)
        }
        Some(_) => true,
    };
    is_asked_for && is_malformed
}

/// The party option is one text, not a list, and the token's party is not that text.
pub(super) fn has_part_of_party(vector: &Vector) -> bool {
    let party = vector.input_at("/options/authorizedParties");
    party.is_some_and(|party| {
        let azp = payload(vector).and_then(|payload| payload.get("azp").cloned());
        party.is_string() && azp.as_ref() != Some(party)
    })
}

/// The low-level functions' key is text with written-out line breaks, PKCS #1, or url-safe base64.
pub(super) fn is_unread_pem(vector: &Vector) -> bool {
    let key = vector
        .text("/options/key")
        .or_else(|| vector.text("/key"))
        .unwrap_or_default();
    let holds_spki = key.contains(RSA_2048) || key.contains(RSA_4096);
    let body = key.split("-----").nth(2).unwrap_or_default();
    let is_url_safe = body.contains(['-', '_']);
    let is_complete = key.matches("-----").count() == 4 && key.starts_with("-----BEGIN ");
    is_complete && (holds_spki && (key.contains("\\n") || is_url_safe) || is_pkcs1(key))
}

/// The local key is one that the reference's text surgery spoils.
pub(super) fn is_misread_local_key(vector: &Vector) -> bool {
    let key = vector.text("/options/jwtKey").unwrap_or_default();
    let is_spoilt = key.contains("\\n") || key.contains("RSA PUBLIC KEY");
    (key.contains(RSA_2048) && is_spoilt)
        || is_pkcs1(key)
        // Selected where the token is the key's own; any other stays unverified.
        || (key.contains(RSA_4096) && vector.has_tag("pem-not-2048"))
}

/// The local key is no RSA public key of at least 2048 bits.
pub(super) fn is_no_local_key(vector: &Vector) -> bool {
    let key = vector.text("/options/jwtKey").unwrap_or_default();
    let holds_key = key.contains(RSA_2048) || key.contains(RSA_4096) || is_pkcs1(key);
    !key.is_empty() && !holds_key
}

fn is_pkcs1(key: &str) -> bool {
    key.contains("-----BEGIN RSA PUBLIC KEY-----")
        && key.contains(RSA_2048_PKCS1)
        && !key.contains(RSA_2048)
}
