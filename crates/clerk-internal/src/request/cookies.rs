//! The cookies of a request.

use std::borrow::Cow;

use clerk_core::url::percent;

use super::view::{HeaderName, RequestView, latin1};

/// The cookies of a request, found by name without being copied.
///
/// The header is split before anything is decoded, so that an encoded `;` inside one value cannot bring a
/// second cookie with it. The first cookie of a name counts. An empty value counts as absent.
#[derive(Clone, Copy)]
pub(crate) struct Cookies<'r> {
    view: RequestView<'r>,
}

impl<'r> Cookies<'r> {
    pub(crate) const fn of(view: RequestView<'r>) -> Self {
        Self { view }
    }

    /// Every cookie as name and undecoded value, in order; names may repeat.
    pub(crate) fn each(&self, each: &mut dyn FnMut(&'r [u8], &'r [u8])) {
        self.view.each_value(HeaderName::Cookie, &mut |header| {
            // As in the reference, a lone `=` is no pair of a name and a value.
            if header.len() < 2 {
                return;
            }
            // Text is searched several bytes at a time.
            match std::str::from_utf8(header) {
                Ok(header) => {
                    for pair in header.split(';') {
                        if let Some((name, value)) = pair.split_once('=') {
                            each(trim(name.as_bytes()), trim(value.as_bytes()));
                        }
                    }
                }
                Err(_) => {
                    for pair in header.split(|byte| *byte == b';') {
                        let mut parts = pair.splitn(2, |byte| *byte == b'=');
                        if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
                            each(trim(name), trim(value));
                        }
                    }
                }
            }
        });
    }

    /// All cookies, decoded, the first of each name.
    pub(crate) fn all(&self) -> Vec<(Cow<'r, str>, Cow<'r, str>)> {
        let mut all: Vec<(Cow<'r, str>, Cow<'r, str>)> = Vec::new();
        self.each(&mut |name, value| {
            let name = latin1(name);
            if !all.iter().any(|(found, _)| *found == name) {
                all.push((name, decode(value)));
            }
        });
        all
    }
}

/// A cookie's value as text: percent-decoded where that works, as it is where it does not.
pub(crate) fn decode(value: &[u8]) -> Cow<'_, str> {
    let text = latin1(value);
    if !text.contains('%') {
        return text;
    }
    match percent::decode_component(&text) {
        Some(decoded) => Cow::Owned(decoded.into_owned()),
        None => text,
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes
        .iter()
        .position(|byte| !blank(byte))
        .unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(|byte| !blank(byte))
        .map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(headers: &[&[u8]]) -> Vec<(String, String)> {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|value| ("cookie", *value)).collect();
        let source = headers.as_slice();
        let view = RequestView::from_pieces("GET", "https", None, "/", &source);
        Cookies::of(view)
            .all()
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    // covers: CTX-8, CTX-9, HIST-59
    #[test]
    fn hist_59_cookie_headers_hold_these_cookies() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: &[(&[u8], Pairs)] = &[
            (b"a=1; b=2", &[("a", "1"), ("b", "2")]),
            (b"a=1%3B%20__session=x", &[("a", "1; __session=x")]),
            (b"a=1;a=2", &[("a", "1")]),
            (b" a = 1 \t; b", &[("a", "1")]),
            (b"a", &[]),
            (b"=", &[]),
            (b"=a", &[("", "a")]),
            (b"a=", &[("a", "")]),
            (b"a=\"q\"", &[("a", "\"q\"")]),
            (b"A=1;a=2", &[("A", "1"), ("a", "2")]),
            (b"a%20b=1", &[("a%20b", "1")]),
            (b"a=%zz", &[("a", "%zz")]),
            (b"a=%C3%A9", &[("a", "\u{e9}")]),
            (b"a=%C3", &[("a", "%C3")]),
            (b"a=%C3x", &[("a", "%C3x")]),
            (b"a=%ED%A0%80", &[("a", "%ED%A0%80")]),
            (b"a=b=c", &[("a", "b=c")]),
            (b"a=\xe9", &[("a", "\u{e9}")]),
            (b"", &[]),
            (b";;;", &[]),
        ];
        for (header, expected) in cases {
            let expected: Vec<(String, String)> = expected
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            assert_eq!(cookies(&[header]), expected, "{header:?}");
        }
        assert_eq!(cookies(&[b"a=1", b"a=2; b=3"]).len(), 2);
    }
}
