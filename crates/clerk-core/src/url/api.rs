//! URLs of the Backend API.

use super::percent;

/// How often a path may be encoded before it is refused instead of decoded once more.
const MAX_LAYERS: usize = 10;

/// Joins an API origin, perhaps a version, and a path with exactly one slash between parts.
///
/// Empty parts are left out and runs of slashes become one, except in `://`. `None` if the path could leave the place it
/// names: it has a `.` or `..` segment, also behind backslashes or up to ten layers of percent-encoding.
///
/// ```
/// use clerk_core::url::join_api_url;
///
/// assert_eq!(
///     join_api_url("https://api.clerk.com/", "v1", "/users/user_1").as_deref(),
///     Some("https://api.clerk.com/v1/users/user_1"),
/// );
/// assert_eq!(join_api_url("https://api.clerk.com", "v1", "/users/%2e%2E/x"), None);
/// ```
#[must_use]
pub fn join_api_url(api_url: &str, version: &str, path: &str) -> Option<String> {
    if has_dot_segment(path) {
        return None;
    }
    let mut joined = String::with_capacity(api_url.len() + version.len() + path.len() + 2);
    for part in [api_url, version, path] {
        if part.is_empty() {
            continue;
        }
        if !joined.is_empty() {
            push_slash(&mut joined);
        }
        let mut rest = part;
        while let Some((before, after)) = rest.split_once('/') {
            joined.push_str(before);
            push_slash(&mut joined);
            rest = after;
        }
        joined.push_str(rest);
    }
    Some(joined)
}

/// Appends a slash unless one is there; after a colon there may be two.
fn push_slash(joined: &mut String) {
    if !joined.ends_with('/') || joined.ends_with(":/") {
        joined.push('/');
    }
}

/// Whether a path has a dot segment in any layer of encoding, or too many layers to tell.
fn has_dot_segment(path: &str) -> bool {
    // Hardly any path is encoded: then one look is enough.
    if !path.contains(['%', '\\']) {
        return path.split('/').any(|s| matches!(s, "." | ".."));
    }
    path.split('/').any(|segment| {
        let mut segment = segment.to_owned();
        for _ in 0..=MAX_LAYERS {
            if segment.split(['/', '\\']).any(|s| matches!(s, "." | "..")) {
                return true;
            }
            match percent::decode_component(&segment) {
                Some(decoded) if decoded != segment => segment = decoded.into_owned(),
                _ => return false,
            }
        }
        true
    })
}
