//! Users, organizations and sessions made from Rust.

use std::future::{IntoFuture, Ready, ready};

use serde_json::{Map, Value};

use super::OfflineClerk;
use super::store::Session;

/// A user of an offline Clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OfflineUser {
    /// The id (`user_...`).
    pub id: String,
}

/// An organization of an offline Clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OfflineOrg {
    /// The id (`org_...`).
    pub id: String,
    /// The slug.
    pub slug: String,
}

/// A user in the making: await it. Made by [`OfflineClerk::create_user`].
#[derive(Debug)]
#[must_use = "await it"]
pub struct CreateUser<'a> {
    offline: &'a OfflineClerk,
    email: String,
    password: Option<String>,
    names: (Option<String>, Option<String>),
    public_metadata: Map<String, Value>,
}

impl CreateUser<'_> {
    /// Sets a password, for sign-ins in the browser.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Sets first and last name.
    pub fn name(mut self, first: impl Into<String>, last: impl Into<String>) -> Self {
        self.names = (Some(first.into()), Some(last.into()));
        self
    }

    /// Sets a member of the public metadata.
    pub fn public_metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.public_metadata.insert(name.into(), value.into());
        self
    }
}

impl IntoFuture for CreateUser<'_> {
    type Output = OfflineUser;
    type IntoFuture = Ready<OfflineUser>;

    fn into_future(self) -> Self::IntoFuture {
        let now = self.offline.world.clock.now_ms();
        let mut state = self.offline.world.state();
        let store = &mut state.store;
        if let Some(user) = store.user_by_identifier(&self.email) {
            return ready(OfflineUser {
                id: user.id.clone(),
            });
        }
        let mut user = store.blank_user(now);
        if let Ok(email) = store.new_email(&self.email, true, now) {
            user.primary_email = Some(email.id.clone());
            user.emails.push(email);
        }
        user.password = self.password;
        (user.first_name, user.last_name) = self.names;
        user.public_metadata = self.public_metadata;
        let id = user.id.clone();
        store.create_user(user, now);
        drop(state);
        self.offline.world.flush();
        ready(OfflineUser { id })
    }
}

/// An organization in the making: await it. Made by [`OfflineClerk::create_org`].
#[derive(Debug)]
#[must_use = "await it"]
pub struct CreateOrg<'a> {
    offline: &'a OfflineClerk,
    name: String,
    members: Vec<(String, String, Vec<String>)>,
}

impl CreateOrg<'_> {
    /// Adds a member with a role and, beyond those of the role, permissions. What of them does not exist is created.
    pub fn member<P: Into<String>>(
        mut self,
        user: &OfflineUser,
        role: impl Into<String>,
        permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        let permissions = permissions.into_iter().map(Into::into).collect();
        self.members
            .push((user.id.clone(), role.into(), permissions));
        self
    }
}

impl IntoFuture for CreateOrg<'_> {
    type Output = OfflineOrg;
    type IntoFuture = Ready<OfflineOrg>;

    fn into_future(self) -> Self::IntoFuture {
        let now = self.offline.world.clock.now_ms();
        let mut state = self.offline.world.state();
        let store = &mut state.store;
        let org = store.new_organization(&self.name, now);
        for (user, role, permissions) in self.members {
            if store.role(&role).is_err() {
                let _ = store.create_role(&role, &role, None, &[], now);
            }
            for permission in &permissions {
                let _ = store.create_permission(permission, permission, "", now);
            }
            // A user that was deleted meanwhile becomes no member.
            if store.add_member(&org.id, &user, &role, now).is_ok()
                && let Ok(membership) = store.membership_mut(&org.id, &user)
            {
                for permission in permissions {
                    if !membership.permissions.contains(&permission) {
                        membership.permissions.push(permission);
                    }
                }
            }
        }
        drop(state);
        self.offline.world.flush();
        ready(OfflineOrg {
            id: org.id,
            slug: org.slug,
        })
    }
}

/// A session of a user, with its tokens. Made by [`OfflineClerk::session`].
#[derive(Debug)]
pub struct OfflineSession<'a> {
    offline: &'a OfflineClerk,
    id: Option<String>,
}

impl OfflineSession<'_> {
    fn change(self, change: impl FnOnce(&mut Session)) -> Self {
        let mut state = self.offline.world.state();
        if let Some(session) = self
            .id
            .as_ref()
            .and_then(|id| state.store.sessions.get_mut(id))
        {
            change(session);
        }
        drop(state);
        self
    }

    /// Makes an organization the active one; it counts where the user is a member.
    #[must_use]
    pub fn org(self, org: &OfflineOrg) -> Self {
        self.change(|session| session.org_id = Some(org.id.clone()))
    }

    /// Marks the session as pending: the user still has tasks to finish.
    #[must_use]
    pub fn pending(self) -> Self {
        self.change(|session| "pending".clone_into(&mut session.status))
    }

    /// Marks the session as an impersonation by this user.
    #[must_use]
    pub fn impersonated_by(self, user: &OfflineUser) -> Self {
        self.change(|session| session.actor = Some(serde_json::json!({"sub": user.id})))
    }

    /// The id (`sess_...`); empty where the user cannot sign in.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// A session token, without authorized party; empty where the user cannot sign in.
    #[must_use]
    pub fn token(&self) -> String {
        self.mint(None)
    }

    /// A session token made for this origin.
    #[must_use]
    pub fn token_for(&self, origin: &str) -> String {
        self.mint(Some(origin))
    }

    /// The cookies of a signed-in browser, as a `Cookie` header has them.
    #[must_use]
    pub fn cookies(&self, origin: &str) -> String {
        let names = &self.offline.world.cookies;
        let token = self.mint(Some(origin));
        let since = self.offline.world.clock.now_ms().div_euclid(1000);
        let mut cookies = format!(
            "__session={token}; {}={token}; __client_uat={since}; {}={since}",
            names.session(),
            names.client_uat()
        );
        if !self.offline.world.settings.live_shaped {
            let browser = "dvb_offline";
            cookies.push_str(&format!(
                "; __clerk_db_jwt={browser}; {}={browser}",
                names.dev_browser()
            ));
        }
        cookies
    }

    /// Ends the session: its refresh fails, its tokens live until they expire.
    pub fn revoke(&self) {
        let now = self.offline.world.clock.now_ms();
        self.offline
            .world
            .state()
            .store
            .end_session(self.id(), "revoked", now);
        self.offline.world.flush();
    }

    fn mint(&self, origin: Option<&str>) -> String {
        let state = self.offline.world.state();
        let now = self.offline.world.clock.now_ms();
        state
            .store
            .sessions
            .get(self.id())
            .map_or_else(String::new, |session| {
                state
                    .issuer
                    .session_token(&state.store, session, origin, None, now)
            })
    }
}

impl OfflineClerk {
    /// Creates a user with this verified e-mail address; an address that is taken gives the user who has it.
    pub fn create_user(&self, email: impl Into<String>) -> CreateUser<'_> {
        CreateUser {
            offline: self,
            email: email.into(),
            password: None,
            names: (None, None),
            public_metadata: Map::new(),
        }
    }

    /// Creates an organization.
    pub fn create_org(&self, name: impl Into<String>) -> CreateOrg<'_> {
        CreateOrg {
            offline: self,
            name: name.into(),
            members: Vec::new(),
        }
    }

    /// Starts a session of a user.
    #[must_use]
    pub fn session(&self, user: &OfflineUser) -> OfflineSession<'_> {
        let now = self.world.clock.now_ms();
        let session = self.world.state().store.start_session(&user.id, None, now);
        self.world.flush();
        OfflineSession {
            offline: self,
            id: session.ok().map(|session| session.id),
        }
    }
}
