use clerk_tokens::{
    AcceptsToken, PresentedToken, TokenType, is_machine_token, is_machine_token_by_prefix,
    is_token_type_accepted,
};
use serde_json::json;

use crate::support::*;

fn kind(token: &str) -> TokenType {
    PresentedToken::read(token).token_type()
}

// covers: TOK-1, TOK-5, TOK-16
#[test]
fn tok_16_prefixes_come_before_shape() {
    for (token, expected) in [
        ("mt_", TokenType::M2m),
        ("mt_abc", TokenType::M2m),
        ("oat_abc", TokenType::OAuth),
        ("ak_abc", TokenType::ApiKey),
        ("ak_a.b.c", TokenType::ApiKey),
        ("mt_AA.BB.CC", TokenType::M2m),
        ("oat_with space", TokenType::OAuth),
        ("MT_abc", TokenType::Session),
        (" mt_abc", TokenType::Session),
        ("ak", TokenType::Session),
        ("x_ak_", TokenType::Session),
        ("", TokenType::Session),
        ("a.b.c", TokenType::Session),
        ("é.é.é", TokenType::Session),
    ] {
        assert_eq!(kind(token), expected, "{token:?}");
        assert_eq!(is_machine_token(token), expected != TokenType::Session);
        assert_eq!(
            is_machine_token_by_prefix(token),
            expected != TokenType::Session
        );
    }
}

// covers: TOK-2, TOK-3, TOK-4, TOK-6, HIST-45
#[test]
fn hist_45_machine_jwts_are_told_by_subject_and_type() {
    let at_jwt = ("typ", json!("at+jwt"));
    let machine = with(payload(), &[("sub", json!("mch_1"))]);
    for (header_changes, payload, expected) in [
        (vec![], payload(), TokenType::Session),
        (vec![], machine.clone(), TokenType::M2m),
        (vec![at_jwt.clone()], payload(), TokenType::OAuth),
        (
            vec![("typ", json!("application/at+jwt"))],
            payload(),
            TokenType::OAuth,
        ),
        (
            vec![("typ", json!("AT+JWT"))],
            payload(),
            TokenType::Session,
        ),
        (
            vec![("typ", json!(["at+jwt"]))],
            payload(),
            TokenType::Session,
        ),
        (vec![at_jwt.clone()], machine.clone(), TokenType::M2m),
        (
            vec![],
            with(payload(), &[("sub", json!("mch"))]),
            TokenType::Session,
        ),
        (
            vec![],
            with(payload(), &[("sub", json!("MCH_1"))]),
            TokenType::Session,
        ),
        (
            vec![],
            with(payload(), &[("sub", json!(["mch_1"]))]),
            TokenType::Session,
        ),
    ] {
        let token = sign(&with(header(), &header_changes), &payload);
        assert_eq!(kind(&token), expected, "{header_changes:?} {payload}");
        assert_eq!(is_machine_token(&token), expected.is_machine());
        assert!(!is_machine_token_by_prefix(&token));
    }
    // Padding and an empty signature are not the JWT format, though they decode.
    let token = sign(&header(), &machine);
    assert_eq!(kind(&format!("{token}==")), TokenType::Session);
    let (signed, _) = token.rsplit_once('.').unwrap();
    assert_eq!(kind(&format!("{signed}.")), TokenType::Session);
    assert_eq!(kind(&format!("{signed}.AA")), TokenType::M2m);
}

// covers: TOK-8
#[test]
fn tok_8_a_token_is_decoded_once() {
    let token = sign(&header(), &with(payload(), &[("sub", json!("mch_1"))]));
    let presented = PresentedToken::read(&token);
    let before = std::ptr::from_ref(presented.decoded().unwrap().unverified_claims().as_json());
    let decoded = presented.into_decoded().unwrap().unwrap();
    let claims = clerk_tokens::verify_decoded_jwt(&decoded, &key(), &options()).unwrap();
    // The very text that detection decoded, not a copy of it.
    assert!(std::ptr::eq(before, claims.as_json()));
    assert_eq!(
        PresentedToken::read("ak_secret").opaque(),
        Some("ak_secret")
    );
    assert!(
        PresentedToken::read("ak_secret")
            .into_decoded()
            .unwrap()
            .is_none()
    );
    assert!(PresentedToken::read("nothing").into_decoded().is_err());
    assert!(!format!("{:?}", PresentedToken::read("ak_secret")).contains("secret"));
}

// covers: TOK-7
#[test]
fn accepted_kinds() {
    for one in TokenType::ALL.iter().copied() {
        assert_eq!(one.as_str().parse(), Ok(one));
        assert!(is_token_type_accepted(Some(one), &AcceptsToken::Any));
        assert!(is_token_type_accepted(Some(one), &one.into()));
        assert!(!is_token_type_accepted(
            Some(one),
            &AcceptsToken::AnyOf(vec![])
        ));
        for other in TokenType::ALL.iter().copied().filter(|other| *other != one) {
            assert!(!is_token_type_accepted(Some(one), &other.into()));
            assert!(!is_token_type_accepted(Some(one), &[other].into()));
            assert!(is_token_type_accepted(Some(one), &[other, one].into()));
        }
    }
    assert!(!is_token_type_accepted(None, &AcceptsToken::Any));
    assert!("SESSION_TOKEN".parse::<TokenType>().is_err());
    assert_eq!(
        AcceptsToken::default(),
        AcceptsToken::One(TokenType::Session)
    );
}
