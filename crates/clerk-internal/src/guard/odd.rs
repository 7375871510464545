//! Requests that no URL can be made of.

use crate::request::{HeaderName, RequestView};

/// MW-12: whether the target names a user, or the `Host` header is no host at all (RFC 9112, section 3.2: answer 400).
///
/// A missing `Host` is not odd: clients of HTTP/1.0 and health checks send none.
pub(super) fn is_odd(view: &RequestView<'_>) -> bool {
    let bad_target = view
        .authority()
        .is_some_and(|authority| !authority.bytes().all(is_host_byte));
    let bad_host = view
        .header(HeaderName::Host)
        .is_some_and(|host| !host.iter().copied().all(is_host_byte));
    bad_target || bad_host
}

/// What a host and its port can consist of (RFC 3986, section 3.2.2), and nothing that ends a host or names a user.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=:[]".contains(&byte)
}
