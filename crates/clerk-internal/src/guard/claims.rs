//! Custom claims of a session token, as the type that a handler names.

use clerk_tokens::SessionClaims;
use serde::de::DeserializeOwned;

use super::recorded::RequestAuth;
use super::rejection::Rejection;
use crate::auth::SessionAuth;

impl RequestAuth {
    /// The signed-in user with the claims that the instance's customisation adds to session tokens.
    ///
    /// # Errors
    ///
    /// Nobody is signed in; that could not be found out; or the claims do not have the type's form, which is a mistake of ours,
    /// not of the user's: 500, and a line in the log that says what is wrong with them.
    pub fn require_session_with<C: DeserializeOwned>(&self) -> Result<(SessionAuth, C), Rejection> {
        let session = self.require_session()?;
        let claims = self.custom_claims(session.claims())?;
        Ok((session, claims))
    }

    /// The signed-in user with custom claims, `None` where nobody is signed in.
    ///
    /// # Errors
    ///
    /// As of [`optional_session`](Self::optional_session) and [`require_session_with`](Self::require_session_with).
    pub fn optional_session_with<C: DeserializeOwned>(
        &self,
    ) -> Result<Option<(SessionAuth, C)>, Rejection> {
        let Some(session) = self.optional_session()? else {
            return Ok(None);
        };
        let claims = self.custom_claims(session.claims())?;
        Ok(Some((session, claims)))
    }

    fn custom_claims<C: DeserializeOwned>(&self, claims: &SessionClaims) -> Result<C, Rejection> {
        claims.custom().map_err(|problem| {
            event!(
                error,
                "the custom claims of a session token do not have the form that the handler names",
                expected = std::any::type_name::<C>(),
                problem = problem,
            );
            Rejection::custom_claims().for_page(self.page().is_some())
        })
    }
}
