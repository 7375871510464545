//! Yes or no, in a variable.

/// Whether a text means yes: `true` in any letter case, or a whole number above zero.
///
/// ```
/// use clerk_core::env::is_truthy;
///
/// assert!(is_truthy("True") && is_truthy("1"));
/// assert!(!is_truthy("yes") && !is_truthy("0"));
/// ```
#[must_use]
pub fn is_truthy(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || starts_with_positive_integer(text)
}

/// JavaScript's `parseInt`: leading white space and whatever follows the digits do not count.
fn starts_with_positive_integer(text: &str) -> bool {
    let text = text.trim_start();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit());
    let digits = &digits[..end.unwrap_or(digits.len())];
    digits.bytes().any(|digit| digit != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: KEY-45
    #[test]
    fn truthy() {
        for text in [
            "true",
            "TRUE",
            "True",
            "1",
            "2",
            "+7",
            " 1",
            "010",
            "99999999999999999999999",
            "1.9",
            "1x",
        ] {
            assert!(is_truthy(text), "{text:?}");
        }
        for text in [
            "", "0", "00", "-1", "0.9", "false", "yes", "on", " true ", "t", "x1", "\u{661}",
        ] {
            assert!(!is_truthy(text), "{text:?}");
        }
    }
}
