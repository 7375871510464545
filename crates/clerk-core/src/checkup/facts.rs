//! Facts that only a running system knows: clocks, keys, tokens.

use super::Finding;

/// How far clocks may be apart, in milliseconds: the tolerance of token verification.
const TOLERATED_SKEW_MS: u64 = 5_000;
/// What a browser keeps of one cookie, in bytes: name, value and attributes
/// ([RFC 6265](https://www.rfc-editor.org/rfc/rfc6265#section-6.1)).
const COOKIE_BYTES: usize = 4_096;
/// What of it is not the token: the longest name, and attributes.
const COOKIE_OVERHEAD_BYTES: usize = 128;
/// From here on, one organization more or one claim more may be too much.
const LARGE_TOKEN_BYTES: usize = 3_072;

/// Compares this machine's clock with the `Date` of an answer, both in milliseconds since the Unix epoch.
///
/// That header has whole seconds, and an answer takes its time: up to a second more is nobody's fault.
#[must_use]
pub fn check_clock_skew(own_ms: i64, server_ms: i64) -> Finding {
    const ABOUT: &str = "clock";
    let apart = own_ms.abs_diff(server_ms);
    let seconds = apart / 1000;
    if apart <= TOLERATED_SKEW_MS + 1000 {
        return Finding::fine(ABOUT, "agrees with the server's");
    }
    let direction = if own_ms > server_ms {
        "ahead of"
    } else {
        "behind"
    };
    Finding::broken(
        ABOUT,
        format!(
            "is {seconds} s {direction} the server's: fresh tokens are refused, or expired ones accepted"
        ),
        "synchronize this machine's clock (NTP); a larger tolerance would make every token live longer",
    )
}

/// Judges the size of a session token, in bytes: browsers drop cookies that are too large, without a word.
#[must_use]
pub fn check_token_size(bytes: usize) -> Finding {
    const ABOUT: &str = "session token";
    let found = format!("has {bytes} bytes");
    if bytes > COOKIE_BYTES - COOKIE_OVERHEAD_BYTES {
        Finding::broken(
            ABOUT,
            format!(
                "{found}, more than a cookie holds: browsers drop it, and users are signed out"
            ),
            "take custom claims out of the session token, and read them from the Backend API or a JWT template",
        )
    } else if bytes > LARGE_TOKEN_BYTES {
        Finding::warning(
            ABOUT,
            format!("{found}; a cookie holds {COOKIE_BYTES}"),
            "keep custom claims below 1.2 kB in all",
        )
    } else {
        Finding::fine(ABOUT, found)
    }
}

/// Compares the key ids of the instance of the secret key with those of the publishable key's.
#[must_use]
pub fn check_same_keys(of_secret_key: &[String], of_publishable_key: &[String]) -> Finding {
    const ABOUT: &str = "keys";
    if of_secret_key.is_empty() {
        Finding::broken(ABOUT, "the Backend API has none", "check CLERK_API_URL")
    } else if of_secret_key
        .iter()
        .any(|kid| of_publishable_key.contains(kid))
    {
        Finding::fine(
            ABOUT,
            "secret key and publishable key belong to the same instance",
        )
    } else {
        Finding::broken(
            ABOUT,
            "the secret key and the publishable key belong to different instances: no session token will verify",
            "copy both keys from the same instance in the Clerk Dashboard",
        )
    }
}
