//! The names both sides must share.

use clerk_core::constants::{cookies, headers, query, states, synced, token_types};
use clerk_errors::{
    MachineTokenVerificationCode as Code, TokenVerificationAction as Action,
    TokenVerificationReason as Reason,
};
use serde_json::{Value, json};

use crate::outcome::Outcome;
use crate::vector::{Context, Vector};

pub(super) fn constants(_: &Context, _: &Vector) -> Outcome {
    Outcome::Ok(json!({
        "Cookies": {
            "Session": cookies::SESSION,
            "Refresh": cookies::REFRESH,
            "ClientUat": cookies::CLIENT_UAT,
            "Handshake": cookies::HANDSHAKE,
            "DevBrowser": cookies::DEV_BROWSER,
            "RedirectCount": cookies::REDIRECT_COUNT,
            "HandshakeNonce": cookies::HANDSHAKE_NONCE,
        },
        "Headers": header_names(),
        "QueryParameters": {
            "ClerkSynced": query::SYNCED,
            "SuffixedCookies": query::SUFFIXED_COOKIES,
            "ClerkRedirectUrl": query::CLERK_REDIRECT_URL,
            "DevBrowser": query::DEV_BROWSER,
            "Handshake": query::HANDSHAKE,
            "HandshakeHelp": query::HANDSHAKE_HELP,
            "LegacyDevBrowser": query::LEGACY_DEV_BROWSER,
            "HandshakeReason": query::HANDSHAKE_REASON,
            "HandshakeNonce": query::HANDSHAKE_NONCE,
            "HandshakeFormat": query::HANDSHAKE_FORMAT,
            "Session": query::SESSION,
        },
        "ClerkSyncStatus": { "NeedsSync": synced::NEEDS_SYNC, "Completed": synced::COMPLETED },
        "TokenType": {
            "SessionToken": token_types::SESSION,
            "ApiKey": token_types::API_KEY,
            "M2MToken": token_types::M2M,
            "OAuthToken": token_types::OAUTH,
        },
        "AuthStatus": {
            "SignedIn": states::SIGNED_IN,
            "SignedOut": states::SIGNED_OUT,
            "Handshake": states::HANDSHAKE,
        },
        "TokenVerificationErrorReason": reasons(),
        "TokenVerificationErrorAction": {
            "ContactSupport": Action::ContactSupport.as_str(),
            "EnsureClerkJWT": Action::EnsureClerkJwt.as_str(),
            "SetClerkJWTKey": Action::SetClerkJwtKey.as_str(),
            "SetClerkSecretKey": Action::SetClerkSecretKey.as_str(),
            "EnsureClockSync": Action::EnsureClockSync.as_str(),
        },
        "MachineTokenVerificationErrorCode": {
            "TokenInvalid": Code::TokenInvalid.as_str(),
            "InvalidSecretKey": Code::SecretKeyInvalid.as_str(),
            "UnexpectedError": Code::UnexpectedError.as_str(),
            "TokenVerificationFailed": Code::TokenVerificationFailed.as_str(),
        },
    }))
}

/// Names of properties that middlewares hang on JavaScript's request objects, a media type, and the one code that
/// belongs to loading keys: nothing of that is a constant here.
pub(super) fn without_what_has_no_counterpart(outcome: &mut Value) {
    if let Some(Value::Object(constants)) = outcome.get_mut("ok") {
        for group in ["Attributes", "ContentTypes", "TokenVerificationErrorCode"] {
            constants.remove(group);
        }
    }
}

fn header_names() -> Value {
    json!({
        "Accept": headers::ACCEPT,
        "AuthMessage": headers::AUTH_MESSAGE,
        "Authorization": headers::AUTHORIZATION,
        "AuthReason": headers::AUTH_REASON,
        "AuthSignature": headers::AUTH_SIGNATURE,
        "AuthStatus": headers::AUTH_STATUS,
        "AuthToken": headers::AUTH_TOKEN,
        "CacheControl": headers::CACHE_CONTROL,
        "ClerkRedirectTo": headers::CLERK_REDIRECT_TO,
        "ClerkRequestData": headers::CLERK_REQUEST_DATA,
        "ClerkUrl": headers::CLERK_URL,
        "CloudFrontForwardedProto": headers::CLOUDFRONT_FORWARDED_PROTO,
        "ContentType": headers::CONTENT_TYPE,
        "ContentSecurityPolicy": headers::CONTENT_SECURITY_POLICY,
        "ContentSecurityPolicyReportOnly": headers::CONTENT_SECURITY_POLICY_REPORT_ONLY,
        "EnableDebug": headers::ENABLE_DEBUG,
        "ForwardedHost": headers::FORWARDED_HOST,
        "ForwardedPort": headers::FORWARDED_PORT,
        "ForwardedProto": headers::FORWARDED_PROTO,
        "Host": headers::HOST,
        "Location": headers::LOCATION,
        "Nonce": headers::NONCE,
        "Origin": headers::ORIGIN,
        "Referrer": headers::REFERRER,
        "SecFetchDest": headers::SEC_FETCH_DEST,
        "SecFetchSite": headers::SEC_FETCH_SITE,
        "UserAgent": headers::USER_AGENT,
        "ReportingEndpoints": headers::REPORTING_ENDPOINTS,
    })
}

fn reasons() -> Value {
    json!({
        "TokenExpired": Reason::TokenExpired.as_str(),
        "TokenInvalid": Reason::TokenInvalid.as_str(),
        "TokenInvalidAlgorithm": Reason::TokenInvalidAlgorithm.as_str(),
        "TokenInvalidAuthorizedParties": Reason::TokenInvalidAuthorizedParties.as_str(),
        "TokenInvalidIssuer": Reason::TokenInvalidIssuer.as_str(),
        "TokenInvalidSignature": Reason::TokenInvalidSignature.as_str(),
        "TokenNotActiveYet": Reason::TokenNotActiveYet.as_str(),
        "TokenIatInTheFuture": Reason::TokenIatInTheFuture.as_str(),
        "TokenVerificationFailed": Reason::TokenVerificationFailed.as_str(),
        "InvalidSecretKey": Reason::SecretKeyInvalid.as_str(),
        "LocalJWKMissing": Reason::LocalJwkMissing.as_str(),
        "RemoteJWKFailedToLoad": Reason::RemoteJwkFailedToLoad.as_str(),
        "RemoteJWKInvalid": Reason::RemoteJwkInvalid.as_str(),
        "RemoteJWKMissing": Reason::RemoteJwkMissing.as_str(),
        "JWKFailedToResolve": Reason::JwkFailedToResolve.as_str(),
        "JWKKidMismatch": Reason::JwkKidMismatch.as_str(),
    })
}
