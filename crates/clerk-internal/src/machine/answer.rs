//! What Clerk answers about an opaque machine token, looked into before it is believed.

use clerk_errors::{MachineTokenVerificationCode, MachineTokenVerificationError};
use serde_json::{Map, Value};

use super::token::{
    ApiKey, M2mToken, MachineToken, MachineTokenFacts, OAuthAccessToken, OAuthActor,
};
use crate::token_type::MachineTokenType;

/// Reads a successful answer.
///
/// # Errors
///
/// `token-invalid` if the answer says that the token is revoked, expired or inactive, or does not say what it
/// stands for; `unexpected-error` if it is not an answer of this kind.
pub fn read_answer(
    token_type: MachineTokenType,
    answer: &Value,
    now_ms: i64,
) -> Result<MachineToken, MachineTokenVerificationError> {
    let Some(members) = answer.as_object() else {
        return Err(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::UnexpectedError,
            "Clerk's answer about the token is not an object.",
        ));
    };
    let facts = facts(token_type, members);
    // TOK-25.
    let is_set = |name: &str| {
        members
            .get(name)
            .is_some_and(|value| value != &Value::Bool(false) && !value.is_null())
    };
    let refusal = if members.get("active") == Some(&Value::Bool(false)) {
        Some("The token is not active.")
    } else if is_set("revoked") {
        Some("The token has been revoked.")
    } else if is_set("expired") || facts.expires_at_ms.is_some_and(|at| at <= now_ms) {
        Some("The token has expired.")
    } else if facts.id.is_empty() || facts.subject.is_empty() {
        Some("Clerk's answer does not say what the token stands for.")
    } else {
        None
    };
    if let Some(message) = refusal {
        return Err(MachineTokenVerificationError::new(
            MachineTokenVerificationCode::TokenInvalid,
            message,
        ));
    }
    Ok(match token_type {
        MachineTokenType::ApiKey => MachineToken::ApiKey(ApiKey {
            kind: text(members, "type"),
            name: text(members, "name").unwrap_or_default(),
            claims: object(members, "claims"),
            created_by: text(members, "created_by"),
            description: text(members, "description"),
            last_used_at_ms: integer(members, "last_used_at"),
            facts,
        }),
        MachineTokenType::M2m => {
            MachineToken::M2m(M2mToken::with_claims(facts, object(members, "claims")))
        }
        MachineTokenType::OAuth => MachineToken::OAuth(OAuthAccessToken {
            client_id: text(members, "client_id").unwrap_or_default(),
            kind: text(members, "type"),
            audience: members.get("aud").and_then(super::strict_text_list),
            actor: members.get("act").and_then(OAuthActor::read),
            facts,
        }),
    })
}

fn facts(token_type: MachineTokenType, members: &Map<String, Value>) -> MachineTokenFacts {
    // TOK-44: for OAuth tokens the API gives seconds, for the others milliseconds.
    let unit = match token_type {
        MachineTokenType::OAuth => 1000,
        MachineTokenType::ApiKey | MachineTokenType::M2m => 1,
    };
    let time = |name: &str| integer(members, name).map(|time| time.saturating_mul(unit));
    MachineTokenFacts {
        id: text(members, "id").unwrap_or_default(),
        subject: text(members, "subject").unwrap_or_default(),
        scopes: members
            .get("scopes")
            .and_then(super::text_list)
            .unwrap_or_default(),
        expires_at_ms: time("expiration"),
        created_at_ms: time("created_at"),
        updated_at_ms: time("updated_at"),
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().map(str::to_owned)
}

fn integer(members: &Map<String, Value>, name: &str) -> Option<i64> {
    members.get(name)?.as_i64()
}

fn object(members: &Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    members.get(name)?.as_object().cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_774_000_000_250;

    fn code(token_type: MachineTokenType, answer: &Value) -> Option<&'static str> {
        read_answer(token_type, answer, NOW)
            .err()
            .map(|error| error.code().as_str())
    }

    // covers: TOK-25
    #[test]
    fn a_token_that_is_no_longer_good_is_refused_although_the_answer_succeeds() {
        use MachineTokenType::{ApiKey, M2m, OAuth};

        let good = json!({"id": "x_1", "subject": "user_1", "revoked": false, "expired": false, "expiration": null});
        for token_type in [ApiKey, M2m, OAuth] {
            assert_eq!(code(token_type, &good), None);
            for (name, value) in [
                ("revoked", json!(true)),
                ("expired", json!(true)),
                ("revoked", json!("yes")),
                ("active", json!(false)),
                ("expiration", json!(1_774_000_000)),
                ("id", json!("")),
                ("id", json!(null)),
                ("subject", json!(7)),
            ] {
                let mut bad = good.clone();
                bad[name] = value;
                assert_eq!(code(token_type, &bad), Some("token-invalid"), "{name}");
            }
            assert_eq!(
                code(token_type, &json!({"active": false})),
                Some("token-invalid")
            );
            assert_eq!(code(token_type, &json!("text")), Some("unexpected-error"));
            assert_eq!(code(token_type, &json!(null)), Some("unexpected-error"));
        }
        let mut later = good.clone();
        later["expiration"] = json!(NOW + 1);
        assert_eq!(code(ApiKey, &later), None);
        later["expiration"] = json!(NOW);
        assert_eq!(code(ApiKey, &later), Some("token-invalid"));
        later["expiration"] = json!(1_774_000_001);
        assert_eq!(code(OAuth, &later), None);
    }

    // covers: TOK-41, TOK-43, TOK-44
    #[test]
    fn an_oauth_answer_is_read_with_its_times_in_milliseconds() {
        let answer = json!({
            "id": "oat_1", "subject": "user_1", "client_id": "client_1", "type": "oauth:access_token",
            "scopes": ["read"], "created_at": 1_774_000_000, "updated_at": 1_774_000_001, "expiration": 1_774_000_100,
            "aud": "https://api.example", "act": {"sub": "a", "act": {"sub": "b", "act": {"sub": "c"}}},
        });
        let MachineToken::OAuth(token) =
            read_answer(MachineTokenType::OAuth, &answer, NOW).unwrap()
        else {
            panic!("not an OAuth token");
        };
        assert_eq!(token.facts.created_at_ms, Some(1_774_000_000_000));
        assert_eq!(token.facts.updated_at_ms, Some(1_774_000_001_000));
        assert_eq!(token.facts.expires_at_ms, Some(1_774_000_100_000));
        assert_eq!(
            token.audience.as_deref(),
            Some(&["https://api.example".to_owned()][..])
        );
        let actor = token.actor.unwrap();
        let nested = actor.actor.unwrap();
        assert_eq!(
            (actor.subject.as_str(), nested.subject.as_str()),
            ("a", "b")
        );
        assert!(nested.actor.is_none());
        for malformed in [
            json!("a"),
            json!({}),
            json!({"sub": 1}),
            json!({"sub": "a", "iss": 1}),
        ] {
            assert_eq!(OAuthActor::read(&malformed), None, "{malformed}");
        }
    }
}
