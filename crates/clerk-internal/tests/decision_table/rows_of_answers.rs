//! The rows in which Clerk is asked.

use clerk_errors::{TokenVerificationError, TokenVerificationReason};
use clerk_internal::CallFailure;
use clerk_testing::mint::{HandshakeTokenBuilder, M2mTokenBuilder, OAuthTokenBuilder};
use clerk_tokens::TokenType;
use serde_json::{Value, json};

use super::ask::{Ask, NOW, development, live};
use super::rows::{Group, accepting_machines, expired as expired_token, forged, row, session};

fn no_connection<T>() -> Result<T, CallFailure> {
    Err(CallFailure::outage("no connection"))
}

fn refused<T>(status: u16) -> Result<T, CallFailure> {
    Err(CallFailure::answer(status, ""))
}

pub(crate) fn machines() -> Group {
    let m2m = M2mTokenBuilder::new("mch_1").issued_at_ms(NOW);
    let late = m2m.clone().issued_at_ms(NOW - 86_400_000).mint();
    let m2m = m2m.mint();
    let oauth = OAuthTokenBuilder::new("user_1").issued_at_ms(NOW).mint();
    let good = json!({"id": "ak_1", "subject": "user_1"});
    let revoked = json!({"id": "ak_1", "subject": "user_1", "revoked": true});
    let opaque =
        |answer: Result<Value, CallFailure>| accepting_machines().bearer("ak_1").machine(answer);
    Group {
        title: "Machine tokens",
        rows: vec![
            row(
                "no token, and one kind is accepted",
                "REQ-14, ACC-1",
                live().accepts(TokenType::ApiKey),
            )
            .signed_out("No token in header"),
            row(
                "no token, and several kinds are accepted, none of them sessions",
                "REQ-10",
                accepting_machines(),
            )
            .signed_out("token-type-mismatch"),
            row(
                "a session token, and only machine tokens are accepted",
                "REQ-24, ACC-2",
                live().accepts(TokenType::M2m).bearer(&session().mint()),
            )
            .signed_out("token-type-mismatch"),
            row(
                "a machine token of another kind than the one accepted",
                "REQ-25, ACC-4, ACC-5",
                live().accepts(TokenType::M2m).bearer(&oauth),
            )
            .signed_out("token-type-mismatch"),
            row(
                "a good M2M JWT",
                "REQ-27, TOK-11",
                accepting_machines().bearer(&m2m),
            )
            .signed_in(),
            row(
                "a good OAuth JWT",
                "REQ-28, TOK-12",
                accepting_machines().bearer(&oauth),
            )
            .signed_in(),
            row(
                "an expired JWT",
                "REQ-26, TOK-33",
                accepting_machines().bearer(&late),
            )
            .signed_out("token-verification-failed"),
            row(
                "an opaque token that Clerk vouches for",
                "REQ-27, TOK-14",
                opaque(Ok(good)),
            )
            .signed_in(),
            row(
                "an opaque token that Clerk does not know",
                "TOK-24",
                opaque(refused(404)),
            )
            .signed_out("token-invalid"),
            row(
                "an opaque token that is revoked, expired or not active",
                "TOK-25",
                opaque(Ok(revoked)),
            )
            .signed_out("token-invalid"),
            row(
                "a text that can be no token, with a token's beginning",
                "TOK-16",
                accepting_machines().bearer("ak_a.b"),
            )
            .signed_out("token-invalid"),
            row(
                "an opaque token, and nobody can ask Clerk",
                "TOK-24",
                accepting_machines().bearer("ak_1"),
            )
            .signed_out("unexpected-error"),
            row(
                "an opaque token, and Clerk is out of reach, or asks to wait",
                "TOK-26",
                opaque(refused(503)),
            )
            .unavailable("unexpected-error"),
            row(
                "an opaque token, and Clerk refuses the secret key",
                "TOK-24",
                opaque(refused(401)),
            )
            .unavailable("secret-key-invalid"),
        ],
    }
}

pub(crate) fn expired() -> Group {
    let cookies = |token: &str| {
        format!("__session={token}; __client_uat=1773990000; __refresh_naoXFJnI=refresh")
    };
    let old = expired_token();
    let renewable = || live().cookies(&cookies(&old));
    let answered = |answer| renewable().refresh(answer);
    let fresh = |token: &str| Ok(vec![format!("__session={token}; Path=/")]);
    let coded = CallFailure::answer(404, "").with_code("resource_not_found");
    let nameless = session().session_id("").issued_at_ms(NOW - 600_000).mint();
    Group {
        title: "An expired session cookie",
        rows: vec![
            row("there is no refresh cookie", "REF-11", live().session(&old))
                .handshake("session-token-expired-refresh-non-eligible-no-refresh-cookie"),
            row("a form that is sent", "REF-10, ERR-6", renewable().post())
                .signed_out("session-token-expired-refresh-non-eligible-non-get"),
            row("nobody can ask Clerk", "REF-12", renewable())
                .handshake("session-token-expired-refresh-missing-api-client"),
            row(
                "the expired token names no session",
                "REF-13",
                live().cookies(&cookies(&nameless)).refresh(refused(404)),
            )
            .handshake("session-token-expired-refresh-expired-session-token-missing-sid-claim"),
            row(
                "Clerk renews the session",
                "REF-3",
                answered(fresh(&session().mint())),
            )
            .signed_in(),
            row("Clerk is out of reach", "REF-14", answered(no_connection()))
                .handshake("session-token-expired-refresh-fetch-error"),
            row(
                "Clerk refuses with an error code",
                "REF-15",
                answered(Err(coded)),
            )
            .handshake("session-token-expired-refresh-resource_not_found"),
            row(
                "Clerk refuses without an error code",
                "REF-16",
                answered(refused(400)),
            )
            .handshake("session-token-expired-refresh-unexpected-bapi-error"),
            row(
                "Clerk's answer is empty",
                "REF-17",
                answered(Ok(Vec::new())),
            )
            .handshake("session-token-expired-refresh-unexpected-sdk-error"),
            row(
                "Clerk's answer has no good session token",
                "REF-18",
                answered(fresh(&forged())),
            )
            .handshake("session-token-expired-refresh-invalid-session-token"),
        ],
    }
}

pub(crate) fn handshake_returns() -> Group {
    let set = |token: &str| vec![format!("__session={token}; Path=/")];
    let good = || set(&session().mint());
    let by_nonce = |ask: Ask, payload| {
        ask.to("/page?__clerk_handshake_nonce=nonce_1")
            .payload(payload)
    };
    let by_token = |ask: Ask, directives: Vec<String>| {
        let token = HandshakeTokenBuilder::new(directives)
            .issued_at_ms(NOW)
            .mint();
        ask.to(&format!("/page?__clerk_handshake={token}"))
    };
    let bogus = "/page?__clerk_handshake=bogus";
    Group {
        title: "Back from a handshake",
        rows: vec![
            row(
                "a nonce, whose answer holds a session",
                "HS-31, HS-36",
                by_nonce(live(), Ok(good())),
            )
            .signed_in(),
            row(
                "a nonce, whose answer holds none",
                "HS-35",
                by_nonce(live(), Ok(Vec::new())),
            )
            .signed_out("session-token-missing"),
            row(
                "a nonce that Clerk does not know",
                "HS-31",
                by_nonce(live(), refused(404)),
            )
            .signed_out("session-token-missing"),
            row(
                "a nonce, and Clerk is out of reach",
                "HS-31",
                by_nonce(live(), no_connection()),
            )
            .unavailable("unexpected-error"),
            row(
                "a token that holds a session",
                "HS-32, HS-36",
                by_token(live(), good()),
            )
            .signed_in(),
            row(
                "a token that holds a session which is not good",
                "HS-38",
                by_token(live(), set(&forged())),
            )
            .signed_out("session-token-and-uat-missing"),
            row(
                "a token that is not good: the cookies decide",
                "HS-39",
                live().to(bogus),
            )
            .signed_out("session-token-and-uat-missing"),
            row(
                "in development: a token that holds a session",
                "HS-34",
                by_token(development(), good()),
            )
            .signed_in()
            .sent_to("the page, without the parameters"),
            row(
                "in development: a token that holds none",
                "HS-34, HS-35",
                by_token(development(), Vec::new()),
            )
            .signed_out("session-token-missing")
            .sent_to("the page, without the parameters"),
            row(
                "in development: a token that is not good",
                "HS-39",
                development().to(bogus),
            )
            .signed_out("token-invalid"),
        ],
    }
}

pub(crate) fn outages() -> Group {
    let with_keys = |reason, is_outage| {
        let error = TokenVerificationError::new(reason, "no keys");
        let error = if is_outage {
            error.with_outage()
        } else {
            error
        };
        live().bearer(&session().mint()).keys(error)
    };
    Group {
        title: "A session token whose key is not at hand",
        rows: vec![
            row(
                "the keys cannot be loaded, because Clerk is out of reach",
                "JWKS-21, ERR-4",
                with_keys(TokenVerificationReason::RemoteJwkFailedToLoad, true),
            )
            .unavailable("jwk-remote-failed-to-load"),
            row(
                "the keys cannot be loaded, because Clerk refuses the secret key",
                "JWKS-21",
                with_keys(TokenVerificationReason::SecretKeyInvalid, false),
            )
            .unavailable("secret-key-invalid"),
            row(
                "no key of the instance is the token's",
                "JWKS-6",
                with_keys(TokenVerificationReason::JwkKidMismatch, false),
            )
            .signed_out("jwk-kid-mismatch"),
        ],
    }
}
