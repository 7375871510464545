//! What the engine reads of a request.

use std::borrow::Cow;
use std::fmt;

use clerk_core::url::Url;
use http::HeaderMap;

use super::{Cookies, ForwardedHeaders};

/// A request as the engine reads it: method, scheme, authority, path and query, headers. Never the body.
///
/// Made without copies from [`http::request::Parts`], or from raw pieces by frameworks whose header map is
/// another type.
///
/// ```
/// use clerk_internal::request::RequestView;
///
/// let (parts, ()) = http::Request::get("https://app.example.com/a?b=c").body(()).unwrap().into_parts();
/// let view = RequestView::from(&parts);
/// assert_eq!(view.method(), "GET");
/// assert_eq!(view.path_and_query(), "/a?b=c");
/// ```
#[derive(Clone, Copy)]
pub struct RequestView<'r> {
    method: &'r str,
    scheme: &'r str,
    authority: Option<&'r str>,
    /// HTTP/2 and later send the authority in place of the `Host` header.
    authority_is_host: bool,
    path_and_query: &'r str,
    headers: Headers<'r>,
}

#[derive(Clone, Copy)]
enum Headers<'r> {
    Map(&'r HeaderMap),
    Source(&'r dyn HeaderSource),
}

/// Header values by name, for frameworks that do not use this version of the `http` crate.
pub trait HeaderSource: Sync {
    /// Hands every value of the header `name` (given in lower case) to `each`, in order of appearance.
    fn values<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8]));

    /// Hands every header, name in lower case, to `each`.
    fn entries<'h>(&'h self, each: &mut dyn FnMut(&'h str, &'h [u8]));
}

/// Names and values as a list; the letter case of names does not matter.
impl HeaderSource for &[(&str, &[u8])] {
    fn values<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        for (found, value) in *self {
            if found.eq_ignore_ascii_case(name) {
                each(value);
            }
        }
    }

    fn entries<'h>(&'h self, each: &mut dyn FnMut(&'h str, &'h [u8])) {
        for (name, value) in *self {
            each(name, value);
        }
    }
}

impl<'r> From<&'r http::request::Parts> for RequestView<'r> {
    fn from(parts: &'r http::request::Parts) -> Self {
        Self::from_parts(&parts.method, &parts.uri, parts.version, &parts.headers)
    }
}

impl<'r, B> From<&'r http::Request<B>> for RequestView<'r> {
    fn from(request: &'r http::Request<B>) -> Self {
        Self::from_parts(
            request.method(),
            request.uri(),
            request.version(),
            request.headers(),
        )
    }
}

impl<'r> RequestView<'r> {
    /// A view of the parts that servers built on `http` hand out.
    ///
    /// A request target without scheme (HTTP/1) counts as `http`; say [`with_scheme`](Self::with_scheme) where
    /// the server itself ends TLS.
    #[must_use]
    pub fn from_parts(
        method: &'r http::Method,
        uri: &'r http::Uri,
        version: http::Version,
        headers: &'r HeaderMap,
    ) -> Self {
        Self {
            method: method.as_str(),
            scheme: uri.scheme_str().unwrap_or("http"),
            authority: uri.authority().map(http::uri::Authority::as_str),
            authority_is_host: version >= http::Version::HTTP_2,
            path_and_query: uri
                .path_and_query()
                .map_or("/", http::uri::PathAndQuery::as_str),
            headers: Headers::Map(headers),
        }
    }

    /// A view of raw pieces; `path_and_query` starts with `/`.
    #[must_use]
    pub fn from_pieces(
        method: &'r str,
        scheme: &'r str,
        authority: Option<&'r str>,
        path_and_query: &'r str,
        headers: &'r dyn HeaderSource,
    ) -> Self {
        Self {
            method,
            scheme,
            authority,
            authority_is_host: false,
            path_and_query,
            headers: Headers::Source(headers),
        }
    }

    /// Sets the scheme the request came in by, `http` or `https`.
    #[must_use]
    pub fn with_scheme(mut self, scheme: &'r str) -> Self {
        self.scheme = scheme;
        self
    }

    /// The method, in capitals.
    #[must_use]
    pub fn method(&self) -> &'r str {
        self.method
    }

    /// The scheme of the request itself, not what a proxy in front of it reports.
    #[must_use]
    pub fn scheme(&self) -> &'r str {
        self.scheme
    }

    /// The authority of the request target, or else the `Host` header.
    #[must_use]
    pub fn authority(&self) -> Option<&'r str> {
        let authority = self.authority.filter(|authority| !authority.is_empty());
        authority.or_else(|| match self.host_header()? {
            Cow::Borrowed(host) => Some(host),
            Cow::Owned(_) => None,
        })
    }

    /// What the client says it asked: the `Host` header or what stands in its place.
    pub(crate) fn host(&self) -> Option<Cow<'r, str>> {
        self.host_header().or_else(|| {
            let authority = self.authority.filter(|_| self.authority_is_host);
            authority.map(Cow::Borrowed)
        })
    }

    fn host_header(&self) -> Option<Cow<'r, str>> {
        self.text(HeaderName::Host)
    }

    /// Path and query as they came.
    #[must_use]
    pub fn path_and_query(&self) -> &'r str {
        self.path_and_query
    }

    /// The path as it came, still encoded.
    #[must_use]
    pub fn path(&self) -> &'r str {
        match self.path_and_query.split_once('?') {
            Some((path, _)) => path,
            None => self.path_and_query,
        }
    }

    /// The query as it came, still encoded, without the `?`.
    #[must_use]
    pub fn query(&self) -> Option<&'r str> {
        self.path_and_query.split_once('?').map(|(_, query)| query)
    }

    /// The URL under which the browser asked, as far as the headers of a proxy are believed; `None` if neither they nor the
    /// request name a usable host.
    #[must_use]
    pub fn public_url(&self, forwarded: &ForwardedHeaders) -> Option<Url> {
        super::public_url(self, forwarded)
    }

    /// The cookies, decoded; the first of a name counts.
    #[must_use]
    pub fn cookies(&self) -> Vec<(Cow<'r, str>, Cow<'r, str>)> {
        Cookies::of(*self).all()
    }

    pub(crate) fn is_get(&self) -> bool {
        self.method == "GET"
    }

    /// A header's value without blanks around it; several values are joined by commas. `None` for an absent header.
    pub(crate) fn header(&self, name: HeaderName) -> Option<Cow<'r, [u8]>> {
        let mut joined: Option<Cow<'r, [u8]>> = None;
        self.each_value(name, &mut |value| {
            let value = value.trim_ascii();
            joined = Some(match joined.take() {
                None => Cow::Borrowed(value),
                Some(before) => {
                    let mut before = before.into_owned();
                    before.extend_from_slice(b", ");
                    before.extend_from_slice(value);
                    Cow::Owned(before)
                }
            });
        });
        joined
    }

    /// As [`header`](Self::header), as text: each byte above 127 becomes the character of that number. An empty value counts as absent.
    pub(crate) fn text(&self, name: HeaderName) -> Option<Cow<'r, str>> {
        match self.header(name)? {
            value if value.is_empty() => None,
            Cow::Borrowed(value) => Some(latin1(value)),
            Cow::Owned(value) => Some(Cow::Owned(latin1(&value).into_owned())),
        }
    }

    pub(crate) fn each_value(&self, name: HeaderName, each: &mut dyn FnMut(&'r [u8])) {
        match self.headers {
            Headers::Map(map) => {
                for value in map.get_all(name.typed()) {
                    each(value.as_bytes());
                }
            }
            Headers::Source(source) => source.values(name.as_str(), each),
        }
    }

    /// Every header, in the order of the underlying map.
    pub(crate) fn each_header(&self, each: &mut dyn FnMut(&'r str, &'r [u8])) {
        match self.headers {
            Headers::Map(map) => {
                for (name, value) in map {
                    each(name.as_str(), value.as_bytes());
                }
            }
            Headers::Source(source) => source.entries(each),
        }
    }
}

impl fmt::Debug for RequestView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Queries and headers can carry tokens.
        f.debug_struct("RequestView")
            .field("method", &self.method)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// Header bytes as text, one character per byte.
pub(crate) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// The headers that are read, and their names.
macro_rules! headers_read {
    ($($name:ident $text:literal $typed:expr;)+) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum HeaderName { $($name,)+ }

        impl HeaderName {
            const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            fn typed(self) -> http::HeaderName {
                match self { $(Self::$name => $typed,)+ }
            }
        }
    };
}

headers_read! {
    Accept "accept" http::header::ACCEPT;
    Authorization "authorization" http::header::AUTHORIZATION;
    Cookie "cookie" http::header::COOKIE;
    ForwardedHost "x-forwarded-host" http::HeaderName::from_static("x-forwarded-host");
    ForwardedProto "x-forwarded-proto" http::HeaderName::from_static("x-forwarded-proto");
    Host "host" http::header::HOST;
    Referer "referer" http::header::REFERER;
    SecFetchDest "sec-fetch-dest" http::HeaderName::from_static("sec-fetch-dest");
}
