use super::*;

/// The modulus of a key made for this test.
const N: &str = "2tEMTHkDMrfuyVtrET8nu33mOJNC9eF7geEEIb2d7vgk9GxeiTfCdCPSdLCAJMDagr6GvFb8MbdDfxF0sf8EB2NMeEF7b08I5CJb\
    6JX5hdeMpjwYW4hwL4HLnxf_oeNmmykdkFD2Vqu4tu-S1VLbXgHO-P3dkkaRJf6BrSS5ZmzD5GSCx0ejuxi1vNhqgZu2_IAZFYCv\
    WavdQ2yEZP6aywNwA2ekuFgIiO30nH6ePkojh6NiKsG7HlB3picfX3crpwchMRJeLuaInKTvw2TKe2S_nr6Uf5t5eolL1etZERnW\
    2OyCizp0RvGvTsPPjMCwhqRcXkiXhbJUBSAavgRtRQ";

fn rsa(kid: &str, more: &str) -> String {
    format!(r#"{{"kty":"RSA","kid":"{kid}","n":"{N}","e":"AQAB"{more}}}"#)
}

fn set(entries: &[String]) -> String {
    format!(
        r#"{{"object":"jwks","keys":[{}],"extra":true}}"#,
        entries.join(",")
    )
}

fn parse(body: &str) -> Result<KeyDocument, LoadError> {
    KeyDocument::parse(body.as_bytes())
}

/// Whether a kid is there, and can be used.
fn look(document: &KeyDocument, kid: &str) -> Option<bool> {
    document
        .get(kid)
        .map(|entry| matches!(entry, KeyEntry::Usable(_)))
}

// covers: JWKS-11
#[test]
fn what_is_no_key_set_is_told_apart() {
    let many = set(&vec![rsa("x", ""); 101]);
    let cases: &[(&str, bool)] = &[
        ("", true),
        ("<html></html>", true),
        ("{", true),
        (r#"{"keys":[{"kid":"a"#, true),
        (r#"{"keys":[]}{}"#, true),
        ("null", false),
        ("5", false),
        ("[]", false),
        (r#"[{"kty":"RSA","kid":"a"}]"#, false),
        ("{}", false),
        (r#"{"keys":null}"#, false),
        (r#"{"keys":"abc"}"#, false),
        (r#"{"keys":{"kid":"a"}}"#, false),
        (r#"{"keys":[]}"#, false),
        (r#"{"keys":[null]}"#, false),
        (r#"{"keys":[{"kty":"RSA","kid":"a"},5]}"#, false),
        (&many, false),
    ];
    for (body, unreadable) in cases {
        let error = parse(body).unwrap_err();
        assert_eq!(error.kind(), LoadErrorKind::NotKeys, "{body}");
        assert_eq!(error.is_unreadable(), *unreadable, "{body}");
        assert!(error.is_outage());
    }
    assert!(KeyDocument::parse(b"{\"keys\":[\xff]}").is_err());
}

#[test]
fn entries_are_judged_one_by_one() {
    let document = parse(&set(&[
        rsa("plain", ""),
        rsa("full", r#","use":"sig","alg":"RS256","key_ops":["verify"]"#),
        rsa("encryption", r#","use":"enc""#),
        rsa("pss", r#","alg":"PS256""#),
        rsa("", ""),
        rsa(&"k".repeat(257), ""),
        r#"{"kty":"EC","crv":"P-256","kid":"ec","x":"AA","y":"AA","alg":"ES256"}"#.to_owned(),
        r#"{"kty":"oct","kid":"secret","k":"AAAA","alg":"HS256"}"#.to_owned(),
        r#"{"kty":"RSA","kid":"broken"}"#.to_owned(),
        r#"{"kty":"RSA","kid":"small","n":"AQAB","e":"AQAB"}"#.to_owned(),
        r#"{"kty":"RSA","kid":5,"n":"AQAB","e":"AQAB"}"#.to_owned(),
    ]))
    .unwrap();
    for (kid, expected) in [
        ("plain", Some(true)),
        ("full", Some(true)),
        ("encryption", Some(false)),
        ("pss", Some(false)),
        ("ec", Some(false)),
        ("secret", Some(false)),
        ("broken", Some(false)),
        ("small", Some(false)),
        ("", None),
        ("5", None),
    ] {
        assert_eq!(look(&document, kid), expected, "{kid}");
    }
    assert_eq!(document.len(), 8);
}

// covers: JWKS-26
#[test]
fn only_what_was_published_is_found() {
    let document = parse(&set(&[rsa("ins_a", "")])).unwrap();
    for kid in [
        "constructor",
        "__proto__",
        "toString",
        "ins_A",
        "ins_a ",
        "",
    ] {
        assert_eq!(look(&document, kid), None, "{kid}");
    }
}

#[test]
fn of_equal_kids_the_last_counts() {
    let ec = r#"{"kty":"EC","kid":"a"}"#.to_owned();
    let last_good = parse(&set(&[ec.clone(), rsa("a", "")])).unwrap();
    assert_eq!((look(&last_good, "a"), last_good.len()), (Some(true), 1));
    let last_bad = parse(&set(&[rsa("a", ""), ec])).unwrap();
    assert_eq!(look(&last_bad, "a"), Some(false));
    let lists = format!(r#"{{"keys":[],"keys":[{}]}}"#, rsa("a", ""));
    assert_eq!(look(&parse(&lists).unwrap(), "a"), Some(true));
}

// covers: JWKS-30
#[test]
fn size_and_count_are_bounded() {
    let hundred: Vec<String> = (0..100).map(|i| rsa(&i.to_string(), "")).collect();
    assert_eq!(parse(&set(&hundred)).unwrap().len(), 100);
    let padding = " ".repeat(MAX_DOCUMENT);
    let error = parse(&format!("{}{padding}", set(&hundred))).unwrap_err();
    assert_eq!(
        (error.kind(), error.is_unreadable()),
        (LoadErrorKind::NotKeys, false)
    );
    let deep = format!(
        r#"{{"keys":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(parse(&deep).is_err());
}
