use super::{cookies, headers, query, states, synced, token_types};

// covers: CST-1, CST-2, CST-3, CST-4, CST-5, CST-6, CST-7, CST-8, CST-9, CST-10, CST-11, CST-12, CST-13
#[test]
fn names_and_values() {
    assert_eq!(super::API_URL, "https://api.clerk.com");
    assert_eq!(super::API_VERSION, "v1");
    assert_eq!(super::SUPPORTED_API_VERSION, "2026-05-12");
    assert_eq!(
        super::USER_AGENT.split_once('@'),
        Some(("clerk-backend", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(super::JWKS_CACHE_SECONDS, 300);
    assert_eq!(super::CLOCK_SKEW_MS, 5000);
    for (name, expected) in [
        (cookies::SESSION, "__session"),
        (cookies::REFRESH, "__refresh"),
        (cookies::CLIENT_UAT, "__client_uat"),
        (cookies::DEV_BROWSER, "__clerk_db_jwt"),
        (cookies::HANDSHAKE, "__clerk_handshake"),
        (cookies::HANDSHAKE_NONCE, "__clerk_handshake_nonce"),
        (cookies::REDIRECT_COUNT, "__clerk_redirect_count"),
        (query::DEV_BROWSER, "__clerk_db_jwt"),
        (query::LEGACY_DEV_BROWSER, "__dev_session"),
        (query::HANDSHAKE, "__clerk_handshake"),
        (query::HANDSHAKE_NONCE, "__clerk_handshake_nonce"),
        (query::HANDSHAKE_HELP, "__clerk_help"),
        (query::SYNCED, "__clerk_synced"),
        (query::CLERK_REDIRECT_URL, "__clerk_redirect_url"),
        (query::HANDSHAKE_REASON, "__clerk_hs_reason"),
        (query::SESSION, "__session"),
        (query::SUFFIXED_COOKIES, "suffixed_cookies"),
        (query::HANDSHAKE_FORMAT, "format"),
        (query::REDIRECT_URL, "redirect_url"),
        (query::CLERK_API_VERSION, "__clerk_api_version"),
        (query::ORGANIZATION_ID, "organization_id"),
        (synced::NEEDS_SYNC, "false"),
        (synced::COMPLETED, "true"),
        (headers::AUTH_MESSAGE, "x-clerk-auth-message"),
        (headers::AUTH_REASON, "x-clerk-auth-reason"),
        (headers::AUTH_STATUS, "x-clerk-auth-status"),
        (headers::AUTH_TOKEN, "x-clerk-auth-token"),
        (headers::AUTH_SIGNATURE, "x-clerk-auth-signature"),
        (headers::CLERK_URL, "x-clerk-clerk-url"),
        (headers::ENABLE_DEBUG, "x-clerk-debug"),
        (headers::CLERK_REDIRECT_TO, "x-clerk-redirect-to"),
        (headers::CLERK_REQUEST_DATA, "x-clerk-request-data"),
        (headers::ACCEPT, "accept"),
        (headers::AUTHORIZATION, "authorization"),
        (
            headers::CLOUDFRONT_FORWARDED_PROTO,
            "cloudfront-forwarded-proto",
        ),
        (headers::COOKIE, "cookie"),
        (headers::FORWARDED_HOST, "x-forwarded-host"),
        (headers::FORWARDED_PORT, "x-forwarded-port"),
        (headers::FORWARDED_PROTO, "x-forwarded-proto"),
        (headers::HOST, "host"),
        (headers::NONCE, "x-nonce"),
        (headers::ORIGIN, "origin"),
        (headers::REFERRER, "referer"),
        (headers::SEC_FETCH_DEST, "sec-fetch-dest"),
        (headers::SEC_FETCH_SITE, "sec-fetch-site"),
        (headers::USER_AGENT, "user-agent"),
        (token_types::SESSION, "session_token"),
        (token_types::API_KEY, "api_key"),
        (token_types::M2M, "m2m_token"),
        (token_types::OAUTH, "oauth_token"),
        (states::SIGNED_IN, "signed-in"),
        (states::SIGNED_OUT, "signed-out"),
        (states::HANDSHAKE, "handshake"),
    ] {
        assert_eq!(name, expected);
    }
}
