use super::{MAX_LEN, Origin, PathSegment, PathSegmentError, Scheme, Url, UrlError, join_api_url};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn normal_form() {
    for (text, expected) in [
        ("http://a.example", "http://a.example/"),
        ("HTTP://A.EXAMPLE:80/X", "http://a.example/X"),
        ("https://a.example:443", "https://a.example/"),
        ("https://a.example:0080/", "https://a.example:80/"),
        ("http://a.example/a/./b/../c", "http://a.example/a/c"),
        ("http://a.example/%2e%2E/x", "http://a.example/x"),
        ("http://a.example//p//q", "http://a.example//p//q"),
        ("http://a.example/\\x", "http://a.example//x"),
        ("http:\\\\a.example\\x", "http://a.example/x"),
        (
            "http://a.example/%7Efoo/%2F/%zz",
            "http://a.example/%7Efoo/%2F/%zz",
        ),
        (
            "http://a.example/caf\u{e9}?\u{2713}=1",
            "http://a.example/caf%C3%A9?%E2%9C%93=1",
        ),
        (
            "http://a.example/?a='b'&c=\"d\"",
            "http://a.example/?a=%27b%27&c=%22d%22",
        ),
        ("http://a.example/|{}^`", "http://a.example/|%7B%7D^%60"),
        ("http://a.example/?|{}^`", "http://a.example/?|{}^`"),
        ("http://a.example/#a b", "http://a.example/#a%20b"),
        ("  ht\ttp://a.ex\nample/ ", "http://a.example/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]:80/", "http://[::ffff:7f00:1]/"),
        (
            "https://xn--bcher-kva.example/",
            "https://xn--bcher-kva.example/",
        ),
    ] {
        assert_eq!(url(text).as_str(), expected, "{text:?}");
    }
}

#[test]
fn refused() {
    let long = format!("https://a.example/{}", "a".repeat(MAX_LEN));
    for (text, expected) in [
        ("", UrlError::NotAbsolute),
        ("/path", UrlError::NotAbsolute),
        ("a.example", UrlError::NotAbsolute),
        ("mailto:x@y.example", UrlError::Scheme),
        ("javascript:alert(1)", UrlError::Scheme),
        ("ftp://a.example", UrlError::Scheme),
        ("https://", UrlError::Host),
        ("https://a b.example", UrlError::Host),
        ("https://b\u{fc}cher.example", UrlError::Host),
        ("https://b%C3%BCcher.example", UrlError::Host),
        ("https://xn--a.example", UrlError::Host),
        ("https://[::1", UrlError::Host),
        ("https://256.1.1.1", UrlError::Host),
        ("https://1.2.3.256", UrlError::Host),
        ("https://1.2.65536", UrlError::Host),
        ("https://1.16777216", UrlError::Host),
        ("https://4294967296", UrlError::Host),
        ("https://1.2.3.4.5", UrlError::Host),
        ("https://a.08", UrlError::Host),
        ("https://<script>", UrlError::Host),
        ("https://a.example:x", UrlError::Port),
        ("https://a.example:65536", UrlError::Port),
        ("https://user:pw@a.example", UrlError::UserInfo),
        ("https://@a.example", UrlError::UserInfo),
        (&long, UrlError::TooLong),
    ] {
        assert_eq!(Url::parse(text), Err(expected), "{text:.40}");
    }
}

#[test]
fn parts() {
    let url = url("https://a.example:8443/p/q?x=1&y=a+b%21#frag");
    assert_eq!(url.scheme(), Scheme::Https);
    assert_eq!(url.host(), "a.example");
    assert_eq!(url.port(), Some(8443));
    assert_eq!(url.authority(), "a.example:8443");
    assert_eq!(url.origin_str(), "https://a.example:8443");
    assert_eq!(url.path(), "/p/q");
    assert_eq!(url.path_and_query(), "/p/q?x=1&y=a+b%21");
    assert_eq!(url.query(), Some("x=1&y=a+b%21"));
    assert_eq!(url.query_param("y").as_deref(), Some("a b!"));
    assert_eq!(url.query_param("z"), None);
    assert_eq!(url.fragment(), Some("frag"));
}

#[test]
fn debug_hides_what_may_be_a_token() {
    let debug = format!("{:?}", url("https://a.example/p?__session=secret#secret"));
    assert_eq!(debug, "Url(https://a.example/p?[redacted])");
    assert_eq!(
        format!("{:?}", url("https://a.example/#secret")),
        "Url(https://a.example/?[redacted])"
    );
}

#[test]
fn references() {
    let base = url("http://current.example:3000/path/x?a=1#h");
    for (reference, expected) in [
        ("", "http://current.example:3000/path/x?a=1"),
        ("back", "http://current.example:3000/path/back"),
        ("/back", "http://current.example:3000/back"),
        ("../../../back/.", "http://current.example:3000/back/"),
        ("?q=1", "http://current.example:3000/path/x?q=1"),
        ("#f", "http://current.example:3000/path/x?a=1#f"),
        ("//other.example/x", "http://other.example/x"),
        ("/\\other.example/x", "http://other.example/x"),
        ("https://other.example", "https://other.example/"),
        ("http:back", "http://current.example:3000/path/back"),
        ("https:other.example", "https://other.example/"),
        (
            "not a url at all",
            "http://current.example:3000/path/not%20a%20url%20at%20all",
        ),
    ] {
        assert_eq!(
            base.join(reference).unwrap().as_str(),
            expected,
            "{reference:?}"
        );
    }
    assert_eq!(base.join("http://["), Err(UrlError::Host));
    assert_eq!(base.join("///other.example"), Err(UrlError::Host));
    assert_eq!(base.join("mailto:x@y.example"), Err(UrlError::Scheme));
}

#[test]
fn removing_parameters_writes_the_query_anew() {
    for (text, expected) in [
        (
            "https://a.example/?x=1%202&y=%20z#f",
            "https://a.example/?x=1+2&y=+z#f",
        ),
        (
            "https://a.example/?__clerk_db_jwt=a&b&__clerk_db_jwt=c",
            "https://a.example/?b=",
        ),
        ("https://a.example/?__clerk_db_jwt=a", "https://a.example/"),
        ("https://a.example/p?#f", "https://a.example/p#f"),
        ("https://a.example/p", "https://a.example/p"),
        (
            "https://a.example/?%5F_clerk_db_jwt=a&c=%ff",
            "https://a.example/?c=%EF%BF%BD",
        ),
    ] {
        let mut edited = url(text);
        edited.remove_query_params(&["__clerk_db_jwt", "__dev_session"]);
        assert_eq!(edited.as_str(), expected);
        assert_eq!(edited, url(expected));
    }
}

#[test]
fn setting_parameters() {
    let mut edited = url("https://a.example/p?a=1&redirect_url=old&b=2&redirect_url=older#f");
    edited.set_query_param("redirect_url", "https://b.example/?c=d e");
    let expected =
        "https://a.example/p?a=1&redirect_url=https%3A%2F%2Fb.example%2F%3Fc%3Dd+e&b=2#f";
    assert_eq!(edited.as_str(), expected);
    assert_eq!(edited, url(expected));
    edited.set_query_param("c", "3");
    edited.append_query_param("c", "4");
    assert_eq!(edited.query_pairs().count(), 5);
    assert_eq!(edited.query_param("c").as_deref(), Some("3"));
    edited.set_query(None);
    edited.clear_fragment();
    assert_eq!(edited.as_str(), "https://a.example/p");
}

#[test]
fn setting_the_path() {
    let mut edited = url("https://a.example/in?x=1#h");
    edited.set_path("/in/create?#");
    assert_eq!(edited.as_str(), "https://a.example/in/create%3F%23?x=1#h");
    assert_eq!(edited.query(), Some("x=1"));
    assert_eq!(edited.fragment(), Some("h"));
}

#[test]
fn origins() {
    let origin = Origin::parse("https://App.Example.com:443/").unwrap();
    assert_eq!(origin.as_str(), "https://app.example.com");
    assert_eq!(origin, url("https://app.example.com/p?q#f").origin());
    assert!(url("https://a.example/x").same_origin(&url("https://a.example:443/y")));
    assert!(!url("https://a.example/").same_origin(&url("http://a.example/")));
    assert_eq!(
        Origin::parse("https://a.example/p"),
        Err(UrlError::NotAnOrigin)
    );
    assert_eq!(
        Origin::parse("https://a.example/?"),
        Err(UrlError::NotAnOrigin)
    );
    for (authority, expected) in [
        ("a.example", Ok("http://a.example")),
        ("a.example:80", Ok("http://a.example")),
        ("[::1]:3000", Ok("http://[::1]:3000")),
        ("a.example/p", Err(UrlError::Host)),
        ("a.example?q", Err(UrlError::Host)),
        ("a.example:80/", Err(UrlError::Port)),
        ("u@a.example", Err(UrlError::UserInfo)),
        (" a.example", Err(UrlError::Host)),
        ("a.ex\tample", Err(UrlError::Host)),
        ("", Err(UrlError::Host)),
    ] {
        let origin = Origin::from_authority(Scheme::Http, authority);
        assert_eq!(
            origin.as_ref().map(Origin::as_str).map_err(|e| *e),
            expected,
            "{authority:?}"
        );
    }
}

// A request target is a path, whatever it looks like.
#[test]
fn targets_do_not_change_the_host() {
    let origin = Origin::parse("https://pub.example").unwrap();
    for (target, expected) in [
        ("//evil.example/x", "https://pub.example//evil.example/x"),
        ("/\\evil.example/x", "https://pub.example//evil.example/x"),
        (
            "/https://evil.example",
            "https://pub.example/https://evil.example",
        ),
        ("/.//evil.example", "https://pub.example//evil.example"),
        ("", "https://pub.example/"),
        ("?q", "https://pub.example/?q"),
    ] {
        assert_eq!(origin.url(target).unwrap().as_str(), expected, "{target:?}");
    }
    for target in [
        "*",
        "evil.example:443",
        "https://evil.example/",
        "@evil.example",
        "\\x",
    ] {
        assert_eq!(origin.url(target), Err(UrlError::Target), "{target:?}");
    }
}

#[test]
fn loopback() {
    for host in [
        "localhost:3000",
        "app.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]:80",
    ] {
        assert!(url(&format!("http://{host}/")).is_loopback(), "{host}");
    }
    for host in [
        "localhost.evil.example",
        "128.0.0.1",
        "[::2]",
        "notlocalhost",
        "127.evil.example",
    ] {
        assert!(!url(&format!("http://{host}/")).is_loopback(), "{host}");
    }
}

// covers: HTTP-3, HIST-100
#[test]
fn ids_stay_one_segment() {
    for (id, expected) in [
        ("user_2abc", Ok("user_2abc")),
        ("role_set:default", Ok("role_set:default")),
        ("a/b", Ok("a%2Fb")),
        ("a\\b", Ok("a%5Cb")),
        ("a?x=1", Ok("a%3Fx=1")),
        ("a#b", Ok("a%23b")),
        ("%2e%2e/", Ok("%252e%252e%2F")),
        ("a b", Ok("a%20b")),
        ("\u{fc}", Ok("%C3%BC")),
        ("...", Ok("...")),
        ("", Err(PathSegmentError::Empty)),
        (" ", Err(PathSegmentError::Blank)),
        ("\u{a0}\u{2003}", Err(PathSegmentError::Blank)),
        ("a\0", Err(PathSegmentError::Control)),
        ("a\nb", Err(PathSegmentError::Control)),
        (".", Err(PathSegmentError::Dots)),
        ("..", Err(PathSegmentError::Dots)),
        ("%2E.", Err(PathSegmentError::Dots)),
    ] {
        let segment = PathSegment::encode(id);
        assert_eq!(
            segment.as_ref().map(PathSegment::as_str).map_err(|e| *e),
            expected,
            "{id:?}"
        );
    }
}

// covers: HTTP-1
#[test]
fn api_urls_have_one_slash_between_parts() {
    for (parts, expected) in [
        (
            ["https://api.clerk.com", "v1", "/users"],
            "https://api.clerk.com/v1/users",
        ),
        (
            ["https://api.clerk.com///", "/v1/", "//users//x"],
            "https://api.clerk.com/v1/users/x",
        ),
        (
            ["https://gw.example/base/", "", "m2m_tokens"],
            "https://gw.example/base/m2m_tokens",
        ),
        (
            ["https://api.clerk.com", "v1", ""],
            "https://api.clerk.com/v1",
        ),
        (
            ["https://api.clerk.com", "v1", "/a:b//c"],
            "https://api.clerk.com/v1/a:b/c",
        ),
    ] {
        let [api_url, version, path] = parts;
        assert_eq!(
            join_api_url(api_url, version, path).as_deref(),
            Some(expected)
        );
    }
}

// covers: HTTP-2
#[test]
fn api_paths_with_dot_segments_are_refused() {
    let layered = |dots: &str, layers: usize| {
        (0..layers).fold(dots.to_owned(), |text, _| text.replace('%', "%25"))
    };
    for path in [
        "/users/..",
        "/users/./x",
        "..",
        "/users/%2e%2e",
        "/a/x%2F..%2Fy",
        "/a/x%5c..",
        "/a\\..\\b",
    ] {
        assert_eq!(
            join_api_url("https://api.clerk.com", "v1", path),
            None,
            "{path}"
        );
    }
    assert_eq!(
        join_api_url("https://a.example", "v1", &layered("%2e%2e", 9)),
        None
    );
    assert_eq!(
        join_api_url("https://a.example", "v1", &layered("%41", 40)),
        None,
        "too many layers"
    );
    for path in [
        "/users/...",
        "/users/a..b",
        "/users/%zz",
        "/users/%41",
        "/users/%252541",
    ] {
        assert!(
            join_api_url("https://api.clerk.com", "v1", path).is_some(),
            "{path}"
        );
    }
}
