//! Machine tokens that are JWTs.

use clerk_tokens::{M2mClaims, OAuthClaims};

use super::token::{M2mToken, MachineTokenFacts, OAuthAccessToken, OAuthActor};

pub(crate) fn from_m2m(claims: M2mClaims) -> M2mToken {
    let facts = MachineTokenFacts {
        id: claims.id().to_owned(),
        subject: claims.subject().to_owned(),
        scopes: claims.scopes(),
        expires_at_ms: claims.expires_at_ms(),
        created_at_ms: claims.issued_at_ms(),
        updated_at_ms: claims.issued_at_ms(),
    };
    M2mToken::with_payload(facts, claims)
}

pub(crate) fn from_oauth(claims: &OAuthClaims) -> OAuthAccessToken {
    OAuthAccessToken {
        facts: MachineTokenFacts {
            id: claims.id().to_owned(),
            subject: claims.subject().to_owned(),
            scopes: claims.scopes(),
            expires_at_ms: claims.expires_at_ms(),
            created_at_ms: claims.issued_at_ms(),
            updated_at_ms: claims.issued_at_ms(),
        },
        client_id: claims.client_id().to_owned(),
        kind: Some("oauth_token".to_owned()),
        // An empty list is not the same as none.
        audience: claims.claims().claim_json("aud").map(|_| claims.audience()),
        actor: claims.actor().map(OAuthActor::from),
    }
}
