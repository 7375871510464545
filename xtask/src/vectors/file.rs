//! The format of a family's file: meta, shared tokens, one vector per line.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Outcome;

/// A family as it was recorded; the vectors stay the texts they are.
pub(super) struct Family {
    pub(super) meta: Value,
    pub(super) tokens: Vec<String>,
    pub(super) vectors: Vec<String>,
}

#[derive(Deserialize)]
struct Raw {
    meta: Value,
    tokens: Vec<String>,
    vectors: Vec<Box<RawValue>>,
}

impl Family {
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let Raw {
            meta,
            tokens,
            vectors,
        } = serde_json::from_str(text)?;
        let vectors = vectors
            .iter()
            .map(|vector| vector.get().to_owned())
            .collect();
        Ok(Self {
            meta,
            tokens,
            vectors,
        })
    }

    /// What the file weighs without any vector.
    pub(super) fn overhead(&self) -> usize {
        self.meta.to_string().len() + 64
    }

    /// The same file with these vectors only, and of the tokens only those they use, numbered anew.
    pub(super) fn sampled(&self, picked: &[usize]) -> Outcome<String> {
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let mut tokens = Vec::new();
        let mut vectors = Vec::new();
        for index in picked {
            let vector = self
                .vectors
                .get(*index)
                .ok_or("a vector was picked that does not exist")?;
            for token in tokens_used(vector) {
                if let std::collections::btree_map::Entry::Vacant(entry) = numbers.entry(token) {
                    let text = self
                        .tokens
                        .get(token)
                        .ok_or_else(|| format!("there is no token {token}"))?;
                    entry.insert(tokens.len());
                    tokens.push(serde_json::to_string(text)?);
                }
            }
            vectors.push(renumbered(vector, &numbers));
        }
        let mut meta = self.meta.clone();
        if let Some(count) = meta.get_mut("count") {
            *count = Value::from(vectors.len());
        }
        // A sample proves nothing about the list of deviations; the runner has to be able to tell.
        if let Some(meta) = meta.as_object_mut() {
            meta.insert("sample".to_owned(), Value::from(true));
        }
        Ok(format!(
            "{{\"meta\":{meta},\n\"tokens\":[\n{}\n],\n\"vectors\":[\n{}\n]}}\n",
            tokens.join(",\n"),
            vectors.join(",\n")
        ))
    }
}

/// The text of a vector cut at its token references: text, number, text, number, .., text.
fn pieces(vector: &str) -> (Vec<&str>, Vec<usize>) {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    let (mut start, mut from) = (0, 0);
    while let Some(found) = vector.get(from..).and_then(|rest| rest.find("{{t")) {
        let open = from + found;
        let inner = vector.get(open + 3..).unwrap_or_default();
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        let closes = inner
            .get(digits..)
            .is_some_and(|rest| rest.starts_with("}}"));
        match inner.get(..digits).and_then(|number| number.parse().ok()) {
            Some(number) if closes => {
                texts.push(vector.get(start..open).unwrap_or_default());
                numbers.push(number);
                from = open + 3 + digits + 2;
                start = from;
            }
            _ => from = open + 3,
        }
    }
    texts.push(vector.get(start..).unwrap_or_default());
    (texts, numbers)
}

/// The tokens a vector refers to, each once, in order of appearance.
pub(super) fn tokens_used(vector: &str) -> Vec<usize> {
    let mut used = Vec::new();
    for number in pieces(vector).1 {
        if !used.contains(&number) {
            used.push(number);
        }
    }
    used
}

/// The vector with each reference replaced by the new number.
fn renumbered(vector: &str, numbers: &BTreeMap<usize, usize>) -> String {
    let (texts, old) = pieces(vector);
    let mut text = String::new();
    for (index, piece) in texts.iter().enumerate() {
        text.push_str(piece);
        if let Some(new) = old.get(index).and_then(|number| numbers.get(number)) {
            text.push_str(&format!("{{{{t{new}}}}}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_renumbered() {
        let vector = r#"{"a":"{{t12}}.{{t3}}","b":"{{t12}} {{tx}} {{t"}"#;
        assert_eq!(tokens_used(vector), [12, 3]);
        let numbers = BTreeMap::from([(12, 0), (3, 1)]);
        assert_eq!(
            renumbered(vector, &numbers),
            r#"{"a":"{{t0}}.{{t1}}","b":"{{t0}} {{tx}} {{t"}"#
        );
    }

    #[test]
    fn a_sample_is_a_file_of_the_same_format() {
        let text = "{\"meta\":{\"family\":\"f\",\"count\":3},\n\"tokens\":[\n\"aa\",\n\"bb\"\n],\n\"vectors\":[\n{\"id\":\"f-1\"},\n{\"id\":\"f-2\",\"in\":\"{{t1}}\"},\n{\"id\":\"f-3\"}\n]}\n";
        let family = Family::parse(text).unwrap();
        let sampled = Family::parse(&family.sampled(&[1, 2]).unwrap()).unwrap();
        assert_eq!(sampled.meta["count"], 2);
        assert_eq!(sampled.meta["family"], "f");
        assert_eq!(sampled.meta["sample"], true);
        assert_eq!(sampled.tokens, ["bb"]);
        assert_eq!(
            sampled.vectors,
            ["{\"id\":\"f-2\",\"in\":\"{{t0}}\"}", "{\"id\":\"f-3\"}"]
        );
    }
}
