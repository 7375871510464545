//! The URL under which the browser asked.

use std::borrow::Cow;
use std::sync::Arc;

use clerk_core::url::{Origin, Scheme, Url};

use super::view::{HeaderName, RequestView, latin1};

/// Which reports of a proxy in front of the application are believed.
///
/// `X-Forwarded-Host` and `X-Forwarded-Proto` say under which origin the browser asked, provided that a proxy
/// of yours sets them; where none does, any client can. The surest setting is a fixed public origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardedHeaders {
    /// Both headers are believed, as in Clerk's JavaScript SDK. Malformed values are ignored.
    #[default]
    Trust,
    /// Only the request itself and its `Host` header count.
    Ignore,
    /// The headers are believed where the host they lead to, with its port if it has one, is on this list.
    Hosts(Arc<[String]>),
}

impl ForwardedHeaders {
    /// The headers are believed for these hosts, each with its port if that is not the scheme's default.
    pub fn hosts<H: Into<String>>(hosts: impl IntoIterator<Item = H>) -> Self {
        Self::Hosts(
            hosts
                .into_iter()
                .map(|host| host.into().to_ascii_lowercase())
                .collect(),
        )
    }
}

/// The origin under which the browser asked; `None` if neither proxy nor request name a usable host.
pub(crate) fn public_origin(view: &RequestView<'_>, policy: &ForwardedHeaders) -> Option<Origin> {
    let reported = match policy {
        ForwardedHeaders::Trust => reported_origin(view),
        ForwardedHeaders::Ignore => None,
        ForwardedHeaders::Hosts(listed) => {
            let scheme = reported_scheme(view);
            let origin = |host: &str| {
                let origin = Origin::from_authority(scheme?, host).ok()?;
                let is_listed = listed.iter().any(|host| host == origin.authority());
                is_listed.then_some(origin)
            };
            reported_host(view)
                .and_then(|host| origin(&host))
                .or_else(|| view.authority().and_then(origin))
        }
    };
    // CTX-3, CTX-6: what is not a plain origin is ignored.
    reported.or_else(|| own_origin(view))
}

/// The URL under which the browser asked.
pub(crate) fn public_url(view: &RequestView<'_>, policy: &ForwardedHeaders) -> Option<Url> {
    let origin = public_origin(view, policy)?;
    let mut url = url_at(&origin, view)?;
    // CTX-3: behind a proxy nothing but path and query goes over.
    let has_more = url.fragment().is_some() || url.query() == Some("");
    if has_more
        && own_origin(view).is_none_or(|own| own != origin || is_restated(view, policy, &own))
    {
        url.clear_fragment();
        if url.query() == Some("") {
            url.set_query(None);
        }
    }
    Some(url)
}

/// The URL of a request at an origin: path and query are taken as they are, never resolved as a reference.
pub(crate) fn url_at(origin: &Origin, view: &RequestView<'_>) -> Option<Url> {
    // CTX-5: `//evil.example/` is a path.
    origin
        .url(view.path_and_query())
        .or_else(|_| origin.url("/"))
        .ok()
}

fn own_origin(view: &RequestView<'_>) -> Option<Origin> {
    let scheme = Scheme::from_name(view.scheme())?;
    Origin::from_authority(scheme, view.authority()?).ok()
}

fn reported_origin(view: &RequestView<'_>) -> Option<Origin> {
    Origin::from_authority(reported_scheme(view)?, &reported_host(view)?).ok()
}

/// Whether headers report the request's own origin in other letters, such as with its default port. As in the
/// reference, that is a proxy too.
fn is_restated(view: &RequestView<'_>, policy: &ForwardedHeaders, own: &Origin) -> bool {
    if !matches!(policy, ForwardedHeaders::Trust) || reported_origin(view).is_none() {
        return false;
    }
    let first = |value: &[u8]| value.split(|byte| *byte == b',').next().map(<[u8]>::len);
    let reported = |name: HeaderName| {
        let value = view.header(name)?;
        let length = first(&value)?;
        Some(value.get(..length)?.to_vec())
    };
    let scheme =
        reported(HeaderName::ForwardedProto).unwrap_or_else(|| view.scheme().as_bytes().to_vec());
    let host = reported(HeaderName::ForwardedHost)
        .or_else(|| view.host().map(|host| host.as_bytes().to_vec()))
        .unwrap_or_default();
    [scheme.as_slice(), b"://", host.as_slice()].concat() != own.as_str().as_bytes()
}

/// CTX-2, CTX-4: a forwarded header that exists counts, even if it is empty.
fn reported_host<'r>(view: &RequestView<'r>) -> Option<Cow<'r, str>> {
    match view.header(HeaderName::ForwardedHost) {
        Some(value) => first_item(value),
        None => view.host(),
    }
}

fn reported_scheme(view: &RequestView<'_>) -> Option<Scheme> {
    match view.header(HeaderName::ForwardedProto) {
        Some(value) => Scheme::from_name(&first_item(value)?),
        None => Scheme::from_name(view.scheme()),
    }
}

/// The text before the first comma.
fn first_item(value: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    let first = |value: &[u8]| {
        value
            .split(|byte| *byte == b',')
            .next()
            .map(<[u8]>::trim_ascii_end)
            .map(<[u8]>::len)
    };
    let length = first(&value)?;
    match value {
        Cow::Borrowed(value) => Some(latin1(value.get(..length)?)),
        Cow::Owned(value) => Some(Cow::Owned(latin1(value.get(..length)?).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(
        url: (&str, Option<&str>),
        headers: &[(&str, &str)],
        policy: &ForwardedHeaders,
    ) -> String {
        let headers: Vec<(&str, &[u8])> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let source = headers.as_slice();
        let view = RequestView::from_pieces("GET", url.0, url.1, "//evil.example/x?q=1", &source);
        match public_url(&view, policy) {
            Some(url) => url.as_str().replace("//evil.example/x?q=1", ""),
            None => "none".to_owned(),
        }
    }

    // covers: CTX-3
    #[test]
    fn behind_a_proxy_nothing_but_path_and_query_goes_over() {
        for (headers, target, url) in [
            (&[][..], "/a?", "http://inner.example/a?"),
            (&[], "/a#b", "http://inner.example/a#b"),
            (
                &[("host", "inner.example")],
                "/a?",
                "http://inner.example/a?",
            ),
            // The same origin in other letters is another one to the reference.
            (
                &[("host", "Inner.example")],
                "/a?",
                "http://inner.example/a",
            ),
            (
                &[("host", "inner.example:80")],
                "/a#b",
                "http://inner.example/a",
            ),
            (
                &[("host", "inner.example"), ("x-forwarded-proto", "HTTP")],
                "/a?",
                "http://inner.example/a",
            ),
            (&[("host", "b.example")], "/a?", "http://b.example/a"),
            (&[("host", "b.example")], "/a?b", "http://b.example/a?b"),
            // What is no origin is ignored.
            (&[("host", "b/c")], "/a?", "http://inner.example/a?"),
        ] {
            let headers: Vec<(&str, &[u8])> = headers
                .iter()
                .map(|(name, value): &(&str, &str)| (*name, value.as_bytes()))
                .collect();
            let source = headers.as_slice();
            let view =
                RequestView::from_pieces("GET", "http", Some("inner.example"), target, &source);
            let found = public_url(&view, &ForwardedHeaders::Trust).unwrap();
            assert_eq!(found.as_str(), url, "{headers:?} {target}");
        }
    }

    // covers: CTX-2, CTX-3, CTX-4, CTX-5, CTX-6, HIST-37, HIST-47, HIST-91
    #[test]
    fn hist_37_47_trusted_headers_lead_to_these_origins() {
        let inner = ("http", Some("inner:3000"));
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[], "http://inner:3000"),
            (&[("host", "app.example.com")], "http://app.example.com"),
            (
                &[
                    ("x-forwarded-host", "app.example.com, b"),
                    ("x-forwarded-proto", "https,http"),
                ],
                "https://app.example.com",
            ),
            (
                &[("x-forwarded-host", ""), ("host", "app.example.com")],
                "http://inner:3000",
            ),
            (
                &[("x-forwarded-proto", ""), ("host", "app.example.com")],
                "http://inner:3000",
            ),
            (
                &[("x-forwarded-host", "a.example/path")],
                "http://inner:3000",
            ),
            (
                &[("x-forwarded-host", "user@a.example")],
                "http://inner:3000",
            ),
            (&[("x-forwarded-host", "a b")], "http://inner:3000"),
            (
                &[("x-forwarded-host", "a.example:99999")],
                "http://inner:3000",
            ),
            (
                &[
                    ("x-forwarded-host", "a.example"),
                    ("x-forwarded-proto", "javascript"),
                ],
                "http://inner:3000",
            ),
            (&[("host", "%%%")], "http://inner:3000"),
            (&[("x-forwarded-host", "[::1]:8080")], "http://[::1]:8080"),
            (
                &[
                    ("x-forwarded-port", "8443"),
                    ("cloudfront-forwarded-proto", "https"),
                ],
                "http://inner:3000",
            ),
        ];
        for (headers, expected) in cases {
            assert_eq!(
                origin(inner, headers, &ForwardedHeaders::Trust),
                *expected,
                "{headers:?}"
            );
        }
        assert_eq!(
            origin(("http", None), &[("host", "%%%")], &ForwardedHeaders::Trust),
            "none"
        );
        assert_eq!(
            origin(("ftp", Some("a")), &[], &ForwardedHeaders::Trust),
            "none"
        );
    }

    // covers: CTX-3
    #[test]
    fn behind_a_proxy_only_path_and_query_go_over() {
        let headers: &[(&str, &[u8])] = &[("x-forwarded-host", b"app.example.com")];
        let own: &[(&str, &[u8])] = &[];
        for (target, there, here) in [
            ("/a?b=c#d", "/a?b=c", "/a?b=c#d"),
            ("/a?", "/a", "/a?"),
            ("/a?#", "/a", "/a?#"),
            ("/a?b", "/a?b", "/a?b"),
        ] {
            let read = |headers: &[(&str, &[u8])]| {
                let view =
                    RequestView::from_pieces("GET", "http", Some("inner:3000"), target, &headers);
                let url = public_url(&view, &ForwardedHeaders::Trust);
                url.map(String::from)
            };
            assert_eq!(
                read(headers),
                Some(format!("http://app.example.com{there}"))
            );
            assert_eq!(read(own), Some(format!("http://inner:3000{here}")));
        }
    }

    // covers: CTX-7
    #[test]
    fn headers_are_believed_as_far_as_the_setting_goes() {
        let inner = ("http", Some("inner:3000"));
        let forwarded: &[(&str, &str)] = &[
            ("host", "direct.example"),
            ("x-forwarded-host", "app.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(
            origin(inner, forwarded, &ForwardedHeaders::Ignore),
            "http://inner:3000"
        );
        let listed = ForwardedHeaders::hosts(["App.example.com"]);
        assert_eq!(origin(inner, forwarded, &listed), "https://app.example.com");
        let other = ForwardedHeaders::hosts(["other.example"]);
        assert_eq!(origin(inner, forwarded, &other), "http://inner:3000");
        let own = ForwardedHeaders::hosts(["inner:3000"]);
        assert_eq!(origin(inner, forwarded, &own), "https://inner:3000");
    }
}
