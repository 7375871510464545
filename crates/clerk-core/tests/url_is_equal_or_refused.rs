//! Whatever the URL subset accepts it reads as the `url` crate does; the rest it refuses.

// Helpers of tests may panic as tests may.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use clerk_core::url::{Origin, Url, form};
use proptest::prelude::*;
use proptest::sample::select;

/// Text made of the pieces parsers disagree about.
fn nasty(max_pieces: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => select(vec![
            "a", "B", "z9", "/", "//", "\\", ".", "..", "...", "%2e", "%2E%2e", ".%2e", "%", "%2", "%zz", "%41", "%C3%BC",
            "%00", "?", "#", "&", "=", "+", ";", ":", "@", " ", "\t", "\n", "\r", "\0", "\x1f", "\x7f", "'", "\"", "<", ">",
            "`", "{", "}", "|", "^", "~", "!", "$", "(", ")", "*", ",", "[", "]", "-", "_", "\u{fc}", "\u{2713}",
            "\u{1f642}", "\u{feff}", "\u{202e}", "http:", "https://", "x=1", "a%20b", "%ff",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..max_pieces).prop_map(|pieces| pieces.concat())
}

fn host() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0u32..300).prop_map(|n| n.to_string()),
        any::<u32>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| format!("0x{n:x}")),
        (0u32..0x200).prop_map(|n| format!("0X{n:X}")),
        (0u32..0o400).prop_map(|n| format!("0{n:o}")),
        select(vec!["0x", "08", "0", "00", "0xg", "+1", ""]).prop_map(str::to_owned),
    ];
    let label = prop_oneof![
        "[a-zA-Z0-9_-]{0,6}",
        "xn--[a-z0-9-]{0,8}",
        select(vec![
            "xn--bcher-kva",
            "XN--Bcher-KVA",
            "xn--",
            "xn--a",
            "xn--4dbcagdahymbxekheh6e0a7fei0b",
            "xn--p1ai"
        ])
        .prop_map(str::to_owned),
        number.clone(),
    ];
    let group = prop_oneof![
        "[0-9a-fA-F]{0,5}",
        Just("0".to_owned()),
        Just(String::new())
    ];
    prop_oneof![
        4 => select(vec!["a.example", "localhost", "App.Example.COM", "a_b.example", "a..b", ".a", "a.", ".", "..", "-"])
            .prop_map(str::to_owned),
        4 => prop::collection::vec(label, 1..4).prop_map(|labels| labels.join(".")),
        3 => prop::collection::vec(number, 1..6).prop_map(|labels| labels.join(".")),
        2 => any::<[u16; 8]>().prop_map(|groups| format!("[{}]", std::net::Ipv6Addr::from(groups))),
        2 => prop::collection::vec(select(vec!["0", "0", "1", "ff"]), 8).prop_map(|groups| format!("[{}]", groups.join(":"))),
        2 => prop::collection::vec(group, 0..10).prop_map(|groups| format!("[{}]", groups.join(":"))),
        1 => any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("[::{a}.{b}.{c}.{d}]")),
        2 => nasty(4),
    ]
}

fn tail() -> impl Strategy<Value = String> {
    (select(vec!["", "/", "\\", "?", "#", "/a/b"]), nasty(12))
        .prop_map(|(mark, rest)| format!("{mark}{rest}"))
}

fn absolute() -> impl Strategy<Value = String> {
    let odd_scheme = select(vec![
        "HTTP://",
        "hTTps:\\\\",
        "http:/",
        "https:",
        "http:///",
        " https://",
        "ht\ttp://",
        "ftp://",
        "file:///",
        "ws://",
        "://",
        "mailto:",
        "",
    ]);
    let scheme = prop_oneof![8 => select(vec!["http://", "https://"]), 3 => odd_scheme];
    let user = prop_oneof![12 => Just(""), 1 => select(vec!["u@", "u:p@", "@"])];
    let odd_port = select(vec![
        ":", ":80", ":443", ":00080", ":65536", ":x", ":8 0", ":80:80", ":\t80",
    ]);
    let port = prop_oneof![
        6 => Just(String::new()),
        3 => any::<u16>().prop_map(|port| format!(":{port}")),
        2 => odd_port.prop_map(str::to_owned),
    ];
    (scheme, user, host(), port, tail())
        .prop_map(|(scheme, user, host, port, tail)| format!("{scheme}{user}{host}{port}{tail}"))
}

/// A URL within the subset.
fn plain() -> impl Strategy<Value = String> {
    let scheme = select(vec!["http://", "https://"]);
    let host = select(vec!["a.example", "localhost:3000", "[::1]", "127.0.0.1:80"]);
    (scheme, host, nasty(8)).prop_map(|(scheme, host, rest)| format!("{scheme}{host}/{rest}"))
}

fn theirs(text: &str) -> url::Url {
    url::Url::parse(text).expect("the url crate refuses what is accepted here")
}

fn assert_same(ours: &Url, theirs: &url::Url) {
    assert_eq!(ours.as_str(), theirs.as_str());
    assert_eq!(ours.scheme().as_str(), theirs.scheme());
    assert_eq!(Some(ours.host()), theirs.host_str());
    assert_eq!(ours.port(), theirs.port());
    assert_eq!(Some(ours.port_or_default()), theirs.port_or_known_default());
    assert_eq!(ours.path(), theirs.path());
    assert_eq!(ours.query(), theirs.query());
    assert_eq!(ours.fragment(), theirs.fragment());
    assert_eq!(ours.origin_str(), theirs.origin().ascii_serialization());
    assert_eq!(ours.origin().as_str(), ours.origin_str());
    assert!(ours.query_pairs().eq(theirs.query_pairs()));
    assert_eq!(Url::parse(ours.as_str()).as_ref(), Ok(ours), "stable");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn parse(text in prop_oneof![4 => absolute(), 1 => nasty(20), 1 => any::<String>()]) {
        if let Ok(ours) = Url::parse(&text) {
            assert_same(&ours, &theirs(&text));
        }
    }

    /// Refusing everything would be equal or refused, too.
    #[test]
    fn plain_urls_are_accepted(text in plain()) {
        assert_same(&Url::parse(&text).unwrap(), &theirs(&text));
    }

    #[test]
    fn join(base in plain(), reference in prop_oneof![nasty(10), tail(), absolute()]) {
        if let Ok(ours) = Url::parse(&base).unwrap().join(&reference) {
            let joined = theirs(&base).join(&reference);
            assert_same(&ours, &joined.expect("the url crate refuses what is accepted here"));
        }
    }

    #[test]
    fn append_and_remove_parameters(base in plain(), name in nasty(3), value in nasty(6)) {
        let mut theirs = theirs(&base);
        let pairs: Vec<(String, String)> = theirs.query_pairs().into_owned().collect();

        let mut ours = Url::parse(&base).unwrap();
        ours.append_query_param(&name, &value);
        theirs.query_pairs_mut().clear().extend_pairs(&pairs).append_pair(&name, &value);
        assert_same(&ours, &theirs);

        let mut ours = Url::parse(&base).unwrap();
        ours.remove_query_params(&["a", &name]);
        let kept: Vec<_> = pairs.iter().filter(|(key, _)| key != "a" && *key != name).collect();
        theirs.query_pairs_mut().clear().extend_pairs(kept.iter().map(|(key, value)| (key, value)));
        if kept.is_empty() {
            theirs.set_query(None);
        }
        assert_same(&ours, &theirs);
    }

    #[test]
    fn set_parameters(base in plain(), name in prop_oneof![Just("a".to_owned()), nasty(3)], value in nasty(6)) {
        let mut ours = Url::parse(&base).unwrap();
        ours.set_query_param(&name, &value);
        let mut theirs = theirs(&base);
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (key, old) in theirs.query_pairs().into_owned() {
            if key != name {
                pairs.push((key, old));
            } else if !pairs.iter().any(|(key, _)| *key == name) {
                pairs.push((key, value.clone()));
            }
        }
        if !pairs.iter().any(|(key, _)| *key == name) {
            pairs.push((name, value));
        }
        theirs.query_pairs_mut().clear().extend_pairs(pairs);
        assert_same(&ours, &theirs);
    }

    #[test]
    fn set_path_and_query(base in plain(), text in nasty(8)) {
        let (mut ours, mut theirs) = (Url::parse(&base).unwrap(), theirs(&base));
        ours.set_path(&text);
        theirs.set_path(&text);
        assert_same(&ours, &theirs);
        ours.set_query(Some(&text));
        theirs.set_query(Some(&text));
        assert_same(&ours, &theirs);
        ours.clear_fragment();
        theirs.set_fragment(None);
        assert_same(&ours, &theirs);
    }

    #[test]
    fn targets_never_leave_the_origin(target in nasty(12)) {
        let origin = Origin::parse("https://pub.example:8443").unwrap();
        if let Ok(url) = origin.url(&target) {
            assert_eq!(url.origin(), origin);
            assert_same(&url, &theirs(url.as_str()));
        }
    }

    #[test]
    fn form_encoding(pairs in prop::collection::vec((nasty(4), nasty(4)), 0..4)) {
        let mut query = String::new();
        for (name, value) in &pairs {
            form::push_pair(&mut query, name, value);
        }
        let theirs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        assert_eq!(&query, &theirs);
        let read: Vec<_> = form::pairs(&query).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        assert_eq!(read, pairs);
    }
}

/// Every letter the check of `xn--` labels knows may stand anywhere in a label, as far as the `url` crate is concerned.
#[test]
fn known_letters_are_valid_everywhere() {
    let mut accepted = 0;
    for c in ('\u{80}'..='\u{ffff}').filter(|c| c.is_alphabetic()) {
        let labels = [
            c.to_string(),
            format!("{c}a{c}"),
            format!("a-{c}1"),
            format!("{c}\u{fc}"),
            format!("{c}\u{5d0}"),
            format!("\u{5d0}.{c}"),
        ];
        // Tens of thousands of characters that are all alike: once each.
        let alike = matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
        let from = if alike { labels.len() - 1 } else { 0 };
        for label in &labels[from..] {
            let label = label
                .split('.')
                .map(|label| format!("xn--{}", punycode(label)))
                .collect::<Vec<_>>()
                .join(".");
            let text = format!("https://{label}.example/");
            if let Ok(ours) = Url::parse(&text) {
                assert_same(&ours, &theirs(&text));
                accepted += 1;
            }
        }
    }
    assert!(accepted > 40_000, "{accepted}");
}

/// RFC 3492, section 6.3, for short labels.
fn punycode(label: &str) -> String {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (128, 0, 72, basic);
    while (handled as usize) < label.chars().count() {
        let next = label
            .chars()
            .map(u32::from)
            .filter(|c| *c >= n)
            .min()
            .unwrap();
        delta += (next - n) * (handled + 1);
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta += 1;
            }
            if c == n {
                let (mut q, mut k) = (delta, 36);
                loop {
                    let t = u32::saturating_sub(k, bias).clamp(1, 26);
                    let digit = if q < t { q } else { t + (q - t) % (36 - t) };
                    out.push(char::from_digit((digit + 10) % 36, 36).unwrap());
                    if q < t {
                        break;
                    }
                    (q, k) = ((q - t) / (36 - t), k + 36);
                }
                delta = if handled == basic {
                    delta / 700
                } else {
                    delta / 2
                };
                delta += delta / (handled + 1);
                bias = 0;
                while delta > 455 {
                    delta /= 35;
                    bias += 36;
                }
                bias += 36 * delta / (delta + 38);
                (delta, handled) = (0, handled + 1);
            }
        }
        delta += 1;
        n += 1;
    }
    out
}
