//! What is verified and what is refused, on a clock that stands still.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use clerk_core::Clock;
use clerk_webhooks::WebhookVerificationErrorKind as Kind;
use clerk_webhooks::{SigningSecret, WebhookVerificationError, WebhookVerifier, sign};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW: i64 = 1_774_000_000;
const BODY: &[u8] =
    br#"{"type":"user.deleted","object":"event","data":{"id":"user_1","deleted":true}}"#;

fn secret(text: &str) -> SigningSecret {
    SigningSecret::parse(text).unwrap()
}

fn verifier() -> WebhookVerifier {
    WebhookVerifier::with_clock(secret(SECRET), Clock::fixed(NOW * 1000))
}

/// `v1,<base64>` of a message.
fn signature(id: &str, timestamp: i64, body: &[u8]) -> String {
    sign(&secret(SECRET), id, timestamp, body).signature
}

fn kind<T: std::fmt::Debug>(result: Result<T, WebhookVerificationError>) -> Option<Kind> {
    result.err().map(|error| error.kind())
}

/// The outcome for three headers named as Clerk names them.
fn outcome(id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> Option<Kind> {
    let headers = [
        ("svix-id", id),
        ("svix-timestamp", timestamp),
        ("svix-signature", signatures),
    ];
    kind(verifier().verify(&headers, body))
}

// covers: WH-2, WH-7
#[test]
fn missing_and_blank_headers_are_listed_in_order() {
    let good = signature("msg_1", NOW, BODY);
    let all = ["svix-id", "svix-timestamp", "svix-signature"];
    let values = ["msg_1", "1774000000", good.as_str()];
    for present in 0..7_usize {
        for absent_value in [None, Some(""), Some(" "), Some("\t \t")] {
            let mut headers = Vec::new();
            let mut missing = Vec::new();
            for (index, name) in all.into_iter().enumerate() {
                if present & (1 << index) != 0 {
                    headers.push((name, values[index]));
                } else {
                    missing.push(name);
                    headers.extend(absent_value.map(|value| (name, value)));
                }
            }
            let error = verifier().verify(&headers, BODY).unwrap_err();
            assert_eq!(error.kind(), Kind::MissingHeaders);
            assert_eq!(error.missing(), missing);
            assert!(error.to_string().contains(&missing.join(", ")), "{error}");
        }
    }
}

// covers: WH-2
#[test]
fn both_header_families_are_read_and_never_mixed() {
    let signed = sign(&secret(SECRET), "msg_1", NOW, BODY);
    let svix = signed.pairs();
    let standard = signed.standard_pairs();
    assert_eq!(kind(verifier().verify(&svix, BODY)), None);
    assert_eq!(kind(verifier().verify(&standard, BODY)), None);

    let mixed = [svix[0], standard[1], standard[2]];
    let error = verifier().verify(&mixed, BODY).unwrap_err();
    assert_eq!(error.missing(), ["svix-timestamp", "svix-signature"]);

    let partly = [standard[0], standard[2]];
    let error = verifier().verify(&partly, BODY).unwrap_err();
    assert_eq!(error.missing(), ["webhook-timestamp"]);

    // A complete family counts, whatever stands in the other.
    let foreign = [("svix-id", "msg_2")].into_iter().chain(standard);
    let foreign: Vec<_> = foreign.collect();
    assert_eq!(verifier().verify(&foreign, BODY).unwrap().id(), "msg_1");
}

// covers: WH-2
#[test]
fn names_are_read_in_any_case_and_values_are_trimmed() {
    let headers = [
        ("SVIX-ID", "  msg_1\t".to_owned()),
        ("Svix-Timestamp", " 1774000000 ".to_owned()),
        (
            "sViX-sIgNaTuRe",
            format!("\t{} ", signature("msg_1", NOW, BODY)),
        ),
    ];
    assert_eq!(verifier().verify(&headers, BODY).unwrap().id(), "msg_1");
}

// covers: WH-4
#[test]
fn the_window_is_three_hundred_seconds_either_way_with_its_ends() {
    let cases = [
        (-301, Some(Kind::TooOld)),
        (-300, None),
        (-299, None),
        (0, None),
        (299, None),
        (300, None),
        (301, Some(Kind::TooNew)),
    ];
    for (offset, expected) in cases {
        let timestamp = NOW + offset;
        let signed = sign(&secret(SECRET), "msg_1", timestamp, BODY);
        // The clock counts whole seconds: the rest of one makes no difference.
        for millis in [0, 1, 999] {
            let verifier =
                WebhookVerifier::with_clock(secret(SECRET), Clock::fixed(NOW * 1000 + millis));
            let result = verifier.verify(&signed.pairs(), BODY);
            assert_eq!(kind(result), expected, "{offset} s, {millis} ms");
        }
    }
}

#[test]
fn the_tolerance_can_be_set() {
    let signed = sign(&secret(SECRET), "msg_1", NOW - 10, BODY);
    let with = |seconds| verifier().tolerance(Duration::from_secs(seconds));
    assert_eq!(kind(with(10).verify(&signed.pairs(), BODY)), None);
    let error = with(9).verify(&signed.pairs(), BODY).unwrap_err();
    assert_eq!(error.kind(), Kind::TooOld);
    assert!(error.to_string().contains("9 seconds"), "{error}");
    let forever = verifier().tolerance(Duration::MAX);
    for timestamp in [i64::MIN, 0, i64::MAX] {
        let signed = sign(&secret(SECRET), "msg_1", timestamp, BODY);
        assert_ne!(
            kind(forever.verify(&signed.pairs(), BODY)),
            Some(Kind::InvalidHeader)
        );
    }
}

// covers: WH-4, WH-5
#[test]
fn timestamps_are_the_integer_they_start_with_and_that_is_signed() {
    let good = signature("msg_1", NOW, BODY);
    for text in [
        "1774000000",
        "+1774000000",
        "01774000000",
        "1774000000.9",
        "1774000000abc",
        "1774000000, 1774000000",
    ] {
        assert_eq!(outcome("msg_1", text, &good, BODY), None, "{text}");
    }
    for text in [
        "abc",
        "NaN",
        "Infinity",
        "-",
        "+-1",
        "--1774000000",
        ".5",
        "é",
    ] {
        let outcome = outcome("msg_1", text, &good, BODY);
        assert_eq!(outcome, Some(Kind::InvalidHeader), "{text}");
    }
    let huge = "9".repeat(400);
    for (text, expected) in [
        ("0", Kind::TooOld),
        ("-1774000000", Kind::TooOld),
        ("1.774e9", Kind::TooOld),
        ("1773999699", Kind::TooOld),
        ("1774000301", Kind::TooNew),
        ("1774000000000", Kind::TooNew),
        (&huge, Kind::TooNew),
        ("1774000001", Kind::InvalidSignature),
    ] {
        let outcome = outcome("msg_1", text, &good, BODY);
        assert_eq!(outcome, Some(expected), "{text}");
    }
}

// covers: WH-6, HIST-2
#[test]
fn one_good_signature_of_version_one_suffices_and_nothing_less() {
    let good = signature("msg_1", NOW, BODY);
    let bare = good.strip_prefix("v1,").unwrap();
    let other = sign(&secret(OTHER), "msg_1", NOW, BODY).signature;
    let passes = [
        good.clone(),
        format!("{other} {good}"),
        format!("{good} {other}"),
        format!("{other}  {good}"),
        format!("v0,{bare} v1a,{bare} {good} v2,{bare}"),
        format!("{good},extra"),
        format!("nonsense , ,, v1 {good}"),
        vec![other.as_str(); 100].join(" ") + " " + &good,
    ];
    for signatures in passes {
        let outcome = outcome("msg_1", "1774000000", &signatures, BODY);
        assert_eq!(outcome, None, "{signatures}");
    }
    let last = bare.len() - 1;
    let refused = [
        other.clone(),
        vec![other.as_str(); 100].join(" "),
        "v1".to_owned(),
        "v1,".to_owned(),
        ",".to_owned(),
        bare.to_owned(),
        format!(",{bare}"),
        format!("v2,{bare}"),
        format!("v1a,{bare}"),
        format!("V1,{bare}"),
        format!("v11,{bare}"),
        format!("v1={bare}"),
        format!("v1 ,{bare}"),
        format!("v1, {bare}"),
        format!("v1,{bare}="),
        format!("v1,{}", &bare[..last]),
        format!("v1,{}", &bare[..22]),
        format!("v1,{}", &bare[1..]),
        format!("v1,{bare}{bare}"),
        format!("v1,A{bare}"),
        format!("v1,\"{bare}\""),
        format!("v1,{}", bare.to_ascii_lowercase()),
        format!("{other};{good}"),
        format!("{other},{good}"),
        format!("{other}\t{good}"),
    ];
    for signatures in refused {
        let outcome = outcome("msg_1", "1774000000", &signatures, BODY);
        assert_eq!(outcome, Some(Kind::InvalidSignature), "{signatures}");
    }
}

// covers: WH-6
#[test]
fn another_spelling_of_the_same_signature_is_refused() {
    // The last character before the padding has two bits that carry nothing.
    let good = signature("msg_1", NOW, BODY);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = good.into_bytes();
    let position = text.len() - 2;
    let value = alphabet.iter().position(|c| *c == text[position]).unwrap();
    assert_eq!(value % 4, 0);
    for spare in 1..4 {
        text[position] = alphabet[value + spare];
        let outcome = outcome("msg_1", "1774000000", str::from_utf8(&text).unwrap(), BODY);
        assert_eq!(outcome, Some(Kind::InvalidSignature));
    }
}

// covers: WH-5, WH-9
#[test]
fn only_the_exact_message_counts() {
    let good = signature("msg_1", NOW, BODY);
    assert_eq!(outcome("msg_1", "1774000000", &good, BODY), None);
    let value: serde_json::Value = serde_json::from_slice(BODY).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    for body in [
        &pretty,
        &BODY[..BODY.len() - 1],
        &[BODY, b"\n"].concat(),
        &[b"\xef\xbb\xbf", BODY].concat(),
        b"",
    ] {
        let outcome = outcome("msg_1", "1774000000", &good, body);
        assert_eq!(outcome, Some(Kind::InvalidSignature));
    }
    for id in ["msg_2", "msg_1.", "MSG_1", "msg_11"] {
        let outcome = outcome(id, "1774000000", &good, BODY);
        assert_eq!(outcome, Some(Kind::InvalidSignature), "{id}");
    }
}

// covers: WH-10
#[test]
fn bodies_are_bytes_of_bounded_number() {
    for body in [b"".as_slice(), b"\xff\xfe\x00", "ünï".as_bytes()] {
        let signed = sign(&secret(SECRET), "msg_1", NOW, body);
        let message = verifier().verify_signature(&signed.pairs(), body);
        assert_eq!(message.unwrap().id(), "msg_1");
        // Good signature, no event.
        let result = verifier().verify(&signed.pairs(), body);
        assert_eq!(kind(result), Some(Kind::InvalidBody));
    }
    let signed = sign(&secret(SECRET), "msg_1", NOW, BODY);
    let bounded = |bytes| {
        verifier()
            .max_body_bytes(bytes)
            .verify(&signed.pairs(), BODY)
    };
    assert_eq!(kind(bounded(BODY.len())), None);
    assert_eq!(kind(bounded(BODY.len() - 1)), Some(Kind::TooLarge));
    let large = vec![b' '; 1024 * 1024 + 1];
    let signed = sign(&secret(SECRET), "msg_1", NOW, &large);
    let result = verifier().verify_signature(&signed.pairs(), &large);
    assert_eq!(kind(result), Some(Kind::TooLarge));
    let result = verifier().verify_signature(&signed.pairs(), &large[1..]);
    assert_eq!(kind(result), Some(Kind::InvalidSignature));
}

#[test]
fn headers_that_are_ambiguous_or_out_of_bounds_are_named() {
    let good = signature("msg_1", NOW, BODY);
    let long = "a".repeat(1023);
    let signed = sign(&secret(SECRET), &long, NOW, BODY);
    assert_eq!(kind(verifier().verify(&signed.pairs(), BODY)), None);

    let too_long = "a".repeat(1024);
    let many = vec![good.as_str(); 400].join(" ");
    let base = [
        ("svix-id", "msg_1"),
        ("svix-timestamp", "1774000000"),
        ("svix-signature", good.as_str()),
    ];
    let replaced = |name: &str, values: &[&'static str]| {
        let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
        for (candidate, value) in base {
            if candidate != name {
                headers.push((candidate.to_owned(), value.as_bytes().to_vec()));
            }
        }
        for value in values {
            headers.push((name.to_owned(), value.as_bytes().to_vec()));
        }
        headers
    };
    let bytes = |name: &str, value: &[u8]| {
        let mut headers = replaced(name, &[]);
        headers.push((name.to_owned(), value.to_vec()));
        headers
    };
    let cases = [
        (
            replaced("svix-id", &["msg_1", "msg_1"]),
            "svix-id is there more than once",
        ),
        (
            replaced("svix-timestamp", &["1774000000", "1774000000"]),
            "svix-timestamp is there more than once",
        ),
        (bytes("svix-id", too_long.as_bytes()), "svix-id is too long"),
        (bytes("svix-id", b"msg_\xe9"), "svix-id is not plain ASCII"),
        (
            bytes("svix-id", "msg_é".as_bytes()),
            "svix-id is not plain ASCII",
        ),
        (
            bytes("svix-signature", many.as_bytes()),
            "svix-signature is too long",
        ),
    ];
    for (headers, words) in cases {
        let error = verifier().verify(&headers, BODY).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidHeader);
        assert!(error.to_string().contains(words), "{error}");
    }
    // Signatures may come in several headers, in any order.
    let mut headers = base.to_vec();
    headers.insert(0, ("svix-signature", "v1,AAAA"));
    assert_eq!(kind(verifier().verify(&headers, BODY)), None);
}

// covers: WH-12
#[test]
fn several_secrets_serve_during_a_rotation() {
    let both = verifier().additional_secret(secret(OTHER));
    for text in [SECRET, OTHER] {
        let signed = sign(&secret(text), "msg_1", NOW, BODY);
        assert_eq!(kind(both.verify(&signed.pairs(), BODY)), None, "{text}");
    }
    let stranger = sign(&secret("whsec_c3RyYW5nZXI="), "msg_1", NOW, BODY);
    let result = both.verify(&stranger.pairs(), BODY);
    assert_eq!(kind(result), Some(Kind::InvalidSignature));
    let signed = sign(&secret(OTHER), "msg_1", NOW, BODY);
    let result = verifier().verify(&signed.pairs(), BODY);
    assert_eq!(kind(result), Some(Kind::InvalidSignature));
}

// covers: WH-7
#[test]
fn nothing_shows_the_secret_or_the_expected_signature() {
    let good = signature("msg_1", NOW, BODY);
    let bare = good.strip_prefix("v1,").unwrap();
    let verifier = verifier().additional_secret(secret(OTHER));
    let mut shown = format!("{verifier:?}");
    let headers = [
        ("svix-id", "msg_1"),
        ("svix-timestamp", "1774000000"),
        ("svix-signature", "v1,AAAA"),
    ];
    let error = verifier.verify(&headers, BODY).unwrap_err();
    shown.push_str(&format!("{error} {error:?}"));
    for hidden in [bare, &SECRET[6..], &OTHER[6..]] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    // Nor as numbers.
    assert!(!shown.contains("49, 242"), "{shown}");
}

#[test]
fn every_provider_computes_the_same() {
    let signed = sign(&secret(SECRET), "msg_1", NOW, BODY);
    for &provider in clerk_core::crypto::Provider::ALL {
        let verifier = verifier()
            .additional_secret(secret(OTHER))
            .provider(provider);
        assert_eq!(kind(verifier.verify(&signed.pairs(), BODY)), None);
    }
}

#[test]
fn headers_come_from_closures_too() {
    let signed = sign(&secret(SECRET), "msg_1", NOW, BODY);
    let pairs = signed.pairs();
    let lookup = |name: &str| {
        pairs
            .iter()
            .find_map(|(candidate, value)| (*candidate == name).then_some(*value))
    };
    assert_eq!(kind(verifier().verify(&lookup, BODY)), None);
    let owned = |name: &str| lookup(name).map(str::to_owned);
    assert_eq!(kind(verifier().verify(&owned, BODY)), None);
}

#[cfg(feature = "http")]
#[test]
fn headers_come_from_header_maps_too() {
    let signed = sign(&secret(SECRET), "msg_1", NOW, BODY);
    let mut headers = http::HeaderMap::new();
    headers.insert("svix-signature", "v1,AAAA".parse().unwrap());
    for (name, value) in signed.pairs() {
        headers.append(name, value.parse().unwrap());
    }
    assert_eq!(kind(verifier().verify(&headers, BODY)), None);
    headers.append("svix-id", "msg_1".parse().unwrap());
    let result = verifier().verify(&headers, BODY);
    assert_eq!(kind(result), Some(Kind::InvalidHeader));
}
