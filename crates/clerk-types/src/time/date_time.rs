//! Times as text (RFC 3339).

use std::{fmt, time::SystemTime};

use serde::{Deserialize, Deserializer, Serialize};

use super::{TimeRangeError, Timestamp, civil};

/// A time as RFC 3339 text, such as `2026-01-02T03:04:05.678Z`: the form in which Clerk takes times.
///
/// A text from Clerk is kept as it came.
///
/// ```
/// use clerk_types::{DateTime, Timestamp};
///
/// let time = DateTime::try_from(Timestamp::from_millis(1_700_000_000_123)).unwrap();
/// assert_eq!(time.as_str(), "2023-11-14T22:13:20.123Z");
/// assert_eq!(time.to_timestamp(), Some(Timestamp::from_millis(1_700_000_000_123)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct DateTime(String);

impl DateTime {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time, to the millisecond; none where the text is not RFC 3339.
    #[must_use]
    pub fn to_timestamp(&self) -> Option<Timestamp> {
        parse(&self.0).map(Timestamp::from_millis)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<Timestamp> for DateTime {
    type Error = TimeRangeError;

    /// Years 1 to 9999 can be written.
    fn try_from(time: Timestamp) -> Result<Self, TimeRangeError> {
        let millis = time.as_millis();
        let (seconds, millis) = (millis.div_euclid(1000), millis.rem_euclid(1000));
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil::from_days(days);
        if !(1..=9999).contains(&year) {
            return Err(TimeRangeError);
        }
        Ok(Self(format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{millis:03}Z",
            second / 3600,
            second / 60 % 60,
            second % 60
        )))
    }
}

impl TryFrom<SystemTime> for DateTime {
    type Error = TimeRangeError;

    fn try_from(time: SystemTime) -> Result<Self, TimeRangeError> {
        Self::try_from(Timestamp::try_from(time)?)
    }
}

impl TryFrom<&str> for DateTime {
    type Error = TimeRangeError;

    /// Takes RFC 3339 text over.
    fn try_from(text: &str) -> Result<Self, TimeRangeError> {
        parse(text)
            .map(|_| Self(text.to_owned()))
            .ok_or(TimeRangeError)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::decode::text(deserializer, |text| Self(text.to_owned()))
    }
}

/// Milliseconds since the Unix epoch of RFC 3339 text.
fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0, |sum, byte| {
            byte.is_ascii_digit()
                .then(|| sum * 10 + i64::from(byte - b'0'))
        })
    };
    let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
    if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let days = civil::to_days(year, month, day);
    if civil::from_days(days) != (year, month, day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut at = 19;
    let mut millis = 0;
    if is(at, b".") {
        at += 1;
        let mut weight = 100;
        let first = at;
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            millis += i64::from(digit - b'0') * weight;
            weight /= 10;
            at += 1;
        }
        if at == first {
            return None;
        }
    }
    let offset = match bytes.get(at..)? {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest.get(2) == Some(&b':') => {
            let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -60 } else { 60 }
        }
        _ => return None,
    };
    Some((days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339() {
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T00:00:00.5Z", Some(500)),
            ("1969-12-31T23:59:59.999Z", Some(-1)),
            ("1985-04-12T23:20:50.52Z", Some(482_196_050_520)),
            ("1996-12-19T16:39:57-08:00", Some(851_042_397_000)),
            ("1990-12-31T15:59:60-08:00", Some(662_688_000_000)),
            ("2024-02-29 00:00:00.123456789Z", Some(1_709_164_800_123)),
            ("2023-02-29T00:00:00Z", None),
            ("2023-01-01", None),
            ("2023-01-01T00:00:00", None),
            ("2023-01-01T24:00:00Z", None),
            ("2023-01-01T00:00:00.Z", None),
            ("2023-01-01T00:00:00+0100", None),
            ("2023-01-01T00:00:00+24:00", None),
            ("", None),
            ("string", None),
        ];
        for (text, millis) in cases {
            assert_eq!(parse(text), millis, "{text}");
            assert_eq!(DateTime::try_from(text).is_ok(), millis.is_some(), "{text}");
        }
    }

    #[test]
    fn written_times_are_read_back() {
        for millis in [
            0,
            -1,
            951_782_400_000,
            1_700_000_000_123,
            -62_135_596_800_000,
            253_402_300_799_999,
        ] {
            let time = Timestamp::from_millis(millis);
            assert_eq!(DateTime::try_from(time).unwrap().to_timestamp(), Some(time));
        }
        for millis in [i64::MIN, i64::MAX, -62_135_596_800_001, 253_402_300_800_000] {
            assert_eq!(
                DateTime::try_from(Timestamp::from_millis(millis)),
                Err(TimeRangeError)
            );
        }
    }

    #[test]
    fn text_from_clerk_is_kept() {
        let time: DateTime = serde_json::from_str("\"soon\"").unwrap();
        assert_eq!(time.as_str(), "soon");
        assert_eq!(time.to_timestamp(), None);
    }
}
