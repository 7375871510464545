//! Reading JSON with errors that name the place.

use std::{error::Error, fmt};

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// A JSON text that is not what was expected; says where.
#[derive(Debug)]
pub struct DecodeError {
    path: String,
    what: &'static str,
}

impl DecodeError {
    /// The place, such as `data[2].email_addresses[0].id`; empty for the whole text.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for DecodeError {
    /// Names the place, not the value that was found there: that may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the whole"
        } else {
            &self.path
        };
        write!(f, "{path}: {}", self.what)
    }
}

impl Error for DecodeError {}

/// What is wrong. A missing member is told by the message of serde; nothing else of that is shown.
fn what(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Io | Category::Syntax => "not JSON",
        Category::Eof => "cut off",
        Category::Data if error.to_string().starts_with("missing field") => {
            "a required member is missing"
        }
        Category::Data => "another type than expected",
    }
}

/// Reads a value from JSON.
///
/// The place of an error is found afterwards, so that reading itself costs nothing for it.
///
/// # Errors
///
/// [`DecodeError`] with the place.
///
/// ```
/// let error = clerk_types::from_slice::<Vec<u8>>(b"[1, 2, \"x\"]").unwrap_err();
/// assert_eq!(error.path(), "[2]");
/// ```
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    // Once for the whole text, rather than for each string in it.
    match std::str::from_utf8(json) {
        Ok(text) => serde_json::from_str(text).map_err(|source| locate(json, &source)),
        Err(error) => Err(DecodeError {
            path: path_at(json.get(..error.valid_up_to()).unwrap_or(json)),
            what: "not UTF-8",
        }),
    }
}

/// The same for a text that was read already.
#[cold]
fn locate(json: &[u8], source: &serde_json::Error) -> DecodeError {
    let end = offset(json, source.line(), source.column());
    let mut path = path_at(json.get(..end).unwrap_or(json));
    let message = source.to_string();
    if let Some(name) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next())
    {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
    DecodeError {
        path,
        what: what(source),
    }
}

/// The offset of a line and column, both from 1.
fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(skip) => json
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .nth(skip)
            .map_or(0, |(at, _)| at + 1),
    };
    (start + column).min(json.len())
}

/// One level of nesting on the way to a place.
enum Level {
    Object(String),
    Array(usize),
}

/// The path of the value that ends, or is under way, at the end of `json`.
fn path_at(json: &[u8]) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0;
    let mut key = true;
    while let Some(&byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' => {
                levels.push(Level::Object(String::new()));
                key = true;
            }
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' => {
                levels.pop();
                key = false;
            }
            b',' => match levels.last_mut() {
                Some(Level::Array(index)) => *index += 1,
                _ => key = true,
            },
            b':' => key = false,
            b'"' => {
                let start = at;
                while let Some(&inner) = json.get(at) {
                    at += 1;
                    match inner {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                }
                if let (true, Some(Level::Object(name))) = (key, levels.last_mut()) {
                    let text = json.get(start..at.saturating_sub(1)).unwrap_or_default();
                    *name = String::from_utf8_lossy(text).into_owned();
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for level in &levels {
        match level {
            Level::Array(index) => path.push_str(&format!("[{index}]")),
            Level::Object(name) if name.is_empty() => {}
            Level::Object(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the way there matters")]
    struct Outer {
        data: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the way there matters")]
    struct Inner {
        id: String,
        count: Option<i64>,
    }

    // covers: RES-91
    #[test]
    fn errors_name_the_place_and_not_the_value() {
        let cases = [
            (
                r#"{"data":[{"id":"a"},{"count":1}]}"#,
                "data[1].id",
                "a required member is missing",
            ),
            (
                "{\"data\":[\n{\"id\":\"a\", \"count\": \"secret\"}]}",
                "data[0].count",
                "another type than expected",
            ),
            (
                r#"{"data":[{"id":"a"},{"id":["secret"]}]}"#,
                "data[1].id",
                "another type than expected",
            ),
            (
                r#"{"data":{"a":"\"}"}}"#,
                "data",
                "another type than expected",
            ),
            (r"{}", "data", "a required member is missing"),
            (r#"{"data":[{"id":"a"#, "data[0].id", "cut off"),
            ("<html>", "", "not JSON"),
            ("", "", "cut off"),
        ];
        for (json, path, what) in cases {
            let error = from_slice::<Outer>(json.as_bytes()).unwrap_err();
            assert_eq!(error.path(), path, "{json}");
            let text = error.to_string();
            assert!(text.ends_with(what), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
        let error = from_slice::<Outer>(b"{\"data\":[{\"id\":\"a\xff\"}]}").unwrap_err();
        assert_eq!(error.to_string(), "data[0].id: not UTF-8");
    }
}
