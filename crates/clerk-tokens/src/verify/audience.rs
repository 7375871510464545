//! For whom a token is.

use std::borrow::Cow;

use clerk_errors::{TokenVerificationError, TokenVerificationReason};

use super::message::not_clerks;
use super::options::AudienceMode;
use crate::claims::Payload;
use crate::fields::Field;
use crate::json;

/// JWT-20 to JWT-24, and TOK-35 as the strict mode.
pub(super) fn check_audience(
    payload: &Payload,
    accepted: &[String],
    mode: AudienceMode,
) -> Result<(), TokenVerificationError> {
    if accepted.is_empty() {
        return Ok(());
    }
    let is_accepted = |aud: &str| accepted.iter().any(|audience| audience == aud);
    match (Aud::read(payload), mode) {
        (Aud::Missing, AudienceMode::Loose) => Ok(()),
        (Aud::Texts { texts, .. }, AudienceMode::Loose)
        | (
            Aud::Texts {
                texts,
                has_gaps: false,
            },
            AudienceMode::Strict,
        ) => {
            if texts.iter().any(|aud| is_accepted(aud)) {
                Ok(())
            } else {
                Err(failed(
                    "The token's audience (aud) is none of those accepted here.",
                ))
            }
        }
        (Aud::Malformed, _) | (_, AudienceMode::Strict) => Err(failed(
            "The token's audience (aud) must be a text or a list of texts.",
        )),
    }
}

enum Aud<'a> {
    /// Absent, or only values that JavaScript takes for absent.
    Missing,
    Texts {
        texts: Vec<Cow<'a, str>>,
        /// Whether there were empty members beside the texts.
        has_gaps: bool,
    },
    Malformed,
}

impl<'a> Aud<'a> {
    fn read(payload: &'a Payload) -> Self {
        let document = payload.document();
        match payload.known.aud {
            Field::Absent => Self::Missing,
            Field::Text(span) if span.is_empty() => Self::Missing,
            Field::Text(span) => Self::Texts {
                texts: vec![Cow::Borrowed(span.of(document))],
                has_gaps: false,
            },
            Field::Number(_) => Self::Malformed,
            Field::Other(span) => match span.of(document) {
                "null" => Self::Missing,
                list => Self::read_list(list),
            },
        }
    }

    fn read_list(list: &'a str) -> Self {
        let mut texts = Vec::new();
        let mut empty_texts = false;
        let mut other_falsy = false;
        let mut malformed = false;
        let is_list = json::elements(list, |element| match json::text(element) {
            Some(text) if text.is_empty() => empty_texts = true,
            Some(text) => texts.push(text),
            None => match element {
                "null" | "false" => other_falsy = true,
                _ if json::number(element) == Some(0.0) => other_falsy = true,
                _ => malformed = true,
            },
        });
        if is_list.is_none() || malformed || (other_falsy && !texts.is_empty()) {
            Self::Malformed
        } else if texts.is_empty() {
            Self::Missing
        } else {
            Self::Texts {
                texts,
                has_gaps: empty_texts,
            }
        }
    }
}

fn failed(message: &'static str) -> TokenVerificationError {
    not_clerks(TokenVerificationReason::TokenVerificationFailed, message)
}
