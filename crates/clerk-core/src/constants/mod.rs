//! Names and values that are part of the contract with Clerk.

pub mod cookies;
pub mod headers;
pub mod query;
#[cfg(test)]
mod tests;

/// Where the Backend API is.
pub const API_URL: &str = "https://api.clerk.com";

/// The version segment in paths of the Backend API.
pub const API_VERSION: &str = "v1";

/// The version of the API's behaviour that this SDK was written for, sent with every call.
pub const SUPPORTED_API_VERSION: &str = "2026-05-12";

/// How this SDK names itself, unless a user agent is configured.
pub const USER_AGENT: &str = concat!("clerk-backend@", env!("CARGO_PKG_VERSION"));

/// How long fetched signing keys are fresh, in seconds.
pub const JWKS_CACHE_SECONDS: u64 = 300;

/// How far clocks may differ, in milliseconds.
pub const CLOCK_SKEW_MS: i64 = 5000;

/// Where the Frontend API proxy is mounted.
pub const PROXY_PATH: &str = "/__clerk";

/// The value of the query parameter `__clerk_synced`.
pub mod synced {
    /// The satellite still has to sync.
    pub const NEEDS_SYNC: &str = "false";
    /// The sync is done.
    pub const COMPLETED: &str = "true";
}

/// What kind of token a request carries.
pub mod token_types {
    /// A session token.
    pub const SESSION: &str = "session_token";
    /// An API key.
    pub const API_KEY: &str = "api_key";
    /// A machine-to-machine token.
    pub const M2M: &str = "m2m_token";
    /// An OAuth access token.
    pub const OAUTH: &str = "oauth_token";
}

/// How a request is authenticated, as the header `x-clerk-auth-status` says.
pub mod states {
    /// Signed in.
    pub const SIGNED_IN: &str = "signed-in";
    /// Signed out.
    pub const SIGNED_OUT: &str = "signed-out";
    /// The browser has to be sent to the Frontend API first.
    pub const HANDSHAKE: &str = "handshake";
}
