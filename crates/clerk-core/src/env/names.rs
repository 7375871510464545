//! Names of the variables a backend reads.

/// The secret key of the instance.
pub const SECRET_KEY: &str = "CLERK_SECRET_KEY";
/// The publishable key of the instance.
pub const PUBLISHABLE_KEY: &str = "CLERK_PUBLISHABLE_KEY";
/// The PEM public key for verification without network.
pub const JWT_KEY: &str = "CLERK_JWT_KEY";
/// The secret key of this machine.
pub const MACHINE_SECRET_KEY: &str = "CLERK_MACHINE_SECRET_KEY";
/// The origin of the Backend API.
pub const API_URL: &str = "CLERK_API_URL";
/// The version segment of the Backend API.
pub const API_VERSION: &str = "CLERK_API_VERSION";
/// The secret that webhooks are signed with.
pub const WEBHOOK_SIGNING_SECRET: &str = "CLERK_WEBHOOK_SIGNING_SECRET";
/// Where a proxy for the Frontend API is.
pub const PROXY_URL: &str = "CLERK_PROXY_URL";
/// The domain of a satellite application.
pub const DOMAIN: &str = "CLERK_DOMAIN";
/// Whether this is a satellite application.
pub const IS_SATELLITE: &str = "CLERK_IS_SATELLITE";
/// The application's sign-in page.
pub const SIGN_IN_URL: &str = "CLERK_SIGN_IN_URL";
/// The application's sign-up page.
pub const SIGN_UP_URL: &str = "CLERK_SIGN_UP_URL";
/// The origins that tokens may have been made for, separated by commas.
pub const AUTHORIZED_PARTIES: &str = "CLERK_AUTHORIZED_PARTIES";
/// The origin of the Frontend API for the proxy.
pub const FAPI_URL: &str = "CLERK_FAPI_URL";
/// Switches the automatic proxy off.
pub const DISABLE_AUTO_PROXY: &str = "CLERK_DISABLE_AUTO_PROXY";
/// What a deployment on Vercel is for.
pub const VERCEL_TARGET_ENV: &str = "VERCEL_TARGET_ENV";
/// The host of the production deployment of a project on Vercel.
pub const VERCEL_PROJECT_PRODUCTION_URL: &str = "VERCEL_PROJECT_PRODUCTION_URL";

/// The name of the secret key years ago.
pub const OLD_API_KEY: &str = "CLERK_API_KEY";
/// What came before the publishable key.
pub const OLD_FRONTEND_API: &str = "CLERK_FRONTEND_API";

/// The publishable key as front-end frameworks call it. A backend does not read these, but says so if it finds one of
/// them in place of its own.
pub const FRONT_END_PUBLISHABLE_KEYS: [&str; 5] = [
    "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
    "VITE_CLERK_PUBLISHABLE_KEY",
    "REACT_APP_CLERK_PUBLISHABLE_KEY",
    "EXPO_PUBLIC_CLERK_PUBLISHABLE_KEY",
    "PUBLIC_CLERK_PUBLISHABLE_KEY",
];
