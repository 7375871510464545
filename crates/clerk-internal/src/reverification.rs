//! The answer that asks a browser to verify its user again.

use clerk_tokens::authz::Reverification;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// What Clerk's front-end libraries look for in a refusal: which verification was missing.
#[must_use]
pub fn reverification_error(missing: Option<Reverification>) -> Value {
    let mut metadata = serde_json::Map::new();
    if let Some(missing) = missing {
        let config = match missing.name() {
            Some(name) => Value::from(name),
            None => json!({
                "level": missing.level().as_str(),
                "afterMinutes": number(missing.after_minutes()),
            }),
        };
        metadata.insert("reverification".to_owned(), config);
    }
    json!({
        "clerk_error": {
            "type": "forbidden",
            "reason": "reverification-error",
            "metadata": metadata,
        }
    })
}

/// The whole answer: 403 with [`reverification_error`] as JSON.
///
/// ```
/// use clerk_internal::reverification_response;
/// use clerk_tokens::authz::Reverification;
///
/// let response = reverification_response(Some(Reverification::strict()));
/// assert_eq!(response.status(), 403);
/// assert!(response.body().contains("reverification-error"));
/// ```
#[must_use]
pub fn reverification_response(missing: Option<Reverification>) -> Response<String> {
    let mut response = Response::new(reverification_error(missing).to_string());
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Whole minutes are written without a fraction.
fn number(minutes: f64) -> Value {
    if minutes.fract() == 0.0 && minutes.abs() < 9e15 {
        Value::from(minutes as i64)
    } else {
        Value::from(minutes)
    }
}

#[cfg(test)]
mod tests {
    use clerk_tokens::authz::Level;

    use super::*;

    // covers: AUTH-50, AUTH-51
    #[test]
    fn the_answer_names_what_is_missing() {
        let response = reverification_response(Some(Reverification::moderate()));
        assert_eq!(response.status(), 403);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        let body: Value = serde_json::from_str(response.body()).unwrap();
        assert_eq!(
            body,
            json!({"clerk_error": {"type": "forbidden", "reason": "reverification-error", "metadata": {"reverification": "moderate"}}})
        );
        let custom = reverification_error(Some(Reverification::custom(Level::FirstFactor, 5)));
        assert_eq!(
            custom["clerk_error"]["metadata"]["reverification"],
            json!({"level": "first_factor", "afterMinutes": 5})
        );
        assert_eq!(
            reverification_error(None)["clerk_error"]["metadata"],
            json!({})
        );
    }
}
