//! The options that all verifying functions share.

use std::time::Duration;

use clerk_core::Clock;
use clerk_tokens::VerifyOptions;
use serde_json::Value;

use crate::outcome::Outcome;
use crate::special;
use crate::vector::Vector;

/// What a vector's options demand of tokens, at the vector's time.
pub(super) fn checks(vector: &Vector) -> Result<VerifyOptions, Outcome> {
    let mut options = VerifyOptions::with_clock(Clock::fixed(vector.now_ms));
    if let Some(parties) = texts(vector, "/options/authorizedParties")? {
        options = options.authorized_parties(parties);
    }
    if let Some(audience) = texts(vector, "/options/audience")? {
        options = options.audience(audience);
    }
    if let Some(issuer) = texts(vector, "/options/issuer")? {
        options = options.issuer(issuer);
    }
    // For this option alone `null` does not mean the default.
    if vector.input_at("/options/headerType") == Some(&Value::Null) {
        return Err(not_a("text or list of texts", "headerType"));
    }
    if let Some(types) = texts(vector, "/options/headerType")? {
        options = options.header_types(types);
    }
    match option(vector, "/options/clockSkewInMs") {
        None => Ok(options),
        Some(skew) => clock_skew(options, skew),
    }
}

/// Milliseconds: whole ones of either sign, fractions as a duration.
fn clock_skew(options: VerifyOptions, skew: &Value) -> Result<VerifyOptions, Outcome> {
    let ms = skew
        .as_f64()
        .ok_or_else(|| not_a("number", "clockSkewInMs"))?;
    if ms.fract() == 0.0 {
        return Ok(options.clock_skew_ms(ms as i64));
    }
    Duration::try_from_secs_f64(ms / 1000.0)
        .map(|skew| options.clock_skew(skew))
        .map_err(|_| not_a("duration", "clockSkewInMs"))
}

/// An option that is a text or a list of texts.
fn texts(vector: &Vector, pointer: &str) -> Result<Option<Vec<String>>, Outcome> {
    let text = |value: &Value| {
        let text = value.as_str().map(str::to_owned);
        text.ok_or_else(|| not_a("text or list of texts", pointer))
    };
    match option(vector, pointer) {
        None => Ok(None),
        Some(Value::Array(list)) => list.iter().map(text).collect::<Result<_, _>>().map(Some),
        Some(value) => Ok(Some(vec![text(value)?])),
    }
}

/// An option that is a text.
pub(super) fn optional_text<'v>(
    vector: &'v Vector,
    pointer: &str,
) -> Result<Option<&'v str>, Outcome> {
    match option(vector, pointer) {
        None => Ok(None),
        Some(value) => value
            .as_str()
            .map(Some)
            .ok_or_else(|| not_a("text", pointer)),
    }
}

/// An option that is there; `null` counts as not given.
fn option<'v>(vector: &'v Vector, pointer: &str) -> Option<&'v Value> {
    vector
        .input_at(pointer)
        .filter(|value| !value.is_null() && !special::is_undefined(value))
}

fn not_a(what: &str, option: &str) -> Outcome {
    Outcome::NotExpressible(format!("{option} is not a {what}"))
}
