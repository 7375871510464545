//! How each recorded function is replayed with this workspace: one table, one file per area.

mod api_client;
mod auth_objects;
mod auth_states;
mod authenticate;
mod constants;
mod jwt;
mod keys;
mod machine;
mod remote_keys;
pub(crate) mod requests;
mod token_options;
pub(crate) mod webhooks;

use serde_json::Value;

use crate::outcome::Outcome;
use crate::vector::{Context, Vector};

/// How the vectors of one function are replayed.
pub struct Adapter {
    /// The family of the vectors.
    pub family: &'static str,
    /// Their function.
    pub function: &'static str,
    /// Performs the call and reports what came of it.
    pub replay: fn(&Context, &Vector) -> Outcome,
    /// Takes out of an outcome (`{"ok": …}` or `{"err": …}`) what is there for information only.
    pub informational: Option<fn(&mut Value)>,
}

impl Adapter {
    /// An adapter whose outcomes are compared in full.
    pub const fn new(
        family: &'static str,
        function: &'static str,
        replay: fn(&Context, &Vector) -> Outcome,
    ) -> Self {
        Self {
            family,
            function,
            replay,
            informational: None,
        }
    }
}

/// All adapters. A function without one is reported as not replayed.
pub const TABLE: &[Adapter] = &[
    Adapter::new("jwt", "decodeJwt", jwt::decode),
    Adapter::new("jwt", "verifyJwt", jwt::verify),
    Adapter::new("jwt", "hasValidSignature", jwt::has_signature),
    Adapter {
        informational: Some(jwt::signed_values),
        ..Adapter::new("jwt", "signJwt", jwt::sign)
    },
    Adapter::new("verify_token", "verifyToken", jwt::verify_session_token),
    Adapter::new("jwks_cache", "sequence", remote_keys::sequence),
    Adapter::new("machine_tokens", "isMachineToken", machine::is_machine),
    Adapter::new(
        "machine_tokens",
        "isMachineTokenByPrefix",
        machine::is_machine_by_prefix,
    ),
    Adapter::new("machine_tokens", "verifyMachineAuthToken", machine::verify),
    Adapter::new(
        "machine_tokens",
        "isTokenTypeAccepted",
        machine::is_accepted,
    ),
    Adapter::new("auth_objects", "has", auth_objects::has),
    Adapter::new("auth_objects", "authObject", auth_objects::auth_object),
    Adapter::new(
        "auth_objects",
        "authenticatedMachineObject",
        auth_states::authenticated_machine,
    ),
    Adapter::new(
        "auth_objects",
        "unauthenticatedMachineObject",
        auth_states::unauthenticated_machine,
    ),
    Adapter::new(
        "auth_objects",
        "signedOutAuthObject",
        auth_states::signed_out,
    ),
    Adapter::new(
        "auth_objects",
        "invalidTokenAuthObject",
        auth_states::invalid_token,
    ),
    Adapter::new(
        "auth_objects",
        "getAuthObjectForAcceptedToken",
        auth_states::for_accepted,
    ),
    Adapter::new(
        "auth_objects",
        "reverificationErrorResponse",
        auth_states::reverification,
    ),
    Adapter::new(
        "auth_objects",
        "stripPrivateDataFromObject",
        auth_states::strip_private_data,
    ),
    Adapter::new("auth_objects", "getToken", remote_keys::get_token),
    Adapter::new(
        "auth_objects",
        "createBootstrapSignedOutState",
        auth_states::bootstrap,
    ),
    Adapter::new(
        "auth_objects",
        "decorateObjectWithResources",
        auth_states::decorate,
    ),
    Adapter::new("auth_objects", "splitByScope", auth_objects::split),
    Adapter::new(
        "auth_objects",
        "parsePermissions",
        auth_objects::parse_permissions,
    ),
    Adapter::new(
        "auth_objects",
        "validateReverificationConfig",
        auth_objects::validate_reverification,
    ),
    Adapter {
        informational: Some(authenticate::informational),
        ..Adapter::new(
            "authenticate_request",
            "authenticateRequest",
            authenticate::authenticate_request,
        )
    },
    Adapter::new("urls_and_keys", "createRedirect", requests::redirect),
    Adapter::new(
        "urls_and_keys",
        "createClerkRequest",
        requests::clerk_request,
    ),
    Adapter::new("urls_and_keys", "match", requests::matches),
    Adapter::new("urls_and_keys", "createPathMatcher", requests::path_matcher),
    Adapter::new("urls_and_keys", "normalizePath", requests::normalize),
    Adapter::new("urls_and_keys", "parsePublishableKey", keys::parse),
    Adapter::new(
        "urls_and_keys",
        "isPublishableKey",
        keys::is_publishable_key,
    ),
    Adapter::new(
        "urls_and_keys",
        "isDevelopmentFromPublishableKey",
        keys::is_development_publishable,
    ),
    Adapter::new(
        "urls_and_keys",
        "isProductionFromPublishableKey",
        keys::is_production_publishable,
    ),
    Adapter::new(
        "urls_and_keys",
        "isDevelopmentFromSecretKey",
        keys::is_development_secret,
    ),
    Adapter::new(
        "urls_and_keys",
        "isProductionFromSecretKey",
        keys::is_production_secret,
    ),
    Adapter::new("urls_and_keys", "getCookieSuffix", keys::cookie_suffix),
    Adapter::new("urls_and_keys", "apiUrlFromPublishableKey", keys::api_url),
    Adapter::new(
        "urls_and_keys",
        "buildAccountsBaseUrl",
        keys::accounts_base_url,
    ),
    Adapter::new("urls_and_keys", "buildPublishableKey", keys::build),
    Adapter::new("urls_and_keys", "publishableKeyFromHost", keys::from_host),
    Adapter::new(
        "urls_and_keys",
        "isLegacyDevAccountPortalOrigin",
        keys::is_legacy_portal,
    ),
    Adapter::new(
        "urls_and_keys",
        "isCurrentDevAccountPortalOrigin",
        keys::is_current_portal,
    ),
    Adapter::new(
        "urls_and_keys",
        "isDevOrStagingUrl",
        keys::is_dev_or_staging,
    ),
    Adapter::new(
        "urls_and_keys",
        "getAutoProxyUrlFromEnvironment",
        keys::auto_proxy,
    ),
    Adapter {
        informational: Some(constants::without_what_has_no_counterpart),
        ..Adapter::new("urls_and_keys", "constants", constants::constants)
    },
    Adapter::new("machine_tokens", "client", api_client::verify),
    Adapter::new("api_client", "client", api_client::verify),
    Adapter::new("webhooks", "verifyWebhook", webhooks::verify_webhook),
];

pub(crate) fn find(family: &str, function: &str) -> Option<&'static Adapter> {
    let mut table = TABLE.iter();
    table.find(|adapter| adapter.family == family && adapter.function == function)
}
