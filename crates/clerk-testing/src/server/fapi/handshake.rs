//! Handshakes: navigations that bring a browser's state to the application's host, and satellites' sync.

use clerk_core::url::Url;

use super::browser::{active_session, known, new_client};
use crate::mint::HandshakeTokenBuilder;
use crate::server::call::Call;
use crate::server::cookies;
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::listen::is_loopback_name;
use crate::server::store::Session;

/// How long a nonce waits for its application, in milliseconds.
const NONCE_LIFETIME_MS: i64 = 60_000;

fn return_url(call: &Call<'_>) -> Outcome<Url> {
    let text = call
        .request
        .query
        .get("redirect_url")
        .ok_or_else(|| Failure::missing_parameter("redirect_url"))?;
    loopback_url(text)
}

/// A page to return to: nothing but loopback, so that no token leaves this machine.
pub(super) fn loopback_url(text: &str) -> Outcome<Url> {
    let url = Url::parse(text)
        .map_err(|_| Failure::invalid_parameter("redirect_url", "is not an http or https URL"))?;
    if is_loopback_name(url.host()) {
        Ok(url)
    } else {
        Err(Failure::new(
            400,
            "redirect_url_not_loopback",
            "the offline Clerk redirects to loopback addresses only",
        )
        .param("redirect_url"))
    }
}

/// `GET /v1/client/handshake`
pub(super) fn handshake(call: &mut Call<'_>) -> Outcome<Reply> {
    let mut url = return_url(call)?;
    let suffixed = call.request.query.flag("suffixed_cookies") == Some(true);
    let is_nonce = match call.request.query.get("format") {
        Some("nonce") => true,
        None | Some("token") => false,
        Some(_) => {
            return Err(Failure::invalid_parameter(
                "format",
                "is neither nonce nor token",
            ));
        }
    };
    let mut browser_cookie = None;
    let client_id = match known(call) {
        Some(id) => id,
        None => {
            let (id, token) = new_client(call);
            browser_cookie = call
                .world
                .settings
                .live_shaped
                .then(|| cookies::client(&token));
            id
        }
    };
    let mut session = active_session(call, &client_id);
    if let Some(session) = &mut session {
        activate(call, session);
    }
    let client = call
        .state
        .store
        .clients
        .get(&client_id)
        .cloned()
        .ok_or_else(|| Failure::not_found("client"))?;
    let origin = url.origin_str().to_owned();
    let directives = cookies::handshake(call, &client, session.as_ref(), &origin, suffixed);
    let (name, value) = if is_nonce {
        let expires_at = call.now + NONCE_LIFETIME_MS;
        let now = call.now;
        let store = call.store();
        store.nonces.retain(|_, (_, expires_at)| *expires_at > now);
        let nonce = store.ids.next("nonce_");
        store.nonces.insert(nonce.clone(), (directives, expires_at));
        ("__clerk_handshake_nonce", nonce)
    } else {
        let token = HandshakeTokenBuilder::new(directives)
            .key(call.state.issuer.key)
            .issued_at_ms(call.now)
            .claim("iss", call.state.issuer.issuer.as_str())
            .mint();
        ("__clerk_handshake", token)
    };
    let carrier = if call.world.settings.live_shaped {
        Some(cookies::carrier(
            name,
            &value,
            origin.starts_with("https://"),
        ))
    } else {
        url.append_query_param(name, &value);
        url.append_query_param("__clerk_help", "offline");
        None
    };
    let mut reply = Reply::redirect(url.as_str());
    for cookie in carrier.iter().chain(&browser_cookie) {
        reply.add("set-cookie", cookie);
    }
    Ok(reply)
}

/// Makes the organization of the request the active one: an id, a slug, or nothing for the personal account.
fn activate(call: &mut Call<'_>, session: &mut Session) {
    let Some(wanted) = call.request.query.get("organization_id").map(str::to_owned) else {
        return;
    };
    let store = call.store();
    let org = store.organization(&wanted).ok().map(|org| org.id.clone());
    let org = org.filter(|org| store.membership(org, &session.user_id).is_some());
    // An organization the user is no member of changes nothing.
    if wanted.is_empty() || org.is_some() {
        session.org_id = org;
        store.sessions.insert(session.id.clone(), session.clone());
    }
}

/// `GET /v1/client/sync`: a satellite's browser asks the primary domain who it is.
pub(super) fn sync(call: &mut Call<'_>) -> Outcome<Reply> {
    let back = return_url(call)?;
    let client_id = known(call).ok_or_else(|| Failure::not_found("client"))?;
    let token = call.store().ids.next("link_");
    let expires_at = call.now + NONCE_LIFETIME_MS;
    call.store().nonces.insert(
        token.clone(),
        (vec![client_id, back.as_str().to_owned()], expires_at),
    );
    let frontend = call.world.origin(call.world.frontend_port);
    Ok(Reply::redirect(&format!(
        "{frontend}/v1/client/link?__clerk_token={token}"
    )))
}

/// `GET /v1/client/link`: the satellite's browser takes the client over and returns to its page.
pub(super) fn link(call: &mut Call<'_>) -> Outcome<Reply> {
    let token = call
        .request
        .query
        .get("__clerk_token")
        .unwrap_or_default()
        .to_owned();
    let (entries, expires_at) = call
        .store()
        .nonces
        .remove(&token)
        .ok_or_else(|| Failure::not_found("link token"))?;
    let ([client_id, back], true) = (entries.as_slice(), expires_at > call.now) else {
        return Err(Failure::not_found("link token"));
    };
    let client = call
        .state
        .store
        .clients
        .get(client_id)
        .ok_or_else(|| Failure::not_found("client"))?;
    let mut url = Url::parse(back).map_err(|_| Failure::not_found("link token"))?;
    url.set_query_param("__clerk_synced", "true");
    let mut reply;
    let token = client.token.as_deref().unwrap_or_default();
    if call.world.settings.live_shaped {
        reply = Reply::redirect(url.as_str());
        reply.add("set-cookie", &cookies::client(token));
    } else {
        url.set_query_param("__clerk_db_jwt", token);
        reply = Reply::redirect(url.as_str());
    }
    Ok(reply)
}
