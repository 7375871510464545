//! Which organization a page is about.

use regex_lite::Regex;
use serde_json::Value;

use super::Model;

/// A list of patterns as one expression, with the parameter that each group is for.
pub(super) struct Patterns {
    expression: Option<Regex>,
    groups: Vec<(String, bool)>,
}

/// What a page is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Id(String),
    Slug(String),
    PersonalAccount,
}

impl Target {
    pub(super) fn parameter(&self) -> &str {
        match self {
            Self::Id(text) | Self::Slug(text) => text,
            Self::PersonalAccount => "",
        }
    }
}

impl Model<'_> {
    fn patterns(&self, name: &str) -> Option<Patterns> {
        let list = self
            .option("organizationSyncOptions")
            .and_then(|sync| sync[name].as_array().cloned());
        compile(list.unwrap_or_default().iter().filter_map(Value::as_str))
    }

    /// Nothing if one of the patterns is none.
    pub(super) fn compile_patterns(&self) -> Option<()> {
        self.patterns("organizationPatterns")?;
        self.patterns("personalAccountPatterns").map(|_| ())
    }

    /// ORG-1 to ORG-5.
    pub(super) fn target(&self, path: &str) -> Option<Target> {
        let sync = self.option("organizationSyncOptions")?;
        let is_empty = |name: &str| sync[name].as_array().is_some_and(Vec::is_empty);
        // The reference finds no patterns in every path.
        let finds_nothing = is_empty("organizationPatterns") || is_empty("personalAccountPatterns");
        self.note_if(finds_nothing, "ORG-1");
        let organization = self.patterns("organizationPatterns")?;
        if let Some(found) = organization.parameters(path) {
            let named = |name: &str| {
                let (_, is_list, value) = found.iter().rfind(|(found, ..)| found == name)?;
                // A repeated parameter is a list, which the reference joins by commas.
                self.note_if(*is_list, "ORG-3");
                (!is_list && !value.is_empty()).then(|| value.clone())
            };
            if let Some(id) = named("id") {
                return Some(Target::Id(id));
            }
            if let Some(slug) = named("slug") {
                return Some(Target::Slug(slug));
            }
        }
        let personal = self.patterns("personalAccountPatterns")?;
        personal.parameters(path).map(|_| Target::PersonalAccount)
    }
}

impl Patterns {
    /// The parameters of a path that matches, as name, whether it is a list, and text.
    fn parameters(&self, path: &str) -> Option<Vec<(String, bool, String)>> {
        let found = self.expression.as_ref()?.captures(path)?;
        let groups = self.groups.iter().enumerate();
        let parameters = groups.filter_map(|(index, (name, is_list))| {
            Some((
                name.clone(),
                *is_list,
                found.get(index + 1)?.as_str().to_owned(),
            ))
        });
        Some(parameters.collect())
    }
}

/// As path-to-regexp 6 does, for the forms that need nothing to look around.
fn compile<'p>(list: impl Iterator<Item = &'p str>) -> Option<Patterns> {
    let mut groups = Vec::new();
    let alternatives: Option<Vec<String>> = list
        .map(|pattern| alternative(pattern, &mut groups))
        .collect();
    let alternatives = alternatives?;
    let expression = match alternatives.is_empty() {
        true => None,
        false => Some(Regex::new(&format!("(?is)(?:{})", alternatives.join("|"))).ok()?),
    };
    Some(Patterns { expression, groups })
}

fn alternative(pattern: &str, groups: &mut Vec<(String, bool)>) -> Option<String> {
    let mut expression = "^".to_owned();
    let mut rest = pattern;
    let mut unnamed = 0;
    while let Some(first) = rest.chars().next() {
        if first == '{' {
            let (inner, after) = rest[1..].split_once('}')?;
            let mut own = Vec::new();
            let inner = alternative(inner, &mut own)?;
            let inner = inner.strip_prefix('^')?.strip_suffix("[/#?]?$")?.to_owned();
            let modifier: String = after
                .chars()
                .take(1)
                .filter(|next| "?+*".contains(*next))
                .collect();
            own.iter_mut()
                .for_each(|(_, is_list)| *is_list |= ["+", "*"].contains(&modifier.as_str()));
            groups.extend(own);
            rest = &after[modifier.len()..];
            expression.push_str(&format!("(?:{inner}){modifier}"));
            continue;
        }
        let prefix = if "./".contains(first) { &rest[..1] } else { "" };
        if let Some((name, inside, after)) = parameter(&rest[prefix.len()..]) {
            let name = name.map_or_else(|| unnamed.to_string(), str::to_owned);
            unnamed += usize::from(name.bytes().all(|byte| byte.is_ascii_digit()));
            let inside = inside.unwrap_or("[^/#?]+?");
            if inside.starts_with('?') {
                return None;
            }
            let modifier: String = after
                .chars()
                .take(1)
                .filter(|next| "?+*".contains(*next))
                .collect();
            let prefix = regex_lite::escape(prefix);
            expression.push_str(&match modifier.as_str() {
                "+" | "*" => {
                    let optional = if modifier == "*" { "?" } else { "" };
                    format!("(?:{prefix}((?:{inside})(?:{prefix}(?:{inside}))*)){optional}")
                }
                _ => format!("(?:{prefix}({inside})){modifier}"),
            });
            groups.push((name, matches!(modifier.as_str(), "+" | "*")));
            rest = &after[modifier.len()..];
            continue;
        }
        // What begins a parameter, and is none; a modifier of nothing; the end of no group.
        if rest[prefix.len()..].starts_with([':', '(']) || "?+*}".contains(first) {
            return None;
        }
        let escaped = if first == '\\' { 1 } else { 0 };
        let literal = rest[escaped..].chars().next()?;
        expression.push_str(&regex_lite::escape(&literal.to_string()));
        rest = &rest[escaped + literal.len_utf8()..];
    }
    Some(expression + "[/#?]?$")
}

/// A parameter at the start: its name, its own expression, and what follows.
fn parameter(text: &str) -> Option<(Option<&str>, Option<&str>, &str)> {
    let (name, rest) = match text.strip_prefix(':') {
        Some(named) => {
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            let end = named
                .bytes()
                .position(|byte| !is_word(byte))
                .unwrap_or(named.len());
            (
                Some(&named[..end]).filter(|name| !name.is_empty()),
                &named[end..],
            )
        }
        None => (None, text),
    };
    let Some(inner) = rest.strip_prefix('(') else {
        return name.map(|name| (Some(name), None, rest));
    };
    let mut depth = 1;
    let end = inner.bytes().position(|byte| {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        depth == 0
    })?;
    Some((name, Some(&inner[..end]), &inner[end + 1..]))
}
