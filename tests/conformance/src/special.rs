//! Values that JSON cannot hold, written as objects with one `$` member.

use serde_json::{Value, json};

/// JavaScript's `undefined`, where it stands in for a whole value or a list element.
#[must_use]
pub fn undefined() -> Value {
    json!({ "$undefined": true })
}

/// Whether a value stands for `undefined`.
#[must_use]
pub fn is_undefined(value: &Value) -> bool {
    member(value, "$undefined").is_some()
}

/// Bytes as a value.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Value {
    json!({ "$bytes": base64_simd::STANDARD.encode_to_string(bytes) })
}

/// The bytes of a `$bytes` value.
#[must_use]
pub fn bytes(value: &Value) -> Option<Vec<u8>> {
    decode(member(value, "$bytes")?)
}

/// A number as a value; what JSON cannot hold is written as `$num`.
#[must_use]
pub fn from_number(number: f64) -> Value {
    if number.is_nan() {
        json!({ "$num": "NaN" })
    } else if number == f64::INFINITY {
        json!({ "$num": "Infinity" })
    } else if number == f64::NEG_INFINITY {
        json!({ "$num": "-Infinity" })
    } else {
        json!(number)
    }
}

/// The number of a value, be it a JSON number or a `$num`.
#[must_use]
pub fn number(value: &Value) -> Option<f64> {
    if let Some(number) = value.as_f64() {
        return Some(number);
    }
    match member(value, "$num")?.as_str()? {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        "-0" => Some(-0.0),
        _ => None,
    }
}

/// The UTF-16 code units of a text that is not well-formed Unicode.
#[must_use]
pub fn utf16(value: &Value) -> Option<Vec<u16>> {
    member(value, "$utf16")?
        .as_array()?
        .iter()
        .map(|unit| unit.as_u64().and_then(|unit| u16::try_from(unit).ok()))
        .collect()
}

/// Whether there is a text somewhere in a value that is not well-formed Unicode.
#[must_use]
pub fn holds_utf16(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("$utf16") || map.values().any(holds_utf16),
        Value::Array(list) => list.iter().any(holds_utf16),
        _ => false,
    }
}

/// The ISO text of a `$date`.
#[must_use]
pub fn date(value: &Value) -> Option<&str> {
    member(value, "$date")?.as_str()
}

/// A file argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The file's name.
    pub filename: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// The file of a `$blob`.
#[must_use]
pub fn blob(value: &Value) -> Option<Blob> {
    file(member(value, "$blob")?)
}

/// The file described by an object with `filename`, `type` and `base64`.
#[must_use]
pub fn file(value: &Value) -> Option<Blob> {
    Some(Blob {
        filename: value.get("filename")?.as_str()?.to_owned(),
        media_type: value.get("type")?.as_str()?.to_owned(),
        content: decode(value.get("base64")?)?,
    })
}

/// The names and values of a `$headers`.
#[must_use]
pub fn headers(value: &Value) -> Option<Vec<(String, String)>> {
    pairs(member(value, "$headers")?)
}

/// A list of pairs of texts.
#[must_use]
pub fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    value
        .as_array()?
        .iter()
        .map(|pair| match pair.as_array()?.as_slice() {
            [name, value] => Some((name.as_str()?.to_owned(), value.as_str()?.to_owned())),
            _ => None,
        })
        .collect()
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.get(name)
}

fn decode(value: &Value) -> Option<Vec<u8>> {
    base64_simd::STANDARD.decode_to_vec(value.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_values_are_read() {
        assert!(is_undefined(&undefined()));
        assert!(!is_undefined(&Value::Null));
        assert_eq!(bytes(&from_bytes(b"abc")), Some(b"abc".to_vec()));
        assert!(number(&json!({"$num": "NaN"})).is_some_and(f64::is_nan));
        assert_eq!(
            number(&json!({"$num": "-Infinity"})),
            Some(f64::NEG_INFINITY)
        );
        assert_eq!(number(&json!(5)), Some(5.0));
        assert_eq!(number(&json!("5")), None);
        assert_eq!(
            utf16(&json!({"$utf16": [117, 55296]})),
            Some(vec![117, 55296])
        );
        assert!(holds_utf16(&json!([{"a": {"$utf16": [55296]}}])));
        assert!(!holds_utf16(&json!([{"a": "$utf16"}])));
        assert_eq!(date(&json!({"$date": "2030-01-02"})), Some("2030-01-02"));
        let file = json!({"$blob": {"filename": "a.png", "type": "image/png", "base64": "YQ=="}});
        assert_eq!(blob(&file).map(|blob| blob.content), Some(b"a".to_vec()));
        let list = json!({"$headers": [["a", "1"]]});
        assert_eq!(headers(&list), Some(vec![("a".to_owned(), "1".to_owned())]));
    }
}
