//! Who makes a request, in full: user, session and organization.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use clerk_errors::api::ApiError;
use clerk_http::{BoxFuture, try_both};
use clerk_internal::{Auth, SessionAuth};
use clerk_types::Metadata;
use clerk_types::models::{Organization, Session, User};

use super::Clerk;

/// The resources behind an authenticated request, without private metadata.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Resources {
    /// The user; none where nobody is signed in, or where it was not asked for.
    pub user: Option<User>,
    /// The session; none for machines.
    pub session: Option<Session>,
    /// The active organization.
    pub organization: Option<Organization>,
}

/// Resources to load; say which, then await it.
///
/// Each costs a call; they are made at once.
///
/// ```no_run
/// # async fn example(clerk: clerk_backend::Clerk, auth: clerk_backend::Auth) -> Result<(), Box<dyn std::error::Error>> {
/// let loaded = clerk.load(&auth).user().organization().await?;
/// println!("{:?} of {:?}", loaded.user, loaded.organization);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "resources are loaded when this is awaited"]
pub struct LoadResources<'a> {
    clerk: &'a Clerk,
    auth: &'a Auth,
    user: bool,
    session: bool,
    organization: bool,
}

impl Clerk {
    /// Loads the user, session and organization behind a request, to be shown to its browser: private metadata is
    /// taken out, also of memberships.
    #[doc(alias = "decorateObjectWithResources")]
    pub fn load<'a>(&'a self, auth: &'a Auth) -> LoadResources<'a> {
        LoadResources {
            clerk: self,
            auth,
            user: false,
            session: false,
            organization: false,
        }
    }
}

impl LoadResources<'_> {
    /// Loads the user.
    #[doc(alias = "loadUser")]
    pub fn user(mut self) -> Self {
        self.user = true;
        self
    }

    /// Loads the session.
    #[doc(alias = "loadSession")]
    pub fn session(mut self) -> Self {
        self.session = true;
        self
    }

    /// Loads the active organization.
    #[doc(alias = "loadOrganization")]
    pub fn organization(mut self) -> Self {
        self.organization = true;
        self
    }
}

impl<'a> IntoFuture for LoadResources<'a> {
    type Output = Result<Resources, ApiError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    // Compiled where it is used only: the resources are large.
    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        let (clerk, session) = (self.clerk, self.auth.as_session());
        let user_id = self.auth.user_id().filter(|_| self.user);
        let session_id = session
            .filter(|_| self.session)
            .map(SessionAuth::session_id)
            .filter(|id| !id.is_empty());
        let organization_id = session
            .filter(|_| self.organization)
            .and_then(SessionAuth::org)
            .map(|organization| organization.id());
        let user = optional(user_id.map(|id| clerk.users().get(id).into_future()));
        let session = optional(session_id.map(|id| clerk.sessions().get(id).into_future()));
        let organization =
            optional(organization_id.map(|id| clerk.organizations().get(id).into_future()));
        Box::pin(async move {
            let others = Box::pin(try_both(session, organization));
            let (mut user, (session, mut organization)) = try_both(user, others).await?;
            // AUTH-43
            if let Some(user) = &mut user {
                strip_user(user);
            }
            if let Some(organization) = &mut organization {
                strip_organization(organization);
            }
            Ok(Resources {
                user,
                session,
                organization,
            })
        })
    }
}

fn optional<T: Send + 'static>(
    call: Option<BoxFuture<Result<T, ApiError>>>,
) -> BoxFuture<Result<Option<T>, ApiError>> {
    match call {
        Some(call) => Box::pin(async move { call.await.map(Some) }),
        None => Box::pin(std::future::ready(Ok(None))),
    }
}

fn strip_user(user: &mut User) {
    user.private_metadata = Metadata::new();
    for membership in &mut user.organization_memberships {
        membership.private_metadata = Metadata::new();
        strip_organization(&mut membership.organization);
    }
}

fn strip_organization(organization: &mut Organization) {
    organization.private_metadata = Metadata::new();
}
