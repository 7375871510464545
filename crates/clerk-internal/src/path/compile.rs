//! Compiled path patterns.

use std::fmt;
use std::fmt::Write as _;

use clerk_errors::{ConfigError, ConfigErrorKind};
use regex_lite::{Regex, RegexBuilder};

use super::pattern::{self, Fault, Group, Matches, Modifier, Parameter, Piece};

/// The most patterns that one list may hold.
const MAX_PATTERNS: usize = 512;

/// A list of path patterns; the first one that matches decides.
///
/// Patterns match the whole path, without regard to letter case, and allow one `/` after it. Parameters
/// are not percent-decoded.
#[derive(Clone)]
pub struct PathPatterns {
    compiled: Vec<Compiled>,
}

#[derive(Clone)]
struct Compiled {
    source: String,
    regex: Regex,
    keys: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    name: String,
    /// What stands between the values of a repeated parameter.
    separator: Option<String>,
    /// Whether an empty text is none at all, as ECMAScript has it for an optional group that matched nothing.
    empty_is_none: bool,
}

/// A value found for a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue<'p> {
    /// `:name`: the text.
    One(&'p str),
    /// `:name*` and `:name+`: the texts between the separators.
    Many(Vec<&'p str>),
}

/// A path that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathMatch<'p> {
    parameters: Vec<(&'p str, ParameterValue<'p>)>,
}

impl<'p> PathMatch<'p> {
    /// The value of a parameter; unnamed ones are called `0`, `1` and so on.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&ParameterValue<'p>> {
        self.parameters
            .iter()
            .rev()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// All parameters with their values, in the order of the pattern. Where a name occurs twice, the last counts.
    pub fn parameters(&self) -> impl Iterator<Item = (&'p str, &ParameterValue<'p>)> {
        self.parameters.iter().map(|(name, value)| (*name, value))
    }
}

impl PathPatterns {
    /// Compiles patterns.
    ///
    /// # Errors
    ///
    /// A pattern cannot be read, or uses what is not supported (look-around, back-references).
    pub fn new<P: AsRef<str>>(
        setting: &'static str,
        patterns: impl IntoIterator<Item = P>,
    ) -> Result<Self, ConfigError> {
        let mut compiled = Vec::new();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            if compiled.len() == MAX_PATTERNS {
                return Err(ConfigError::new(
                    ConfigErrorKind::Malformed,
                    setting,
                    format!("holds more than {MAX_PATTERNS} patterns"),
                ));
            }
            compiled.push(Compiled::new(pattern).map_err(|fault| {
                ConfigError::new(
                    ConfigErrorKind::Malformed,
                    setting,
                    format!("holds a pattern that {fault}: {}", shown(pattern)),
                )
                .with_fix("see path-to-regexp 6 for the syntax")
            })?);
        }
        Ok(Self { compiled })
    }

    /// Whether there is no pattern.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.compiled.is_empty()
    }

    /// The first pattern's match of a whole path.
    #[must_use]
    pub fn find<'p>(&'p self, path: &'p str) -> Option<PathMatch<'p>> {
        self.compiled.iter().find_map(|pattern| pattern.find(path))
    }

    /// Whether any pattern matches the whole path.
    #[must_use]
    pub fn is_match(&self, path: &str) -> bool {
        self.compiled
            .iter()
            .any(|pattern| pattern.regex.is_match(path))
    }
}

impl fmt::Debug for PathPatterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.compiled.iter().map(|pattern| &pattern.source))
            .finish()
    }
}

impl Compiled {
    fn new(source: &str) -> Result<Self, Fault> {
        let pieces = pattern::parse(source)?;
        let mut regex = String::from("^");
        let mut keys = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => push_literal(&mut regex, text),
                Piece::Group(group) => push_group(&mut regex, group, &mut keys)?,
            }
        }
        regex.push_str("[/#?]?$");
        let regex = RegexBuilder::new(&regex)
            .case_insensitive(true)
            .build()
            .map_err(|error| Fault::Regex(error.to_string()))?;
        Ok(Self {
            source: source.to_owned(),
            regex,
            keys,
        })
    }

    fn find<'p>(&'p self, path: &'p str) -> Option<PathMatch<'p>> {
        if self.keys.is_empty() {
            return self.regex.is_match(path).then(|| PathMatch {
                parameters: Vec::new(),
            });
        }
        let captures = self.regex.captures(path)?;
        let parameters = self
            .keys
            .iter()
            .enumerate()
            .filter_map(|(index, key)| {
                let text = captures.get(index + 1)?.as_str();
                if text.is_empty() && key.empty_is_none {
                    return None;
                }
                let value = match &key.separator {
                    Some(separator) => {
                        ParameterValue::Many(text.split(separator.as_str()).collect())
                    }
                    None => ParameterValue::One(text),
                };
                Some((key.name.as_str(), value))
            })
            .collect();
        Some(PathMatch { parameters })
    }
}

fn push_group(regex: &mut String, group: &Group, keys: &mut Vec<Key>) -> Result<(), Fault> {
    let Some(parameter) = &group.parameter else {
        regex.push_str("(?:");
        push_literal(regex, &group.prefix);
        push_literal(regex, &group.suffix);
        regex.push(')');
        push_modifier(regex, group.modifier);
        return Ok(());
    };
    let bare = group.prefix.is_empty() && group.suffix.is_empty();
    keys.push(Key {
        name: parameter.name.clone(),
        separator: group
            .modifier
            .repeats()
            .then(|| format!("{}{}", group.prefix, group.suffix)),
        empty_is_none: bare && group.modifier == Modifier::Optional,
    });
    if group.modifier.repeats() {
        if bare {
            return Err(Fault::CannotRepeat(parameter.name.clone()));
        }
        // prefix( value (suffix prefix value)* )suffix
        regex.push_str("(?:");
        push_literal(regex, &group.prefix);
        regex.push_str("((?:");
        push_value(regex, parameter);
        regex.push_str(")(?:");
        push_literal(regex, &group.suffix);
        push_literal(regex, &group.prefix);
        regex.push_str("(?:");
        push_value(regex, parameter);
        regex.push_str("))*)");
        push_literal(regex, &group.suffix);
        regex.push(')');
        if group.modifier == Modifier::ZeroOrMore {
            regex.push('?');
        }
        return Ok(());
    }
    if !bare {
        regex.push_str("(?:");
        push_literal(regex, &group.prefix);
    }
    regex.push('(');
    push_value(regex, parameter);
    regex.push(')');
    if !bare {
        push_literal(regex, &group.suffix);
        regex.push(')');
    }
    push_modifier(regex, group.modifier);
    Ok(())
}

fn push_modifier(regex: &mut String, modifier: Modifier) {
    match modifier {
        Modifier::None => {}
        Modifier::Optional => regex.push('?'),
        Modifier::ZeroOrMore => regex.push('*'),
        Modifier::OneOrMore => regex.push('+'),
    }
}

fn push_value(regex: &mut String, parameter: &Parameter) {
    match &parameter.matches {
        Matches::Regex(own) => regex.push_str(own),
        Matches::Segment { not } => {
            regex.push_str("[^/#?");
            if let Some(not) = not {
                push_class_member(regex, *not);
            }
            regex.push_str("]+?");
        }
    }
}

fn push_class_member(regex: &mut String, char: char) {
    if char.is_ascii_punctuation() {
        regex.push('\\');
    }
    regex.push(char);
    push_other_cases(regex, char);
}

/// The engine folds the case of ASCII letters only; the other letters of a pattern are written in both cases.
fn push_literal(regex: &mut String, text: &str) {
    for char in text.chars() {
        if char.is_ascii() {
            regex.push_str(&regex_lite::escape(char.encode_utf8(&mut [0; 4])));
        } else {
            regex.push('[');
            regex.push(char);
            push_other_cases(regex, char);
            regex.push(']');
        }
    }
}

fn push_other_cases(regex: &mut String, char: char) {
    if char.is_ascii() {
        return;
    }
    let single = |mut cases: Box<dyn Iterator<Item = char>>| match (cases.next(), cases.next()) {
        (Some(case), None) if case != char && !case.is_ascii() => Some(case),
        _ => None,
    };
    let cases = [
        single(Box::new(char.to_lowercase())),
        single(Box::new(char.to_uppercase())),
    ];
    regex.extend(cases.into_iter().flatten());
}

/// A pattern as it may appear in a message: bounded, printable.
fn shown(pattern: &str) -> String {
    let mut text = String::new();
    for char in pattern.chars().take(80) {
        let _ = write!(text, "{}", char.escape_debug());
    }
    text
}
