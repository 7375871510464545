//! Names of headers, in lower case.

/// Why a request is not signed in, in words.
pub const AUTH_MESSAGE: &str = "x-clerk-auth-message";
/// Why a request is not signed in.
pub const AUTH_REASON: &str = "x-clerk-auth-reason";
/// How a request is authenticated.
pub const AUTH_STATUS: &str = "x-clerk-auth-status";
/// The token of an authenticated request, between processes of one application.
pub const AUTH_TOKEN: &str = "x-clerk-auth-token";
/// The signature of [`AUTH_TOKEN`].
pub const AUTH_SIGNATURE: &str = "x-clerk-auth-signature";
/// The public URL of a request, between processes of one application.
pub const CLERK_URL: &str = "x-clerk-clerk-url";
/// Switches debugging on.
pub const ENABLE_DEBUG: &str = "x-clerk-debug";
/// Where a client-side router should go.
pub const CLERK_REDIRECT_TO: &str = "x-clerk-redirect-to";
/// Encrypted data between processes of one application.
pub const CLERK_REQUEST_DATA: &str = "x-clerk-request-data";

/// `accept`
pub const ACCEPT: &str = "accept";
/// `authorization`
pub const AUTHORIZATION: &str = "authorization";
/// The scheme a CloudFront distribution was called with.
pub const CLOUDFRONT_FORWARDED_PROTO: &str = "cloudfront-forwarded-proto";
/// `cookie`
pub const COOKIE: &str = "cookie";
/// The host a proxy was called with.
pub const FORWARDED_HOST: &str = "x-forwarded-host";
/// The port a proxy was called on.
pub const FORWARDED_PORT: &str = "x-forwarded-port";
/// The scheme a proxy was called with.
pub const FORWARDED_PROTO: &str = "x-forwarded-proto";
/// `host`
pub const HOST: &str = "host";
/// The nonce of a content security policy.
pub const NONCE: &str = "x-nonce";
/// `origin`
pub const ORIGIN: &str = "origin";
/// `referer`
pub const REFERRER: &str = "referer";
/// What a browser wants the answer for.
pub const SEC_FETCH_DEST: &str = "sec-fetch-dest";
/// How the site that caused a request relates to this one.
pub const SEC_FETCH_SITE: &str = "sec-fetch-site";
/// `user-agent`
pub const USER_AGENT: &str = "user-agent";

/// `cache-control`
pub const CACHE_CONTROL: &str = "cache-control";
/// `content-security-policy`
pub const CONTENT_SECURITY_POLICY: &str = "content-security-policy";
/// `content-security-policy-report-only`
pub const CONTENT_SECURITY_POLICY_REPORT_ONLY: &str = "content-security-policy-report-only";
/// `content-type`
pub const CONTENT_TYPE: &str = "content-type";
/// `location`
pub const LOCATION: &str = "location";
/// The endpoints a browser reports to.
pub const REPORTING_ENDPOINTS: &str = "reporting-endpoints";
