//! What comes back from a handshake or a refresh, worked out from the recorded input.

use serde_json::{Value, json};

use super::credentials::is_signed;
use super::requests::{header, is_development, request_url};
use crate::vector::Vector;

/// Directives that are Clerk's to follow, as `(name, value, directive)`.
pub(super) fn allowed(directives: &[String]) -> Vec<(String, String, String)> {
    directives
        .iter()
        .filter(|directive| directive.bytes().all(|byte| (0x20..0x7f).contains(&byte)))
        .filter_map(|directive| {
            let (name, rest) = directive.split_once('=')?;
            let value = rest.split(';').next()?.trim();
            let own = ["__session", "__client", "__clerk", "__refresh", "clerk_"];
            let is_clerks = own.iter().any(|own| name.starts_with(own)) && !name.contains(' ');
            is_clerks.then(|| (name.to_owned(), value.to_owned(), directive.clone()))
        })
        .collect()
}

pub(super) fn session_of(vector: &Vector, cookies: &[(String, String, String)]) -> Option<String> {
    let key = super::states::option(vector, "publishableKey")?.as_str()?;
    let suffixed = format!("__session_{}", clerk_core::CookieSuffix::for_key_text(key));
    let last = |wanted: &dyn Fn(&str) -> bool| {
        let mut cookies = cookies.iter().rev();
        cookies
            .find(|(name, ..)| wanted(name))
            .map(|(_, value, _)| value.clone())
    };
    last(&|name| name == suffixed)
        .or_else(|| last(&|name| name == "__session"))
        .or_else(|| last(&|name| name.starts_with("__session")))
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| {
        value
            .as_str()
            .map(|text| vec![json!(text)])
            .unwrap_or_default()
    });
    list.iter()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

/// REF-3: signed in with the refreshed session, and those cookies set that are Clerk's.
pub(super) fn refreshed(vector: &Vector) -> Option<Value> {
    use crate::http::CannedResponse;
    let exchange = vector
        .http
        .iter()
        .find(|exchange| exchange.request.url.contains("/refresh"))?;
    let CannedResponse::Answer(answer) = &exchange.response else {
        return None;
    };
    let answer: Value = serde_json::from_slice(&answer.body).ok()?;
    let cookies = allowed(&texts(&answer["cookies"]));
    let token = session_of(vector, &cookies)?;
    let mut outcome = super::states::State::signed_in().with_token(vector, &token)?;
    let headers = cookies
        .iter()
        .map(|(.., directive)| json!(["set-cookie", directive]));
    outcome["ok"]["headers"] = headers.collect();
    Some(outcome)
}

/// HS-30 to HS-35: what the answer of the handshake comes to when only Clerk's cookies are set.
pub(super) fn handshaken(vector: &Vector) -> Option<Value> {
    use crate::http::CannedResponse;
    let url = clerk_core::url::Url::parse(request_url(vector)).ok()?;
    let given = |name: &str| {
        let query = url.query_param(name).map(std::borrow::Cow::into_owned);
        query
            .filter(|text| !text.is_empty())
            .or_else(|| super::states::cookie(vector, name))
    };
    let directives = if given("__clerk_handshake_nonce").is_some() {
        let exchange = vector
            .http
            .iter()
            .find(|exchange| exchange.request.url.contains("handshake_payload"))?;
        let is_plain = |nonce: &str| {
            nonce
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        };
        match &exchange.response {
            CannedResponse::Answer(answer)
                if given("__clerk_handshake_nonce").is_some_and(|nonce| is_plain(&nonce)) =>
            {
                let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                texts(&answer["directives"])
            }
            _ => Vec::new(),
        }
    } else {
        texts(&crate::token::describe(&given("__clerk_handshake")?)["payload"]["handshake"])
    };
    let cookies = allowed(&directives);
    let mut outcome = match session_of(vector, &cookies).filter(|token| !token.is_empty()) {
        Some(token) => super::states::State::signed_in().with_token(vector, &token)?,
        None => super::states::State::signed_out("session-token-missing", Some("session_token"))
            .outcome(vector)?,
    };
    let mut headers = vec![
        json!(["access-control-allow-credentials", "true"]),
        json!(["access-control-allow-origin", "null"]),
    ];
    let key = super::states::option(vector, "publishableKey")?.as_str()?;
    if key.starts_with("pk_test_") {
        let mut page = url.clone();
        page.remove_query_params(&[
            "__clerk_handshake",
            "__clerk_help",
            "__clerk_db_jwt",
            "__clerk_handshake_nonce",
        ]);
        headers.push(json!(["cache-control", "no-store"]));
        headers.push(json!(["location", null]));
        let query: Vec<Value> = page
            .query_pairs()
            .map(|(name, value)| json!([name, value]))
            .collect();
        outcome["ok"]["location"] = json!({
            "base": format!("{}{}", page.origin_str(), page.path()), "query": query, "fragment": "",
        });
    }
    headers.extend(
        cookies
            .iter()
            .map(|(.., directive)| json!(["set-cookie", directive])),
    );
    headers.extend(
        outcome["ok"]["headers"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
    );
    outcome["ok"]["headers"] = json!(headers);
    Some(outcome)
}

/// CAT-17: the refreshed session token is of another class, or not the one of this instance's cookie.
pub(super) fn refreshed_session_is_none(vector: &Vector) -> bool {
    let token =
        refreshed(vector).and_then(|outcome| outcome["ok"]["token"].as_str().map(str::to_owned));
    let described = crate::token::describe(&token.unwrap_or_default());
    let has_expired = described["payload"]["exp"]
        .as_i64()
        .is_none_or(|exp| exp * 1000 <= vector.now_ms - 5000);
    has_expired
        || !matches!(
            described["header"]["cat"].as_str(),
            None | Some("cl_B7d4PD111AAA" | "cl_I7d4PD111III")
        )
}

pub(super) fn given(vector: &Vector, name: &str) -> Option<String> {
    let url = clerk_core::url::Url::parse(request_url(vector)).ok()?;
    let query = url.query_param(name).map(std::borrow::Cow::into_owned);
    query
        .filter(|text| !text.is_empty())
        .or_else(|| super::states::cookie(vector, name))
}

/// The handshake's answer as a token, where no nonce and no header goes before it and the local key signed it.
pub(super) fn handshake_answer(vector: &Vector) -> Option<Value> {
    let no_other = header(vector, "authorization").is_none()
        && given(vector, "__clerk_handshake_nonce").is_none();
    let token = given(vector, "__clerk_handshake").filter(|_| no_other)?;
    let is_object = !crate::token::describe(&token)["payload"].is_null();
    (is_signed(vector, &token) || !is_object).then(|| crate::token::describe(&token))
}

pub(super) fn handshake_has_expired(vector: &Vector) -> bool {
    let skew = if is_development(vector) {
        86_400_000
    } else {
        5000
    };
    handshake_answer(vector)
        .and_then(|answer| answer["payload"]["exp"].as_i64())
        .is_some_and(|exp| exp * 1000 + skew <= vector.now_ms)
}

pub(super) fn handshake_has_expired_in_development(vector: &Vector) -> bool {
    is_development(vector) && handshake_has_expired(vector)
}

pub(super) fn handshake_is_no_object(vector: &Vector) -> bool {
    given(vector, "__clerk_handshake").is_some_and(|token| {
        let payload = token.split('.').nth(1).unwrap_or_default();
        base64_simd::URL_SAFE_NO_PAD
            .decode_to_vec(payload.as_bytes())
            .is_ok_and(|payload| payload == b"null")
    })
}

pub(super) fn handshake_is_no_object_in_development(vector: &Vector) -> bool {
    is_development(vector) && handshake_is_no_object(vector)
}

/// The directives that the handshake's answer holds.
pub(super) fn directives(vector: &Vector) -> Vec<String> {
    handshake_answer(vector)
        .map(|answer| texts(&answer["payload"]["handshake"]))
        .unwrap_or_default()
}

/// CAT-17, HS-33: with these cookies nobody is signed in.
pub(super) fn handshake_is_of_no_use(vector: &Vector) -> bool {
    if !is_development(vector) && (handshake_has_expired(vector) || handshake_is_no_object(vector))
    {
        return vector.expected.to_value()["ok"]["status"] != "handshake";
    }
    let cookies = allowed(&directives(vector));
    let reference = vector.expected.to_value();
    session_of(vector, &cookies).is_some_and(|token| {
        let described = crate::token::describe(&token);
        let skew = if is_development(vector) {
            86_400_000
        } else {
            5000
        };
        let has_expired = described["payload"]["exp"]
            .as_i64()
            .is_some_and(|exp| exp * 1000 + skew <= vector.now_ms);
        let is_session = matches!(
            described["header"]["cat"].as_str(),
            None | Some("cl_B7d4PD111AAA" | "cl_I7d4PD111III")
        );
        reference["ok"]["status"] == "signed-in" && (has_expired || !is_session)
    })
}

pub(super) fn nonce_is_not_plain(vector: &Vector) -> bool {
    header(vector, "authorization").is_none()
        && vector
            .http
            .iter()
            .any(|exchange| exchange.request.url.contains("handshake_payload"))
        && given(vector, "__clerk_handshake_nonce").is_some_and(|nonce| {
            !nonce
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        })
}

/// Directives that are read differently: with two `=` in the pair, several sessions, or what cannot be a header or a name.
pub(super) fn directives_are_odd(vector: &Vector) -> bool {
    let directives = directives(vector);
    let pair = |directive: &str| directive.split(';').next().unwrap_or_default().to_owned();
    let sessions = directives
        .iter()
        .filter(|directive| directive.starts_with("__session"))
        .count();
    let is_first_of_two = sessions > 1
        && session_of(vector, &allowed(&directives))
            != directives
                .iter()
                .rfind(|directive| directive.starts_with("__session"))
                .map(|directive| {
                    pair(directive)
                        .split('=')
                        .nth(1)
                        .unwrap_or_default()
                        .to_owned()
                });
    is_first_of_two
        || directives.iter().any(|directive| {
            (directive.starts_with("__session") && pair(directive).matches('=').count() > 1)
                || !directive.bytes().all(|byte| (0x20..0x7f).contains(&byte))
                || directive.starts_with(' ')
        })
}
