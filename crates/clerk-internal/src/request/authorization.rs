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
    let mut words = value.split([' ', '\t']).filter(|word| !word.is_empty());
    let first = words.next()?;
    match words.next() {
        Some(token) if first.eq_ignore_ascii_case("bearer") => Some(token),
        Some(_) => None,
        None if is_scheme(first) => None,
        None => Some(first),
    }
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
    fn authorization_values_present_these_tokens() {
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
