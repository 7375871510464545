//! Numbers that are times.

use std::{
    error::Error,
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize};

/// A time that the target type cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRangeError;

impl fmt::Display for TimeRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is outside of the range that can be represented")
    }
}

impl Error for TimeRangeError {}

/// A time in milliseconds since the Unix epoch, as Clerk writes times.
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use clerk_types::Timestamp;
///
/// let time = Timestamp::from_millis(1_700_000_000_123);
/// assert_eq!(SystemTime::try_from(time), Ok(UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }
}

/// A time in seconds since the Unix epoch, which Clerk uses in a few places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UnixSeconds(i64);

impl UnixSeconds {
    /// From seconds since the Unix epoch.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0
    }
}

impl From<Timestamp> for i64 {
    /// Milliseconds.
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimeRangeError;

    fn try_from(time: SystemTime) -> Result<Self, TimeRangeError> {
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_millis()),
            Err(before) => i128::try_from(before.duration().as_millis()).map(|millis| -millis),
        };
        let millis = millis.ok().and_then(|millis| i64::try_from(millis).ok());
        millis.map(Self).ok_or(TimeRangeError)
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = TimeRangeError;

    fn try_from(time: Timestamp) -> Result<Self, TimeRangeError> {
        shifted(time.0, Duration::from_millis(time.0.unsigned_abs()))
    }
}

impl TryFrom<UnixSeconds> for SystemTime {
    type Error = TimeRangeError;

    fn try_from(time: UnixSeconds) -> Result<Self, TimeRangeError> {
        shifted(time.0, Duration::from_secs(time.0.unsigned_abs()))
    }
}

fn shifted(sign: i64, by: Duration) -> Result<SystemTime, TimeRangeError> {
    let time = if sign < 0 {
        UNIX_EPOCH.checked_sub(by)
    } else {
        UNIX_EPOCH.checked_add(by)
    };
    time.ok_or(TimeRangeError)
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::decode::integer(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for UnixSeconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::decode::integer(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_never_panic() {
        for millis in [
            0,
            1,
            -1,
            i64::MAX,
            i64::MIN,
            -9_007_199_254_740_991,
            1_700_000_000_123,
        ] {
            let time = Timestamp::from_millis(millis);
            if let Ok(system) = SystemTime::try_from(time) {
                assert_eq!(Timestamp::try_from(system), Ok(time));
            }
            let _ = SystemTime::try_from(UnixSeconds::from_secs(millis));
        }
    }

    #[test]
    fn floats_are_times_too() {
        assert_eq!(
            serde_json::from_str::<Timestamp>("1.7e12").unwrap(),
            Timestamp::from_millis(1_700_000_000_000)
        );
        assert!(serde_json::from_str::<Timestamp>("\"1\"").is_err());
        assert_eq!(
            serde_json::to_string(&Timestamp::from_millis(-5)).unwrap(),
            "-5"
        );
    }
}
