//! Typed members of a JSON text, kept as places in that text.

use std::ops::Range;

use crate::json::{self, Found, Quoted};

/// A stretch of the text a document keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(crate) fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.range()).unwrap_or_default()
    }

    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(crate) fn new(start: usize, length: usize) -> Self {
        // `MAX_LENGTH` keeps both within range.
        Self {
            start: start as u32,
            end: (start + length) as u32,
        }
    }
}

/// A member as it was found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Field {
    #[default]
    Absent,
    Text(Span),
    Number(f64),
    /// Any other JSON value, as its JSON text.
    Other(Span),
}

impl Field {
    pub(crate) fn text<'t>(&self, document: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(span) => Some(span.of(document)),
            _ => None,
        }
    }

    /// The text, unless it is empty: what the reference calls truthy.
    pub(crate) fn non_empty_text<'t>(&self, document: &'t str) -> Option<&'t str> {
        self.text(document).filter(|text| !text.is_empty())
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The JSON text of a value that is neither text nor number.
    pub(crate) fn other<'t>(&self, document: &'t str) -> Option<&'t str> {
        match self {
            Self::Other(span) => Some(span.of(document)),
            _ => None,
        }
    }
}

/// The longest JSON text that is read: its places, and those of unescaped copies behind it, fit 32 bits.
pub(crate) const MAX_LENGTH: usize = 1 << 30;

/// Turns members of `text` into fields; what has to be unescaped is collected to go behind the text.
pub(crate) struct FieldReader<'a> {
    text: &'a str,
    unescaped: String,
}

impl<'a> FieldReader<'a> {
    /// A reader of `text`, unless that is too long.
    pub(crate) fn new(text: &'a str) -> Option<Self> {
        (text.len() <= MAX_LENGTH).then_some(Self {
            text,
            unescaped: String::new(),
        })
    }

    /// A value that was found in the reader's text.
    pub(crate) fn read(&mut self, found: Found<'a>) -> Field {
        match found {
            Found::Text(text) if text.is_escaped => self.unescape(text),
            Found::Text(text) => Field::Text(self.span(text.content)),
            Found::Number(json) => match json::number(json) {
                Some(number) => Field::Number(number),
                None => Field::Other(self.span(json)),
            },
            Found::Other(json) => Field::Other(self.span(json)),
        }
    }

    fn unescape(&mut self, text: Quoted<'_>) -> Field {
        let json = format!("\"{}\"", text.content);
        let Some(text) = json::unescaped_text(&json) else {
            return Field::Other(self.span(text.content));
        };
        let start = self.text.len() + self.unescaped.len();
        self.unescaped.push_str(&text);
        Field::Text(Span::new(start, text.len()))
    }

    /// What the document has to hold behind the text.
    pub(crate) fn finish(self) -> String {
        self.unescaped
    }

    fn span(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        Span::new(start, part.len())
    }
}
