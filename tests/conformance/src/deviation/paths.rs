//! Paths that can be read in two ways, and patterns that take a look-around.

use serde_json::{Value, json};

use crate::adapters::requests::malformed;
use crate::vector::Vector;

fn patterns(vector: &Vector) -> Vec<&str> {
    match vector.input_at("/patterns") {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn paths(vector: &Vector) -> &[Value] {
    let paths = vector.input_at("/paths").and_then(Value::as_array);
    paths.map(Vec::as_slice).unwrap_or_default()
}

/// Routers differ on what the path means: an encoded slash, what cannot be decoded, or, decoded once, a backslash, a
/// control character or a dot segment.
fn is_ambiguous(path: &str) -> bool {
    let Some(decoded) = decode(path) else {
        return true;
    };
    path.to_ascii_lowercase().contains("%2f")
        || decoded.contains(|char: char| char == '\\' || char.is_ascii_control())
        || decoded
            .split('/')
            .any(|segment| [".", ".."].contains(&segment))
}

fn decode(path: &str) -> Option<String> {
    let mut pieces = path.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(piece.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(piece.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// One of the paths is ambiguous.
pub(super) fn has_ambiguous_path(vector: &Vector) -> bool {
    paths(vector)
        .iter()
        .filter_map(Value::as_str)
        .any(is_ambiguous)
}

/// The recorded answers, but every ambiguous path is malformed.
pub(super) fn ambiguous_is_malformed(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    let answers = outcome["ok"].as_array_mut()?;
    for (path, answer) in paths(vector).iter().zip(answers) {
        if path.as_str().is_some_and(is_ambiguous) {
            *answer = json!({ "err": malformed() });
        }
    }
    Some(outcome)
}

/// No path matches.
pub(super) fn none_matches(vector: &Vector) -> Option<Value> {
    Some(json!({ "ok": vec![false; paths(vector).len()] }))
}

/// A pattern can only be matched by looking around: a parameter follows several characters that do not end a segment, or the
/// writer's own expression looks around or refers back.
pub(super) fn looks_around(vector: &Vector) -> bool {
    const OWN: &[&str] = &["(?=", "(?!", "(?<", r"\1", r"\2", r"\k"];
    patterns(vector).into_iter().any(|pattern| {
        follows_several_characters(pattern) || OWN.iter().any(|own| pattern.contains(own))
    })
}

fn follows_several_characters(pattern: &str) -> bool {
    let mut chars = pattern.chars().peekable();
    let mut in_braces = false;
    let mut text = String::new();
    while let Some(char) = chars.next() {
        match char {
            '\\' => text.extend(chars.next()),
            ':' => {
                while chars
                    .next_if(|char| char.is_ascii_alphanumeric() || *char == '_')
                    .is_some()
                {}
                let has_prefix = !in_braces && text.ends_with(['/', '.']);
                let ends_segment = text.contains(['/', '#', '?']);
                if chars.peek() != Some(&'(')
                    && !has_prefix
                    && !ends_segment
                    && text.chars().count() > 1
                {
                    return true;
                }
                text.clear();
            }
            '(' => {
                let mut depth = 1;
                while depth > 0 {
                    match chars.next() {
                        None => return false,
                        Some('\\') => _ = chars.next(),
                        Some('(') => depth += 1,
                        Some(')') => depth -= 1,
                        Some(_) => {}
                    }
                }
                text.clear();
            }
            '{' | '}' => {
                in_braces = char == '{';
                text.clear();
            }
            '*' | '+' | '?' => text.clear(),
            char => text.push(char),
        }
    }
    false
}

/// A match ends in the middle of a character.
pub(super) fn splits_a_character(vector: &Vector) -> bool {
    crate::special::holds_utf16(&vector.expected.to_value())
        && !crate::special::holds_utf16(&vector.input)
}

/// The recorded matches, with halves of a character put together where the first one is.
pub(super) fn whole_characters(vector: &Vector) -> Option<Value> {
    let mut outcome = vector.expected.to_value();
    for found in outcome["ok"].as_array_mut()? {
        let Some(Value::Object(params)) = found.get_mut("params") else {
            continue;
        };
        let mut halves: Vec<&mut Value> = params.values_mut().flat_map(texts).collect();
        let low = halves.iter_mut().find_map(|text| take_first_low(text));
        let Some(low) = low else { continue };
        for text in halves {
            let Some(mut units) = crate::special::utf16(text) else {
                continue;
            };
            units.push(low);
            *text = String::from_utf16(&units).ok()?.into();
        }
    }
    Some(outcome)
}

/// The texts of a parameter: one, or as many as it repeats.
fn texts(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(list) => list.iter_mut().collect(),
        value => vec![value],
    }
}

fn take_first_low(text: &mut Value) -> Option<u16> {
    let units = crate::special::utf16(text)?;
    let (low, rest) = units
        .split_first()
        .filter(|(low, _)| (0xdc00..0xe000).contains(*low))?;
    *text = String::from_utf16(rest).ok()?.into();
    Some(*low)
}
