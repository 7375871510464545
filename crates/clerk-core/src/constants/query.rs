//! Names of query parameters.

/// The token of a browser in development.
pub const DEV_BROWSER: &str = "__clerk_db_jwt";
/// The old name of [`DEV_BROWSER`].
pub const LEGACY_DEV_BROWSER: &str = "__dev_session";
/// The answer of a handshake.
pub const HANDSHAKE: &str = "__clerk_handshake";
/// The number under which the answer of a handshake can be fetched.
pub const HANDSHAKE_NONCE: &str = "__clerk_handshake_nonce";
/// What to show when a handshake fails.
pub const HANDSHAKE_HELP: &str = "__clerk_help";
/// Whether a satellite is in sync; see [`synced`](super::synced).
pub const SYNCED: &str = "__clerk_synced";
/// Where the primary domain sends the browser after a sync.
pub const CLERK_REDIRECT_URL: &str = "__clerk_redirect_url";
/// Why a handshake was started.
pub const HANDSHAKE_REASON: &str = "__clerk_hs_reason";
/// The session token.
pub const SESSION: &str = "__session";
/// Whether cookies with suffix are in use.
pub const SUFFIXED_COOKIES: &str = "suffixed_cookies";
/// How a handshake answers.
pub const HANDSHAKE_FORMAT: &str = "format";
/// Where to go afterwards.
pub const REDIRECT_URL: &str = "redirect_url";
/// The version of the API's behaviour.
pub const CLERK_API_VERSION: &str = "__clerk_api_version";
/// The organization to activate.
pub const ORGANIZATION_ID: &str = "organization_id";
