//! Who a browser is: by its dev browser token in development, by the `__client` cookie otherwise.

use serde_json::{Value, json};

use super::shapes::client_json;
use crate::server::call::{Call, unknown_route};
use crate::server::cookies;
use crate::server::failure::{Failure, Outcome};
use crate::server::http::Reply;
use crate::server::store::{Client, Session};

/// The browser behind a request.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) client_id: String,
    /// The cookie that makes a browser known which was not.
    set_cookie: Option<String>,
}

/// `POST /v1/dev_browser`
pub(super) fn create(call: &mut Call<'_>) -> Outcome<Reply> {
    if call.world.settings.live_shaped {
        return Err(unknown_route());
    }
    let (_, token) = new_client(call);
    Ok(Reply::json(&json!({"id": token, "object": "dev_browser"})))
}

/// A new client with the token it will be known by.
pub(super) fn new_client(call: &mut Call<'_>) -> (String, String) {
    let (now, live) = (call.now, call.world.settings.live_shaped);
    let store = call.store();
    let id = store.new_client(now);
    let token = store.ids.next(if live { "client_token_" } else { "dvb_" });
    if let Some(client) = store.clients.get_mut(&id) {
        client.token = Some(token.clone());
    }
    (id, token)
}

/// The client of the request, if it names one.
pub(super) fn known(call: &Call<'_>) -> Option<String> {
    let token = if call.world.settings.live_shaped {
        call.request.cookie("__client")
    } else {
        call.request.query.get("__clerk_db_jwt")
    }?;
    call.state
        .store
        .client_by_token(token)
        .map(|client| client.id.clone())
}

/// The client of the request. Production makes one where there is none; development asks for a dev browser.
pub(super) fn identify(call: &mut Call<'_>) -> Outcome<Browser> {
    if let Some(client_id) = known(call) {
        return Ok(Browser {
            client_id,
            set_cookie: None,
        });
    }
    if !call.world.settings.live_shaped {
        return Err(Failure::new(
            401,
            "dev_browser_unauthenticated",
            "this browser needs a dev browser token",
        ));
    }
    let (client_id, token) = new_client(call);
    Ok(Browser {
        client_id,
        set_cookie: Some(cookies::client(&token)),
    })
}

impl Browser {
    pub(super) fn client<'c>(&self, call: &'c Call<'_>) -> Outcome<&'c Client> {
        call.state
            .store
            .clients
            .get(&self.client_id)
            .ok_or_else(|| Failure::not_found("client"))
    }

    pub(super) fn client_mut<'c>(&self, call: &'c mut Call<'_>) -> Outcome<&'c mut Client> {
        call.state
            .store
            .clients
            .get_mut(&self.client_id)
            .ok_or_else(|| Failure::not_found("client"))
    }

    /// A live session of this browser.
    pub(super) fn session(&self, call: &Call<'_>, id: &str) -> Outcome<Session> {
        // 401 makes the browser library ask who is signed in, and drop the session.
        let ended = || Failure::new(401, "authentication_invalid", "the session has ended");
        let session = call
            .state
            .store
            .live_session(id, call.now)
            .map_err(|_| ended())?;
        if session.client_id == self.client_id {
            Ok(session.clone())
        } else {
            Err(ended())
        }
    }

    /// The session that is active in this browser.
    pub(super) fn active_session(&self, call: &Call<'_>) -> Option<Session> {
        active_session(call, &self.client_id)
    }

    /// Tells the application's host when the browser's state changed. In development the library does that itself.
    fn mark(&self, call: &Call<'_>, reply: &mut Reply) -> Outcome<()> {
        if call.world.settings.live_shaped {
            for cookie in cookies::client_uat(call, self.client(call)?) {
                reply.add("set-cookie", &cookie);
            }
        }
        Ok(())
    }

    /// An answer with the changed client beside it, which the browser library takes over.
    pub(super) fn wrap(&self, call: &Call<'_>, response: &Value) -> Outcome<Reply> {
        let client = client_json(call, self.client(call)?);
        let mut reply = Reply::json(&json!({"response": response, "client": client}));
        if let Some(cookie) = &self.set_cookie {
            reply.add("set-cookie", cookie);
        }
        self.mark(call, &mut reply)?;
        Ok(reply)
    }
}

/// The session that is active on a client.
pub(super) fn active_session(call: &Call<'_>, client_id: &str) -> Option<Session> {
    let store = &call.state.store;
    let client = store.clients.get(client_id)?;
    let last = client.last_active_session_id.iter();
    last.chain(client.session_ids.iter().rev())
        .filter_map(|id| store.sessions.get(id))
        .find(|session| session.is_live(call.now))
        .cloned()
}

/// `GET /v1/client` and signing out of everything.
pub(super) fn client(call: &mut Call<'_>, method: &str) -> Outcome<Reply> {
    match method {
        "GET" => {
            let client = known(call).and_then(|id| call.state.store.clients.get(&id));
            let response = client.map_or(Value::Null, |client| client_json(call, client));
            Ok(Reply::json(&json!({"response": response, "client": null})))
        }
        "PUT" | "POST" => {
            let browser = identify(call)?;
            let client = client_json(call, browser.client(call)?);
            browser.wrap(call, &client)
        }
        "DELETE" => sign_out(call),
        _ => Err(unknown_route()),
    }
}

/// Ends every session of the browser.
pub(super) fn sign_out(call: &mut Call<'_>) -> Outcome<Reply> {
    let browser = identify(call)?;
    let now = call.now;
    let sessions = browser.client(call)?.session_ids.clone();
    for id in sessions {
        if call.store().live_session(&id, now).is_ok() {
            call.store().end_session(&id, "removed", now);
        }
    }
    let client = client_json(call, browser.client(call)?);
    let mut reply = Reply::json(&json!({"response": client, "client": null}));
    browser.mark(call, &mut reply)?;
    Ok(reply)
}
