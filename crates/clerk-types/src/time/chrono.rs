//! Conversions to and from chrono.

use chrono::Utc;

use super::{DateTime, TimeRangeError, Timestamp, UnixSeconds};

impl TryFrom<Timestamp> for chrono::DateTime<Utc> {
    type Error = TimeRangeError;

    fn try_from(time: Timestamp) -> Result<Self, TimeRangeError> {
        Self::from_timestamp_millis(time.as_millis()).ok_or(TimeRangeError)
    }
}

impl TryFrom<UnixSeconds> for chrono::DateTime<Utc> {
    type Error = TimeRangeError;

    fn try_from(time: UnixSeconds) -> Result<Self, TimeRangeError> {
        Self::from_timestamp(time.as_secs(), 0).ok_or(TimeRangeError)
    }
}

impl From<chrono::DateTime<Utc>> for Timestamp {
    fn from(time: chrono::DateTime<Utc>) -> Self {
        Self::from_millis(time.timestamp_millis())
    }
}

impl TryFrom<chrono::DateTime<Utc>> for DateTime {
    type Error = TimeRangeError;

    fn try_from(time: chrono::DateTime<Utc>) -> Result<Self, TimeRangeError> {
        Self::try_from(Timestamp::from(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        let time = Timestamp::from_millis(1_700_000_000_123);
        assert_eq!(
            Timestamp::from(chrono::DateTime::<Utc>::try_from(time).unwrap()),
            time
        );
        assert!(chrono::DateTime::<Utc>::try_from(Timestamp::from_millis(i64::MAX)).is_err());
    }
}
