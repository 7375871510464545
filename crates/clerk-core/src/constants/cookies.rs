//! Names of cookies, without suffix.

/// The session token.
pub const SESSION: &str = "__session";
/// The refresh token.
pub const REFRESH: &str = "__refresh";
/// When the browser's sign-in state last changed, in seconds since the Unix epoch.
pub const CLIENT_UAT: &str = "__client_uat";
/// The token of a browser in development.
pub const DEV_BROWSER: &str = "__clerk_db_jwt";
/// The answer of a handshake.
pub const HANDSHAKE: &str = "__clerk_handshake";
/// The number under which the answer of a handshake can be fetched.
pub const HANDSHAKE_NONCE: &str = "__clerk_handshake_nonce";
/// How many handshakes in a row there were.
pub const REDIRECT_COUNT: &str = "__clerk_redirect_count";
