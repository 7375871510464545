//! Conversions to and from jiff.

use super::{DateTime, TimeRangeError, Timestamp, UnixSeconds};

impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = TimeRangeError;

    fn try_from(time: Timestamp) -> Result<Self, TimeRangeError> {
        Self::from_millisecond(time.as_millis()).map_err(|_| TimeRangeError)
    }
}

impl TryFrom<UnixSeconds> for jiff::Timestamp {
    type Error = TimeRangeError;

    fn try_from(time: UnixSeconds) -> Result<Self, TimeRangeError> {
        Self::from_second(time.as_secs()).map_err(|_| TimeRangeError)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(time: jiff::Timestamp) -> Self {
        Self::from_millis(time.as_millisecond())
    }
}

impl TryFrom<jiff::Timestamp> for DateTime {
    type Error = TimeRangeError;

    fn try_from(time: jiff::Timestamp) -> Result<Self, TimeRangeError> {
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
            Timestamp::from(jiff::Timestamp::try_from(time).unwrap()),
            time
        );
        assert!(jiff::Timestamp::try_from(Timestamp::from_millis(i64::MAX)).is_err());
    }
}
