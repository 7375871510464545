//! The rules of comparison.
//!
//! Absent and `undefined` are the same, `null` is written; numbers are doubles; the order of members does not
//! matter; errors are compared by what their class promises.

use std::fmt;

use serde_json::{Map, Value};

use crate::special;

/// The first place where two values differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// JSON pointer to the place.
    pub at: String,
    /// What was recorded there; nothing if absent.
    pub expected: Option<Value>,
    /// What is there now; nothing if absent.
    pub actual: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<Value>| match value {
            Some(value) => shorten(&value.to_string()),
            None => "nothing".to_owned(),
        };
        let at = if self.at.is_empty() { "/" } else { &self.at };
        write!(
            f,
            "at {at} expected {}, got {}",
            show(&self.expected),
            show(&self.actual)
        )
    }
}

/// Compares what was recorded with what came out, both as `{"ok": …}` or `{"err": …}` or values within.
///
/// # Errors
///
/// The first difference.
pub fn compare(expected: &Value, actual: &Value) -> Result<(), Difference> {
    at(&mut String::new(), Some(expected), Some(actual))
}

/// Classes of errors, by what is compared.
const RUNTIME: &[&str] = &[
    "Error",
    "TypeError",
    "SyntaxError",
    "DOMException",
    "RangeError",
];

fn at(
    path: &mut String,
    expected: Option<&Value>,
    actual: Option<&Value>,
) -> Result<(), Difference> {
    let defined = |value: &&Value| !special::is_undefined(value);
    let (expected, actual) = (expected.filter(defined), actual.filter(defined));
    let differ = || {
        Err(Difference {
            at: path.clone(),
            expected: expected.cloned(),
            actual: actual.cloned(),
        })
    };
    match (expected, actual) {
        (None, None) => Ok(()),
        (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
            if is_error(expected) {
                return error(path, expected, actual);
            }
            // Each name once: twice would take time exponential in the depth of nesting.
            let surplus = actual.keys().filter(|name| !expected.contains_key(*name));
            members(path, expected, actual, expected.keys().chain(surplus))
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            if left.len() != right.len() {
                return differ();
            }
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                step(path, &index.to_string(), Some(left), Some(right))?;
            }
            Ok(())
        }
        (Some(Value::Number(left)), Some(Value::Number(right))) => {
            if left.as_f64() == right.as_f64() {
                Ok(())
            } else {
                differ()
            }
        }
        (Some(left), Some(right)) if left == right => Ok(()),
        _ => differ(),
    }
}

fn members<'k>(
    path: &mut String,
    expected: &Map<String, Value>,
    actual: &Map<String, Value>,
    names: impl Iterator<Item = &'k String>,
) -> Result<(), Difference> {
    for name in names {
        step(path, name, expected.get(name), actual.get(name))?;
    }
    Ok(())
}

fn step(
    path: &mut String,
    name: &str,
    expected: Option<&Value>,
    actual: Option<&Value>,
) -> Result<(), Difference> {
    let length = path.len();
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
    at(path, expected, actual)?;
    path.truncate(length);
    Ok(())
}

fn is_error(value: &Map<String, Value>) -> bool {
    let class = value.get("class").and_then(Value::as_str);
    class.is_some_and(|class| class.ends_with("Error") || RUNTIME.contains(&class))
}

fn error(
    path: &mut String,
    expected: &Map<String, Value>,
    actual: &Map<String, Value>,
) -> Result<(), Difference> {
    let compared: &[&str] = match expected.get("class").and_then(Value::as_str) {
        Some("TokenVerificationError") => &["class", "reason"],
        Some("MachineTokenVerificationError") => &["class", "code", "status"],
        Some("ClerkAPIResponseError") => &["class", "status", "clerkTraceId", "retryAfter"],
        Some("MalformedURLError") => &["class", "statusCode"],
        // Configuration and runtime errors: that the call fails.
        _ => {
            return if is_error(actual) {
                Ok(())
            } else {
                step(path, "class", expected.get("class"), actual.get("class"))
            };
        }
    };
    for name in compared {
        step(path, name, expected.get(*name), actual.get(*name))?;
    }
    if expected.get("class").and_then(Value::as_str) == Some("ClerkAPIResponseError") {
        let (expected, actual) = (api_errors(expected), api_errors(actual));
        step(path, "errors", expected.as_ref(), actual.as_ref())?;
    }
    Ok(())
}

/// The list of API errors, without the text of an underlying failure, which is informational.
fn api_errors(error: &Map<String, Value>) -> Option<Value> {
    let mut errors = error.get("errors")?.clone();
    for entry in errors.as_array_mut().into_iter().flatten() {
        if entry["code"] == "unexpected_error"
            && let Some(entry) = entry.as_object_mut()
        {
            entry.remove("message");
        }
    }
    Some(errors)
}

/// A text cut to what a line can hold.
pub(crate) fn shorten(text: &str) -> String {
    const LIMIT: usize = 160;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values() {
        let undefined = special::undefined();
        for (expected, actual, equal) in [
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
            (json!({"a": 1, "b": 2}), json!({"a": 1}), false),
            (json!({"a": null}), json!({}), false),
            (json!({}), json!({"a": null}), false),
            (json!({}), json!({"a": undefined}), true),
            (json!([undefined]), json!([undefined]), true),
            (json!([undefined]), json!([null]), false),
            (json!([undefined]), json!([]), false),
            (json!(1), json!(1.0), true),
            (
                json!(9_007_199_254_740_993_u64),
                json!(9_007_199_254_740_992.0),
                true,
            ),
            (json!(1), json!(2), false),
            (json!(1), json!("1"), false),
            (json!(0.0), json!(-0.0), true),
            (json!({"$num": "NaN"}), json!({"$num": "NaN"}), true),
            (json!({"$num": "NaN"}), json!(null), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!({"$utf16": [1]}), json!({"$utf16": [2]}), false),
        ] {
            assert_eq!(
                compare(&expected, &actual).is_ok(),
                equal,
                "{expected} {actual}"
            );
        }
    }

    #[test]
    fn errors_are_compared_by_class() {
        let token = |reason: &str, message: &str| json!({"err": {"class": "TokenVerificationError", "reason": reason, "message": message}});
        let machine = |status: Option<u16>| json!({"err": {"class": "MachineTokenVerificationError", "code": "c", "status": status, "message": "m"}});
        let api = |status: u16, code: &str, message: &str, retry: u16| {
            json!({"err": {"class": "ClerkAPIResponseError", "status": status, "retryAfter": retry,
                "errors": [{"code": code, "message": message}], "message": message}})
        };
        let plain = json!({"err": {"class": "Error", "message": "x"}});
        let type_error = json!({"err": {"class": "TypeError", "message": "y"}});
        for (expected, actual, equal) in [
            (token("a", "m"), token("a", "other"), true),
            (token("a", "m"), token("b", "m"), false),
            (token("a", "m"), plain.clone(), false),
            (token("a", "m"), json!({"ok": 1}), false),
            (machine(Some(401)), machine(Some(401)), true),
            (machine(Some(401)), machine(Some(404)), false),
            (api(400, "c", "m", 1), api(400, "c", "m", 1), true),
            (api(400, "c", "m", 1), api(400, "c", "n", 1), false),
            (
                api(400, "unexpected_error", "m", 1),
                api(400, "unexpected_error", "n", 1),
                true,
            ),
            (api(400, "c", "m", 1), api(500, "c", "m", 1), false),
            (api(400, "c", "m", 1), api(400, "d", "m", 1), false),
            (api(400, "c", "m", 1), api(400, "c", "m", 2), false),
            (plain.clone(), type_error.clone(), true),
            (type_error.clone(), token("a", "m"), true),
            (plain, json!({"ok": 1}), false),
            (type_error, json!({"ok": null}), false),
        ] {
            assert_eq!(
                compare(&expected, &actual).is_ok(),
                equal,
                "{expected} {actual}"
            );
        }
    }

    #[test]
    fn a_difference_names_its_place() {
        let difference = compare(
            &json!({"ok": {"a": [1, {"b/c": 2}]}}),
            &json!({"ok": {"a": [1, {"b/c": 3}]}}),
        );
        assert_eq!(
            difference.unwrap_err().to_string(),
            "at /ok/a/1/b~1c expected 2, got 3"
        );
    }
}
