use clerk_tokens::{
    CategoryPolicy, TokenCategory, TokenVerifier, VerifyTokenOptions, decode_jwt, verify_jwt,
    verify_token,
};
use serde_json::{Value, json};

use crate::support::*;

fn categories() -> Vec<(Value, TokenCategory)> {
    vec![
        (json!("cl_B7d4PD111AAA"), TokenCategory::Session),
        (json!("cl_B7d4PD222AAA"), TokenCategory::Template),
        (json!("cl_B7d4PD333AAA"), TokenCategory::M2m),
        (json!("cl_I7d4PD111III"), TokenCategory::Ignore),
        (json!("(absent)"), TokenCategory::Absent),
        (json!("cl_b7d4pd111aaa"), TokenCategory::Unknown),
        (json!(""), TokenCategory::Unknown),
        (json!(null), TokenCategory::Unknown),
        (json!(["cl_B7d4PD111AAA"]), TokenCategory::Unknown),
    ]
}

// covers: CAT-1, CAT-2, CAT-3, CAT-4, CAT-5
#[test]
fn categories_are_read_from_the_header() {
    for (cat, category) in categories() {
        let token = token_with_header(&[("cat", cat.clone())]);
        assert_eq!(
            decode_jwt(&token).unwrap().header().category(),
            category,
            "{cat}"
        );
    }
}

// covers: CAT-10, CAT-5
#[test]
fn verify_token_refuses_m2m_tokens_and_takes_templates() {
    let options = VerifyTokenOptions::from(options()).keys(key());
    for (cat, category) in categories() {
        let token = token_with_header(&[("cat", cat.clone())]);
        let expected = if category == TokenCategory::M2m {
            "token-invalid (action)"
        } else {
            "ok"
        };
        assert_eq!(outcome(verify_token(&token, &options)), expected, "{cat}");
        // The low-level function does not look at categories.
        assert_eq!(
            outcome(verify_jwt(&token, &key(), &crate::support::options())),
            "ok"
        );
    }
    let forged = token_with_header(&[("cat", json!("cl_B7d4PD333AAA"))]);
    let without_key = VerifyTokenOptions::from(crate::support::options());
    assert_eq!(
        outcome(verify_token(&forged, &without_key)),
        "token-invalid (action)"
    );
}

// covers: CAT-1, CAT-3, CAT-4, CAT-5
#[test]
fn policies_for_sessions_and_machines() {
    for (cat, category) in categories() {
        let token = token_with_header(&[("cat", cat.clone())]);
        let header = decode_jwt(&token).unwrap();
        let neutral = matches!(category, TokenCategory::Absent | TokenCategory::Ignore);
        let session = neutral || category == TokenCategory::Session;
        let machine = neutral || category == TokenCategory::M2m;
        assert_eq!(
            CategoryPolicy::Session.accepts(header.header()),
            session,
            "{cat}"
        );
        assert_eq!(
            CategoryPolicy::M2m.accepts(header.header()),
            machine,
            "{cat}"
        );
        assert!(CategoryPolicy::Any.accepts(header.header()));
        let verifier =
            TokenVerifier::with_options(key(), options()).categories(CategoryPolicy::Session);
        let expected = if session {
            "ok"
        } else {
            "token-invalid (action)"
        };
        assert_eq!(outcome(verifier.verify(&token)), expected, "{cat}");
    }
}
