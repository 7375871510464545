//! The token of the `Authorization` header.

use std::borrow::Cow;

/// The token an `Authorization` value presents: what follows the scheme `Bearer`, or a lone token without a scheme.
///
/// Another scheme presents no token. The scheme's letter case and the number of blanks do not matter
/// (RFC 9110, section 11.1); what follows the token is ignored. A lone word that is a scheme presents none.
pub(crate) fn token(value: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match value {
        Cow::Borrowed(value) => find(value).map(Cow::Borrowed),
        Cow::Owned(value) => find(&value).map(|token| Cow::Owned(token.to_owned())),
    }
}

fn find(value: &str) -> Option<&str> {
    // CTX-10: runs of blanks separate as one.
    let (first, rest) = next_word(value)?;
    match next_word(rest).map(|(second, _)| second) {
        Some(token) if first.eq_ignore_ascii_case("bearer") => Some(token),
        Some(_) => None,
        None if is_scheme(first) => None,
        None => Some(first),
    }
}

/// The first word and what follows it. Each blank is searched for by itself, which is done several bytes at a time.
fn next_word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let (word, _) = text.split_once(' ').unwrap_or((text, ""));
    let (word, _) = word.split_once('\t').unwrap_or((word, ""));
    let rest = text.get(word.len()..)?;
    (!word.is_empty()).then_some((word, rest))
}

/// Schemes in use (IANA's registry) that could otherwise be read as a token.
fn is_scheme(word: &str) -> bool {
    const SCHEMES: [&str; 12] = [
        "basic",
        "bearer",
        "concealed",
        "digest",
        "dpop",
        "gnap",
        "hoba",
        "mutual",
        "negotiate",
        "oauth",
        "privatetoken",
        "vapid",
    ];
    SCHEMES
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: CTX-10, HIST-25
    #[test]
    fn hist_25_authorization_values_present_these_tokens() {
        let cases = [
            ("Bearer abc", Some("abc")),
            ("bearer abc", Some("abc")),
            ("BEARER  \t abc", Some("abc")),
            ("  Bearer abc  ", Some("abc")),
            ("Bearer abc def", Some("abc")),
            ("abc", Some("abc")),
            ("Bearer", None),
            ("bearer ", None),
            ("Basic", None),
            ("Basic dXNlcjpwYXNz", None),
            ("Digest a b", None),
            ("abc def", None),
            ("", None),
            ("   ", None),
        ];
        for (value, expected) in cases {
            assert_eq!(
                token(Cow::Borrowed(value)).as_deref(),
                expected,
                "{value:?}"
            );
            assert_eq!(
                token(Cow::Owned(value.to_owned())).as_deref(),
                expected,
                "{value:?}"
            );
        }
    }
}
