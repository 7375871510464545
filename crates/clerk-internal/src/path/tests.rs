use super::*;

fn organization(patterns: &[&str]) -> OrganizationSync {
    OrganizationSync::new(patterns, [] as [&str; 0]).unwrap()
}

fn show(found: Option<PathMatch<'_>>) -> String {
    let Some(found) = found else {
        return "-".to_owned();
    };
    found
        .parameters()
        .map(|(name, value)| match value {
            ParameterValue::One(text) => format!("{name}={text}"),
            ParameterValue::Many(texts) => format!("{name}={texts:?}"),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

// covers: ORG-1, MW-61, MW-62, VEC-1, VEC-2, VEC-4, VEC-5, VEC-6, VEC-7, VEC-8, VEC-9, VEC-10, VEC-11, VEC-13
#[test]
fn patterns_match_these_paths() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["/orgs/:slug"], "/orgs/acme", "slug=acme"),
        (&["/orgs/:slug"], "/orgs/acme/", "slug=acme"),
        (&["/orgs/:slug"], "/ORGS/Acme", "slug=Acme"),
        (&["/orgs/:slug"], "/orgs/a%20b", "slug=a%20b"),
        (&["/orgs/:slug"], "/orgs/acme/x", "-"),
        (&["/orgs/:slug"], "/orgs/", "-"),
        (&["/orgs/:slug/(.*)"], "/orgs/acme/x/y", "slug=acme 0=x/y"),
        (&["/orgs/:slug/(.*)"], "/orgs/acme/", "slug=acme 0="),
        (&["/orgs/:slug/(.*)"], "/orgs/acme", "-"),
        (
            &["/orgs/:id(org_[a-zA-Z0-9]+)"],
            "/orgs/org_1a",
            "id=org_1a",
        ),
        (&["/orgs/:id(org_[a-zA-Z0-9]+)"], "/orgs/acme", "-"),
        (&["/:slug?"], "/", ""),
        (&["/:slug?"], "/x", "slug=x"),
        (&["/:slug?"], "", ""),
        (&["/p/:rest*"], "/p", ""),
        (&["/p/:rest*"], "/p/a/b", r#"rest=["a", "b"]"#),
        (&["/p/:rest*"], "/px", "-"),
        (&["/p/:rest+"], "/p", "-"),
        (&["/p/:rest+"], "/p/a/b", r#"rest=["a", "b"]"#),
        (&["/a{-:x}?"], "/a", ""),
        (&["/a{-:x}?"], "/a-b", "x=b"),
        (&["/a{-:x}?"], "/ab", "-"),
        (&["/a.b"], "/a.b", ""),
        (&["/a.b"], "/axb", "-"),
        (&["/x/:y.json"], "/x/1.json", "y=1"),
        (&["/x/:y.json"], "/x/1", "-"),
        (&["/orgs/:slug", "/orgs/:id"], "/orgs/a", "slug=a"),
        (&["/x/:id/:slug"], "/x/1/2", "id=1 slug=2"),
        (&["/\u{fc}ber"], "/\u{fc}ber", ""),
        (&["/\u{fc}ber"], "/\u{dc}BER", ""),
        (&["/\u{fc}ber"], "/%C3%BCber", "-"),
        (&["/dashboard(.*)"], "/dashboardxyz", "0=xyz"),
        (&["/dashboard/:path*"], "/dashboard", ""),
        (&["/dashboard/:path*"], "/dashboardxyz", "-"),
        (&["/a/((?:x)y)"], "/a/xy", "0=xy"),
        (&["/a\\:b"], "/a:b", ""),
        // A group that may be missing and matched nothing is missing.
        (&["/a(.*)?"], "/a", ""),
        (&["/a(.*)?"], "/ab", "0=b"),
        (&["/a(.*)"], "/a", "0="),
        (&["/:a-:b"], "/x-y", "a=x b=y"),
        (&["/:a-:b"], "/x-y-z", "a=x-y b=z"),
    ];
    for (patterns, path, expected) in cases {
        let compiled = PathPatterns::new("patterns", *patterns).unwrap();
        assert_eq!(show(compiled.find(path)), *expected, "{patterns:?} {path}");
        assert_eq!(compiled.is_match(path), *expected != "-");
    }
}

// covers: REQ-7, VEC-3
#[test]
fn patterns_that_cannot_be_read_are_configuration_errors() {
    let long = "/a".repeat(600);
    for pattern in [
        "/orgs/:slug/*",
        "/a*",
        "/a?",
        "/:",
        "/a(",
        "/a/()",
        "/a/(?:x)",
        "/a/(?!x)",
        "/a/(b(?=c))",
        "/a/((x))",
        "/a{b",
        "/a}b",
        "/:a:b",
        "/a(.*)*",
        "{:a}+",
        "/a/(b\\1)",
        "/a/{b-:id}?",
        "/a/([)])",
        long.as_str(),
    ] {
        let error = PathPatterns::new("organization patterns", [pattern]).unwrap_err();
        assert_eq!(error.setting(), "organization patterns");
        assert!(RouteMatcher::new(["/fine", pattern]).is_err(), "{pattern}");
        assert!(OrganizationSync::new([] as [&str; 0], [pattern]).is_err());
    }
}

// covers: ORG-2, ORG-3, ORG-4, VEC-12, HIST-21
#[test]
fn hist_21_paths_ask_for_these_organizations() {
    use OrganizationTarget::{Id, PersonalAccount, Slug};

    let sync = OrganizationSync::new(["/orgs/:slug", "/x/:id/:slug"], ["/(.*)"]).unwrap();
    assert_eq!(sync.target("/orgs/acme"), Some(Slug("acme")));
    assert_eq!(sync.target("/x/1/2"), Some(Id("1")));
    assert_eq!(sync.target("/me"), Some(PersonalAccount));
    assert_eq!(organization(&["/orgs/:slug"]).target("/me"), None);
    assert_eq!(organization(&["/orgs/:name"]).target("/orgs/acme"), None);
    assert_eq!(organization(&["/:slug?"]).target("/"), None);
    assert_eq!(PersonalAccount.as_parameter(), "");
    assert_eq!(Id("org_1").as_parameter(), "org_1");
}

// covers: MW-60, MW-63, HIST-4, VEC-20, VEC-21, VEC-22, VEC-23, VEC-24, VEC-25
#[test]
fn hist_4_routes_are_matched_or_malformed() {
    let cases = [
        ("/dashboard(.*)", "/dashboard", Match::Yes),
        ("/dashboard(.*)", "/dashboardxyz", Match::Yes),
        ("/dashboard/:path*", "/dashboard/", Match::Yes),
        ("/dashboard/:path*", "/dashboardxyz", Match::No),
        ("/admin", "//admin", Match::Yes),
        ("/admin", "/%61dmin", Match::Yes),
        ("/admin", "/ADMIN/", Match::Yes),
        ("/admin", "/admin%2Fx", Match::Malformed),
        ("/admin/(.*)", "/admin%2fx", Match::Malformed),
        ("/admin/(.*)", "/admin/%2e%2e/x", Match::Malformed),
        ("/admin/(.*)", "/./admin/x", Match::Malformed),
        ("/admin/(.*)", "/admin%5Cx", Match::Malformed),
        ("/admin/(.*)", "/admin/%00", Match::Malformed),
        ("/admin(.*)", "/admin%0Ax", Match::Malformed),
        ("/a b", "/a%20b", Match::Yes),
        ("/a", "/%zz", Match::Malformed),
        ("/a", "/%", Match::Malformed),
        ("/a", "/%ff", Match::Malformed),
        ("/a%b", "/a%25b", Match::Yes),
        ("/a", "/b", Match::No),
    ];
    for (pattern, path, expected) in cases {
        let matcher = RouteMatcher::new([pattern]).unwrap();
        assert_eq!(matcher.matches(path), expected, "{pattern} {path}");
    }
    assert_eq!(RouteMatcher::new([""]).unwrap().matches("/"), Match::No);
}

// covers: MW-63
#[test]
fn paths_are_decoded_once_and_slashes_collapsed() {
    for (path, expected) in [
        ("/a//b", Some("/a/b")),
        ("///", Some("/")),
        ("/%41", Some("/A")),
        ("/a%252Fb", Some("/a%2Fb")),
        ("/a%2fb", Some("/a%2fb")),
        ("/%2e%2e/a", Some("/../a")),
        ("/caf%C3%A9", Some("/caf\u{e9}")),
        ("/%zz", None),
        ("/%C3", None),
        ("/%E2%9", None),
    ] {
        assert_eq!(normalize_path(path).ok().as_deref(), expected, "{path}");
    }
}
