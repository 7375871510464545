//! Reading a JSON object member by member, without building a tree.
//!
//! Values are handed out as the JSON text they are, so that a member of an unexpected type, of any depth,
//! or with text that is not well-formed Unicode costs nothing and fails nothing unless it is asked for.

mod scan;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Visitor};

pub(crate) use self::scan::{Found, Quoted, Scanner};

/// Calls `member` with the name and the JSON text of every member, in order.
///
/// Returns `None` if `text` is not one JSON object; `member` may have been called by then.
pub(crate) fn members<'a>(text: &'a str, mut member: impl FnMut(&[u8], &'a str)) -> Option<()> {
    let mut json = Scanner::new(text);
    json.object(|json, name| {
        let value = json.value()?;
        with_name(name, |name| member(name, value))
    })?;
    json.is_at_end().then_some(())
}

/// Calls `with` with what a name means, which is seldom other than what it is.
pub(crate) fn with_name<T>(name: Quoted<'_>, with: impl FnOnce(&[u8]) -> T) -> Option<T> {
    Some(if name.is_escaped {
        with(&unescaped(&format!("\"{}\"", name.content))?)
    } else {
        with(name.content.as_bytes())
    })
}

/// Calls `element` with the JSON text of every element, in order; `None` if `text` is not one JSON array.
pub(crate) fn elements<'a>(text: &'a str, mut element: impl FnMut(&'a str)) -> Option<()> {
    let mut json = Scanner::new(text);
    if !json.take(b'[') {
        return None;
    }
    if !json.take(b']') {
        loop {
            element(json.value()?);
            if !json.take(b',') {
                break;
            }
        }
        if !json.take(b']') {
            return None;
        }
    }
    json.is_at_end().then_some(())
}

/// The content of a JSON string; `None` if `json` is another value.
///
/// Lone surrogates, which Rust's text cannot hold, become replacement characters.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if !scan::is_escaped(inner) {
        return Some(Cow::Borrowed(inner));
    }
    unescaped_text(json).map(Cow::Owned)
}

/// The content of a JSON string with escapes in it.
pub(crate) fn unescaped_text(json: &str) -> Option<String> {
    let bytes = unescaped(json)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
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

/// The content of a JSON string as bytes: unlike text, they can hold lone surrogates.
fn unescaped(json: &str) -> Option<Vec<u8>> {
    serde_json::Deserializer::from_str(json)
        .deserialize_bytes(Bytes)
        .ok()
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// What serde_json makes of the same text.
    fn read_by_serde(text: &str) -> Option<Vec<(String, String)>> {
        struct Pairs;
        impl<'a> Visitor<'a> for Pairs {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: serde::de::MapAccess<'a>>(
                self,
                mut map: M,
            ) -> Result<Self::Value, M::Error> {
                let mut all = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let value: &'a serde_json::value::RawValue = map.next_value()?;
                    all.push((name, value.get().to_owned()));
                }
                Ok(all)
            }
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let all = json.deserialize_map(Pairs).ok()?;
        json.end().ok()?;
        Some(all)
    }

    /// JSON and texts close to it.
    fn nearly_json() -> impl Strategy<Value = String> {
        let token = prop_oneof![
            prop::sample::select(vec![
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "{}",
                "[]",
                "null",
                "true",
                "false",
                "nul",
                "\"\"",
                "\"a\"",
                "\"a\":",
                "0",
                "-0",
                "01",
                "1.",
                ".5",
                "1.5e+3",
                "1e",
                "-",
                "\"\\n\"",
                "\"\\u0041\"",
                "\"\\x\"",
                "\"\\u00g0\"",
                "\"",
                "\\",
                " ",
                "\n",
                "\t",
                "\u{a0}",
                "\u{feff}",
                "\u{0}",
                "\"\u{1}\"",
                "\"ü😀\"",
            ])
            .prop_map(str::to_owned),
            "[0-9eE+.-]{1,4}",
            "\\PC{0,3}",
        ];
        let soup = proptest::collection::vec(token, 0..12).prop_map(|parts| parts.concat());
        let leaf = prop_oneof![soup.clone(), "-?[0-9]{1,3}", Just("\"x\\ty\"".to_owned())];
        leaf.prop_recursive(6, 64, 4, move |inner| {
            prop_oneof![
                soup.clone(),
                proptest::collection::vec(inner.clone(), 0..4)
                    .prop_map(|list| format!("[{}]", list.join(" ,"))),
                proptest::collection::vec(("[a-c]{0,2}", inner), 0..4).prop_map(|members| {
                    let members = members
                        .iter()
                        .map(|(name, value)| format!("\"{name}\" :{value}"));
                    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_scanner_reads_what_serde_json_reads(text in nearly_json()) {
            let object = format!("{{\"a\":{text}}}");
            prop_assert_eq!(read(&object), read_by_serde(&object));
            prop_assert_eq!(read(&text), read_by_serde(&text));
            let list = format!("[{text}]");
            let mut found = Vec::new();
            let is_list = elements(&list, |element| found.push(element)).is_some();
            let by_serde = serde_json::from_str::<Vec<&serde_json::value::RawValue>>(&list);
            prop_assert_eq!(is_list, by_serde.is_ok(), "{}", list);
            if let Ok(by_serde) = by_serde {
                prop_assert_eq!(found, by_serde.iter().map(|raw| raw.get()).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn the_nesting_of_kinds_is_kept_at_every_depth() {
        for depth in [1, 2, 63, 64, 65, 127, 128, 129, 1000] {
            let open: String = (0..depth)
                .map(|n| if n % 3 == 0 { "[" } else { "{\"a\":" })
                .collect();
            let close: String = (0..depth)
                .rev()
                .map(|n| if n % 3 == 0 { "]" } else { "}" })
                .collect();
            let good = format!("{{\"a\":{open}1{close}}}");
            assert!(read(&good).is_some(), "{depth}");
            for at in 0..depth {
                let mut wrong = close.clone();
                let other = if &close[at..=at] == "]" { "}" } else { "]" };
                wrong.replace_range(at..=at, other);
                assert!(
                    read(&format!("{{\"a\":{open}1{wrong}}}")).is_none(),
                    "{depth} {at}"
                );
            }
        }
    }
}
