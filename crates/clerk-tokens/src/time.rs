//! Time claims.

/// The largest time of JavaScript's calendar, in milliseconds either side of the epoch.
const MAX_MS: f64 = 8.64e15;

/// A time claim (`exp`, `nbf`, `iat`: seconds since the Unix epoch) in milliseconds; fractions of a second are
/// cut off. `None` if it lies outside the 275,000 years around 1970 that Clerk's own SDK can represent.
pub(crate) fn claim_ms(seconds: f64) -> Option<i64> {
    // JWT-26: not a number and infinity fail the comparison as well.
    let ms = seconds.trunc() * 1000.0;
    (ms.abs() <= MAX_MS).then_some(ms as i64)
}

/// The same with fractions down to the millisecond, as Clerk's own SDK reports the times of machine tokens. What is judged
/// is [`claim_ms`].
pub(crate) fn reported_ms(seconds: f64) -> Option<i64> {
    claim_ms(seconds)?;
    Some((seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reported_times_keep_their_milliseconds() {
        let cases = [
            (1_774_000_030.5, Some(1_774_000_030_500)),
            (1_774_000_030.0, Some(1_774_000_030_000)),
            (-0.5, Some(-500)),
            (8_640_000_000_001.0, None),
            (f64::NAN, None),
        ];
        for (seconds, expected) in cases {
            assert_eq!(reported_ms(seconds), expected, "{seconds}");
        }
    }

    // covers: JWT-26
    #[test]
    fn fractions_are_cut_off_and_only_calendar_times_fit() {
        let cases = [
            (1_774_000_040.0, Some(1_774_000_040_000)),
            (1_774_000_040.9, Some(1_774_000_040_000)),
            (-1.9, Some(-1000)),
            (-0.9, Some(0)),
            (8.64e12, Some(8_640_000_000_000_000)),
            (-8.64e12, Some(-8_640_000_000_000_000)),
            (8_640_000_000_001.0, None),
            (-8_640_000_000_001.0, None),
            (1e300, None),
            (f64::INFINITY, None),
            (f64::NEG_INFINITY, None),
            (f64::NAN, None),
        ];
        for (seconds, expected) in cases {
            assert_eq!(claim_ms(seconds), expected, "{seconds}");
        }
    }
}
