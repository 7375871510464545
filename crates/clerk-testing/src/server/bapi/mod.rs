//! The Backend API.

mod agent_tasks;
mod connections;
mod contacts;
mod directories;
mod instance;
mod instance_settings;
mod invitations;
mod machine_tokens;
mod machines;
mod members;
mod message_templates;
mod org_domains;
mod organizations;
mod records;
mod role_sets;
mod roles;
mod sessions;
mod templates;
mod tickets;
mod user_list;
mod users;

use super::call::{Call, unknown_route};
use super::failure::{Failure, Outcome};
use super::http::Reply;

/// Collections that are also called without `/v1`.
const UNVERSIONED: [&str; 3] = ["m2m_tokens", "api_keys", "oauth_applications"];

pub(crate) fn route(call: &mut Call<'_>) -> Outcome<Reply> {
    let segments = call.request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let path = match segments.as_slice() {
        ["v1", path @ ..] => path,
        path if path
            .first()
            .is_some_and(|first| UNVERSIONED.contains(first)) =>
        {
            path
        }
        _ => return Err(unknown_route()),
    };
    limit_rate(call)?;
    authenticate(call, path)?;
    match path.first().copied().unwrap_or_default() {
        "users" => match path {
            ["users"] if call.method() == "GET" => user_list::list(call),
            ["users", "count"] => user_list::count(call),
            _ => users::route(call, path),
        },
        "email_addresses" | "phone_numbers" => contacts::route(call, path),
        "sessions" | "clients" => sessions::route(call, path),
        "organizations" => match path {
            ["organizations", _, "memberships" | "invitations", ..] => members::route(call, path),
            ["organizations", _, "domains", ..] => org_domains::route(call, path),
            _ => organizations::route(call, path),
        },
        "organization_memberships" | "organization_invitations" => members::route(call, path),
        "organization_domains" => org_domains::route(call, path),
        "role_sets" => role_sets::route(call, path),
        "templates" => message_templates::route(call, path),
        "directories" | "scim_directories" => directories::route(call, path),
        "enterprise_connections" => connections::route(call, path),
        "beta_features" | "proxy_checks" => instance_settings::route(call, path),
        "organization_roles" | "organization_permissions" => roles::route(call, path),
        "invitations" => invitations::route(call, path),
        "allowlist_identifiers" | "blocklist_identifiers" => invitations::lists(call, path),
        "sign_in_tokens" | "actor_tokens" | "testing_tokens" => tickets::route(call, path),
        "agents" => agent_tasks::route(call, path),
        "machines" => machines::route(call, path),
        "m2m_tokens" | "api_keys" => machine_tokens::route(call, path),
        "jwt_templates" => templates::route(call, path),
        "oauth_applications" | "redirect_urls" | "domains" | "waitlist_entries" => {
            records::route(call, path)
        }
        _ => instance::route(call, path),
    }
}

/// The bearer token of the request.
fn bearer<'a>(call: &'a Call<'_>) -> Option<&'a str> {
    call.request
        .header("authorization")?
        .strip_prefix("Bearer ")
}

/// Who calls: the instance's secret key, or where machines may call, a machine's.
fn authenticate(call: &Call<'_>, path: &[&str]) -> Outcome<()> {
    if matches!(path, ["accountless_applications", ..]) {
        return Ok(());
    }
    let Some(key) = bearer(call) else {
        return Err(Failure::new(
            401,
            "authorization_header_missing",
            "the Authorization header is missing",
        ));
    };
    let is_secret_key = same_text(key, &call.world.secret_key);
    let is_machine = || {
        call.state
            .store
            .machines
            .values()
            .any(|machine| same_text(key, &machine.secret_key))
    };
    if is_secret_key || (matches!(path, ["m2m_tokens", ..]) && is_machine()) {
        return Ok(());
    }
    Err(Failure::new(
        401,
        "clerk_key_invalid",
        "the secret key is not the one of this offline Clerk",
    ))
}

/// Compares by digest, so that the time says nothing about where texts differ.
fn same_text(a: &str, b: &str) -> bool {
    use clerk_core::crypto::sha256;
    sha256(a.as_bytes()) == sha256(b.as_bytes())
}

/// Ten seconds, in milliseconds: the window of the rate limit.
const RATE_WINDOW_MS: i64 = 10_000;

fn limit_rate(call: &mut Call<'_>) -> Outcome<()> {
    let Some(limit) = call.world.settings.rate_limit else {
        return Ok(());
    };
    let (start, count) = call.state.rate_window;
    let now = call.now;
    if !(start..start.saturating_add(RATE_WINDOW_MS)).contains(&now) {
        call.state.rate_window = (now, 1);
        return Ok(());
    }
    if count >= limit {
        let left_ms = start.saturating_add(RATE_WINDOW_MS).saturating_sub(now);
        let mut failure =
            Failure::new(429, "too_many_requests", "too many requests in ten seconds");
        failure.retry_after_seconds = u64::try_from(left_ms).ok().map(|ms| ms.div_ceil(1000));
        return Err(failure);
    }
    call.state.rate_window = (start, count + 1);
    Ok(())
}
