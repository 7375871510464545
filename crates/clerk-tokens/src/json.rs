//! Reading a JSON object member by member, without building a tree.
//!
//! Values are handed out as the JSON text they are, so that a member of an unexpected type, of any depth,
//! or with text that is not well-formed Unicode costs nothing and fails nothing unless it is asked for.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Calls `member` with the name and the JSON text of every member, in order.
///
/// Returns `None` if `text` is not one JSON object; `member` may have been called by then.
pub(crate) fn members<'a>(text: &'a str, member: impl FnMut(&[u8], &'a str)) -> Option<()> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Members(member)).ok()?;
    json.end().ok()
}

/// Calls `element` with the JSON text of every element, in order; `None` if `text` is not one JSON array.
pub(crate) fn elements<'a>(text: &'a str, element: impl FnMut(&'a str)) -> Option<()> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_seq(Elements(element)).ok()?;
    json.end().ok()
}

/// The content of a JSON string; `None` if `json` is another value.
///
/// Lone surrogates, which Rust's text cannot hold, become replacement characters.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.as_bytes().contains(&b'\\') {
        return Some(Cow::Borrowed(inner));
    }
    let mut json = serde_json::Deserializer::from_str(json);
    let bytes = Name.deserialize(&mut json).ok()?;
    Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The value of a JSON number, rounded as JavaScript rounds it; `None` if `json` is another value.
pub(crate) fn number(json: &str) -> Option<f64> {
    let bytes = json.as_bytes();
    if !matches!(bytes.first()?, b'-' | b'0'..=b'9') {
        return None;
    }
    // Times in seconds are short runs of digits: exact, and quicker than the general way.
    if bytes.len() <= 15 && bytes.iter().all(u8::is_ascii_digit) {
        let value = bytes
            .iter()
            .fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        return Some(value as f64);
    }
    json.parse().ok()
}

struct Members<F>(F);

impl<'a, F: FnMut(&[u8], &'a str)> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let value: &'a RawValue = map.next_value()?;
            (self.0)(&name, value.get());
        }
        Ok(())
    }
}

struct Elements<F>(F);

impl<'a, F: FnMut(&'a str)> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array")
    }

    fn visit_seq<S: SeqAccess<'a>>(mut self, mut seq: S) -> Result<(), S::Error> {
        while let Some(value) = seq.next_element::<&'a RawValue>()? {
            (self.0)(value.get());
        }
        Ok(())
    }
}

/// Reads a JSON string as bytes: unlike text, they can hold lone surrogates.
struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, [u8]>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_bytes(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON string")
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'a [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        let mut all = Vec::new();
        members(text, |name, value| {
            all.push((String::from_utf8_lossy(name).into_owned(), value.to_owned()));
        })?;
        Some(all)
    }

    // covers: JWT-6
    #[test]
    fn only_objects_have_members() {
        for text in [
            "null",
            "1",
            "\"x\"",
            "[]",
            "true",
            "",
            " ",
            "{",
            "{} {}",
            "{}x",
            "{,}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":NaN}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(read(" {} "), Some(vec![]));
        assert_eq!(
            read(r#"{"a" : [1, {"b":null}] ,"\u0061":"\ud800"}"#),
            Some(vec![
                ("a".into(), r#"[1, {"b":null}]"#.into()),
                ("a".into(), r#""\ud800""#.into())
            ])
        );
    }

    #[test]
    fn any_depth_is_read_without_recursion() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(read(&deep).unwrap().len(), 1);
        let open = format!("{{\"a\":{}", "[".repeat(200_000));
        assert_eq!(read(&open), None);
    }

    #[test]
    fn texts_and_numbers_are_what_javascript_makes_of_them() {
        assert_eq!(text(r#""plain""#).as_deref(), Some("plain"));
        assert_eq!(text(r#""\u00fc\n\ud83d\ude00""#).as_deref(), Some("ü\n😀"));
        assert!(text(r#""a\ud800b""#).unwrap().starts_with("a\u{fffd}"));
        for other in ["null", "1", "[]", "{}", "true"] {
            assert_eq!(text(other), None);
        }
        for (json, expected) in [
            ("0", 0.0),
            ("-0", 0.0),
            ("1774000040", 1_774_000_040.0),
            ("1.774e9", 1_774_000_000.0),
            ("123456789012345678", 123_456_789_012_345_680.0),
            ("1e400", f64::INFINITY),
            ("-1e400", f64::NEG_INFINITY),
        ] {
            assert_eq!(number(json), Some(expected), "{json}");
        }
        for other in ["null", "\"1\"", "[1]", "{}", "true"] {
            assert_eq!(number(other), None);
        }
    }
}
