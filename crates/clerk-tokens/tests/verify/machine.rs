use clerk_tokens::{
    LocalKeys, M2mClaims, MachineClaims, MachineTokenVerificationError, OAuthClaims,
    PresentedToken, TokenType, VerifyOptions, decode_jwt, verify_m2m_jwt, verify_machine_jwt,
    verify_oauth_jwt,
};
use serde_json::{Value, json};

use crate::support::*;

fn m2m_token(header_changes: &[(&str, Value)], changes: &[(&str, Value)]) -> String {
    let header = with(header(), &[("cat", json!("cl_B7d4PD333AAA"))]);
    let payload = with(
        payload(),
        &[("sub", json!("mch_1")), ("azp", json!("(absent)"))],
    );
    sign(&with(header, header_changes), &with(payload, changes))
}

fn oauth_token(header_changes: &[(&str, Value)], changes: &[(&str, Value)]) -> String {
    let header = with(
        header(),
        &[("typ", json!("at+jwt")), ("cat", json!("(absent)"))],
    );
    sign(&with(header, header_changes), &with(payload(), changes))
}

fn m2m(token: &str, options: &VerifyOptions) -> Result<M2mClaims, MachineTokenVerificationError> {
    verify_m2m_jwt(&decode_jwt(token).unwrap(), &key(), options)
}

fn oauth(
    token: &str,
    options: &VerifyOptions,
) -> Result<OAuthClaims, MachineTokenVerificationError> {
    verify_oauth_jwt(&decode_jwt(token).unwrap(), &key(), options)
}

/// `ok`, or the code and the inner reason.
fn coded<T>(result: Result<T, MachineTokenVerificationError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => match error.token_error() {
            Some(inner) => format!("{}: {}", error.code(), inner.reason()),
            None => error.code().to_string(),
        },
    }
}

// covers: CAT-15, TOK-30, HIST-77
#[test]
fn hist_77_cat_15_m2m_categories() {
    for (cat, expected) in [
        (json!("cl_B7d4PD333AAA"), "ok"),
        (json!("(absent)"), "ok"),
        (json!("cl_I7d4PD111III"), "ok"),
        (json!("cl_B7d4PD111AAA"), "token-invalid"),
        (json!("cl_B7d4PD222AAA"), "token-invalid"),
        (json!("other"), "token-invalid"),
        (json!(null), "token-invalid"),
    ] {
        let token = m2m_token(&[("cat", cat.clone())], &[]);
        assert_eq!(coded(m2m(&token, &options())), expected, "{cat}");
        // The category is judged before everything else.
        let forged = m2m_token(&[("cat", cat.clone()), ("alg", json!("none"))], &[]);
        if expected != "ok" {
            assert_eq!(coded(m2m(&forged, &options())), expected, "{cat}");
        }
    }
}

// covers: TOK-32, HIST-80
#[test]
fn hist_80_which_options_hold_for_m2m_tokens() {
    let token = m2m_token(&[], &[("aud", json!(["mch_2"]))]);
    let session_matters = options()
        .authorized_parties(["https://app.example.com"])
        .issuer(["https://x.example"])
        .header_types(["at+jwt"]);
    assert_eq!(coded(m2m(&token, &session_matters)), "ok");
    assert_eq!(coded(m2m(&token, &options().audience(["mch_2"]))), "ok");
    let foreign = coded(m2m(&token, &options().audience(["mch_3"])));
    assert_eq!(
        foreign,
        "token-verification-failed: token-verification-failed"
    );
    assert_eq!(
        coded(m2m(&m2m_token(&[], &[]), &options().audience(["mch_3"]))),
        "ok"
    );
    let expired = m2m_token(&[], &[("exp", json!(NOW - 7))]);
    assert_eq!(coded(m2m(&expired, &options().clock_skew_ms(8000))), "ok");
    for (typ, expected) in [
        (json!("(absent)"), "ok"),
        (json!("JWT"), "ok"),
        (json!("at+jwt"), "token-verification-failed: token-invalid"),
        (json!("m2m"), "token-verification-failed: token-invalid"),
    ] {
        assert_eq!(
            coded(m2m(&m2m_token(&[("typ", typ)], &[]), &options())),
            expected
        );
    }
}

// covers: TOK-33
#[test]
fn tok_33_the_inner_reason_is_kept() {
    for (header_changes, changes, reason) in [
        (vec![], vec![("exp", json!(NOW - 60))], "token-expired"),
        (
            vec![],
            vec![("nbf", json!(NOW + 60))],
            "token-not-active-yet",
        ),
        (
            vec![],
            vec![("iat", json!(NOW + 60))],
            "token-iat-in-the-future",
        ),
        (
            vec![],
            vec![("exp", json!("(absent)"))],
            "token-verification-failed",
        ),
        (
            vec![("alg", json!("none"))],
            vec![],
            "token-invalid-algorithm",
        ),
    ] {
        let token = m2m_token(&header_changes, &changes);
        let expected = format!("token-verification-failed: {reason}");
        assert_eq!(coded(m2m(&token, &options())), expected);
        let with_type = [vec![("typ", json!("at+jwt"))], header_changes].concat();
        let token = oauth_token(&with_type, &changes);
        assert_eq!(coded(oauth(&token, &options())), expected);
    }
    let token = m2m_token(&[], &[]);
    let other = verify_m2m_jwt(&decode_jwt(&token).unwrap(), &other_key(), &options());
    assert_eq!(
        coded(other),
        "token-verification-failed: token-invalid-signature"
    );
}

// covers: TOK-35, TOK-36, CAT-16, HIST-80
#[test]
fn hist_80_oauth_audience_is_strict_and_nothing_else_is_asked() {
    let failed = "token-verification-failed: token-verification-failed";
    for (aud, expected) in [
        (json!("a"), "ok"),
        (json!(["b", "a"]), "ok"),
        (json!("(absent)"), failed),
        (json!(null), failed),
        (json!(""), failed),
        (json!([]), failed),
        (json!(["a", ""]), failed),
        (json!(["a", 1]), failed),
        (json!({"a": 1}), failed),
        (json!("b"), failed),
    ] {
        let token = oauth_token(&[], &[("aud", aud.clone())]);
        assert_eq!(
            coded(oauth(&token, &options().audience(["a"]))),
            expected,
            "{aud}"
        );
        assert_eq!(coded(oauth(&token, &options())), "ok", "{aud}");
        assert_eq!(
            coded(oauth(&token, &options().audience([""]))),
            "ok",
            "{aud}"
        );
    }
    let session_matters = options()
        .authorized_parties(["https://x.example"])
        .issuer(["https://x.example"])
        .header_types(["JWT"]);
    for cat in ["cl_B7d4PD111AAA", "cl_B7d4PD222AAA", "cl_B7d4PD333AAA", "x"] {
        let token = oauth_token(&[("cat", json!(cat))], &[]);
        assert_eq!(coded(oauth(&token, &session_matters)), "ok", "{cat}");
    }
    // Every other check comes before the audience.
    let token = oauth_token(&[], &[("exp", json!(NOW - 60))]);
    let expired = coded(oauth(&token, &options().audience(["a"])));
    assert_eq!(expired, "token-verification-failed: token-expired");
    for typ in [json!("(absent)"), json!("JWT"), json!("at+JWT")] {
        let token = oauth_token(&[("typ", typ)], &[]);
        assert_eq!(
            coded(oauth(&token, &options())),
            "token-verification-failed: token-invalid"
        );
    }
}

// covers: TOK-10, TOK-11, TOK-12, TOK-13, TOK-16
#[test]
fn tokens_are_verified_as_what_they_are() {
    let keys = LocalKeys::from(key());
    let verify = |token: &str| {
        let presented = PresentedToken::read(token);
        let result = verify_machine_jwt(&presented, Some(&keys), &options());
        let kind = match &result {
            Ok(MachineClaims::M2m(_)) => "m2m ",
            Ok(MachineClaims::OAuth(_)) => "oauth ",
            _ => "",
        };
        (
            presented.machine_token_type(),
            format!("{kind}{}", coded(result)),
        )
    };
    assert_eq!(
        verify(&m2m_token(&[], &[])),
        (TokenType::M2m, "m2m ok".into())
    );
    assert_eq!(
        verify(&oauth_token(&[], &[])),
        (TokenType::OAuth, "oauth ok".into())
    );
    let undecodable = (TokenType::M2m, "token-invalid: token-invalid".into());
    assert_eq!(verify("a.b.c"), undecodable);
    assert_eq!(
        verify(&token(&[])),
        (TokenType::OAuth, "token-verification-failed".into())
    );
    assert_eq!(
        verify("ak_a.b.c"),
        (TokenType::ApiKey, "unexpected-error".into())
    );
    for (typ, shown) in [
        (json!("JWT"), "\"JWT\""),
        (json!("(absent)"), "missing"),
        (json!(1), "not a text"),
    ] {
        let token = token_with_header(&[("typ", typ)]);
        let error =
            verify_machine_jwt(&PresentedToken::read(&token), Some(&keys), &options()).unwrap_err();
        assert!(error.message().contains(shown), "{error}");
    }
}

// covers: TOK-31
#[test]
fn machine_jwts_need_the_instances_keys() {
    for token in [m2m_token(&[], &[]), oauth_token(&[], &[])] {
        let error =
            verify_machine_jwt(&PresentedToken::read(&token), None, &options()).unwrap_err();
        assert_eq!(error.code().as_str(), "token-verification-failed");
        let inner = error.token_error().unwrap();
        assert_eq!(inner.reason().as_str(), "jwk-failed-to-resolve");
        assert_eq!(
            inner.action(),
            Some(clerk_tokens::TokenVerificationAction::SetClerkJwtKey)
        );
    }
}

// covers: TOK-40, TOK-44, TOK-45, HIST-78
#[test]
fn hist_78_m2m_claims() {
    let read = |changes: &[(&str, Value)]| m2m(&m2m_token(&[], changes), &options()).unwrap();
    let claims = read(&[
        ("jti", json!("mt_1")),
        ("scopes", json!("mch_2 mch_3")),
        ("aud", json!(["mch_4"])),
        ("role", json!("svc")),
        ("nested", json!({"a": [1]})),
    ]);
    assert_eq!((claims.id(), claims.subject()), ("mt_1", "mch_1"));
    assert_eq!(claims.scopes(), ["mch_2", "mch_3"]);
    assert_eq!(claims.expires_at_ms(), Some(NOW_MS + 60_000));
    assert_eq!(claims.issued_at_ms(), Some(NOW_MS - 5_000));
    let custom = Value::Object(claims.custom_claims().unwrap().unwrap());
    let expected = json!({
        "sid": "sess_1", "scopes": "mch_2 mch_3", "aud": ["mch_4"], "role": "svc", "nested": {"a": [1]},
    });
    assert_eq!(custom, expected);
    let bare = read(&[("sid", json!("(absent)")), ("iat", json!("(absent)"))]);
    assert_eq!((bare.id(), bare.issued_at_ms()), ("", None));
    assert_eq!(bare.custom_claims().unwrap(), None);
    assert!(bare.scopes().is_empty());
    for (changes, scopes) in [
        (vec![("aud", json!("mch_2"))], vec!["mch_2"]),
        (vec![("aud", json!(["a", "b"]))], vec!["a", "b"]),
        (vec![("aud", json!(5))], vec![]),
        (
            vec![("scopes", json!(["a", "b"])), ("aud", json!("c"))],
            vec!["a", "b"],
        ),
        (vec![("scopes", json!(5)), ("aud", json!("c"))], vec!["c"]),
        (
            vec![("scopes", json!(null)), ("aud", json!(["c"]))],
            vec!["c"],
        ),
        (vec![("scopes", json!("")), ("aud", json!(["c"]))], vec![""]),
    ] {
        assert_eq!(read(&changes).scopes(), scopes, "{changes:?}");
    }
}

// covers: TOK-41, TOK-43, TOK-44, TOK-45, HIST-79
#[test]
fn hist_79_oauth_claims() {
    let read = |changes: &[(&str, Value)]| oauth(&oauth_token(&[], changes), &options()).unwrap();
    let claims = read(&[
        ("jti", json!("oat_1")),
        ("client_id", json!("client_1")),
        ("scope", json!("read write")),
        ("aud", json!("https://api.example.com")),
        (
            "act",
            json!({"sub": "a", "iss": "i", "act": {"sub": "b", "act": {"sub": "c"}}}),
        ),
    ]);
    assert_eq!(
        (claims.id(), claims.client_id(), claims.subject()),
        ("oat_1", "client_1", "user_1")
    );
    assert_eq!(claims.scopes(), ["read", "write"]);
    assert_eq!(claims.audience(), ["https://api.example.com"]);
    assert_eq!(claims.expires_at_ms(), Some(NOW_MS + 60_000));
    assert_eq!(claims.issued_at_ms(), Some(NOW_MS - 5_000));
    let actor = claims.actor().unwrap();
    assert_eq!(
        (actor.subject.as_str(), actor.issuer.as_deref()),
        ("a", Some("i"))
    );
    let nested = actor.actor.unwrap();
    assert_eq!((nested.subject.as_str(), nested.actor), ("b", None));
    let bare = read(&[("iat", json!("(absent)"))]);
    assert_eq!(
        (bare.id(), bare.client_id(), bare.issued_at_ms()),
        ("", "", None)
    );
    assert!(bare.scopes().is_empty() && bare.audience().is_empty() && bare.actor().is_none());
    for (changes, scopes) in [
        (
            vec![("scp", json!(["a"])), ("scope", json!("b"))],
            vec!["a"],
        ),
        (
            vec![("scp", json!("a")), ("scope", json!("b c"))],
            vec!["b", "c"],
        ),
        (vec![("scope", json!(["b"]))], vec![]),
    ] {
        assert_eq!(read(&changes).scopes(), scopes, "{changes:?}");
    }
    for act in [
        json!("x"),
        json!(null),
        json!([]),
        json!({}),
        json!({"sub": 1}),
    ] {
        assert!(read(&[("act", act.clone())]).actor().is_none(), "{act}");
    }
    let half = read(&[("act", json!({"sub": "a", "iss": 1, "act": {"iss": "x"}}))])
        .actor()
        .unwrap();
    assert_eq!((half.issuer, half.actor), (None, None));
}
