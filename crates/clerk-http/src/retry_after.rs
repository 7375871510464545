//! The `Retry-After` header in both of its forms (RFC 9110, section 10.2.3).

use std::time::{Duration, UNIX_EPOCH};

use clerk_core::Clock;
use http::HeaderMap;
use http::header::RETRY_AFTER;

/// Nobody waits longer than this, whatever the header says.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long the sender of these headers asks to wait: seconds, or the time until a date.
///
/// A date that has passed gives zero; more than a week gives a week; anything else gives `None`. Digits before other
/// text count, as in Clerk's own SDKs.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::Clock;
/// use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};
///
/// let mut headers = HeaderMap::new();
/// headers.insert(RETRY_AFTER, HeaderValue::from_static("Fri, 14 Nov 2025 22:13:30 GMT"));
/// let clock = Clock::fixed(1_763_158_400_000); // ten seconds earlier
/// assert_eq!(clerk_http::retry_after(&headers, &clock), Some(Duration::from_secs(10)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, clock: &Clock) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        // More digits than fit mean a long time, not none.
        let seconds = text[..digits].parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let date_ms = date.duration_since(UNIX_EPOCH).ok()?.as_millis();
    let now_ms = u128::try_from(clock.now_ms()).unwrap_or(0);
    let wait_ms = u64::try_from(date_ms.saturating_sub(now_ms)).unwrap_or(u64::MAX);
    Some(Duration::from_millis(wait_ms).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    // covers: HTTP-34
    #[test]
    fn seconds_and_dates_are_read() {
        let clock = Clock::fixed(1_763_158_400_500);
        let cases: &[(&[u8], Option<u64>)] = &[
            (b"0", Some(0)),
            (b"120", Some(120_000)),
            (b" 7 ", Some(7_000)),
            (b"30 seconds", Some(30_000)),
            (b"1.9", Some(1_000)),
            (b"Fri, 14 Nov 2025 22:13:30 GMT", Some(9_500)),
            (b"Friday, 14-Nov-25 22:13:30 GMT", Some(9_500)),
            (b"Fri, 14 Nov 2025 22:00:00 GMT", Some(0)),
            (b"99999999999999999999999999", Some(604_800_000)),
            (b"Thu, 31 Dec 2099 00:00:00 GMT", Some(604_800_000)),
            (b"", None),
            (b"-5", None),
            (b"soon", None),
            (b"\xff", None),
        ];
        for (text, expected_ms) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_bytes(text).unwrap());
            let got = retry_after(&headers, &clock).map(|wait| wait.as_millis());
            assert_eq!(got, expected_ms.map(u128::from), "{text:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), &clock), None);
    }
}
