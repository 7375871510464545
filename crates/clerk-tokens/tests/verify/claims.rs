use clerk_tokens::{SessionClaims, SessionStatus, decode_jwt};
use serde_json::{Value, json};

use crate::support::*;

fn claims(payload: &Value) -> SessionClaims {
    let token = format!("e30.{}.AA", encode(payload.to_string()));
    decode_jwt(&token).unwrap().unverified_claims().clone()
}

// covers: AUTH-1, AUTH-20, AUTH-21, AUTH-23
#[test]
fn version_1() {
    let claims = claims(&json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.example.com", "azp": "https://app.example.com",
        "jti": "j", "exp": NOW + 60, "nbf": NOW, "iat": NOW, "sts": "active", "fva": [3, -1],
        "act": {"sub": "user_2", "iss": "https://x.example"},
        "org_id": "org_1", "org_role": "admin", "org_slug": "acme", "org_permissions": ["org:a:b"],
        "o": {"id": "org_2", "rol": "member"},
    }));
    assert_eq!(claims.version(), 1);
    assert_eq!(
        (claims.user_id(), claims.subject()),
        ("user_1", Some("user_1"))
    );
    assert_eq!(claims.session_id(), Some("sess_1"));
    assert_eq!(claims.issuer(), Some("https://clerk.example.com"));
    assert_eq!(claims.authorized_party(), Some("https://app.example.com"));
    assert_eq!(claims.token_id(), Some("j"));
    assert_eq!(claims.expires_at_ms(), Some(NOW_MS + 60_000));
    assert_eq!(
        (claims.not_before_ms(), claims.issued_at_ms()),
        (Some(NOW_MS), Some(NOW_MS))
    );
    assert_eq!(claims.status(), Some(SessionStatus::Active));
    assert_eq!(claims.factor_verification_age(), Some([3.0, -1.0]));
    let actor = claims.actor().unwrap();
    assert_eq!(
        (actor.subject(), actor.issuer()),
        (Some("user_2"), Some("https://x.example"))
    );
    let org = claims.org().unwrap();
    assert_eq!(
        (org.id(), org.slug(), org.role()),
        ("org_1", Some("acme"), Some("admin"))
    );
}

// covers: AUTH-20, AUTH-22, AUTH-23
#[test]
fn version_2() {
    let both = |v: Value| {
        claims(&json!({
            "sub": "user_1", "v": v, "fea": "o:a,u:b", "pla": "o:pro", "org_id": "org_1", "org_role": "x",
            "o": {"id": "org_2", "slg": "acme", "rol": "admin", "per": "read", "fpm": "1"},
        }))
    };
    for v in [json!(2), json!(2.0)] {
        let claims = both(v);
        let org = claims.org().unwrap();
        assert_eq!(
            (org.id(), org.slug(), org.role()),
            ("org_2", Some("acme"), Some("org:admin"))
        );
        assert_eq!(
            (claims.features(), claims.plans()),
            (Some("o:a,u:b"), Some("o:pro"))
        );
        assert_eq!(claims.version(), 2);
    }
    for v in [
        json!(1),
        json!("2"),
        json!(3),
        json!(null),
        json!([2]),
        json!(2.5),
    ] {
        let claims = both(v.clone());
        assert_eq!(claims.org().unwrap().id(), "org_1", "{v}");
        assert_eq!(claims.version(), 1);
    }
    let bare = |o: Value| claims(&json!({"v": 2, "org_id": "org_1", "o": o}));
    for o in [
        json!(null),
        json!("org_2"),
        json!([]),
        json!({}),
        json!({"id": ""}),
        json!({"id": 1}),
    ] {
        assert!(bare(o.clone()).org().is_none(), "{o}");
    }
    assert!(claims(&json!({"v": 2, "org_id": "org_1"})).org().is_none());
    for rol in [json!(""), json!(1), json!("(absent)")] {
        let claims = bare(with(json!({"id": "org_2"}), &[("rol", rol.clone())]));
        assert_eq!(claims.org().unwrap().role(), None, "{rol}");
    }
    let escaped =
        claims(&json!({"v": 2, "o": {"id": "o\"1\"", "rol": "ä\u{1}\"min", "slg": "\\"}}));
    let org = escaped.org().unwrap();
    assert_eq!(
        (org.id(), org.slug(), org.role()),
        ("o\"1\"", Some("\\"), Some("org:ä\u{1}\"min"))
    );
}

// covers: AUTH-12
#[test]
fn auth_12_claims_of_the_wrong_type_are_absent_and_stay_readable() {
    let odd = json!({
        "sub": 1, "sid": null, "iss": [], "azp": {}, "jti": true, "exp": "1", "nbf": null, "iat": [1],
        "sts": 1, "fva": "3,4", "act": "user_2", "org_id": 5, "fea": ["a"], "pla": 1,
    });
    let claims = claims(&odd);
    assert_eq!((claims.subject(), claims.user_id()), (None, ""));
    assert_eq!(
        (
            claims.session_id(),
            claims.issuer(),
            claims.authorized_party()
        ),
        (None, None, None)
    );
    assert_eq!(
        (
            claims.expires_at_ms(),
            claims.not_before_ms(),
            claims.issued_at_ms()
        ),
        (None, None, None)
    );
    assert_eq!(
        (
            claims.token_id(),
            claims.status(),
            claims.factor_verification_age()
        ),
        (None, None, None)
    );
    assert!(claims.actor().is_none() && claims.org().is_none());
    assert_eq!((claims.features(), claims.plans()), (None, None));
    assert_eq!(claims.claim::<i64>("sub").unwrap(), Some(1));
    assert_eq!(claims.claim_json("fea"), Some(r#"["a"]"#));
    assert_eq!(claims.custom::<Value>().unwrap(), odd);
    for fva in [
        json!([1]),
        json!([1, 2, 3]),
        json!([1, "2"]),
        json!([]),
        json!({"0": 1, "1": 2}),
    ] {
        assert_eq!(
            self::claims(&json!({"fva": fva})).factor_verification_age(),
            None,
            "{fva}"
        );
    }
}

// covers: AUTH-13
#[test]
fn auth_13_template_tokens_have_no_session_and_actors_mean_impersonation() {
    let template = claims(&json!({"sub": "user_1"}));
    assert_eq!(template.session_id(), None);
    assert!(template.actor().is_none());
    let impersonated = claims(&json!({"sub": "user_1", "act": {"sub": "user_admin"}}));
    assert_eq!(impersonated.actor().unwrap().subject(), Some("user_admin"));
    assert!(
        claims(&json!({"act": {}}))
            .actor()
            .is_some_and(|actor| actor.subject().is_none())
    );
}

#[test]
fn custom_claims_are_typed_on_demand() {
    #[derive(serde::Deserialize)]
    struct Custom {
        department: String,
        levels: Vec<u8>,
    }
    let claims = claims(&json!({"sub": "u", "department": "sales", "levels": [1, 2]}));
    let custom: Custom = claims.custom().unwrap();
    assert_eq!(
        (custom.department.as_str(), custom.levels),
        ("sales", vec![1, 2])
    );
    assert!(claims.claim::<u8>("department").is_err());
    assert_eq!(claims.claim::<u8>("nothing").unwrap(), None);
    let text = claims.as_json().to_owned();
    assert_eq!(claims.clone(), claims);
    assert!(text.starts_with('{') && text.ends_with('}'));
    assert_eq!(claims.status().map(SessionStatus::as_str), None);
    let pending = self::claims(&json!({"sts": "pending"}));
    assert_eq!(pending.status(), Some(SessionStatus::Pending));
    let other = self::claims(&json!({"sts": "frozen"}));
    assert_eq!(other.status().map(SessionStatus::as_str), Some("frozen"));
}

#[test]
fn unescaped_texts_and_as_json_do_not_mix() {
    let text = r#"{"sub":"\u0075ser_1","sid":"a\nb","v":2,"o":{"id":"\u006frg","rol":"x"}}"#;
    let token = format!("e30.{}.AA", encode(text));
    let claims = decode_jwt(&token).unwrap().unverified_claims().clone();
    assert_eq!(claims.as_json(), text);
    assert_eq!(
        (claims.user_id(), claims.session_id()),
        ("user_1", Some("a\nb"))
    );
    let org = claims.org().unwrap();
    assert_eq!((org.id(), org.role()), ("org", Some("org:x")));
}
