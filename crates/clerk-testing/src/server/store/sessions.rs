//! Sessions.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Store;
use crate::server::failure::{Failure, Outcome};

/// Seven days, in milliseconds: how long a session lives without activity.
const SESSION_LIFETIME_MS: i64 = 7 * 24 * 3_600_000;

/// A session of a user on a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) user_id: String,
    pub(crate) client_id: String,
    pub(crate) status: String,
    pub(crate) org_id: Option<String>,
    pub(crate) actor: Option<Value>,
    pub(crate) expire_at: i64,
    pub(crate) last_active_at: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Session {
    pub(crate) fn is_live(&self, now: i64) -> bool {
        matches!(self.status.as_str(), "active" | "pending") && self.expire_at > now
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "session",
            "id": self.id,
            "user_id": self.user_id,
            "client_id": self.client_id,
            "actor": self.actor,
            "status": self.status,
            "last_active_organization_id": self.org_id,
            "last_active_at": self.last_active_at,
            "expire_at": self.expire_at,
            "abandon_at": self.expire_at + SESSION_LIFETIME_MS,
            "updated_at": self.updated_at,
            "created_at": self.created_at,
            "tasks": null,
        })
    }
}

impl Store {
    pub(crate) fn session(&self, id: &str) -> Outcome<&Session> {
        self.sessions
            .get(id)
            .ok_or_else(|| Failure::not_found("session"))
    }

    /// A session that tokens can be made for.
    pub(crate) fn live_session(&self, id: &str, now: i64) -> Outcome<&Session> {
        let session = self.session(id)?;
        if session.is_live(now) {
            Ok(session)
        } else {
            Err(Failure::not_found("active session"))
        }
    }

    /// Starts a session of a user on a client, which is created where it does not exist.
    pub(crate) fn start_session(
        &mut self,
        user_id: &str,
        client_id: Option<&str>,
        now: i64,
    ) -> Outcome<Session> {
        let user = self.user_mut(user_id)?;
        if user.banned {
            return Err(Failure::new(403, "user_banned", "the user is banned"));
        }
        if user.locked {
            return Err(Failure::new(403, "user_locked", "the user is locked"));
        }
        user.last_sign_in_at = Some(now);
        user.last_active_at = Some(now);
        let client_id = match client_id {
            Some(id) => id.to_owned(),
            None => self.new_client(now),
        };
        let session = Session {
            id: self.ids.next("sess_"),
            sequence: self.next_sequence(),
            user_id: user_id.to_owned(),
            client_id: client_id.clone(),
            status: "active".to_owned(),
            org_id: None,
            actor: None,
            expire_at: now + SESSION_LIFETIME_MS,
            last_active_at: now,
            created_at: now,
            updated_at: now,
        };
        self.sessions.insert(session.id.clone(), session.clone());
        if let Some(client) = self.clients.get_mut(&client_id) {
            client.session_ids.push(session.id.clone());
            client.last_active_session_id = Some(session.id.clone());
            client.updated_at = now;
        }
        self.emit_session("session.created", &session, now);
        Ok(session)
    }

    /// Ends a session with the given status (`revoked`, `ended`, `removed`) and tells the webhooks.
    pub(crate) fn end_session(&mut self, id: &str, status: &str, now: i64) -> Option<Session> {
        let session = self.sessions.get_mut(id)?;
        session.status = status.to_owned();
        session.updated_at = now;
        let session = session.clone();
        if let Some(client) = self.clients.get_mut(&session.client_id) {
            client.updated_at = now;
            if client.last_active_session_id.as_deref() == Some(id) {
                client.last_active_session_id = None;
            }
        }
        self.refresh_tokens.remove(id);
        let event = match status {
            "revoked" => "session.revoked",
            "ended" => "session.ended",
            _ => "session.removed",
        };
        self.emit_session(event, &session, now);
        Some(session)
    }

    /// Ends every live session of a user.
    pub(crate) fn end_sessions_of(&mut self, user_id: &str, status: &str, now: i64) {
        let live = |session: &&Session| session.user_id == user_id && session.is_live(now);
        let ids: Vec<String> = self
            .sessions
            .values()
            .filter(live)
            .map(|session| session.id.clone())
            .collect();
        for id in ids {
            self.end_session(&id, status, now);
        }
    }

    fn emit_session(&mut self, event: &'static str, session: &Session, now: i64) {
        let mut data = session.to_json();
        if let Some(members) = data.as_object_mut() {
            members.insert(
                "user".to_owned(),
                self.users
                    .get(&session.user_id)
                    .map_or(Value::Null, super::User::to_json),
            );
        }
        self.outbox.emit(event, data, now);
    }
}
