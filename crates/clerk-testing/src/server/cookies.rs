//! The cookies of a browser on the application's host, as `Set-Cookie` values.

use super::call::Call;
use super::store::{Client, Session};

/// One year, in seconds: session cookies outlive their tokens on purpose.
const YEAR: i64 = 31_536_000;

/// One cookie for the application's host.
fn set(name: &str, value: &str, max_age: i64, secure: bool, http_only: bool) -> String {
    let mut cookie = format!("{name}={value}; Path=/; Max-Age={max_age}; SameSite=Lax");
    if http_only {
        cookie.push_str("; HttpOnly");
    }
    if secure {
        cookie.push_str("; Secure");
    }
    cookie
}

/// What a handshake sets. `origin` is that of the page the browser returns to.
pub(super) fn handshake(
    call: &mut Call<'_>,
    client: &Client,
    session: Option<&Session>,
    origin: &str,
    suffixed: bool,
) -> Vec<String> {
    let secure = origin.starts_with("https://");
    let names = call.world.cookies.clone();
    let live = call.world.settings.live_shaped;
    let mut cookies = Vec::new();
    if live {
        // A used nonce that stays would be sent, and refused, with every later request.
        for name in ["__clerk_handshake", "__clerk_handshake_nonce"] {
            cookies.push(set(name, "", 0, secure, true));
        }
    } else {
        let token = client.token.as_deref().unwrap_or_default();
        cookies.push(set("__clerk_db_jwt", token, YEAR, secure, false));
        if suffixed {
            cookies.push(set(names.dev_browser(), token, YEAR, secure, false));
        }
    }
    let Some(session) = session else {
        for name in ["__client_uat", "__session"] {
            let (value, max_age) = if name == "__session" {
                ("", 0)
            } else {
                ("0", YEAR)
            };
            cookies.push(set(name, value, max_age, secure, false));
        }
        if suffixed {
            cookies.push(set(names.client_uat(), "0", YEAR, secure, false));
            cookies.push(set(names.session(), "", 0, secure, false));
            cookies.push(set(names.refresh(), "", 0, secure, true));
        }
        return cookies;
    };
    let since = client.updated_at.div_euclid(1000).to_string();
    cookies.push(set("__client_uat", &since, YEAR, secure, false));
    if suffixed {
        cookies.push(set(names.client_uat(), &since, YEAR, secure, false));
    }
    cookies.extend(signed_in(call, session, Some(origin), suffixed));
    cookies
}

/// What a refresh sets.
pub(super) fn refreshed(
    call: &mut Call<'_>,
    session: &Session,
    origin: Option<&str>,
    suffixed: bool,
) -> Vec<String> {
    signed_in(call, session, origin, suffixed)
}

fn signed_in(
    call: &mut Call<'_>,
    session: &Session,
    origin: Option<&str>,
    suffixed: bool,
) -> Vec<String> {
    let secure = origin.is_some_and(|origin| origin.starts_with("https://"));
    let state = &mut *call.state;
    let token = state
        .issuer
        .session_token(&state.store, session, origin, None, call.now);
    let names = &call.world.cookies;
    let mut cookies = vec![set("__session", &token, YEAR, secure, false)];
    if suffixed {
        cookies.push(set(names.session(), &token, YEAR, secure, false));
        if call.world.settings.refresh_cookies {
            let refresh = state.store.ids.next("refresh_");
            cookies.push(set(names.refresh(), &refresh, YEAR, secure, true));
            state
                .store
                .refresh_tokens
                .insert(session.id.clone(), refresh);
        }
    }
    cookies
}

/// A short-lived cookie that carries a handshake to a live-shaped application on the same host name.
pub(super) fn carrier(name: &str, value: &str, secure: bool) -> String {
    set(name, value, 60, secure, true)
}

/// What a live-shaped Frontend API sets after every change: whether somebody is signed in, and since when.
pub(super) fn client_uat(call: &Call<'_>, client: &Client) -> Vec<String> {
    let mut sessions = client.session_ids.iter();
    let signed_in = sessions.any(|id| call.state.store.live_session(id, call.now).is_ok());
    let since = if signed_in {
        client.updated_at.div_euclid(1000)
    } else {
        0
    }
    .to_string();
    let names = ["__client_uat", call.world.cookies.client_uat()];
    names
        .map(|name| set(name, &since, YEAR, false, false))
        .to_vec()
}

/// The cookie that a live-shaped Frontend API knows the browser by.
pub(super) fn client(token: &str) -> String {
    set("__client", token, YEAR, false, true)
}
