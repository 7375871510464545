//! Conditions on a vector, each one operator on the values at one place.

use serde::Deserialize;
use serde_json::Value;

use crate::special;

/// A condition on the values at a place of a vector.
///
/// The place is a JSON pointer into `{"in", "out", "env", "http", "token", "keys": …}`, where `token` is the reading
/// of the input's token by [`crate::token::describe`] and a `*` stands for every member or element: the
/// condition holds if it holds for one of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    at: String,
    /// Whether something is there.
    present: Option<bool>,
    equals: Option<Value>,
    one_of: Option<Vec<Value>>,
    /// A substring of a text, or an element of a list.
    contains: Option<Value>,
    /// A regular expression that is found in the text.
    matches: Option<String>,
    /// `null`, `boolean`, `number`, `string`, `array` or `object`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// More elements, or more UTF-8 bytes, than this.
    longer_than: Option<usize>,
    /// A number above this one.
    above: Option<f64>,
    /// A number below this one.
    below: Option<f64>,
    /// Turns the condition round: it holds if it holds nowhere at the place.
    #[serde(default)]
    not: bool,
}

impl Condition {
    /// Whether the condition can be evaluated at all.
    ///
    /// # Errors
    ///
    /// When it has no operator or more than one, or the expression does not compile.
    pub fn check(&self) -> Result<(), String> {
        let operators = [
            self.present.is_some(),
            self.equals.is_some(),
            self.one_of.is_some(),
            self.contains.is_some(),
            self.matches.is_some(),
            self.kind.is_some(),
            self.longer_than.is_some(),
            self.above.is_some(),
            self.below.is_some(),
        ];
        if operators.iter().filter(|is_set| **is_set).count() != 1 {
            return Err(format!(
                "the condition at {} needs exactly one operator",
                self.at
            ));
        }
        if let Some(pattern) = &self.matches {
            regex_lite::Regex::new(pattern).map_err(|error| error.to_string())?;
        }
        const KINDS: &[&str] = &["null", "boolean", "number", "string", "array", "object"];
        match &self.kind {
            Some(kind) if !KINDS.contains(&kind.as_str()) => {
                Err(format!("there is no type {kind}"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the condition holds for a vector, described as an object.
    #[must_use]
    pub fn holds(&self, described: &Value) -> bool {
        let parts: Vec<&str> = self.at.split('/').skip(1).collect();
        let mut found = Vec::new();
        collect(described, &parts, &mut found);
        let holds = match self.present {
            Some(present) => found.is_empty() != present,
            None => found.iter().any(|value| self.holds_for(value)),
        };
        holds != self.not
    }

    fn holds_for(&self, value: &Value) -> bool {
        let same = |wanted: &Value| crate::compare::compare(wanted, value).is_ok();
        if let Some(wanted) = &self.equals {
            return same(wanted);
        }
        if let Some(wanted) = &self.one_of {
            return wanted.iter().any(same);
        }
        if let Some(wanted) = &self.contains {
            return match (value, wanted) {
                (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
                (Value::Array(list), wanted) => list.contains(wanted),
                _ => false,
            };
        }
        if let Some(pattern) = &self.matches {
            let text = value.as_str();
            return text.is_some_and(|text| {
                regex_lite::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
            });
        }
        if let Some(kind) = &self.kind {
            return kind_of(value) == kind;
        }
        if let Some(limit) = self.longer_than {
            return match value {
                Value::String(text) => text.len() > limit,
                Value::Array(list) => list.len() > limit,
                Value::Object(map) => map.len() > limit,
                _ => false,
            };
        }
        let Some(number) = special::number(value) else {
            return false;
        };
        self.above.is_some_and(|limit| number > limit)
            || self.below.is_some_and(|limit| number < limit)
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(map) if map.contains_key("$num") => "number",
        Value::Object(map) if map.contains_key("$utf16") => "string",
        Value::Object(_) => "object",
    }
}

fn collect<'v>(value: &'v Value, parts: &[&str], found: &mut Vec<&'v Value>) {
    let Some((part, rest)) = parts.split_first() else {
        found.push(value);
        return;
    };
    match value {
        Value::Array(list) if *part == "*" => {
            for item in list {
                collect(item, rest, found);
            }
        }
        Value::Object(map) if *part == "*" => {
            for item in map.values() {
                collect(item, rest, found);
            }
        }
        Value::Array(list) => {
            if let Some(item) = part.parse::<usize>().ok().and_then(|index| list.get(index)) {
                collect(item, rest, found);
            }
        }
        Value::Object(map) => {
            let name = part.replace("~1", "/").replace("~0", "~");
            if let Some(item) = map.get(&name) {
                collect(item, rest, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn condition(text: &str) -> Condition {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn operators() {
        let vector = json!({
            "in": {"n": 5, "nan": {"$num": "NaN"}, "text": "abc", "list": ["a", {"b": null}], "a/b": true},
            "token": {"header": {"crit": []}},
        });
        for (text, holds) in [
            ("at = '/in/n'\nequals = 5", true),
            ("at = '/in/n'\nequals = 6", false),
            ("at = '/in/n'\nequals = 6\nnot = true", true),
            ("at = '/in/missing'\nequals = 6\nnot = true", true),
            ("at = '/in/n'\none_of = [4, 5]", true),
            ("at = '/in/n'\ntype = 'number'", true),
            ("at = '/in/nan'\ntype = 'number'", true),
            ("at = '/in/nan'\nabove = 1.0", false),
            ("at = '/in/n'\nabove = 4.5", true),
            ("at = '/in/n'\nbelow = 4.5", false),
            ("at = '/in/text'\ncontains = 'b'", true),
            ("at = '/in/list'\ncontains = 'a'", true),
            ("at = '/in/list'\ncontains = 'b'", false),
            ("at = '/in/text'\nmatches = '^a.c$'", true),
            ("at = '/in/text'\nmatches = '^b'", false),
            ("at = '/in/text'\nlonger_than = 2", true),
            ("at = '/in/text'\nlonger_than = 3", false),
            ("at = '/in/list'\nlonger_than = 1", true),
            ("at = '/in/list/*/b'\ntype = 'null'", true),
            ("at = '/in/list/1/b'\npresent = true", true),
            ("at = '/in/list/0/b'\npresent = true", false),
            ("at = '/in/list/0/b'\npresent = false", true),
            ("at = '/in/a~1b'\nequals = true", true),
            ("at = '/token/header/crit'\npresent = true", true),
        ] {
            let condition = condition(text);
            condition.check().unwrap();
            assert_eq!(condition.holds(&vector), holds, "{text}");
        }
    }

    #[test]
    fn malformed_conditions_are_refused() {
        for text in [
            "at = '/in'",
            "at = '/in'\nequals = 1\npresent = true",
            "at = '/in'\nmatches = '('",
            "at = '/in'\ntype = 'text'",
        ] {
            assert!(condition(text).check().is_err(), "{text}");
        }
        assert!(toml::from_str::<Condition>("at = '/in'\nequal = 1").is_err());
    }
}
