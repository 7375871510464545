//! Machine tokens that are JWTs.

use clerk_tokens::{M2mClaims, OAuthClaims};

use super::token::{M2mToken, MachineTokenFacts, OAuthAccessToken, OAuthActor};

pub(crate) fn from_m2m(claims: &M2mClaims) -> M2mToken {
    M2mToken {
        facts: MachineTokenFacts {
            id: claims.id().to_owned(),
            subject: claims.subject().to_owned(),
            scopes: claims.scopes(),
            expires_at_ms: claims.expires_at_ms(),
            created_at_ms: claims.issued_at_ms(),
            updated_at_ms: claims.issued_at_ms(),
        },
        // Claims that are nested too deeply to be read are none.
        claims: claims.custom_claims().ok().flatten(),
    }
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
