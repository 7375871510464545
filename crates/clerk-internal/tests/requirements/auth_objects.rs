//! Auth objects that authentication hands out.

use std::sync::Arc;

use clerk_core::MachineSecretKey;
use clerk_internal::request::RequestView;
use clerk_internal::{Auth, AuthenticateOptions, PendingSessions, RequestState};
use clerk_testing::mint::OAuthTokenBuilder;
use clerk_tokens::{AcceptsToken, decode_jwt};
use serde_json::json;

use super::support::{
    FakeClerk, LIVE, NOW, TEST, bearer, bearer_with, builder, engine, keyed, session,
};

// covers: AUTH-11, CHG-11
#[test]
fn audience_and_actor_of_an_oauth_token_are_in_its_details() {
    let token = OAuthTokenBuilder::new("user_1")
        .issued_at_ms(NOW)
        .claim("aud", json!(["https://api.example", "https://b.example"]))
        .claim("act", json!({"sub": "agent_1", "iss": "https://i.example"}))
        .mint();
    let answer = json!({"id": "oat_1", "subject": "user_1", "aud": ["https://api.example", "https://b.example"],
        "act": {"sub": "agent_1", "iss": "https://i.example"}});
    let engine = builder(keyed(LIVE).accepts(AcceptsToken::Any))
        .calls(Arc::new(FakeClerk::machine(Ok(answer))))
        .build()
        .unwrap();
    for token in [token.as_str(), "oat_1"] {
        let Auth::OAuth(oauth) = bearer(&engine, token).to_auth() else {
            panic!("{token} is not accepted");
        };
        let audience = oauth.details().audience.as_deref().unwrap();
        assert_eq!(audience, ["https://api.example", "https://b.example"]);
        let actor = oauth.details().actor.as_ref().unwrap();
        assert_eq!(
            (actor.subject.as_str(), actor.issuer.as_deref()),
            ("agent_1", Some("https://i.example"))
        );
    }
}

// covers: AUTH-30
#[test]
fn pending_sessions_count_as_signed_out_unless_asked_otherwise() {
    let engine = engine(keyed(LIVE));
    let pending = bearer(&engine, &session().pending().mint());
    let RequestState::SignedIn(signed_in) = &pending else {
        panic!("{pending:?}");
    };
    for auth in [pending.auth(), signed_in.auth(), &pending.to_auth()] {
        let Auth::SignedOut(nobody) = auth else {
            panic!("{auth:?}");
        };
        assert!(nobody.is_pending());
        assert!(!auth.is_authenticated());
        assert_eq!((auth.user_id(), auth.token()), (None, None));
    }
    let auth = pending.auth_with(PendingSessions::SignedIn);
    assert_eq!(auth.user_id(), Some("user_1"));
    assert!(auth.as_session().unwrap().is_pending());
    assert_eq!(pending.status(), "signed-in");

    let active = bearer(&engine, &session().mint());
    assert_eq!(active.auth().user_id(), Some("user_1"));
    let nobody = bearer(&engine, "x");
    assert!(matches!(nobody.auth(), Auth::SignedOut(nobody) if !nobody.is_pending()));
}

// covers: AUTH-31
#[test]
fn an_auth_object_from_claims_follows_the_rule_of_pending_sessions() {
    let make = |token: &str, pending| {
        let claims = decode_jwt(token).unwrap().unverified_claims().clone();
        Auth::session(claims, token, pending)
    };
    let (active, waiting) = (session().mint(), session().pending().mint());
    for pending in [PendingSessions::SignedOut, PendingSessions::SignedIn] {
        let auth = make(&active, pending);
        assert_eq!(auth.user_id(), Some("user_1"));
        assert_eq!(auth.token(), Some(active.as_str()));
    }
    let auth = make(&waiting, PendingSessions::default());
    assert!(matches!(auth, Auth::SignedOut(nobody) if nobody.is_pending()));
    assert_eq!(
        make(&waiting, PendingSessions::SignedIn).user_id(),
        Some("user_1")
    );
}

// covers: AUTH-40, HIST-86
#[test]
fn hist_86_debug_output_never_shows_keys_tokens_or_urls_with_tokens() {
    let options = keyed(TEST)
        .accepts(AcceptsToken::Any)
        .machine_secret_key(MachineSecretKey::new("ak_s3cr3tmachine").unwrap());
    let engine = builder(options.clone())
        .calls(Arc::new(FakeClerk::machine(Ok(
            json!({"id": "x_1", "subject": "user_1"}),
        ))))
        .build()
        .unwrap();
    let session = session().mint();
    let expired = super::support::session().issued_at_ms(NOW - 600_000).mint();
    let cookies = format!(
        "__session={expired}; __client_uat=1773990000; __clerk_db_jwt=dvb_s3cr3t; __refresh_naoXFJnI=s3cr3t; __clerk_handshake={session}"
    );
    let target = format!(
        "/?__clerk_db_jwt=dvb_s3cr3t&__clerk_handshake_nonce=s3cr3tnonce&__clerk_handshake={session}"
    );
    let bearer_text = format!("Bearer {session}");
    let mut told = format!("{options:?} {engine:?} {:?}", builder(options.clone()));
    for (name, value) in [
        ("authorization", bearer_text.as_str()),
        ("authorization", "Bearer ak_s3cr3t"),
        ("authorization", "Bearer mt_s3cr3t"),
        ("cookie", cookies.as_str()),
        (
            "referer",
            "https://app.example.com/?__clerk_handshake=s3cr3t",
        ),
    ] {
        for target in ["/", target.as_str()] {
            let pairs: &[(&str, &[u8])] = &[
                ("host", b"app.example.com"),
                ("sec-fetch-dest", b"document"),
                (name, value.as_bytes()),
            ];
            let view = RequestView::from_pieces("GET", "https", None, target, &pairs);
            told.push_str(&format!("{view:?}"));
            told.push_str(&format!("{:?}", engine.decide(view)));
            let state = engine.authenticate_local(view);
            told.push_str(&format!("{state:?} {:?}", state.auth()));
        }
    }
    for token in [session.as_str(), "ak_s3cr3t", "mt_s3cr3t", "oat_s3cr3t"] {
        let state = bearer_with(&engine, token, AuthenticateOptions::new());
        told.push_str(&format!("{state:?} {:?}", state.auth()));
    }
    for needed in ["HandshakePayload", "MachineToken", "SessionAuth", "M2mAuth"] {
        assert!(told.contains(needed), "{needed} was not looked at");
    }
    let pem_line = clerk_testing::mint::TestKey::FIRST
        .public_pem()
        .lines()
        .nth(1);
    for secret in ["s3cr3t", "eyJ", pem_line.unwrap()] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}
