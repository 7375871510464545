//! Cookies that Clerk asks to be set.

use http::HeaderValue;

use crate::context::RequestContext;

/// A cookie to set, with a name that is Clerk's to set.
pub(super) struct SetCookie<'a> {
    name: &'a str,
    value: &'a str,
    header: HeaderValue,
}

impl SetCookie<'_> {
    /// The whole directive.
    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

/// The directives that may be followed; the others are left out.
pub(super) fn allowed<'a>(
    directives: impl IntoIterator<Item = &'a String>,
) -> impl Iterator<Item = SetCookie<'a>> {
    directives.into_iter().filter_map(|directive| {
        let read = read(directive);
        if read.is_none() {
            event!(
                warn,
                "a cookie that is not one of Clerk's was to be set, and is left out"
            );
        }
        read
    })
}

fn read(directive: &str) -> Option<SetCookie<'_>> {
    let pair = directive.split(';').next()?;
    let (name, value) = pair.split_once('=')?;
    let value = value.trim();
    let is_plain = directive.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !is_plain || !is_clerks(name) {
        return None;
    }
    let mut header = HeaderValue::from_str(directive).ok()?;
    header.set_sensitive(true);
    Some(SetCookie {
        name,
        value,
        header,
    })
}

/// Names that start with `__session`, `__client`, `__clerk`, `__refresh` or `clerk_`.
fn is_clerks(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.bytes().all(is_token)
        && ["__session", "__client", "__clerk", "__refresh", "clerk_"]
            .into_iter()
            .any(|own| name.starts_with(own))
}

/// HS-33: the session token among the cookies: by the suffixed name, else by the plain one; the last of a name counts.
pub(super) fn session_token<'a>(
    cx: &RequestContext<'_>,
    cookies: &[SetCookie<'a>],
) -> Option<&'a str> {
    let suffixed = cx
        .instance()
        .map(|instance| instance.key.cookie_names().session());
    let named = |wanted: &str| {
        cookies
            .iter()
            .rev()
            .find(|cookie| cookie.name == wanted)
            .map(|cookie| cookie.value)
    };
    let starting = || {
        cookies
            .iter()
            .rev()
            .find(|cookie| cookie.name.starts_with("__session"))
            .map(|cookie| cookie.value)
    };
    suffixed
        .and_then(named)
        .or_else(|| named("__session"))
        .or_else(starting)
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: HS-32
    #[test]
    fn only_clerks_cookies_may_be_set() {
        for name in [
            "__session",
            "__sessionx",
            "__session_naoXFJnI",
            "__client_uat",
            "__client_uat_naoXFJnI",
            "__client",
            "__clerk_db_jwt",
            "__refresh_naoXFJnI",
            "__clerk_handshake",
            "clerk_active_context",
        ] {
            assert!(
                read(&format!("{name}=value; Path=/; Secure")).is_some(),
                "{name}"
            );
        }
        for directive in [
            "session=x",
            "PHPSESSID=x",
            "clerkx=x",
            "Clerk_x=x",
            "__session",
            "",
            "__session x=y",
            " __session=x",
            "__session=x\r\nset-cookie: a=b",
            "\u{e9}__session=x",
            "__session=x; Domain=\u{e9}.example",
        ] {
            assert!(read(directive).is_none(), "{directive:?}");
        }
    }
}
