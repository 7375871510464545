//! What a token or cookies of a request come to, worked out from the recorded input.

use serde_json::{Value, json};

use super::answers::keys_answer;
use super::handshakes::given;
use super::requests::{
    counting_cookie, header, header_token, is_number, presented_token, request_url,
    uat_is_no_number, uses_suffixed,
};
use crate::vector::Vector;

/// What a request without a header token comes to where machine tokens alone are accepted.
pub(super) fn nothing_accepted_in_header(vector: &Vector) -> Option<Value> {
    use super::states::State;
    match vector.input_at("/options/acceptsToken")? {
        Value::String(kind) => State::signed_out("No token in header", Some(kind)).outcome(vector),
        _ => State::signed_out("token-type-mismatch", None).outcome(vector),
    }
}

/// AUTH-27: the features of the session are of no form that the reference can read.
pub(super) fn features_are_malformed(vector: &Vector) -> bool {
    let payload =
        presented_token(vector).map(|token| crate::token::describe(&token)["payload"].clone());
    let payload = payload.unwrap_or_default();
    let reads_features = payload["v"] == json!(2) && payload["o"].is_object();
    match &payload["fea"] {
        Value::Null => false,
        Value::String(text) => {
            reads_features
                && !text.is_empty()
                && text.split(',').any(|element| !element.contains(':'))
        }
        _ => reads_features,
    }
}

/// CTX-10: the header has a scheme in other letters, more blanks than one, or nothing but a scheme.
pub(super) fn header_is_read_otherwise(vector: &Vector) -> bool {
    let value = header(vector, "authorization").unwrap_or_default();
    let words: Vec<&str> = value
        .split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    let is_bearer = words
        .first()
        .is_some_and(|word| word.eq_ignore_ascii_case("bearer"));
    let is_plain = value.starts_with("Bearer ")
        && value.split(' ').count() == words.len()
        && !value.contains('\t');
    is_bearer && !(is_plain && words.len() > 1)
}

/// As above, and reading it costs a call for an opaque machine token.
pub(super) fn header_costs_a_verification(vector: &Vector) -> bool {
    let is_opaque = |token: &str| {
        ["mt_", "oat_", "ak_"]
            .iter()
            .any(|prefix| token.starts_with(prefix))
    };
    header_is_read_otherwise(vector) && header_token(vector).is_some_and(is_opaque) && {
        let kind = header_token(vector).map(|token| token_kind(token, &Value::Null));
        is_accepted(vector, kind.unwrap_or_default())
    }
}

/// As above, and reading it costs the signing keys.
pub(super) fn header_costs_keys(vector: &Vector) -> bool {
    header_is_read_otherwise(vector)
        && super::states::option(vector, "jwtKey").is_none()
        && header_state(vector).is_some_and(|state| state.is_unavailable())
}

pub(super) fn token_kind<'t>(token: &str, payload: &Value) -> &'t str {
    let is_machine = payload["sub"]
        .as_str()
        .is_some_and(|sub| sub.starts_with("mch_"));
    match token {
        token if token.starts_with("mt_") || is_machine => "m2m_token",
        token if token.starts_with("oat_") => "oauth_token",
        token if token.starts_with("ak_") => "api_key",
        _ => "session_token",
    }
}

pub(super) fn is_accepted(vector: &Vector, kind: &str) -> bool {
    match vector.input_at("/options/acceptsToken") {
        None => kind == "session_token",
        Some(Value::String(accepted)) => accepted == kind || accepted == "any",
        Some(Value::Array(list)) => list.iter().any(|accepted| accepted == kind),
        Some(_) => false,
    }
}

/// What the header's token comes to, judged by what it says; `None` where there is none.
pub(super) fn header_state(vector: &Vector) -> Option<super::states::State> {
    use super::states::State;
    let accepts = vector.input_at("/options/acceptsToken");
    let token = header_token(vector).filter(|token| !token.eq_ignore_ascii_case("bearer"));
    let Some(token) = token else {
        return match accepts {
            Some(Value::String(kind)) if kind != "any" && kind != "session_token" => {
                Some(State::signed_out("No token in header", Some(kind)))
            }
            Some(Value::Array(_)) if !is_accepted(vector, "session_token") => {
                Some(State::signed_out("token-type-mismatch", None))
            }
            _ => None,
        };
    };
    let described = crate::token::describe(token);
    let payload = &described["payload"];
    let kind = token_kind(token, payload);
    if !is_accepted(vector, kind) {
        return Some(match accepts {
            Some(Value::Array(_)) => State::signed_out("token-type-mismatch", None),
            Some(Value::String(accepted)) if accepted != "session_token" => {
                State::signed_out("token-type-mismatch", Some(accepted))
            }
            _ if payload.is_object() => {
                State::signed_out("token-type-mismatch", Some("session_token"))
            }
            _ => State::signed_out("token-invalid", Some("session_token")),
        });
    }
    if kind != "session_token" {
        return Some(State::unavailable("unexpected-error", kind));
    }
    Some(judge_session(vector, token))
}

/// What a session token comes to, judged by what it says and by whether the local key signed it.
pub(super) fn judge_session(vector: &Vector, token: &str) -> super::states::State {
    use super::states::State;
    let described = crate::token::describe(token);
    let (head, payload) = (&described["header"], &described["payload"]);
    let out = |reason: &str| State::signed_out(reason, Some("session_token"));
    if !payload.is_object() || !head.is_object() {
        return out("token-invalid");
    }
    if !matches!(
        head["cat"].as_str(),
        None | Some("cl_B7d4PD111AAA" | "cl_I7d4PD111III")
    ) {
        return out("token-type-mismatch");
    }
    let has_local_key = super::states::option(vector, "jwtKey").is_some();
    if !has_local_key && keys_answer(vector).is_none() {
        return State::unavailable("jwk-remote-failed-to-load", "session_token");
    }
    if has_local_key && !is_signed(vector, token) {
        return out("token-invalid-signature");
    }
    let listed = |name: &str, claim: &str| match super::states::option(vector, name) {
        Some(Value::Array(list)) if !list.is_empty() => list.contains(&payload[claim]),
        Some(Value::String(text)) => *text == payload[claim],
        _ => true,
    };
    if !listed("authorizedParties", "azp") {
        return out("token-invalid-authorized-parties");
    }
    if !listed("issuer", "iss") {
        return out("token-invalid-issuer");
    }
    let skew = super::states::option(vector, "clockSkewInMs")
        .and_then(Value::as_i64)
        .unwrap_or(5000);
    let at = |claim: &str| payload[claim].as_i64().map(|seconds| seconds * 1000);
    let get = vector.text("/request/method") == Some("GET");
    let code = if get { "no-refresh-cookie" } else { "non-get" };
    let reason = if at("exp").is_some_and(|exp| exp <= vector.now_ms - skew) {
        format!("session-token-expired-refresh-non-eligible-{code}")
    } else if at("nbf").is_some_and(|nbf| nbf > vector.now_ms + skew) {
        "session-token-nbf".to_owned()
    } else if at("iat").is_some_and(|iat| iat > vector.now_ms + skew) {
        "session-token-iat-in-the-future".to_owned()
    } else {
        return State::signed_in();
    };
    if redirects(vector) {
        State::handshake(&reason)
    } else {
        out(&reason)
    }
}

/// What a request comes to when its header is read as RFC 9110 says.
pub(super) fn header_read(vector: &Vector) -> Option<Value> {
    use super::states::State;
    if let Some(state) = header_state(vector) {
        return state.with_token(vector, header_token(vector).unwrap_or_default());
    }
    // No token in the header: the cookies decide.
    let Some(token) = super::states::cookie(vector, "__session") else {
        let key = super::states::option(vector, "publishableKey")?.as_str()?;
        let reason = if key.starts_with("pk_test_")
            && super::states::cookie(vector, "__clerk_db_jwt").is_none()
        {
            "dev-browser-missing"
        } else {
            "session-token-and-uat-missing"
        };
        return State::signed_out(reason, Some("session_token")).outcome(vector);
    };
    State::signed_in().with_token(vector, &token)
}

/// HS-1.
pub(super) fn redirects(vector: &Vector) -> bool {
    let dest = header(vector, "sec-fetch-dest").filter(|dest| !dest.is_empty());
    let accepts_html =
        header(vector, "accept").is_some_and(|accept| accept.starts_with("text/html"));
    let is_get = vector
        .text("/request/method")
        .is_none_or(|method| method == "GET");
    is_get && (matches!(dest, Some("document" | "iframe")) || dest.is_none() && accepts_html)
}

/// Whether the local key signed a token.
pub(super) fn is_signed(vector: &Vector, token: &str) -> bool {
    let key = super::states::option(vector, "jwtKey").and_then(Value::as_str);
    let key = key.and_then(|pem| clerk_tokens::VerifyingKey::from_pem(pem).ok());
    let decoded = clerk_tokens::decode_jwt(token).ok();
    key.zip(decoded).is_some_and(|(key, decoded)| {
        matches!(clerk_tokens::has_valid_signature(&decoded, &key), Ok(true))
    })
}

/// What a request without a header token comes to by its cookies, in development without a redirect to a satellite, and
/// with a client state that is a plain number or none.
pub(super) fn by_its_cookies(vector: &Vector) -> Option<Value> {
    use super::states::State;
    let key = super::states::option(vector, "publishableKey")?.as_str()?;
    let named = |name: &str| counting_cookie(vector, name);
    let or_redirect = |reason: &str| {
        if redirects(vector) {
            State::handshake(reason)
        } else {
            State::signed_out(reason, Some("session_token"))
        }
    };
    let url = request_url(vector);
    let state = if key.starts_with("pk_test_") && url.contains("__clerk_db_jwt=") {
        or_redirect("dev-browser-sync")
    } else if key.starts_with("pk_test_") && named("__clerk_db_jwt").is_none() {
        or_redirect("dev-browser-missing")
    } else {
        let uat = named("__client_uat")
            .filter(|uat| is_number(uat))
            .and_then(|uat| uat.parse().ok())
            .unwrap_or(0_i64);
        match (uat, named("__session")) {
            (0, None) => State::signed_out("session-token-and-uat-missing", Some("session_token")),
            (0, Some(_)) => or_redirect("session-token-but-no-client-uat"),
            (_, None) => or_redirect("client-uat-but-no-session-token"),
            (uat, Some(token)) => {
                let iat = crate::token::describe(&token)["payload"]["iat"].as_i64();
                let state = if iat.is_some_and(|iat| iat < uat) {
                    or_redirect("session-token-iat-before-client-uat")
                } else {
                    judge_session(vector, &token)
                };
                return state.with_token(vector, &token);
            }
        }
    };
    state.outcome(vector)
}

/// REQ-36: the browser asks to be sent to what is no http or https URL, in development.
pub(super) fn is_sent_nowhere(vector: &Vector) -> bool {
    let url = clerk_core::url::Url::parse(request_url(vector)).ok();
    let target = url.and_then(|url| {
        url.query_param("__clerk_redirect_url")
            .map(std::borrow::Cow::into_owned)
    });
    let is_test = super::states::option(vector, "publishableKey")
        .and_then(Value::as_str)
        .is_some_and(|key| key.starts_with("pk_test_"));
    is_test
        && target.is_some_and(|target| {
            !target.is_empty() && !target.starts_with("http://") && !target.starts_with("https://")
        })
}

/// REQ-51, with nothing in the header that goes before cookies.
pub(super) fn odd_uat_decides(vector: &Vector) -> bool {
    uat_is_no_number(vector)
        && header(vector, "authorization").is_none()
        && reference_used_plain_cookies(vector)
}

/// Whether no cookie with a suffix is there to count instead.
pub(super) fn reference_used_plain_cookies(vector: &Vector) -> bool {
    let has_answer = given(vector, "__clerk_handshake").is_some()
        || given(vector, "__clerk_handshake_nonce").is_some();
    !has_answer && !uses_suffixed(vector)
}

/// A token that is presented is no JSON object inside.
pub(super) fn presents_no_object(vector: &Vector) -> bool {
    let token = presented_token(vector).unwrap_or_default();
    let parts: Vec<&str> = token.split('.').collect();
    let is_other = |part: Option<&&str>| {
        let bytes = part.and_then(|part| {
            base64_simd::URL_SAFE_NO_PAD
                .decode_to_vec(part.as_bytes())
                .ok()
        });
        let json: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        json.is_some_and(|json| !json.is_object())
    };
    parts.len() == 3 && (is_other(parts.first()) || is_other(parts.get(1)))
}

/// CTX-10, where the signing keys were fetched anyway.
pub(super) fn header_finds_keys(vector: &Vector) -> bool {
    header_is_read_otherwise(vector)
        && super::states::option(vector, "jwtKey").is_none()
        && keys_answer(vector).is_some()
        && header_state(vector).is_some()
}
