//! The parser: the states of the WHATWG algorithm that `http` and `https` can reach.

use std::borrow::Cow;

use super::percent::{self, Set};
use super::{MAX_LEN, Scheme, Url, UrlError, host};

/// Parses a URL, or a reference if there is a base.
pub(super) fn parse(text: &str, base: Option<&Url>) -> Result<Url, UrlError> {
    if text.len() > MAX_LEN {
        return Err(UrlError::TooLong);
    }
    let text = without_breaks(text.trim_matches(|c: char| c <= ' '));
    let Some((scheme, rest)) = split_scheme(&text) else {
        return relative(&text, base.ok_or(UrlError::NotAbsolute)?);
    };
    let scheme = Scheme::from_name(scheme).ok_or(UrlError::Scheme)?;
    match base {
        // `https:path` is relative to a base of the same scheme, oddly.
        Some(base) if base.scheme == scheme && leading_slashes(rest) < 2 => relative(rest, base),
        _ => absolute(scheme, rest.trim_start_matches(is_slash)),
    }
}

/// Parses what follows `scheme://`.
fn absolute(scheme: Scheme, rest: &str) -> Result<Url, UrlError> {
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let mut url = origin(scheme, authority)?;
    url.text.reserve(rest.len() + 1);
    let path = rest.strip_prefix(is_slash).unwrap_or(rest);
    url.push_path_and_rest(path);
    Ok(url)
}

/// Parses host and port into a URL that has no path yet.
pub(super) fn origin(scheme: Scheme, authority: &str) -> Result<Url, UrlError> {
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let host_len = if authority.starts_with('[') {
        authority.find(']').ok_or(UrlError::Host)? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_len);
    let port = match port.strip_prefix(':') {
        Some(digits) => parse_port(digits)?,
        None if port.is_empty() => None,
        None => return Err(UrlError::Host),
    };
    let mut text = String::with_capacity(scheme.prefix().len() + authority.len() + 1);
    text.push_str(scheme.prefix());
    host::push_normalised(&mut text, host)?;
    let host_end = text.len();
    let port = port.filter(|port| *port != scheme.default_port());
    if let Some(port) = port {
        text.push(':');
        text.push_str(&port.to_string());
    }
    Ok(Url {
        path_start: text.len(),
        query_start: None,
        fragment_start: None,
        host_end,
        scheme,
        port,
        text,
    })
}

fn parse_port(digits: &str) -> Result<Option<u16>, UrlError> {
    if digits.is_empty() {
        return Ok(None);
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(UrlError::Port);
    }
    digits.parse().map(Some).map_err(|_| UrlError::Port)
}

/// Resolves a reference without a scheme.
fn relative(rest: &str, base: &Url) -> Result<Url, UrlError> {
    match leading_slashes(rest) {
        0 | 1 => {}
        2 => return absolute(base.scheme, &rest[2..]),
        // Browsers find a host behind any number of slashes, other readers an empty one.
        _ => return Err(UrlError::Host),
    }
    let mut url = base.clone();
    url.cut_fragment();
    match rest.chars().next() {
        None => {}
        Some('#') => url.push_query_and_fragment(rest),
        Some('?') => {
            url.cut_query();
            url.push_query_and_fragment(rest);
        }
        Some('/' | '\\') => {
            url.cut_path();
            url.push_path_and_rest(&rest[1..]);
        }
        Some(_) => {
            url.cut_query();
            let last_slash = url.text.rfind('/').unwrap_or(url.path_start);
            url.text.truncate(last_slash.max(url.path_start));
            url.push_path_and_rest(rest);
        }
    }
    Ok(url)
}

impl Url {
    /// Appends `/`, a path, and the query and fragment after it.
    pub(super) fn push_path_and_rest(&mut self, text: &str) {
        let end = text.find(['?', '#']).unwrap_or(text.len());
        let (path, rest) = text.split_at(end);
        self.push_path(path);
        self.push_query_and_fragment(rest);
    }

    /// Appends `/` and a path, resolving dot segments against the path that is there.
    pub(super) fn push_path(&mut self, path: &str) {
        let mut segments = path.split(is_slash).peekable();
        while let Some(segment) = segments.next() {
            let last = segments.peek().is_none();
            match dots(segment) {
                0 => {
                    self.text.push('/');
                    percent::push_encoded(&mut self.text, segment, Set::Path);
                    continue;
                }
                1 => {}
                _ => {
                    let parent = self.text[self.path_start..].rfind('/').unwrap_or(0);
                    self.text.truncate(self.path_start + parent);
                }
            }
            if last {
                self.text.push('/');
            }
        }
    }

    /// Appends a query and a fragment, given with their marks.
    fn push_query_and_fragment(&mut self, text: &str) {
        let (query, fragment) = match text.split_once('#') {
            Some((query, fragment)) => (query, Some(fragment)),
            None => (text, None),
        };
        if let Some(query) = query.strip_prefix('?') {
            self.query_start = Some(self.text.len());
            self.text.push('?');
            percent::push_encoded(&mut self.text, query, Set::Query);
        }
        if let Some(fragment) = fragment {
            self.fragment_start = Some(self.text.len());
            self.text.push('#');
            percent::push_encoded(&mut self.text, fragment, Set::Fragment);
        }
    }

    pub(super) fn cut_path(&mut self) {
        self.cut_query();
        self.text.truncate(self.path_start);
    }

    pub(super) fn cut_query(&mut self) {
        self.cut_fragment();
        if let Some(start) = self.query_start.take() {
            self.text.truncate(start);
        }
    }

    pub(super) fn cut_fragment(&mut self) {
        if let Some(start) = self.fragment_start.take() {
            self.text.truncate(start);
        }
    }
}

/// 1 for `.`, 2 for `..`, in any spelling with `%2e`; 0 for other segments.
pub(super) fn dots(segment: &str) -> usize {
    let mut rest = segment;
    let mut count = 0;
    while !rest.is_empty() {
        let dot = rest.strip_prefix('.').or_else(|| {
            let head = rest.get(..3)?;
            head.eq_ignore_ascii_case("%2e").then(|| &rest[3..])
        });
        match dot {
            Some(after) if count < 2 => rest = after,
            _ => return 0,
        }
        count += 1;
    }
    count
}

/// Splits `scheme:` off, if there is one.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let letter_first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let rest_allowed = scheme
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (letter_first && rest_allowed).then_some((scheme, rest))
}

/// Tabs and line breaks do not count anywhere in a URL.
pub(super) fn without_breaks(text: &str) -> Cow<'_, str> {
    if text.contains(is_break) {
        Cow::Owned(text.replace(is_break, ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r')
}

fn leading_slashes(text: &str) -> usize {
    text.chars().take_while(|c| is_slash(*c)).count()
}

/// Browsers take a backslash for a slash.
fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}
